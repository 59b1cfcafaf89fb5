"""Changes of policies, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy_engine.diagnostics import Span


class Fate(StrEnum):
    """What became of a change: a case noticed it, none did, none even came to the place, or time was up before."""

    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    UNREACHED = "unreached"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the policies' text, and its fate."""

    span: Span
    before: str
    after: str
    fate: Fate

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sorts by file and place."""
        return self.span.source.name, self.span.start, self.span.end, self.after


@dataclass(frozen=True, slots=True)
class Mutation:
    """Every change that was made, in the order of files and places."""

    mutants: tuple[Mutant, ...]

    def count(self, fate: Fate) -> int:
        """How many had this fate."""
        return sum(mutant.fate is fate for mutant in self.mutants)

    @property
    def score(self) -> tuple[int, int]:
        """How many changes were noticed, and how many were tried."""
        return self.count(Fate.NOTICED), len(self.mutants) - self.count(Fate.UNTRIED)
