"""What a baseline holds: one entry for each rule and subject of a product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from policy_engine.evaluation.model import Violation

#: The longest time, in days, for which something may be known and left as it is.
LONGEST: Final = 366
#: For how many days it is, where nobody says.
USUAL: Final = 180

#: Product, rule and subject.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A known violation. Of rows, `count` of `scanned` violated; `times` is how often the rule named this subject.

    It is known from the day `recorded`, and counts again from the day `expires`.
    """

    product: str
    rule: str
    subject: str
    recorded: date
    expires: date
    count: int | None = None
    scanned: int | None = None
    times: int = 1

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.product, self.rule, self.subject

    def is_in_force(self, day: date) -> bool:
        """Is that day among those for which it was recorded?"""
        return self.recorded <= day < self.expires

    def covers(self, found: tuple[Violation, ...]) -> bool:
        """Are these violations no more than was recorded: as many, and in no larger share of the rows?"""
        return len(found) <= self.times and all(self._covers(one) for one in found)

    def _covers(self, one: Violation) -> bool:
        if one.count is None:
            return True
        if self.count is None:
            return False
        if one.scanned is None or self.scanned is None:
            return one.scanned is None and self.scanned is None and one.count <= self.count
        return one.count * self.scanned <= self.count * one.scanned
