"""Tests of policies written in Markdown: pages come in, what each case expects is compared with what comes of it.

Guaranteed: a page that cannot be understood is refused with its line, never skipped; where nothing is tested, that is
said. The engine's own corpus and the examples of its documentation are run by the same code.
"""
