"""Conditions that say nothing, and rules that they keep from ever being asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from policy_engine.checking.constants import NotConstantError, fold
from policy_engine.checking.model import CheckedRule, CheckedSet
from policy_engine.diagnostics import Diagnostic, Edit, Label, Span
from policy_engine.linting.model import Policy, Subject
from policy_engine.linting.truth import key, operands, text_of, truth
from policy_engine.plan.expressions import Expr
from policy_engine.syntax import ast
from policy_engine.syntax.walk import expressions, parts


def conditions(subject: Subject) -> Iterator[Diagnostic]:
    """Constant and repeated conditions, and what is out of reach because of them."""
    told: set[int] = set()
    for policy in subject.policies():
        yield from _policy(subject.checked, policy, told)
    for package in subject.linked.packages.values():
        for declared in package.declarations.values():
            for whole in expressions(declared.node):
                yield from _inside(whole, told)


def _policy(checked: CheckedSet, policy: Policy, told: set[int]) -> Iterator[Diagnostic]:
    scope = policy.node.scope
    if scope is not None and scope.condition is not None and _is_never(checked, scope.condition, policy.checked.scope):
        told.add(id(scope.condition))
        message = f"policy `{policy.node.name.text}` applies to no product"
        yield Diagnostic("LNT002", message, scope.condition.span, "never true", "correct the condition, or delete it")
    for node, rule in policy.rules():
        yield from _rule(checked, node, rule, told)


def _rule(checked: CheckedSet, node: ast.Rule, rule: CheckedRule, told: set[int]) -> Iterator[Diagnostic]:
    name = node.name.text
    for loop, (_, items) in zip(node.loops, rule.loops, strict=True):
        if _constant(checked, items) == ():
            help_ = "correct the list, or delete the rule"
            yield Diagnostic("LNT002", f"rule `{name}` looks at nothing", loop.items.span, "always empty", help_)
    if node.when is not None and _is_never(checked, node.when, rule.when):
        told.add(id(node.when))
        help_ = "correct the condition, or delete the rule"
        yield Diagnostic("LNT002", f"rule `{name}` is never asked", node.when.span, "never true", help_)
    known = truth(node.require)
    if known is not None:
        told.add(id(node.require))
        message = f"rule `{name}` is met by every product" if known else f"no product can meet rule `{name}`"
        label = "always true" if known else "never true"
        yield Diagnostic("LNT003", message, node.require.span, label, "correct the condition, or delete the rule")


def _is_never(checked: CheckedSet, node: ast.Expression, expr: Expr | None) -> bool:
    return truth(node) is False or (expr is not None and _constant(checked, expr) is False)


def _constant(checked: CheckedSet, expr: Expr) -> object:
    """The value that the text alone gives. What a parameter makes of it is the domain's choice, and no mistake."""
    known = {name: value for name, value in checked.constants.items() if name not in checked.params}
    try:
        return fold(expr, known)
    except NotConstantError:
        return None


def _inside(node: ast.Argument, told: set[int]) -> Iterator[Diagnostic]:
    """The outermost constant conditions, and chains that say something twice."""
    if id(node) in told:
        return
    if not isinstance(node, ast.Filtered | ast.Collected | ast.Literal):
        known = truth(node)
        if known is not None:
            part = _decisive(node, known)
            message = f"`{_short(part)}` is {'always' if known else 'never'} true"
            yield Diagnostic("LNT003", message, part.span, help="correct it, or delete it: it decides nothing")
            return
        if isinstance(node, ast.Binary) and node.operator in {"and", "or"}:
            yield from _repeated(node)
            different = {key(part): part for part in reversed(operands(node))}.values()
            yield from (found for part in different for found in (*_literal(part), *_inside(part, told)))
            return
    for inner in parts(node):
        yield from _inside(inner, told)


def _literal(node: ast.Expression) -> Iterator[Diagnostic]:
    if isinstance(node, ast.Literal) and isinstance(node.value, bool):
        message = f"`{node.span.text}` beside other conditions changes nothing"
        yield Diagnostic("LNT003", message, node.span, help="delete it")


def _decisive(node: ast.Expression, known: bool) -> ast.Expression:
    """The operand that makes a chain constant, if one does alone."""
    if isinstance(node, ast.Binary) and node.operator in {"and", "or"} and known is (node.operator == "or"):
        return next((part for part in operands(node) if truth(part) is known), node)
    return node


def _repeated(node: ast.Binary) -> Iterator[Diagnostic]:
    seen: dict[Hashable, ast.Expression] = {}
    before: ast.Expression | None = None
    for part in operands(node):
        said = key(part)
        if said in seen:
            assert before is not None
            yield Diagnostic(
                "LNT004", f"`{_short(part)}` stands twice here", part.span, "again", "delete it",
                (Label(seen[said].span, "first here"),), _deleted(before, part, node.operator),
            )  # fmt: skip
        seen.setdefault(said, part)
        before = part


def _deleted(before: ast.Expression, part: ast.Expression, operator: str) -> tuple[Edit, ...]:
    """Delete an operand with the operator before it, where nothing else stands between: no bracket, no comment."""
    source = part.span.source
    if source.text[before.span.end : part.span.start].split() != [operator]:
        return ()
    return (Edit(Span(source, before.span.end, part.span.end), ""),)


def _short(node: ast.Expression) -> str:
    text = text_of(node)
    return text if len(text) <= 60 else f"{text[:57]}…"
