"""What a compiled plan says of a product is what the policy means."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st
from reference.build import checked
from reference.interpreter import Judged, World, interpret
from reference.policies import TABLES, policies
from reference.worlds import Scan, scan_files, scan_rows, worlds

from policy_engine.checking import CheckedSet
from policy_engine.compilation import compile_policies
from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.evaluation.trace import Deaf, trace
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.model import Plan


def evaluated(plan: Plan, world: World, scan: Scan) -> dict[str, RuleResult]:
    inputs = Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan)
    results = evaluate(plan, inputs)
    assert trace(plan, inputs, Deaf()) == results
    return {result.rule: result for result in results}


def told(result: RuleResult) -> dict[str, Any]:
    failing = sorted((one.subject, one.count, one.rows) for one in result.violations)
    # of what is indeterminate, how many subjects were sure is nobody's business
    subjects = None if result.outcome.value == "indeterminate" else result.subjects
    return {"outcome": result.outcome.value, "subjects": subjects, "failing": failing}


def meant(judged: Judged) -> dict[str, Any]:
    failing = sorted((one.subject, one.count, one.rows) for one in judged.failing)
    subjects = None if judged.outcome == "indeterminate" else judged.subjects
    return {"outcome": judged.outcome, "subjects": subjects, "failing": failing}


def compiled(text: str) -> tuple[CheckedSet, Plan]:
    found, errors = checked(text, tables=TABLES)
    assert not errors, [(one.code, one.message, one.span.text) for one in errors]
    plan, problems = compile_policies(found)
    assert not problems, [one.message for one in problems]
    return found, plan


def assert_agreement(text: str, world: World, scan: Scan) -> None:
    note(text)
    found, plan = compiled(text)
    results = evaluated(plan, world, scan)
    for name, judged in interpret(found, world).items():
        assert told(results[name]) == meant(judged), (name, results[name].reasons)
    assert evaluated(decode(encode(plan)), world, scan) == results


@given(policies(), worlds())
def test_on_rows_in_memory(text: str, world: World) -> None:
    assert_agreement(text, world, scan_rows(world))


@settings(max_examples=max(10, settings().max_examples // 8))
@given(policies(), worlds(complete=True))
def test_on_rows_in_files(text: str, world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_agreement(text, world, scan_files(world, Path(folder)))


@given(st.data())
def test_the_generated_policies_are_policies(data: st.DataObject) -> None:
    compiled(data.draw(policies(rules=6)))
