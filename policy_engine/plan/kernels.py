"""What each strict function of the language computes: all arguments are present and of the types that checking allows.

What has no result raises an ArithmeticError, which evaluation turns into a violation: a division by zero, a day
beyond the calendar (years 1 to 9999).
"""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Final

from policy_engine.plan.expressions import Pattern
from policy_engine.plan.values import Duration, midnight, parse_version, shift, show_fraction


@cache
def matcher(pattern: Pattern) -> Callable[[str], list[int]]:
    """Does the pattern occur in a text? Something where it does, nothing where not.

    Linear time, RE2's meaning: ASCII classes, `.` within a line.
    """
    import re2

    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    found = re2.Set.SearchSet(options)
    found.Add(pattern.source)
    found.Compile()
    return found.Match  # type: ignore[no-any-return]


def _divide(left: int | Fraction, right: int | Fraction) -> Fraction:
    return Fraction(left) / right


def _shift_date(day: date, by: Duration) -> date:
    return shift(midnight(day), by).date()


def _elapsed(later: date, earlier: date) -> Duration:
    """Exact time between two timestamps, or two dates."""
    difference = (later if isinstance(later, datetime) else midnight(later)) - (
        earlier if isinstance(earlier, datetime) else midnight(earlier)
    )
    return Duration(microseconds=difference // timedelta(microseconds=1))


def _percent(share: int | Fraction | float) -> str:
    """A share as people write it: `99.5%`."""
    shown = f"{share * 100:g}" if isinstance(share, float) else show_fraction(Fraction(share) * 100)
    return f"{shown}%"


def _scale(length: Duration, by: int) -> Duration:
    return Duration(length.months * by, length.microseconds * by)


def _has_tag(tags: Sequence[str], term: str) -> bool:
    """A tag equal to the term, or below it at a dot, in capitals or not."""
    for tag in tags:  # most fields have no tag: then a loop costs nothing
        found, sought = tag.lower(), term.lower()
        if found == sought or found.startswith(f"{sought}."):
            return True
    return False


def split_words(name: str) -> tuple[str, ...]:
    """The words of a name, lower case: at underscores and other signs, at camel humps, between letters and digits.

    A letter and its combining marks are one letter, however they are encoded.
    """
    words: list[str] = []
    current = ""
    letters = _letters(unicodedata.normalize("NFC", name))
    for at, (char, marks) in enumerate(letters):
        if not char.isalnum():
            words.append(current)
            current = ""
            continue
        before = letters[at - 1][0] if at else ""
        after = letters[at + 1][0] if at + 1 < len(letters) else ""
        hump = char.isupper() and (before.islower() or (before.isupper() and after.islower()))
        if current and (hump or char.isdigit() != before.isdigit()):
            words.append(current)
            current = ""
        current += (char + marks).lower()
    return tuple(word for word in [*words, current] if word)


def _letters(name: str) -> list[tuple[str, str]]:
    """The characters of a name, each with the combining marks behind it."""
    found: list[tuple[str, str]] = []
    for char in name:
        if found and unicodedata.category(char).startswith("M"):
            found[-1] = found[-1][0], found[-1][1] + char
        else:
            found.append((char, ""))
    return found


SNAKE_CASE: Final = Pattern("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
CAMEL_CASE: Final = Pattern("^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$")

#: Functions that look into the product or into reference data: evaluation brings their kernels.
LOOKUPS: Final = frozenset({"field", "dataset", "lookup"})

KERNELS: Final[Mapping[str, Callable[..., Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, items: item in items,
    "matches": lambda text, pattern: bool(matcher(pattern)(text)),
    "rank": lambda member, members: members.index(member),
    "member": lambda rank, members: None if rank is None else members[rank],
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "negate": operator.neg,
    "concat": operator.add,
    "scale": _scale,
    "shift": shift,
    "shift_date": _shift_date,
    "elapsed": _elapsed,
    "percent": _percent,
    "lower": str.lower,
    "upper": str.upper,
    "trim": str.strip,
    "length": len,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": operator.contains,
    "split": lambda text, at: tuple(text.split(at)) if at else (text,),
    "words": split_words,
    "is_snake_case": lambda text: bool(matcher(SNAKE_CASE)(text)),
    "is_camel_case": lambda text: bool(matcher(CAMEL_CASE)(text)),
    "has_tag": _has_tag,
    "year": lambda day: day.year,
    "date": lambda moment: moment.date(),
    "version": parse_version,
}
