"""A plan is its bytes: it comes back from them as it was, and from no other bytes at all."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reference.build import checked, plan_of
from reference.interpreter import World
from reference.policies import TABLES, policies
from reference.worlds import scan_rows, worlds

from policy_engine.errors import PlanError
from policy_engine.evaluation import Inputs, evaluate
from policy_engine.plan.canonical import canonical
from policy_engine.plan.codec import decode, encode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["is", "value", "type", "of"]), inner),
    max_leaves=12,
)
KINDS = st.sampled_from(["Plan", "Const", "Local", "Call", "fraction", "int", "date", "datetime", "Layer", "Duration"])


@given(policies(), worlds())
def test_what_comes_back_is_equal_and_judges_alike(text: str, world: World) -> None:
    plan = plan_of(text, tables=TABLES)
    content = encode(plan)
    back = decode(content)
    assert back == plan
    assert encode(back) == content
    inputs = Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan_rows(world))
    assert evaluate(back, inputs) == evaluate(plan, inputs)


@given(policies(rules=1), st.integers(0, 10**6), st.integers(0, 255))
def test_a_changed_byte_is_another_plan_or_none(text: str, at: int, byte: int) -> None:
    content = bytearray(encode(plan_of(text, tables=TABLES)))
    content[at % len(content)] = byte
    with suppress(PlanError):
        assert encode(decode(bytes(content))) == bytes(content)


@given(st.binary(max_size=200))
@example(b"")
@example(b"[" * 100_000)
@example(b'{"is":"fraction","value":"1/0"}')
@example(b'{"is":"fraction","value":"1e9999999999"}')
@example(b'{"is":[],"value":1}')
@example(b'\xff\xfe{"is":"Plan"}')
@example(b"1e999")
@example(b"NaN")
@example(b"1" * 5000)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(PlanError):
        decode(content)


@given(JSON, KINDS)
def test_json_of_other_shapes_is_refused(value: Any, kind: str) -> None:
    for content in (value, {"is": kind, "value": value}, {"is": kind, **value} if isinstance(value, dict) else [value]):
        with pytest.raises(PlanError):
            decode(canonical(content))


@given(policies(rules=1), st.data())
def test_a_part_of_another_shape_is_refused_or_keeps_its_bytes(text: str, data: st.DataObject) -> None:
    tree = json.loads(encode(plan_of(text, tables=TABLES)))
    spots = list(_spots(tree))
    holder, key = data.draw(st.sampled_from(spots))
    holder[key] = data.draw(JSON)
    content = canonical(tree)
    with suppress(PlanError):
        assert encode(decode(content)) == content


def _spots(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _spots(inner)


def test_spaces_and_repeated_keys_are_other_bytes() -> None:
    found, _ = checked("package a\n")
    assert not found.policies
    content = encode(plan_of("package a\n"))
    for other in (content + b"\n", b" " + content, content.replace(b'{"', b'{"is":"Plan","', 1)):
        with pytest.raises(PlanError):
            decode(other)
