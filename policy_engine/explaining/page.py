"""Lines no longer than the terminal is wide, and conditions as a tree: what came out stands in a column of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Final

from policy_engine.explaining.model import Step, Truth

Style = Callable[[str, str], str]

WIDTH: Final = 100
#: The narrowest page, and the narrowest column of text on it.
_NARROWEST, _COLUMN = 40, 24
_TRUTH: Final = 10
_MARGIN: Final = 2
_JOINED: Final = {"and": "all of", "or": "one of"}
_ROLES: Final = {
    Truth.TRUE: "good",
    Truth.FALSE: "bad",
    Truth.UNKNOWN: "doubt",
    Truth.UNDEFINED: "bad",
    Truth.SKIPPED: "quiet",
}


class Page:
    """Collects lines."""

    def __init__(self, style: Style, width: int) -> None:
        self._style = style
        self._width = max(width, _NARROWEST)
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self._lines) + "\n"

    def styled(self, text: str, role: str) -> str:
        """Text in colour, where there is any."""
        return self._style(text, role) if role and text else text

    def line(self, indent: int, text: str, role: str = "") -> None:
        """One line as it is."""
        self._lines.append(" " * indent + self.styled(text, role) if text else "")

    def wrapped(self, indent: int, text: str, role: str = "", *, hanging: int = 0) -> None:
        """Text that may take several lines."""
        for at, line in enumerate(self._split(text, indent, hanging)):
            self.line(indent + (hanging if at else 0), line, role)

    def beside(self, indent: int, text: str, size: int, source: str) -> None:
        """Text of a printed size, and a source: behind it where the line is wide enough, else below."""
        if not source or indent + size + 2 + len(source) <= self._width:
            self.line(indent, f"{text}  {self.styled(source, 'quiet')}" if source else text)
            return
        self.line(indent, text)
        self.wrapped(indent + 2, source, "quiet", hanging=2)

    def tree(self, step: Step, before: str = "", depth: int = 0) -> None:
        """A part of a rule and its parts. `before` is the word of the clause."""
        is_list = bool(step.joined and len(step.parts) > 1)
        text = f"{before}{_JOINED[step.joined] if is_list else step.text}"
        truth = "" if step.truth is None else step.truth.value
        margin = _MARGIN + _TRUTH + 2 * depth
        lines = self._split(text + _said(step), margin, 2)
        for at, line in enumerate(lines):
            start = f"{' ' * _MARGIN}{truth if at == 0 else ''}".ljust(margin + (2 if at else 0))
            marked = (
                start.replace(truth, self.styled(truth, _ROLES[step.truth]), 1) if step.truth and at == 0 else start
            )
            size = len(start) + len(line)
            self.beside(0, marked + line, size, "") if at < len(lines) - 1 else self._last(
                marked + line, size, margin, step
            )
        for part in step.parts:
            self.tree(part, "", depth + 1)

    def _last(self, text: str, size: int, margin: int, step: Step) -> None:
        source = "; ".join(step.sources)
        if not source or size + 2 + len(source) <= self._width:
            self.line(0, f"{text}  {self.styled(source, 'quiet')}" if source else text)
            return
        self.line(0, text)
        for each in step.sources:
            self.wrapped(margin + 2, each, "quiet", hanging=2)

    def _split(self, text: str, indent: int, hanging: int) -> list[str]:
        first = max(self._width - indent, _COLUMN)
        lines = textwrap.wrap(text, first, break_long_words=False, break_on_hyphens=False)
        if len(lines) < 2 or not hanging:
            return lines or [""]
        rest = " ".join(lines[1:])
        below = textwrap.wrap(rest, max(first - hanging, _COLUMN), break_long_words=False, break_on_hyphens=False)
        return [lines[0], *below]


def _said(step: Step) -> str:
    if step.value is not None:
        return f" = {step.value}" + (f" ({step.note})" if step.note and step.note not in step.value else "")
    if not step.note:
        return ""
    return f" ({step.note})" if step.truth is not None else f": {step.note}"
