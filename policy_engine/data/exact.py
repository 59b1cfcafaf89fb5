"""Exact numbers as SQL: integers and decimals, never through a float. What does not fit 38 digits fails aloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policy_engine.data.unanswerable import UnanswerableError

#: The widest decimal there is; the engine raises an error where a value needs more.
WIDEST: Final = 38
_INT64: Final = 2**63


@dataclass(frozen=True, slots=True)
class Exact:
    """An SQL expression of an integer type, or of type DECIMAL(digits, scale). `constant`: its value, where known."""

    sql: str
    digits: int
    scale: int = 0
    integer: bool = True
    constant: int | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """`top / bottom`, kept apart so that division stays exact. `bottom` is positive; `top` is null where it was zero."""

    top: Exact
    bottom: Exact


def whole(value: int) -> Exact:
    """An integer literal."""
    if len(str(abs(value))) > WIDEST:
        raise UnanswerableError("a number of more than 38 digits cannot be asked of data")
    sql = f"({value})" if -_INT64 < value < _INT64 else f"CAST('{value}' AS HUGEINT)"
    return Exact(sql, len(str(abs(value))), constant=value)


ONE: Final = whole(1)


def ratio(value: Fraction | int) -> Ratio:
    """A literal: a decimal where its expansion ends, else a numerator over a denominator."""
    fraction = Fraction(value)
    scale = _scale_of(fraction.denominator)
    if scale == 0 or scale is None or scale > WIDEST:
        return Ratio(whole(fraction.numerator), whole(fraction.denominator))
    unscaled = int(fraction * 10**scale)
    digits = max(len(str(abs(unscaled))), scale)
    if digits > WIDEST:
        raise UnanswerableError("a number of more than 38 digits cannot be asked of data")
    text = f"{'-' if unscaled < 0 else ''}{abs(unscaled) // 10**scale}.{abs(unscaled) % 10**scale:0{scale}d}"
    return Ratio(Exact(f"CAST('{text}' AS DECIMAL({digits},{scale}))", digits, scale, integer=False), ONE)


def _scale_of(denominator: int) -> int | None:
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def compare(operator: str, left: Ratio, right: Ratio) -> str:
    """The comparison as SQL; null where an operand is null or divides by zero."""
    a, b = multiply(left.top, right.bottom), multiply(right.top, left.bottom)
    if not (a.integer and b.integer):
        a, b = _aligned(a, b, spare=0)
    return f"({a.sql} {operator} {b.sql})"


def plus(left: Ratio, right: Ratio) -> Ratio:
    """The sum of two ratios."""
    top = _add(multiply(left.top, right.bottom), multiply(right.top, left.bottom))
    return Ratio(top, multiply(left.bottom, right.bottom))


def times(left: Ratio, right: Ratio) -> Ratio:
    """The product of two ratios."""
    return Ratio(multiply(left.top, right.top), multiply(left.bottom, right.bottom))


def negated(value: Ratio) -> Ratio:
    """The ratio with its sign changed."""
    return Ratio(multiply(whole(-1), value.top), value.bottom)


def inverse(value: Ratio) -> Ratio:
    """`1 / value`; null where `value` is zero."""
    if value.top.constant is not None and value.top.constant > 0:
        return Ratio(value.bottom, value.top)
    sql = value.top.sql
    sign = Exact(f"(CASE WHEN {sql} > 0 THEN 1 WHEN {sql} < 0 THEN -1 END)", 1)
    magnitude = Exact(f"abs({_wide(value.top)})", value.top.digits, value.top.scale, value.top.integer)
    return Ratio(multiply(value.bottom, sign), magnitude)


def multiply(left: Exact, right: Exact) -> Exact:
    """The product, in an integer type if both are of one, else in a decimal that holds it."""
    if left.constant == 1 or right.constant == 1:
        return right if left.constant == 1 else left
    if left.integer and right.integer:
        constant = None if left.constant is None or right.constant is None else left.constant * right.constant
        return Exact(f"({_wide(left)} * {_wide(right)})", left.digits + right.digits, constant=constant)
    scale = left.scale + right.scale
    if scale > WIDEST:
        raise UnanswerableError("a product of more than 38 decimal places cannot be computed exactly")
    digits = min(WIDEST, left.digits + right.digits)
    return _decimal(f"({_narrow(left)} * {_narrow(right)})", digits, scale)


def _add(left: Exact, right: Exact) -> Exact:
    if left.integer and right.integer:
        return Exact(f"({_wide(left)} + {_wide(right)})", max(left.digits, right.digits) + 1)
    a, b = _aligned(left, right, spare=1)
    return _decimal(f"({a.sql} + {b.sql})", a.digits, a.scale)


def _aligned(left: Exact, right: Exact, spare: int) -> tuple[Exact, Exact]:
    scale = max(left.scale, right.scale)
    digits = min(WIDEST, max(left.digits - left.scale, right.digits - right.scale) + spare + scale)
    return _as_decimal(left, digits, scale), _as_decimal(right, digits, scale)


def _as_decimal(value: Exact, digits: int, scale: int) -> Exact:
    if not value.integer and (value.digits, value.scale) == (digits, scale):
        return value
    return _decimal(value.sql, digits, scale)


def _decimal(sql: str, digits: int, scale: int) -> Exact:
    return Exact(f"CAST({sql} AS DECIMAL({digits},{scale}))", digits, scale, integer=False)


def _narrow(value: Exact) -> str:
    """As a decimal; a constant integer keeps the product's type narrow."""
    return _decimal(value.sql, min(WIDEST, value.digits), 0).sql if value.integer else value.sql


def _wide(value: Exact) -> str:
    """In the widest integer type, so that only what needs more than 128 bits overflows, and then aloud."""
    return f"CAST({value.sql} AS HUGEINT)" if value.integer else value.sql


def alike(left: Exact, right: Exact) -> tuple[str, str]:
    """Both as SQL of one type, so that equality is exact."""
    if left.integer and right.integer:
        return _wide(left), _wide(right)
    a, b = _aligned(left, right, spare=0)
    return a.sql, b.sql


def merge(left: Ratio, right: Ratio, join: Callable[[str, str], str]) -> Ratio:
    """One of two ratios, as `join` chooses in SQL."""
    if left.bottom.constant is None or right.bottom.constant is None:
        raise UnanswerableError("a quotient of two columns cannot be one of two choices")
    a, b = multiply(left.top, right.bottom), multiply(right.top, left.bottom)
    bottom = multiply(left.bottom, right.bottom)
    if a.integer and b.integer:
        return Ratio(Exact(join(a.sql, b.sql), max(a.digits, b.digits)), bottom)
    a, b = _aligned(a, b, spare=0)
    return Ratio(Exact(join(a.sql, b.sql), a.digits, a.scale, integer=False), bottom)
