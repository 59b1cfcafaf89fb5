"""Typed SQL terms, and what each operator means on each kind. No kind is ever converted silently into another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final, TypeAlias

from policy_engine.data import exact
from policy_engine.data.bind import Bound
from policy_engine.data.columns import SPOKEN, Kind
from policy_engine.data.exact import Exact, Ratio
from policy_engine.data.unanswerable import UnanswerableError
from policy_engine.plan.types import BOOL, DATE, DECIMAL, INT, STRING, TIMESTAMP, Type
from policy_engine.plan.values import Duration

_Join: TypeAlias = Callable[[str, str], str]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COMPARABLE: Final = frozenset({"number", "float", "text", "bool", "date", "timestamp", "duration"})


@dataclass(frozen=True, slots=True)
class Term:
    """An expression of one kind: `ratio` for numbers, `sql` for all else. `bound`: the column it is, if it is one."""

    kind: Kind
    sql: str = ""
    ratio: Ratio | None = None
    bound: Bound | None = None
    constant: Fraction | Duration | None = None

    def described(self) -> str:
        """What it is, for reasons."""
        return self.bound.describe() if self.bound else f"a value in the policy is {SPOKEN[self.kind]}"

    @property
    def number(self) -> Ratio:
        """The exact number that this is."""
        assert self.ratio is not None
        return self.ratio


def column(bound: Bound) -> Term:
    """A column, read as its contract says."""
    found = bound.cast
    if found.kind == "number":
        top = Exact(found.value, found.digits, found.scale, found.integer)
        return Term("number", ratio=Ratio(top, exact.ONE), bound=bound)
    return Term(found.kind, found.value, bound=bound)


def truth(sql: str) -> Term:
    """A boolean."""
    return Term("bool", sql)


def text(sql: str) -> Term:
    """A text."""
    return Term("text", sql)


def integer(sql: str) -> Term:
    """A 64-bit integer."""
    return Term("number", ratio=Ratio(Exact(sql, 19), exact.ONE))


def number(value: int | Fraction) -> Term:
    """A number out of the policy."""
    return Term("number", ratio=exact.ratio(value), constant=Fraction(value))


def moment(value: datetime) -> Term:
    """An instant out of the policy."""
    return Term("timestamp", f"make_timestamptz({_microseconds(value)})")


def day(value: date) -> Term:
    """A day out of the policy."""
    return Term("date", f"DATE '{value.isoformat()}'")


def duration(value: Duration) -> Term:
    """A duration out of the policy: compared by its length in microseconds."""
    return Term("duration", ratio=exact.ratio(value.length), constant=value)


_NULLS: Final[dict[Type, tuple[Kind, str]]] = {
    STRING: ("text", "VARCHAR"),
    BOOL: ("bool", "BOOLEAN"),
    DATE: ("date", "DATE"),
    TIMESTAMP: ("timestamp", "TIMESTAMPTZ"),
}


def null(of: Type) -> Term:
    """A value of the policy that is missing where it is not used: behind `is present`, and the like."""
    if of in (INT, DECIMAL):
        return integer("CAST(NULL AS BIGINT)")
    if of not in _NULLS:
        raise UnanswerableError("a missing value cannot be compared with data")
    kind, name = _NULLS[of]
    return Term(kind, f"CAST(NULL AS {name})")


def present(term: Term) -> str:
    """Whether the term is not null."""
    return f"({term.ratio.top.sql if term.ratio else term.sql} IS NOT NULL)"


def compare(operator: str, left: Term, right: Term) -> Term:
    """A comparison: null with a null, false with a NaN."""
    if "float" in (left.kind, right.kind) and {left.kind, right.kind} <= {"float", "number"}:
        guards = "".join(f" AND NOT isnan({term.sql})" for term in (left, right) if term.kind == "float")
        return truth(f"({_float(left)} {operator} {_float(right)}{guards})")
    kind, (a, b) = _same_kind(left, right, "compares")
    if kind in ("number", "duration"):
        return truth(exact.compare(operator, a.number, b.number))
    return truth(f"({a.sql} {operator} {b.sql})")


def arithmetic(operator: str, left: Term, right: Term) -> Term:
    """Sums, differences, products and quotients; a division by zero is null. Texts are joined."""
    kinds = {left.kind, right.kind}
    if kinds == {"text"} and operator == "+":
        return text(f"({left.sql} || {right.sql})")
    if kinds == {"number"}:
        return Term("number", ratio=_exact(operator, left.number, right.number))
    if kinds <= {"number", "float"}:
        return _inexact(operator, left, right)
    if operator in ("+", "-") and kinds <= {"date", "timestamp", "duration"}:
        return _temporal(operator, left, right)
    raise UnanswerableError(f"{left.described()} and {right.described()}, on which `{operator}` is not defined")


def negate(term: Term) -> Term:
    """The number with its sign changed."""
    if term.kind == "float":
        return Term("float", f"(-{term.sql})")
    if term.kind == "number":
        return Term("number", ratio=exact.negated(term.number))
    raise UnanswerableError(f"{term.described()}, but the policy changes its sign")


def calendar(function: str, term: Term) -> Term:
    """The year, or the UTC day, of a date or an instant."""
    if term.kind not in ("date", "timestamp"):
        raise UnanswerableError(f"{term.described()}, but the policy takes its {function}")
    if function == "year":
        return integer(f"year({term.sql})")
    return Term("date", f"CAST({term.sql} AS DATE)")


def first_present(value: Term, default: Term) -> Term:
    """`value` unless it is null."""
    return _merge(value, default, lambda a, b: f"coalesce({a}, {b})")


def either(condition: str, then: Term, otherwise: Term) -> Term:
    """One of two terms; null where the condition is."""
    return _merge(then, otherwise, lambda a, b: f"(CASE WHEN {condition} THEN {a} WHEN NOT {condition} THEN {b} END)")


def _merge(left: Term, right: Term, join: _Join) -> Term:
    if "float" in (left.kind, right.kind) and {left.kind, right.kind} <= {"float", "number"}:
        return Term("float", join(_float(left), _float(right)))
    kind, (a, b) = _same_kind(left, right, "puts together")
    if kind in ("number", "duration"):
        return Term(kind, ratio=exact.merge(a.number, b.number, join))
    return Term(kind, join(a.sql, b.sql))


def _same_kind(left: Term, right: Term, verb: str) -> tuple[Kind, tuple[Term, Term]]:
    if {left.kind, right.kind} == {"date", "timestamp"}:
        return "timestamp", (_instant(left), _instant(right))
    if left.kind != right.kind:
        known, other = (left, right) if left.bound else (right, left)
        raise UnanswerableError(f"{known.described()}, but the policy {verb} it with {_as_other(other)}")
    if left.kind not in _COMPARABLE:
        raise UnanswerableError(f"{left.described()}, but the policy {verb} it")
    return left.kind, (left, right)


def _as_other(term: Term) -> str:
    return f"`{term.bound.path}`, which is {SPOKEN[term.kind]}" if term.bound else SPOKEN[term.kind]


def _instant(term: Term) -> Term:
    return term if term.kind == "timestamp" else Term("timestamp", f"CAST({term.sql} AS TIMESTAMPTZ)")


def _float(term: Term) -> str:
    """As a double: a number of the policy, or an exact one of the data, rounds to the nearest."""
    if term.kind == "float":
        return term.sql
    if isinstance(term.constant, Fraction):
        try:
            return f"CAST('{float(term.constant)!r}' AS DOUBLE)"
        except OverflowError as error:
            raise UnanswerableError("a number of the policy is too large to compare with floats") from error
    top, bottom = term.number.top, term.number.bottom
    if bottom.constant != 1:
        raise UnanswerableError("an exact quotient cannot be compared with a float")
    return f"CAST(CAST({top.sql} AS VARCHAR) AS DOUBLE)"


def _exact(operator: str, left: Ratio, right: Ratio) -> Ratio:
    match operator:
        case "+":
            return exact.plus(left, right)
        case "-":
            return exact.plus(left, exact.negated(right))
        case "*":
            return exact.times(left, right)
        case _:
            return exact.times(left, exact.inverse(right))


def _inexact(operator: str, left: Term, right: Term) -> Term:
    a, b = _float(left), _float(right)
    if operator == "/":
        return Term("float", f"(CASE WHEN {b} <> 0 THEN {a} / {b} END)")
    return Term("float", f"({a} {operator} {b})")


def _temporal(operator: str, left: Term, right: Term) -> Term:
    """Instants and durations; a date counts as its first instant, and stays a date. Durations follow the calendar."""
    if right.kind == "duration" and left.kind != "duration" and isinstance(right.constant, Duration):
        shift = right.constant
        interval = f"to_months({shift.months}) {operator} to_microseconds({shift.microseconds})"
        shifted = f"({_instant(left).sql} {operator} {interval})"
        return Term("date", f"CAST({shifted} AS DATE)") if left.kind == "date" else Term("timestamp", shifted)
    if operator == "-" and "duration" not in (left.kind, right.kind):
        micros = (integer(f"epoch_us({_instant(term).sql})").number for term in (left, right))
        return Term("duration", ratio=_exact("-", *micros))
    raise UnanswerableError(f"`{operator}` is not defined on {SPOKEN[left.kind]} and {SPOKEN[right.kind]} of data")


def _microseconds(value: datetime) -> int:
    return (value - _EPOCH) // timedelta(microseconds=1)
