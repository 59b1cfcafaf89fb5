"""`let` and `def`: checked in the order in which they need each other, so that uses find them done; never a circle."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.cost import affordable, cost
from policy_engine.checking.expressions import Expressions
from policy_engine.checking.model import Function
from policy_engine.checking.names import dotted, find_declared
from policy_engine.checking.scope import WRONG, Context, Scope, file_scope
from policy_engine.checking.types import resolve_type
from policy_engine.linking import Declared
from policy_engine.plan.expressions import Expr, Local
from policy_engine.plan.types import ANY
from policy_engine.syntax import ast
from policy_engine.syntax.walk import parts


def check_definitions(cx: Context) -> None:
    """Check every `let` and `def` of the set."""
    for declared in _ordered(cx):
        scope = file_scope(declared)
        match declared.node:
            case ast.Let(type=None, value=value):
                cx.constants[declared.name] = _bounded(cx, declared, Expressions(cx).infer(scope, value)) or WRONG
            case ast.Let(type=type_, value=value) if type_ is not None:
                found = Expressions(cx).expect(scope, value, resolve_type(cx, type_, declared))
                cx.constants[declared.name] = _bounded(cx, declared, found) or WRONG
            case ast.Def() as node:
                _function(cx, scope, declared, node)
            case _:
                continue


def _function(cx: Context, scope: Scope, declared: Declared, node: ast.Def) -> None:
    for typed in node.parameters:
        scope = scope.bind(typed.name.text, Local(typed.name.text, resolve_type(cx, typed.type, declared)))
    body = _bounded(cx, declared, Expressions(cx).expect(scope, node.body, resolve_type(cx, node.result, declared)))
    if body is not None and body.type != ANY:
        cx.functions[declared.name] = Function(tuple(typed.name.text for typed in node.parameters), body)


def _bounded(cx: Context, declared: Declared, found: Expr) -> Expr | None:
    """What was found, unless it grows too large with the definitions it uses."""
    assert isinstance(declared.node, ast.Let | ast.Def)
    name = declared.node.name
    if not affordable(cx, found, name.span, f"`{name.text}`"):
        return None
    size = cost(cx, found)
    cx.costs[declared.name] = size.depth, size.nodes
    return found


def _ordered(cx: Context) -> list[Declared]:
    """Depth first, what is needed before what needs it; members of a circle are diagnosed and left out.

    Without recursion: a chain of definitions may be longer than Python's stack.
    """
    done: dict[str, bool] = {}
    order: list[Declared] = []
    for package in cx.linked.packages.values():
        for declared in package.declarations.values():
            if isinstance(declared.node, ast.Let | ast.Def):
                _visit(cx, declared, done, order)
    return order


def _visit(cx: Context, first: Declared, done: dict[str, bool], order: list[Declared]) -> None:
    path: dict[str, tuple[Declared, Iterator[Declared]]] = {}
    pending: Declared | None = first
    while pending is not None or path:
        if pending is not None and pending.name in path:
            _circle(cx, pending, list(path))
            done.update(dict.fromkeys(list(path)[list(path).index(pending.name) :], False))
        elif pending is not None and pending.name not in done:
            path[pending.name] = pending, iter(list(_needed(cx, pending)))
        name, (declared, rest) = next(reversed(path.items())) if path else ("", (first, iter(())))
        pending = next(rest, None)
        if pending is None and path:
            del path[name]
            _finish(cx, declared, done, order)


def _finish(cx: Context, declared: Declared, done: dict[str, bool], order: list[Declared]) -> None:
    """All that it needs was visited."""
    if declared.name not in done:
        done[declared.name] = all(done.get(other.name, False) for other in _needed(cx, declared))
        if done[declared.name]:
            order.append(declared)


def _circle(cx: Context, declared: Declared, path: list[str]) -> None:
    assert isinstance(declared.node, ast.Let | ast.Def)
    ident = declared.node.name
    circle = " → ".join(name.rpartition(".")[2] for name in [*path[path.index(declared.name) :], declared.name])
    cx.report("LNK011", f"`{ident.text}` needs itself", ident.span, help=f"break the circle {circle}")


def _needed(cx: Context, declared: Declared) -> Iterator[Declared]:
    node = declared.node
    assert isinstance(node, ast.Let | ast.Def)
    scope = file_scope(declared)
    for path in dict.fromkeys(_paths(node.value if isinstance(node, ast.Let) else node.body)):
        found = find_declared(cx, scope, path)
        if found is not None and isinstance(found.node, ast.Let | ast.Def):
            yield found


def _paths(node: ast.Argument) -> Iterator[str]:
    """Every dotted name that an expression mentions, and every beginning of one."""
    path = dotted(node) if isinstance(node, ast.Name | ast.Dot) else None
    if path is not None:
        yield path
    for part in parts(node):
        yield from _paths(part)
