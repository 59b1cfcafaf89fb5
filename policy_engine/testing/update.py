"""Pages whose `expect` blocks say what came of their cases."""

from __future__ import annotations

from collections.abc import Iterable

from policy_engine.testing.blocks import text_lines
from policy_engine.testing.model import Block, Page


def rewritten(page: Page, given: Iterable[tuple[Block, str]]) -> str:
    """The text of a page, with each block's text replaced. Everything else stays as it is, to the letter."""
    lines = page.text.split("\n")
    for block, text in sorted(given, key=lambda one: one[0].start, reverse=True):
        end = "\r" if lines[block.start - 1].endswith("\r") else ""
        lines[block.start : block.end] = [f"{line}{end}" for line in text_lines(text)]
    return "\n".join(lines)
