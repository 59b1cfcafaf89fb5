"""The spellings of a length of time that metadata uses: `7y`, `P7Y`, `7 years`, `{value: 7, unit: y}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from policy_engine.plan.values import MICROSECONDS, MONTHS, Duration

#: Each unit of the language, and how metadata spells it. `m` is a minute or a month: nobody can tell, so it is neither.
_SPELLINGS: Final[Mapping[str, str]] = {
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w wk wks week weeks",
    "mo": "mo mon mth mths month months",
    "y": "y yr yrs year years a",
}
#: Units that the language has no word for, as so much of one that it has.
_OTHERS: Final[Mapping[str, tuple[Fraction, str]]] = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), (Fraction(1, 1000), "s")),
    **dict.fromkeys(("q", "qtr", "quarter", "quarters"), (Fraction(3), "mo")),
}
#: How often something happens, said in a word: as long as it is between two times.
_ADVERBS: Final[Mapping[str, tuple[int, str]]] = {
    "hourly": (1, "h"),
    "daily": (1, "d"),
    "weekly": (1, "w"),
    "monthly": (1, "mo"),
    "quarterly": (3, "mo"),
    "yearly": (1, "y"),
    "annually": (1, "y"),
}
_UNITS: Final = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_KNOWN: Final = {**{spelling: (Fraction(1), unit) for spelling, unit in _UNITS.items()}, **_OTHERS}
_NUMBER: Final = r"\d{1,12}(?:\.\d{1,6})?"
_PART = re.compile(rf"({_NUMBER})[\s-]?\s*([a-z]+)\.?", re.ASCII)
_WORDS = re.compile(rf"{_PART.pattern}(?:\s*(?:,|\band\b)?\s*{_PART.pattern})*", re.ASCII)
_ISO = re.compile(
    rf"p(?=\d|t\d)(?:({_NUMBER})y)?(?:({_NUMBER})m)?(?:({_NUMBER})w)?(?:({_NUMBER})d)?"
    rf"(?:t(?=\d)(?:({_NUMBER})h)?(?:({_NUMBER})m)?(?:({_NUMBER})s)?)?",
    re.ASCII,
)
_ISO_UNITS: Final = ("y", "mo", "w", "d", "h", "min", "s")


def read_duration(value: object, unit: object = None) -> Duration | None:
    """The duration that a text, a `{value, unit}` mapping, or a number with its unit spells; None where it is none."""
    if isinstance(value, Mapping):
        return read_duration(value.get("value"), value.get("unit")) if set(value) <= {"value", "unit"} else None
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    text = str(value).strip().casefold()
    if isinstance(unit, str) and unit.strip():
        return _from_words(f"{text} {unit.strip().casefold()}") or _said_twice(text, unit.strip().casefold())
    return _from_iso(text) or _from_words(text)


def _said_twice(text: str, unit: str) -> Duration | None:
    """`7 years` with the unit `years`; with another unit, nobody can tell which is meant."""
    parts = _PART.findall(text)
    says_so = len(parts) == 1 and parts[0][1] in _KNOWN and _KNOWN[parts[0][1]] == _KNOWN.get(unit)
    return _from_words(text) if says_so else None


def _from_words(text: str) -> Duration | None:
    if text in _ADVERBS:
        number, unit = _ADVERBS[text]
        return _total([(Fraction(number), unit)])
    if len(text) > 100 or not _WORDS.fullmatch(text):
        return None
    parts = _PART.findall(text)
    if any(word not in _KNOWN for _, word in parts):
        return None
    return _total((Fraction(number) * _KNOWN[word][0], _KNOWN[word][1]) for number, word in parts)


def _from_iso(text: str) -> Duration | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    return _total((Fraction(number), unit) for number, unit in zip(match.groups(), _ISO_UNITS, strict=True) if number)


def _total(parts: Iterable[tuple[Fraction, str]]) -> Duration | None:
    months = microseconds = Fraction(0)
    for number, unit in parts:
        if unit in MONTHS:
            months += number * MONTHS[unit]
        else:
            microseconds += number * MICROSECONDS[unit]
    if months.denominator != 1 or microseconds.denominator != 1:
        return None
    return Duration(int(months), int(microseconds))
