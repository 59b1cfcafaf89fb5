"""Operators: which types they take, and what they compute on each."""

from __future__ import annotations

from typing import Final

from policy_engine.checking.base import Checking, article, conversion, shortened
from policy_engine.checking.functions import ROW_OPERATORS
from policy_engine.checking.meant import date_meant
from policy_engine.checking.names import is_bound, member
from policy_engine.checking.narrowing import present_if_false
from policy_engine.checking.scope import WRONG, Scope
from policy_engine.checking.types import common, is_scalar
from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import And, Attribute, Call, Column, Const, Expr, Not, Or, Otherwise
from policy_engine.plan.types import (
    ANY,
    BOOL,
    COLUMN,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    REGEX,
    STRING,
    TIMESTAMP,
    VERSION,
    Enumeration,
    Optional,
    Sequence,
    Type,
)
from policy_engine.plan.walk import columns
from policy_engine.syntax import ast

_ORDERED: Final = frozenset({INT, DECIMAL, STRING, DATE, TIMESTAMP, DURATION, VERSION, COLUMN, ANY})
_MISSING_WORDS: Final = frozenset({"null", "none", "missing", "nil"})
_NUMBERS: Final = frozenset({INT, DECIMAL, COLUMN})
#: What arithmetic may combine with a value of data, whose own type only the data tells.
_WITH_COLUMN: Final = frozenset({COLUMN, INT, DECIMAL, STRING, DURATION, DATE, TIMESTAMP})
#: What a value of data can be compared with.
_LIKE_COLUMN: Final = frozenset({COLUMN, BOOL, INT, DECIMAL, STRING, DURATION, DATE, TIMESTAMP})

#: (operator, left, right) to (function, result) for arithmetic that is not on numbers.
_ARITHMETIC: Final[dict[tuple[str, Type, Type], tuple[str, Type]]] = {
    ("+", STRING, STRING): ("concat", STRING),
    ("+", DURATION, DURATION): ("+", DURATION),
    ("-", DURATION, DURATION): ("-", DURATION),
    ("*", DURATION, INT): ("scale", DURATION),
    ("+", TIMESTAMP, DURATION): ("shift", TIMESTAMP),
    ("-", TIMESTAMP, DURATION): ("shift", TIMESTAMP),
    ("+", DATE, DURATION): ("shift_date", DATE),
    ("-", DATE, DURATION): ("shift_date", DATE),
    ("-", TIMESTAMP, TIMESTAMP): ("elapsed", DURATION),
    ("-", DATE, DATE): ("elapsed", DURATION),
}


