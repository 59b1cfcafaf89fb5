"""The value of an expression that is known from the policy text alone."""

from __future__ import annotations

from collections.abc import Mapping

from policy_engine.plan.expressions import (
    And,
    Call,
    Collection,
    Const,
    Constant,
    Expr,
    If,
    IsPresent,
    Not,
    Or,
    Otherwise,
    Reference,
)
from policy_engine.plan.kernels import KERNELS


class NotConstantError(Exception):
    """The expression depends on a product, on data, or on the time; the message says it if it is something else."""


def fold(expr: Expr, known: Mapping[str, Expr]) -> Constant:
    """The value. `known` maps qualified names of `let` and `param` to their expressions. Raises NotConstantError."""
    match expr:
        case Const(value=value):
            return value
        case Reference(name=name) if name in known:
            return fold(known[name], known)
        case Call(function=function, args=args) if function in KERNELS:
            return _apply(function, [fold(arg, known) for arg in args])
        case And(left=left, right=right):
            return fold(left, known) and fold(right, known)
        case Or(left=left, right=right):
            return fold(left, known) or fold(right, known)
        case Not(operand=operand):
            return not fold(operand, known)
        case IsPresent(operand=operand):
            return fold(operand, known) is not None
        case Otherwise(value=value, default=default):
            first = fold(value, known)
            return fold(default, known) if first is None else first
        case If(condition=condition, then=then, otherwise=otherwise):
            return fold(then if fold(condition, known) else otherwise, known)
        case Collection(items=items):
            return tuple(fold(item, known) for item in items)
        case _:
            raise NotConstantError


def _apply(function: str, args: list[Constant]) -> Constant:
    try:
        return KERNELS[function](*args)  # type: ignore[no-any-return]
    except ZeroDivisionError as error:
        raise NotConstantError("a division by zero") from error
    except (ArithmeticError, ValueError) as error:
        raise NotConstantError("a value beyond what can be computed") from error
