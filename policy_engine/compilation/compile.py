"""The entry of compilation: every rule of the checked set, in the order of layer and name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from policy_engine.checking.model import CheckedPolicy, CheckedRule, CheckedSet
from policy_engine.compilation.lower import Lowering, Names, NotScannableError, TooLargeError, data_loop, is_computable
from policy_engine.compilation.waivers import compile_waivers
from policy_engine.diagnostics import Diagnostic
from policy_engine.plan.expressions import And, Ask, Attribute, Call, Column, Custom, Expr, Local
from policy_engine.plan.model import LANGUAGE, MAX_LOOPS, AttributePlan, Needs, ParamPlan, Plan, RulePlan, TablePlan
from policy_engine.plan.origins import Origins
from policy_engine.plan.types import BOOL, Entity, Sequence, required
from policy_engine.plan.walk import columns, walk
from policy_engine.verdict import Stage


def compile_policies(checked: CheckedSet, origins: Origins | None = None) -> tuple[Plan, list[Diagnostic]]:
    """The plan, and the rules that cannot be compiled. Into `origins` goes where its expressions were written."""
    origins = Origins() if origins is None else origins
    diagnostics: list[Diagnostic] = []
    rules: list[RulePlan] = []
    for policy in checked.policies:
        for rule in policy.rules:
            compiled = _rule(Lowering(checked, origins), policy, rule)
            if isinstance(compiled, Diagnostic):
                diagnostics.append(compiled)
            else:
                rules.append(compiled)
    attributes = tuple(
        AttributePlan(
            item.name, item.layer, item.schedule, item.entity, item.attribute, item.custom, item.type, item.doc
        )
        for item in checked.attributes
    )
    tables = tuple(
        TablePlan(table.name, tuple(name for name, _ in table.columns), table.rows)
        for _, table in sorted(checked.tables.items())
    )
    params = tuple(ParamPlan(param.name, param.value, param.is_set) for _, param in sorted(checked.params.items()))
    waivers, problems = compile_waivers(checked, rules)
    return Plan(LANGUAGE, tuple(rules), attributes, tables, params, waivers), [*diagnostics, *problems]


def _rule(lowering: Lowering, policy: CheckedPolicy, rule: CheckedRule) -> RulePlan | Diagnostic:
    try:
        return _compiled(lowering, policy, _one_by_one(rule))
    except TooLargeError:
        help_ = "definitions that use each other multiply, and so do loops: use fewer of them in one rule"
        return Diagnostic(
            "CHK015", "with all its definitions, this rule is too large to evaluate", rule.span, help=help_
        )
    except NotScannableError:
        help_ = "on rows, use comparisons, `and`, `or`, `not`, arithmetic and the row functions of the reference"
        return Diagnostic("CHK013", "this rule asks of rows what a scan cannot compute", rule.span, help=help_)


def _one_by_one(rule: CheckedRule) -> CheckedRule:
    """`require conforms(dataset)` as a loop, so that each promise which is broken is a violation of its own."""
    if rule.tolerance is not None or any(data_loop(items) is not None for _, items in rule.loops):
        return rule
    match rule.require:
        case Call(function="conforms", args=args):
            promise = Local("$promise", Entity("Promise"))
            items = Call("promises", args, Sequence(Entity("Promise")))
            checkable = Attribute(promise, "is_checkable", BOOL)
            return replace(
                rule,
                loops=(*rule.loops, (promise.name, items)),
                when=checkable if rule.when is None else And(rule.when, checkable),
                require=Attribute(promise, "is_kept", BOOL),
            )
        case _:
            return rule


def _compiled(lowering: Lowering, policy: CheckedPolicy, rule: CheckedRule) -> RulePlan:
    names: Mapping[str, Expr] = {}
    loops: list[tuple[str, Expr]] = []
    data: Attribute | None = None
    if len(rule.loops) > MAX_LOOPS:
        raise TooLargeError
    for name, items in rule.loops:
        data = data_loop(items)
        if data is None:
            lowered = lowering.lower(items, names)
            of = required(lowered.type)
            assert isinstance(of, Sequence)
            variable = Local(lowering.fresh(), of.of)
            names = {**names, name: variable}
            loops.append((variable.name, lowered))
    when, require = _conditions(lowering, rule, data, names)
    scope = None if policy.scope is None else lowering.lower(policy.scope, {})
    message, fix = (_template(lowering, template, names) for template in (rule.message, rule.fix))
    decisive = [part for part in (scope, *(items for _, items in loops), when, require) if part is not None]
    printed = [part for part in (*(message or ()), *(fix or ())) if not isinstance(part, str)]
    if not all(is_computable(part, lowering.checked.tables) for part in (*decisive, *printed)):
        raise NotScannableError
    needs = _needs(decisive)
    return RulePlan(
        name=rule.name,
        layer=policy.layer,
        owner=policy.owner,
        severity=rule.severity or policy.severity,
        controls=policy.controls,
        schedule=rule.schedule or policy.schedule,
        stage=rule.stage or policy.stage or (Stage.PUBLISH if needs is Needs.DATA else Stage.CHANGE),
        needs=needs,
        scope=scope,
        loops=tuple(loops),
        when=when,
        require=require,
        over_rows=data is not None,
        tolerance=rule.tolerance,
        message=message,
        fix=fix,
        about=_about(require, over_rows=data is not None, alone=not loops),
        focus=_column(require) if data is not None else _focus(require, loops[-1][0] if loops else "product"),
        doc=rule.doc or policy.doc,
        require_text=rule.require_text,
    )


def _conditions(
    lowering: Lowering, rule: CheckedRule, data: Attribute | None, names: Names
) -> tuple[Expr | None, Expr]:
    """`when` and `require`; of a rule over rows, one question that holds both.

    What `when` says without looking at the row is decided before the question is asked.
    """
    if data is not None:
        conjuncts = _conjuncts(rule.when)
        before = [part for part in conjuncts if not columns(part)]
        within = [part for part in conjuncts if columns(part)]
        question = lowering.ask("rows", data, _all(within), rule.require, names, BOOL)
        first = _all(before)
        return None if first is None else lowering.lower(first, names), question
    when = None if rule.when is None else lowering.lower(rule.when, names)
    return when, lowering.lower(rule.require, names)


def _conjuncts(condition: Expr | None) -> list[Expr]:
    """The parts of a condition that all have to hold."""
    if isinstance(condition, And):
        return [*_conjuncts(condition.left), *_conjuncts(condition.right)]
    return [] if condition is None else [condition]


def _all(parts: list[Expr]) -> Expr | None:
    return reduce(And, parts) if parts else None


def _needs(parts: list[Expr]) -> Needs:
    kinds = {part.kind for whole in parts for part in walk(whole) if isinstance(part, Ask)}
    if not kinds:
        return Needs.NOTHING
    return Needs.PERSONAL if kinds == {"pii"} else Needs.DATA


def _about(require: Expr, *, over_rows: bool, alone: bool) -> Expr | None:
    """What rows or values belong to; of a rule without loops, the first field or dataset that it names."""
    if over_rows and isinstance(require, Ask):
        return require.subject
    named = (part for part in walk(require) if isinstance(part, Call) and part.function in {"field", "dataset"})
    return next(named, None) if alone else None


def _column(require: Expr) -> str | None:
    """The first column that a requirement of rows reads."""
    return next((f"column.{part.name}" for part in walk(require) if isinstance(part, Column) and part.name), None)


def _focus(require: Expr, subject: str) -> str | None:
    """The first attribute of the innermost subject that the requirement reads."""
    for part in walk(require):
        if isinstance(part, Attribute | Custom) and isinstance(part.of, Local) and part.of.name == subject:
            return f"custom.{part.key}" if isinstance(part, Custom) else part.name
    return None


def _template(
    lowering: Lowering, template: tuple[str | Expr, ...] | None, names: Names
) -> tuple[str | Expr, ...] | None:
    if template is None:
        return None
    return tuple(part if isinstance(part, str) else lowering.lower(part, names) for part in template)
