"""Which optional values are known to be present where: what a condition tells when it holds, and when it does not."""

from __future__ import annotations

from policy_engine.plan.expressions import And, Column, Expr, IsPresent, Not, Or

Facts = frozenset[Expr]
NOTHING: Facts = frozenset()


def present_if_true(condition: Expr | None) -> Facts:
    """What must be present where the condition is true."""
    match condition:
        case IsPresent(operand=operand):
            return frozenset({operand})
        case And(left=left, right=right):
            return present_if_true(left) | present_if_true(right)
        case Or(left=left, right=right):
            return present_if_true(left) & present_if_true(right)
        case Not(operand=operand):
            return present_if_false(operand)
        case _:
            return NOTHING


def present_if_false(condition: Expr) -> Facts:
    """What must be present where the condition is false."""
    match condition:
        case And(left=left, right=right):
            return present_if_false(left) & present_if_false(right)
        case Or(left=left, right=right):
            return present_if_false(left) | present_if_false(right)
        case Not(operand=operand):
            return present_if_true(operand)
        case _:
            return NOTHING


def bare(column: Column) -> Column:
    """The key under which a column's presence is known."""
    return Column(column.name, guarded=False, type=column.type)
