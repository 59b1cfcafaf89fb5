"""The entry: facts, a recording and a report to an explanation of one rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from policy_engine.data.model import RowCheckAnswer
from policy_engine.diagnostics import nearest
from policy_engine.errors import UsageError
from policy_engine.evaluation.kleene import UNDEFINED
from policy_engine.evaluation.model import Report, RuleResult, Waived
from policy_engine.evaluation.texts import HIDDEN, element_name, revealing_loops, subject_name, subject_place
from policy_engine.explaining.facts import Facts
from policy_engine.explaining.model import ClauseExplained, Explanation, Standing, Step, SubjectExplained, Truth
from policy_engine.explaining.places import in_product, one_line
from policy_engine.explaining.recording import Judged, Node, Recording
from policy_engine.explaining.sources import Sources
from policy_engine.explaining.steps import Steps, brief
from policy_engine.explaining.values import item_text, truth_of
from policy_engine.plan.model import RulePlan
from policy_engine.product.model import Dataset, Field, Product
from policy_engine.syntax import ast

#: Those that need mending first.
ORDER: Final = tuple(Standing)


def explain(
    name: str, facts: Facts, recording: Recording, report: Report, data: Mapping[str, str], *, show_values: bool
) -> Explanation:
    """Why the rule said what it said of the product that the report is about."""
    result = next(one for one in report.results if one.rule == name)
    rule = next((one for one in facts.plan.rules if one.name == name), None)
    if rule is None or recording.inputs is None:
        return Explanation(facts.rule(name), report, result, (), tuple(_of_attribute(report, result)), {})
    tables = {table.name: table for table in facts.plan.tables}
    sources = Sources(recording.inputs, facts, tables, dict(_located(recording.inputs.product, data)))
    steps = Steps(facts.origins, sources, recording, show_values, revealing_loops(rule.loops))
    written = facts.node(name)
    assert written is not None
    found = _Subjects(rule, written, recording, result, steps)
    told = facts.rule(name)
    places = {one.name: facts.waiver_place(one.name) for one in result.waivers}
    return Explanation(told, report, result, tuple(found.clauses(told.applies_to)), found.all(), places)


def _located(product: Product, data: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The data that was given, by the names that datasets have in the contract."""
    for dataset in product.datasets:
        for name in (dataset.name, dataset.physical_name):
            if name is not None and name in data:
                yield dataset.name, data[name]


