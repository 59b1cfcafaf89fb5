"""Outcome of a rule, verdict on a product: the words that evaluation, attestation and reports share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """What one rule says of one product."""

    PASS = "pass"  # noqa: S105 - a word, no password
    FAIL = "fail"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"
    INDETERMINATE = "indeterminate"
    DUE_LATER = "due_later"


class Verdict(StrEnum):
    """What all blocking rules together say of one product."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non_compliant"
    INDETERMINATE = "indeterminate"


class Enforcement(StrEnum):
    """How much a rule weighs at a given time."""

    INFORM = "inform"
    WARN = "warn"
    BLOCK = "block"


class Stage(StrEnum):
    """When in a product's life a rule is due, in order."""

    CHANGE = "change"
    PUBLISH = "publish"
    RUN = "run"


def conclude(results: Iterable[tuple[Enforcement, Outcome]]) -> Verdict:
    """The verdict: a blocking fail decides, else a blocking indeterminate, else whether anything was checked at all."""
    outcomes = list(results)
    blocking = [outcome for enforcement, outcome in outcomes if enforcement is Enforcement.BLOCK]
    if Outcome.FAIL in blocking:
        return Verdict.NON_COMPLIANT
    if Outcome.INDETERMINATE in blocking:
        return Verdict.INDETERMINATE
    checked = {Outcome.PASS, Outcome.FAIL, Outcome.WAIVED}
    if not any(outcome in checked for _, outcome in outcomes):
        return Verdict.INDETERMINATE
    return Verdict.COMPLIANT
