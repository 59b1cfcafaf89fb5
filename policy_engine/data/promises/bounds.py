"""What a rule of quality compares a number with: the operators of ODCS, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from policy_engine.product.model import Value


@dataclass(frozen=True, slots=True)
class Bounds:
    """Operators with their numbers, all of which have to hold; of a percentage where `in_percent`."""

    operators: tuple[tuple[str, tuple[Fraction, ...]], ...]
    in_percent: bool = False

    def hold(self, number: Fraction) -> bool:
        """Is the number within all of them?"""
        return all(_holds(operator, number, limits) for operator, limits in self.operators)

    def are_exceeded(self, number: Fraction) -> bool:
        """Is it beyond one of them, so that no greater number could be within?"""
        return any(operator in _UPPER and number > limits[-1] for operator, limits in self.operators) or any(
            operator == "mustBeLessThan" and number >= limits[0] for operator, limits in self.operators
        )


#: None at all: what is meant where a contract forbids something.
NONE: Final = Bounds((("mustBe", (Fraction(0),)),))
_UPPER: Final = frozenset({"mustBe", "mustBeLessOrEqualTo", "mustBeBetween"})
_UNITS: Final = {"rows": False, "row": False, "percent": True, "percentage": True, "%": True}


class NotUnderstoodError(ValueError):
    """A rule says something that has no meaning here; the text says what."""


def read_bounds(stated: Mapping[str, Value], unit: str | None, default: Bounds | None) -> Bounds:
    """The operators that a rule states, else the default. Raises NotUnderstoodError."""
    in_percent = _UNITS.get((unit or "rows").strip().lower())
    if in_percent is None:
        raise NotUnderstoodError(f"the unit `{unit}` is neither `rows` nor `percent`")
    if not stated:
        if default is None:
            raise NotUnderstoodError("it says no bound, such as `mustBeGreaterThan: 0`")
        return default
    return Bounds(tuple((operator, _limits(operator, value)) for operator, value in stated.items()), in_percent)


def _limits(operator: str, value: Value) -> tuple[Fraction, ...]:
    values = value if isinstance(value, tuple) else (value,)
    wanted = 2 if operator.endswith("Between") else 1
    if len(values) != wanted or any(isinstance(one, bool) or not isinstance(one, int | Decimal) for one in values):
        raise NotUnderstoodError(f"`{operator}` is no {'pair of numbers' if wanted == 2 else 'number'}")
    numbers = tuple(Fraction(one) for one in values if isinstance(one, int | Decimal))
    if wanted == 2 and numbers[0] > numbers[1]:
        raise NotUnderstoodError(f"`{operator}` begins with the greater number")
    return numbers


def _holds(operator: str, number: Fraction, limits: tuple[Fraction, ...]) -> bool:
    match operator:
        case "mustBe":
            return number == limits[0]
        case "mustNotBe":
            return number != limits[0]
        case "mustBeGreaterThan":
            return number > limits[0]
        case "mustBeGreaterOrEqualTo":
            return number >= limits[0]
        case "mustBeLessThan":
            return number < limits[0]
        case "mustBeLessOrEqualTo":
            return number <= limits[0]
        case "mustBeBetween":
            return limits[0] <= number <= limits[1]
        case "mustNotBeBetween":
            return not limits[0] <= number <= limits[1]
        case _:
            raise AssertionError(f"no operator `{operator}`")
