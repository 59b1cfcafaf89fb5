"""Three-valued logic at run time: unknown travels through every expression, carrying why it is unknown.

`false and unknown` is false, `true and unknown` is unknown, an aggregate over unknowns is unknown. What has no result (a
division by zero, a day beyond the calendar) is `UNDEFINED`, as null is in rows: `false and undefined` is false, and a
requirement that comes out undefined is violated. Where an unknown might decide, unknown goes before undefined; where
all parts are needed, undefined goes before unknown: whatever becomes known later, it stays.

What is lazy in the language (the right of `and`, the branches of `if`) comes as a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite, isnan, nan
from typing import Any, Final

from policy_engine.plan.values import Unknown

Lazy = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Undefined:
    """What a computation without a result gives."""

    reason: str = "a division by zero, or a day beyond the calendar"

    def __bool__(self) -> bool:
        raise TypeError("undefined is neither true nor false")


UNDEFINED: Final = Undefined()


def withheld(*values: Any) -> Unknown | Undefined | None:
    """What keeps a function of all these values from being computed."""
    unknown: Unknown | None = None
    for value in values:
        if isinstance(value, Undefined):
            return value
        if unknown is None and isinstance(value, Unknown):
            unknown = value
    return unknown


def truth(value: Any) -> Any:
    """A condition's value. A value of data stands where a condition is meant, and may be none."""
    if isinstance(value, bool | Unknown) or value is UNDEFINED:
        return value
    return Unknown("a value of data is neither true nor false, where the policy takes it as one")


def both(left: Any, right: Lazy) -> Any:
    """`and`."""
    left = truth(left)
    if left is False:
        return False
    return _all([left, truth(right())])


def either(left: Any, right: Lazy) -> Any:
    """`or`."""
    left = truth(left)
    if left is True:
        return True
    return negate(_all([negate(left), negate(truth(right()))]))


def _all(holding: list[Any]) -> Any:
    if False in holding:
        return False
    unknown = next((one for one in holding if isinstance(one, Unknown)), None)
    if unknown is not None:
        return unknown
    return UNDEFINED if UNDEFINED in holding else True


def negate(operand: Any) -> Any:
    """`not`."""
    operand = truth(operand)
    return not operand if isinstance(operand, bool) else operand


def is_present(operand: Any) -> Any:
    """`is present`: whether something unknown is there is unknown too."""
    stop = withheld(operand)
    return operand is not None if stop is None else stop


def otherwise(value: Any, default: Lazy) -> Any:
    """`value otherwise default`."""
    return default() if value is None else value


def choose(condition: Any, then: Lazy, alternative: Lazy) -> Any:
    """`if`: unknown conditions leave the result unknown."""
    condition = truth(condition)
    if not isinstance(condition, bool):
        return condition
    return then() if condition else alternative()


def part(of: Any, name: str) -> Any:
    """`of.name`."""
    stop = withheld(of)
    if of is None or stop is not None:
        return stop
    return exact(getattr(of, name))


def apply(function: Callable[..., Any], *args: Any) -> Any:
    """A function that needs all its arguments.

    What a question to the data takes along is computed before the rows are looked at, and with it what the policy uses
    only behind `is present`: there, what is made of something missing is missing.
    """
    stop = withheld(*args)
    if stop is not None:
        return stop
    try:
        return function(*args)
    except ArithmeticError:
        return UNDEFINED
    except (TypeError, AttributeError):
        if any(arg is None for arg in args):
            return None
        raise


def collection(*items: Any) -> Any:
    """A list or set of parts."""
    stop = withheld(*items)
    return items if stop is None else stop


def every(items: Any, condition: Callable[[Any], Any]) -> Any:
    """`every x in items satisfies condition`."""
    stop = withheld(items)
    if items is None or stop is not None:
        return stop
    doubts: list[Any] = []
    for item in items:
        holds = truth(condition(item))
        if holds is False:
            return False
        if holds is not True:
            doubts.append(holds)
    return _all(doubts)


def some(items: Any, condition: Callable[[Any], Any]) -> Any:
    """`some x in items satisfies condition`."""
    return negate(every(items, lambda item: negate(condition(item))))


def looped(items: Any) -> Any:
    """What a rule goes over: where that is undefined, nobody knows what to go over."""
    return Unknown("what the rule goes over, or asks of it, cannot be computed") if items is UNDEFINED else items


def aggregate(kind: str, items: Any, condition: Callable[[Any], Any] | None, value: Callable[[Any], Any] | None) -> Any:
    """`kind(value for x in items where condition)` over metadata."""
    stop = withheld(items)
    if items is None or stop is not None:
        return stop
    chosen: list[Any] = []
    doubts: list[Any] = []
    for item in items:
        holds = True if condition is None else truth(condition(item))
        if holds is True:
            chosen.append(item if value is None else value(item))
        elif holds is not False:
            doubts.append(holds)
    stop = withheld(*doubts, *chosen)
    return reduce(kind, chosen, len(items)) if stop is None else stop


def reduce(kind: str, chosen: list[Any], population: int) -> Any:
    """The aggregate of what was chosen out of so many."""
    match kind:
        case "count":
            return len(chosen)
        case "share":
            return Fraction(len(chosen), population) if population else None
        case "sum" | "mean":
            return _total(kind, chosen)
        case "distinct":
            return len({_identity(item) for item in chosen})
        case "list":
            return tuple(chosen)
        case "min" | "max":
            return _extreme(kind, chosen)
        case _:
            raise AssertionError(f"no aggregate `{kind}`")


def _total(kind: str, chosen: list[Any]) -> Any:
    """The sum or mean, exact; of floats, rounded once."""
    if not chosen:
        return 0 if kind == "sum" else None
    if not all(is_number(item) for item in chosen):
        return Unknown("values of data are no numbers, where the policy adds them up")
    size = 1 if kind == "sum" else len(chosen)
    if any(isinstance(item, float) and not isfinite(item) for item in chosen):
        return sum(map(float, chosen)) / size
    total = sum(map(Fraction, chosen), Fraction(0)) / size
    return float(total) if any(isinstance(item, float) for item in chosen) else total


def _extreme(kind: str, chosen: list[Any]) -> Any:
    if any(isinstance(item, float) and isnan(item) for item in chosen):
        return nan
    try:
        return (min if kind == "min" else max)(chosen, default=None)
    except TypeError:
        return Unknown("values of data are of different types, where the policy orders them")


def _identity(item: Any) -> Any:
    """A key under which equal values are one; elements of a product, which hold mappings, are only themselves."""
    if isinstance(item, tuple):
        return tuple(_identity(one) for one in item)
    try:
        hash(item)
    except TypeError:
        return id(item), "element"
    return item


def is_number(value: Any) -> bool:
    """Is it a number of the language? True and false are none."""
    return isinstance(value, int | Fraction | float) and not isinstance(value, bool)


def exact(value: Any) -> Any:
    """Numbers of metadata as the language has them."""
    return Fraction(value) if isinstance(value, Decimal) else value
