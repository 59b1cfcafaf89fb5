"""Values of metadata to the types that policies declare for them. What does not fit is unknown, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Final

from policy_engine.diagnostics.nearest import nearest
from policy_engine.plan import types
from policy_engine.plan.types import Enumeration, Optional, Sequence, Type, required
from policy_engine.plan.values import Unknown, parse_version
from policy_engine.product.blank import is_blank
from policy_engine.product.durations import read_duration

Convert = Callable[[Any], Any]

#: A number in quotes, as people write it; one with an exponent would be too easy to make too large.
_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?)\s*(%?)", re.ASCII)


class MisfitError(ValueError):
    """The value is none of the type; the message says why, and names the nearest member of an enum."""


_MISFITS: Final = (MisfitError, TypeError, ValueError, ArithmeticError)


def stated(raw: Any) -> Any:
    """What a contract states; blank text states nothing."""
    return None if isinstance(raw, str) and is_blank(raw) else raw


@cache
def converter(of: Type, what: str) -> Convert:
    """A function from a raw value to one of the type; None stays None where the type is optional. Never raises."""
    inner = _reader(required(of))
    missing = None if isinstance(of, Optional) else Unknown(f"{what} is not stated")
    misfit = Unknown(f"{what} is stated, but is no `{required(of)}`")

    def convert(raw: Any) -> Any:
        if stated(raw) is None:
            return missing
        try:
            return inner(raw)
        except _MISFITS:
            return misfit

    return convert


@cache
def member_reader(of: Type, what: str) -> Convert:
    """The same as `converter` for an enum, which is what most attributes are: one look-up."""
    enum = required(of)
    assert isinstance(enum, Enumeration)
    convert = converter(of, what)
    members: dict[Any, Any] = {member: member for member in enum.members}
    members[None] = convert(None)
    misfit = convert(object())

    def read(raw: Any) -> Any:
        try:
            return members[raw]
        except (KeyError, TypeError):
            return misfit if stated(raw) is not None else members[None]

    return read


def reader(of: Type, what: str) -> Convert:
    """The quickest function from a raw value to one of the type."""
    return (member_reader if isinstance(required(of), Enumeration) else converter)(of, what)


def misfit(raw: Any, of: Type) -> str | None:
    """Why a value is none of the type, in words; None where it fits."""
    try:
        _reader(required(of))(raw)
    except _MISFITS as error:
        return str(error) if isinstance(error, MisfitError) else f"no `{required(of)}`"
    return None


def _reader(of: Type) -> Convert:
    if isinstance(of, Enumeration):
        return lambda raw: _member(raw, of)
    if isinstance(of, Sequence):
        inner = _reader(of.of)
        return lambda raw: tuple(inner(item) for item in _items(raw))
    return _READERS.get(of, _nothing)


def _nothing(_raw: Any) -> Any:
    raise MisfitError("of a type that no metadata has")


def _member(raw: Any, of: Enumeration) -> str:
    if isinstance(raw, str) and raw in of.members:
        return raw
    near = nearest(raw, of.members) if isinstance(raw, str) else None
    listed = ", ".join(of.members)
    raise MisfitError(f"no `{of}`; did you mean `{near}`?" if near else f"no `{of}`, which is one of {listed}")


def _items(raw: Any) -> tuple[Any, ...]:
    if not isinstance(raw, tuple):
        raise MisfitError("no list")
    return raw


def _string(raw: Any) -> str:
    if not isinstance(raw, str):
        raise MisfitError("no text; put it in quotes")
    return raw


def _int(raw: Any) -> int:
    number = _decimal(raw)
    if number.denominator != 1 or (isinstance(raw, str) and "%" in raw):
        raise MisfitError("no whole number")
    return number.numerator


def _decimal(raw: Any) -> Fraction:
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return Fraction(raw)
    match = _NUMBER.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is None:
        raise MisfitError("no number")
    return Fraction(match[1]) / (100 if match[2] else 1)


def _bool(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise MisfitError("a text; leave out the quotes" if raw in ("true", "false") else "neither `true` nor `false`")
    return raw


def _date(raw: Any) -> date:
    return date.fromisoformat(_string(raw))


def _timestamp(raw: Any) -> datetime:
    moment = datetime.fromisoformat(_string(raw))
    if moment.tzinfo is None:
        raise MisfitError("no timestamp with a zone; add `Z` for UTC")
    return moment.astimezone(UTC)


def _some(read: Callable[[Any], Any], what: str) -> Convert:
    def convert(raw: Any) -> Any:
        found = read(raw)
        if found is None:
            raise MisfitError(what)
        return found

    return convert


_READERS: Final[Mapping[Type, Convert]] = {
    types.STRING: _string,
    types.INT: _int,
    types.DECIMAL: _decimal,
    types.BOOL: _bool,
    types.DATE: _date,
    types.TIMESTAMP: _timestamp,
    types.DURATION: _some(read_duration, "no duration, such as `7y` or `P90D`"),
    types.VERSION: _some(lambda raw: parse_version(_string(raw)), "no version, such as `1.2.0`"),
    types.ANY: lambda raw: raw,
}