class _Subjects:
    """Every subject of one rule, explained."""

    def __init__(
        self, rule: RulePlan, written: ast.Rule, recording: Recording, result: RuleResult, steps: Steps
    ) -> None:
        self.rule = rule
        self.written = written
        self.recording = recording
        self.steps = steps
        self.violations: dict[str, list[Waived]] = defaultdict(list)
        for one in (*(Waived(violation, ()) for violation in result.violations), *result.waived):
            self.violations[one.violation.subject].append(one)
        self.are_all_listed = not result.unlisted
        self.is_lenient = rule.tolerance is not None

    def clauses(self, applies_to: str | None) -> Iterator[ClauseExplained]:
        """What is about no subject: whether the policy applies, and, where nothing came of it, what is gone over."""
        scope = self.recording.scope
        if scope is not None:
            step = self.steps.clause(one_line(applies_to or "").removeprefix("applies to "), scope)
            yield ClauseExplained("applies to", step)
        for node in self.recording.loops if not self.recording.subjects else ():
            loop = next(
                (
                    written
                    for (_, items), written in zip(self.rule.loops, self.written.loops, strict=False)
                    if items is node.expr
                ),
                None,
            )
            if loop is not None:
                text = f"{loop.name.text} in {one_line(loop.items.span.text)}"
                yield ClauseExplained("for", self.steps.items(text, node))

    def all(self) -> tuple[SubjectExplained, ...]:
        """Those that need mending first, else in the order in which they were judged."""
        found = [self._one(judged) for judged in self.recording.subjects]
        return tuple(sorted(found, key=lambda one: ORDER.index(one.standing)))

    def _one(self, judged: Judged) -> SubjectExplained:
        inputs = self.recording.inputs
        assert inputs is not None
        about = (*judged.subject, *self._about(judged))
        name = subject_name(inputs.product, about)
        standing = self._standing(judged, name)
        is_listed = standing in {Standing.FAILS, Standing.WAIVED} and self.violations[name]
        listed = self.violations[name].pop(0) if is_listed else None
        violation = None if listed is None else listed.violation
        place = violation.place if violation is not None else subject_place(inputs.product, about, self.rule.focus)
        return SubjectExplained(
            name=name,
            bindings=tuple(self._bindings(judged, name)),
            place=in_product(inputs.product, place),
            standing=standing,
            message=None if violation is None else violation.message,
            fix=None if violation is None else violation.fix,
            clauses=tuple(self._clauses(judged, standing)),
            waivers=() if listed is None else listed.waivers,
        )

    def _bindings(self, judged: Judged, name: str) -> Iterator[str]:
        """What the loops stand at, unless there is one and its name says it."""
        subject = judged.subject
        if len(subject) > 1 or (subject and element_name(subject[0]) is None):
            loops = (*(loop.name.text for loop in self.written.loops), "promise")  # which `conforms` goes over
            for loop, item, (variable, _) in zip(loops, subject, self.rule.loops, strict=False):
                if isinstance(item, Dataset | Field) and element_name(item) == name:
                    continue
                hidden = variable in self.steps.revealing and not self.steps.show_values
                yield f"{loop} = {HIDDEN if hidden else item_text(item)}"

    def _about(self, judged: Judged) -> tuple[object, ...]:
        """The dataset or field that a rule names besides its loops."""
        if self.rule.about is None:
            return ()
        pending = list(judged.clauses.values())
        while pending:
            node = pending.pop()
            if node.expr == self.rule.about:
                return (node.value,)
            pending += node.parts
        return ()

    def _standing(self, judged: Judged, name: str) -> Standing:
        when, require = judged.clauses.get("when"), judged.clauses.get("require")
        applies = Truth.TRUE if when is None else truth_of(when.value)
        if applies is Truth.FALSE:
            return Standing.DOES_NOT_APPLY
        if applies is Truth.UNKNOWN:
            return Standing.UNKNOWN
        if require is not None and isinstance(require.value, RowCheckAnswer):
            return self._of_rows(require.value, name)
        holds = truth_of(UNDEFINED if require is None else require.value)
        if holds is Truth.TRUE:
            return Standing.MEETS
        if holds is Truth.UNKNOWN:
            return Standing.UNKNOWN
        return self._violating(name)

    def _violating(self, name: str) -> Standing:
        if self.violations[name]:
            return Standing.WAIVED if self.violations[name][0].waivers else Standing.FAILS
        if not self.are_all_listed:
            return Standing.FAILS
        return Standing.TOLERATED if self.is_lenient else Standing.WOULD_FAIL

    def _of_rows(self, answer: RowCheckAnswer, name: str) -> Standing:
        if not answer.scanned:
            return Standing.UNKNOWN
        if not answer.violations:
            return Standing.MEETS
        return self._violating(name)

    def _clauses(self, judged: Judged, standing: Standing) -> Iterator[ClauseExplained]:
        """The clause that decided with all its parts, the one before it briefly."""
        when, require = judged.clauses.get("when"), judged.clauses.get("require")
        # `conforms` brings a condition of its own, which nobody wrote
        if when is not None and self.written.when is not None:
            step = self.steps.clause(one_line(self.written.when.span.text), when)
            if self.rule.over_rows and require is not None:
                step = replace(step, note="what it says of rows is counted below")
            yield ClauseExplained("when", step if require is None else _briefly(step))
        if require is not None:
            yield ClauseExplained("require", self._required(require))
        elif standing is Standing.DOES_NOT_APPLY or standing is Standing.UNKNOWN:
            yield ClauseExplained("require", Step(one_line(self.written.require.span.text), Truth.SKIPPED))

    def _required(self, node: Node) -> Step:
        step = self.steps.clause(one_line(self.written.require.span.text), node)
        if not isinstance(node.value, RowCheckAnswer):
            return step
        return Step(
            step.text,
            Truth.FALSE if node.value.violations else Truth.TRUE,
            None,
            step.note,
            self.steps.sources.of(node),
            step.parts,
        )


def _briefly(step: Step) -> Step:
    """Of several conditions, each with its values; of one, its values."""
    if any(part.truth is not None for part in step.parts):
        parts = tuple(brief(part) for part in step.parts)
        return replace(step, parts=parts)
    return brief(step)


def only(explanation: Explanation, subject: str) -> Explanation:
    """The same about one subject, by its name or the end of it. Raises UsageError where there is none."""
    names = [one.name for one in explanation.subjects]
    wanted = {name for name in names if name == subject} or {name for name in names if name.endswith(f".{subject}")}
    if not wanted:
        near = nearest(subject, names)
        some = ", ".join(sorted(set(names))[:5])
        help_ = f"did you mean `{near}`?" if near else f"it looked at {some or 'nothing'}"
        raise UsageError(f"the rule did not look at `{subject}`", help=help_)
    return replace(explanation, subjects=tuple(one for one in explanation.subjects if one.name in wanted))


def _of_attribute(report: Report, result: RuleResult) -> Iterator[SubjectExplained]:
    """A typed attribute says what does not fit; nothing is traced."""
    for violation in result.violations:
        place = violation.place
        where = report.file if place is None else f"{report.file}:{place.line}:{place.column}"
        yield SubjectExplained(violation.subject, (), where, Standing.FAILS, violation.message, violation.fix, ())
