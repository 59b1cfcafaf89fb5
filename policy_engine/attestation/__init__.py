"""Reports become signed statements, and statements are verified: offline, in fixed steps, fail closed.

`sign` takes a report and gives the bytes of a DSSE envelope. `verify` takes such bytes, a keyring and whatever files the
verifier has, and gives what was attested or raises; `examine` tells how every step went. Nothing that is not signed by
a key of the keyring is believed, and what was not checked never reads as pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policy_engine.attestation.model import (
    REQUIRED_BY_DEFAULT,
    Conclusion,
    IncompleteError,
    Requirement,
    Status,
    Step,
    Verification,
    Verified,
)
from policy_engine.attestation.statement import Statement
from policy_engine.attestation.steps import CODES, STEPS, StepName
from policy_engine.attestation.verify import examine, verify

if TYPE_CHECKING:
    from policy_engine.attestation.signing import sign

__all__ = [
    "CODES",
    "REQUIRED_BY_DEFAULT",
    "STEPS",
    "Conclusion",
    "IncompleteError",
    "Requirement",
    "Statement",
    "Status",
    "Step",
    "StepName",
    "Verification",
    "Verified",
    "examine",
    "sign",
    "verify",
]


def __getattr__(name: str) -> Any:
    """`sign` is imported where it is used: whoever only verifies needs nothing of what evaluates."""
    if name == "sign":
        from policy_engine.attestation.signing import sign

        return sign
    raise AttributeError(f"module `policy_engine.attestation` has no attribute `{name}`")
