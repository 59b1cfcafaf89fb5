"""Names that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.names import dotted
from policy_engine.diagnostics import Diagnostic, Span
from policy_engine.linking import Declared, Unit
from policy_engine.linting.model import Subject, without
from policy_engine.plan.layer import Layer
from policy_engine.syntax import ast
from policy_engine.syntax.walk import expressions, of_rule, types, walk

_KINDS = {ast.Let: "let", ast.Def: "def", ast.Enum: "enum", ast.Table: "table"}


def unused(subject: Subject) -> Iterator[Diagnostic]:
    """`let`, `def`, `enum`, `table`, parameters and imports without a use."""
    used = frozenset(path for unit in subject.linked.units for path in _qualified(unit))
    for package in subject.linked.packages.values():
        # A global package without a policy is there for others, of which some may not be given.
        is_shared = package.layer is Layer.GLOBAL and not any(
            isinstance(declared.node, ast.Policy) for declared in package.declarations.values()
        )
        for declared in package.declarations.values():
            if type(declared.node) in _KINDS and not is_shared:
                yield from _declaration(declared, used)
            if isinstance(declared.node, ast.Policy):
                yield from _params(declared.node)
    for unit in subject.linked.units:
        yield from _imports(unit)


def _declaration(declared: Declared, used: frozenset[str]) -> Iterator[Diagnostic]:
    node = declared.node
    assert isinstance(node, ast.Let | ast.Def | ast.Enum | ast.Table)
    if declared.name not in used:
        message = f"nothing uses `{node.name.text}`"
        yield Diagnostic("LNT001", message, node.name.span, help=f"use it, or delete the `{_KINDS[type(node)]}`")


def _params(policy: ast.Policy) -> Iterator[Diagnostic]:
    scope = policy.scope.condition if policy.scope is not None else None
    used = {
        path.partition(".")[0]
        for whole in (*([] if scope is None else [scope]), *(part for rule in policy.rules for part in of_rule(rule)))
        for path in _paths(whole)
    }
    for param in policy.params:
        if param.name.text not in used:
            message = f"no rule uses the parameter `{param.name.text}`"
            yield Diagnostic("LNT001", message, param.name.span, help="domains that set it change nothing: delete it")


def _imports(unit: Unit) -> Iterator[Diagnostic]:
    used = {path for node in unit.file.declarations for path in _mentioned(node)}
    for imported in unit.file.imports:
        full = imported.package.text
        alias = imported.alias.text if imported.alias is not None else full.rpartition(".")[2]
        if not any(path.startswith((f"{alias}.", f"{full}.")) for path in used):
            span = whole_import(imported)
            yield Diagnostic(
                "LNT001", f"nothing here uses `{full}`", imported.package.span, help="delete the import",
                edits=(without(span),),
            )  # fmt: skip


def whole_import(imported: ast.Import) -> Span:
    """The import with its keyword."""
    path = imported.package.span
    start = path.source.text.rindex("import", 0, path.start)
    end = path.end if imported.alias is None else imported.alias.span.end
    return Span(path.source, start, end)


def _qualified(unit: Unit) -> Iterator[str]:
    """Every name that a file may mean, by package."""
    package = unit.file.package.text
    aliases = {
        imported.alias.text if imported.alias is not None else imported.package.text.rpartition(".")[2]: (
            imported.package.text
        )
        for imported in unit.file.imports
    }
    for node in unit.file.declarations:
        own = None if isinstance(node, ast.Set | ast.Attribute | ast.Policy) else f"{package}.{node.name.text}"
        for path in _mentioned(node):
            first, _, rest = path.partition(".")
            for name in (path, f"{package}.{path}", f"{aliases.get(first, first)}.{rest}"):
                # What uses only itself is not used.
                yield from (name[:at] for at in _ends(name) if name[:at] != own)


def _ends(path: str) -> Iterator[int]:
    """Where each beginning of a dotted name ends."""
    yield from (at for at, sign in enumerate(path) if sign == ".")
    yield len(path)


def _mentioned(node: ast.Declaration) -> Iterator[str]:
    """Every dotted name in a declaration."""
    if isinstance(node, ast.Set):
        yield node.path.text
    if isinstance(node, ast.Waiver):
        yield node.of.text
    yield from (of.name.text for of in types(node))
    for whole in expressions(node):
        yield from _paths(whole)


def _paths(whole: ast.Expression) -> Iterator[str]:
    for part in walk(whole):
        path = dotted(part) if isinstance(part, ast.Name | ast.Dot) else None
        if path is not None:
            yield path
