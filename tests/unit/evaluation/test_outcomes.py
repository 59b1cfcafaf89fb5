"""Unknown and missing, nothing and everything: what comes out of one rule on one product."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from reference.build import answering, field, judge, outcome, plan_of, product, rule

from policy_engine.data.model import Count, Metric, RowCheckAnswer
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Constraints, Dataset, Product
from policy_engine.verdict import Stage

ORDERS = product(field("id", "integer", required=True), field("name", "string", tags=("pii.email",)))


def counting(found: Any) -> Any:
    """A scan that gives every question the same answer."""

    def scan(metrics: Iterable[Metric]) -> dict[Metric, Any]:
        return dict.fromkeys(metrics, found)

    return scan


def rows(scanned: int, subjects: int, violations: int) -> Any:
    return counting(RowCheckAnswer(scanned, subjects, violations, tuple(range(1, min(violations, 5) + 1))))


# ---------------------------------------------------------------- unknown is not missing


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("product.name is missing", "pass"),
        ("product.name is present", "fail"),
        ("dataset(\"orders\").row_count > 3", "indeterminate"),
        ("dataset(\"orders\").row_count > 3 or product.name is missing", "pass"),
        ("dataset(\"orders\").row_count > 3 and product.name is present", "fail"),
        ("dataset(\"orders\").row_count > 3 and product.name is missing", "indeterminate"),
        ("not (dataset(\"orders\").row_count > 3)", "indeterminate"),
        ("(if dataset(\"orders\").row_count > 3 then true else true)", "indeterminate"),
        ("some d in product.datasets satisfies d.row_count > 3", "indeterminate"),
        ("some d in product.datasets satisfies d.row_count > 3 or d.name == \"orders\"", "pass"),
        ("count(d in product.datasets where d.row_count > 3) == 1", "indeterminate"),
        ("count(d in product.datasets where d.name == \"x\" and d.row_count > 3) == 0", "pass"),
    ],
)  # fmt: skip
def test_without_data_only_what_does_not_depend_on_it_is_decided(require: str, expected: str) -> None:
    assert outcome(f"require {require}", ORDERS) == expected


@pytest.mark.parametrize(
    ("previous", "expected"),
    [(Unknown("nobody said"), "indeterminate"), (None, "pass"), (ORDERS, "fail")],
)
def test_an_unknown_previous_version_is_not_the_same_as_none(previous: Any, expected: str) -> None:
    assert outcome("require previous is missing", ORDERS, previous=previous) == expected


def test_changes_are_none_for_a_first_version_and_unknown_where_nobody_said() -> None:
    text = "for c in changes require not c.breaks_consumers"
    assert outcome(text, ORDERS, previous=None) == "not_applicable"
    assert outcome(text, ORDERS) == "indeterminate"
    assert outcome(text, ORDERS, previous=ORDERS) == "not_applicable"


def test_the_rows_of_the_previous_version_are_never_those_of_this_one() -> None:
    before = product(field("id", "integer"))
    text = "when previous is present require every d in previous.datasets satisfies d.row_count == 7"
    result = judge(plan_of(rule(text)), ORDERS, previous=before, scan=counting(7))["r"]
    assert (result.outcome, result.reasons) == (
        "indeterminate",
        ("no attestation of an earlier version was given (--previous-attestation FILE)",),
    )


def test_a_field_that_the_product_lacks_makes_the_rule_indeterminate_and_says_so() -> None:
    result = judge(plan_of(rule('require field("orders.nope").required')), ORDERS)["r"]
    assert (result.outcome, result.reasons) == ("indeterminate", ("this product has no field `orders.nope`",))


def test_a_name_that_several_fields_have_is_no_name() -> None:
    twice = product(field("id"), field("id", dataset="items"))
    result = judge(plan_of(rule('require field("id").required')), twice)["r"]
    assert result.outcome == "indeterminate"
    assert "orders.id, items.id" in result.reasons[0]


# ---------------------------------------------------------------- whether the rule applies


def test_where_nobody_knows_whether_the_rule_applies_its_requirement_decides_nothing() -> None:
    text = 'when dataset("orders").row_count > 3 require product.name is {}'
    assert outcome(text.format("missing"), ORDERS) == "indeterminate"
    assert outcome(text.format("present"), ORDERS) == "indeterminate"
    assert outcome(text.format("missing"), ORDERS, scan=counting(3)) == "not_applicable"
    assert outcome(text.format("missing"), ORDERS, scan=counting(4)) == "pass"


def test_a_failing_subject_decides_though_others_are_unknown() -> None:
    plan = plan_of(rule('for f in product.fields require f.name == "id" and f.null_count == 0 or f.name == "other"'))
    result = judge(plan, ORDERS)["r"]
    assert result.outcome == "fail"
    assert [one.subject for one in result.violations] == ["orders.name"]
    assert result.reasons == ("no data was given",)


def test_no_subject_at_all_is_not_applicable() -> None:
    assert outcome("for s in product.slas require s.unit is present", ORDERS) == "not_applicable"
    assert outcome('for f in product.fields when f.name == "x" require f.required', ORDERS) == "not_applicable"


# ---------------------------------------------------------------- rows


ROWS = 'for row in dataset("orders").rows when row.id > 0 require row.id < 9'


def test_rows_that_were_read_and_left_out_are_not_applicable_but_no_rows_are_unknown() -> None:
    assert outcome(ROWS, ORDERS, scan=rows(0, 0, 0)) == "indeterminate"
    assert outcome(ROWS, ORDERS, scan=rows(5, 0, 0)) == "not_applicable"
    assert outcome(ROWS, ORDERS, scan=rows(5, 5, 0)) == "pass"
    assert outcome(ROWS, ORDERS, scan=rows(5, 5, 1)) == "fail"


@pytest.mark.parametrize(
    ("share", "subjects", "violations", "expected"),
    [
        ("0.1%", 1000, 1, "pass"),
        ("0.1%", 999, 1, "fail"),
        ("33.3%", 1000, 333, "pass"),
        ("33.3%", 1000, 334, "fail"),
        ("33.3%", 3, 1, "fail"),
        ("0%", 10**12, 1, "fail"),
        ("100%", 7, 7, "pass"),
        ("0.000000001%", 10**11, 1, "pass"),
        ("0.000000001%", 10**11 - 1, 1, "fail"),
    ],
)
def test_tolerance_is_decided_in_integers(share: str, subjects: int, violations: int, expected: str) -> None:
    text = f"{ROWS} tolerate {share} of rows"
    assert outcome(text, ORDERS, scan=rows(subjects, subjects, violations)) == expected


def test_tolerance_counts_each_binding_of_the_outer_loop_by_itself() -> None:
    fields = [field(f"a{n}", dataset="good", description="x" if n else None) for n in range(10)]
    fields += [field(f"b{n}", dataset="bad", description="x" if n > 1 else None) for n in range(4)]
    text = "for d in product.datasets for f in d.fields require f.description is present tolerate 10% of fields"
    result = judge(plan_of(rule(text)), product(*fields))["r"]
    assert result.subjects == 14
    assert [one.subject for one in result.violations] == ["bad.b0", "bad.b1"]


def test_what_is_unknown_counts_against_the_tolerance_only_where_it_could_decide() -> None:
    many = product(*(field(f"f{n}", description=None if n < 2 else "x") for n in range(10)))
    text = "for f in product.fields require f.description is present or f.null_count == 0 tolerate {} of fields"
    assert outcome(text.format("20%"), many) == "pass"
    assert outcome(text.format("10%"), many) == "indeterminate"
    assert outcome(text.format("10%"), many, scan=counting(0)) == "pass"
    assert outcome(text.format("10%"), many, scan=counting(1)) == "fail"


# ---------------------------------------------------------------- what has no result


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("require 1 / count(product.tags) > 0", "fail"),
        ("require not (1 / count(product.tags) > 0)", "fail"),
        ("when 1 / count(product.tags) > 0 require true", "fail"),
        ("require product.id == \"x\" and 1 / count(product.tags) > 0", "fail"),
        ("require product.id == \"p\" or 1 / count(product.tags) > 0", "pass"),
        ("require not (product.id == \"x\" and 1 / count(product.tags) > 0)", "pass"),
        ("require every f in product.fields satisfies 1 / count(f.tags) > 0", "fail"),
        ("require some f in product.fields satisfies 1 / count(f.tags) > 0", "pass"),
        ("require (if 1 / count(product.tags) > 0 then true else true)", "fail"),
        ("require now - 9999y < now", "fail"),
        ("require 2020-01-01 - 9000y < date(now)", "fail"),
        ("require previous is present or 1 / count(product.tags) > 0", "indeterminate"),
        ("for f in (if 1 / count(product.tags) > 0 then product.fields else product.fields) require f.required", "indeterminate"),
    ],
)  # fmt: skip
def test_a_division_by_zero_and_a_day_beyond_the_calendar_violate(condition: str, expected: str) -> None:
    assert outcome(condition, ORDERS) == expected


def test_a_subject_that_divides_by_zero_in_when_is_counted_and_violates() -> None:
    result = judge(plan_of(rule("for f in product.fields when 1 / count(f.tags) > 0 require f.required")), ORDERS)["r"]
    assert (result.outcome, result.subjects) == ("fail", 2)
    assert [one.subject for one in result.violations] == ["orders.id", "orders.name"]


def test_a_retention_of_metadata_beyond_the_calendar_violates_and_stops_nothing() -> None:
    plan = plan_of(
        'package a\nattribute dataset.kept: Duration? from custom "kept"\n'
        'policy p owner "o" { rule r for d in product.datasets when d.kept is present require now - d.kept < now }'
    )
    kept = product(datasets=[Dataset(name="d", custom={"kept": "99999999 years"})])
    assert judge(plan, kept)["r"].outcome == "fail"


def test_messages_and_scopes_without_a_result_are_said_as_such() -> None:
    result = judge(plan_of(rule('require false message "{1 / count(product.tags)}"')), ORDERS)["r"]
    assert result.violations[0].message == "(undefined)"
    scoped = (
        'package a\npolicy p owner "o" applies to products where 1 / count(product.tags) > 0 { rule r require false }'
    )
    assert judge(plan_of(scoped), ORDERS)["r"].outcome == "indeterminate"


# ---------------------------------------------------------------- values of data, of whatever type


@pytest.mark.parametrize(
    ("require", "answer", "expected"),
    [
        ("(min(v for v in @) otherwise 1) in {5, 6}", 5, "pass"),
        ("-(min(v for v in @) otherwise 1) < 0", 5, "pass"),
        ("(min(v for v in @) otherwise \"q\") matches /^a$/", "a", "pass"),
        ("length(min(v for v in @) otherwise \"q\") == 3", "abc", "pass"),
        ("(min(v for v in @) otherwise 1) > 3", "abc", "indeterminate"),
        ("-(min(v for v in @) otherwise 1) > 3", "abc", "indeterminate"),
        ("(min(v for v in @) otherwise 1) > 3", True, "indeterminate"),
        ("(min(v for v in @) otherwise 1) + (max(v for v in @) otherwise 1) == 7", True, "indeterminate"),
        ("(min(v for v in @) otherwise false)", "true", "indeterminate"),
        ("(min(v for v in @) otherwise false) and true", "true", "indeterminate"),
        ("not (min(v for v in @) otherwise false)", "", "indeterminate"),
        ("(min(v for v in @) otherwise false) or true", 7, "pass"),
        ("(min(v for v in @) otherwise 1) != 5", float("nan"), "fail"),
        ("(min(v for v in @) otherwise 1) / 2 < 5", float("nan"), "fail"),
        ("(min(v for v in @) otherwise 1) / 2 < 5", float("inf"), "fail"),
        ("(min(v for v in @) otherwise 1) == 0.1", 0.1, "pass"),
        ("(min(v for v in @) otherwise 1) * 10 == 1", 0.1, "pass"),
        ("(min(v for v in @) otherwise 1) / (min(v for v in @) otherwise 1) == 1", 0.0, "fail"),
        ("(max(v for v in @) otherwise now) < now", date(2026, 6, 15), "pass"),
        ("newest(field(\"name\")) is present and newest(field(\"name\")) <= now", date(2026, 6, 15), "pass"),
        ("newest(field(\"name\")) is present and age(newest(field(\"name\"))) == 12h", date(2026, 6, 15), "pass"),
        ("newest(field(\"name\")) is present and age(newest(field(\"name\"))) < 12h", "monday", "indeterminate"),
        ("doubled(min(v for v in @) otherwise 1) > 5", "ab", "indeterminate"),
        ("doubled(min(v for v in @) otherwise 1) > 5", 3, "pass"),
    ],
)  # fmt: skip
def test_what_data_answers_is_taken_for_what_it_is(require: str, answer: Any, expected: str) -> None:
    text = rule(f"require {require}".replace("@", 'field("name").values'))
    text = text.replace("## A policy.", "def doubled(n: Decimal) -> Decimal = n + n\n## A policy.")
    assert judge(plan_of(text), ORDERS, scan=counting(answer))["r"].outcome == expected


def test_aggregates_over_constraints_of_mixed_types_are_unknown_and_stop_nothing() -> None:
    mixed = product(
        field("a", constraints=Constraints(minimum=Decimal(3))), field("b", constraints=Constraints(minimum="low"))
    )
    for kind in ("sum", "mean", "min", "max"):
        found = f"{kind}(f.constraints.minimum for f in product.fields where f.constraints.minimum is present)"
        text = f"require {found} > 1" if kind == "sum" else f"require ({found} otherwise 0) > 1"
        assert outcome(text, mixed) == "indeterminate"


def test_elements_of_a_product_can_be_counted_as_different_ones() -> None:
    assert outcome("require distinct(f for f in product.fields) == 2", ORDERS) == "pass"
    assert outcome("require distinct(f.tags for f in product.fields) == 2", ORDERS) == "pass"


# ---------------------------------------------------------------- samples and stages


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ('require duplicates(dataset("orders"), ["id"]) == 0', 2, "fail"),
        ('require duplicates(dataset("orders"), ["id"]) <= 1', 2, "fail"),
        ('require duplicates(dataset("orders"), ["id"]) > 5', 2, "indeterminate"),
        ('require not (duplicates(dataset("orders"), ["id"]) == 2)', 2, "indeterminate"),
        ('require duplicates(dataset("orders"), ["id"]) <= 5', 2, "indeterminate"),
        ('require orphans(field("orders.id"), field("orders.name")) == 0', 2, "indeterminate"),
        ('require dataset("orders").row_count > 5', 2, "indeterminate"),
        (ROWS, RowCheckAnswer(9, 9, 1, (1,)), "fail"),
        (f"{ROWS} tolerate 0% of rows", RowCheckAnswer(9, 9, 1, (1,)), "fail"),
        (f"{ROWS} tolerate 1% of rows", RowCheckAnswer(9, 9, 9, (1,)), "indeterminate"),
        (ROWS, RowCheckAnswer(9, 9, 0, ()), "indeterminate"),
    ],
)
def test_a_sample_shows_violations_and_neither_shares_nor_absence(text: str, answer: Any, expected: str) -> None:
    assert outcome(text, ORDERS, scan=counting(answer), sampled={"orders"}) == expected


def test_what_needs_data_is_due_later_than_a_change() -> None:
    plan = plan_of(rule(ROWS))
    result = judge(plan, ORDERS, stage=Stage.CHANGE)["r"]
    assert (result.outcome, result.reasons) == ("due_later", ("due at stage publish",))
    assert judge(plan, ORDERS, stage=Stage.PUBLISH, scan=rows(5, 5, 0))["r"].outcome == "pass"
    assert outcome(f"at run {ROWS}", ORDERS, stage=Stage.PUBLISH, scan=rows(5, 5, 0)) == "due_later"
    assert outcome('at change require dataset("orders").row_count > 0', ORDERS, stage=Stage.CHANGE) == "indeterminate"


def test_a_policy_whose_scope_asks_the_data_is_due_when_there_is_data() -> None:
    text = (
        'package a\npolicy p owner "o" applies to products where dataset("orders").row_count > 3 '
        "{ rule r require false }"
    )
    plan = plan_of(text)
    assert judge(plan, ORDERS, stage=Stage.CHANGE)["r"].outcome == "due_later"
    assert judge(plan, ORDERS, scan=counting(3))["r"].outcome == "not_applicable"
    assert judge(plan, ORDERS, scan=counting(4))["r"].outcome == "fail"


def test_personal_data_by_name_fails_at_a_change_and_never_passes_there() -> None:
    text = 'for f in product.fields for hit in pii(f) require has_tag(f, "pii")'
    untagged = product(field("email"))
    tagged = product(field("email", tags=("pii.email",)))
    assert outcome(text, untagged, stage=Stage.CHANGE) == "fail"
    assert outcome(text, tagged, stage=Stage.CHANGE) == "due_later"
    assert outcome(text, tagged, stage=Stage.PUBLISH) == "indeterminate"
    assert outcome(text, tagged, stage=Stage.PUBLISH, scan=counting(())) == "pass"


def test_the_names_of_the_previous_version_are_known_and_its_values_are_not() -> None:
    text = "when previous is present require some f in previous.fields satisfies count(pii(f)) > 0"
    before, now = product(field("email")), product(field("a"))
    assert outcome(text, now, previous=before, stage=Stage.CHANGE) == "due_later"
    assert outcome(text, now, previous=before, stage=Stage.PUBLISH, scan=counting(())) == "indeterminate"


def test_an_answer_that_leads_to_another_question_is_asked_for_too() -> None:
    text = 'require count(r in dataset("orders").rows where r.id > dataset("orders").row_count) == 0'
    asked: list[list[Metric]] = []

    def scan(metrics: Iterable[Metric]) -> dict[Metric, Any]:
        asked.append(list(metrics))
        return {metric: 0 if isinstance(metric, Count) and metric.condition else 4 for metric in asked[-1]}

    assert outcome(text, ORDERS, scan=scan) == "pass"
    assert [len(metrics) for metrics in asked] == [1, 1]


def test_an_empty_product_is_not_compliant_by_chance() -> None:
    nothing: Product = product()
    assert outcome("for f in product.fields require f.required", nothing, scan=answering({})) == "not_applicable"
