"""The bytes of a plan, where an example says more than a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from reference.build import plan_of, rule

from policy_engine.errors import PlanError
from policy_engine.plan.canonical import canonical, digest
from policy_engine.plan.codec import decode, encode, plan_digest
from policy_engine.plan.expressions import Ask, Const, Invoke, Local, Pattern, Reference
from policy_engine.plan.model import ParamPlan, Plan, TablePlan
from policy_engine.plan.types import BOOL, DECIMAL, INT, STRING
from policy_engine.plan.values import Duration, Version

PLAN = plan_of(rule("for f in product.fields require f.required"))


def test_the_digest_is_that_of_the_bytes() -> None:
    assert plan_digest(PLAN) == digest(encode(PLAN))


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 0, -1, 2**53 - 1, 2**53, -(2**200), Fraction(1), Fraction(-199, 200), "", "é\u0000\"", "\U0001f600",
        date(1, 1, 1), Duration(12, -5), Version(1, 2, 3, ("rc", "1")), Pattern("^a$"), (), (1, ("a", (None,))),
    ],
)  # fmt: skip
def test_every_constant_comes_back(value: object) -> None:
    plan = replace(PLAN, params=(ParamPlan("p", value, is_set=False),))  # type: ignore[arg-type]
    assert decode(encode(plan)) == plan


def test_constants_that_python_calls_equal_are_different_plans() -> None:
    def digest_with(value: object) -> str:
        return plan_digest(replace(PLAN, params=(ParamPlan("p", value, is_set=False),)))  # type: ignore[arg-type]

    alike = [1, True, Fraction(1), "1", Duration(1), Duration(0, 2_629_746_000_000)]
    assert len({digest_with(value) for value in alike}) == len(alike)


def test_constants_are_equal_only_where_they_are_written_alike() -> None:
    assert Const(1, INT) != Const(True, BOOL)
    assert Const(1, DECIMAL) != Const(Fraction(1), DECIMAL)
    assert Const(Duration(1), INT) != Const(Duration(0, 2_629_746_000_000), INT)
    assert Const((Duration(1),), INT) != Const((Duration(0, 2_629_746_000_000),), INT)
    assert Const(Duration(1), INT) == Const(Duration(1), INT)
    assert hash(Const((1, "a"), INT)) == hash(Const((1, "a"), INT))
    assert Const(1, INT) != "1"


def _with(**changed: object) -> Plan:
    return replace(PLAN, rules=(replace(PLAN.rules[0], **changed),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, language="0.9"),
        replace(PLAN, rules=(1,)),  # type: ignore[arg-type]
        replace(PLAN, tables=(TablePlan("t", ("a",), ()),)),
        replace(PLAN, tables=(TablePlan("a.t", ("a",), ((1, 2),)),)),
        replace(PLAN, tables=(TablePlan("a.t", ("__class__",), ((1,),)),)),
        _with(require=None),
        _with(require="true"),
        _with(name=5),
        _with(over_rows=1),
        _with(tolerance=1),
        _with(require=Reference("a.b", BOOL)),
        _with(require=Invoke("a.b", (), BOOL)),
        _with(require=Ask("everything", Local("product", BOOL), (), BOOL)),
        _with(loops=(("$0", Local("product", BOOL)), ("$0", Local("product", BOOL)))),
        _with(loops=(("product", Local("product", BOOL)),)),
        _with(loops=tuple((f"${n}", Local("product", BOOL)) for n in range(9))),
        _with(message=("a", 5)),
        _with(require=Const(("a", PLAN), STRING)),  # type: ignore[arg-type]
    ],
)
def test_a_plan_of_another_shape_is_refused(plan: Plan) -> None:
    content = encode(plan)
    with pytest.raises(PlanError):
        decode(content)


def test_what_is_refused_is_told_what_to_do() -> None:
    with pytest.raises(PlanError) as refused:
        decode(canonical({"Plan": []}))
    assert refused.value.help == "compile the policies again"
