"""Expressions of every kind: the last part of expression checking, where `infer` takes each node to its part."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Final

from policy_engine.checking.base import described
from policy_engine.checking.calls import Calls
from policy_engine.checking.functions import ROW
from policy_engine.checking.loops import is_data
from policy_engine.checking.meant import attribute_meant
from policy_engine.checking.names import (
    dotted,
    find_declared,
    infer_name,
    is_bound,
    qualified_member,
    undeclared,
    value_of,
)
from policy_engine.checking.narrowing import present_if_false
from policy_engine.checking.scope import WRONG, Scope
from policy_engine.checking.types import common
from policy_engine.diagnostics import Span
from policy_engine.plan import types
from policy_engine.plan.expressions import (
    Attribute,
    Collection,
    Column,
    Const,
    Constant,
    Custom,
    Expr,
    If,
    IsPresent,
    Not,
    Pattern,
)
from policy_engine.plan.origins import Origin
from policy_engine.plan.types import ANY, INT, VERSION, Entity, Optional, Sequence, Type
from policy_engine.plan.values import Duration
from policy_engine.syntax import ast

_VERSION_PARTS: Final = ("major", "minor", "patch")


class Expressions(Calls):
    """Checks expressions of every kind."""

    def infer(self, scope: Scope, node: ast.Expression, expected: Type | None = None) -> Expr:
        """The expression with its type."""
        found = self.narrowed(scope, self._infer(scope, node, expected))
        return found if found.type == ANY else self.cx.origins.mark(found, Origin(node.span))

    def _infer(self, scope: Scope, node: ast.Expression, expected: Type | None) -> Expr:
        match node:
            case ast.Name():
                return self._whole(node, infer_name(self.cx, scope, node, expected))
            case ast.Literal(value=value):
                return Const(value, _literal_type(value))
            case ast.Dot():
                return self._whole(node, self._dot(scope, node))
            case ast.Index():
                return self._index(scope, node)
            case ast.Call():
                return self.infer_call(scope, node)
            case ast.Unary():
                return self.infer_unary(scope, node)
            case ast.Binary():
                return self.infer_binary(scope, node, expected)
            case ast.Presence():
                return self._presence(scope, node)
            case ast.Conditional():
                return self._conditional(scope, node, expected)
            case ast.Quantifier():
                return self.infer_quantifier(scope, node)
            case ast.Elements():
                return self._elements(scope, node, expected)

    def _whole(self, node: ast.Expression, found: Expr) -> Expr:
        """Rows and values stand only where a loop goes over them, a row only where a column of it is read."""
        if not is_data(found) and found.type != ROW:
            return found
        if any(node is looped for looped in self.looped):
            return found
        if found.type == ROW:
            help_ = f"name a column: `{node.span.text}.amount`"
            return self.cx.report("CHK013", "a row as a whole says nothing", node.span, help=help_)
        help_ = "write `for` over them, a quantifier such as `some x in … satisfies …`, or `count(…)`"
        return self.cx.report("CHK013", f"`{node.span.text}` can only be looped over", node.span, help=help_)

    def _dot(self, scope: Scope, node: ast.Dot) -> Expr:
        member = qualified_member(self.cx, scope, node)
        if member is not None:
            return member
        path = dotted(node)
        if path is not None and not is_bound(scope, path.partition(".")[0]):
            found = find_declared(self.cx, scope, path)
            if found is not None:
                return value_of(self.cx, found, node.span)
            nothing = undeclared(self.cx, scope, path, node.span)
            if nothing is not None:
                return nothing
        self.looped.append(node.of)
        of = self.present(scope, node.of)
        return self._part(of, node.name, node.of.span)

    def _part(self, of: Expr, name: ast.Ident, whole: Span) -> Expr:
        """`of.name`."""
        if of.type == ANY:
            return WRONG
        if of.type == ROW:
            return Column(name.text, guarded=False)
        if isinstance(of, Column) and of.name is not None:
            return Column(f"{of.name}.{name.text}", guarded=False)
        if of.type == VERSION and name.text in _VERSION_PARTS:
            return Attribute(of, name.text, INT)
        found = self.cx.attribute(of.type.name, name.text) if isinstance(of.type, Entity) else None
        if found is not None:
            type_, custom, declared = found
            return Custom(of, custom, type_) if custom is not None else Attribute(of, name.text, type_, declared)
        if isinstance(of.type, Entity) and self.cx.linked.is_lost_attribute(of.type.name, name.text):
            return WRONG
        known = list(self.cx.attribute_names(of.type.name)) if isinstance(of.type, Entity) else []
        help_ = attribute_meant(of.type, whole, name.text, known or list(_VERSION_PARTS if of.type == VERSION else ()))
        message = f"{described(of.type)} has no `{name.text}`"
        return self.cx.report("CHK003", message, name.span, help=help_)

    def _index(self, scope: Scope, node: ast.Index) -> Expr:
        self.looped.append(node.of)
        of = self.present(scope, node.of)
        if of.type == ANY:
            return WRONG
        if of.type == ROW and isinstance(node.key, ast.Literal) and isinstance(node.key.value, str):
            return Column(node.key.value, guarded=False)
        help_ = 'only rows are indexed, by the name of a column: `row["Order Date"]`'
        return self.cx.report("CHK009", f"a `{of.type}` has no `[…]`", node.span, help=help_)

    def _presence(self, scope: Scope, node: ast.Presence) -> Expr:
        found = self.infer(scope, node.operand)
        if found.type == ANY:
            return WRONG
        if not isinstance(found.type, Optional) and not isinstance(found, Column):
            message = f"`{node.operand.span.text}` is never missing here"
            self.cx.report("CHK020", message, node.span, f"a `{found.type}`", _never_missing_help(found.type))
        asked: Expr = IsPresent(Column(found.name, guarded=False) if isinstance(found, Column) else found)
        return Not(asked) if node.missing else asked

    def _conditional(self, scope: Scope, node: ast.Conditional, expected: Type | None) -> Expr:
        condition, within = self.condition(scope, node.condition)
        then = self.infer(within, node.then, expected)
        otherwise = self.infer(
            scope.knowing(present_if_false(condition, self.cx)), node.otherwise, expected or then.type
        )
        of = common(then.type, otherwise.type)
        if of is None:
            return self.mismatch(otherwise, node.otherwise.span, then.type)
        return WRONG if ANY in (condition.type, of) else If(condition, then, otherwise, of)

    def _elements(self, scope: Scope, node: ast.Elements, expected: Type | None) -> Expr:
        wanted = expected.of if isinstance(expected, Sequence) else None
        if not node.items and wanted is None:
            help_ = "write it where another value tells what it is a list of: `field.tags == []`"
            return (
                WRONG
                if expected == ANY
                else self.cx.report("CHK001", "nothing tells what is empty", node.span, help=help_)
            )
        items: list[Expr] = []
        of: Type | None = None
        for item in node.items:
            found = self.present(scope, item, wanted or of)
            joined = found.type if of is None else common(found.type, of)
            if joined is None:
                assert of is not None
                return self.mismatch(found, item.span, of)
            items.append(found)
            of = joined
        if any(item.type == ANY for item in items):
            return WRONG
        type_ = Sequence(of or wanted or ANY, node.distinct)
        constants = [item for item in items if isinstance(item, Const)]
        if len(constants) == len(items):
            values = [item.value for item in constants]
            return Const(tuple(_once(values) if node.distinct else values), type_)
        return Collection(tuple(items), type_)


def _once(values: list[Constant]) -> list[Constant]:
    """Each value once, as a set has them."""
    return list(dict.fromkeys(values))


def _literal_type(value: bool | int | Fraction | str | date | datetime | Duration | Pattern) -> Type:
    match value:
        case bool():
            return types.BOOL
        case int():
            return types.INT
        case Fraction():
            return types.DECIMAL
        case str():
            return types.STRING
        case datetime():
            return types.TIMESTAMP
        case date():
            return types.DATE
        case Duration():
            return types.DURATION
        case Pattern():
            return types.REGEX


def _never_missing_help(of: Type) -> str:
    if of == types.BOOL:
        return "it is true or false: use it as a condition itself"
    return "to ask whether there is any, write `count(…) > 0`" if isinstance(of, Sequence) else "drop the question"
