"""Loops inside expressions: quantifiers, comprehensions, and what `for` may go over."""

from __future__ import annotations

from policy_engine.checking.base import article, shortened
from policy_engine.checking.declared_names import is_taken
from policy_engine.checking.functions import AGGREGATES, ROW
from policy_engine.checking.meant import list_meant
from policy_engine.checking.names import is_bound
from policy_engine.checking.narrowing import present_if_true
from policy_engine.checking.operators import Operators
from policy_engine.checking.scope import WRONG, Scope
from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import Aggregate, Attribute, Call, Column, Const, Expr, Local, Quantified
from policy_engine.plan.types import (
    ANY,
    BOOL,
    COLUMN,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    Entity,
    Enumeration,
    Optional,
    Sequence,
    Type,
    optional,
    required,
)
from policy_engine.plan.walk import columns
from policy_engine.product.vocabulary import VOCABULARY
from policy_engine.syntax import ast

_ORDERED = frozenset({INT, DECIMAL, STRING, DATE, TIMESTAMP, DURATION, COLUMN})
_NUMBERS = frozenset({INT, DECIMAL, COLUMN})


def is_data(items: Expr) -> bool:
    """Does a loop over this go over rows or values of data?"""
    return (
        isinstance(items, Attribute)
        and items.name in {"rows", "values"}
        and items.type in (Sequence(ROW), Sequence(COLUMN))
    )


