"""What all parts of expression checking share: `infer` finds a type, `expect` demands one.

What is wrong becomes a diagnostic, and `WRONG` stands in for it, so that one mistake gives one message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from policy_engine.checking.narrowing import bare, present_if_true
from policy_engine.checking.scope import WRONG, Context, Scope
from policy_engine.checking.types import fits
from policy_engine.diagnostics import Span
from policy_engine.plan.expressions import Column, Const, Expr
from policy_engine.plan.types import ANY, BOOL, STRING, Enumeration, Optional, Sequence, Type, required
from policy_engine.syntax import ast


class Checking(ABC):
    """Expression checking within one run."""

    def __init__(self, cx: Context) -> None:
        self.cx = cx

    @abstractmethod
    def infer(self, scope: Scope, node: ast.Expression, expected: Type | None = None) -> Expr:
        """The expression with its type. `expected` only helps to resolve bare enum members and empty lists."""

    def expect(self, scope: Scope, node: ast.Expression, wanted: Type) -> Expr:
        """The expression, which has to be of the type."""
        found = self.infer(scope, node, wanted)
        if fits(found.type, wanted):
            return found
        if isinstance(found.type, Optional) and fits(found.type.of, wanted):
            return self.missing(node, found.type)
        return self.mismatch(found, node.span, wanted)

    def present(self, scope: Scope, node: ast.Expression, expected: Type | None = None) -> Expr:
        """The expression, which must not be one that may be missing."""
        found = self.infer(scope, node, expected)
        return self.missing(node, found.type) if isinstance(found.type, Optional) else found

    def condition(self, scope: Scope, node: ast.Expression) -> tuple[Expr, Scope]:
        """A condition, and the scope in which it is known to hold."""
        found = self.expect(scope, node, BOOL)
        return found, scope.knowing(present_if_true(found))

    def narrowed(self, scope: Scope, found: Expr) -> Expr:
        """The expression without `?` where it is known to be present here."""
        if isinstance(found, Column):
            return replace(found, guarded=found.guarded or bare(found) in scope.present)
        if isinstance(found.type, Optional) and found in scope.present:
            return replace(found, type=found.type.of)
        return found

    def missing(self, node: ast.Expression, of: Type) -> Const:
        """An optional value used bare."""
        text = node.span.text
        return self.cx.report(
            "CHK002",
            f"`{_short(text)}` may be missing",
            node.span,
            f"this is {_article(of)} `{of}`",
            f"ask first (`when {_short(text)} is present`), or in one expression "
            f"(`{_short(text)} is present and …`), or say what counts instead (`{_short(text)} otherwise …`)",
        )

    def mismatch(self, found: Expr, span: Span, wanted: Type) -> Const:
        """A value of another type than is needed."""
        if ANY in (found.type, wanted):
            return WRONG
        return self.cx.report(
            "CHK001",
            f"{_article(wanted)} `{wanted}` is needed here",
            span,
            f"this is {_article(found.type)} `{found.type}`",
            _conversion(found, required(wanted)),
        )


def _conversion(found: Expr, wanted: Type) -> str:
    if isinstance(wanted, Enumeration) and found.type == STRING:
        if isinstance(found, Const) and found.value in wanted.members:
            return f"members of an enum stand without quotes: `{found.value}`"
        return f"a member of `{wanted}` is one of {', '.join(wanted.members)}"
    if wanted == BOOL and isinstance(found.type, Optional):
        return "to ask whether it is stated, write `is present`"
    if isinstance(found.type, Sequence) and wanted == BOOL:
        return "to ask whether there is any, write `count(…) > 0`"
    return ""


def _article(of: Type) -> str:
    return "an" if str(of)[:1] in "AEIO" else "a"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else f"{line[:47]}…"
