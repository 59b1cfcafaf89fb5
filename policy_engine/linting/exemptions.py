"""Blocking global rules that a domain escapes by what it writes, or does not write, in its own contract.

Everything in a contract is written by the producer. A condition on it is sound where some rule of the council demands
that very thing: then leaving it out, or bending it, is found elsewhere. Names, types and structure are no way out,
because consumers break with them; nor is what is found in data, or what was published before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from policy_engine.checking.model import CheckedSet
from policy_engine.diagnostics import Diagnostic, Span
from policy_engine.linting.model import Policy, Subject
from policy_engine.plan.expressions import (
    And,
    Attribute,
    Custom,
    Expr,
    Invoke,
    Local,
    Not,
    Or,
    Quantified,
    Reference,
)  # fmt: skip
from policy_engine.plan.types import Entity, required
from policy_engine.plan.walk import parts, rebuild
from policy_engine.product.vocabulary import VOCABULARY

#: What a product cannot bend without becoming another product: identity, names, structure, storage.
_STRUCTURE: Final = frozenset(
    {
        "id", "name", "path", "dataset", "type", "physical_name", "physical_type", "fields", "datasets", "items",
        "constraints", "required", "unique", "primary_key", "primary_key_position", "version", "timestamp_field", "ports", "slas", "kind",
    }
)  # fmt: skip
#: What is found, and not stated: changes, what data shows.
_FOUND: Final = frozenset({"Change", "PiiFinding", "Promise"})

_Stated = tuple[str, str]


def exemptions(subject: Subject) -> Iterator[Diagnostic]:
    """Scopes and conditions that rest on what the producer writes of itself."""
    council = [policy for policy in subject.policies() if policy.is_global]
    demanded = {
        stated
        for policy in council
        for _, rule in policy.rules()
        if policy.blocks(rule)
        for stated in _stated(subject.checked, rule.require)
    }
    for policy in council:
        yield from _policy(subject.checked, policy, demanded)


def _policy(checked: CheckedSet, policy: Policy, demanded: set[_Stated]) -> Iterator[Diagnostic]:
    blocking = [(node, rule) for node, rule in policy.rules() if policy.blocks(rule)]
    scope = policy.node.scope
    if blocking and scope is not None and scope.condition is not None and policy.checked.scope is not None:
        what = f"policy `{policy.node.name.text}`"
        yield from _condition(checked, policy.checked.scope, scope.condition.span, what, demanded)
    for node, rule in blocking:
        if node.when is not None and rule.when is not None:
            yield from _condition(checked, rule.when, node.when.span, f"rule `{node.name.text}`", demanded)


def _condition(
    checked: CheckedSet, condition: Expr, span: Span, what: str, demanded: set[_Stated]
) -> Iterator[Diagnostic]:
    free = sorted(_escapes(checked, condition, demanded))
    if free:
        names = " and ".join(f"`{entity.lower()}.{name}`" for entity, name in free)
        entity, name = free[0]
        yield Diagnostic(
            "LNT010",
            f"a domain escapes {what} by what it writes in {names}",
            span,
            "no blocking rule of the council demands it",
            f"demand `{entity.lower()}.{name}` in a rule of its own, or do without the condition",
        )


def _escapes(checked: CheckedSet, condition: Expr, demanded: set[_Stated], *, wanted: bool = False) -> set[_Stated]:
    """The attributes by which a producer can make the condition come out as `wanted`.

    One operand of an `and` makes it false; of an `or`, it takes all of them.
    """
    match condition:
        case Not(operand=operand):
            return _escapes(checked, operand, demanded, wanted=not wanted)
        case And(left=left, right=right) | Or(left=left, right=right):
            ways = [_escapes(checked, part, demanded, wanted=wanted) for part in (left, right)]
            needs_all = isinstance(condition, Or) is not wanted
            return set() if needs_all and not all(ways) else ways[0] | ways[1]
        case Quantified(items=items, condition=inner):
            return (_stated(checked, items) - demanded) | _escapes(checked, inner, demanded, wanted=wanted)
        case Invoke(name=name, args=args) if name in checked.functions:
            function = checked.functions[name]
            body = _bound(function.body, dict(zip(function.parameters, args, strict=True)))
            return _escapes(checked, body, demanded, wanted=wanted)
        case _:
            return _stated(checked, condition) - demanded


def _bound(expr: Expr, arguments: Mapping[str, Expr]) -> Expr:
    """The expression with arguments for parameters."""
    if isinstance(expr, Local):
        return arguments.get(expr.name, expr)
    return rebuild(expr, lambda part: _bound(part, arguments))


def _stated(checked: CheckedSet, expr: Expr) -> set[_Stated]:
    """The attributes of this version that a contract states freely and the expression reads, through definitions too."""
    found: set[_Stated] = set()
    pending: list[Expr] = [expr]
    seen: set[str] = set()
    while pending:
        part = pending.pop()
        match part:
            case Attribute(of=of, name=name) if _is_free(of, name):
                found.add((str(required(of.type)), name))
            case Custom(of=of, key=key) if not _is_previous(of):
                found.add((str(required(of.type)), key))
            case Invoke(name=name) if name in checked.functions and name not in seen:
                seen.add(name)
                pending.append(checked.functions[name].body)
            case Reference(name=name) if name in checked.constants and name not in seen:
                seen.add(name)
                pending.append(checked.constants[name])
            case _:
                pass
        pending += parts(part)
    return found


def _is_free(of: Expr, name: str) -> bool:
    entity = required(of.type)
    if not isinstance(entity, Entity) or entity.name in _FOUND or name in _STRUCTURE or _is_previous(of):
        return False
    info = VOCABULARY.get(entity.name, {}).get(name)
    return info is not None and not info.from_data


def _is_previous(of: Expr) -> bool:
    """Is it of the version that was published before, which nobody can change any more?"""
    while isinstance(of, Attribute):
        of = of.of
    return isinstance(of, Local) and of.name == "previous"
