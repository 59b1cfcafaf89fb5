"""Comments go where lines can break: before the part they stand in, or at the end of its line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum, auto
from itertools import pairwise

from policy_engine.syntax.concrete import Comment, Gap


class Blanks(Enum):
    """Blank lines between two parts: none, none before the first one in a block, one, as written, none after the last."""

    NONE = auto()
    FIRST = auto()
    ONE = auto()
    AS_WRITTEN = auto()
    LAST = auto()


def settle(gaps: Sequence[Gap], breaks: Iterable[int]) -> tuple[Gap, ...]:
    """The gaps with every comment at a possible line break, in the same order.

    A single comment at the end of a line stays at the end of a line; others come to stand above.
    """
    settled = list(gaps)
    places = sorted({*breaks, 0, len(gaps) - 1})
    for before, after in pairwise(places):
        inside = [comment for gap in gaps[before + 1 : after] for comment in gap.comments]
        settled[before + 1 : after] = [Gap()] * (after - before - 1)
        following = settled[after].comments
        if len(inside) == 1 and inside[0].is_trailing and not (following and following[0].is_trailing):
            settled[after] = replace(settled[after], comments=(replace(inside[0], after_blank=False), *following))
        elif inside:
            settled[before] = _appended(settled[before], inside)
    return tuple(settled)


def _appended(gap: Gap, comments: Sequence[Comment]) -> Gap:
    """The gap with further comments last, each on a line of its own."""
    own = [Comment(comment.text) for comment in comments]
    own[0] = replace(own[0], after_blank=gap.blank)
    return Gap((*gap.comments, *own), blank=False)


def between(gap: Gap, *, indent: int, tail: int, blanks: Blanks) -> tuple[str, list[str]]:
    """What ends the line before a gap, and the lines in it.

    Comments right below a part and apart from the next one belong to the part: they stand at `tail`.
    """
    ending, comments = "", list(gap.comments)
    if comments and comments[0].is_trailing:
        ending = f"  {comments.pop(0).text}"
    if blanks is Blanks.NONE:
        return ending, [" " * indent + comment.text for comment in comments]
    count = 0 if blanks is Blanks.FIRST else _belonging(comments, gap.blank or blanks is Blanks.LAST)
    lines = [" " * tail + comment.text for comment in comments[:count]]
    rest = comments[count:]
    if blanks is Blanks.ONE or (blanks in {Blanks.AS_WRITTEN, Blanks.LAST} and _starts_blank(rest, gap, blanks)):
        lines.append("")
    for number, comment in enumerate(rest):
        lines += [""] if number and comment.after_blank else []
        lines.append(" " * indent + comment.text)
    return ending, [*lines, ""] if rest and gap.blank and blanks is not Blanks.LAST else lines


def _belonging(comments: Sequence[Comment], ends_blank: bool) -> int:
    """How many comments stand right below what comes before them, with a blank line after them."""
    count = 0
    while count < len(comments) and not comments[count].after_blank:
        count += 1
    return count if ends_blank or count < len(comments) else 0


def _starts_blank(rest: Sequence[Comment], gap: Gap, blanks: Blanks) -> bool:
    if blanks is Blanks.LAST:
        return bool(rest)
    return rest[0].after_blank if rest else gap.blank
