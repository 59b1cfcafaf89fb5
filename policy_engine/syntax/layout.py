"""Where lines break: documents of text, possible line breaks and groups, printed within a width.

A group stands on one line where it fits, else its own line breaks are taken; groups inside decide for themselves.
A comment takes the line break that it stands at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from policy_engine.syntax.concrete import Gap

WIDTH: Final = 120
STEP: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A possible line break before token number `gap`; `flat` stands there where it is not taken.

    `closing`: what comes next closes a bracket, so that comments here are still inside. `is_forced`: always taken.
    """

    gap: int
    flat: str = " "
    closing: bool = False
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class IfBroken:
    """Text that stands only where the group around it is broken."""

    text: str
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """Documents in turn."""

    parts: tuple[Doc, ...]
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Nest:
    """Lines inside begin further right."""

    of: Doc
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Group:
    """On one line, or broken."""

    of: Doc
    is_forced: bool


Doc: TypeAlias = "str | Line | IfBroken | Several | Nest | Group"


def is_forced(doc: Doc) -> bool:
    """Is there a line break inside that is always taken?"""
    return not isinstance(doc, str) and doc.is_forced


def several(*parts: Doc) -> Several:
    """Documents in turn."""
    return Several(parts, any(is_forced(part) for part in parts))


def nest(*parts: Doc) -> Nest:
    """Documents in turn, further right."""
    of = several(*parts)
    return Nest(of, of.is_forced)


def group(*parts: Doc) -> Group:
    """Documents in turn, on one line where they fit."""
    of = several(*parts)
    return Group(of, of.is_forced)


def breaks(doc: Doc) -> Iterator[int]:
    """The tokens before which the line may break."""
    pending: list[Doc] = [doc]
    while pending:
        match pending.pop():
            case Line(gap=gap):
                yield gap
            case Several(parts=parts):
                pending += parts
            case Nest(of=of) | Group(of=of):
                pending.append(of)
            case str() | IfBroken():
                pass


_Pending: TypeAlias = tuple[int, bool, Doc]


class _Page:
    """Lines as they are printed."""

    def __init__(self, indent: int) -> None:
        self.lines: list[str] = []
        self.line = " " * indent

    def end_line(self, indent: int) -> None:
        self.lines.append(self.line.rstrip(" "))
        self.line = " " * indent


def render(doc: Doc, indent: int, gaps: Sequence[Gap], *, width: int | None = WIDTH) -> list[str]:
    """The lines of a document; without a width, as one line where no line break is forced."""
    page = _Page(indent)
    pending: list[_Pending] = [(indent, False, doc)]
    while pending:
        at, flat, one = pending.pop()
        match one:
            case str():
                page.line += one
            case IfBroken(text=text):
                page.line += "" if flat else text
            case Line() if flat:
                page.line += one.flat
            case Line():
                _break(page, one, at, gaps[one.gap])
            case Several(parts=parts):
                pending += [(at, flat, part) for part in reversed(parts)]
            case Nest(of=of):
                pending.append((at + STEP, flat, of))
            case Group(of=of):
                is_flat = flat or (
                    not one.is_forced and (width is None or _fits(width - len(page.line), (at, True, of), pending))
                )
                pending.append((at, is_flat, of))
    page.end_line(0)
    return page.lines


def _break(page: _Page, line: Line, indent: int, gap: Gap) -> None:
    comments = gap.comments
    if comments and comments[0].is_trailing:
        page.line += f"  {comments[0].text}"
        comments = comments[1:]
    for comment in comments:
        page.end_line(indent + STEP if line.closing else indent)
        page.line += comment.text
    page.end_line(indent)


def _fits(room: int, first: _Pending, rest: Sequence[_Pending]) -> bool:
    """Does it stand on the line, up to the next line break that is or may be taken after it?"""
    pending: list[_Pending] = [first]
    after = len(rest)
    while room >= 0:
        if not pending:
            if after == 0:
                return True
            after -= 1
            pending.append(rest[after])
        indent, flat, one = pending.pop()
        match one:
            case str():
                room -= len(one)
            case IfBroken(text=text):
                room -= 0 if flat else len(text)
            case Line() if flat:
                room -= len(one.flat)
            case Line():
                return True
            case Several(parts=parts):
                pending += [(indent, flat, part) for part in reversed(parts)]
            case Nest(of=of) | Group(of=of):
                pending.append((indent, flat, of))
    return False
