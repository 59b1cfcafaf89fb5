"""Evidence only ever decides what was open: taking some away leaves each outcome as it was, or open: indeterminate, or due later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hypothesis import given, note
from hypothesis import strategies as st
from reference.build import NO_PREVIOUS, plan_of
from reference.interpreter import World
from reference.policies import TABLES, policies
from reference.worlds import Scan, scan_rows, worlds

from policy_engine.data.model import Answer, Metric, Unavailable
from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.plan.model import Plan
from policy_engine.verdict import Outcome, Stage, Verdict, conclude


def results(plan: Plan, world: World, scan: Scan) -> tuple[RuleResult, ...]:
    return evaluate(plan, Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan))


def without(scan: Scan, hidden: int) -> Scan:
    """A scan that answers fewer questions: of their representations, some bits decide which."""

    def fewer(metrics: Iterable[Metric]) -> Mapping[Metric, Answer]:
        answers = scan(metrics)
        return {
            metric: Unavailable("withheld") if hidden >> (sum(map(ord, repr(metric))) % 8) & 1 else answer
            for metric, answer in answers.items()
        }

    return fewer


def assert_only_opened(known: tuple[RuleResult, ...], fewer: tuple[RuleResult, ...]) -> None:
    for before, after in zip(known, fewer, strict=True):
        waits = {Outcome.DUE_LATER} if before.outcome is Outcome.NOT_APPLICABLE else set()
        assert after.outcome in {before.outcome, Outcome.INDETERMINATE, *waits}, (before, after)
        assert {one.subject for one in after.violations} <= {one.subject for one in before.violations}
    verdicts = [conclude(found) for found in (known, fewer)]
    assert verdicts[1] in {verdicts[0], Verdict.INDETERMINATE}


@given(policies(), worlds(complete=True), st.integers(1, 255))
def test_without_some_answers_of_the_data(text: str, world: World, hidden: int) -> None:
    note(text)
    plan = plan_of(text, tables=TABLES)
    known = results(plan, world, scan_rows(world))
    assert_only_opened(known, results(plan, world, without(scan_rows(world), hidden)))


@given(policies(), worlds())
def test_without_the_previous_version(text: str, world: World) -> None:
    note(text)
    plan = plan_of(text, tables=TABLES)
    known = results(plan, world, scan_rows(world))
    nobody_said = replace(world, previous=NO_PREVIOUS, changes=NO_PREVIOUS)
    assert_only_opened(known, results(plan, nobody_said, scan_rows(world)))


@given(policies(), worlds(complete=True))
def test_what_does_not_concern_a_contract_before_it_is_due_does_not_when_it_is(text: str, world: World) -> None:
    note(text)
    plan = plan_of(text, tables=TABLES)
    early, late = (
        results(plan, replace(world, stage=stage), scan_rows(replace(world, stage=stage)))
        for stage in (Stage.CHANGE, Stage.RUN)
    )
    for rule, before, after in zip(plan.rules, early, late, strict=False):
        if rule.stage is not Stage.CHANGE and before.outcome is Outcome.NOT_APPLICABLE:
            assert after.outcome is Outcome.NOT_APPLICABLE, (before, after)
