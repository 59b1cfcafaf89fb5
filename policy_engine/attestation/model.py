"""What verification hands on: numbered steps in a fixed order, each pass, fail or not checked, and a conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from policy_engine.attestation.steps import CODES, StepName
from policy_engine.errors import VerificationError

if TYPE_CHECKING:
    from policy_engine.attestation.statement import Statement
    from policy_engine.trust import TrustedKey


class Status(StrEnum):
    """What came of a step."""

    PASS = "pass"  # noqa: S105 - a word, no password
    FAIL = "fail"
    NOT_CHECKED = "not_checked"


class Conclusion(StrEnum):
    """What came of all steps: refused where one failed, incomplete where a required one was not checked."""

    VERIFIED = "verified"
    REFUSED = "refused"
    INCOMPLETE = "incomplete"


class Requirement(StrEnum):
    """What a verifier may insist on. The local policies are required only where the attestation names some."""

    PRODUCT = "product"
    GLOBAL = "global"
    LOCAL = "local"
    DATA = "data"
    PREVIOUS = "previous"
    LOG = "log"
    TIME = "time"
    REPLAY = "replay"


REQUIRED_BY_DEFAULT: Final = frozenset({Requirement.PRODUCT, Requirement.GLOBAL, Requirement.LOCAL})


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it went. `reason` is a sentence for an auditor; `about` names the dataset where there are several."""

    name: StepName
    status: Status
    reason: str
    about: str | None = None
    is_required: bool = True

    @property
    def code(self) -> str:
        """The step's stable code."""
        return CODES[self.name]


@dataclass(frozen=True, slots=True)
class Verification:
    """How all steps went. `statement` and `signer` are None until the signature by that key was found good."""

    steps: tuple[Step, ...]
    statement: Statement | None = None
    signer: TrustedKey | None = None

    @property
    def decisive(self) -> Step | None:
        """The step that keeps this from being verified: the first that failed, else the first required and unchecked."""
        failed = (step for step in self.steps if step.status is Status.FAIL)
        lacking = (step for step in self.steps if step.status is Status.NOT_CHECKED and step.is_required)
        return next(failed, None) or next(lacking, None)

    @property
    def conclusion(self) -> Conclusion:
        """Verified only where no step failed and no required step was left out."""
        match self.decisive:
            case None:
                return Conclusion.VERIFIED
            case Step(status=Status.FAIL):
                return Conclusion.REFUSED
            case _:
                return Conclusion.INCOMPLETE


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified attestation says, who signed it, and how each step went."""

    statement: Statement
    signer: TrustedKey
    steps: tuple[Step, ...]


class IncompleteError(VerificationError):
    """Nothing is wrong so far, but something required could not be checked. `code` names that step."""
