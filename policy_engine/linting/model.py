"""What every part of linting looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policy_engine.checking.model import CheckedPolicy, CheckedRule, CheckedSet
from policy_engine.diagnostics import Edit, Span
from policy_engine.linking import Declared, LinkedSet
from policy_engine.plan.layer import Layer
from policy_engine.syntax import ast
from policy_engine.verdict import Enforcement


@dataclass(frozen=True, slots=True)
class Subject:
    """The whole set, as it was linked and checked, and the day on which it is looked at."""

    linked: LinkedSet
    checked: CheckedSet
    day: date

    def policies(self) -> Iterator[Policy]:
        """Every policy, as it is written and as it is checked."""
        nodes = {
            declared.name: (declared, declared.node)
            for package in self.linked.packages.values()
            for declared in package.declarations.values()
            if isinstance(declared.node, ast.Policy)
        }
        for checked in self.checked.policies:
            yield Policy(*nodes[checked.name], checked)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: where it is declared, its text, what it means."""

    declared: Declared
    node: ast.Policy
    checked: CheckedPolicy

    @property
    def is_global(self) -> bool:
        """Is it the council's?"""
        return self.declared.layer is Layer.GLOBAL

    def rules(self) -> Iterator[tuple[ast.Rule, CheckedRule]]:
        """Every rule, as it is written and as it is checked."""
        nodes = {f"{self.declared.name}.{rule.name.text}": rule for rule in self.node.rules}
        for checked in self.checked.rules:
            yield nodes[checked.name], checked

    def blocks(self, rule: CheckedRule) -> bool:
        """Does the rule block, today or some day?"""
        schedule = rule.schedule or self.checked.schedule
        return any(enforcement is Enforcement.BLOCK for enforcement, _ in schedule)


def without(span: Span) -> Edit:
    """Take away what stands at the span, with its line where nothing else stands there."""
    text = span.source.text
    start, end = span.start, span.end
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    if not text[line_start:start].strip() and not text[end:line_end].strip():
        return Edit(Span(span.source, line_start, min(line_end + 1, len(text))), "")
    while start > line_start and text[start - 1] in " \t":
        start -= 1
    return Edit(Span(span.source, start, end), "")
