"""The entry of evaluation: a plan and a product to the outcome of every rule, asking the data for what it needs.

The program runs, and what it asked of the data without answer is scanned, until nothing new is asked: twice as a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Protocol

from policy_engine.changes.model import Change
from policy_engine.data.model import Answer, Metric
from policy_engine.data.promises import Promise
from policy_engine.evaluation.budget import Budget
from policy_engine.evaluation.concern import unconcerned
from policy_engine.evaluation.earlier import Earlier
from policy_engine.evaluation.generate import Program, generate, generate_scopes
from policy_engine.evaluation.growth import only_grows
from policy_engine.evaluation.kleene import looped, truth, withheld
from policy_engine.evaluation.model import Attested, RuleResult, Violation, Waived
from policy_engine.evaluation.notes import Noted, Notes, Subject
from policy_engine.evaluation.questions import Questions, former_parts
from policy_engine.evaluation.results import is_due, judge_attribute, made
from policy_engine.evaluation.same import Same
from policy_engine.evaluation.sizes import bound, measure
from policy_engine.evaluation.texts import promise_text, render, revealing_loops, subject_name, subject_place
from policy_engine.evaluation.waivers import Waivers, records, waivers_of
from policy_engine.plan.expressions import Ask
from policy_engine.plan.model import Needs, Plan, RulePlan
from policy_engine.plan.values import Unknown
from policy_engine.plan.walk import walk
from policy_engine.product.model import Product
from policy_engine.verdict import Outcome, Stage

Scan = Callable[[Iterable[Metric]], Mapping[Metric, Answer]]

#: A question whose answer leads to another question: more rounds than any sensible policy takes.
_MAX_ROUNDS: Final = 10
_MOST_REASONS: Final = 20
_NAMES: Final = "the names of fields were looked at; their values are due at stage publish"
_NOT_ALL: Final = "only a sample was given, which can show violations, not their absence"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a verdict depends on besides the plan. Time is an input; `scan` answers metrics of the data.

    `previous` is the version published before, None where this is the first, unknown where nobody said. `sampled`
    names the datasets of which only a sample was given. `earlier` is what attestations recorded of earlier versions.
    """

    product: Product
    previous: Product | Unknown | None
    changes: tuple[Change, ...] | Unknown
    as_of: datetime
    stage: Stage
    scan: Scan
    sampled: frozenset[str] = frozenset()
    show_values: bool = False
    earlier: tuple[Attested, ...] = ()


class Programs(Protocol):
    """Another way to run plans than code that is generated from them, with answers of the data that are known already."""

    answers: Mapping[Metric, Answer]

    def scopes(self, plan: Plan) -> dict[int, Callable[..., Any]]:
        """As `generate_scopes`."""

    def program(self, plan: Plan) -> Program:
        """As `generate`."""


def evaluate(plan: Plan, inputs: Inputs, programs: Programs | None = None) -> tuple[RuleResult, ...]:
    """The result of every rule and typed attribute, in the plan's order."""
    same = Same(plan)
    too_long = _too_long(same, inputs)
    scopes = _scopes(same) if programs is None else programs.scopes(plan)
    applies = _applying({index: scope for index, scope in scopes.items() if index not in too_long.scopes}, inputs)
    applies |= {index: Unknown(reason) for index, reason in too_long.scopes.items()}
    due = [
        index for index, rule in enumerate(plan.rules) if applies.get(index) is not False and is_due(rule, inputs.stage)
    ]
    costly = too_long.rules(due)
    chosen = tuple(index for index in due if index not in costly)
    prepared = _prepared(same, chosen) if programs is None else _prepare(plan, chosen, programs.program)
    answers = {} if programs is None else dict(programs.answers)
    results = dict(zip(chosen, _results(prepared, inputs, answers), strict=True))
    for index, reason in costly.items():
        results[index] = made(plan.rules[index], inputs.as_of.date(), Outcome.INDETERMINATE, 0, (), (reason,))
    for index in _unconcerned(same, inputs, applies, results, too_long, programs):
        results[index] = made(plan.rules[index], inputs.as_of.date(), Outcome.NOT_APPLICABLE, 0, (), ())
    judged = (
        _scoped(rule, inputs, applies.get(index, True), results.get(index)) for index, rule in enumerate(plan.rules)
    )
    return (
        *judged,
        *(judge_attribute(attribute, inputs.product, inputs.as_of.date()) for attribute in plan.attributes),
    )


