"""Clauses and declarations without effect."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.diagnostics import Diagnostic, Label, Span
from policy_engine.linking import Unit
from policy_engine.linting.model import Policy, Subject, without
from policy_engine.linting.truth import key
from policy_engine.linting.unused import whole_import
from policy_engine.syntax import ast


def needless(subject: Subject) -> Iterator[Diagnostic]:
    """A tolerance of nothing, a `set` of what holds anyway, a former name that is the name, an import given twice."""
    for policy in subject.policies():
        yield from _former(policy)
        for node, rule in policy.rules():
            if node.tolerance is not None and rule.tolerance == 0 and isinstance(node.tolerance.share, ast.Literal):
                message = f"rule `{node.name.text}` tolerates nothing, as every rule does"
                yield _needless(message, node.tolerance.span)
    for unit in subject.linked.units:
        yield from _imports(unit)
    yield from _settings(subject)


def _needless(message: str, span: Span, related: tuple[Label, ...] = ()) -> Diagnostic:
    return Diagnostic("LNT015", message, span, help="delete it", related=related, edits=(without(span),))


def _former(policy: Policy) -> Iterator[Diagnostic]:
    name = policy.declared.name
    named: list[tuple[str, ast.Policy | ast.Rule]] = [(name, policy.node)]
    named += [(f"{name}.{rule.name.text}", rule) for rule in policy.node.rules]
    for full, node in named:
        former = node.formerly
        if former is not None and former.text in {node.name.text, full}:
            text = former.span.source.text
            span = Span(former.span.source, text.rindex("formerly", 0, former.span.start), former.span.end)
            yield _needless(f"`{former.text}` is what it is called now", span)


def _imports(unit: Unit) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], ast.Import] = {}
    for imported in unit.file.imports:
        name = imported.package.text
        alias = imported.alias.text if imported.alias is not None else name.rpartition(".")[2]
        if (name, alias) in seen:
            related = (Label(seen[name, alias].package.span, "already here"),)
            yield _needless(f"`{name}` is imported twice", whole_import(imported), related)
        seen.setdefault((name, alias), imported)


def _settings(subject: Subject) -> Iterator[Diagnostic]:
    """A `set` of the default: it would hide it if the council changed the default."""
    params = {
        f"{policy.declared.name}.{param.name.text}": param
        for policy in subject.policies()
        for param in policy.node.params
    }
    for name, setting in subject.linked.settings.items():
        param = params.get(name)
        if param is not None and key(param.default) == key(setting.node.value):
            related = (Label(param.default.span, "the default"),)
            message = f"`{setting.node.path.text}` is set to what the council chose"
            help_ = "delete it, so that the domain follows when the council changes its mind"
            yield Diagnostic("LNT015", message, setting.node.span, help=help_, related=related)
