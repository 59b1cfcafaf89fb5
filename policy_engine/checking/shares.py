"""Which numbers are shares, by the way they are written or come about: messages print those as percentages."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from policy_engine.checking.scope import Context
from policy_engine.plan.expressions import (
    Aggregate,
    Attribute,
    Call,
    Const,
    Expr,
    If,
    Invoke,
    Otherwise,
    Reference,
)
from policy_engine.plan.types import DECIMAL, STRING, Entity, required

#: Parts that are a share of something.
_SHARES: Final = frozenset(
    {
        ("Field", "null_share"),
        ("PiiFinding", "share"),
        ("PiiFinding", "confidence"),
        ("PiiFinding", "upper_bound"),
        ("Promise", "share"),
    }
)


def as_printed(cx: Context, expr: Expr) -> Expr:
    """An expression of a message as it is to be printed."""
    return Call("percent", (expr,), STRING) if is_share(cx, expr) else expr


def is_share(cx: Context, expr: Expr) -> bool:
    """Is it a number written with `%`, a name for one, a part that is a share, or made of those by more than scaling?"""
    return required(expr.type) == DECIMAL and _is_share(cx, expr, {})


def _is_share(cx: Context, expr: Expr, known: dict[str, bool]) -> bool:
    """`known` are the definitions that were looked into: once is enough, however often they are used."""
    match expr:
        case Const(value=Fraction()):
            origin = cx.origins.of(expr)
            return origin is not None and origin.span.text.endswith("%")
        case Reference(name=name) if name in cx.params:
            return cx.params[name].is_share
        case Reference(name=name) | Invoke(name=name):
            if name not in known:
                function = cx.functions.get(name)
                body = cx.constants.get(name) if function is None else function.body
                known[name] = body is not None and _is_share(cx, body, known)
            return known[name]
        case Attribute(of=of, name=name, declared=False):
            return isinstance(of.type, Entity) and (of.type.name, name) in _SHARES
        case Aggregate(kind="share"):
            return True
        case Aggregate(kind="sum" | "min" | "max" | "mean", value=value) if value is not None:
            return _is_share(cx, value, known)
        case Call(function="+" | "-" | "negate", args=args):
            return any(_is_share(cx, arg, known) for arg in args)
        case Otherwise(value=left, default=right) | If(then=left, otherwise=right):
            return _is_share(cx, left, known) or _is_share(cx, right, known)
        case _:
            return False
