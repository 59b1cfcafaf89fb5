"""Lark's tree of waivers to the syntax tree: every line of a waiver once, none forgotten, none empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lark import Token

from policy_engine.diagnostics import Span
from policy_engine.syntax import ast
from policy_engine.syntax.build_policies import Clause, PolicyBuilder

#: The longest text that a waiver may say; attestations hold it.
MAX_TEXT: Final = 1000
#: What every waiver says: its line, the question that it answers, and how it is written.
_LINES: Final = {
    "of": ("names no policy or rule", "which policy or rule?", "of acme.global.retention.limits.not_too_long"),
    "for product": ("names no product", "which product?", 'for product "sales.orders"'),
    "granted": ("has no day on which it was granted", "since when?", "granted 2027-01-10"),
    "until": ("has no end", "until when?", "until 2027-03-31"),
    "because": ("gives no reason", "why?", 'because "the old records are being moved, ticket 1412"'),
    "approved by": ("says not who approved it", "by whom?", 'approved by "council"'),
}


class WaiverBuilder(PolicyBuilder):
    """Adds waivers."""

    def _waiver(self, span: Span, name: Token, *parts: Clause) -> Callable[[str], ast.Waiver] | None:
        clauses = self._once(parts, f"waiver `{name}`")
        ident = self._ident(name)
        for line, (lacking, label, example) in _LINES.items():
            if line not in clauses:
                help_ = f"add a line such as `{example}`"
                self._report("SYN011", f"waiver `{name}` {lacking}", ident.span, label, help_)
        if len(clauses) < len(_LINES) or None in (clauses["granted"], clauses["until"]):
            return None
        products, condition = clauses["for product"]
        return lambda doc: ast.Waiver(
            ident,
            clauses["of"],
            products,
            condition,
            clauses["granted"],
            clauses["until"],
            clauses["because"],
            clauses["approved by"],
            doc,
            span,
        )

    def _of(self, span: Span, path: ast.Ident) -> Clause:
        return Clause("of", path, span)

    def _waived_products(self, span: Span, *parts: Any) -> Clause:
        *texts, condition = parts
        products = tuple(ast.Ident(self._literal("string", text), self._ident(text).span) for text in texts)
        return Clause("for product", (products, condition), span)

    def _granted(self, span: Span, day: Token) -> Clause:
        return Clause("granted", self._day(day), span)

    def _until(self, span: Span, day: Token) -> Clause:
        return Clause("until", self._day(day), span)

    def _because(self, span: Span, text: Token) -> Clause:
        return Clause("because", self._stated("because", text), span)

    def _approved(self, span: Span, text: Token) -> Clause:
        return Clause("approved by", self._stated("approved by", text), span)

    def _day(self, day: Token) -> ast.Day | None:
        """None where there is no such day, which was said."""
        before = len(self.diagnostics)
        found = self._literal("date", day)
        return ast.Day(found, self._ident(day).span) if len(self.diagnostics) == before else None

    def _stated(self, line: str, text: Token) -> str:
        """The text, which has to say something: auditors read it."""
        stated: str = self._literal("string", text)
        if not stated.strip():
            _, label, example = _LINES[line]
            self._report("SYN011", f"`{line}` says nothing", self._ident(text).span, label, f"such as `{example}`")
        elif len(stated) > MAX_TEXT:
            message = f"`{line}` has {len(stated)} characters, more than {MAX_TEXT}"
            self._report("SYN005", message, self._ident(text).span, help="reports and attestations repeat it: be short")
        return stated