@lru_cache(maxsize=8)
def _budget(same: Same) -> Budget:
    return Budget(same.plan)


@dataclass(frozen=True, slots=True)
class _TooLong:
    """What would take too long for this product: `scopes` of policies, and rules, with the reasons."""

    scopes: Mapping[int, str]
    rules: Callable[[Iterable[int]], Mapping[int, str]]


def _too_long(same: Same, inputs: Inputs) -> _TooLong:
    budget = _budget(same)
    if budget.fits(bound(inputs.product, inputs.previous, changes=inputs.changes)):
        return _TooLong({}, lambda _: {})
    sizes = measure(inputs.product, inputs.previous, changes=inputs.changes)
    return _TooLong(budget.exceeding_scopes(sizes), lambda rules: budget.exceeding(sizes, rules))


def _applying(scopes: Mapping[int, Callable[..., Any]], inputs: Inputs) -> dict[int, Any]:
    """Of policies that say to which products they apply, whether to this one; where the contract alone tells."""
    roots = (inputs.product, inputs.previous, inputs.changes, inputs.as_of, None)
    return {index: truth(scope(*roots)) for index, scope in scopes.items()}


def _unconcerned(
    same: Same,
    inputs: Inputs,
    applies: Mapping[int, Any],
    results: Mapping[int, RuleResult],
    too_long: _TooLong,
    programs: Programs | None,
) -> frozenset[int]:
    """Of the rules that are due later, wholly or in part, those that will have no subject."""
    waiting = [
        index
        for index in range(len(same.plan.rules))
        if applies.get(index, True) is True and (index not in results or results[index].outcome is Outcome.DUE_LATER)
    ]
    costly = too_long.rules(waiting)
    roots = (inputs.product, inputs.previous, inputs.changes, inputs.as_of)
    programmed = None if programs is None else programs.program
    return unconcerned(same, (index for index in waiting if index not in costly), roots, programmed)


