"""Verification: offline, in a fixed order, fail closed. What was not checked is said, and never reads as pass."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from policy_engine.attestation.checks import Given, check_all
from policy_engine.attestation.envelope import PAYLOAD_TYPE, pae, read_envelope, refuse
from policy_engine.attestation.model import (
    REQUIRED_BY_DEFAULT,
    IncompleteError,
    Requirement,
    Status,
    Step,
    Verification,
    Verified,
)
from policy_engine.attestation.statement import Statement, read_statement
from policy_engine.attestation.steps import CODES, STEPS, StepName
from policy_engine.errors import VerificationError

if TYPE_CHECKING:
    from policy_engine.data.model import Manifest
    from policy_engine.plan.layer import LayerFiles
    from policy_engine.trust import Keyring, TrustedKey

_NO_DATA: Final[Mapping[str, Manifest]] = MappingProxyType({})

#: The steps that say whether the statement may be believed to be the signer's; the first that fails ends it.
_BEFORE_TRUST: Final = tuple(STEPS)[: tuple(STEPS).index(StepName.STATEMENT) + 1]

_PASSED: Final[dict[StepName, str]] = {
    StepName.LIMITS: "size, depth and number of parts are within bounds",
    StepName.JSON: "UTF-8 JSON without repeated members or fractions",
    StepName.CANONICAL: "the bytes are the canonical form",
    StepName.ENVELOPE: "a DSSE envelope with one signature",
    StepName.PAYLOAD_TYPE: f"the payload is typed {PAYLOAD_TYPE}",
    StepName.KEY: "the key is in the keyring",
    StepName.SIGNATURE: "the signature fits the bytes",
    StepName.PAYLOAD: "the signed bytes are canonical JSON",
    StepName.PREDICATE_TYPE: "an in-toto statement of an evaluation",
    StepName.STATEMENT: "every member is there and well-formed",
}


def verify(
    envelope: bytes,
    keyring: Keyring,
    *,
    product: bytes | None = None,
    resource: str | None = None,
    data: Mapping[str, Manifest] = _NO_DATA,
    global_files: LayerFiles | None = None,
    local_files: LayerFiles | None = None,
    waiver_files: LayerFiles | None = None,
    previous: bytes | None = None,
    require: frozenset[Requirement] = REQUIRED_BY_DEFAULT,
) -> Verified:
    """What the attestation says, once everything required was checked and nothing failed.

    Raises VerificationError with the code of the first step that failed, or its subclass IncompleteError with the
    code of the first required step that could not be checked.
    """
    done = examine(
        envelope,
        keyring,
        product=product,
        resource=resource,
        data=data,
        global_files=global_files,
        local_files=local_files,
        waiver_files=waiver_files,
        previous=previous,
        require=require,
    )
    if (step := done.decisive) is not None:
        kind = VerificationError if step.status is Status.FAIL else IncompleteError
        raise kind(step.reason, code=step.code)
    assert done.statement is not None
    assert done.signer is not None
    return Verified(done.statement, done.signer, done.steps)


def examine(
    envelope: bytes,
    keyring: Keyring,
    *,
    product: bytes | None = None,
    resource: str | None = None,
    data: Mapping[str, Manifest] = _NO_DATA,
    global_files: LayerFiles | None = None,
    local_files: LayerFiles | None = None,
    waiver_files: LayerFiles | None = None,
    previous: bytes | None = None,
    require: frozenset[Requirement] = REQUIRED_BY_DEFAULT,
) -> Verification:
    """How every step goes, for a report. Raises nothing for an attestation that is refused: `verify` does."""
    try:
        statement, signer = _open(envelope, keyring)
    except VerificationError as error:
        return Verification(tuple(_refused(error)))
    given = Given(product, resource, data, global_files, local_files, waiver_files, previous, require)
    trusted = [Step(name, Status.PASS, _passed(name, signer)) for name in _BEFORE_TRUST]
    return Verification((*trusted, *check_all(statement.predicate, signer, given)), statement, signer)


def _open(content: bytes, keyring: Keyring) -> tuple[Statement, TrustedKey]:
    envelope = read_envelope(content)
    if envelope.payload_type != PAYLOAD_TYPE:
        refuse(StepName.PAYLOAD_TYPE, f"the payload is typed `{envelope.payload_type[:200]}`, not `{PAYLOAD_TYPE}`")
    signer = keyring.find(envelope.key_id)
    if signer is None:
        refuse(StepName.KEY, f"no key of the keyring has the id {envelope.key_id[:12]}, by which this is signed")
    # the algorithm is the key's own, never the envelope's
    if not signer.key.has_signed(pae(envelope.payload_type, envelope.payload), envelope.signature):
        refuse(StepName.SIGNATURE, f"the signature by `{signer.name}` does not fit: the content or it was changed")
    return read_statement(envelope.payload), signer


def _passed(name: StepName, signer: TrustedKey) -> str:
    match name:
        case StepName.KEY:
            return f"the keyring knows the key as `{signer.name}`, id {signer.key.id[:12]}"
        case StepName.SIGNATURE:
            return f"`{signer.name}` signed these very bytes"
        case _:
            return _PASSED[name]


def _refused(error: VerificationError) -> list[Step]:
    failed = next(name for name, code in CODES.items() if code == error.code)
    order = list(STEPS)
    steps = [Step(name, Status.PASS, _PASSED[name]) for name in order[: order.index(failed)]]
    steps.append(Step(failed, Status.FAIL, str(error)))
    later = order[order.index(failed) + 1 :]
    return steps + [Step(name, Status.NOT_CHECKED, "not reached: nothing is believed of it") for name in later]
