"""Which optional values are known to be present where: what a condition tells when it holds, and when it does not.

A fact is an expression without which the condition would have come out, for certain, the other way: then whatever stands
behind the condition is never computed. Facts come through definitions too: `when described(field)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from policy_engine.checking.constants import NotConstantError, fold
from policy_engine.checking.model import Function
from policy_engine.plan.expressions import (
    And,
    Call,
    Column,
    Const,
    Expr,
    If,
    Invoke,
    IsPresent,
    Local,
    Not,
    Or,
    Otherwise,
    Reference,
)
from policy_engine.plan.types import Optional
from policy_engine.plan.walk import rebuild

Facts = frozenset[Expr]
NOTHING: Facts = frozenset()
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "matches"})
#: Larger definitions are not looked into: they are used more often than conditions are written.
_MOST_NODES: Final = 200


class Definitions(Protocol):
    """What conditions may use: `let`, `def`, and how large each is."""

    constants: dict[str, Expr]
    functions: dict[str, Function]
    costs: dict[str, tuple[int, int]]


def present_if_true(condition: Expr | None, definitions: Definitions, *, doubted: bool = False) -> Facts:
    """What must be present where the condition is true; `doubted`: or where it is unknown, as on the right of `and`."""
    return NOTHING if condition is None else _Reading(definitions, doubted).facts(condition, True) or NOTHING


def present_if_false(condition: Expr, definitions: Definitions, *, doubted: bool = False) -> Facts:
    """What must be present where the condition is false; `doubted`: or where it is unknown, as on the right of `or`."""
    return _Reading(definitions, doubted).facts(condition, False) or NOTHING


@dataclass(frozen=True, slots=True)
class _Reading:
    """How conditions are read: with these definitions; `doubted` counts only what decides for certain."""

    definitions: Definitions
    doubted: bool

    def facts(self, condition: Expr, holds: bool) -> Facts | None:
        """What is present where the condition comes out so; None where it never does."""
        match condition:
            case Const(value=bool() as value):
                return NOTHING if value is holds else None
            case IsPresent(operand=operand):
                return frozenset({operand}) if holds else NOTHING
            case Not(operand=operand):
                return self.facts(operand, not holds)
            case And(left=left, right=right) | Or(left=left, right=right):
                one, other = self.facts(left, holds), self.facts(right, holds)
                return _all(one, other) if isinstance(condition, And) is holds else _any(one, other)
            case If():
                return self._conditional(condition, holds)
            case Otherwise(value=value, default=Const(value=bool() as default)) if default is not holds:
                return frozenset({_asked(value)})
            case Call(function=function, args=args) if function in _COMPARISONS:
                return _replaced(condition, args, holds)
            case Reference() | Invoke():
                body = self._body(condition)
                return NOTHING if body is None else self.facts(body, holds)
            case _:
                return NOTHING

    def _conditional(self, condition: If, holds: bool) -> Facts:
        """Without what is asked for, the other branch is taken, and comes out the other way; or both branches do."""
        taken, left = self.facts(condition.then, holds), self.facts(condition.otherwise, holds)
        if_true, if_false = self.facts(condition.condition, True), self.facts(condition.condition, False)
        both = NOTHING if self.doubted else _any(taken, left) or NOTHING
        return both | _shared(if_true, left) | _shared(if_false, taken)

    def _body(self, condition: Reference | Invoke) -> Expr | None:
        """What a definition stands for, with the arguments of the call in their places."""
        if self.definitions.costs.get(condition.name, (0, 0))[1] > _MOST_NODES:
            return None
        if isinstance(condition, Reference):
            return self.definitions.constants.get(condition.name)
        function = self.definitions.functions.get(condition.name)
        if function is None:
            return None
        return _placed(function.body, dict(zip(function.parameters, condition.args, strict=True)))


def _all(one: Facts | None, other: Facts | None) -> Facts | None:
    """Of two that both come out so."""
    return None if one is None or other is None else one | other


def _any(one: Facts | None, other: Facts | None) -> Facts | None:
    """Of two of which one comes out so."""
    return other if one is None else one if other is None else one & other


def _shared(asked: Facts | None, branch: Facts | None) -> Facts:
    if asked is None:
        return NOTHING
    return asked if branch is None else asked & branch


def _replaced(condition: Call, args: tuple[Expr, ...], holds: bool) -> Facts:
    """`(x otherwise 0) > 5` holds only where x is present, since 0 > 5 does not."""
    found: set[Expr] = set()
    for at, arg in enumerate(args):
        match arg:
            case Otherwise(value=value, default=Const() as default):
                instead = Call(condition.function, (*args[:at], default, *args[at + 1 :]), condition.type)
            case Call(function="rank", args=(Otherwise(value=value, default=Const() as default), members)):
                ranked = Call("rank", (default, members), arg.type)
                instead = Call(condition.function, (*args[:at], ranked, *args[at + 1 :]), condition.type)
            case _:
                continue
        try:
            if fold(instead, {}) is (not holds):
                found.add(_asked(value))
        except (NotConstantError, TypeError):
            continue
    return frozenset(found)


def _asked(value: Expr) -> Expr:
    return bare(value) if isinstance(value, Column) else value


def _placed(expr: Expr, given: Mapping[str, Expr]) -> Expr:
    if isinstance(expr, Local):
        return given.get(expr.name, expr)
    if isinstance(expr, IsPresent) and isinstance(expr.operand, Local):
        return _present(given.get(expr.operand.name, expr.operand))
    return rebuild(expr, lambda part: _placed(part, given))


def _present(operand: Expr) -> Expr:
    """Whether an argument is present: one that never is missing tells nothing."""
    if isinstance(operand, Column):
        return IsPresent(bare(operand))
    return IsPresent(operand) if isinstance(operand.type, Optional) else Const(True, IsPresent(operand).type)


def bare(column: Column) -> Column:
    """The key under which a column's presence is known."""
    return Column(column.name, guarded=False, type=column.type)