def _scoped(rule: RulePlan, inputs: Inputs, applies: Any, result: RuleResult | None) -> RuleResult:
    """The result, as far as the policy applies and the rule is due."""
    if applies is False:
        return made(
            rule, inputs.as_of.date(), Outcome.NOT_APPLICABLE, 0, (), ("the policy does not apply to this product",)
        )
    if result is None:
        return made(rule, inputs.as_of.date(), Outcome.DUE_LATER, 0, (), (f"due at stage {rule.stage}",))
    stop = looped(withheld(applies))
    return (
        result
        if stop is None
        else made(rule, inputs.as_of.date(), Outcome.INDETERMINATE, result.subjects, (), (stop.reason, *result.reasons))
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The rules of a plan that are due at a stage, and their program."""

    rules: tuple[RulePlan, ...]
    program: Program
    tolerances: tuple[Fraction | None, ...]
    revealing: tuple[frozenset[str], ...]
    waivers: Waivers


@lru_cache(maxsize=8)
def _scopes(same: Same) -> dict[int, Callable[..., Any]]:
    return generate_scopes(same.plan)


@lru_cache(maxsize=32)
def _prepared(same: Same, chosen: tuple[int, ...]) -> _Prepared:
    return _prepare(same.plan, chosen, generate)


def _prepare(plan: Plan, chosen: tuple[int, ...], programmed: Callable[[Plan], Program]) -> _Prepared:
    rules = tuple(plan.rules[index] for index in chosen)
    return _Prepared(
        rules,
        programmed(replace(plan, rules=rules)),
        tuple(rule.tolerance for rule in rules),
        tuple(revealing_loops(rule.loops) for rule in rules),
        waivers_of(Same(plan)),
    )


def _results(prepared: _Prepared, inputs: Inputs, answers: dict[Metric, Answer]) -> tuple[RuleResult, ...]:
    for _ in range(_MAX_ROUNDS):
        run = _Run(prepared, inputs, answers)
        results = run.results()
        if not run.questions.open:
            return results
        answers.update(inputs.scan(sorted(run.questions.open, key=repr)))
    return results


class _Run:
    """One run of the program over one product, with the answers known so far."""

    def __init__(self, prepared: _Prepared, inputs: Inputs, answers: Mapping[Metric, Answer]) -> None:
        self.prepared = prepared
        self.program = prepared.program
        self.inputs = inputs
        names_only = inputs.stage is Stage.CHANGE
        previous = inputs.previous if isinstance(inputs.previous, Product) else None
        former = frozenset() if previous is None or previous is inputs.product else former_parts(previous)
        self.questions = Questions(
            self.program.asks,
            answers,
            inputs.sampled,
            Earlier(inputs.earlier, inputs.previous),
            former=former,
            names_only=names_only,
        )
        self.roots = (inputs.product, inputs.previous, inputs.changes, inputs.as_of, self.questions.ask)
        self._spent = 0.0  # on the conditions of waivers

    def results(self) -> tuple[RuleResult, ...]:
        """Every rule's result; with open questions, what can be said without their answers."""
        notes = Notes(self.prepared.tolerances)
        self.program.judge(*self.roots, notes)
        notes.close()
        results = (self._result(index, rule, notes.rules[index]) for index, rule in enumerate(self.prepared.rules))
        return tuple(map(self._with_unchecked, self.prepared.rules, results))

    def _with_unchecked(self, rule: RulePlan, result: RuleResult) -> RuleResult:
        """What no machine checks is said, beside what came of the rest."""
        if not self.questions.unchecked or result.outcome is Outcome.DUE_LATER:
            return result
        asks = {part for _, items in rule.loops for part in walk(items) if isinstance(part, Ask)}
        found = {
            promise_text(self.inputs.product, promise): None
            for index, promises in self.questions.unchecked.items()
            if self.program.asks[index] in asks
            for promise in promises.values()
        }
        return replace(result, unchecked=tuple(found)) if found else result

    def _result(self, index: int, rule: RulePlan, noted: Noted) -> RuleResult:
        applies = truth(self.program.scopes[index](*self.roots)) if index in self.program.scopes else True
        if applies is not True:
            return _scoped(
                rule, self.inputs, applies, made(rule, self.inputs.as_of.date(), Outcome.PASS, noted.subjects, (), ())
            )
        violations = tuple(self._violation(index, rule, subject, answer) for subject, answer in noted.failed)
        reasons = _few(tuple(noted.unknown))
        if violations and self._names_only(rule) and not only_grows(rule):
            return made(rule, self.inputs.as_of.date(), Outcome.DUE_LATER, noted.subjects, (), (_NAMES,))
        if violations and not self._is_conclusive(rule):
            reasons, violations = (_NOT_ALL, *reasons), ()
        if violations:
            failed = made(rule, self.inputs.as_of.date(), Outcome.FAIL, noted.subjects, violations, reasons)
            failed = replace(failed, unlisted=noted.unlisted) if noted.unlisted else failed
            return self._waived(rule, failed, [subject for subject, _ in noted.failed])
        if reasons:
            return made(rule, self.inputs.as_of.date(), Outcome.INDETERMINATE, noted.subjects, (), reasons)
        return self._passed(rule, noted)

    def _waived(self, rule: RulePlan, failed: RuleResult, subjects: list[Subject]) -> RuleResult:
        """The result without what is waived. Evidence that is missing stays missing, whatever is waived."""
        waivers = self.prepared.waivers.of(rule, self.inputs.product.id, self.inputs.as_of.date())
        if not waivers:
            return failed
        if any(waiver.condition is not None for waiver in waivers):
            sizes = measure(self.inputs.product, self.inputs.previous, changes=self.inputs.changes)
            waivers, dear, self._spent = self.prepared.waivers.affordable(waivers, rule, sizes, self._spent)
            failed = replace(failed, reasons=_few((*failed.reasons, *dear)))
        left: list[Violation] = []
        waived: list[Waived] = []
        for violation, subject in zip(failed.violations, subjects, strict=True):
            by = [one.name for one in waivers if self.prepared.waivers.holds(one, rule, self.roots, subject)]
            if by:
                waived.append(Waived(violation, tuple(by)))
            else:
                left.append(violation)
        unlisted = 0 if any(one.condition is None for one in waivers) else failed.unlisted
        outcome, reasons = failed.outcome, failed.reasons
        if not left and not unlisted:
            outcome, reasons = self._all_waived(rule, reasons)
        return replace(
            failed,
            outcome=outcome,
            violations=tuple(left),
            reasons=reasons,
            waived=tuple(waived),
            waivers=records(waived, waivers),
            unlisted=unlisted,
        )

    def _all_waived(self, rule: RulePlan, reasons: tuple[str, ...]) -> tuple[Outcome, tuple[str, ...]]:
        """As of a rule that passes: only part of the evidence may have been looked at."""
        if reasons:
            return Outcome.INDETERMINATE, reasons
        if self._names_only(rule):
            return Outcome.DUE_LATER, (_NAMES,)
        if self._asked_sample(rule):
            return Outcome.INDETERMINATE, (_NOT_ALL,)
        return Outcome.WAIVED, ()

    def _passed(self, rule: RulePlan, noted: Noted) -> RuleResult:
        """Nothing fails: a pass, unless only part of the evidence was looked at."""
        if self._names_only(rule):
            return made(rule, self.inputs.as_of.date(), Outcome.DUE_LATER, noted.subjects, (), (_NAMES,))
        if self._asked_sample(rule):
            return made(rule, self.inputs.as_of.date(), Outcome.INDETERMINATE, noted.subjects, (), (_NOT_ALL,))
        outcome = Outcome.PASS if noted.subjects else Outcome.NOT_APPLICABLE
        return made(rule, self.inputs.as_of.date(), outcome, noted.subjects, (), tuple(noted.tolerated))

    def _names_only(self, rule: RulePlan) -> bool:
        """Was personal data looked for in names alone, because values are not due?"""
        return rule.needs is Needs.PERSONAL and self.inputs.stage is Stage.CHANGE

    def _is_conclusive(self, rule: RulePlan) -> bool:
        """Would what violates the rule violate it with all of the data too? Of a sample, a share says nothing."""
        if not self._asked_sample(rule):
            return True
        return not rule.tolerance and only_grows(rule)

    def _asked_sample(self, rule: RulePlan) -> bool:
        if not self.questions.sampled:
            return False
        parts = (part for part in (*(items for _, items in rule.loops), rule.when, rule.require) if part is not None)
        asks = {part for whole in parts for part in walk(whole) if isinstance(part, Ask)}
        return any(self.program.asks[index] in asks for index in self.questions.sampled)

    def _violation(self, index: int, rule: RulePlan, subject: Subject, answer: Any) -> Violation:
        product = self.inputs.product
        about = (*subject, self.program.about[index](*self.roots, *subject)) if index in self.program.about else subject
        name = subject_name(product, about)
        revealing = self.prepared.revealing[index]
        message = self._text(self.program.messages.get(index), rule.message, subject, revealing)
        promise = subject[-1] if subject and isinstance(subject[-1], Promise) else None
        if promise is not None:
            return self._broken(index, rule, subject, promise, message)
        return Violation(
            subject=name,
            message=message or f"{name} does not meet `{rule.require_text}`",
            fix=self._text(self.program.fixes.get(index), rule.fix, subject, revealing, in_words=False),
            place=subject_place(product, about, rule.focus),
            count=None if answer is None else answer.violations,
            scanned=None if answer is None else answer.subjects,
            rows=() if answer is None else answer.rows,
        )

    def _broken(self, index: int, rule: RulePlan, subject: Subject, promise: Promise, message: str | None) -> Violation:
        """A promise of the contract that the data does not keep, at the line that makes it."""
        said = message or "promised and not kept"
        said += "" if promise.text in said else f": {promise.text}"
        said += f": {promise.note}" if promise.note else ""
        return Violation(
            subject=promise.path,
            message=said,
            fix=self._text(
                self.program.fixes.get(index), rule.fix, subject, self.prepared.revealing[index], in_words=False
            ),
            place=self.inputs.product.places.get(promise.pointer),
            count=promise.count if isinstance(promise.count, int) else None,
            scanned=promise.scanned if isinstance(promise.scanned, int) else None,
            rows=promise.rows,
        )

    def _text(
        self,
        function: Callable[..., tuple[Any, ...]] | None,
        template: Any,
        subject: Subject,
        names: frozenset[str],
        *,
        in_words: bool = True,
    ) -> str | None:
        if function is None:
            return None
        found = function(*self.roots, *subject)
        return render(template, found, names, show_values=self.inputs.show_values, in_words=in_words)


def _few(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The first reasons, and how many more there are."""
    more = len(reasons) - _MOST_REASONS
    return reasons if more <= 0 else (*reasons[:_MOST_REASONS], f"and {more} more reasons")
