"""Mending adds text to a contract, however that is laid out: each sign of it stays in order, with each value it states."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.engine import ReadProduct, check
from policy_engine.errors import ProductError
from policy_engine.evaluation.model import Report
from policy_engine.loading import Policies, load_policies
from policy_engine.mending import mend
from policy_engine.product.model import Value
from policy_engine.product.read import parse_product
from policy_engine.product.text import read_document

POLICY = """package acme.rules
attribute field.masking: String? from custom "masking"
policy fields
  owner "privacy@acme.example"
{
  rule tagged
    for field in product.fields
    require "pii.email" in field.tags
    fix "tags: [pii.email, 'a: b']"
  rule classified
    for field in product.fields
    when "pii.email" in field.tags
    require field.classification is present
    fix "classification: confidential"
  rule masked
    for field in product.fields
    require field.masking is present
    fix "customProperties:\\n- property: masking\\n  value: 'yes'"
  rule kept
    for dataset in product.datasets
    require dataset.retention is present
    fix "slaProperties:\\n- property: retention\\n  value: 3\\n  unit: y\\n  element: {dataset.name}"
}
"""
COMMENTS = ("", "", "  # a note", "\t# ümläut 🐟")
FIELD_PARTS = (
    "tags: [a]",
    "tags: []",
    "tags:\n- a\n- b # last",
    "tags: [ 'a' ,\n  b ]",
    "classification: internal",
    "description: |\n  some text # no comment\n\n  more",
    "description: >+\n  folded\n\n",
    "description: two\n  lines",
    'description: "a: b"',
    "customProperties:\n- property: other\n  value: x",
    "customProperties:\n  - {property: other, value: [1, 2]}",
    "customProperties: []",
    "customProperties:\n- property: masking\n  value: none",
    "quality:\n- type: text\n  description: >-\n    folded",
    "businessName:",
    "required: &yes true",
    "unique: *yes",
)
FLOWS = ("{name: f%d}", "{name: f%d, tags: [a], }", "{ name: 'f%d', customProperties: [{property: o, value: 1}] }",
         "{name: f%d,\n   description: two\n   lines}")  # fmt: skip


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


@st.composite
def contracts(draw: st.DrawFn) -> bytes:
    """Contracts as people write them."""
    note = st.sampled_from(COMMENTS)
    beyond = draw(st.sampled_from([0, 2, 3]))
    lines = ["apiVersion: v3.1.0", "kind: DataContract", "id: a", "version: 1.0.0", "status: active"]
    lines = [line + draw(note) for line in lines]
    if draw(st.booleans()):
        lines.insert(0, draw(st.sampled_from(["# first", "---", "%YAML 1.2\n---"])))
    lines.append("schema:")
    for dataset in range(draw(st.integers(1, 2))):
        lines += [_indented(f"- name: d{dataset}{draw(note)}\n  properties:", beyond)]
        for field in range(draw(st.integers(1, 3))):
            if draw(st.integers(0, 3)) == 0:
                lines.append(_indented(f"- {draw(st.sampled_from(FLOWS)) % field}{draw(note)}", beyond + 2 + beyond))
                continue
            parts = draw(st.lists(st.sampled_from(FIELD_PARTS), max_size=4, unique_by=lambda part: part.split(":")[0]))
            parts.insert(draw(st.integers(0, len(parts))), f"name: f{field}{draw(note)}")
            body = _indented("\n".join(parts), 2)
            lines.append(_indented(f"- {body[2:]}", beyond + 2 + beyond))
            if draw(st.booleans()):
                lines += ["", _indented("# about what comes next", draw(st.integers(0, 8)))]
    if draw(st.booleans()):
        lines += [f"slaProperties:{draw(note)}", "- property: latency", "  value: 4"]
    text = "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n\n# the end", "\n...\n"]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return (mark + text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))).encode()


@cache
def _policies() -> Policies:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "p.policy")
        file.write_text(POLICY)
        return load_policies([file])


def _judge(content: bytes) -> Report:
    product = ReadProduct(parse_product(content, "a.yaml"), content.decode("utf-8-sig"))
    return check(product, _policies(), as_of=datetime(2027, 1, 1, tzinfo=UTC))


def _is_read(content: bytes) -> bool:
    try:
        parse_product(content, "a.yaml")
    except ProductError:  # the parts do not fit together, which is of no interest here
        return False
    return True


def _is_within(part: Value, whole: Value) -> bool:
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(key in whole and _is_within(part[key], whole[key]) for key in part)
    if isinstance(part, tuple):
        return isinstance(whole, tuple) and all(_is_within(*pair) for pair in zip(part, whole, strict=False))
    return type(part) is type(whole) and part == whole


@settings(max_examples=150, deadline=None)
@given(contracts().filter(_is_read))
def test_every_sign_and_every_value_stays_and_mending_again_changes_nothing(content: bytes) -> None:
    found = mend(content, "a.yaml", _judge)
    left = iter(found.content)
    assert all(byte in left for byte in content), "the old text is in the new one, in its order"
    before, after = read_document(content, "a.yaml").root, read_document(found.content, "a.yaml").root
    assert _is_within(before, after)
    for line in content.decode().splitlines():
        assert line[line.find("#") :] in found.content.decode() if "#" in line else True
    report = _judge(found.content)
    violated = {(result.rule, one.subject) for result in report.results for one in result.violations}
    assert not {(rule, one.subject) for rule, one in found.fixed} & violated
    again = mend(found.content, "a.yaml", _judge)
    assert again.content == found.content
    assert not again.fixed


@settings(max_examples=50, deadline=None)
@given(contracts().filter(_is_read))
def test_what_is_left_to_people_is_all_that_is_left_with_a_reason(content: bytes) -> None:
    found = mend(content, "a.yaml", _judge)
    violated = [(result.rule, one.subject) for result in _judge(found.content).results for one in result.violations]
    assert [(missed.rule, missed.violation.subject) for missed in found.missed] == violated
    assert all(missed.reason and missed.reason != "it was not tried" for missed in found.missed)
