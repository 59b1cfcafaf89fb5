"""Edits to the text they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policy_engine.diagnostics import Diagnostic, Edit, Source


def apply(diagnostics: Iterable[Diagnostic]) -> tuple[Mapping[Source, str], tuple[Diagnostic, ...]]:
    """The new text of every source that edits change, and the diagnostics that they mend.

    Of diagnostics whose edits overlap, the first one is mended; the others may be gone in the next run.
    """
    taken: dict[Source, list[Edit]] = {}
    mended: list[Diagnostic] = []
    for diagnostic in sorted(diagnostics, key=lambda one: one.order):
        edits = diagnostic.edits
        if edits and not any(_overlap(edit, other) for edit in edits for other in taken.get(edit.span.source, ())):
            mended.append(diagnostic)
            for edit in edits:
                taken.setdefault(edit.span.source, []).append(edit)
    return {source: _edited(source, edits) for source, edits in taken.items()}, tuple(mended)


def _overlap(one: Edit, other: Edit) -> bool:
    return one.span.start < other.span.end and other.span.start < one.span.end


def _edited(source: Source, edits: Iterable[Edit]) -> str:
    text = source.text
    for edit in sorted(edits, key=lambda one: one.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
