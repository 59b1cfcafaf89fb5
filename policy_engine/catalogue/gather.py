"""Linked policies and their plan -> the catalogue: what authors wrote, beside what is in force on a day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import dedent
from typing import Final, assert_never

from policy_engine.catalogue.examples import examples
from policy_engine.catalogue.model import (
    AttributeEntry,
    Catalogue,
    ControlEntry,
    Example,
    Force,
    ParameterEntry,
    Place,
    PolicyEntry,
    RuleEntry,
    TermEntry,
    WaiverEntry,
)
from policy_engine.checking.model import CheckedAttribute, CheckedSet
from policy_engine.diagnostics import Span
from policy_engine.evaluation.results import in_force
from policy_engine.linking import Declared, LinkedSet, LinkedWaiver
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import Plan, Schedule
from policy_engine.syntax import ast
from policy_engine.testing.model import Case


@dataclass(frozen=True, slots=True)
class Written:
    """What the catalogue is made from: the linked and the checked policies, and their plan.

    `files` maps the names of source files to those that are shown, which say nothing of the machine.
    """

    linked: LinkedSet
    checked: CheckedSet
    plan: Plan
    files: Mapping[str, str]


def gather(
    written: Written,
    *,
    day: date,
    title: str,
    digests: Sequence[tuple[str, str]] = (),
    cases: Iterable[Case] = (),
) -> Catalogue:
    """The catalogue on a day. `cases` are tests of the policies, which become their examples."""
    shown = examples(cases, (policy.name for policy in written.checked.policies))
    gathering = _Gathering(written, day, shown)
    declared = sorted(_declared(written.linked), key=lambda one: (one.layer is Layer.DOMAIN, one.name))
    policies = tuple(gathering.policy(one, one.node) for one in declared if isinstance(one.node, ast.Policy))
    return Catalogue(
        title=title,
        day=day,
        digests=tuple(digests),
        policies=policies,
        attributes=tuple(map(gathering.attribute, written.checked.attributes)),
        terms=tuple(term for one in declared for term in gathering.terms(one)),
        waivers=tuple(map(gathering.waiver, written.linked.waivers)),
        controls=tuple(_controls(policies)),
    )


def _declared(linked: LinkedSet) -> Iterator[Declared]:
    for package in linked.packages.values():
        yield from package.declarations.values()


class _Gathering:
    def __init__(self, written: Written, day: date, shown: Mapping[str, Sequence[Example]]) -> None:
        self.day = day
        self.examples = shown
        self.files = written.files
        self.settings = written.linked.settings
        self.checked = {policy.name: policy for policy in written.checked.policies}
        self.rules = {rule.name: rule for rule in written.plan.rules}
        self.typed = {one.name: one.node for one in written.linked.attributes if isinstance(one.node, ast.Attribute)}

    def policy(self, declared: Declared, node: ast.Policy) -> PolicyEntry:
        checked = self.checked[declared.name]
        return PolicyEntry(
            name=declared.name,
            short=node.name.text,
            package=declared.package,
            layer=declared.layer,
            documentation=node.doc,
            owner=node.owner,
            decision=node.decision,
            review=node.review,
            severity=checked.severity,
            controls=node.controls,
            force=self.force(checked.schedule),
            scope=None if node.scope is None else _one_line(node.scope.span).removeprefix("applies to "),
            waivable=None if node.waivable is None else _one_line(node.waivable.span).removeprefix("waivable "),
            formerly=None if node.formerly is None else node.formerly.text,
            parameters=tuple(self.parameter(declared.name, param) for param in node.params),
            rules=tuple(self.rule(declared.name, rule) for rule in node.rules),
            examples=tuple(self.examples.get(declared.name, ())),
            place=self.place(node.name.span),
        )

    def parameter(self, policy: str, param: ast.Param) -> ParameterEntry:
        setting = self.settings.get(f"{policy}.{param.name.text}")
        return ParameterEntry(
            name=param.name.text,
            type=_one_line(param.type.span),
            default=_one_line(param.default.span),
            freedoms=tuple(f"{_FREEDOM[freedom.kind]} {_one_line(freedom.bound.span)}" for freedom in param.freedoms),
            chosen=None if setting is None else _one_line(setting.node.value.span),
            chosen_at=None if setting is None else self.place(setting.node.span),
            documentation=param.doc,
        )

    def rule(self, policy: str, node: ast.Rule) -> RuleEntry:
        plan = self.rules[f"{policy}.{node.name.text}"]
        return RuleEntry(
            name=plan.name,
            short=node.name.text,
            documentation=node.doc,
            text=_source(node.span),
            severity=plan.severity,
            stage=plan.stage,
            force=self.force(plan.schedule),
            place=self.place(node.name.span),
        )

    def attribute(self, checked: CheckedAttribute) -> AttributeEntry:
        node = self.typed[checked.name]
        return AttributeEntry(
            name=checked.name,
            target=f"{node.entity.text}.{node.name.text}",
            type=_one_line(node.type.span),
            custom=node.custom,
            documentation=node.doc,
            force=self.force(checked.schedule),
            place=self.place(checked.span),
        )

    def terms(self, declared: Declared) -> Iterator[TermEntry]:
        """What is neither policy nor attribute nor `set`."""
        node = declared.node
        match node:
            case ast.Enum():
                kind = "vocabulary, in order" if node.ordered else "vocabulary"
            case ast.Let():
                kind = "constant"
            case ast.Def():
                kind = "function"
            case ast.Table():
                kind = "reference table"
            case ast.Attribute() | ast.Set() | ast.Policy() | ast.Waiver():
                return
            case _:
                assert_never(node)
        yield TermEntry(declared.name, kind, node.doc, _source(node.span), self.place(node.name.span))

    def waiver(self, linked: LinkedWaiver) -> WaiverEntry:
        """A waiver, and whether it holds on the day."""
        node = linked.node
        rule = f".{linked.rules[0].name.text}" if linked.rules != _rules(linked.policy) else ""
        state = "in force"
        if self.day > node.until.value:
            state = "expired"
        elif self.day < node.granted.value:
            state = "not in force yet"
        return WaiverEntry(
            name=linked.declared.name,
            of=f"{linked.policy.name}{rule}",
            products=tuple(product.text for product in node.products),
            condition=None if node.condition is None else _one_line(node.condition.span),
            granted=node.granted.value,
            until=node.until.value,
            because=node.because,
            approved_by=node.approved_by,
            state=state,
            place=self.place(node.name.span),
        )

    def force(self, schedule: Schedule) -> Force:
        now, later = in_force(schedule, self.day)
        steps = (f"{level}" if since is None else f"{level} from {since}" for level, since in schedule)
        return Force(now, later, ", then ".join(steps))

    def place(self, span: Span) -> Place:
        return Place(self.files.get(span.source.name, span.source.name), span.position[0])


def _rules(policy: Declared) -> tuple[ast.Rule, ...]:
    return policy.node.rules if isinstance(policy.node, ast.Policy) else ()


_FREEDOM: Final = {"raise": "raise to", "lower": "lower to", "choose": "choose from"}


def _controls(policies: Iterable[PolicyEntry]) -> Iterator[ControlEntry]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for policy in policies:
        for control in policy.controls:
            framework, _, number = control.partition(":")
            key = (framework, number) if number else ("Other", framework)
            found[key] += [rule.name for rule in policy.rules]
    for framework, number in sorted(found, key=lambda key: (key[0], _natural(key[1]))):
        yield ControlEntry(framework, number, tuple(sorted(set(found[framework, number]))))


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which 5.9 comes before 5.12."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"[0-9]+|[^0-9]+", text))


def _one_line(span: Span) -> str:
    return " ".join(span.text.split())


def _source(span: Span) -> str:
    """The text of a declaration, whose first line loses no more indentation than the others."""
    column = span.position[1] - 1
    return dedent(" " * column + span.text).rstrip() + "\n"
