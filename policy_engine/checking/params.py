"""Parameters: their defaults, what domains may do with them, and what a domain has set."""

from __future__ import annotations

from typing import Final

from policy_engine.checking.constants import NotConstantError, fold
from policy_engine.checking.expressions import Expressions
from policy_engine.checking.model import CheckedParam
from policy_engine.checking.scope import Context, Scope, file_scope
from policy_engine.checking.shares import is_share
from policy_engine.checking.types import resolve_type
from policy_engine.diagnostics import Diagnostic, Label
from policy_engine.linking import Declared
from policy_engine.plan import types
from policy_engine.plan.expressions import Constant, Expr
from policy_engine.plan.types import ANY, Enumeration, Sequence, Type
from policy_engine.syntax import ast

_WORDS: Final = {"raise": "raise it to", "lower": "lower it to", "choose": "choose from"}
_ORDERED: Final = {types.INT, types.DECIMAL, types.DATE, types.TIMESTAMP, types.DURATION}


def check_params(cx: Context) -> None:
    """Every parameter of every policy gets its value: the default, or what a domain set within what is delegated."""
    for package in cx.linked.packages.values():
        for declared in package.declarations.values():
            if isinstance(declared.node, ast.Policy):
                _policy(cx, declared, declared.node)


def _policy(cx: Context, declared: Declared, policy: ast.Policy) -> None:
    seen: dict[str, ast.Param] = {}
    for param in policy.params:
        name = f"{declared.name}.{param.name.text}"
        if param.name.text in seen:
            message = f"policy `{policy.name.text}` has a parameter `{param.name.text}` twice"
            related = (Label(seen[param.name.text].name.span, "first here"),)
            cx.report("LNK002", message, param.name.span, "again here", "give one of them another name", related)
            continue
        seen[param.name.text] = param
        of = resolve_type(cx, param.type, declared)
        written = Expressions(cx).expect(file_scope(declared), param.default, of)
        default = _folded(cx, written, param.default)
        if default is None:
            cx.params[name] = CheckedParam(name, of, None, False, param.doc)
            continue
        for freedom in param.freedoms:
            _delegated(cx, file_scope(declared), freedom, of, default, param)
        chosen = _setting(cx, name, of, default, declared, param)
        value = default if chosen is None else chosen
        cx.params[name] = CheckedParam(name, of, value, chosen is not None, param.doc, is_share(cx, written))


def _value(cx: Context, scope: Scope, node: ast.Expression, of: Type) -> Constant:
    """The constant that an expression of the type stands for; None where it stands for none, which is diagnosed."""
    return _folded(cx, Expressions(cx).expect(scope, node, of), node)


def _folded(cx: Context, found: Expr, node: ast.Expression) -> Constant:
    if found.type == ANY:
        return None
    try:
        return fold(found, cx.constants)
    except NotConstantError as error:
        help_ = "a parameter is a value known from the policy text alone"
        cx.report("CHK010", str(error) or "this is not known before a product is seen", node.span, help=help_)
        return None


def _bound(cx: Context, scope: Scope, freedom: ast.Freedom, of: Type) -> Constant:
    return _value(cx, scope, freedom.bound, Sequence(of) if freedom.kind == "choose" else of)


def _delegated(cx: Context, scope: Scope, freedom: ast.Freedom, of: Type, default: Constant, param: ast.Param) -> None:
    """The default itself must lie within what is delegated."""
    if freedom.kind != "choose" and not _is_ordered(of):
        help_ = "delegate with `domains may choose from {…}`"
        cx.report("CHK022", f"a `{of}` can be neither raised nor lowered", freedom.span, help=help_)
        return
    bound = _bound(cx, scope, freedom, of)
    if bound is None or _is_within(freedom.kind, default, bound, default, of):
        return
    words = {"raise": "above what domains may raise it to", "lower": "below what domains may lower it to"}
    message = f"the default of `{param.name.text}` is {words.get(freedom.kind, 'not among what domains may choose')}"
    related = (Label(param.default.span, "the default"),)
    cx.report("CHK022", message, freedom.span, "what is delegated", "correct the default or the bound", related)


def _setting(cx: Context, name: str, of: Type, default: Constant, declared: Declared, param: ast.Param) -> Constant:
    setting = cx.linked.settings.get(name)
    if setting is None:
        return None
    value = _value(cx, file_scope(setting.declared), setting.node.value, of)
    if value is None:
        return None
    scope = file_scope(declared)
    bounds = [(freedom.kind, _bound(cx, scope, freedom, of)) for freedom in param.freedoms]
    if _unordered(value, of) == _unordered(default, of) or any(
        bound is not None and _is_within(kind, value, bound, default, of) for kind, bound in bounds
    ):
        return value
    ways = " or ".join(f"{_WORDS[freedom.kind]} {freedom.bound.span.text}" for freedom in param.freedoms)
    cx.diagnostics.append(
        Diagnostic(
            "CHK021",
            f"`{setting.node.path.text}` is set beyond what the council delegated",
            setting.node.value.span,
            "out of bounds",
            f"the default is {param.default.span.text}; domains may {ways}",
            (Label(param.span, "delegated here"),),
        )
    )
    return None


def _unordered(value: Constant, of: Type) -> object:
    """A set without its order."""
    return frozenset(value) if isinstance(of, Sequence) and of.distinct and isinstance(value, tuple) else value


def _is_ordered(of: Type) -> bool:
    return of in _ORDERED or (isinstance(of, Enumeration) and of.ordered)


def _is_within(kind: str, value: Constant, bound: Constant, default: Constant, of: Type) -> bool:
    """Is the value between the default and the bound, both included, or among the choices?"""
    if kind == "choose":
        assert isinstance(bound, tuple)
        return _unordered(value, of) in [_unordered(one, of) for one in bound]
    if isinstance(of, Enumeration):
        rank = of.members.index
        assert isinstance(value, str) and isinstance(bound, str) and isinstance(default, str)  # noqa: PT018
        low, middle, high = rank(default), rank(value), rank(bound)
        return low <= middle <= high if kind == "raise" else high <= middle <= low
    return default <= value <= bound if kind == "raise" else bound <= value <= default  # type: ignore[operator]
