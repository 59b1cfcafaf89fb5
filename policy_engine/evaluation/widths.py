"""How long the texts and numbers become that a rule makes, and the elements of the lists that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from policy_engine.plan.expressions import (
    Aggregate,
    Attribute,
    Call,
    Collection,
    Const,
    Custom,
    Expr,
    If,
    Local,
    Otherwise,
)
from policy_engine.plan.types import DECIMAL, DURATION, INT, STRING, required
from policy_engine.plan.walk import parts

#: As many characters, or bits of a number, are worked on in one step.
UNIT: Final = 1_000
ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "negate", "scale"})
#: A number in a contract has at most 400 digits and an exponent of at most 400.
_BITS_STATED: Final = 2_700
_BITS_COUNTED: Final = 40


class Widths:
    """Bounds of what expressions come to. What loop variables stand for is known once they are bound."""

    def __init__(self) -> None:
        self._texts: dict[str, float] = {}
        self._bits: dict[str, float] = {}

    def bind(self, name: str, items: Expr) -> None:
        """A variable that goes over these items, whose own variables are bound: of a list that is made, as long as they."""
        made = list(_elements(items))
        if made:
            self._texts[name] = max(map(self.texts, made))
            self._bits[name] = max(map(self.bits, made))

    def texts(self, expr: Expr) -> float:
        """How many of the contract's longest texts, or parts of it, a text holds at most; 0 of what is no text."""
        if required(expr.type) != STRING:
            return 0
        match expr:
            case Const(value=value):
                return 1 if isinstance(value, str) and len(value) > UNIT else 0.01
            case Local(name=name):
                return self._texts.get(name, 1)
            case Call(function="concat", args=(left, right)):
                return self.texts(left) + self.texts(right)
            case If(then=left, otherwise=right) | Otherwise(value=left, default=right):
                return max(self.texts(left), self.texts(right))
            case Call(function="lower" | "upper", args=(Call(function="lower" | "upper") as again,)):
                return self.texts(again)  # what has changed its case does not grow once more
            case Call(function="lower" | "upper", args=(text,)):
                return 3 * self.texts(text)  # a letter may have up to three in the other case
            case Call(args=args):
                return max([1, *map(self.texts, args)])
            case Aggregate(value=value) if value is not None:
                return max(1, self.texts(value))
            case _:
                return 1

    def bits(self, expr: Expr) -> float:
        """How many binary digits a number has at most."""
        match expr:
            case Const(value=bool()):
                return 1
            case Const(value=int() as value):
                return value.bit_length()
            case Const(value=Fraction() as value):
                return value.numerator.bit_length() + value.denominator.bit_length()
            case Local(name=name):
                return self._bits.get(name, _BITS_COUNTED)
            case Call(function=function, args=args) if function in ARITHMETIC:
                return sum(map(self.bits, args)) + 1
            case If(then=left, otherwise=right) | Otherwise(value=left, default=right):
                return max(self.bits(left), self.bits(right))
            case Aggregate(kind="sum" | "mean" | "min" | "max", value=value) if value is not None:
                return self.bits(value) * (UNIT if divides(value) else 1) + _BITS_COUNTED
            case Attribute() | Custom() if required(expr.type) in (DECIMAL, INT, DURATION):
                return _BITS_STATED
            case _:
                return _BITS_COUNTED


def _elements(items: Expr) -> Iterator[Expr]:
    """What the elements of a list are made of, where the rule makes them."""
    match items:
        case Collection(items=made):
            yield from made
        case Aggregate(kind="list", value=value) if value is not None:
            yield value
        case Call(function="split" | "words", args=(text, *_)):
            yield text
        case If(then=then, otherwise=otherwise) | Otherwise(value=then, default=otherwise):
            yield from _elements(then)
            yield from _elements(otherwise)
        case _:
            return


def divides(expr: Expr) -> bool:
    """Is there a quotient in it, by something that is no constant?"""
    match expr:
        case Call(function="/", args=(_, Const())):
            return False
        case Call(function="/"):
            return True
        case _:
            return any(map(divides, parts(expr)))