class Operators(Checking):
    """Adds unary and binary operators."""

    def infer_unary(self, scope: Scope, node: ast.Unary) -> Expr:
        """`not x`, `-x`."""
        if node.operator == "not":
            return Not(self.expect(scope, node.operand, BOOL))
        operand = self.present(scope, node.operand)
        if operand.type not in {*_NUMBERS, DURATION, ANY}:
            return self.mismatch(operand, node.operand.span, DECIMAL)
        return Call("negate", (operand,), operand.type)

    def infer_binary(self, scope: Scope, node: ast.Binary, expected: Type | None) -> Expr:
        """Any operator between two operands."""
        match node.operator:
            case "and":
                left, within = self.condition(scope, node.left, doubted=True)
                return And(left, self.expect(within, node.right, BOOL))
            case "or":
                left = self.expect(scope, node.left, BOOL)
                return Or(
                    left, self.expect(scope.knowing(present_if_false(left, self.cx, doubted=True)), node.right, BOOL)
                )
            case "otherwise":
                return self._otherwise(scope, node, expected)
            case "matches":
                left, right = self.expect(scope, node.left, STRING), self.expect(scope, node.right, REGEX)
                if mentions_column(right):
                    return self.mismatch(right, node.right.span, REGEX)
                return self._computed(node, "matches", (left, right), BOOL)
            case "in":
                return self._membership(scope, node)
            case "==" | "!=" | "<" | "<=" | ">" | ">=":
                return self._comparison(scope, node)
            case _:
                return self._arithmetic(scope, node)

    def _otherwise(self, scope: Scope, node: ast.Binary, expected: Type | None) -> Expr:
        value = self.infer(scope, node.left, expected)
        if value.type == COLUMN and isinstance(value, Column):
            default = self.present(scope, node.right)
            if not is_like_column(default.type):
                return self._not_of_data(default.type, node.right.span)
            return Otherwise(Column(value.name, guarded=True), default, COLUMN)
        if not isinstance(value.type, Optional):
            if value.type != ANY:
                self.cx.report(
                    "CHK020", f"`{node.left.span.text}` is never missing", node.span, help="drop the `otherwise`"
                )
            return value
        default = self.infer(scope, node.right, value.type.of)
        of = common(default.type, value.type)
        if of is None:
            return self.mismatch(default, node.right.span, value.type.of)
        return Otherwise(value, default, default.type if isinstance(default.type, Optional) else value.type.of)

    def _pair(self, scope: Scope, node: ast.Binary) -> tuple[Expr, Expr]:
        """Both operands; a bare enum member takes its type from the other side."""
        if isinstance(node.left, ast.Name) and self._is_free(scope, node.left):
            right = self.present(scope, node.right)
            return self.present(scope, node.left, right.type), right
        left = self.present(scope, node.left)
        return left, self.present(scope, node.right, left.type)

    def _is_free(self, scope: Scope, node: ast.Name) -> bool:
        """Can the name only be a member of an enum?"""
        declared = self.cx.linked.declared(scope.declared.package, node.name)
        return not is_bound(scope, node.name) and declared is None

    def _not_of_data(self, of: Type, span: Span) -> Expr:
        help_ = "values of data are texts, numbers, dates, timestamps, true or false"
        return self.cx.report("CHK008", f"a value of data is never {article(of)} `{of}`", span, help=help_)

    def _comparison(self, scope: Scope, node: ast.Binary) -> Expr:
        asked = self._asks_for_missing(scope, node)
        if asked is not None:
            return asked
        return self._comparison_of(node, *self._pair(scope, node))

    def _comparison_of(self, node: ast.Binary, left: Expr, right: Expr) -> Expr:
        if ANY in (left.type, right.type):
            return WRONG
        for side, other, place in ((left, right, node.right), (right, left, node.left)):
            if side.type == COLUMN and not is_like_column(other.type):
                return self._not_of_data(other.type, place.span)
        of = common(left.type, right.type)
        if of is None:
            enum = next((t for t in (left.type, right.type) if isinstance(t, Enumeration)), None)
            other, place = (right, node.right) if isinstance(left.type, Enumeration) else (left, node.left)
            if enum is not None and other.type == STRING:
                return self.mismatch(other, place.span, enum)
            names = [str(left.type), str(right.type)]
            if names[0] == names[1]:
                names = [
                    side.type.name if isinstance(side.type, Enumeration) else str(side.type) for side in (left, right)
                ]
            message = f"`{names[0]}` and `{names[1]}` cannot be compared"
            return self.cx.report("CHK008", message, node.span, help=_comparison_help(left, right, node))
        if node.operator in {"==", "!="}:
            if isinstance(of, Sequence) and Sequence(of.of, distinct=True) in (left.type, right.type):
                help_ = "ask of its elements: `every x in a satisfies x in b`"
                return self.cx.report("CHK008", "a set has no order, so `==` cannot compare it", node.span, help=help_)
            return self._computed(node, node.operator, (left, right), BOOL)
        if of == STRING and (_is_version(left) or _is_version(right)):
            help_ = 'compare what it means: `version(product.version) >= version("2.0.0")`, once it is present'
            message = "versions have no order as texts: `10.0.0` would come before `2.0.0`"
            return self.cx.report("CHK008", message, node.span, help=help_)
        enum = next((side.type for side in (left, right) if isinstance(side.type, Enumeration)), None)
        if enum is not None:
            if not enum.ordered:
                members = ", ".join(enum.members[:2])
                help_ = f"declare it with `<` between its members, or list the members: `in {{{members}}}`"
                return self.cx.report("CHK008", f"`{enum}` has no order", node.span, help=help_)
            if COLUMN in (left.type, right.type):
                help_ = "list the members: `row.class in {…}`"
                return self.cx.report(
                    "CHK013", "values of data do not follow the order of an enum", node.span, help=help_
                )
            left, right = _rank(left, enum), _rank(right, enum)
        elif of not in _ORDERED:
            return self.cx.report("CHK008", f"`{of}` has no order", node.span, help="use `==` or `!=`")
        return self._computed(node, node.operator, (left, right), BOOL)

    def _asks_for_missing(self, scope: Scope, node: ast.Binary) -> Expr | None:
        """`x == null`, where `null` is nothing else here: what stands for it once that is reported."""
        word = node.right
        if not isinstance(word, ast.Name) or word.name.lower() not in _MISSING_WORDS or not self._is_free(scope, word):
            return None
        before = len(self.cx.diagnostics)
        left = self.infer(scope, node.left)
        if left.type != ANY and member(left.type, word.name) is not None:
            return self._comparison_of(node, self._there(node.left, left), self.infer(scope, word, left.type))
        if len(self.cx.diagnostics) > before or left.type == ANY:
            return WRONG
        help_ = f"write `{shortened(node.left.span.text)} is {'missing' if node.operator == '==' else 'present'}`"
        return self.cx.report("CHK008", "missing is no value to compare with", node.span, help=help_)

    def _there(self, node: ast.Expression, found: Expr) -> Expr:
        return self.missing(node, found) if isinstance(found.type, Optional) else found

    def _membership(self, scope: Scope, node: ast.Binary) -> Expr:
        if isinstance(node.left, ast.Name) and self._is_free(scope, node.left):
            right = self.present(scope, node.right)
            left = self.present(scope, node.left, right.type)
        else:
            left = self.present(scope, node.left)
            right = self.present(scope, node.right, Sequence(left.type))
        if ANY in (left.type, right.type):
            return WRONG
        if not isinstance(right.type, Sequence):
            whole, part = shortened(node.right.span.text), shortened(node.left.span.text)
            help_ = f"for a text inside a text, write `contains({whole}, {part})`" if right.type == STRING else ""
            return self.cx.report("CHK009", f"`{whole}` is no list or set", node.right.span, help=help_)
        if COLUMN in (left.type, right.type.of) and not (is_like_column(left.type) and is_like_column(right.type.of)):
            return self._not_of_data(right.type.of if left.type == COLUMN else left.type, node.span)
        if common(left.type, right.type.of) is None:
            message = f"{article(left.type)} `{left.type}` is never in a `{right.type}`"
            return self.cx.report(
                "CHK008", message, node.span, help=conversion(left, right.type.of, node.left.span.text)
            )
        return self._computed(node, "in", (left, right), BOOL)

    def _arithmetic(self, scope: Scope, node: ast.Binary) -> Expr:
        left, right = self.present(scope, node.left), self.present(scope, node.right)
        if ANY in (left.type, right.type):
            return WRONG
        if left.type in _NUMBERS and right.type in _NUMBERS:
            of = COLUMN if COLUMN in (left.type, right.type) else common(left.type, right.type)
            assert of is not None
            return self._computed(
                node, node.operator, (left, right), DECIMAL if node.operator == "/" and of == INT else of
            )
        if COLUMN in (left.type, right.type) and {left.type, right.type} <= _WITH_COLUMN:
            return self._computed(node, node.operator, (left, right), COLUMN)
        found = _ARITHMETIC.get((node.operator, left.type, right.type))
        if found is None:
            message = f"`{node.operator}` is not defined for `{left.type}` and `{right.type}`"
            return self.cx.report(
                "CHK008", message, node.span, help=_arithmetic_help(node.operator, left.type, right.type)
            )
        function, result = found
        if function in {"shift", "shift_date"} and node.operator == "-":
            right = Call("negate", (right,), DURATION)
        return self._computed(node, function, (left, right), result)

    def _computed(self, node: ast.Binary | ast.Call, function: str, args: tuple[Expr, ...], of: Type) -> Expr:
        """A call; where a column takes part, the scan must be able to compute it."""
        if any(mentions_column(arg) for arg in args) and function not in ROW_OPERATORS:
            name = node.operator if isinstance(node, ast.Binary) else function
            message = f"`{name}` cannot be computed on the values of data"
            help_ = "see the row functions in the language reference"
            if isinstance(node, ast.Call) and name == "age":
                help_ = f"compare with a day: `{shortened(node.args[0].span.text)} >= date(now) - 30d` is no older than 30 days"
            return self.cx.report("CHK013", message, node.span, help=help_)
        if ANY in {arg.type for arg in args}:
            return WRONG
        return Call(function, args, of)


