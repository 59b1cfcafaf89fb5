"""What there is to cover, and what was covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policy_engine.diagnostics import Span

PASS: Final = "pass"  # noqa: S105 - a word, no password
FAIL: Final = "fail"
TRUE: Final = "true"
FALSE: Final = "false"
PRESENT: Final = "present"
MISSING: Final = "missing"
WITHIN: Final = "within"
BEYOND: Final = "beyond"
DEFAULT: Final = "default"
SET: Final = "set"

#: Directions -> how it is said that one was never seen.
_NEVER: Final[Mapping[str, str]] = {
    PASS: "never passes",
    FAIL: "never fails",
    TRUE: "never true",
    FALSE: "never false",
    PRESENT: "never present",
    MISSING: "never missing",
    WITHIN: "never violated within the tolerance",
    BEYOND: "never violated beyond the tolerance",
    DEFAULT: "never left at its default",
    SET: "never set by a domain",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A place, and what of it is covered: a `rule`, a `condition`, an `otherwise`, a `tolerance`, a `parameter`."""

    file: str
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Point:
    """Something to cover, in each of its directions. `group` is the policy that it is in, or the package."""

    key: Key
    group: str
    span: Span
    directions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A point, and the directions in which it was seen."""

    point: Point
    seen: frozenset[str]

    @property
    def never(self) -> tuple[str, ...]:
        """The directions in which it was not seen."""
        return tuple(one for one in self.point.directions if one not in self.seen)

    @property
    def said(self) -> str:
        """What is missing, in words."""
        never = self.never
        if len(never) > 1 and len(never) == len(self.point.directions):
            return "never reached"
        return ", ".join(_NEVER[one] for one in never)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All points, in the order of files and places."""

    covered: tuple[Covered, ...]

    @property
    def groups(self) -> tuple[tuple[str, tuple[Covered, ...]], ...]:
        """The points of each policy, and of what stands beside policies in a package."""
        names = dict.fromkeys(one.point.group for one in self.covered)
        return tuple((name, tuple(one for one in self.covered if one.point.group == name)) for name in sorted(names))


def count(covered: Iterable[Covered]) -> tuple[int, int]:
    """How many directions were seen, and how many there are."""
    found = list(covered)
    return sum(len(one.point.directions) - len(one.never) for one in found), sum(
        len(one.point.directions) for one in found
    )


def percent(seen: int, total: int) -> int:
    """Rounded down, so that 100 stands for all."""
    return 100 * seen // total if total else 100
