"""Expressions of a plan, walked instead of compiled: slower, and whoever listens hears the value of every part.

It computes with the same functions as the generated code, in the three-valued way throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Protocol

from policy_engine.evaluation import kleene
from policy_engine.evaluation.convert import reader
from policy_engine.evaluation.dynamic import dynamic
from policy_engine.evaluation.kernels import PRODUCT_KERNELS
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
from policy_engine.plan.kernels import KERNELS
from policy_engine.plan.types import COLUMN, required

Names = Mapping[str, Any]

_KERNELS: Final = {**KERNELS, **PRODUCT_KERNELS}
_OF_PRODUCT: Final = frozenset({"field", "dataset"})


class Hearing(Protocol):
    """Hears what the parts of an expression are, as they are computed."""

    def enter(self, expr: Expr) -> None:
        """An expression begins; its parts follow, as far as they are needed."""

    def item(self, name: str, item: Any) -> None:
        """The innermost quantifier or aggregate turns to another item of what it goes over."""

    def leave(self, expr: Expr, value: Any) -> None:
        """An expression has this value: `None` where it is missing, `Unknown`, or `UNDEFINED`."""

    def asked(self, ask: Ask, subject: Any, args: tuple[Any, ...]) -> None:
        """The question that was entered last is about this dataset or field, with these values in its rows."""


class Interpreter:
    """Computes expressions of one plan. `asks` are its questions, by the number under which they are asked."""

    def __init__(self, asks: tuple[Ask, ...], tables: Names, hearing: Hearing) -> None:
        self._numbers = {ask: index for index, ask in enumerate(asks)}
        self._tables = tables
        self._hearing = hearing

    def value(self, expr: Expr, names: Names) -> Any:
        """The value of an expression. `names` holds the roots and the loop variables."""
        self._hearing.enter(expr)
        match expr:
            case Const(value=value):
                found: Any = value
            case Local(name=name):
                found = self._tables[name] if name in self._tables else names[name]
            case Attribute() | Custom():
                found = self._attribute(expr, names)
            case Call():
                found = self._call(expr, names)
            case And(left=left, right=right):
                found = kleene.both(self.value(left, names), lambda: self.value(right, names))
            case Or(left=left, right=right):
                found = kleene.either(self.value(left, names), lambda: self.value(right, names))
            case Not(operand=operand):
                found = kleene.negate(self.value(operand, names))
            case IsPresent(operand=operand):
                found = kleene.is_present(self.value(operand, names))
            case Otherwise(value=first, default=default):
                found = kleene.otherwise(self.value(first, names), lambda: self.value(default, names))
            case If(condition=condition, then=then, otherwise=otherwise):
                branches = (lambda: self.value(then, names), lambda: self.value(otherwise, names))
                found = kleene.choose(self.value(condition, names), *branches)
            case Quantified(kind=kind, name=name, items=items, condition=condition):
                decide = kleene.every if kind == "every" else kleene.some
                found = decide(self.value(items, names), self._each(name, condition, names))
            case Aggregate():
                found = self._aggregate(expr, names)
            case Collection(items=parts):
                found = kleene.collection(*(self.value(part, names) for part in parts))
            case Ask():
                found = self._ask(expr, names)
            case Reference() | Invoke() | Column() | Captured():
                raise AssertionError(f"a plan holds no {type(expr).__name__} here")
        self._hearing.leave(expr, found)
        return found

    def _attribute(self, expr: Attribute | Custom, names: Names) -> Any:
        of = self.value(expr.of, names)
        match expr:
            case Custom(key=key):
                return kleene.apply(lambda element: _reader(expr)(element.custom.get(key)), of)
            case Attribute(name=name, declared=True):
                return kleene.apply(lambda element: _reader(expr)(getattr(element, name)), of)
            case Attribute(name=name):
                return kleene.part(of, name)

    def _call(self, expr: Call, names: Names) -> Any:
        args = [self.value(arg, names) for arg in expr.args]
        kernel = _KERNELS[expr.function]
        if any(required(arg.type) == COLUMN for arg in expr.args):
            kernel = dynamic(expr.function, kernel)
        if expr.function in _OF_PRODUCT:
            args = [names["product"], *args]
        return kleene.apply(kernel, *args)

    def _aggregate(self, expr: Aggregate, names: Names) -> Any:
        items = self.value(expr.items, names)
        condition, value = (
            None if part is None else self._each(expr.name, part, names) for part in (expr.condition, expr.value)
        )
        return kleene.aggregate(expr.kind, items, condition, value)

    def _each(self, name: str, part: Expr, names: Names) -> Callable[[Any], Any]:
        def of(item: Any) -> Any:
            self._hearing.item(name, item)
            return self.value(part, {**names, name: item})

        return of

    def _ask(self, expr: Ask, names: Names) -> Any:
        subject = self.value(expr.subject, names)
        args = tuple(self.value(arg, names) for arg in expr.args)
        if kleene.withheld(subject, *args) is None:
            self._hearing.asked(expr, subject, args)
        return names["ask"](self._numbers[expr], subject, args)


@cache
def _reader(expr: Attribute | Custom) -> Callable[[Any], Any]:
    name = expr.key if isinstance(expr, Custom) else expr.name
    return reader(expr.type, f"`{str(expr.of.type).lower()}.{name}`")
