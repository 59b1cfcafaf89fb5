"""Lark's tree of an expression to the syntax tree: values of literals, templates, spans."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final

from lark import Token, Tree

from policy_engine.diagnostics import Diagnostic, Source, Span
from policy_engine.plan.expressions import Pattern
from policy_engine.plan.values import Duration
from policy_engine.syntax import ast
from policy_engine.syntax.literals import READERS, LiteralError

#: What stands for a literal that could not be read, so that the rest is still checked.
_STANDINS: Final[dict[str, Any]] = {
    "string": "",
    "int": 0,
    "decimal": Fraction(0),
    "percent": Fraction(0),
    "duration": Duration(),
    "date": date(2000, 1, 1),
    "timestamp": datetime(2000, 1, 1, tzinfo=UTC),
    "regex": Pattern(""),
}


class ExpressionBuilder:
    """Builds expressions of a text that begins at `base` of the source.

    `parse_expression(start, end)` parses what stands between two offsets, in a template. `cuts` are the parts of the
    source that could not be read, so that nothing is missed because of them.
    """

    def __init__(
        self,
        source: Source,
        base: int,
        parse_expression: Callable[[int, int], ast.Expression | None],
        cuts: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.cuts = cuts
        self.source = source
        self.base = base
        self.parse_expression = parse_expression
        self.diagnostics: list[Diagnostic] = []

    # ------------------------------------------------------------ walking

    def build(self, node: Tree[Token]) -> Any:
        """What a tree stands for; its parts first."""
        parts = [self.build(child) if isinstance(child, Tree) else child for child in node.children]
        return getattr(self, f"_{node.data}")(self._span(node), *parts)

    def _span(self, node: Tree[Token]) -> Span:
        if node.meta.empty:
            return Span(self.source, self.base, self.base)
        return Span(self.source, node.meta.start_pos + self.base, node.meta.end_pos + self.base)

    def _ident(self, token: Token) -> ast.Ident:
        assert token.start_pos is not None
        start = token.start_pos + self.base
        return ast.Ident(str(token), Span(self.source, start, start + len(token)))

    def _report(self, code: str, message: str, span: Span, label: str = "", help: str = "") -> None:  # noqa: A002
        self.diagnostics.append(Diagnostic(code, message, span, label, help))

    def _literal(self, kind: str, token: Token) -> Any:
        try:
            return READERS[kind](str(token))
        except LiteralError as error:
            self._report(error.code, str(error), self._ident(token).span, help=error.help)
            return _STANDINS[kind]

    def _template(self, token: Token) -> ast.Template:
        """Text outside braces as it stands, `{{` and `}}` as braces, what is inside one pair as an expression."""
        whole = self._ident(token).span
        text, at, literal = str(token), 1, 1
        parts: list[str | ast.Expression] = []

        def flush(until: int) -> None:
            if until > literal:
                piece = Token(token.type, f'"{text[literal:until]}"', start_pos=whole.start - self.base + literal - 1)
                parts.append(self._literal("string", piece).replace("{{", "{").replace("}}", "}"))

        while at < len(text) - 1:
            if text[at] == "\\" or text[at : at + 2] in {"{{", "}}"}:
                at += 2
                continue
            if text[at] == "}":
                self._report(
                    "SYN007",
                    "a `}` that closes nothing",
                    Span(self.source, whole.start + at, whole.start + at + 1),
                    help="write `}}` for a brace",
                )
            if text[at] != "{":
                at += 1
                continue
            end = _closing_brace(text, at)
            if end is None:
                brace = Span(self.source, whole.start + at, whole.start + at + 1)
                self._report(
                    "SYN007", "a `{` that nothing closes", brace, help="close it with `}`, or write `{{` for a brace"
                )
                break
            flush(at)
            expression = self.parse_expression(whole.start + at + 1, whole.start + end)
            if expression is not None:
                parts.append(expression)
            at = literal = end + 1
        flush(len(text) - 1)
        return ast.Template(tuple(parts), whole)

    def _if_(
        self, span: Span, condition: ast.Expression, then: ast.Expression, otherwise: ast.Expression
    ) -> ast.Conditional:
        return ast.Conditional(condition, then, otherwise, span)

    def _every(self, span: Span, name: Token, items: ast.Expression, condition: ast.Expression) -> ast.Quantifier:
        return ast.Quantifier("every", self._ident(name), items, condition, span)

    def _some(self, span: Span, name: Token, items: ast.Expression, condition: ast.Expression) -> ast.Quantifier:
        return ast.Quantifier("some", self._ident(name), items, condition, span)

    def _either(self, span: Span, left: ast.Expression, right: ast.Expression) -> ast.Binary:
        return ast.Binary("or", left, right, span)

    def _both(self, span: Span, left: ast.Expression, right: ast.Expression) -> ast.Binary:
        return ast.Binary("and", left, right, span)

    def _negated(self, span: Span, operand: ast.Expression) -> ast.Unary:
        return ast.Unary("not", operand, span)

    def _comparison(self, span: Span, left: ast.Expression, operator: Token, right: ast.Expression) -> ast.Binary:
        return ast.Binary(str(operator), left, right, span)

    def _member_of(self, span: Span, left: ast.Expression, right: ast.Expression) -> ast.Binary:
        return ast.Binary("in", left, right, span)

    def _not_member_of(self, span: Span, left: ast.Expression, right: ast.Expression) -> ast.Unary:
        return ast.Unary("not", ast.Binary("in", left, right, span), span)

    def _matches(self, span: Span, left: ast.Expression, right: ast.Expression) -> ast.Binary:
        return ast.Binary("matches", left, right, span)

    def _is_present(self, span: Span, operand: ast.Expression) -> ast.Presence:
        return ast.Presence(operand, missing=False, span=span)

    def _is_missing(self, span: Span, operand: ast.Expression) -> ast.Presence:
        return ast.Presence(operand, missing=True, span=span)

    def _otherwise(self, span: Span, left: ast.Expression, right: ast.Expression) -> ast.Binary:
        return ast.Binary("otherwise", left, right, span)

    _sum = _comparison
    _term = _comparison

    def _minus(self, span: Span, operand: ast.Expression) -> ast.Unary:
        return ast.Unary("-", operand, span)

    def _dot(self, span: Span, of: ast.Expression, name: Token) -> ast.Dot:
        return ast.Dot(of, self._ident(name), span)

    def _index(self, span: Span, of: ast.Expression, key: ast.Expression) -> ast.Index:
        return ast.Index(of, key, span)

    def _call(self, span: Span, callee: ast.Expression, args: tuple[ast.Argument, ...] | None) -> ast.Call:
        return ast.Call(callee, args or (), span)

    def _arguments(self, _span: Span, *args: ast.Argument) -> tuple[ast.Argument, ...]:
        return args

    def _filtered(self, span: Span, items: ast.Expression, condition: ast.Expression) -> ast.Filtered:
        return ast.Filtered(items, condition, span)

    def _collected(
        self, span: Span, value: ast.Expression, name: Token, items: ast.Expression, condition: ast.Expression | None
    ) -> ast.Collected:
        return ast.Collected(value, self._ident(name), items, condition, span)

    def _name(self, span: Span, token: Token) -> ast.Name:
        return ast.Name(str(token), span)

    def _true(self, span: Span) -> ast.Literal:
        return ast.Literal(True, span)

    def _false(self, span: Span) -> ast.Literal:
        return ast.Literal(False, span)

    def _group(self, _span: Span, inner: ast.Expression) -> ast.Expression:
        return inner

    def _list(self, span: Span, *items: ast.Expression | None) -> ast.Elements:
        return ast.Elements(tuple(item for item in items if item is not None), False, span)

    def _set_literal(self, span: Span, *items: ast.Expression | None) -> ast.Elements:
        return ast.Elements(tuple(item for item in items if item is not None), True, span)

    def _string(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("string", token), span)

    def _int(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("int", token), span)

    def _decimal(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("decimal", token), span)

    def _percent(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("percent", token), span)

    def _duration(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("duration", token), span)

    def _date(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("date", token), span)

    def _timestamp(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("timestamp", token), span)

    def _regex(self, span: Span, token: Token) -> ast.Literal:
        return ast.Literal(self._literal("regex", token), span)


#: What may stand between the braces of a template: escapes, texts in quotes, and braces, which count.
_IN_BRACES: Final = re.compile(r'\\.|"[^"\\]*(?:\\.[^"\\]*)*"|[{}]')


def _closing_brace(text: str, opening: int) -> int | None:
    depth = 0
    for found in _IN_BRACES.finditer(text, opening, len(text) - 1):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return None
