"""Typed attributes: what a contract states and the type that the council declared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from reference.build import field, judge, plan_of, product

TYPED = """package a
enum Level {{ low < high }}
attribute product.x: {type} from custom "x"
policy p
  owner "o"
{{
  rule reads
    require {require}
}}
"""


def results(type_: str, stated: Any, require: str = "product.x == product.x") -> tuple[str, str]:
    """The outcome of the attribute's own rule, and of a rule that reads it."""
    plan = plan_of(TYPED.format(type=type_, require=require))
    found = judge(plan, product(field("f"), custom={} if stated is None else {"x": stated}))
    return found["x"].outcome.value, found["reads"].outcome.value


@pytest.mark.parametrize(
    ("type_", "stated"),
    [
        ("Level", "hihg"), ("Level", 1), ("Level", ("low",)), ("Level", {"a": 1}),
        ("Int", "abc"), ("Int", Decimal("1.5")), ("Int", True), ("Int", "5%"), ("Int", ""), ("Int", "1_000"),
        ("Decimal", "abc"), ("Decimal", "1e9999999"), ("Decimal", "NaN"), ("Decimal", "inf"), ("Decimal", ("1",)),
        ("Decimal", (0, (1, 2), 3)), ("Decimal", "1" * 401), ("Decimal", "\u0661"),
        ("Bool", "true"), ("Bool", 1), ("String", 5), ("String", True),
        ("Date", "2026-02-30"), ("Date", 20260101), ("Timestamp", "2026-01-01T00:00"),
        ("Timestamp", "0001-01-01T00:00:00+23:59"), ("Duration", "soon"), ("Duration", True),
        ("Version", "1.2.3.4"), ("Version", Decimal("1.2")), ("List<Int>", ("1", "x")), ("List<Int>", 1),
    ],
)  # fmt: skip
def test_what_does_not_fit_violates_the_attribute_and_is_unknown_to_its_readers(type_: str, stated: Any) -> None:
    assert results(type_, stated) == ("fail", "indeterminate")


@pytest.mark.parametrize(
    ("type_", "stated", "require"),
    [
        ("Level", "high", "product.x > low"),
        ("Int", "12", "product.x == 12"),
        ("Int", Decimal("2.0"), "product.x == 2"),
        ("Decimal", "99.5%", "product.x == 0.995"),
        ("Decimal", Decimal("1e-5"), "product.x == 0.00001"),
        ("Decimal", " -0.50 ", "product.x == -0.5"),
        ("Bool", True, "product.x"),
        ("Date", "2026-02-28", "product.x < date(now)"),
        ("Timestamp", "2026-02-28T00:00:00+02:00", "product.x == 2026-02-27T22:00Z"),
        ("Duration", "P7Y", "product.x == 84mo"),
        ("Version", "v1.2.3", "product.x.minor == 2"),
        ("List<String>", ("a", "b"), "\"b\" in product.x"),
    ],
)  # fmt: skip
def test_what_fits_is_read_as_the_type(type_: str, stated: Any, require: str) -> None:
    assert results(type_, stated, require) == ("pass", "pass")


def test_a_required_attribute_that_is_missing_violates_and_is_unknown_to_its_readers() -> None:
    assert results("Int", None) == ("fail", "indeterminate")
    assert results("Int?", None, "product.x is missing") == ("not_applicable", "pass")
    assert results("Int", "  ") == ("fail", "indeterminate")


def test_the_violation_tells_the_nearest_member() -> None:
    plan = plan_of("package a\nenum Level { low < high }\nattribute field.classification: Level?\n")
    result = judge(plan, product(field("f", classification="hihg")))["classification"]
    assert result.enforcement == "warn"
    assert [one.message for one in result.violations] == ["orders.f: `hihg` is no `Level`; did you mean `high`?"]
    assert result.violations[0].fix == "classification: one of low, high"


def test_two_attributes_may_read_one_property_each_with_its_own_type() -> None:
    plan = plan_of(
        """package a
attribute field.number: Int? from custom "k"
attribute field.text: String? from custom "k"
policy p
  owner "o"
{
  rule n for f in product.fields require f.number is missing or f.number > 1
  rule t for f in product.fields require f.text is missing or f.text == "v"
}
"""
    )
    found = judge(plan, product(field("f", custom={"k": "v"})))
    assert {name: found[name].outcome.value for name in ("n", "t", "number", "text")} == {
        "n": "indeterminate",
        "t": "pass",
        "number": "fail",
        "text": "pass",
    }


def test_a_typed_attribute_has_its_own_enforcement() -> None:
    plan = plan_of('package a\nattribute field.k: String from custom "k" enforce block\n')
    result = judge(plan, product(field("f")))["k"]
    assert (result.enforcement, result.outcome.value) == ("block", "fail")
