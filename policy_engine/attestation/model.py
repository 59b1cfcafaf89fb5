"""What verification hands on: numbered steps in a fixed order, each pass, fail or not checked, and a conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from policy_engine.errors import VerificationError

if TYPE_CHECKING:
    from policy_engine.attestation.statement import Statement
    from policy_engine.trust import TrustedKey


class StepName(StrEnum):
    """The steps of verification, in the order in which they run. The names are stable."""

    LIMITS = "limits"
    JSON = "json"
    CANONICAL = "canonical"
    ENVELOPE = "envelope"
    PAYLOAD_TYPE = "payload_type"
    KEY = "key"
    SIGNATURE = "signature"
    PAYLOAD = "payload"
    PREDICATE_TYPE = "predicate_type"
    STATEMENT = "statement"
    PRODUCT = "product"
    RESOURCE = "resource"
    SIGNER = "signer"
    WINDOW = "window"
    DATA = "data"
    GLOBAL = "global"
    LOCAL = "local"
    RESULTS = "results"
    PREVIOUS = "previous"
    WAIVERS = "waivers"
    TIME = "time"
    LOG = "log"
    TRUST = "trust"
    REPLAY = "replay"


#: What each step asks, in its order. A step's code is ATT and its number; neither is used again for something else.
STEPS: Final[dict[StepName, str]] = {
    StepName.LIMITS: "is the file small and shallow enough to be an attestation",
    StepName.JSON: "is it JSON that every reader understands alike",
    StepName.CANONICAL: "is it written in the one canonical form, byte for byte",
    StepName.ENVELOPE: "is it a DSSE envelope with exactly one signature and nothing else",
    StepName.PAYLOAD_TYPE: "does it say that it holds an in-toto statement",
    StepName.KEY: "is the signing key in the keyring that the verifier brought",
    StepName.SIGNATURE: "does the signature fit these very bytes",
    StepName.PAYLOAD: "are the signed bytes canonical JSON",
    StepName.PREDICATE_TYPE: "do they state an evaluation, and nothing else",
    StepName.STATEMENT: "is every member there and well-formed, and do the subjects agree with the predicate",
    StepName.PRODUCT: "is the contract the one that was judged",
    StepName.RESOURCE: "does the statement speak of the product asked for",
    StepName.SIGNER: "may this key speak for this domain",
    StepName.WINDOW: "was the key in its time when it signed",
    StepName.DATA: "is the data the data that was read",
    StepName.GLOBAL: "are the council's policies those that were applied",
    StepName.LOCAL: "are the domain's policies those that were applied",
    StepName.RESULTS: "do counts and verdict follow from the results of the rules",
    StepName.PREVIOUS: "is the earlier contract the one compared with",
    StepName.WAIVERS: "is every waiver signed by whom the policy names",
    StepName.TIME: "does somebody else confirm when it was signed",
    StepName.LOG: "is it in the public log",
    StepName.TRUST: "was the key entrusted to the signer by the federation's root",
    StepName.REPLAY: "does evaluating again give the same results",
}

CODES: Final[dict[StepName, str]] = {step: f"ATT{number:03}" for number, step in enumerate(STEPS, start=1)}


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
