"""What a result says besides its outcome: enforcement by date, places, messages that give no data away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from reference.build import field, judge, plan_of, product, rule

from policy_engine.data.model import Metric, RowCheckAnswer
from policy_engine.product.model import Place
from policy_engine.product.read import parse_product
from policy_engine.verdict import Enforcement

SECRET = 98765
CONTRACT = b"""kind: DataContract
apiVersion: v3.1.0
id: p
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: id
        logicalType: integer
      - name: mail
        classification: privat
        customProperties:
          - property: masking
            value: none
"""


def answers(found: Any) -> Any:
    def scan(metrics: Iterable[Metric]) -> dict[Metric, Any]:
        return dict.fromkeys(metrics, found)

    return scan


@pytest.mark.parametrize(
    ("day", "current", "following"),
    [
        (date(2026, 6, 14), "inform", ("warn", date(2026, 6, 15))),
        (date(2026, 6, 15), "warn", ("block", date(2027, 1, 1))),
        (date(2026, 12, 31), "warn", ("block", date(2027, 1, 1))),
        (date(2027, 1, 1), "block", None),
    ],
)
def test_enforcement_is_what_is_in_force_on_the_day(day: date, current: str, following: Any) -> None:
    text = rule("require false").replace(
        'owner "o"', 'owner "o"\n  enforce warn from 2026-06-15, then block from 2027-01-01'
    )
    as_of = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    result = judge(plan_of(text), product(), as_of=as_of)["r"]
    assert (result.enforcement, result.next_enforcement) == (Enforcement(current), following)


def test_a_rule_may_have_an_enforcement_of_its_own() -> None:
    text = rule("require false enforce inform, then warn from 2030-01-01")
    result = judge(plan_of(text), product())["r"]
    assert (result.enforcement, result.next_enforcement) == ("inform", ("warn", date(2030, 1, 1)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("for f in product.fields require f.classification is missing", Place(12, 9, "/schema/0/properties/1/classification")),
        ("for f in product.fields when f.name == \"mail\" require f.description is present", Place(11, 9, "/schema/0/properties/1")),
        ("for d in product.datasets require d.physical_name is present", Place(7, 5, "/schema/0")),
        ("for row in dataset(\"orders\").rows require row.id > 0", Place(9, 9, "/schema/0/properties/0")),
        ("for v in field(\"orders.id\").values require v > 0", Place(9, 9, "/schema/0/properties/0")),
        ("require product.version is missing", Place(4, 1, "/version")),
    ],
)  # fmt: skip
def test_a_violation_stands_where_the_contract_states_what_is_wrong(text: str, place: Place) -> None:
    contract = parse_product(CONTRACT, "c.yaml")
    result = judge(plan_of(rule(text)), contract, scan=answers(RowCheckAnswer(3, 3, 2, (1, 3))))["r"]
    assert [one.place for one in result.violations] == [place]


def test_a_custom_property_that_is_wrong_is_pointed_at() -> None:
    plan = plan_of(
        'package a\nenum M { none, hash }\nattribute field.masking: M? from custom "masking"\n'
        'policy p owner "o" { rule r for f in product.fields when f.masking is present require f.masking != M.none }'
    )
    (found,) = judge(plan, parse_product(CONTRACT, "c.yaml"))["r"].violations
    assert (found.subject, found.place) == (
        "orders.mail",
        Place(15, 13, "/schema/0/properties/1/customProperties/0/value"),
    )


def test_rows_are_told_by_number_and_count() -> None:
    text = 'for row in dataset("orders").rows require row.id > 0 tolerate 10% of rows'
    scan = answers(RowCheckAnswer(9, 8, 6, (1, 2, 3, 4, 5)))
    (found,) = judge(plan_of(rule(text)), product(field("id", required=True)), scan=scan)["r"].violations
    assert (found.subject, found.count, found.scanned, found.rows) == ("orders", 6, 8, (1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    "shown",
    [
        "max(v for v in @)",
        "min(v for v in @)",
        "sum(v for v in @)",
        "mean(v for v in @)",
        "newest(field(\"id\"))",
        "if (sum(v for v in @) > 1) then 98765 else 98765",
    ],
)  # fmt: skip
def test_values_of_data_are_printed_only_where_that_is_asked_for(shown: str) -> None:
    shown = shown.replace("@", 'field("orders.id").values')
    if '"' in shown:
        text = f"let shown = {shown}\n\n## A policy."
        plan = plan_of(rule('require false message "it is {shown}" fix "{shown}"').replace("## A policy.", text))
    of = product(field("id", "integer", required=True))
    hidden = judge(plan, of, scan=answers(SECRET))["r"].violations[0]
    assert str(SECRET) not in repr(hidden)
    assert "--show-values" in hidden.message
    shown_text = judge(plan, of, scan=answers(SECRET), show_values=True)["r"].violations[0].message
    assert "--show-values" not in shown_text


def test_counts_and_shares_are_no_values_of_data() -> None:
    of = product(field("id", required=True))
    plan = plan_of(rule('for d in product.datasets require d.row_count < 1 message "{d.row_count} rows"'))
    assert judge(plan, of, scan=answers(12))["r"].violations[0].message == "12 rows"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("/a\\/b/", "/a/b/"),
        ("1mo - 1d", "1mo - 1d"),
        ("-(1mo)", "-1mo"),
        ("14mo", "1y + 2mo"),
        ("99.5%", "99.5%"),
        ("0.995", "0.995"),
        ("1 / 3", "~0.333333"),
        ("-1 / 3", "~-0.333333"),
        ("2026-06-15T12:00Z", "2026-06-15T12:00:00Z"),
        ("product.name", "(missing)"),
        ("previous is present", "(unknown)"),
        ('["a", "b"]', "a and b"),
        ("true", "true"),
    ],
)
def test_a_message_prints_values_as_the_language_writes_them(value: str, text: str) -> None:
    plan = plan_of(
        rule('require false message "{shown}"').replace("## A policy.", f"let shown = {value}\n## A policy.")
    )
    assert judge(plan, product())["r"].violations[0].message == text


def test_same_inputs_give_the_same_results() -> None:
    plan = plan_of(rule("for f in product.fields require f.required"))
    of = product(field("b"), field("a"))
    assert judge(plan, of) == judge(plan, of)
