"""Lark's tree of a file to the syntax tree: package, imports, declarations with their documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Token

from policy_engine.diagnostics import Span
from policy_engine.syntax import ast
from policy_engine.syntax.build_policies import documentation
from policy_engine.syntax.build_waivers import WaiverBuilder


class FileBuilder(WaiverBuilder):
    """Builds one file. Declarations are built as functions that wait for the documentation above them."""

    def _file(self, _span: Span, package: ast.Ident, *parts: Any) -> ast.File:
        imports = tuple(part for part in parts if isinstance(part, ast.Import))
        declarations = tuple(part for part in parts if part is not None and not isinstance(part, ast.Import))
        return ast.File(self.source.name, package, imports, declarations)

    def _package(self, _span: Span, path: ast.Ident) -> ast.Ident:
        return path

    def _import_(self, _span: Span, path: ast.Ident, alias: Token | None) -> ast.Import:
        return ast.Import(path, None if alias is None else self._ident(alias))

    def _path(self, span: Span, *names: Token) -> ast.Ident:
        return ast.Ident(".".join(names), span)

    def _documented(self, _span: Span, *parts: Any) -> ast.Declaration | None:
        *docs, declaration = parts
        return declaration(documentation(docs)) if declaration is not None else None

    def _enum(self, span: Span, name: Token, members: tuple[tuple[ast.Ident, ...], bool]) -> Callable[[str], ast.Enum]:
        idents, ordered = members
        seen: dict[str, ast.Ident] = {}
        for member in idents:
            if member.text in seen:
                self._report("LNK002", f"the enum has `{member.text}` twice", member.span, help="remove one of them")
            seen.setdefault(member.text, member)
        return lambda doc: ast.Enum(self._ident(name), tuple(seen.values()), ordered, doc, span)

    def _unordered(self, _span: Span, *names: Token | None) -> tuple[tuple[ast.Ident, ...], bool]:
        return tuple(self._ident(name) for name in names if name is not None), False

    def _ordered(self, _span: Span, *names: Token) -> tuple[tuple[ast.Ident, ...], bool]:
        return tuple(self._ident(name) for name in names), True

    def _attribute(
        self,
        span: Span,
        entity: Token,
        name: Token,
        type_: ast.TypeName,
        custom: Token | None,
        schedule: tuple[ast.Step, ...] | None,
    ) -> Callable[[str], ast.Attribute]:
        key = None if custom is None else self._literal("string", custom)
        return lambda doc: ast.Attribute(self._ident(entity), self._ident(name), type_, key, schedule, doc, span)

    def _let(
        self, span: Span, name: Token, type_: ast.TypeName | None, value: ast.Expression
    ) -> Callable[[str], ast.Let]:
        return lambda doc: ast.Let(self._ident(name), type_, value, doc, span)

    def _def_(self, span: Span, name: Token, *parts: Any) -> Callable[[str], ast.Def]:
        *parameters, result, body = (part for part in parts if part is not None)
        return lambda doc: ast.Def(self._ident(name), tuple(parameters), result, body, doc, span)

    def _table(self, span: Span, name: Token, *parts: Any) -> Callable[[str], ast.Table]:
        *columns, file = parts
        where = ast.Ident(self._literal("string", file), self._ident(file).span)
        return lambda doc: ast.Table(self._ident(name), tuple(columns), where, doc, span)

    def _set_(self, span: Span, path: ast.Ident, value: ast.Expression) -> Callable[[str], ast.Set]:
        return lambda doc: ast.Set(path, value, doc, span)

    def _typed(self, _span: Span, name: Token, type_: ast.TypeName) -> ast.Typed:
        return ast.Typed(self._ident(name), type_)

    def _type(self, span: Span, name: ast.Ident, *rest: Any) -> ast.TypeName:
        argument = next((part for part in rest if isinstance(part, ast.TypeName)), None)
        return ast.TypeName(name, argument, span.text.endswith("?"), span)
