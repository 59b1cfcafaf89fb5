"""What one run of `check` found, as every format takes it: reports, files that could not be judged, and findings."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from policy_engine.evaluation.model import Report, RuleResult, Violation, Waiver
from policy_engine.reporting.printable import printable
from policy_engine.verdict import Enforcement, Outcome, Verdict

_WORST: Final = (Verdict.NON_COMPLIANT, Verdict.INDETERMINATE, Verdict.COMPLIANT)
_WEIGHTS: Final = tuple(reversed(Enforcement))
#: The verdicts in words.
WORDS: Final = {
    Verdict.COMPLIANT: "compliant",
    Verdict.NON_COMPLIANT: "not compliant",
    Verdict.INDETERMINATE: "indeterminate",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be judged, and why."""

    file: str
    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Run:
    """All products of one run in the order given."""

    reports: tuple[Report, ...]
    refused: tuple[Refused, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of all; never better than undecided where a file could not be judged."""
        return worst([*(report.verdict for report in self.reports), *(Verdict.INDETERMINATE for _ in self.refused)])

    @property
    def decisive(self) -> Verdict:
        """The same where what a baseline excuses is left aside: what decides the exit code."""
        return worst([*(report.decisive for report in self.reports), *(Verdict.INDETERMINATE for _ in self.refused)])

    @property
    def products(self) -> int:
        """How many there are, those that could not be judged included."""
        return len(self.reports) + len(self.refused)


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation in its report. Its texts hold nothing that steers what shows them; `file` is the path as given.

    `waivers` are those that excuse it. `fingerprint` is the same whatever else changes in the contract.
    """

    report: Report
    result: RuleResult
    violation: Violation
    file: str
    waivers: tuple[Waiver, ...]
    fingerprint: str

    @property
    def line(self) -> int:
        """Where to look in the contract: its first line where the violation has no place."""
        return self.violation.place.line if self.violation.place else 1

    @property
    def is_excused(self) -> bool:
        """Does it not count now: because of a waiver, or since a baseline knows it?"""
        return bool(self.waivers) or self.violation.is_excused

    @property
    def column(self) -> int:
        """The column of that place, from 1."""
        return self.violation.place.column if self.violation.place else 1

    @property
    def text(self) -> str:
        """What is wrong, of how many rows, and how to mend it; the fix may have several lines."""
        return "\n".join(part for part in (self.violation.message, rows_said(self.violation), self.fix) if part)

    @property
    def fix(self) -> str:
        """`fix: …`, its lines below where it has several; empty where there is none."""
        lines = (self.violation.fix or "").splitlines()
        return "" if not lines else f"fix: {lines[0]}" if len(lines) == 1 else "\n  ".join(["fix:", *lines])


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on several products: the worst of theirs; indeterminate where there is none."""
    return next((verdict for verdict in _WORST if verdict in verdicts), Verdict.INDETERMINATE)


def rows_said(violation: Violation) -> str:
    """How many rows violate, and the numbers of the first; empty where no rows were read."""
    if violation.count is None:
        return ""
    of = "" if violation.scanned is None else f" of {violation.scanned}"
    rows = ", ".join(map(str, violation.rows))
    first = f", first in row{'s' if len(violation.rows) > 1 else ''} {rows}" if rows else ""
    return f"{violation.count}{of} violate{first}"


def blocks_from(result: RuleResult, today: date) -> date | None:
    """The day from which a rule blocks that does not block yet; None where that is not planned."""
    if result.enforcement is Enforcement.BLOCK:
        return None
    days = (since for weight, since in result.schedule if weight is Enforcement.BLOCK and since and since > today)
    return min(days, default=None)


def unchecked_said(report: Report) -> str:
    """That nothing was checked, where that and no undecided rule makes the verdict; else empty."""
    is_open = any(
        result.outcome is Outcome.INDETERMINATE and result.enforcement is Enforcement.BLOCK for result in report.results
    )
    if report.verdict is not Verdict.INDETERMINATE or is_open:
        return ""
    return "nothing was checked: no rule that decides had anything to look at"


def findings(reports: Sequence[Report]) -> Iterator[Finding]:
    """Every violation, waived ones too: product by product, in each what blocks first."""
    seen: Counter[str] = Counter()
    for given in reports:
        report = printable(given)
        for result in sorted(report.results, key=lambda one: _WEIGHTS.index(one.enforcement)):
            known = {waiver.name: waiver for waiver in result.waivers}
            violations = [(violation, ()) for violation in result.violations if result.outcome is Outcome.FAIL]
            waived = [(one.violation, tuple(known[name] for name in one.waivers)) for one in result.waived]
            for violation, waivers in (*violations, *waived):
                key = _fingerprint(report, result, violation)
                seen[key] += 1
                mark = key if seen[key] == 1 else f"{key}-{seen[key]}"
                yield Finding(report, result, violation, given.file, waivers, mark)


def _fingerprint(report: Report, result: RuleResult, violation: Violation) -> str:
    """Of product, rule and subject, and of nothing that an edit elsewhere moves."""
    parts = "\0".join((report.id, result.rule, violation.subject))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]
