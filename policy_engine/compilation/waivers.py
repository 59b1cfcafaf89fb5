"""Waivers of a plan: their conditions over the same loop variables as the rules that they waive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_engine.checking.model import CheckedRule, CheckedSet, CheckedWaiver
from policy_engine.compilation.lower import Lowering, TooLargeError, data_loop, is_computable
from policy_engine.diagnostics import Diagnostic
from policy_engine.plan.expressions import Aggregate, Ask, Expr, Local, Quantified
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import RulePlan, WaiverPlan
from policy_engine.plan.types import Sequence as Many
from policy_engine.plan.walk import parts, walk

_LOOPS = (Quantified, Aggregate)


def _inside(expr: Expr) -> Iterator[Expr]:
    return (part for direct in parts(expr) for part in walk(direct))


def compile_waivers(checked: CheckedSet, plans: Sequence[RulePlan]) -> tuple[tuple[WaiverPlan, ...], list[Diagnostic]]:
    """The waivers of those rules that could be compiled, and the conditions that cannot be."""
    rules = {rule.name: rule for policy in checked.policies for rule in policy.rules}
    diagnostics: list[Diagnostic] = []
    found: list[WaiverPlan] = []
    compiled = {plan.name: plan for plan in plans}
    for waiver in (waiver for waiver in checked.waivers if waiver.rule in compiled):
        condition = _condition(checked, waiver, rules[waiver.rule], compiled[waiver.rule])
        if isinstance(condition, Diagnostic):
            diagnostics.append(condition)
        else:
            found.append(_waiver(waiver, condition))
    return tuple(sorted(found, key=lambda one: (one.granted_in is Layer.DOMAIN, one.name, one.rule))), diagnostics


def _waiver(waiver: CheckedWaiver, condition: Expr | None) -> WaiverPlan:
    return WaiverPlan(
        waiver.name,
        waiver.granted_in,
        waiver.rule,
        waiver.products,
        condition,
        waiver.granted,
        waiver.until,
        waiver.because,
        waiver.approved_by,
    )


def _condition(
    checked: CheckedSet, waiver: CheckedWaiver, rule: CheckedRule, plan: RulePlan
) -> Expr | Diagnostic | None:
    if waiver.condition is None:
        return None
    bound = [(name, items) for name, items in rule.loops if data_loop(items) is None]
    names: dict[str, Expr] = {}
    lowering = Lowering(checked)
    for (name, _), (variable, items) in zip(bound, plan.loops, strict=True):
        assert isinstance(items.type, Many)
        names[name] = Local(variable, items.type.of)
        lowering.variables = max(lowering.variables, int(variable.removeprefix("$")) + 1)
    try:
        lowered = lowering.lower(waiver.condition, names)
    except TooLargeError:
        help_ = "definitions that use each other multiply: use fewer of them in one condition"
        return Diagnostic(
            "CHK015", "with all its definitions, this condition is too large to evaluate", waiver.span, help=help_
        )
    if any(
        isinstance(inner, _LOOPS) for outer in walk(lowered) if isinstance(outer, _LOOPS) for inner in _inside(outer)
    ):
        help_ = "it is asked of every violation: use one loop, or name what is waived by its path"
        return Diagnostic("CHK015", "this condition has a loop inside a loop", waiver.span, help=help_)
    asks = any(isinstance(part, Ask) for part in walk(lowered))
    if asks or not is_computable(lowered, checked.tables):
        help_ = "name what is waived by what the contract says of it, such as `field.path`"
        message = "a waiver's condition rests on what data says, which changes with every load"
        return Diagnostic("CHK030", message, waiver.span, help=help_)
    return lowered
