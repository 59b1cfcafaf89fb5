"""Three-valued logic at run time: unknown travels through every expression, carrying why it is unknown.

`false and unknown` is false, `true and unknown` is unknown, an aggregate over unknowns is unknown. What is lazy in the
language (the right of `and`, the branches of `if`) comes as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policy_engine.plan.values import Unknown, midnight

Lazy = Callable[[], Any]


def both(left: Any, right: Lazy) -> Any:
    """`and`."""
    if left is False:
        return False
    other = right()
    if other is False:
        return False
    return left if isinstance(left, Unknown) else other


def either(left: Any, right: Lazy) -> Any:
    """`or`."""
    if left is True:
        return True
    other = right()
    if other is True:
        return True
    return left if isinstance(left, Unknown) else other


def negate(operand: Any) -> Any:
    """`not`."""
    return operand if isinstance(operand, Unknown) else not operand


def is_present(operand: Any) -> Any:
    """`is present`: whether something unknown is there is unknown too."""
    return operand if isinstance(operand, Unknown) else operand is not None


def otherwise(value: Any, default: Lazy) -> Any:
    """`value otherwise default`."""
    return default() if value is None else value


def choose(condition: Any, then: Lazy, alternative: Lazy) -> Any:
    """`if`: unknown conditions leave the result unknown."""
    if isinstance(condition, Unknown):
        return condition
    return then() if condition else alternative()


def part(of: Any, name: str) -> Any:
    """`of.name`."""
    return of if isinstance(of, Unknown) else exact(getattr(of, name))


def apply(function: Callable[..., Any], *args: Any) -> Any:
    """A function that needs all its arguments."""
    for arg in args:
        if isinstance(arg, Unknown):
            return arg
    return function(*args)


def collection(*items: Any) -> Any:
    """A list or set of parts."""
    return next((item for item in items if isinstance(item, Unknown)), items)


def every(items: Any, condition: Callable[[Any], Any]) -> Any:
    """`every x in items satisfies condition`."""
    if isinstance(items, Unknown):
        return items
    unknown: Unknown | None = None
    for item in items:
        holds = condition(item)
        if holds is False:
            return False
        if isinstance(holds, Unknown):
            unknown = unknown or holds
    return True if unknown is None else unknown


def some(items: Any, condition: Callable[[Any], Any]) -> Any:
    """`some x in items satisfies condition`."""
    return negate(every(items, lambda item: negate(condition(item))))


def aggregate(kind: str, items: Any, condition: Callable[[Any], Any] | None, value: Callable[[Any], Any] | None) -> Any:
    """`kind(value for x in items where condition)` over metadata."""
    if isinstance(items, Unknown):
        return items
    chosen: list[Any] = []
    for item in items:
        holds = True if condition is None else condition(item)
        if isinstance(holds, Unknown):
            return holds
        if holds:
            chosen.append(item if value is None else value(item))
    unknown = next((item for item in chosen if isinstance(item, Unknown)), None)
    if unknown is not None and kind not in {"count", "share"}:
        return unknown
    return reduce(kind, chosen, len(items))


def reduce(kind: str, chosen: list[Any], population: int) -> Any:
    """The aggregate of what was chosen out of so many."""
    match kind:
        case "count":
            return len(chosen)
        case "share":
            return Fraction(len(chosen), population) if population else None
        case "sum":
            return sum(chosen[1:], start=chosen[0]) if chosen else 0
        case "mean":
            return Fraction(sum(chosen)) / len(chosen) if chosen else None
        case "distinct":
            return len(set(chosen))
        case "min":
            return min(chosen) if chosen else None
        case "max":
            return max(chosen) if chosen else None
        case _:
            raise AssertionError(f"no aggregate `{kind}`")


def exact(value: Any) -> Any:
    """Numbers of metadata as the language has them."""
    return Fraction(value) if isinstance(value, Decimal) else value


def elements(items: Any) -> Iterable[Any]:
    """What a loop goes over; nothing where that is unknown, which is noted elsewhere."""
    return () if isinstance(items, Unknown) else items


def dynamic(operator: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """An operator on values of data, whose types were not known when the policy was checked.

    Where one is a float, exact numbers round to the nearest; values without a common type leave the result unknown.
    """

    def compare(left: Any, right: Any) -> Any:
        left, right = _aligned(left, right)
        if left is None or right is None:
            return Unknown("a value of data is missing where the policy compares it")
        if _family(left) != _family(right):
            return Unknown("values of data are of another type than the policy compares them with")
        return operator(left, right)

    return compare


def _aligned(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, float) and isinstance(right, int | Fraction):
        return left, float(right)
    if isinstance(right, float) and isinstance(left, int | Fraction):
        return float(left), right
    if isinstance(left, datetime) != isinstance(right, datetime) and isinstance(left, date) and isinstance(right, date):
        return (left, midnight(right)) if isinstance(left, datetime) else (midnight(left), right)
    return left, right


def _family(value: Any) -> type:
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        return Fraction
    return date if isinstance(value, date) and not isinstance(value, datetime) else type(value)
