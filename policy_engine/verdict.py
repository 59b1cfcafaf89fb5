"""Outcome of a rule, verdict on a product: the words that evaluation, attestation and reports share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol

#: The package of what the engine itself demands.
ENGINE: Final = "engine"


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


class Judged(Protocol):
    """What a verdict needs to know of one rule's result."""

    @property
    def rule(self) -> str: ...
    @property
    def layer(self) -> str: ...
    @property
    def enforcement(self) -> Enforcement: ...
    @property
    def outcome(self) -> Outcome: ...


def conclude(results: Iterable[Judged]) -> Verdict:
    """The verdict: a blocking fail decides, else a blocking indeterminate, else whether anything was checked at all.

    Nothing was checked where no rule of the council passed, failed or was waived; where the council has none, no rule
    of the domain. That typed attributes fit their types is not enough.
    """
    found = list(results)
    blocking = [one.outcome for one in found if one.enforcement is Enforcement.BLOCK]
    if Outcome.FAIL in blocking:
        return Verdict.NON_COMPLIANT
    if Outcome.INDETERMINATE in blocking:
        return Verdict.INDETERMINATE
    rules = [one for one in found if not is_implicit(one.rule)]
    deciding = [one for one in rules if one.layer == "global"] or rules
    checked = {Outcome.PASS, Outcome.FAIL, Outcome.WAIVED}
    return Verdict.COMPLIANT if any(one.outcome in checked for one in deciding) else Verdict.INDETERMINATE


def is_implicit(rule: str) -> bool:
    """Is it a rule that nobody wrote: of a typed attribute, `package.attributes.field.classification`, or the engine's?

    No package begins with `engine`, and no package or policy can be called `attributes`.
    """
    return ".attributes." in rule or rule.startswith(f"{ENGINE}.")
