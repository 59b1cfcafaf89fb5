"""Each row-wise metric as SQL aggregates over one dataset, and how its answer is read from their values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import nan
from typing import Any, Final

from policy_engine.data.bind import Binding, Bound
from policy_engine.data.lowering import Lowering
from policy_engine.data.model import Answer, Count, Reduce, RowCheck, RowCheckAnswer
from policy_engine.data.terms import Term
from policy_engine.data.unanswerable import UnanswerableError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """`aggregates` are SQL; `finish` makes the answer of their values. `reads`: columns that must be readable.

    `offending`: the condition of the rows whose numbers complete the answer.
    """

    aggregates: tuple[str, ...]
    finish: Callable[[tuple[Any, ...]], Answer]
    reads: tuple[Bound, ...]
    offending: str | None = None


def question(metric: Count | Reduce | RowCheck, binding: Binding) -> Question:
    """The metric as SQL. Raises UnanswerableError where a column does not exist or does not fit."""
    lowering = Lowering(binding)
    match metric:
        case Count():
            return _count(metric, lowering)
        case RowCheck():
            return _row_check(metric, lowering)
        case Reduce():
            return _reduce(metric, lowering)


def _count(metric: Count, lowering: Lowering) -> Question:
    if metric.condition is None:
        return Question(("count(*)",), _first, ())
    condition = lowering.condition(metric.condition)
    return Question((f"count(*) FILTER ({condition})",), _first, lowering.read)


def _row_check(metric: RowCheck, lowering: Lowering) -> Question:
    """The definition in `RowCheck`, as SQL: `IS TRUE` and `IS NOT FALSE` are never null."""
    when = lowering.condition(metric.when) if metric.when is not None else "TRUE"
    require = lowering.condition(metric.require)
    subject = f"({when}) IS NOT FALSE"
    offending = f"({subject} AND (({when}) AND ({require})) IS NOT TRUE)"
    aggregates = ("count(*)", f"count(*) FILTER ({subject})", f"count(*) FILTER {offending}")
    return Question(aggregates, lambda row: RowCheckAnswer(row[0], row[1], row[2], ()), lowering.read, offending)


def _reduce(metric: Reduce, lowering: Lowering) -> Question:
    term = lowering.value(metric.value)
    condition = lowering.condition(metric.condition) if metric.condition is not None else "TRUE"
    where = f"FILTER ({condition})"
    reads = lowering.read
    match metric.kind, term.kind:
        case "distinct", _:
            return Question((f"count(DISTINCT {_comparable(term)}) {where}",), _first, reads)
        case (("sum" | "mean"), "number"):
            return _total(metric.kind, term, where, reads)
        case (("min" | "max"), "number"):
            top, divisor = _divided(term)
            return Question((f"{metric.kind}({top}) {where}",), lambda row: _number(row[0], divisor), reads)
        case (("min" | "max"), "float"):
            kind = f"isnan({term.sql})"
            aggregates = (f"count(*) FILTER ({condition} AND {kind})", f"{metric.kind}({term.sql}) {where}")
            return Question(aggregates, lambda row: nan if row[0] else row[1], reads)
        case (("min" | "max"), "text"):
            return Question((f"{metric.kind}({term.sql}) {where}",), _first, reads)
        case (("min" | "max"), "date"):
            return Question((f"CAST({metric.kind}({term.sql}) {where} AS VARCHAR)",), _date, reads)
        case (("min" | "max"), "timestamp"):
            return Question((f"epoch_us({metric.kind}({term.sql}) {where})",), _timestamp, reads)
        case _:
            raise UnanswerableError(f"{term.described()}, of which there is no {metric.kind}")


def _total(kind: str, term: Term, where: str, reads: tuple[Bound, ...]) -> Question:
    top, divisor = _divided(term)

    def finish(row: tuple[Any, ...]) -> Answer:
        total, count = row
        if kind == "sum":
            return _number(total, divisor) if count else 0
        return Fraction(total) / divisor / count if count else None

    return Question((f"sum({top}) {where}", f"count({top}) {where}"), finish, reads)


def _divided(term: Term) -> tuple[str, int]:
    """The SQL of a number and the constant that its values still are to be divided by."""
    divisor = term.number.bottom.constant
    if divisor is None:
        raise UnanswerableError("a quotient of two columns can be compared, but not summed or ordered")
    return term.number.top.sql, divisor


def _comparable(term: Term) -> str:
    if term.kind in ("object", "list", "other", "time") and term.bound is not None:
        raise UnanswerableError(f"{term.described()}, of which distinct values cannot be counted")
    return _divided(term)[0] if term.ratio else term.sql


def _first(row: tuple[Any, ...]) -> Answer:
    answer: Answer = row[0]
    return answer


def _number(value: Any, divisor: int) -> Answer:
    if value is None:
        return None
    if isinstance(value, int) and divisor == 1:
        return value
    return Fraction(value) / divisor


def _date(row: tuple[Any, ...]) -> Answer:
    try:
        return None if row[0] is None else date.fromisoformat(row[0])
    except ValueError:
        raise UnanswerableError("the data holds a date that the calendar from year 1 to 9999 does not") from None


def _timestamp(row: tuple[Any, ...]) -> Answer:
    try:
        return None if row[0] is None else _EPOCH + timedelta(microseconds=row[0])
    except OverflowError:
        raise UnanswerableError("the data holds a time that the calendar from year 1 to 9999 does not") from None