def mentions_column(expr: Expr) -> bool:
    """Does the operand depend on the values of a row?"""
    return columns(expr)


def is_like_column(of: Type) -> bool:
    """Can a value of data be compared with it?"""
    return of in _LIKE_COLUMN or isinstance(of, Enumeration) or of == ANY


def _is_version(expr: Expr) -> bool:
    return isinstance(expr, Attribute) and expr.name == "version"


def _rank(expr: Expr, of: Enumeration) -> Expr:
    return Call("rank", (expr, Const(of.members, Sequence(STRING))), INT)


def _comparison_help(left: Expr, right: Expr, node: ast.Binary) -> str:
    written = date_meant(node.left.span.text) or date_meant(node.right.span.text)
    if written and {DATE, TIMESTAMP} & {left.type, right.type}:
        return written
    for whole, part, lists, item in ((left, right, node.left, node.right), (right, left, node.right, node.left)):
        if isinstance(whole.type, Sequence):
            one, many = shortened(item.span.text), shortened(lists.span.text)
            return f"to ask whether it is among them, write `{one} in {many}`" if is_scalar(part.type) else ""
        meant = conversion(whole, part.type, lists.span.text)
        if meant and (part.type != BOOL or whole.type == STRING):
            return meant
    if isinstance(left.type, Enumeration) and isinstance(right.type, Enumeration):
        return "two different enums have no member in common"
    if is_scalar(left.type) and is_scalar(right.type):
        return "both sides must be of one type"
    return "compare a part of it, such as its `name`"


def _arithmetic_help(operator: str, left: Type, right: Type) -> str:
    if operator in {"+", "-"} and {left, right} & {DATE, TIMESTAMP, DURATION} and {left, right} & {INT, DECIMAL}:
        return "say how long, such as `90d`"
    if operator in {"*", "/"} and DURATION in (left, right):
        return "a duration is multiplied by a whole number that stands behind it: `90d * 2`"
    if operator == "+" and STRING in (left, right):
        return 'a message joins by itself: `message "{field.name}: …"`'
    return ""
