"""Would an author be allowed to write it? A value that may be missing is used only where it is known to be there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_engine.plan.expressions import Column, Expr, IsPresent, Otherwise
from policy_engine.plan.model import RulePlan
from policy_engine.plan.types import required
from policy_engine.plan.walk import parts, rebuild, walk


def is_guarded(changed: RulePlan, *gone: Expr) -> bool:
    """Are values, whose presence these conditions no longer guarantee, used nowhere else in the changed rule?"""
    guarded = {_key(part.operand) for whole in gone for part in walk(whole) if isinstance(part, IsPresent)}
    return not guarded or not guarded & set(_used(changed))


def _used(rule: RulePlan) -> Iterator[Expr]:
    """The values that are used as if they were there."""
    clauses = (rule.scope, *(items for _, items in rule.loops), rule.when, rule.require)
    for clause in clauses:
        if clause is not None:
            for node in walk(clause):
                if not isinstance(node, IsPresent | Otherwise):
                    yield from (_key(part) for part in parts(node))


def _key(expr: Expr) -> Expr:
    """The expression without what is known of its presence at this place."""
    alike = rebuild(expr, _key)
    alike = replace(alike, guarded=True) if isinstance(alike, Column) else alike
    return replace(alike, type=required(alike.type))
