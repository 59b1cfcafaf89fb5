"""What the metrics mean, row by row in plain Python: slow, and simple enough to be believed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from policy_engine.data.model import (
    Count,
    Duplicates,
    Metric,
    Orphans,
    Personal,
    Reduce,
    RowCheck,
    RowCheckAnswer,
    SmallestGroup,
)
from policy_engine.plan.expressions import (
    And,
    Call,
    Collection,
    Column,
    Const,
    Expr,
    If,
    IsPresent,
    Not,
    Or,
    Otherwise,
    Pattern,
)
from policy_engine.plan.values import Duration, shift

TEXT: dict[str, Callable[..., Any]] = {
    "lower": str.lower,
    "upper": str.upper,
    "trim": str.strip,
    "length": len,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": str.__contains__,
}

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]


def answer(metric: Metric, tables: Tables) -> Any:
    """The answer to a metric over tables of rows."""
    rows = tables[metric.dataset]
    match metric:
        case Count(_, condition):
            return sum(condition is None or evaluate(condition, row) is True for row in rows)
        case RowCheck(_, when, require):
            return row_check(when, require, rows)
        case Reduce(kind, _, value, condition):
            kept = [row for row in rows if condition is None or evaluate(condition, row) is True]
            return reduce(kind, [found for row in kept if (found := evaluate(value, row)) is not None])
        case Duplicates(_, fields):
            keys = [key for row in rows if None not in (key := tuple(_key(row[field]) for field in fields))]
            return sum(count - 1 for count in Counter(keys).values())
        case SmallestGroup(_, fields):
            groups = Counter(tuple(_key(row[field]) for field in fields) for row in rows)
            return min(groups.values(), default=None)
        case Orphans(_, field, other, other_field):
            known = {_key(row[other_field]) for row in tables[other]}
            return sum(row[field] is not None and _key(row[field]) not in known for row in rows)
        case Personal():
            raise NotImplementedError


def row_check(when: Expr | None, require: Expr, rows: Sequence[Row]) -> RowCheckAnswer:
    """Subjects are the rows where `when` is not false; those where it and `require` are true do not violate."""
    subjects, violating = 0, []
    for number, row in enumerate(rows, start=1):
        applies = True if when is None else evaluate(when, row)
        if applies is False:
            continue
        subjects += 1
        if applies is not True or evaluate(require, row) is not True:
            violating.append(number)
    return RowCheckAnswer(len(rows), subjects, len(violating), tuple(violating[:5]))


def reduce(kind: str, values: list[Any]) -> Any:
    """NaN makes every answer NaN, except that it is one of the distinct values."""
    if kind == "distinct":
        return len({_key(value) for value in values})
    if not values:
        return 0 if kind == "sum" else None
    if any(isinstance(value, float) and math.isnan(value) for value in values):
        return math.nan
    if kind in ("min", "max"):
        return min(values) if kind == "min" else max(values)
    if any(isinstance(value, float) and math.isinf(value) for value in values):
        return sum(value for value in values if math.isinf(value))
    total = sum(map(Fraction, values))
    found = total if kind == "sum" else total / len(values)
    return float(found) if isinstance(values[0], float) else found


def evaluate(expr: Expr, row: Row) -> Any:
    """Three-valued: None is null."""
    match expr:
        case Const(value):
            return value
        case Column(name):
            return row[name or ""]
        case And(left, right):
            sides = evaluate(left, row), evaluate(right, row)
            return False if False in sides else None if None in sides else True
        case Or(left, right):
            sides = evaluate(left, row), evaluate(right, row)
            return True if True in sides else None if None in sides else False
        case Not(operand):
            found = evaluate(operand, row)
            return None if found is None else not found
        case IsPresent(operand):
            return evaluate(operand, row) is not None
        case Otherwise(value, default):
            found = evaluate(value, row)
            return evaluate(default, row) if found is None else found
        case If(condition, then, otherwise):
            found = evaluate(condition, row)
            return None if found is None else evaluate(then if found else otherwise, row)
        case Collection(items):
            return tuple(evaluate(item, row) for item in items)
        case Call(function, args):
            return call(function, [evaluate(arg, row) for arg in args])
        case _:
            raise NotImplementedError


def call(function: str, args: list[Any]) -> Any:
    """A function of values; null if any is null, and false if a NaN is compared."""
    if function in ("==", "!=", "<", "<=", ">", ">="):
        return compare(function, *args)
    if function == "in":
        found = [compare("==", args[0], item) for item in args[1]]
        return True if True in found else None if args[0] is None else False
    if None in args:
        return None
    match function, args:
        case "matches", (text, Pattern(source)):
            return re.search(source.replace("$", r"\Z"), text, re.ASCII) is not None
        case (("+" | "-" | "*" | "/"), (left, right)):
            return arithmetic(function, left, right)
        case "negate", (value,):
            return -value
        case name, _ if name in TEXT:
            return TEXT[name](*args)
        case "year", (moment,):
            return moment.year
        case "date", (moment,):
            return moment.date() if isinstance(moment, datetime) else moment
        case _:
            raise NotImplementedError(function)


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """Floats meet exact numbers as floats; dates meet instants as their first."""
    if any(isinstance(value, float) and math.isnan(value) for value in (left, right)):
        return False
    if left is None or right is None:
        return None
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    if isinstance(left, Duration) or isinstance(right, Duration):
        left, right = (value.length if isinstance(value, Duration) else value for value in (left, right))
    if isinstance(left, datetime) or isinstance(right, datetime):
        left, right = instant(left), instant(right)
    match operator:
        case "==":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """Exact on exact numbers; null where a divisor is zero."""
    if isinstance(right, Duration):
        moved = shift(instant(left), right if operator == "+" else -right)
        return moved if isinstance(left, datetime) else moved.date()
    if isinstance(left, str):
        return left + right
    if isinstance(left, date):
        return Duration(microseconds=(instant(left) - instant(right)) // (datetime.resolution))
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    else:
        left, right = Fraction(left), Fraction(right)
    if operator == "/":
        return None if right == 0 else left / right
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def instant(value: date) -> datetime:
    """A date as its first instant."""
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)


def _key(value: Any) -> Any:
    return "NaN" if isinstance(value, float) and math.isnan(value) else value