class Loops(Operators):
    """Adds quantifiers and comprehensions."""

    def loop(self, scope: Scope, name: ast.Ident, items: ast.Expression) -> tuple[Expr, Scope]:
        """What a loop goes over, and the scope inside it."""
        found = self.items(scope, items)
        if is_bound(scope, name.text) or is_taken(self.cx, scope.declared, name.text):
            message = f"`{name.text}` is already the name of something here"
            self.cx.report("LNK014", message, name.span, help="choose another name for the loop")
        of: Type = ANY
        if isinstance(found.type, Sequence):
            of = found.type.of
        elif found.type != ANY:
            help_ = (
                list_meant(found.type, items.span.text, name.text, lists_of(found.type))
                or "loops go over lists, such as `product.fields`"
            )
            self.cx.report(
                "CHK009",
                f"`{items.span.text}` has no parts to loop over",
                items.span,
                f"this is a `{found.type}`",
                help_,
            )
        if not is_data(found):
            return found, scope.bind(name.text, Local(name.text, of))
        if scope.rows is not None:
            message = "a loop over data inside another one"
            self.cx.report(
                "CHK013", message, items.span, help="compare data sets with `orphans` or `duplicates`, or in two rules"
            )
        variable: Expr = Local(name.text, ROW) if of == ROW else Column(None, guarded=True)
        return found, scope.bind(name.text, variable).over_rows(name.text)

    def items(self, scope: Scope, node: ast.Expression) -> Expr:
        """What a loop or aggregate goes over: the one place for rows and values of data."""
        self.looped.append(node)
        return self.present(scope, node)

    def infer_quantifier(self, scope: Scope, node: ast.Quantifier) -> Expr:
        """`every x in xs satisfies c`."""
        items, within = self.loop(scope, node.name, node.items)
        condition = self.expect(within, node.condition, BOOL)
        if not is_data(items) and columns(condition):
            return self._inside_row(node.condition.span)
        return Quantified(node.kind, node.name.text, items, condition)

    def _inside_row(self, span: Span) -> Expr:
        help_ = "in a rule over rows, compare with `in`: `row.name in {…}`"
        return self.cx.report("CHK013", "a loop over metadata for each row of data", span, help=help_)

    def infer_aggregate(self, scope: Scope, kind: str, node: ast.Call) -> Expr:
        """`count(x in xs where c)`, `sum(e for x in xs where c)`, `distinct(xs)`."""
        if len(node.args) != 1:
            return self._usage(kind, node)
        match node.args[0]:
            case ast.Collected(value=value, name=name, items=items, condition=condition):
                found, within = self.loop(scope, name, items)
                return self._aggregate(kind, node, name.text, found, within, condition, value)
            case ast.Filtered(
                items=ast.Binary(operator="in", left=ast.Name(name=name) as left, right=items), condition=condition
            ):
                ident = ast.Ident(name, left.span)
                found, within = self.loop(scope, ident, items)
                return self._aggregate(kind, node, name, found, within, condition, None)
            case ast.Binary(operator="in", left=ast.Name(name=name) as left, right=items):
                found, within = self.loop(scope, ast.Ident(name, left.span), items)
                return self._aggregate(kind, node, name, found, within, None, None)
            case ast.Filtered(items=ast.Name(name=name), condition=condition):
                condition_text = shortened(condition.span.text)
                example = f"`{kind}({name} in product.{name}s where {condition_text})`"
                return self._usage(kind, node, f"say what `{name}` goes over: {example}")
            case ast.Filtered():
                return self._usage(kind, node)
            case items:
                found = self.items(scope, items)
                if not isinstance(found.type, Sequence):
                    return (
                        WRONG
                        if found.type == ANY
                        else self._usage(kind, node, list_meant(found.type, items.span.text, "", lists_of(found.type)))
                    )
                variable: Expr = Column(None, guarded=True) if found.type.of == COLUMN else Local("item", found.type.of)
                return self._typed(kind, node, "item", found, None, variable)

    def _aggregate(
        self,
        kind: str,
        node: ast.Call,
        name: str,
        items: Expr,
        within: Scope,
        condition: ast.Expression | None,
        value: ast.Expression | None,
    ) -> Expr:
        checked = None if condition is None else self.expect(within, condition, BOOL)
        if value is None:
            return self._typed(kind, node, name, items, checked, within.locals[name])
        return self._typed(
            kind, node, name, items, checked, self.present(within.knowing(present_if_true(checked, self.cx)), value)
        )

    def _typed(self, kind: str, node: ast.Call, name: str, items: Expr, condition: Expr | None, value: Expr) -> Expr:
        if ANY in (items.type, value.type):
            return WRONG
        if not is_data(items) and any(columns(part) for part in (condition, value) if part is not None):
            return self._inside_row(node.span)
        if kind in {"count", "share"}:
            return Aggregate(kind, name, items, condition, None, INT if kind == "count" else Optional(DECIMAL))
        of = required(value.type)
        if kind == "list":
            return self._list(node, name, items, condition, value)
        if kind == "distinct":
            return Aggregate(kind, name, items, condition, value, INT)
        if kind in {"min", "max"} and isinstance(of, Enumeration) and of.ordered and not is_data(items):
            return self._extreme_member(kind, name, items, condition, value, of)
        if of not in (_NUMBERS if kind in {"sum", "mean"} else _ORDERED):
            example = f"`{kind}(length(f.name) for f in product.fields)`"
            message = f"`{kind}` of what? {article(of)} `{of}` has no {'sum' if kind in {'sum', 'mean'} else 'order'}"
            return self.cx.report("CHK005", message, node.span, help=f"say which part: {example}")
        result = {"sum": of, "mean": COLUMN if of == COLUMN else DECIMAL}.get(kind, of)
        return Aggregate(kind, name, items, condition, value, result if kind == "sum" else optional(result))

    def _list(self, node: ast.Call, name: str, items: Expr, condition: Expr | None, value: Expr) -> Expr:
        """Which ones: of metadata. Values of data are counted and compared where they are, and never collected."""
        if is_data(items) or required(value.type) == COLUMN:
            help_ = "`count` and `share` say how many there are, `distinct` how many different ones"
            return self.cx.report("CHK013", "a list of values of data", node.span, help=help_)
        return Aggregate("list", name, items, condition, value, Sequence(value.type))

    def _extreme_member(
        self, kind: str, name: str, items: Expr, condition: Expr | None, value: Expr, of: Enumeration
    ) -> Expr:
        """The least or greatest member of an ordered enum: by rank, and back."""
        members = Const(of.members, Sequence(STRING))
        rank = Aggregate(kind, name, items, condition, Call("rank", (value, members), INT), Optional(INT))
        return Call("member", (rank, members), optional(of))

    def _usage(self, kind: str, node: ast.Call, help_: str = "") -> Expr:
        example = f"for example `{AGGREGATES[kind][1]}`"
        return self.cx.report("CHK005", f"`{kind}` goes over a list", node.span, help=help_ or example)


def lists_of(of: Type) -> list[str]:
    """The lists that an element has, for whoever loops over the element itself."""
    attributes = VOCABULARY.get(of.name, {}) if isinstance(of, Entity) else {}
    return [name for name, info in attributes.items() if isinstance(info.type, Sequence)]
