"""Other people's verifiers judge our attestations, and their tools read and write our keys."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from policy_engine.attestation import sign
from policy_engine.attestation.envelope import pae
from policy_engine.data.manifest import fingerprint
from policy_engine.data.model import DataFile, Manifest
from policy_engine.data.source import open_source
from policy_engine.evaluation.model import PoliciesUsed, Report, RuleResult
from policy_engine.plan.canonical import digest
from policy_engine.plan.layer import Layer
from policy_engine.trust import PublicKey, generate, load_private, load_public, save
from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = generate()
RULE = RuleResult("acme.naming", Layer.GLOBAL, "high", Enforcement.BLOCK, None, Outcome.PASS, 1, (), (), (), "c", "")
REPORT = Report(
    id="påyroll",
    name=None,
    version="1.2.0",
    domain="finance",
    file="payroll.yaml",
    digest=digest(b"contract"),
    verdict=Verdict.COMPLIANT,
    stage=Stage.CHANGE,
    as_of=NOW,
    policies=PoliciesUsed(digest(b"global"), None, digest(b"plan"), "1.0"),
    results=(RULE,),
    data=(Manifest("employees", "csv", (DataFile("e.csv", 4, digest(b"1,2\n")),), digest(b"list"), sampled=False),),
    previous=None,
    remarks=(),
)
ENVELOPE = sign(REPORT, KEY, time_evaluated=NOW)


def their_key(key: PublicKey) -> SSlibKey:
    return SSlibKey.from_crypto(serialization.load_pem_public_key(key.pem), keyid=key.id)


def their_envelope(content: bytes) -> Envelope:
    return Envelope.from_dict(json.loads(content))


def parts(content: bytes) -> tuple[bytes, bytes]:
    envelope = json.loads(content)
    return base64.b64decode(envelope["payload"]), base64.b64decode(envelope["signatures"][0]["sig"])


def test_securesystemslib_verifies_the_envelope() -> None:
    assert list(their_envelope(ENVELOPE).verify([their_key(KEY.public)], 1)) == [KEY.public.id]


def test_securesystemslib_verifies_envelopes_of_many_reports() -> None:
    for number in range(200):
        report = replace(REPORT, version=f"1.{number}.0", results=(RULE,) * 0 if number % 2 else (RULE,))
        key = generate()
        assert their_envelope(sign(report, key, time_evaluated=NOW)).verify([their_key(key.public)], 1)


def _drop_last(payload: bytes) -> bytes:
    return payload[:-1]


def _flip(payload: bytes) -> bytes:
    return bytes([payload[0] ^ 1]) + payload[1:]


@pytest.mark.parametrize("change", [_drop_last, _flip])
def test_securesystemslib_refuses_a_changed_payload(change: Callable[[bytes], bytes]) -> None:
    envelope = their_envelope(ENVELOPE)
    envelope.payload = change(envelope.payload)
    with pytest.raises(VerificationError):
        envelope.verify([their_key(KEY.public)], 1)


def test_securesystemslib_signs_the_same_bytes_as_we_do() -> None:
    payload, _ = parts(ENVELOPE)
    assert their_envelope(ENVELOPE).pae() == pae("application/vnd.in-toto+json", payload)


def test_in_toto_attestation_accepts_the_statement() -> None:
    payload, _ = parts(ENVELOPE)
    found = Statement.copy_from_pb(json_format.Parse(payload, statement_pb2.Statement()))
    found.validate()
    assert [(subject.name, subject.digest["sha256"]) for subject in found.pb.subject] == [
        ("finance/p%C3%A5yroll@1.2.0", digest(b"contract")),
        ("data/employees", digest(b"list")),
    ]
    assert found.pb.predicate["verdict"] == "compliant"


def openssl(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *args], capture_output=True, text=True, check=False)


def test_openssl_verifies_the_signature(tmp_path: Path) -> None:
    payload, signature = parts(ENVELOPE)
    message, sig = tmp_path / "message", tmp_path / "sig"
    _, public = save(KEY, tmp_path, "council")
    sig.write_bytes(signature)
    for content, code in ((payload, 0), (payload + b" ", 1)):
        message.write_bytes(pae("application/vnd.in-toto+json", content))
        done = openssl(
            "pkeyutl", "-verify", "-pubin", "-inkey", f"{public}", "-rawin", "-in", f"{message}", "-sigfile", f"{sig}"
        )
        assert done.returncode == code, done.stderr


def test_openssl_computes_the_same_key_id(tmp_path: Path) -> None:
    _, public = save(KEY, tmp_path, "council")
    assert openssl("pkey", "-pubin", "-in", f"{public}", "-outform", "DER", "-out", f"{tmp_path}/der").returncode == 0
    assert digest((tmp_path / "der").read_bytes()) == KEY.public.id


def test_openssl_opens_our_encrypted_keys_and_we_open_its(tmp_path: Path) -> None:
    private, public = save(KEY, tmp_path, "council", b"correct horse")
    opened = openssl("pkey", "-in", f"{private}", "-passin", "pass:correct horse", "-pubout")
    assert opened.stdout == public.read_text()
    assert openssl("pkey", "-in", f"{private}", "-passin", "pass:wrong", "-pubout").returncode != 0
    theirs = tmp_path / "theirs.key"
    made = openssl("genpkey", "-algorithm", "ED25519", "-aes-256-cbc", "-pass", "pass:secret", "-out", f"{theirs}")
    assert made.returncode == 0, made.stderr
    theirs.chmod(0o600)
    assert load_private(theirs, b"secret").public.id


def test_openssl_keys_are_read(tmp_path: Path) -> None:
    private, public = tmp_path / "a.key", tmp_path / "a.pub"
    assert openssl("genpkey", "-algorithm", "ED25519", "-out", f"{private}").returncode == 0
    assert openssl("pkey", "-in", f"{private}", "-pubout", "-out", f"{public}").returncode == 0
    private.chmod(0o600)
    assert load_private(private).public == load_public(public)


def test_a_shell_computes_the_same_digest_of_data_as_the_how_to_says(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/verify-an-attestation.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
    (tmp_path / "employees.csv").write_bytes(b"id\n1\n")
    done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    expected = fingerprint(open_source("employees", str(tmp_path / "employees.csv"))).digest
    assert done.stdout.split()[-1] == expected
