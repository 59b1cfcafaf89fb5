"""The columns of one question against the dataset that it asks about: they are there, of a fitting type, and guarded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from policy_engine.binding.model import READ, Misfit, There
from policy_engine.data.casting import declared_kind
from policy_engine.data.columns import SPOKEN, Kind
from policy_engine.diagnostics import nearest
from policy_engine.plan.expressions import Ask, Call, Captured, Column, Const, Expr, If, IsPresent, Otherwise
from policy_engine.plan.types import BOOL, DATE, DECIMAL, DURATION, INT, STRING, TIMESTAMP, Enumeration, Type, required
from policy_engine.plan.values import Duration
from policy_engine.plan.walk import parts, walk
from policy_engine.product.model import Dataset, Field, Product

_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_TEXTS: Final = frozenset({"lower", "upper", "trim", "length", "starts_with", "ends_with", "contains", "matches"})
_ARITHMETIC: Final = frozenset({"-", "*", "/", "negate"})
#: Kinds that can be compared with each other.
_FAMILY: Final[Mapping[Kind, str]] = {
    "number": "number",
    "float": "number",
    "text": "text",
    "bool": "bool",
    "date": "time",
    "timestamp": "time",
    "duration": "duration",
}
_TYPES: Final[Mapping[Type, Kind]] = {
    INT: "number",
    DECIMAL: "number",
    STRING: "text",
    BOOL: "bool",
    DATE: "date",
    TIMESTAMP: "timestamp",
    DURATION: "duration",
}


def column_misfits(ask: Ask, of: Dataset | Field, product: Product) -> Iterator[Misfit]:
    """What of the columns that a question reads does not fit the contract."""
    dataset = of if isinstance(of, Dataset) else next(one for one in product.datasets if one.name == of.dataset)
    columns = _Columns(dataset, of if isinstance(of, Field) else None)
    if (
        ask.kind in {"duplicates", "k_anonymity"}
        and isinstance(ask.args[0], Const)
        and isinstance(ask.args[0].value, tuple)
    ):
        yield from columns.missing(str(name) for name in ask.args[0].value)
    for whole in (ask.condition, ask.value):
        if whole is not None:
            yield from columns.missing(part.name for part in walk(whole) if isinstance(part, Column) and part.name)
            yield from columns.mistyped(whole)
    for whole in (ask.condition, None if isinstance(ask.value, Column) else ask.value):
        if whole is not None:
            yield from columns.unguarded(whole)


class _Columns:
    """The columns of one dataset; `value` is the field whose values a loop goes over."""

    def __init__(self, dataset: Dataset, value: Field | None) -> None:
        self.dataset = dataset
        self.value = value
        self.fields = {field.path.removeprefix(f"{dataset.name}."): field for field in dataset.fields}

    def missing(self, names: Iterator[str]) -> Iterator[Misfit]:
        for name in dict.fromkeys(names):
            if name not in self.fields:
                near = nearest(name, self.fields)
                help_ = f"did you mean `{near}`?" if near else "add it to the contract's `properties`"
                there = There(self.dataset.pointer, "the dataset is declared here, without such a field")
                message = f"dataset `{self.dataset.name}` has no field `{name}`"
                yield Misfit("BND002", "column", name, message, "", help_, (there,))

    def field(self, column: Column) -> Field | None:
        return self.value if column.name is None else self.fields.get(column.name)

    # ------------------------------------------------------------ types

    def mistyped(self, expr: Expr) -> Iterator[Misfit]:
        for part in walk(expr):
            if isinstance(part, Call):
                yield from self._call(part)

    def _call(self, call: Call) -> Iterator[Misfit]:
        match call.function, call.args:
            case function, (left, right) if function in _COMPARISONS:
                for side, other in ((left, right), (right, left)):
                    kind = self.kind(other)
                    if isinstance(side, Column) and kind is not None:
                        yield from self._unless(side, _like(kind), f"is compared with {_spoken(other, kind)} here")
            case "in", (Column() as side, Const(value=tuple() as items, type=of)) if items:
                kind = _type_kind(getattr(of, "of", of))
                if kind is not None:
                    yield from self._unless(
                        side, _like(kind), f"is looked for among values that are {SPOKEN[kind]} here"
                    )
            case function, args if function in _TEXTS:
                for side in args:
                    yield from self._unless(side, frozenset({"text"}), f"is taken as text by `{function}` here")
            case (("year" | "date"), (side,)):
                yield from self._unless(side, _like("date"), f"is taken as a date by `{call.function}` here")
            case function, args if function in _ARITHMETIC and not any(self._is_temporal(arg) for arg in args):
                for side in args:
                    yield from self._unless(side, _like("number"), "is taken as a number here")
            case _:
                pass

    def _is_temporal(self, expr: Expr) -> bool:
        return self.kind(expr) in {"date", "timestamp", "duration"}

    def _unless(self, side: Expr, fitting: frozenset[str], use: str) -> Iterator[Misfit]:
        field = self.field(side) if isinstance(side, Column) else None
        kind = None if field is None else declared_kind(field)
        if field is None or kind is None or kind in fitting:
            return
        stated = f"`{field.type or field.physical_type}`"
        there = There(field.pointers.get("type", field.pointer), f"here `{field.name}` is declared as {stated}")
        message = f"`{field.path}` is {SPOKEN[kind]} in this product, which the rule does not expect"
        help_ = "change the type in the contract, or what the policy asks of it"
        assert isinstance(side, Column)
        yield Misfit("BND004", "column", side.name or "", message, use, help_, (there,))

    def kind(self, expr: Expr) -> Kind | None:
        """What an expression is, as far as contract and policy tell."""
        match expr:
            case Column():
                field = self.field(expr)
                return None if field is None else declared_kind(field)
            case Const(value=value):
                return _value_kind(value)
            case Captured(type=of):
                return _type_kind(of)
            case Otherwise(value=value, default=default):
                return self.kind(value) or self.kind(default)
            case If(then=then, otherwise=otherwise):
                return self.kind(then) or self.kind(otherwise)
            case Call(function="length" | "year"):
                return "number"
            case Call(function="lower" | "upper" | "trim"):
                return "text"
            case Call(function="date"):
                return "date"
            case _:
                return None

    # ------------------------------------------------------------ nulls

    def unguarded(self, expr: Expr) -> Iterator[Misfit]:
        for column in _read_bare(expr):
            field = self.field(column)
            if column.guarded or field is None or self._is_required(field):
                continue
            name = column.name or ""
            there = There(field.pointer, f"nothing here says of `{field.name}` that it is `required: true`")
            message = f"`{field.path}` may be null in this product, and the rule does not say what a null means"
            help_ = f"write `when {READ} is present` or `{READ} otherwise …`, or `required: true` in the contract"
            yield Misfit("BND005", "column", name, message, "read as if it were always there", help_, (there,))

    def _is_required(self, field: Field) -> bool:
        """The field, and all that it is part of."""
        steps = field.path.removeprefix(f"{self.dataset.name}.").split(".")
        chain = [self.fields.get(".".join(steps[: at + 1])) for at in range(len(steps))]
        return all(one is not None and (one.required or one.primary_key) for one in chain)


def _read_bare(expr: Expr) -> Iterator[Column]:
    """The columns whose value is computed with, not asked for presence and not replaced where null."""
    match expr:
        case Column():
            yield expr
        case IsPresent(operand=Column()):
            return
        case Otherwise(value=Column(), default=default):
            yield from _read_bare(default)
        case _:
            for part in parts(expr):
                yield from _read_bare(part)


def _like(kind: Kind) -> frozenset[str]:
    return frozenset(one for one, family in _FAMILY.items() if family == _FAMILY.get(kind))


def _spoken(other: Expr, kind: Kind) -> str:
    return f"`{other.name}`, which is {SPOKEN[kind]}," if isinstance(other, Column) and other.name else SPOKEN[kind]


def _type_kind(of: Type) -> Kind | None:
    return "text" if isinstance(required(of), Enumeration) else _TYPES.get(required(of))


def _value_kind(value: object) -> Kind | None:
    match value:
        case bool():
            return "bool"
        case int() | Fraction():
            return "number"
        case str():
            return "text"
        case datetime():
            return "timestamp"
        case date():
            return "date"
        case Duration():
            return "duration"
        case _:
            return None
