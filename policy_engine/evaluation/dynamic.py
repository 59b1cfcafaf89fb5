"""Functions on values of data, whose types were not known when the policy was checked.

Where one is a float, exact numbers round to the nearest; comparisons with NaN are false; a value of a type that the
function does not take leaves the result unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from math import copysign, inf, isnan
from typing import Any, Final

from policy_engine.evaluation.kleene import is_number
from policy_engine.plan.expressions import Pattern
from policy_engine.plan.kernels import KERNELS
from policy_engine.plan.values import Duration, Unknown, midnight

MISSING: Final = Unknown("a value of data is missing where the policy computes with it")
OTHER_TYPE: Final = Unknown("values of data are of another type than the policy takes them for")

_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/"})
#: What the arguments of the other functions may be; of those not named here, texts.
_TAKES: Final[Mapping[str, tuple[type, ...]]] = {
    "negate": (int, float, Fraction, Duration),
    "percent": (int, float, Fraction),
    "year": (date,),
    "date": (date,),
    "elapsed": (date,),
    "shift": (date, Duration),
    "shift_date": (date, Duration),
    "scale": (Duration, int),
    "lookup": (object,),
}
_TEXTS: Final = (str, tuple, Pattern)


def dynamic(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The function, for arguments of which some are values of data."""

    def compute(*args: Any) -> Any:
        if any(arg is None for arg in args):
            return MISSING
        if name in _COMPARISONS:
            return _compare(kernel, *args)
        if name in _ARITHMETIC:
            return _arithmetic(name, kernel, *args)
        if name == "in":
            return _is_in(*args)
        return _other(name, kernel, args)

    return compute


def _compare(kernel: Callable[..., Any], left: Any, right: Any) -> Any:
    left, right = _aligned(left, right)
    if _family(left) != _family(right):
        return OTHER_TYPE
    if any(isinstance(value, float) and isnan(value) for value in (left, right)):
        return False
    return kernel(left, right)


def _is_in(item: Any, items: tuple[Any, ...]) -> Any:
    found = [_compare(KERNELS["=="], item, one) for one in items]
    return next((one for one in found if isinstance(one, Unknown)), True in found)


def _arithmetic(name: str, kernel: Callable[..., Any], left: Any, right: Any) -> Any:
    left, right = _aligned(left, right)
    if is_number(left) and is_number(right):
        return left / right if name == "/" and isinstance(left, float) else kernel(left, right)
    if name == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if name == "-" and isinstance(left, date) and isinstance(right, date):
        return KERNELS["elapsed"](left, right)
    if name in {"+", "-"} and isinstance(right, Duration):
        if isinstance(left, Duration):
            return kernel(left, right)
        if isinstance(left, date):
            return _shifted(left, right if name == "+" else -right)
    return OTHER_TYPE


def _shifted(day: date, by: Duration) -> date:
    shifted: date = KERNELS["shift" if isinstance(day, datetime) else "shift_date"](day, by)
    return shifted


def _other(name: str, kernel: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    takes = _TAKES.get(name, _TEXTS)
    if not all(isinstance(arg, takes) for arg in args) or (name != "lookup" and any(map(_is_bool, args))):
        return OTHER_TYPE
    match name, args:
        case "date", (date() as day,) if not isinstance(day, datetime):
            return day
        case "shift", (date() as day, by) if not isinstance(day, datetime):
            return kernel(midnight(day), by)
        case "shift_date", (datetime() as moment, by):
            return kernel(moment.date(), by)
        case "rank", (member, members) if member not in members:
            return OTHER_TYPE
        case _:
            return kernel(*args)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _aligned(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, float) and is_number(right):
        return left, _nearest(right)
    if isinstance(right, float) and is_number(left):
        return _nearest(left), right
    if isinstance(left, datetime) != isinstance(right, datetime) and isinstance(left, date) and isinstance(right, date):
        return (left, midnight(right)) if isinstance(left, datetime) else (midnight(left), right)
    return left, right


def _nearest(value: float | Fraction) -> float:
    """The nearest double; an infinity for what is beyond all of them."""
    try:
        return float(value)
    except OverflowError:
        return copysign(inf, value)


def _family(value: Any) -> type:
    if is_number(value):
        return Fraction
    return date if isinstance(value, date) and not isinstance(value, datetime) else type(value)
