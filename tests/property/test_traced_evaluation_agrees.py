"""Whoever listens to an evaluation changes nothing of it: in every case of the corpus, the results are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_engine import engine
from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.evaluation.trace import Deaf, trace
from policy_engine.plan.expressions import Expr
from policy_engine.plan.model import Plan
from policy_engine.testing.model import Case
from policy_engine.testing.read import read_page
from policy_engine.testing.run import Runner

CORPUS = Path(__file__).parents[1] / "corpus"
CASES = [
    pytest.param(case, id=f"{page.stem}: {case.name}")
    for page in sorted(CORPUS.rglob("*.md"))
    for case in read_page(page).cases
    if case.product is not None
]
RUNNER = Runner()


class Counting(Deaf):
    def wants(self, _part: Expr) -> bool:
        return True


def both_ways(plan: Plan, inputs: Inputs) -> tuple[RuleResult, ...]:
    results = evaluate(plan, inputs)
    assert trace(plan, inputs, Counting()) == results
    return results


@pytest.mark.parametrize("case", CASES)
def test_tracing_changes_no_result(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "evaluate", both_ways)
    RUNNER.outcome(case)
