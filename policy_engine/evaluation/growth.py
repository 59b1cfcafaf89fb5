"""What part of the data shows to be violated, is it violated by all of it? For samples, and for names without values."""

from __future__ import annotations

from policy_engine.plan.expressions import Aggregate, And, Ask, Call, Const, Expr, Or
from policy_engine.plan.model import RulePlan
from policy_engine.plan.walk import walk


def only_grows(rule: RulePlan) -> bool:
    """Where part of the data violates the rule, does all of it? Of duplicates, more rows have no fewer."""
    return _grows(rule.require) and (rule.when is None or _grows(rule.when))


def _grows(condition: Expr) -> bool:
    match condition:
        case And(left=left, right=right) | Or(left=left, right=right):
            return _grows(left) and _grows(right)
        case Call(function="==", args=(number, Const(value=0))) | Call(function="<=" | "<", args=(number, Const())):
            return _is_growing(number)
        case _:
            return not any(isinstance(part, Ask) and part.kind in {"duplicates", "pii"} for part in walk(condition))


def _is_growing(number: Expr) -> bool:
    """Is it a number of duplicates or of findings, of which more data has no fewer?"""
    match number:
        case Ask(kind="duplicates"):
            return True
        case Aggregate(kind="count", items=Ask(kind="pii"), condition=None):
            return True
        case _:
            return not any(isinstance(part, Ask) and part.kind in {"duplicates", "pii"} for part in walk(number))
