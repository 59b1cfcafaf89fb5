from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.errors import KeyFileError
from policy_engine.trust import PublicKey, generate, load_keyring
from policy_engine.trust.codes import CODES
from policy_engine.trust.keyring_json import SCHEMA, parse_keyring

KEY = generate().public
OTHER = generate().public


def spki(key: PublicKey) -> str:
    return base64.b64encode(bytes.fromhex("302a300506032b6570032100") + key.raw).decode()


def entry(**changed: Any) -> dict[str, Any]:
    return {"name": "council", "publicKey": KEY.pem.decode(), **changed}


def text(*entries: dict[str, Any], **changed: Any) -> bytes:
    return json.dumps({"schema": SCHEMA, "keys": list(entries), **changed}).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(KeyFileError) as caught:
        parse_keyring(content, "keyring.json")
    return caught.value.code


def test_a_folder_of_public_keys_is_a_keyring(tmp_path: Path) -> None:
    (tmp_path / "council.pub").write_bytes(KEY.pem)
    (tmp_path / "finance.pub").write_bytes(OTHER.pem)
    (tmp_path / "finance.key").write_bytes(b"never read")
    keyring = load_keyring(tmp_path)
    assert [(entry.name, entry.key) for entry in keyring.entries] == [("council", KEY), ("finance", OTHER)]
    found = keyring.find(OTHER.id)
    assert found is not None
    assert found.name == "finance"
    assert keyring.find("0" * 64) is None


def test_hidden_files_of_a_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / ".planted.pub").write_bytes(OTHER.pem)
    (tmp_path / ".council.pub.0a1b").write_bytes(b"half a ke")
    with pytest.raises(KeyFileError) as caught:
        load_keyring(tmp_path)
    assert caught.value.code == "TRU010"
    (tmp_path / "council.pub").write_bytes(KEY.pem)
    assert [entry.name for entry in load_keyring(tmp_path).entries] == ["council"]


def test_one_public_key_is_a_keyring(tmp_path: Path) -> None:
    (tmp_path / "council.pub").write_bytes(KEY.pem)
    assert [entry.name for entry in load_keyring(tmp_path / "council.pub").entries] == ["council"]


def test_a_json_keyring_says_how_far_a_key_is_trusted(tmp_path: Path) -> None:
    limits = {"domain": "finance", "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2027-01-01T00:00:00+01:00"}
    path = tmp_path / "keyring.json"
    path.write_bytes(text(entry(**limits), entry(name="old", publicKey=spki(OTHER), status="revoked")))
    first, second = load_keyring(path).entries
    assert (first.key, first.domain, first.is_revoked) == (KEY, "finance", False)
    assert first.not_before == datetime(2026, 1, 1, tzinfo=UTC)
    assert first.not_after == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert (second.key, second.domain, second.not_after, second.is_revoked) == (OTHER, None, None, True)


def test_an_empty_keyring_is_refused(tmp_path: Path) -> None:
    (tmp_path / "council.key").write_bytes(b"")
    with pytest.raises(KeyFileError) as caught:
        load_keyring(tmp_path)
    assert caught.value.code == "TRU010"
    assert refusal(text()) == "TRU010"


def test_one_key_under_two_names_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.pub").write_bytes(KEY.pem)
    with pytest.raises(KeyFileError, match="`a` and `b`") as caught:
        load_keyring(tmp_path)
    assert caught.value.code == "TRU009"
    assert refusal(text(entry(), entry(name="b", publicKey=spki(KEY)))) == "TRU009"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        text(entry(), schema="urn:policy-engine:keyring:v2"),
        text(entry(), extra=1),
        text(entry(domian="finance")),
        text(entry(name="")),
        text(entry(name=None)),
        text(entry(status="unknown")),
        text(entry(notBefore="2026-01-01")),
        text(entry(notBefore="2026-01-01T00:00:00")),
        text(entry(notBefore=1767225600)),
        text(entry(notBefore="1767225600")),
        text(entry(notAfter="1767225600.5")),
        text(entry(notAfter="2026-01-01 00:00:00Z")),
        text(entry(notAfter="2026-01-01T00:00Z")),
        text(entry(notAfter="2026-01-01T00:00:00Z\n")),
        text(entry(notAfter="2026-02-30T00:00:00Z")),
        text(entry(notAfter="2026-01-01T00:00:00+25:00")),
        text(entry(not_before="2026-01-01T00:00:00Z")),
        text(entry(notBefore="2027-01-01T00:00:00Z", notAfter="2026-01-01T00:00:00Z")),
        text(entry(publicKey="***")),
        text({"name": "x"}),
        text(entry()).replace(b'"name"', b'"name": "a", "name"'),
        text(*[entry(name=str(number)) for number in range(1001)]),
        b" " * (1024 * 1024 + 1),
    ],
)
def test_a_keyring_has_exactly_its_members(content: bytes) -> None:
    assert refusal(content) == "TRU011"


def test_a_key_in_a_keyring_is_held_to_the_same_as_in_a_file() -> None:
    assert refusal(text(entry(publicKey=base64.b64encode(bytes(44)).decode()))) == "TRU001"
    low_order = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + bytes(32)).decode()
    assert refusal(text(entry(publicKey=low_order))) == "TRU004"


@given(st.binary(max_size=200) | st.text().map(lambda name: text(entry(name=name, publicKey=name))))
def test_whatever_it_is_the_code_is_documented(content: bytes) -> None:
    assert refusal(content) in CODES


def test_a_keyring_that_is_not_there_is_said(tmp_path: Path) -> None:
    for name in ("none", "none.json", "none.pub"):
        with pytest.raises(KeyFileError, match="No such file"):
            load_keyring(tmp_path / name)
