"""From checked policies to a plan: what is inlined, folded, asked of data, and what is refused as too large."""

from __future__ import annotations

import pytest
from reference.build import checked, field, judge, plan_of, product, rule

from policy_engine.compilation import compile_policies
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.expressions import Ask, Call, Captured, Column, Const, Expr, Invoke, Local, Reference
from policy_engine.plan.model import Needs, Plan
from policy_engine.plan.types import COLUMN
from policy_engine.plan.walk import walk
from policy_engine.verdict import Stage


def parts(plan: Plan) -> list[Expr]:
    """Everything that the plan's rules hold."""
    whole = [
        part
        for one in plan.rules
        for part in (one.scope, one.when, one.require, *(items for _, items in one.loops))
        if part is not None
    ]
    return [inner for part in whole for inner in walk(part)]


def codes(*texts: str) -> list[str]:
    """What is reported, whichever stage says it."""
    found, errors = checked(*texts)
    return [one.code for one in errors] or [one.code for one in compile_policies(found)[1]]


def policy(rules: str, before: str = "") -> str:
    return f'package a\n{before}\npolicy p\n  owner "o"\n{{\n{rules}\n}}\n'


def test_a_plan_holds_no_definitions_and_no_names_of_the_author() -> None:
    text = policy(
        "rule r for some_field in product.fields require long(some_field.name) and length(some_field.name) < most",
        "let most = 10\nlet few = most - 8\ndef long(text: String) -> Bool = length(text) > few",
    )
    plan = plan_of(text)
    assert not [part for part in parts(plan) if isinstance(part, Reference | Invoke)]
    assert {part.name for part in parts(plan) if isinstance(part, Local)} == {"product", "$0"}
    assert {part.value for part in parts(plan) if isinstance(part, Const)} == {10, 2}


def test_names_of_loops_make_no_difference_to_the_plan() -> None:
    one, other = (plan_of(rule(f"for {n} in product.fields require {n}.required")) for n in ("f", "any_name"))
    assert encode(one).replace(b"f.required", b"") == encode(other).replace(b"any_name.required", b"")


def test_a_parameter_of_a_definition_never_catches_a_variable_of_its_caller() -> None:
    text = policy(
        "rule r for g in product.fields require same(g.name) and twice_same(g.name, g)",
        "def same(t: String) -> Bool = some f in product.fields satisfies f.name == t\n"
        "def twice_same(f: String, other: Field) -> Bool = same(f) and count(h in product.fields where h.name == f) == 1"
        " and other.name == f",
    )
    assert judge(plan_of(text), product(field("a"), field("b")))["r"].outcome == "pass"


def test_a_definition_over_rows_is_put_where_the_rows_are() -> None:
    text = policy(
        'rule r for row in dataset("orders").rows require within(row.amount otherwise 0, limit())',
        "def limit() -> Int = length(product.id)\ndef within(x: Decimal, most: Int) -> Bool = x >= 0 and x <= most",
    )
    (found,) = (part for part in parts(plan_of(text)) if isinstance(part, Ask))
    assert found.kind == "rows"
    assert [type(arg) for arg in found.args] == [Call]
    assert Captured(0, found.args[0].type) in list(walk(found.value or found))


def test_equal_questions_are_one_question() -> None:
    from policy_engine.evaluation.generate import generate

    plan = plan_of(
        policy(
            'rule a require dataset("orders").row_count > 3\nrule b require dataset("orders").row_count < 9\n'
            'rule c require count(r in dataset("orders").rows where r.id > 1) > 0'
        )
    )
    assert len(generate(plan).asks) == 2


@pytest.mark.parametrize(
    ("text", "needs", "stage"),
    [
        ("require product.name is present", Needs.NOTHING, Stage.CHANGE),
        ("for f in product.fields for x in pii(f) require x.confidence > 0.5", Needs.PERSONAL, Stage.CHANGE),
        ('require dataset("o").row_count > 3', Needs.DATA, Stage.PUBLISH),
        ("for d in product.datasets for row in d.rows require row.id > 3", Needs.DATA, Stage.PUBLISH),
        ('at run require field("a").null_count == 0', Needs.DATA, Stage.RUN),
    ],
)
def test_a_rule_is_due_when_what_it_needs_can_be_there(text: str, needs: Needs, stage: Stage) -> None:
    (one,) = plan_of(rule(text)).rules
    assert (one.needs, one.stage) == (needs, stage)


