"""Row expressions as SQL, typed by what the columns are. Three-valued as SQL; what has no exact meaning is refused."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Final

from policy_engine.data import terms
from policy_engine.data.bind import Binding, Bound
from policy_engine.data.quoting import literal
from policy_engine.data.terms import Term
from policy_engine.data.unanswerable import UnanswerableError
from policy_engine.plan.expressions import (
    And,
    Call,
    Collection,
    Column,
    Const,
    Constant,
    Expr,
    If,
    IsPresent,
    Not,
    Or,
    Otherwise,
    Pattern,
)
from policy_engine.plan.types import Enumeration, Type
from policy_engine.plan.values import Duration

_COMPARISONS: Final = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
#: What Unicode calls white space, as an SQL literal.
_BLANKS: Final = literal(
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_TEXT: Final[dict[str, str]] = {
    "lower": "lower({0})",
    "upper": "upper({0})",
    "trim": f"trim({{0}}, {_BLANKS})",
    "starts_with": "starts_with({0}, {1})",
    "ends_with": "suffix({0}, {1})",
    "contains": "contains({0}, {1})",
}
_ANSWERS_BOOL: Final = frozenset({"starts_with", "ends_with", "contains"})


class Lowering:
    """Lowers the expressions of one metric, and remembers which columns it read as values."""

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._read: dict[str, Bound] = {}

    @property
    def read(self) -> tuple[Bound, ...]:
        """The columns whose values matter, so that a value that cannot be read costs the answer."""
        return tuple(self._read.values())

    def condition(self, expr: Expr) -> str:
        """A boolean expression as SQL."""
        return self._bool(expr)

    def value(self, expr: Expr) -> Term:
        """The value of a reduction: a column read bare may be null there, since nulls do not count."""
        return self._column(expr, bare=True) if isinstance(expr, Column) else self._term(expr)

    def key(self, path: str) -> Term:
        """A column as a key: rows with a null there do not count."""
        return self._column(Column(path, guarded=True), bare=True)

    def _term(self, expr: Expr) -> Term:
        match expr:
            case Const(value, type_):
                return _constant(value, type_)
            case Column():
                return self._column(expr, bare=False)
            case Call():
                return self._call(expr)
            case And(left, right):
                return terms.truth(f"({self._bool(left)} AND {self._bool(right)})")
            case Or(left, right):
                return terms.truth(f"({self._bool(left)} OR {self._bool(right)})")
            case Not(operand):
                return terms.truth(f"(NOT {self._bool(operand)})")
            case IsPresent(operand):
                return terms.truth(self._present(operand))
            case Otherwise(value, default):
                return terms.first_present(self._guarded(value), self._term(default))
            case If(condition, then, otherwise):
                return terms.either(self._bool(condition), self._term(then), self._term(otherwise))
            case _:
                raise UnanswerableError("the policy asks of each row what only metadata can answer")

    def _bool(self, expr: Expr) -> str:
        term = self._term(expr)
        if term.kind != "bool":
            raise UnanswerableError(f"{term.described()}, but the policy takes it as true or false")
        return term.sql

    def _guarded(self, expr: Expr) -> Term:
        return self._column(expr, bare=True) if isinstance(expr, Column) else self._term(expr)

    def _column(self, expr: Column, *, bare: bool) -> Term:
        if expr.name is None:
            raise UnanswerableError("the policy asks of a value without saying of which field")
        bound = self._binding.column(expr.name)
        if not (bare or expr.guarded or bound.required):
            raise UnanswerableError(
                f"`{expr.name}` may be null: the contract does not say `required: true`; "
                f"say in the policy what a null means, with `row.{expr.name} is present`",
                code="DAT011",
            )
        self._read[expr.name] = bound
        return terms.column(bound)

    def _present(self, operand: Expr) -> str:
        if isinstance(operand, Column) and operand.name is not None:
            return self._binding.column(operand.name).cast.present
        return terms.present(self._guarded(operand))

    def _call(self, call: Call) -> Term:
        function, args = call.function, call.args
        match function, args:
            case (("==" | "!=" | "<" | "<=" | ">" | ">="), (left, right)):
                _check_order(function, left, right)
                return terms.compare(_COMPARISONS[function], self._term(left), self._term(right))
            case "in", (item, collection):
                return self._in(self._term(item), collection)
            case "matches", (text, Const(Pattern(source))):
                return terms.truth(f"regexp_matches({self._text(text)}, {literal(source)})")
            case (("+" | "-" | "*" | "/"), (left, right)):
                return terms.arithmetic(function, self._term(left), self._term(right))
            case "negate", (operand,):
                return terms.negate(self._term(operand))
            case (("year" | "date"), (moment,)):
                return terms.calendar(function, self._term(moment))
            case "length", (text,):
                return terms.integer(f"length({self._text(text)})")
            case _ if function in _TEXT:
                sql = _TEXT[function].format(*(self._text(arg) for arg in args))
                return terms.truth(sql) if function in _ANSWERS_BOOL else terms.text(sql)
            case _:
                raise UnanswerableError(f"`{function}` cannot be asked of each row")

    def _text(self, expr: Expr) -> str:
        term = self._term(expr)
        if term.kind != "text":
            raise UnanswerableError(f"{term.described()}, but the policy takes it as text")
        return term.sql

    def _in(self, item: Term, collection: Expr) -> Term:
        members = _members(collection)
        found = [terms.compare("=", item, self._term(member)).sql for member in members]
        if members and item.kind == "text":
            listed = ", ".join(self._term(member).sql for member in members)
            return terms.truth(f"({item.sql} IN ({listed}))")
        if not found:
            return terms.truth(f"(CASE WHEN {terms.present(item)} THEN FALSE END)")
        return terms.truth(f"({' OR '.join(found)})")


def _members(collection: Expr) -> tuple[Expr, ...]:
    match collection:
        case Collection(items):
            return items
        case Const(value, type_) if isinstance(value, tuple):
            member_type = getattr(type_, "of", type_)
            return tuple(Const(member, member_type) for member in value)
        case _:
            raise UnanswerableError("the policy looks for a value in what is no list of constants")


def _check_order(function: str, left: Expr, right: Expr) -> None:
    """Members of an ordered enum compare by position, which the text of a column does not follow."""
    if function not in {"==", "!="} and any(isinstance(side.type, Enumeration) for side in (left, right)):
        raise UnanswerableError("the policy orders a column by an enum, which cannot be asked of data yet")


def _constant(value: Constant, type_: Type) -> Term:
    match value:
        case bool():
            return terms.truth("TRUE" if value else "FALSE")
        case int() | Fraction():
            return terms.number(value)
        case str():
            return terms.text(literal(value))
        case datetime():
            return terms.moment(value)
        case date():
            return terms.day(value)
        case Duration():
            return terms.duration(value)
        case None:
            return terms.null(type_)
        case _:
            raise UnanswerableError(f"a constant of type {type_} cannot be compared with data")
