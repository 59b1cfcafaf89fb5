"""Values that the language computes with beyond Python's own: durations that follow the calendar, versions, unknown.

Ints are `int`; decimals and percents are exact `Fraction`; dates and timestamps are `date` and UTC `datetime`;
enum members are their names; missing is None; regular expressions are `Pattern` (linear time, RE2's meaning).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from fractions import Fraction
from functools import total_ordering
from typing import Final

#: A mean Gregorian month: 400 years are 146,097 days and 4,800 months, so this is exact.
MICROSECONDS_PER_MONTH: Final = 146_097 * 86_400 * 1_000_000 // 4_800
MICROSECONDS: Final[Mapping[str, int]] = {
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
MONTHS: Final[Mapping[str, int]] = {"mo": 1, "y": 12}


@dataclass(frozen=True, slots=True)
class Unknown:
    """Lack of evidence, and why: no data was given, no previous version, a value that its type does not admit."""

    reason: str

    def __bool__(self) -> bool:
        raise TypeError("unknown is neither true nor false")


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Duration:
    """Calendar months and exact microseconds. Ordered totally: a month counts as its mean Gregorian length."""

    months: int = 0
    microseconds: int = 0

    @property
    def length(self) -> int:
        """Microseconds, with mean months: what comparisons use."""
        return self.months * MICROSECONDS_PER_MONTH + self.microseconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.length == other.length

    def __lt__(self, other: Duration) -> bool:
        return self.length < other.length

    def __hash__(self) -> int:
        return hash(self.length)

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.months + other.months, self.microseconds + other.microseconds)

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.microseconds)

    def __sub__(self, other: Duration) -> Duration:
        return self + -other

    def __str__(self) -> str:
        return show_duration(self)


def duration(count: int, unit: str) -> Duration:
    """`duration(90, "d")`; units are s, min, h, d, w, mo, y."""
    if unit in MONTHS:
        return Duration(months=count * MONTHS[unit])
    return Duration(microseconds=count * MICROSECONDS[unit])


def show_duration(value: Duration) -> str:
    """The shortest spelling in the language's own units, such as `7y`, `90d`, `1h`, `1mo - 1d`."""
    signed = (
        (value.months, _months(abs(value.months))),
        (value.microseconds, _microseconds(abs(value.microseconds))),
    )
    plus = [part for sign, parts in signed if sign > 0 for part in parts]
    minus = [part for sign, parts in signed if sign < 0 for part in parts]
    if not minus:
        return " + ".join(plus) or "0s"
    taken = minus[0] if len(minus) == 1 else f"({' + '.join(minus)})"
    return f"{' + '.join(plus)} - {taken}" if plus else f"-{taken}"


def _months(count: int) -> list[str]:
    years, months = divmod(count, 12)
    return [f"{number}{unit}" for number, unit in ((years, "y"), (months, "mo")) if number]


def _microseconds(rest: int) -> list[str]:
    parts: list[str] = []
    for unit in ("d", "h", "min"):
        whole, rest = divmod(rest, MICROSECONDS[unit])
        parts += [f"{whole}{unit}"] if whole else []
    return [*parts, f"{show_fraction(Fraction(rest, 1_000_000))}s"] if rest else parts


def shift(moment: datetime, by: Duration) -> datetime:
    """The same day of the month so many months away (or that month's last), then so many microseconds.

    Raises OverflowError where that is before the year 1 or after 9999.
    """
    index = moment.year * 12 + (moment.month - 1) + by.months
    year, month = divmod(index, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("beyond the calendar")
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day) + timedelta(microseconds=by.microseconds)


def midnight(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A semantic version, ordered as semver.org says: a pre-release comes before its release, build is ignored."""

    major: int
    minor: int
    patch: int
    pre: tuple[str, ...] = ()

    def _key(self) -> tuple[int, int, int, bool, tuple[tuple[int, int, str], ...]]:
        parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.pre)
        return self.major, self.minor, self.patch, not self.pre, parts

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + (f"-{'.'.join(self.pre)}" if self.pre else "")


_VERSION = re.compile(
    r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?", re.ASCII
)


def parse_version(text: str) -> Version | None:
    """`1`, `1.2`, `1.2.3`, `v1.2.3-rc.1+build`; None where it is no version."""
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    major, minor, patch, pre = match.groups()
    parts = () if pre is None else tuple(pre.split("."))
    if "" in parts:
        return None
    return Version(int(major), int(minor or 0), int(patch or 0), tuple(_identifier(part) for part in parts))


def _identifier(part: str) -> str:
    """A number without leading zeros, so that versions of one precedence are equal."""
    return str(int(part)) if part.isdigit() else part


def show_fraction(value: Fraction) -> str:
    """Exact where the decimal expansion ends within twelve places, else rounded to six and marked with `~`."""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return f"~{'-' if value < 0 else ''}{_places(round(abs(value) * 10**6), 6)}"
    sign = "-" if scaled < 0 else ""
    whole, part = divmod(abs(scaled.numerator), 10**12)
    return f"{sign}{whole}" + (f".{part:012d}".rstrip("0") if part else "")


def _places(scaled: int, places: int) -> str:
    whole, part = divmod(scaled, 10**places)
    return f"{whole}.{part:0{places}d}"
