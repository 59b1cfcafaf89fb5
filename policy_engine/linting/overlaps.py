"""Rules that say the same, and policies that could be taken for each other."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.model import CheckedRule
from policy_engine.diagnostics import Diagnostic, Label
from policy_engine.linting.model import Policy, Subject
from policy_engine.plan.expressions import Expr
from policy_engine.syntax import ast

_Requirement = tuple[tuple[tuple[str, Expr], ...], Expr | None, Expr, Expr | None, object]


def overlaps(subject: Subject) -> Iterator[Diagnostic]:
    """The second of two rules that require the same; domains' policies that are called like the council's."""
    seen: dict[_Requirement, ast.Rule] = {}
    council: dict[str, Policy] = {}
    for policy in subject.policies():
        for node, rule in policy.rules():
            requirement = _requirement(policy, rule)
            if requirement in seen:
                yield _same(node, seen[requirement])
            seen.setdefault(requirement, node)
        name = policy.node.name.text.replace("_", "").casefold().removesuffix("s")
        if policy.is_global:
            council.setdefault(name, policy)
        elif name in council:
            yield _alike(policy, council[name])


def _requirement(policy: Policy, rule: CheckedRule) -> _Requirement:
    """What makes two rules one. What they say and how much they weigh may differ; the stage at which they ask may not."""
    return rule.loops, rule.when, rule.require, policy.checked.scope, rule.stage or policy.checked.stage


def _same(node: ast.Rule, other: ast.Rule) -> Diagnostic:
    message = f"rule `{node.name.text}` requires the same of the same as rule `{other.name.text}`"
    help_ = "whoever misses it is told twice: keep one of them"
    return Diagnostic("LNT011", message, node.name.span, "again", help_, (Label(other.name.span, "already here"),))


def _alike(policy: Policy, other: Policy) -> Diagnostic:
    ident = policy.node.name
    message = f"policy `{ident.text}` is called like `{other.declared.name}`, and does not replace it"
    help_ = "both hold; give it a name that says what it adds"
    related = (Label(other.node.name.span, "the council's"),)
    return Diagnostic("LNT012", message, ident.span, "the domain's", help_, related)
