"""What an expression mentions, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Attribute,
    Call,
    Captured,
    Collection,
    Column,
    Const,
    Custom,
    Expr,
    If,
    Invoke,
    IsPresent,
    Local,
    Not,
    Or,
    Otherwise,
    Quantified,
    Reference,
)


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression."""
    match expr:
        case Const() | Local() | Reference() | Column() | Captured():
            return ()
        case Attribute(of=of) | Custom(of=of):
            return (of,)
        case Call(args=args) | Invoke(args=args):
            return args
        case And(left=left, right=right) | Or(left=left, right=right):
            return left, right
        case Not(operand=operand) | IsPresent(operand=operand):
            return (operand,)
        case Otherwise(value=value, default=default):
            return value, default
        case If(condition=condition, then=then, otherwise=otherwise):
            return condition, then, otherwise
        case Quantified(items=items, condition=within):
            return items, within
        case Aggregate(items=items, condition=where, value=of_what):
            return tuple(part for part in (items, where, of_what) if part is not None)
        case Collection(items=items_):
            return items_
        case Ask(subject=subject, args=args, condition=where, value=of_what):
            return tuple(part for part in (subject, *args, where, of_what) if part is not None)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all its parts, outermost first."""
    yield expr
    for part in parts(expr):
        yield from walk(part)


def mentions(expr: Expr, name: str) -> bool:
    """Is the variable used?"""
    return any(isinstance(part, Local) and part.name == name for part in walk(expr))


def columns(expr: Expr) -> bool:
    """Is a column of data read, outside of an aggregate over data of its own?"""
    if isinstance(expr, Column):
        return True
    if isinstance(expr, Aggregate | Quantified) and _over_data(expr.items):
        return False
    return any(columns(part) for part in parts(expr))


def _over_data(items: Expr) -> bool:
    return isinstance(items, Attribute) and items.name in {"rows", "values"}


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with each of its direct parts changed."""
    match expr:
        case Const() | Local() | Reference() | Column() | Captured():
            return expr
        case Attribute() | Custom():
            return replace(expr, of=change(expr.of))
        case Call() | Invoke():
            return replace(expr, args=tuple(change(arg) for arg in expr.args))
        case And() | Or():
            return replace(expr, left=change(expr.left), right=change(expr.right))
        case Not() | IsPresent():
            return replace(expr, operand=change(expr.operand))
        case Otherwise():
            return replace(expr, value=change(expr.value), default=change(expr.default))
        case If():
            condition, then, otherwise = change(expr.condition), change(expr.then), change(expr.otherwise)
            return replace(expr, condition=condition, then=then, otherwise=otherwise)
        case Quantified():
            return replace(expr, items=change(expr.items), condition=change(expr.condition))
        case Aggregate():
            where, value = (None if part is None else change(part) for part in (expr.condition, expr.value))
            return replace(expr, items=change(expr.items), condition=where, value=value)
        case Collection():
            return replace(expr, items=tuple(change(item) for item in expr.items))
        case Ask():
            where, value = (None if part is None else change(part) for part in (expr.condition, expr.value))
            args = tuple(change(arg) for arg in expr.args)
            return replace(expr, subject=change(expr.subject), args=args, condition=where, value=value)
