from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from attestation.samples import ENVELOPE, rewritten
from policy_engine.attestation.envelope import pae, read_envelope, write_envelope
from policy_engine.errors import VerificationError


def code(content: bytes) -> str:
    with pytest.raises(VerificationError) as caught:
        read_envelope(content)
    return caught.value.code


def test_pae_is_as_in_the_example_of_dsse() -> None:
    # https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_pae_counts_bytes_not_characters() -> None:
    assert pae("é", b"\xc3") == b"DSSEv1 2 \xc3\xa9 1 \xc3"


def test_what_is_written_is_read() -> None:
    assert write_envelope(read_envelope(ENVELOPE)) == ENVELOPE


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"\xef\xbb\xbf" + ENVELOPE, b'{"a":1.5}', b"NaN", b"nul"])
def test_what_is_no_strict_json_is_refused_as_such(content: bytes) -> None:
    assert code(content) == "ATT002"


@pytest.mark.parametrize("content", [ENVELOPE + b"\n", b" " + ENVELOPE, ENVELOPE.replace(b":", b": ", 1)])
def test_any_other_white_space_is_refused(content: bytes) -> None:
    assert code(content) == "ATT003"


def test_escapes_that_canonical_json_has_no_use_for_are_refused() -> None:
    assert code(ENVELOPE.replace(b"payload", b"\\u0070ayload", 1)) == "ATT003"
    assert code(ENVELOPE.replace(b"application/", b"application\\/", 1)) == "ATT003"


def test_members_in_another_order_are_refused() -> None:
    head, _, tail = ENVELOPE.partition(b',"payloadType"')
    swapped = b'{"payloadType"' + tail[: tail.index(b",")] + b"," + head[1:] + tail[tail.index(b",") :]
    assert code(swapped) == "ATT003"


@pytest.mark.parametrize("content", [b"[]", b'"x"', b"1", b"null", b"{}"])
def test_other_json_is_no_envelope(content: bytes) -> None:
    assert code(content) == "ATT004"


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a member too many": lambda e: e.update(alg="none"),
    "a member too few": lambda e: e.pop("payloadType"),
    "another spelling": lambda e: e.update(PayloadType=e.pop("payloadType")),
    "the name that protobuf gives it": lambda e: e.update(payload_type=e.pop("payloadType")),
    "no list of signatures": lambda e: e.update(signatures={}),
    "no signature": lambda e: e["signatures"].clear(),
    "a signature twice": lambda e: e["signatures"].append(e["signatures"][0]),
    "seventeen signatures": lambda e: e.update(signatures=e["signatures"] * 17),
    "a signature that is no object": lambda e: e.update(signatures=["x"]),
    "a key in the signature": lambda e: e["signatures"][0].update(publicKey="x"),
    "no key id": lambda e: e["signatures"][0].pop("keyid"),
    "an upper-case key id": lambda e: e["signatures"][0].update(keyid=e["signatures"][0]["keyid"].upper()),
    "an empty key id": lambda e: e["signatures"][0].update(keyid=""),
    "a key id with a line end": lambda e: e["signatures"][0].update(keyid=e["signatures"][0]["keyid"] + "\n"),
    "a payload that is no text": lambda e: e.update(payload=1),
    "a signature that is null": lambda e: e["signatures"][0].update(sig=None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_envelope_has_exactly_its_members(name: str) -> None:
    assert code(rewritten(CHANGES[name])) == "ATT004"


def _texts_of_the_same_bytes(text: str) -> list[str]:
    content = base64.b64decode(text)
    return [
        base64.urlsafe_b64encode(content + b"\xff\xff").decode(),
        text.rstrip("=") if text.endswith("=") else text + "=",
        text + "====",
        text[:4] + "\n" + text[4:],
        text[:4] + " " + text[4:],
        "é" + text,
    ]


@pytest.mark.parametrize("index", range(6))
def test_base64_has_one_form(index: int) -> None:
    other = _texts_of_the_same_bytes
    assert code(rewritten(lambda e: e.update(payload=other(e["payload"])[index]))) == "ATT004"
    assert code(rewritten(lambda e: e["signatures"][0].update(sig=other(e["signatures"][0]["sig"])[index]))) == "ATT004"


def test_bits_beyond_the_last_byte_of_base64_are_refused() -> None:
    # a 64-byte signature ends in two digits of which the last holds four unused bits
    def fill(envelope: dict[str, Any]) -> None:
        sig = envelope["signatures"][0]["sig"]
        assert sig.endswith("==")
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        envelope["signatures"][0]["sig"] = sig[:-3] + alphabet[alphabet.index(sig[-3]) + 1] + "=="

    assert code(rewritten(fill)) == "ATT004"
