"""What an explanation is made of: texts and places, ready for people and for JSON. Values of data are not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.verdict import Enforcement


class Truth(StrEnum):
    """What a condition came out as; `skipped` where something before it decided already."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    UNDEFINED = "undefined"
    SKIPPED = "skipped"


class Standing(StrEnum):
    """What the rule says of one subject."""

    FAILS = "fails"
    WOULD_FAIL = "violates, as far as was looked at"
    UNKNOWN = "cannot be decided"
    WAIVED = "violates, and is waived"
    TOLERATED = "violates, which is tolerated"
    MEETS = "meets the rule"
    DOES_NOT_APPLY = "the rule does not apply"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a condition: `text` as the policy has it; a condition has a `truth`, anything else a `value`.

    `sources` say where the value comes from, `note` what else there is to it; `parts` are the parts that it has, joined
    by `and` or `or` where `joined` says so.
    """

    text: str
    truth: Truth | None = None
    value: str | None = None
    note: str = ""
    sources: tuple[str, ...] = ()
    parts: tuple[Step, ...] = ()
    joined: str = ""


@dataclass(frozen=True, slots=True)
class ClauseExplained:
    """One clause of the rule: its text, and what came of it."""

    keyword: str
    step: Step


@dataclass(frozen=True, slots=True)
class SubjectExplained:
    """One subject: where it stands in the contract, what the rule says of it, and which clauses were looked at.

    `bindings` tell what the variables of the rule's loops stand for, where the name does not; `waivers` are the names of
    those that excuse it.
    """

    name: str
    bindings: tuple[str, ...]
    place: str
    standing: Standing
    message: str | None
    fix: str | None
    clauses: tuple[ClauseExplained, ...]
    waivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParamFacts:
    """A parameter that the rule uses: its value in force, and the sources: who decided that, and what domains may do."""

    name: str
    type: str
    value: str
    doc: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What the policies say about a rule, without any product. `text` is as the policy has it."""

    name: str
    doc: str
    layer: str
    place: str
    text: str
    owner: str
    severity: str
    controls: tuple[str, ...]
    decision: str | None
    review: date | None
    stage: str
    needs: str
    applies_to: str | None
    schedule: tuple[tuple[Enforcement, date | None], ...]
    waivable: str
    params: tuple[ParamFacts, ...]
    tests: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule and a product: what the rule says, and why.

    `clauses` are those that are about no subject; `waivers` are the places of the waivers that took effect, by name.
    """

    facts: RuleFacts
    report: Report
    result: RuleResult
    clauses: tuple[ClauseExplained, ...]
    subjects: tuple[SubjectExplained, ...]
    waivers: Mapping[str, str]
