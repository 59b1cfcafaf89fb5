"""What checking lets through never crashes compilation or evaluation, with data and without, whatever the product lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from policy_engine.diagnostics import Level, draw
from policy_engine.engine import DataGiven, check
from policy_engine.loading import diagnose

PRELUDE = """package acme
enum Size { small < middle < large }
enum Colour { red, green }
attribute field.size: Size? from custom "size"
attribute field.colour: Colour? from custom "colour"
attribute product.score: Decimal? from custom "score"
attribute product.reviewed: Date? from custom "reviewed"
attribute dataset.regions: List<String>? from custom "regions"
table systems(name: String, since: Date, keep: Duration?) from "systems.csv"
let some_number = 7 / 2
let some_word = "a" + "b"
def double(n: Int) -> Int = n * 2
def near(a: String, b: String) -> Bool = lower(a) == lower(b) or contains(a, b)
def kept(d: Dataset) -> Duration = d.retention otherwise 1y
"""
PRODUCT = """apiVersion: v3.1.0
kind: DataContract
id: product
version: 1.2.0
status: active
customProperties:
  - {property: score, value: 0.5}
  - {property: reviewed, value: soon}
slaProperties: [{property: latency, value: 4, unit: d}]
schema:
  - name: orders
    customProperties: [{property: regions, value: [eu, us]}, {property: retention, value: 7y}]
    properties:
      - name: id
        logicalType: integer
        required: true
        primaryKey: true
        tags: [pii.email]
        customProperties: [{property: size, value: middle}, {property: colour, value: blue}]
        logicalTypeOptions: {minimum: 1, maximum: 10}
      - {name: text, logicalType: string, description: some text, classification: public}
      - {name: at, logicalType: timestamp}
      - {name: amount, logicalType: number}
  - name: empty
    properties: []
