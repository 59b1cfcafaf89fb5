"""Names that declarations may not have: nothing shadows, so that a reader never wonders which one is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_engine.checking.functions import AGGREGATES, FUNCTIONS
from policy_engine.checking.scope import ROOTS, Context
from policy_engine.checking.types import SCALARS
from policy_engine.diagnostics import Label
from policy_engine.linking import Declared
from policy_engine.product.vocabulary import VOCABULARY
from policy_engine.syntax import ast

_TYPES = frozenset({*SCALARS, *VOCABULARY, "List", "Set", "Row", "Column", "Any"})


def check_declared_names(cx: Context) -> None:
    """Report every declaration, parameter and column whose name is taken."""
    for package in cx.linked.packages.values():
        for declared in package.declarations.values():
            _declared(cx, declared)
            for ident in _inner(declared.node):
                _inside(cx, declared, ident)
            _once(cx, declared)


def _declared(cx: Context, declared: Declared) -> None:
    node = declared.node
    if isinstance(node, ast.Set | ast.Attribute):
        return
    name = node.name.text
    if isinstance(node, ast.Enum) and name in _TYPES:
        _taken(cx, node.name, f"`{name}` is a type of the language")
    elif isinstance(node, ast.Def) and name in {*FUNCTIONS, *AGGREGATES}:
        _taken(cx, node.name, f"`{name}` is a function of the language")
    elif not isinstance(node, ast.Policy | ast.Waiver) and name in ROOTS:
        _taken(cx, node.name, f"`{name}` always means the same thing in a policy")
    elif not isinstance(node, ast.Policy | ast.Waiver) and name in declared.imports:
        _taken(cx, node.name, f"`{name}` is the name of an import")


def _inner(node: ast.Declaration) -> Iterator[ast.Ident]:
    """Names that an expression can use inside a declaration, besides its loops."""
    match node:
        case ast.Def(parameters=parameters):
            yield from (typed.name for typed in parameters)
        case ast.Policy(params=params):
            yield from (param.name for param in params)
        case _:
            return


def _inside(cx: Context, declared: Declared, ident: ast.Ident) -> None:
    if ident.text in ROOTS:
        _taken(cx, ident, f"`{ident.text}` always means the same thing in a policy")
    elif is_taken(cx, declared, ident.text):
        _taken(cx, ident, f"`{ident.text}` is already the name of something here")


def is_taken(cx: Context, declared: Declared, name: str) -> bool:
    """Would a variable of this name hide a value, a type or an import?"""
    found = cx.linked.declared(declared.package, name)
    return name in declared.imports or (found is not None and not isinstance(found.node, ast.Policy | ast.Waiver))


def _taken(cx: Context, ident: ast.Ident, message: str) -> None:
    cx.report("LNK014", message, ident.span, help="choose another name")


def _once(cx: Context, declared: Declared) -> None:
    match declared.node:
        case ast.Def(parameters=typed) | ast.Table(columns=typed):
            _twice(cx, (one.name for one in typed))
        case _:
            return
    for one in typed:
        if one.name.text.startswith("__"):
            message = f"`{one.name.text}` begins with two underscores, as names of the engine do"
            cx.report("LNK014", message, one.name.span, help="choose another name")


def _twice(cx: Context, idents: Iterable[ast.Ident]) -> None:
    seen: dict[str, ast.Ident] = {}
    for ident in idents:
        if ident.text in seen:
            related = (Label(seen[ident.text].span, "first here"),)
            cx.report("LNK002", f"`{ident.text}` is declared twice", ident.span, "again here", "rename one", related)
        seen.setdefault(ident.text, ident)
