"""The result of evaluation: one verdict on one product, every rule's outcome, every violation with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from policy_engine.data.model import Manifest
from policy_engine.diagnostics import Diagnostic
from policy_engine.plan.canonical import Digest
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import Schedule
from policy_engine.product.model import Place, Remark
from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict


@dataclass(frozen=True, slots=True)
class Known:
    """That a baseline holds a violation: since which day, and from which day on it counts again."""

    recorded: date
    expires: date
    has_expired: bool


@dataclass(frozen=True, slots=True)
class Violation:
    """One subject that does not meet a rule. `subject` is its path, such as `contacts.mail`; never a value from data.

    `rows` are numbers (from 1) of up to five rows, `count` of `scanned` rows violate; None where no rows were read.
    `known` is what a baseline says of it; evaluation and attestations know none.
    """

    subject: str
    message: str
    fix: str | None
    place: Place | None
    count: int | None = None
    scanned: int | None = None
    rows: tuple[int, ...] = ()
    known: Known | None = None

    @property
    def is_excused(self) -> bool:
        """Is it known, and not yet to be mended?"""
        return self.known is not None and not self.known.has_expired


class WaiverStatus(StrEnum):
    """What became of a waiver that names the product: `open` where its rules have not said yet what they will say."""

    APPLIED = "applied"
    UNUSED = "unused"
    OPEN = "open"
    EXPIRED = "expired"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver as its author wrote it. `granted_by` is the role behind the files it stood in: council or domain."""

    name: str
    granted_by: str
    granted: date
    until: date
    because: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Waived:
    """A violation that is waived, and by which waivers."""

    violation: Violation
    waivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """A waiver that names the product, the rules that it names, and what became of it."""

    waiver: Waiver
    rules: tuple[str, ...]
    status: WaiverStatus


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule says of the product. `reasons` tells why it is indeterminate, or what is due later.

    `unlisted` subjects violate the rule besides those in `violations`, of which the first 10,000 are kept.
    `unbound` are the names and types of an undecided rule that this contract does not fit, at their places in both.
    `violations` are those that count; those in `waived` do not, because of `waivers`.
    `unchecked` are promises of the contract that the rule is about and that no machine checks, one line each.
    """

    rule: str
    layer: Layer
    severity: str
    enforcement: Enforcement
    next_enforcement: tuple[Enforcement, date] | None
    outcome: Outcome
    subjects: int
    violations: tuple[Violation, ...]
    reasons: tuple[str, ...]
    controls: tuple[str, ...]
    owner: str
    documentation: str
    unbound: tuple[Diagnostic, ...] = ()
    unlisted: int = 0
    waived: tuple[Waived, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    schedule: Schedule = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoliciesUsed:
    """By digest, what was evaluated: the files of each layer and of the council's waivers, and the compiled plan.

    None where none were given.
    """

    global_sources: Digest | None
    local_sources: Digest | None
    plan: Digest
    language: str
    waivers: Digest | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    """What the attestation of an earlier version recorded: how many rows each dataset had.

    `digest` is that of the signed statement. `verified_by` and `key_id` are name and id of the key whose signature was
    verified; None where nobody verified it, so that the numbers are the file's word.
    """

    digest: Digest
    version: str | None
    evaluated: datetime
    row_counts: Mapping[str, int]
    verified_by: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A report beside a baseline. `verdict` is what all that is not excused by it says: what holds up a pull request.

    `fixed` are known violations, by rule and subject, that are there no longer; `lost` those of rules that are there no
    longer.
    """

    file: str
    verdict: Verdict
    known: int
    expired: int
    new: int
    fixed: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One product, judged. Same inputs give the same report, byte for byte.

    `data` is what rules read; `unread` names datasets whose data was given and of which no rule asked anything.
    `is_first`: the caller said that there is no earlier version. `row_counts` are those of the datasets of which all
    data was read, by name; `earlier` the attestations of earlier versions that were given. `waivers` are those that
    name this product. `baseline` never changes the verdict, only `decisive`.
    """

    id: str
    name: str | None
    version: str | None
    domain: str | None
    file: str
    digest: Digest
    verdict: Verdict
    stage: Stage
    as_of: datetime
    policies: PoliciesUsed
    results: tuple[RuleResult, ...]
    data: tuple[Manifest, ...]
    previous: Digest | None
    remarks: tuple[Remark, ...]
    unread: tuple[str, ...] = ()
    is_first: bool = False
    row_counts: tuple[tuple[str, int], ...] = ()
    earlier: tuple[Attested, ...] = ()
    waivers: tuple[WaiverNote, ...] = ()
    baseline: Compared | None = None

    @property
    def decisive(self) -> Verdict:
        """The verdict that decides the exit code."""
        return self.verdict if self.baseline is None else self.baseline.verdict

    def count(self, outcome: Outcome) -> int:
        """How many rules have this outcome."""
        return sum(result.outcome is outcome for result in self.results)
