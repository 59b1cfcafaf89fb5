"""Two types of one field -> the row of the table that judges the step from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from policy_engine.changes.datatype import DataType
from policy_engine.product.model import Constraints

#: The whole numbers that a float of so many bits holds exactly: up to two to the power of this.
_EXACT_BITS: Final[Mapping[int, int]] = {16: 11, 32: 24, 64: 53}
#: More digits than any system's decimals have; a contract may write anything.
_MAX_DIGITS: Final = 1_000


def judge_types(old: DataType, new: DataType, bounds: Constraints) -> str | None:
    """The name of the row; None where the two mean the same. `bounds` are those that the new version declares."""
    if old == new:
        return None
    if old.family == new.family:
        same = _SAME.get(old.family)
        return same(old, new, bounds) if same else "type-unclear"
    cross = _CROSS.get((old.family, new.family))
    return cross(old, new) if cross else "type-changed"


def _integers(old: DataType, new: DataType, bounds: Constraints) -> str | None:
    if old.size is None or new.size is None:
        return "type-unclear"
    (old_low, old_high), (new_low, new_high) = _range(old), _range(new)
    if new_low <= old_low and old_high <= new_high:
        return "widened-in-bounds" if _within(bounds, Decimal(old_low), Decimal(old_high)) else "type-widened"
    if old_low <= new_low and new_high <= old_high:
        return "type-narrowed"
    return "type-changed"


def _range(of: DataType) -> tuple[int, int]:
    assert of.size is not None
    return (-(2 ** (of.size - 1)), 2 ** (of.size - 1) - 1) if of.is_signed else (0, 2**of.size - 1)


def _within(bounds: Constraints, low: Decimal, high: Decimal) -> bool:
    """Whether the declared bounds, both of them, keep every value between low and high."""
    lower = bounds.minimum if bounds.minimum is not None else bounds.exclusive_minimum
    upper = bounds.maximum if bounds.maximum is not None else bounds.exclusive_maximum
    return isinstance(lower, Decimal) and isinstance(upper, Decimal) and low <= lower and upper <= high


def _decimals(old: DataType, new: DataType, bounds: Constraints) -> str | None:
    if old.size is None or new.size is None or old.scale is None or new.scale is None:
        return "type-unclear"
    if new.size < old.size or new.scale < old.scale:
        return "decimal-narrowed"
    if new.scale == old.scale:
        return "widened-in-bounds" if _within_digits(bounds, old) else "type-widened"
    return "scale-increased" if new.size - new.scale >= old.size - old.scale else "type-changed"


def _within_digits(bounds: Constraints, old: DataType) -> bool:
    assert old.size is not None
    assert old.scale is not None
    if not old.scale <= old.size <= _MAX_DIGITS:
        return False
    greatest = Decimal((0, (9,) * old.size, -old.scale))
    return _within(bounds, greatest.copy_negate(), greatest)


def _floats(old: DataType, new: DataType, _bounds: Constraints) -> str | None:
    assert old.size is not None
    assert new.size is not None
    return "type-widened" if new.size > old.size else "float-narrowed"


def _lengths(old: DataType, new: DataType, _bounds: Constraints) -> str | None:
    if old.is_fixed != new.is_fixed:
        return "type-unclear"
    if old.is_fixed:
        return "width-changed"
    grows = new.size is None or (old.size is not None and new.size > old.size)
    return "length-increased" if grows else "type-narrowed"


def _times(old: DataType, new: DataType, _bounds: Constraints) -> str | None:
    if old.has_zone != new.has_zone:
        return "type-unclear" if None in (old.has_zone, new.has_zone) else "zone-changed"
    return "type-unclear" if None in (old.size, new.size) else "unit-changed"


def _integer_to_float(old: DataType, new: DataType) -> str:
    is_exact = old.size is not None and new.size is not None and old.size <= _EXACT_BITS[new.size]
    return "exact-family" if is_exact else "inexact-family"


def _integer_to_decimal(old: DataType, new: DataType) -> str:
    if old.size is None or new.size is None or new.scale is None:
        return "type-unclear"
    digits = len(str(_range(old)[1]))
    return "exact-family" if new.size - new.scale >= digits else "type-changed"


_SAME: Final[Mapping[str, Callable[[DataType, DataType, Constraints], str | None]]] = {
    "integer": _integers,
    "decimal": _decimals,
    "float": _floats,
    "string": _lengths,
    "binary": _lengths,
    "time": _times,
    "timestamp": _times,
}
_CROSS: Final[Mapping[tuple[str, str], Callable[[DataType, DataType], str]]] = {
    ("integer", "float"): _integer_to_float,
    ("integer", "decimal"): _integer_to_decimal,
    ("integer", "number"): lambda _old, _new: "integer-to-number",
    ("float", "decimal"): lambda _old, _new: "inexact-family",
    ("decimal", "float"): lambda _old, _new: "inexact-family",
}
