"""Evaluation that is listened to: the same results, and with them the value of every expression on the way.

For whoever explains a result or measures what tests cover. A rule that does not apply or is not due yet is not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from policy_engine.data.model import Answer, Metric, Unavailable
from policy_engine.evaluation.evaluate import Inputs, evaluate
from policy_engine.evaluation.generate import ROOTS, Program, rests_on_data, table_rows
from policy_engine.evaluation.interpret import Hearing, Interpreter, Names
from policy_engine.evaluation.kleene import looped
from policy_engine.evaluation.model import RuleResult
from policy_engine.evaluation.notes import Notes, Subject
from policy_engine.evaluation.row_parts import RowMetrics, row_parts
from policy_engine.plan.expressions import Ask, Expr
from policy_engine.plan.model import Plan, RulePlan
from policy_engine.plan.values import Unknown
from policy_engine.plan.walk import walk

Clause = Literal["applies to", "for", "when", "require"]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Of the rows for which a part of a row expression is looked at: for how many it is true, and for how many false.

    For the rest it is neither: a column that it reads is null, or it has no result.
    """

    reached: int
    true: int
    false: int


class Recorder(Hearing, Protocol):
    """Hears a whole evaluation: a clause of a rule, then its expressions; of rows, counts at the end."""

    def begin(self, inputs: Inputs) -> None:
        """What is judged, before anything else is heard."""

    def clause(self, rule: RulePlan, clause: Clause, subject: Subject) -> None:
        """A clause of the rule begins, for this binding of its loops (of the outer ones, where it is a `for`)."""

    def wants(self, part: Expr) -> bool:
        """Is it to be counted for how many rows this part of a row expression is true?"""

    def rows(self, ask: Ask, subject: Any, part: Expr, counts: RowCounts) -> None:
        """So it is with a part of what a question asks of the rows of this dataset or field."""


def trace(plan: Plan, inputs: Inputs, recorder: Recorder) -> tuple[RuleResult, ...]:
    """The results that `evaluate` gives, while `recorder` hears how they come about."""
    answers: dict[Metric, Answer] = {}

    def scan(metrics: Iterable[Metric]) -> Mapping[Metric, Answer]:
        found = inputs.scan(metrics)
        answers.update(found)
        return found

    evaluate(plan, replace(inputs, scan=scan))
    recorder.begin(inputs)
    walked = _Walked(recorder, answers)
    results = evaluate(plan, inputs, walked)
    _count_rows(walked.asked, inputs, recorder)
    return results


class _Walked:
    """Programs that walk the plan, for one evaluation; what they ask of rows is kept in `asked`."""

    def __init__(self, recorder: Recorder, answers: Mapping[Metric, Answer]) -> None:
        self.answers = answers
        self.asked: dict[tuple[int, int], RowMetrics] = {}
        self._recorder = recorder

    def scopes(self, plan: Plan) -> dict[int, Callable[..., Any]]:
        run = _Run(plan, self._recorder, self)
        return {
            index: run.scope(rule)
            for index, rule in enumerate(plan.rules)
            if rule.scope is not None and not rests_on_data(rule.scope)
        }

    def program(self, plan: Plan) -> Program:
        return _Run(plan, self._recorder, self).program()

    def note(self, ask: Ask, subject: Any, args: tuple[Any, ...]) -> None:
        """A question with parts that look at rows."""
        if (id(ask), id(subject)) not in self.asked:
            self.asked[id(ask), id(subject)] = row_parts(ask, subject, args, self._recorder.wants)


