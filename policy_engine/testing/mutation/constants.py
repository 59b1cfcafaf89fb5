"""Values that a policy might have said instead of the one that it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from policy_engine.evaluation.texts import show
from policy_engine.plan.expressions import Call, Const, Constant
from policy_engine.plan.types import Enumeration, required
from policy_engine.plan.values import MICROSECONDS, Duration

#: Of a longer set, only the first and the last member are left out: it is a list of words, not a choice.
MOST_MEMBERS: Final = 6
_UNITS: Final = tuple(sorted(MICROSECONDS.values(), reverse=True))


def others(const: Const, unfolded: Call | None, *, is_percent: bool) -> Iterator[tuple[Constant, str]]:
    """Values near a constant, each as an author would write it. `unfolded` is the call that gave the constant."""
    of = required(const.type)
    if unfolded is not None and unfolded.function == "rank":
        yield from _ranks(const, unfolded)
    elif isinstance(of, Enumeration) and isinstance(const.value, str):
        at = of.members.index(const.value) if const.value in of.members else 0
        yield from ((member, member) for member in (*of.members[:at][-1:], *of.members[at + 1 :][:1]))
    elif isinstance(const.value, tuple):
        yield from _without_one(const.value)
    else:
        for value in _near(const.value):
            yield value, f"{show(value * 100)}%" if is_percent and isinstance(value, Fraction) else _written(value)


def _ranks(const: Const, rank: Call) -> Iterator[tuple[Constant, str]]:
    """The neighbours of a member of an ordered enum, which is compared by its position."""
    members = rank.args[1]
    assert isinstance(members, Const)
    assert isinstance(members.value, tuple)
    assert isinstance(const.value, int)
    for at in (const.value - 1, const.value + 1):
        if 0 <= at < len(members.value):
            yield at, str(members.value[at])


def _without_one(values: tuple[Constant, ...]) -> Iterator[tuple[Constant, str]]:
    for at in range(len(values)) if len(values) <= MOST_MEMBERS else (0, len(values) - 1):
        value = values[at]
        yield (*values[:at], *values[at + 1 :]), f"without {_written(value)}"


def _near(value: Constant) -> Iterator[Constant]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value - 1, value + 1)
        case Fraction():
            step = _step(value)
            yield from (value - step, value + step)
        case Duration():
            unit = _unit(value)
            yield from (value - unit, value + unit)
        case datetime() | date():
            yield from (value - timedelta(days=1), value + timedelta(days=1))
        case str():
            yield f"{value}_"
        case _:
            return


def _step(value: Fraction) -> Fraction:
    """One in the last decimal place that the value has, a hundredth at most."""
    place = Fraction(1, 100)
    while (value / place).denominator != 1 and place > Fraction(1, 10**9):
        place /= 10
    return place


def _unit(value: Duration) -> Duration:
    """One of the largest unit of which the value is a multiple."""
    if value.months and not value.microseconds:
        return Duration(months=12 if value.months % 12 == 0 else 1)
    size = next((size for size in _UNITS if size != MICROSECONDS["w"] and value.microseconds % size == 0), 1)
    return Duration(microseconds=size)


def _written(value: Constant) -> str:
    return f'"{value}"' if isinstance(value, str) else show(value)
