"""What a field's own declaration promises: its type, whether values are there, unique, and within which bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from policy_engine.data.casting import declared_kind
from policy_engine.data.columns import SPOKEN
from policy_engine.data.model import Duplicates, Fit, RowCheck
from policy_engine.data.promises.model import Pledge
from policy_engine.plan.expressions import Call, Column, Const, Expr, IsPresent, Pattern
from policy_engine.plan.types import BOOL, COLUMN, INT, REGEX, Sequence
from policy_engine.product.model import Field

_BOUNDS: Final = (
    ("minimum", ">=", "no value is below"),
    ("maximum", "<=", "no value is above"),
    ("exclusive_minimum", ">", "every value is above"),
    ("exclusive_maximum", "<", "every value is below"),
)
_LENGTHS: Final = (
    ("min_length", ">=", "no text is shorter than"),
    ("max_length", "<=", "no text is longer than"),
)
_NOT_EVALUATED: Final = ("format", "multiple_of", "min_items", "max_items", "unique_items")
_NUMBER: Final = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)


def field_pledges(field: Field) -> Iterator[Pledge]:
    """The promises, in a fixed order."""
    kind = declared_kind(field)
    if kind is not None:
        what = "a whole number" if field.type == "integer" else SPOKEN[kind]
        pointer = field.pointers.get("type") or field.pointers.get("physical_type") or field.pointer
        yield _pledge(field, "type", f"every value is {what}", pointer, Fit(field.dataset, name_of(field)))
    if field.required or field.primary_key:
        stated = field.pointers.get("required" if field.required else "primary_key", field.pointer)
        yield _pledge(field, "required", "every row has a value", stated, _present(field))
    if field.unique:
        stated = field.pointers.get("unique", field.pointer)
        metric = Duplicates(field.dataset, (name_of(field),))
        yield _pledge(field, "unique", "no value occurs twice", stated, metric)
    yield from _constraints(field)


def name_of(field: Field) -> str:
    """A field's path inside its dataset: what the scan calls the column."""
    return field.path.removeprefix(f"{field.dataset}.")


def among(field: Field, values: tuple[object, ...]) -> Expr | None:
    """Is a value of the field one of these? None where they are no values of its type."""
    constants = [constant(field, value) for value in values]
    if any(one is None for one in constants):
        return None
    members = tuple(one.value for one in constants if one is not None)
    return Call("in", (column(field), Const(members, Sequence(COLUMN))), BOOL)


def matching(field: Field, pattern: str) -> Expr | None:
    """Does a value of the field match? None where the pattern is none that engines agree on."""
    return Call("matches", (column(field), Const(Pattern(pattern), REGEX)), BOOL) if _is_portable(pattern) else None


def column(field: Field) -> Column:
    """The field in an expression over rows that says elsewhere what a null means."""
    return Column(name_of(field), guarded=True)


def is_there(field: Field) -> IsPresent:
    """Is a value there?"""
    return IsPresent(Column(name_of(field), guarded=False))


def constant(field: Field, value: object) -> Const | None:
    """A value that the contract writes out, as one of the field's type."""
    found = _typed(declared_kind(field), value)
    return None if found is None else Const(found, COLUMN)


def _pledge(field: Field, kind: str, text: str, pointer: str, metric: Fit | RowCheck | Duplicates) -> Pledge:
    return Pledge(kind=kind, path=field.path, text=text, pointer=pointer, field=field, metric=metric)


def _present(field: Field) -> RowCheck:
    """Of a part of an object: only where the object is there."""
    around = name_of(field).rpartition(".")[0]
    when = IsPresent(Column(around, guarded=False)) if around else None
    return RowCheck(field.dataset, when, is_there(field))


def _constraints(field: Field) -> Iterator[Pledge]:
    of = field.constraints
    inside_quality = "/quality/" in of.pointers.get("enum", "")
    if of.enum is not None and not inside_quality:
        yield _rows(field, "enum", "every value is one of those listed", among(field, of.enum))
    if of.pattern is not None:
        yield _rows(field, "pattern", f"every value matches {of.pattern}", matching(field, of.pattern))
    for name, operator, text in _BOUNDS:
        limit = getattr(of, name)
        if limit is not None:
            bound = constant(field, limit)
            check = None if bound is None else Call(operator, (column(field), bound), BOOL)
            yield _rows(field, name, f"{text} {limit}", check)
    for name, operator, text in _LENGTHS:
        limit = getattr(of, name)
        if limit is not None:
            length = Call("length", (column(field),), INT)
            yield _rows(field, name, f"{text} {limit}", Call(operator, (length, Const(limit, INT)), BOOL))
    for name in _NOT_EVALUATED:
        if getattr(of, name) is not None:
            text = f"its values keep to the `{name}` of the contract"
            yield Pledge(
                kind=name,
                path=field.path,
                text=text,
                pointer=of.pointers.get(name, field.pointer),
                field=field,
                is_checkable=False,
                note=f"`{name}` is not evaluated yet",
            )


def _rows(field: Field, kind: str, text: str, check: Expr | None) -> Pledge:
    return Pledge(
        kind=kind,
        path=field.path,
        text=text,
        pointer=field.constraints.pointers.get(kind, field.pointer),
        field=field,
        metric=None if check is None else RowCheck(field.dataset, is_there(field), check),
        note="" if check is not None else f"its `{kind}` cannot be understood for values of its type",
    )


def _typed(kind: str | None, value: object) -> Fraction | str | date | bool | None:
    try:
        match kind, value:
            case (("number" | "float"), str()):
                return Fraction(value) if _NUMBER.fullmatch(value.strip()) else None
            case (("number" | "float"), int() | Decimal()) if not isinstance(value, bool):
                return Fraction(value)
            case (("date" | "timestamp"), str()):
                return _time(value)
            case "bool", bool():
                return value
            case "bool", ("true" | "false"):
                return value == "true"
            case (("text" | None), str()):
                return value
            case (("text" | None), int() | Decimal()) if not isinstance(value, bool):
                return str(value)
            case _:
                return None
    except ValueError:
        return None


def _time(value: str) -> date:
    if len(value) <= len("2027-01-31"):
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)


def _is_portable(pattern: str) -> bool:
    from policy_engine.plan.patterns import check_pattern

    return check_pattern(pattern) is None