class _Run:
    """One plan, walked."""

    def __init__(self, plan: Plan, recorder: Recorder, walked: _Walked) -> None:
        self._plan = plan
        self._recorder = recorder
        self._asks = tuple(dict.fromkeys(ask for rule in plan.rules for ask in _asks(rule)))
        tables = {table.name: table_rows(table) for table in plan.tables}
        self._heard = Interpreter(self._asks, tables, _Noting(recorder, walked))
        self._deaf = Interpreter(self._asks, tables, Deaf())

    def program(self) -> Program:
        rules = dict(enumerate(self._plan.rules))
        return Program(
            self._judge,
            {index: self.scope(rule) for index, rule in rules.items() if rule.scope and rests_on_data(rule.scope)},
            {index: self._about(rule) for index, rule in rules.items() if rule.about is not None},
            {index: self._text(rule, rule.message) for index, rule in rules.items() if rule.message is not None},
            {index: self._text(rule, rule.fix) for index, rule in rules.items() if rule.fix is not None},
            self._asks,
        )

    # ------------------------------------------------------------ clauses

    def scope(self, rule: RulePlan) -> Callable[..., Any]:
        """Does the policy apply to the product?"""
        assert rule.scope is not None
        return lambda *roots: self._clause(rule, "applies to", (), rule.scope, _names(roots))

    def _judge(self, *args: Any) -> None:
        *roots, notes = args
        for index, rule in enumerate(self._plan.rules):
            self._bind(index, rule, (), _names(roots), notes)

    def _bind(self, index: int, rule: RulePlan, subject: Subject, names: Names, notes: Notes) -> None:
        if len(subject) == len(rule.loops):
            self._decide(index, rule, subject, names, notes)
            return
        name, items = rule.loops[len(subject)]
        found = looped(self._clause(rule, "for", subject, items, names))
        if isinstance(found, Unknown):
            notes.unknown(index, found)
            return
        for item in found:
            self._bind(index, rule, (*subject, item), {**names, name: item}, notes)

    def _decide(self, index: int, rule: RulePlan, subject: Subject, names: Names, notes: Notes) -> None:
        def when() -> Any:
            return self._clause(rule, "when", subject, rule.when, names)

        def require() -> Any:
            return self._clause(rule, "require", subject, rule.require, names)

        if rule.over_rows:
            notes.rows(index, subject, None if rule.when is None else when, require)
            return
        if rule.when is None and rule.tolerance is None:
            notes.subjects(index, 1)
        notes.judge(index, subject, None if rule.when is None else when, require)

    def _clause(self, rule: RulePlan, clause: Clause, subject: Subject, expr: Expr | None, names: Names) -> Any:
        assert expr is not None
        self._recorder.clause(rule, clause, subject)
        return self._heard.value(expr, names)

    # ------------------------------------------------------------ texts

    def _about(self, rule: RulePlan) -> Callable[..., Any]:
        assert rule.about is not None
        return lambda *args: self._deaf.value(rule.about, _names(args, rule))  # type: ignore[arg-type]

    def _text(self, rule: RulePlan, template: tuple[str | Expr, ...] | None) -> Callable[..., tuple[Any, ...]]:
        def parts(*args: Any) -> tuple[Any, ...]:
            names = _names(args, rule)
            return tuple(part if isinstance(part, str) else self._deaf.value(part, names) for part in template or ())

        return parts


def _names(args: Iterable[Any], rule: RulePlan | None = None) -> Names:
    """The roots, and the loop variables that come behind them."""
    variables = () if rule is None else (name for name, _ in rule.loops)
    return dict(zip((*ROOTS, *variables), args, strict=True))


def _asks(rule: RulePlan) -> Iterable[Ask]:
    templates = (part for part in (*(rule.message or ()), *(rule.fix or ())) if not isinstance(part, str))
    parts = (rule.scope, *(items for _, items in rule.loops), rule.when, rule.require, rule.about, *templates)
    return (part for whole in parts if whole is not None for part in walk(whole) if isinstance(part, Ask))


class Deaf:
    """Hears nothing; a recorder that wants to hear only some things builds on it."""

    def begin(self, inputs: Inputs) -> None:
        """Not heard."""

    def enter(self, expr: Expr) -> None:
        """Not heard."""

    def item(self, name: str, item: Any) -> None:
        """Not heard."""

    def leave(self, expr: Expr, value: Any) -> None:
        """Not heard."""

    def asked(self, ask: Ask, subject: Any, args: tuple[Any, ...]) -> None:
        """Not heard."""

    def clause(self, rule: RulePlan, clause: Clause, subject: Subject) -> None:
        """Not heard."""

    def wants(self, _part: Expr) -> bool:
        """Nothing is counted."""
        return False

    def rows(self, ask: Ask, subject: Any, part: Expr, counts: RowCounts) -> None:
        """Not heard."""


class _Noting:
    """Passes on what is heard, and notes what is asked of rows."""

    def __init__(self, recorder: Recorder, walked: _Walked) -> None:
        self._walked = walked
        self._asked = recorder.asked
        self.enter = recorder.enter
        self.item = recorder.item
        self.leave = recorder.leave

    def asked(self, ask: Ask, subject: Any, args: tuple[Any, ...]) -> None:
        self._walked.note(ask, subject, args)
        self._asked(ask, subject, args)


# ---------------------------------------------------------------- rows


def _count_rows(asked: Mapping[tuple[int, int], RowMetrics], inputs: Inputs, recorder: Recorder) -> None:
    """One more scan answers for how many rows the parts of row expressions are true and false."""
    metrics = [metric for one in asked.values() for part in one.parts for metric in part.metrics]
    if not metrics:
        return
    answers = inputs.scan(dict.fromkeys(metrics))
    for one in asked.values():
        for part in one.parts:
            found = [answers[metric] for metric in part.metrics]
            if not any(isinstance(answer, Unavailable) for answer in found):
                reached, true, false = found
                assert isinstance(reached, int) and isinstance(true, int) and isinstance(false, int)  # noqa: PT018
                recorder.rows(one.ask, one.subject, part.part, RowCounts(reached, true, false))
