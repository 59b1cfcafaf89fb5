"""Operators: which types they take, and what they compute on each."""

from __future__ import annotations

from typing import Final

from policy_engine.checking.base import Checking
from policy_engine.checking.functions import ROW_OPERATORS
from policy_engine.checking.names import is_bound, member
from policy_engine.checking.narrowing import present_if_false
from policy_engine.checking.scope import WRONG, Scope
from policy_engine.checking.types import common, is_scalar
from policy_engine.plan.expressions import And, Call, Column, Const, Expr, Not, Or, Otherwise
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
from policy_engine.syntax import ast

_ORDERED: Final = frozenset({INT, DECIMAL, STRING, DATE, TIMESTAMP, DURATION, VERSION, COLUMN, ANY})
_MISSING_WORDS: Final = frozenset({"null", "none", "missing", "nil"})
_NUMBERS: Final = frozenset({INT, DECIMAL, COLUMN})

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
                left, within = self.condition(scope, node.left)
                return And(left, self.expect(within, node.right, BOOL))
            case "or":
                left = self.expect(scope, node.left, BOOL)
                return Or(left, self.expect(scope.knowing(present_if_false(left)), node.right, BOOL))
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
            return Otherwise(Column(value.name, guarded=True), self.present(scope, node.right), COLUMN)
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
        if isinstance(node.left, ast.Name) and not isinstance(node.right, ast.Name):
            right = self.present(scope, node.right)
            return self.present(scope, node.left, right.type), right
        left = self.present(scope, node.left)
        return left, self.present(scope, node.right, left.type)

    def _comparison(self, scope: Scope, node: ast.Binary) -> Expr:
        if self._asks_for_missing(scope, node):
            help_ = f"write `{node.left.span.text} is {'missing' if node.operator == '==' else 'present'}`"
            return self.cx.report("CHK008", "missing is no value to compare with", node.span, help=help_)
        left, right = self._pair(scope, node)
        if ANY in (left.type, right.type):
            return WRONG
        of = common(left.type, right.type)
        if of is None:
            enum = next((t for t in (left.type, right.type) if isinstance(t, Enumeration)), None)
            other, place = (right, node.right) if isinstance(left.type, Enumeration) else (left, node.left)
            if enum is not None and other.type == STRING:
                return self.mismatch(other, place.span, enum)
            message = f"`{left.type}` and `{right.type}` cannot be compared"
            return self.cx.report("CHK008", message, node.span, help=_comparison_help(left.type, right.type))
        if node.operator in {"==", "!="}:
            return self._computed(node, node.operator, (left, right), BOOL)
        if isinstance(of, Enumeration):
            if not of.ordered:
                help_ = f"declare it with `<` between its members, or list the members: `in {{{', '.join(of.members[:2])}}}`"
                return self.cx.report("CHK008", f"`{of}` has no order", node.span, help=help_)
            left, right = _rank(left, of), _rank(right, of)
        elif of not in _ORDERED:
            return self.cx.report("CHK008", f"`{of}` has no order", node.span, help="use `==` or `!=`")
        return self._computed(node, node.operator, (left, right), BOOL)

    def _asks_for_missing(self, scope: Scope, node: ast.Binary) -> bool:
        """`x == null`, where `null` is no member of an enum."""
        word = node.right
        if not isinstance(word, ast.Name) or word.name.lower() not in _MISSING_WORDS:
            return False
        return member(self.infer(scope, node.left).type, word.name) is None and not is_bound(scope, word.name)

    def _membership(self, scope: Scope, node: ast.Binary) -> Expr:
        left = self.present(scope, node.left)
        right = self.present(scope, node.right, Sequence(left.type))
        if ANY in (left.type, right.type):
            return WRONG
        if not isinstance(right.type, Sequence):
            help_ = "for a text inside a text, use `contains(text, part)`" if right.type == STRING else ""
            return self.cx.report("CHK009", f"`{node.right.span.text}` is no list or set", node.right.span, help=help_)
        if common(left.type, right.type.of) is None:
            message = f"`{left.type}` is never in a `{right.type}`"
            return self.cx.report("CHK008", message, node.span)
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
        found = _ARITHMETIC.get((node.operator, left.type, right.type))
        if found is None:
            message = f"`{node.operator}` is not defined for `{left.type}` and `{right.type}`"
            return self.cx.report("CHK008", message, node.span)
        function, result = found
        if function in {"shift", "shift_date"} and node.operator == "-":
            right = Call("negate", (right,), DURATION)
        return self._computed(node, function, (left, right), result)

    def _computed(self, node: ast.Binary | ast.Call, function: str, args: tuple[Expr, ...], of: Type) -> Expr:
        """A call; where a column takes part, the scan must be able to compute it."""
        if any(mentions_column(arg) for arg in args) and function not in ROW_OPERATORS:
            name = node.operator if isinstance(node, ast.Binary) else function
            message = f"`{name}` cannot be computed on the values of data"
            return self.cx.report("CHK013", message, node.span, help="see the row functions in the language reference")
        if ANY in {arg.type for arg in args}:
            return WRONG
        return Call(function, args, of)


def mentions_column(expr: Expr) -> bool:
    """Is a column read directly in this operand (deeper ones were looked at when they were built)?"""
    return isinstance(expr, Column) or (isinstance(expr, Call | Otherwise) and expr.type == COLUMN)


def _rank(expr: Expr, of: Enumeration) -> Expr:
    return Call("rank", (expr, Const(of.members, Sequence(STRING))), INT)


def _comparison_help(left: Type, right: Type) -> str:
    if {left, right} == {DATE, TIMESTAMP}:
        return "take the day of the timestamp: `date(…)`"
    if isinstance(left, Enumeration) and isinstance(right, Enumeration):
        return "two different enums have no member in common"
    if is_scalar(left) and is_scalar(right):
        return "both sides must be of one type"
    return "compare a part of it, such as its `name`"
