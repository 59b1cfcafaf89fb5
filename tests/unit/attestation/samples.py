"""A small product, judged by hand, and the files it was judged with."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policy_engine.attestation import Verification, examine, sign
from policy_engine.attestation.envelope import PAYLOAD_TYPE, Envelope, pae, write_envelope
from policy_engine.data.model import DataFile, Manifest
from policy_engine.evaluation.model import PoliciesUsed, Report, RuleResult, Violation
from policy_engine.plan.canonical import canonical, digest
from policy_engine.plan.layer import Layer, LayerFiles, Member
from policy_engine.trust import Keyring, PrivateKey, keyring_of
from policy_engine.trust.keys import _private
from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict

PRODUCT = b"""apiVersion: v3.1.0
kind: DataContract
id: payroll
name: Payroll
version: 1.2.0
domain: finance
status: active
"""
AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
EVALUATED = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)


def a_key(seed: int = 1) -> PrivateKey:
    return _private(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


KEY = a_key()
KEYRING = keyring_of([("council", KEY.public)])


def layer(kind: Layer, files: Mapping[str, bytes]) -> LayerFiles:
    return LayerFiles(kind, tuple(Member(path, Path(path), files[path]) for path in sorted(files)))


GLOBAL = layer(Layer.GLOBAL, {"naming.policy": b"package a\n", "pii.policy": b"package b\n", "zones.csv": b"x\n"})
LOCAL = layer(Layer.DOMAIN, {"finance.policy": b"package c\n"})


def manifest(dataset: str, content: bytes, *, sampled: bool = False) -> Manifest:
    file = DataFile(f"{dataset}.csv", len(content), digest(content))
    listed = canonical([{"digest": file.digest, "path": file.path, "size": file.size}])
    return Manifest(dataset, "csv", (file,), digest(listed), sampled)


DATA = {"employees": manifest("employees", b"1,2\n"), "salaries": manifest("salaries", b"3\n", sampled=True)}


def result(
    rule: str,
    outcome: Outcome = Outcome.PASS,
    *,
    layer: Layer = Layer.GLOBAL,
    enforcement: Enforcement = Enforcement.BLOCK,
    violations: tuple[Violation, ...] = (),
) -> RuleResult:
    return RuleResult(
        rule=rule,
        layer=layer,
        severity="high",
        enforcement=enforcement,
        next_enforcement=None,
        outcome=outcome,
        subjects=3,
        violations=violations,
        reasons=(),
        controls=(),
        owner="council",
        documentation="",
    )


REPORT = Report(
    id="payroll",
    name="Payroll",
    version="1.2.0",
    domain="finance",
    file="contracts/payroll.yaml",
    digest=digest(PRODUCT),
    verdict=Verdict.COMPLIANT,
    stage=Stage.PUBLISH,
    as_of=AS_OF,
    policies=PoliciesUsed(GLOBAL.digest, LOCAL.digest, digest(b"plan"), "1.0"),
    results=(
        result("acme.naming.snake_case"),
        result("acme.pii.tagged", Outcome.NOT_APPLICABLE),
        result("finance.iban", layer=Layer.DOMAIN, enforcement=Enforcement.WARN),
    ),
    data=tuple(DATA.values()),
    previous=digest(b"earlier"),
    remarks=(),
)
SMALL = replace(
    REPORT,
    results=(result("r"),),
    data=(),
    previous=None,
    policies=PoliciesUsed(GLOBAL.digest, None, digest(b"plan"), "1.0"),
)


def signed(report: Report = REPORT, key: PrivateKey = KEY) -> bytes:
    return sign(report, key, time_evaluated=EVALUATED, global_files=GLOBAL, local_files=LOCAL)


ENVELOPE = signed()
GIVEN: dict[str, Any] = {
    "product": PRODUCT,
    "data": DATA,
    "global_files": GLOBAL,
    "local_files": LOCAL,
    "previous": b"earlier",
}


def examined(envelope: bytes = ENVELOPE, keyring: Keyring = KEYRING, **changed: Any) -> Verification:
    return examine(envelope, keyring, **{**GIVEN, **changed})


def code_of(envelope: bytes = ENVELOPE, keyring: Keyring = KEYRING, **changed: Any) -> str | None:
    """The code of the step that keeps this from being verified."""
    step = examined(envelope, keyring, **changed).decisive
    return step.code if step else None


def payload_of(envelope: bytes) -> dict[str, Any]:
    document = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    assert isinstance(document, dict)
    return document


def wrapped(payload: bytes, *, key: PrivateKey = KEY, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Any payload under a good signature: what a signer gone bad could make."""
    return write_envelope(Envelope(payload_type, payload, key.public.id, key.sign(pae(payload_type, payload))))


def forged(change: Callable[[dict[str, Any]], object], base: bytes = ENVELOPE) -> bytes:
    """The sample with its statement changed and signed again."""
    document = payload_of(base)
    change(document)
    return wrapped(canonical(document))


def rewritten(change: Callable[[dict[str, Any]], object], base: bytes = ENVELOPE) -> bytes:
    """The sample with its envelope changed and written canonically, not signed again."""
    document = json.loads(base)
    change(document)
    return canonical(document)
