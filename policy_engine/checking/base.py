"""What all parts of expression checking share: `infer` finds a type, `expect` demands one.

What is wrong becomes a diagnostic, and `WRONG` stands in for it, so that one mistake gives one message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from policy_engine.checking.declared_here import members_of, optional_by
from policy_engine.checking.narrowing import bare, present_if_true
from policy_engine.checking.scope import WRONG, Context, Scope
from policy_engine.checking.types import fits
from policy_engine.diagnostics import Span
from policy_engine.plan import types
from policy_engine.plan.expressions import Column, Const, Expr
from policy_engine.plan.types import ANY, BOOL, STRING, Enumeration, Optional, Sequence, Type, required
from policy_engine.syntax import ast


class Checking(ABC):
    """Expression checking within one run."""

    def __init__(self, cx: Context) -> None:
        self.cx = cx
        #: The expressions that a loop goes over, and where the parts of a row are read: only there does data stand.
        self.looped: list[ast.Expression] = []

    @abstractmethod
    def infer(self, scope: Scope, node: ast.Expression, expected: Type | None = None) -> Expr:
        """The expression with its type. `expected` only helps to resolve bare enum members and empty lists."""

    def expect(self, scope: Scope, node: ast.Expression, wanted: Type) -> Expr:
        """The expression, which has to be of the type."""
        found = self.infer(scope, node, wanted)
        if fits(found.type, wanted):
            return found
        if isinstance(found.type, Optional) and fits(found.type.of, wanted):
            return self.missing(node, found)
        return self.mismatch(found, node.span, wanted)

    def present(self, scope: Scope, node: ast.Expression, expected: Type | None = None) -> Expr:
        """The expression, which must not be one that may be missing."""
        found = self.infer(scope, node, expected)
        return self.missing(node, found) if isinstance(found.type, Optional) else found

    def condition(self, scope: Scope, node: ast.Expression, *, doubted: bool = False) -> tuple[Expr, Scope]:
        """A condition, and the scope in which it is known to hold; `doubted`: or in which it may be unknown."""
        found = self.expect(scope, node, BOOL)
        return found, scope.knowing(present_if_true(found, self.cx, doubted=doubted))

    def narrowed(self, scope: Scope, found: Expr) -> Expr:
        """The expression without `?` where it is known to be present here."""
        if isinstance(found, Column):
            return replace(found, guarded=found.guarded or bare(found) in scope.present)
        if isinstance(found.type, Optional) and found in scope.present:
            return replace(found, type=found.type.of)
        return found

    def missing(self, node: ast.Expression, found: Expr) -> Const:
        """An optional value used bare."""
        text, of = node.span.text, found.type
        return self.cx.report(
            "CHK002",
            f"`{shortened(text)}` may be missing",
            node.span,
            f"{article(of)} `{of}` is {article(required(of))} `{required(of)}`, or missing",
            f"ask first (`when {shortened(text)} is present`), or in one expression "
            f"(`{shortened(text)} is present and …`), or say what counts instead (`{shortened(text)} otherwise …`)",
            optional_by(self.cx, node, found),
        )

    def mismatch(self, found: Expr, span: Span, wanted: Type) -> Const:
        """A value of another type than is needed."""
        if ANY in (found.type, wanted):
            return WRONG
        return self.cx.report(
            "CHK001",
            f"{article(wanted)} `{wanted}` is needed here",
            span,
            f"this is {described(found.type)}",
            conversion(found, required(wanted), span.text),
            members_of(self.cx, wanted),
        )


def conversion(found: Expr, wanted: Type, text: str) -> str:
    """How to write what was probably meant, where a value of another type stands."""
    bare = text.strip('"')
    match found.type, wanted:
        case types.STRING, (types.INT | types.DECIMAL | types.DURATION | types.DATE | types.TIMESTAMP) if bare[
            :1
        ].isdigit():
            return f"only texts stand in quotes: `{bare}`"
        case types.STRING, types.BOOL if bare in {"true", "false"}:
            return f"only texts stand in quotes: `{bare}`"
        case types.STRING, types.REGEX if bare != text:
            return f"a pattern stands between slashes: `/{bare}/`"
        case types.STRING, types.VERSION:
            return f"write `version({shortened(text)})`"
        case types.INT, types.DURATION:
            return f"say of what: `{shortened(text)}d` for days, `{shortened(text)}mo` for months, `{shortened(text)}y` for years"
        case types.INT, (types.DATE | types.TIMESTAMP) if "-" in text:
            return "dates are written with four, two and two digits, such as `2027-01-31`"
        case types.TIMESTAMP, types.DATE:
            return f"take its day: `date({shortened(text)})`"
        case ((types.INT | types.DECIMAL), types.STRING) if isinstance(found, Const):
            return f'texts stand in quotes: `"{text}"`'
        case types.DECIMAL, types.INT:
            return "a whole number has no point and no percent sign"
        case _:
            pass
    if isinstance(wanted, Enumeration) and found.type == STRING:
        if isinstance(found, Const) and found.value in wanted.members:
            return f"members of an enum stand without quotes: `{found.value}`"
        return f"a member of `{wanted}` is one of {', '.join(wanted.members)}"
    if wanted == BOOL and isinstance(found.type, Optional):
        return "to ask whether it is stated, write `is present`"
    if isinstance(found.type, Sequence) and wanted == BOOL:
        return f"to ask whether there is any, write `count({shortened(text)}) > 0`"
    if isinstance(found.type, Sequence) and wanted == STRING:
        return f'whether it has a text in it is asked with `"…" in {shortened(text)}`; its elements are looped over'
    if wanted == BOOL:
        return "a condition is true or false: compare the value with another one"
    return ""


def described(of: Type) -> str:
    """What something of the type is called."""
    return "a value of data" if of == types.COLUMN else f"{article(of)} `{of}`"


def article(of: Type) -> str:
    """`a` or `an`."""
    return "an" if str(of)[:1] in "AEIO" else "a"


def shortened(text: str) -> str:
    """Source text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 50 else f"{line[:47]}…"