def test_a_column_of_a_table_is_never_taken_for_a_question_about_data() -> None:
    text = policy(
        "rule r require some x in t satisfies x.null_count > 3 and x.row_count is present",
        'table t(key: String, null_count: Int, row_count: Int?) from "t.csv"',
    )
    plan = plan_of(text, tables={"t.csv": b"key,null_count,row_count\na,5,1\n"})
    assert not [part for part in parts(plan) if isinstance(part, Ask)]
    assert judge(plan, product())["r"].outcome == "pass"


def test_what_data_answers_stays_a_value_of_data_whatever_a_definition_calls_it() -> None:
    text = policy(
        'rule r require more(min(v for v in field("a").values) otherwise 1) > 5',
        "def more(n: Decimal) -> Decimal = n + n",
    )
    (compared,) = (part for part in parts(plan_of(text)) if isinstance(part, Call) and part.function == ">")
    assert compared.args[0].type == COLUMN


# ---------------------------------------------------------------- too large, or nothing that can be computed

DOUBLE = "def f(x: Int) -> Int = x + x"


@pytest.mark.parametrize(
    ("rules", "before"),
    [
        (f"rule r require {'f(' * 40}length(product.id){')' * 40} > 1", DOUBLE),
        ("rule r require a99 > 1", "let a0 = length(product.id)\n" + "\n".join(f"let a{n} = a{n - 1} + 1" for n in range(1, 100))),
        ("rule r require a20 > 1", "let a0 = length(product.id)\n" + "\n".join(f"let a{n} = a{n - 1} + a{n - 1}" for n in range(1, 21))),
        ("rule r require g(g(g(g(length(product.id))))) > 1", "def g(x: Int) -> Int = " + " + ".join(["x"] * 100)),
        ("rule r require a2 == \"x\"", f'let a0 = "{"x" * 50_000}"\nlet a1 = a0 + a0\nlet a2 = a1 + a1'),
        ("rule r require a2 == 1", f"let a0 = {'9' * 21}\nlet a1 = {' * '.join(['a0'] * 20)}\nlet a2 = {' * '.join(['a1'] * 10)}"),
        ("rule r " + " ".join(f"for f{n} in product.fields" for n in range(9)) + " require f8.required", ""),
        ("rule r for row in dataset(\"o\").rows require " + "f(" * 40 + "row.id" + ")" * 40 + " > 1", DOUBLE),
    ],
)  # fmt: skip
def test_what_multiplies_is_refused_before_it_costs_anything(rules: str, before: str) -> None:
    assert set(codes(policy(rules, before))) == {"CHK015"}


def test_loops_as_deep_as_allowed_are_judged() -> None:
    loops = " ".join(f"for d{n} in product.datasets" for n in range(8))
    plan = decode(encode(plan_of(rule(f'{loops} require d7.name == "orders"'))))
    assert judge(plan, product(field("a")))["r"].outcome == "pass"


@pytest.mark.parametrize(
    "text",
    [
        'for row in dataset("o").rows when row == row require row.x > 1',
        'for row in dataset("o").rows require every t in row.x satisfies t == "a"',
        'for row in dataset("o").rows require is_snake_case(row.x)',
        'for row in (if product.id == "p" then dataset("o").rows else dataset("q").rows) require row.x > 1',
        'require count(r in dataset("o").rows where count(s in dataset("o").rows where s.id == r.id) > 1) == 0',
    ],
)
def test_what_a_scan_cannot_compute_is_refused(text: str) -> None:
    assert set(codes(rule(text))) & {"CHK013", "CHK009", "CHK008"}


def test_rows_behind_a_name_are_no_loop_over_rows_and_refused() -> None:
    text = policy("rule r for row in them require row.x > 1", 'let them = dataset("o").rows')
    assert "CHK013" in codes(text)


def test_columns_stand_only_inside_questions() -> None:
    plan = plan_of(
        rule('for f in product.fields when f.required require share(v in f.values where v == "x") otherwise 0 > 50%')
    )
    asks = [part for part in parts(plan) if isinstance(part, Ask)]
    inside = {id(inner) for ask in asks for part in (ask.condition, ask.value) if part for inner in walk(part)}
    assert asks
    assert all(id(part) in inside for part in parts(plan) if isinstance(part, Column | Captured))
