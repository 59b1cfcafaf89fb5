"""Waivers: their conditions, checked against every rule that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_engine.checking.cost import affordable
from policy_engine.checking.expressions import Expressions
from policy_engine.checking.loops import is_data
from policy_engine.checking.model import CheckedPolicy, CheckedRule, CheckedWaiver
from policy_engine.checking.scope import Context, Scope, file_scope
from policy_engine.diagnostics import Label
from policy_engine.linking import LinkedWaiver
from policy_engine.plan import types
from policy_engine.plan.expressions import Call, Column, Const, Expr, Local
from policy_engine.plan.types import ANY, BOOL, COLUMN
from policy_engine.plan.types import Sequence as Many
from policy_engine.plan.walk import columns, walk


def check_waivers(cx: Context, policies: Sequence[CheckedPolicy]) -> tuple[CheckedWaiver, ...]:
    """Every waiver, once for each rule that it names."""
    known = {rule.name: (policy, rule) for policy in policies for rule in policy.rules}
    found: list[CheckedWaiver] = []
    for waiver in cx.linked.waivers:
        named = [known[name] for rule in waiver.rules if (name := f"{waiver.policy.name}.{rule.name.text}") in known]
        _warn(cx, waiver, [policy for policy, _ in named])
        for _, rule in named:
            before = len(cx.diagnostics)
            found.append(_waiver(cx, waiver, rule))
            if len(cx.diagnostics) > before:
                _say_of_which(cx, before, rule, named)
                break
    return tuple(found)


def _waiver(cx: Context, waiver: LinkedWaiver, rule: CheckedRule) -> CheckedWaiver:
    node = waiver.node
    return CheckedWaiver(
        waiver.declared.name,
        waiver.declared.layer,
        rule.name,
        tuple(product.text for product in node.products),
        None if node.condition is None else _condition(cx, waiver, rule),
        node.granted.value,
        node.until.value,
        node.because,
        node.approved_by,
        node.doc,
        node.name.span,
    )


def _condition(cx: Context, waiver: LinkedWaiver, rule: CheckedRule) -> Expr:
    condition = waiver.node.condition
    assert condition is not None
    found = Expressions(cx).expect(_scope(waiver, rule), condition, BOOL)
    affordable(cx, found, condition.span, "the condition")
    if columns(found):
        help_ = "leave the condition out, or make it one about the dataset or field"
        message = "a waiver holds for a dataset or field as a whole, never for single rows"
        cx.report("CHK030", message, condition.span, "about rows or values of data", help_)
    elif isinstance(found, Const) and found.type == BOOL:
        help_ = "leave out `where …`" if found.value else "say for which it holds, or remove the waiver"
        label = "it waives the whole rule" if found.value else "it waives nothing"
        word = "always" if found.value else "never"
        cx.report("CHK031", f"the waiver's condition {word} holds", condition.span, label, help_)
    elif found.type != ANY and not any(isinstance(part, Local) for part in walk(found)):
        help_ = "say for which field, dataset or other subject of the rule the waiver is meant, or leave out `where …`"
        cx.report("CHK031", "the waiver's condition is not about the product", condition.span, help=help_)
    return found


def _scope(waiver: LinkedWaiver, rule: CheckedRule) -> Scope:
    """What the waiver's file sees, and the loops of the rule."""
    scope = file_scope(waiver.declared)
    for name, items in rule.loops:
        of = items.type.of if isinstance(items.type, Many) else ANY
        if is_data(items):
            scope = scope.bind(name, Column(None, guarded=True) if of == COLUMN else Local(name, of)).over_rows(name)
        else:
            scope = scope.bind(name, Local(name, of))
    return scope


def _say_of_which(
    cx: Context, since: int, rule: CheckedRule, named: Sequence[tuple[CheckedPolicy, CheckedRule]]
) -> None:
    """A condition is wrong for a rule: say which, and over what that rule goes."""
    names = [name for name, _ in rule.loops]
    over = f"this rule goes over {', '.join(f'`{name}`' for name in names)}" if names else "this rule has no loop"
    for at in range(since, len(cx.diagnostics)):
        found = cx.diagnostics[at]
        related = (*found.related, Label(rule.span, over))
        variable = found.span.text.partition(".")[0]
        having = [other.name for _, other in named if variable in dict(other.loops)]
        if found.code == "LNK003" and (having or variable in {"field", "dataset"}):
            message = f"rule `{rule.name.rpartition('.')[2]}` has no `{variable}`"
            help_ = "use what the rule goes over, or `product`"
            if len(named) > 1:
                meant = f": `of {having[0]}`" if having else ""
                help_ = f"the waiver names all rules of the policy: name the one that is meant{meant}"
            found = replace(found, message=message, label="the condition is asked of every rule named", help=help_)
        cx.diagnostics[at] = replace(found, related=related)


def _warn(cx: Context, waiver: LinkedWaiver, policies: Sequence[CheckedPolicy]) -> None:
    """A waiver for products to which the policy does not apply."""
    match policies[0].scope if policies else None:
        case Call(function="in", args=(_, Const(value=tuple() as ids, type=types.Sequence(distinct=True)))):
            pass
        case _:
            return
    for product in waiver.node.products:
        if product.text not in ids:
            message = f"`{waiver.policy.name}` does not apply to `{product.text}`"
            help_ = f"it applies to {', '.join(f'`{one}`' for one in ids[:5])}"
            cx.report("CHK031", message, product.span, "so there is nothing to waive", help_)
