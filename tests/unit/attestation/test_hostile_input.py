"""Whatever comes from outside is refused with a documented code, and by no other exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attestation.samples import ENVELOPE, GIVEN, KEYRING, code_of, payload_of, wrapped
from policy_engine.attestation import CODES, verify
from policy_engine.errors import VerificationError
from policy_engine.plan.canonical import canonical

STATEMENT = payload_of(ENVELOPE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
#: What could stand in a statement's place where another value belongs.
PLAUSIBLE = JSON | st.sampled_from(
    [
        "compliant",
        "pass",
        "fail",
        "global",
        "domain",
        "block",
        "0" * 64,
        "2026-13-01T00:00:00Z",
        {"sha256": "0" * 64},
        -1,
    ]
)


def assert_refused(envelope: bytes) -> None:
    with pytest.raises(VerificationError) as caught:
        verify(envelope, KEYRING, **GIVEN)
    assert caught.value.code in CODES.values()


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    children: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for key, child in children:
        found += places(child, (*path, key))
    return found


def changed(document: Any, path: tuple[str | int, ...], new: object) -> Any:
    copy = json.loads(json.dumps(document))
    target = copy
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = new
    return copy


@given(st.binary(max_size=400))
def test_bytes(content: bytes) -> None:
    assert_refused(content)


@given(JSON)
def test_json(value: object) -> None:
    assert_refused(json.dumps(value).encode())
    assert_refused(wrapped(json.dumps(value).encode()))


@given(st.binary(max_size=400))
def test_signed_bytes(payload: bytes) -> None:
    assert_refused(wrapped(payload))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(places(json.loads(ENVELOPE))), PLAUSIBLE)
def test_envelopes_with_a_value_replaced(path: tuple[str | int, ...], new: object) -> None:
    document = changed(json.loads(ENVELOPE), path, new)
    if document != json.loads(ENVELOPE):
        assert_refused(json.dumps(document).encode())
        assert_refused(
            json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(
                errors="surrogatepass"
            )
        )


@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(places(STATEMENT)), PLAUSIBLE)
def test_signed_statements_with_a_value_replaced_never_raise_anything_else(
    path: tuple[str | int, ...], new: object
) -> None:
    try:
        payload = canonical(changed(STATEMENT, path, new))
    except ValueError:
        return
    assert (code_of(wrapped(payload)) or "ATT001") in CODES.values()


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(ENVELOPE) - 1), st.binary(max_size=3)), min_size=1, max_size=4))
def test_envelopes_with_bytes_exchanged(edits: list[tuple[int, bytes]]) -> None:
    content = ENVELOPE
    for at, new in edits:
        content = content[:at] + new + content[at + len(new) :]
    if content != ENVELOPE:
        assert_refused(content)
