"""One expression at a time: definitions inlined, constants folded, data turned into questions.

Loop variables become `$0`, `$1`, …, which no author can write, so that a plan does not depend on their names and equal loops can be fused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from policy_engine.checking.model import CheckedAttribute, CheckedSet
from policy_engine.plan.expressions import (
    Aggregate,
    And,
    Ask,
    Attribute,
    Call,
    Captured,
    Column,
    Const,
    Custom,
    Expr,
    Invoke,
    IsPresent,
    Local,
    Not,
    Quantified,
    Reference,
)
from policy_engine.plan.kernels import KERNELS
from policy_engine.plan.types import BOOL, COLUMN, INT, Entity, Sequence, Type
from policy_engine.plan.walk import columns, rebuild

#: More nodes than any rule that a person wrote on purpose.
MAX_NODES: Final = 20_000

Names = Mapping[str, Expr]


class NotScannableError(Exception):
    """A row expression holds a part that the scan of the data cannot compute."""


class TooLargeError(Exception):
    """Inlining the definitions of a rule would make it larger than MAX_NODES."""


@dataclass(slots=True)
class Lowering:
    """The lowering of one rule: counts nodes and loop variables."""

    checked: CheckedSet
    nodes: int = 0
    variables: int = 0

    def fresh(self) -> str:
        """The next loop variable."""
        self.variables += 1
        return f"${self.variables - 1}"

    def lower(self, expr: Expr, names: Names) -> Expr:
        """The expression as plans have it. `names` says what variables stand for."""
        self._count()
        match expr:
            case Local(name=name):
                return names.get(name, expr)
            case Reference(name=name):
                return self.lower(self.checked.constants[name], {})
            case Invoke(name=name, args=args):
                function = self.checked.functions[name]
                given = [self.lower(arg, names) for arg in args]
                return self.lower(function.body, dict(zip(function.parameters, given, strict=True)))
            case Attribute():
                return self._attribute(expr, names)
            case Custom(of=of, key=key):
                return Custom(self.lower(of, names), key, self._declared(of, lambda item: item.custom == key))
            case Call():
                return self._call(expr, names)
            case Quantified():
                return self._quantified(expr, names)
            case Aggregate():
                return self._aggregate(expr, names)
            case _:
                return rebuild(expr, lambda part: self.lower(part, names))

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLargeError

    # ------------------------------------------------------------ metadata

    def _call(self, call: Call, names: Names) -> Expr:
        args = tuple(self.lower(arg, names) for arg in call.args)
        match call.function:
            case "newest" | "oldest":
                kind = "max" if call.function == "newest" else "min"
                return Ask(kind, args[0], (), call.type, _PRESENT, _VALUE)
            case "duplicates" | "orphans":
                return Ask(call.function, args[0], args[1:], call.type)
            case "pii":
                return Ask("pii", args[0], (), call.type)
            case function if function in KERNELS and function != "/" and all(isinstance(arg, Const) for arg in args):
                values = [arg.value for arg in args if isinstance(arg, Const)]
                return Const(KERNELS[function](*values), call.type)
            case _:
                return Call(call.function, args, call.type)

    def _attribute(self, expr: Attribute, names: Names) -> Expr:
        of = self.lower(expr.of, names)
        match expr.name:
            case "row_count" if expr.type == INT:
                return Ask("count", of, (), INT)
            case "null_count":
                return Ask("count", of, (), INT, Not(_PRESENT))
            case "null_share":
                return Ask("share", of, (), expr.type, None, Not(_PRESENT))
            case "distinct_count":
                return Ask("distinct", of, (), INT, _PRESENT, _VALUE)
            case _:
                name = expr.name
                of_type = self._declared(expr.of, lambda item: item.attribute == name) if expr.declared else expr.type
                return Attribute(of, name, of_type, expr.declared)

    def _declared(self, of: Expr, is_it: Callable[[CheckedAttribute], bool]) -> Type:
        """The type an attribute was declared with: a plan reads it in one way, wherever it is known to be present."""
        assert isinstance(of.type, Entity)
        entity = of.type.name
        return next(item.type for item in self.checked.attributes if item.entity == entity and is_it(item))

    def _quantified(self, expr: Quantified, names: Names) -> Expr:
        data = data_loop(expr.items)
        if data is None:
            items = self.lower(expr.items, names)
            variable = self.fresh()
            inner = {**names, expr.name: Local(variable, _item(items))}
            return Quantified(expr.kind, variable, items, self.lower(expr.condition, inner))
        everything = self.ask("count", data, None, None, names, INT)
        satisfying = self.ask("count", data, expr.condition, None, names, INT)
        if expr.kind == "every":
            return Call("==", (satisfying, everything), BOOL)
        return Call(">", (satisfying, Const(0, INT)), BOOL)

    def _aggregate(self, expr: Aggregate, names: Names) -> Expr:
        data = data_loop(expr.items)
        if data is not None and expr.kind == "share":
            return self.ask("share", data, None, expr.condition or Const(True, BOOL), names, expr.type)
        if data is not None:
            return self.ask(expr.kind, data, expr.condition, expr.value, names, expr.type)
        items = self.lower(expr.items, names)
        variable = self.fresh()
        inner = {**names, expr.name: Local(variable, _item(items))}
        condition = None if expr.condition is None else self.lower(expr.condition, inner)
        value = None if expr.value is None else self.lower(expr.value, inner)
        return Aggregate(expr.kind, variable, items, condition, value, expr.type)

    # ------------------------------------------------------------ data

    def ask(
        self, kind: str, data: Attribute, condition: Expr | None, value: Expr | None, names: Names, of: Type
    ) -> Ask:
        """A question over the rows of a dataset, or the present values of a field."""
        captures: list[Expr] = []
        where = None if condition is None else self._row(condition, names, captures)
        what = None if value is None else self._row(value, names, captures)
        if data.name == "values":
            where = _PRESENT if where is None else And(_PRESENT, where)
        return Ask(kind, self.lower(data.of, names), tuple(captures), of, where, what)

    def _row(self, expr: Expr, names: Names, captures: list[Expr]) -> Expr:
        """An expression over the columns of a row; what does not depend on the row is captured beforehand."""
        self._count()
        match expr:
            case Invoke(name=name, args=args):
                function = self.checked.functions[name]
                given = [arg if columns(arg) else self.lower(arg, names) for arg in args]
                body = _substitute(function.body, dict(zip(function.parameters, given, strict=True)))
                return self._row(body, names, captures)
            case _ if not columns(expr):
                return self._capture(self.lower(expr, names), captures)
            case Quantified() | Aggregate() | Attribute() | Custom() | Ask():
                raise NotScannableError
            case _:
                return rebuild(expr, lambda part: self._row(part, names, captures))

    def _capture(self, expr: Expr, captures: list[Expr]) -> Expr:
        if isinstance(expr, Const):
            return expr
        if expr not in captures:
            captures.append(expr)
        return Captured(captures.index(expr), expr.type)


_VALUE: Final = Column(None, guarded=True)
_PRESENT: Final = IsPresent(Column(None, guarded=False))


_DATA_LOOPS: Final = frozenset({("rows", Sequence(Entity("Row"))), ("values", Sequence(COLUMN))})


def data_loop(items: Expr) -> Attribute | None:
    """The attribute `rows` or `values` that a loop goes over, if it goes over data."""
    if isinstance(items, Attribute) and (items.name, items.type) in _DATA_LOOPS:
        return items
    return None


def _substitute(expr: Expr, given: Names) -> Expr:
    """The body of a `def` with its parameters replaced by what a call gives."""
    if isinstance(expr, Local):
        return given.get(expr.name, expr)
    return rebuild(expr, lambda part: _substitute(part, given))


def _item(items: Expr) -> Type:
    assert isinstance(items.type, Sequence)
    return items.type.of