"""
DATA = "id,text,at,amount\n1,a,2026-01-01T00:00:00Z,1.5\n2,,,0\n"
TABLE = "name,since,keep\norders,2020-01-01,7y\nother,2020-01-01,\n"

LEAVES = {
    "Bool": ["true", "field.required", "is_snake_case(field.name)", 'has_tag(field, "pii")', "previous is missing",
             "product.owner is present", "field.size is present and field.size >= middle",
             "field.colour is present and field.colour == red", "product.reviewed is missing",
             "(version(product.version otherwise \"0\") is present)"],
    "Int": ["0", "3", "count(product.fields)", "count(changes)", "field.null_count", "field.distinct_count",
            "duplicates(dataset(\"orders\"), [\"id\"])", "dataset(\"orders\").row_count", "count(pii(field))",
            "orphans(field(\"orders.id\"), field(\"orders.amount\"))", "count(field.values)", "count(systems)",
            "dataset(\"nowhere\").row_count", "(if previous is present then count(previous.fields) else 0)"],
    "Decimal": ["0.5", "10%", "some_number", "(product.score otherwise 0)", "(field.null_share otherwise 1)",
                "(share(f in product.fields where f.required) otherwise 0)", "(mean(length(f.name) for f in product.fields) otherwise 0)"],
    "String": ['""', '"a"', "field.name", "field.path", "product.id", "some_word", '(field.description otherwise "")',
               "(product.version otherwise \"\")", 'field("orders.text").name', 'field("nowhere").name'],
    "Date": ["2026-01-01", "date(now)", "(product.reviewed otherwise 2020-02-29)"],
    "Timestamp": ["now", "2026-01-01T00:00Z", "(newest(field) otherwise now)", "(oldest(field(\"orders.at\")) otherwise now)"],
    "Duration": ["90d", "7y", "age(now)", "kept(dataset(\"orders\"))", "(product.retention otherwise 1mo)"],
    "Strings": ["field.tags", "[\"a\", \"b\"]", "{}", "words(field.name)", "(dataset(\"orders\").regions otherwise [])",
                "(dataset(\"orders\").primary_key)"],
    "Fields": ["product.fields", "dataset(\"orders\").fields", "field.fields"],
    "Cell": ["row.amount", "row.text", "row.id", "row.at", "row[\"nothing\"]", "(row.text otherwise \"x\")", "(row.amount otherwise 1)"],
}  # fmt: skip
SHAPES = {
    "Bool": ["({Bool} and {Bool})", "({Bool} or {Bool})", "(not {Bool})", "({Int} < {Int})", "({Decimal} >= {Decimal})",
             "({String} == {String})", "({String} in {Strings})", "(every x{n} in {Strings} satisfies x{n} != {String})",
             "(some f{n} in {Fields} satisfies f{n}.required and {Bool})", "({Duration} < {Duration})", "({Date} <= {Date})",
             "({Timestamp} > {Timestamp})", "(if {Bool} then {Bool} else {Bool})", "near({String}, {String})",
             "({String} matches /a+/)", "starts_with({String}, {String})", "(lookup(systems, {String}) is present)",
             "(some v{n} in field.values satisfies v{n} == {String})", "({Strings} == {Strings})", "({Fields} == {Fields})",
             "(field.constraints.minimum is present and field.constraints.minimum < {Int})",
             "(field.constraints.minimum is present and length(field.constraints.minimum) < {Int})",
             "(field.constraints.maximum is present and field.constraints.maximum + {Int} > 2 * {Int})",
             "(min(field.values) is present and min(field.values) < {Int})",
             "(max(field.values) is present and near(max(field.values), {String}))",
             "(max(field.values) is present and year(max(field.values)) > {Int})",
             "(every r{n} in dataset(\"orders\").rows satisfies r{n}.id > {Int})"],
    "Int": ["({Int} + {Int})", "({Int} * {Int})", "(-{Int})", "length({String})", "count({Strings})", "double({Int})",
            "count(f{n} in {Fields} where f{n}.unique or {Bool})", "sum(length(f{n}.name) for f{n} in {Fields})", "year({Date})",
            "distinct(f{n}.name for f{n} in {Fields})", "(if {Bool} then {Int} else {Int})",
            "count(v{n} in field.values where v{n} > {Int})"],
    "Decimal": ["({Decimal} * {Int})", "({Int} / {Int})", "({Decimal} / {Decimal})", "({Decimal} - {Decimal})",
                "(max({Decimal} for f{n} in {Fields} where f{n}.required) otherwise {Decimal})"],
    "String": ["lower({String})", "trim({String})", "({String} + {String})", "(min({Strings}) otherwise {String})"],
    "Date": ["({Date} + {Duration})", "({Date} - {Duration})", "date({Timestamp})"],
    "Timestamp": ["({Timestamp} - {Duration})", "({Timestamp} + {Duration})"],
    "Duration": ["({Duration} + {Duration})", "({Duration} * {Int})", "({Date} - {Date})", "(-{Duration})", "age({Date})"],
    "Strings": ["split({String}, {String})", "[{String}, {String}]", "{{{String}, {String}}}"],
    "Fields": ["(if {Bool} then {Fields} else {Fields})"],
    "Cell": ["lower({Cell})", "({Cell} + {Cell})", "({Cell} - {Duration})", "(if {Row} then {Cell} else {Cell})",
             "length({Cell})", "date({Cell})", "({Cell} * {Decimal})", "({Cell} / {Int})"],
    "Row": ["({Cell} == {Cell})", "({Cell} < {Cell})", "({Row} and {Row})", "({Row} or {Row})", "(not {Row})", "({Cell} in {Strings})",
            "(row.text is present)", "({Cell} matches /a+/)", "({Cell} > {Int})", "({Cell} == {String})", "({Cell} <= {Timestamp})",
            "starts_with({Cell}, {String})", "{Bool}", "near({Cell}, {String})", "({Cell} in [{Int}, {Int}])"],
}  # fmt: skip


@st.composite
def expressions(draw_: st.DrawFn, kind: str, depth: int = 3) -> str:
    """The text of an expression that is meant to be of the kind."""
    shapes = SHAPES[kind] if (depth > 0 and draw_(st.booleans())) or kind not in LEAVES else LEAVES[kind]
    text = draw_(st.sampled_from(shapes))
    if shapes is LEAVES.get(kind):
        return text
    number = draw_(st.integers(0, 10**9))
    inner = {
        name: draw_(expressions(name, depth - 1)) if f"{{{name}}}" in text else ""
        for name in {**LEAVES, "Row": [], "Bool": []}
    }
    return text.format(n=number, **inner)


def policy(body: str) -> str:
    return f'{PRELUDE}\npolicy generated\n  owner "o"\n{{\n{body}\n}}\n'


@st.composite
def rules(draw_: st.DrawFn) -> str:
    over_rows = draw_(st.booleans())
    subject = "for field in product.fields" + ('\n    for row in dataset("orders").rows' if over_rows else "")
    kind = "Row" if over_rows else "Bool"
    when = f"    when {draw_(expressions(kind))}\n" if draw_(st.booleans()) else ""
    printed = draw_(expressions("Int", 1))
    message = f'    message "{{{printed}}}"\n' if '"' not in printed else ""
    return f"  rule r\n    {subject}\n{when}    require {draw_(expressions(kind))}\n{message}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound")
    (root / "global").mkdir()
    (root / "global/systems.csv").write_text(TABLE)
    (root / "product.yaml").write_text(PRODUCT)
    (root / "orders.csv").write_text(DATA)
    return root


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules())
def test_what_is_checked_compiles_and_evaluates(folder: Path, body: str) -> None:
    text = policy(body)
    (folder / "global/acme.policy").write_text(text)
    note(text)
    policies, diagnostics = diagnose([folder / "global"])
    note(draw(diagnostics))
    assert len({(d.code, d.span.start, d.span.end) for d in diagnostics}) == len(diagnostics), "told twice"
    if policies is None:
        assert any(found.level is Level.ERROR for found in diagnostics)
        return
    for data in ({}, {"orders": DataGiven(folder / "orders.csv")}, {"orders": DataGiven(folder / "orders.csv", True)}):
        for previous in (None, "none", folder / "product.yaml"):
            report = check(
                folder / "product.yaml", policies, data=data, previous=previous, as_of=datetime(2027, 1, 1, tzinfo=UTC)
            )
            assert report.results


@pytest.mark.parametrize("leaf", [*LEAVES["Bool"], *(f"{text} > 1" for text in LEAVES["Int"])])
def test_the_leaves_of_generated_rules_are_accepted(folder: Path, leaf: str) -> None:
    text = policy(f"  rule r\n    for field in product.fields\n    require {leaf}\n")
    (folder / "global/acme.policy").write_text(text)
    policies, diagnostics = diagnose([folder / "global"])
    assert policies is not None, draw(diagnostics)
