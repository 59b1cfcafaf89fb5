from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.plan.canonical import canonical
from policy_engine.trust.strict_json import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_MEMBERS,
    MAX_PARTS,
    LimitExceededError,
    NotStrictError,
    _object,
    is_canonical,
    read_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_is_read_as_what_it_was(value: object) -> None:
    content = canonical(value)
    assert read_json(content) == value
    assert is_canonical(content, value)


@given(JSON)
def test_any_other_writing_is_not_canonical(value: object) -> None:
    content = json.dumps(value, indent=1).encode() + b" "
    assert not is_canonical(content, read_json(content))


@pytest.mark.parametrize(
    "content",
    [
        b"1.0",
        b"1e2",
        b"-1E2",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b"9" * 5000,
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":1}',
        b"\xff",
        b"\xef\xbb\xbf1",
        "1".encode("utf-16"),
        b"",
        b"1 1",
        b"01",
        b"'a'",
        b"[1,]",
        b'"\x01"',
    ],
)
def test_what_two_readers_may_take_differently_is_refused(content: bytes) -> None:
    with pytest.raises(NotStrictError):
        read_json(content)


def test_the_largest_exact_number_is_read() -> None:
    assert read_json(b"[9007199254740991,-9007199254740991]") == [2**53 - 1, 1 - 2**53]


@pytest.mark.parametrize("content", [b"-0", b'"\\ud800"', b'"\\u0041"', b'"\\/"', b" 1"])
def test_a_second_writing_of_a_value_is_not_canonical(content: bytes) -> None:
    assert not is_canonical(content, read_json(content))


def test_depth_is_bounded_exactly() -> None:
    read_json(b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 500, 100_000):
        with pytest.raises(LimitExceededError, match=r"deep|parts"):
            read_json(b"[" * depth + b"1" + b"]" * depth)


def test_size_is_bounded_exactly() -> None:
    assert read_json(b'"12"', max_bytes=4) == "12"
    with pytest.raises(LimitExceededError):
        read_json(b'"123"', max_bytes=4)


def an_object(names: list[str], padding: int = 0) -> bytes:
    members = ",".join(f'"{name}":0' for name in names)
    return f"{{{members}{' ' * padding}}}".encode()


def test_the_members_of_an_object_are_bounded() -> None:
    names = [f"{number:x}" for number in range(MAX_MEMBERS + 1)]
    assert read_json(an_object(names[:-1])) == dict.fromkeys(names[:-1], 0)
    with pytest.raises(LimitExceededError, match="more than 1000 members"):
        read_json(an_object(names))


@pytest.mark.parametrize(
    "names",
    [
        [f"{number:x}" for number in range(MAX_PARTS - 1)] + ["0"],
        ["a"] * MAX_PARTS,
        [f"{number:032x}" for number in range(MAX_PARTS)],
    ],
)
def test_many_members_are_refused_before_they_are_compared(names: list[str]) -> None:
    # of 8 MB, all counted as parts: comparing each name with all others would take minutes
    content = an_object(names)
    content = an_object(names, MAX_BYTES - len(content))
    assert len(content) == MAX_BYTES
    with pytest.raises(LimitExceededError, match="more than 1000 members"):
        read_json(content)


def test_a_repeated_member_is_named_in_one_pass() -> None:
    class Counted(str):
        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    pairs: list[tuple[str, object]] = [(Counted(f"member {number}"), 0) for number in range(MAX_MEMBERS - 1)]
    with pytest.raises(NotStrictError, match="'member 998' is there twice"):
        _object([*pairs, (Counted("member 998"), 0)])
    assert Counted.compared < 2 * MAX_MEMBERS
