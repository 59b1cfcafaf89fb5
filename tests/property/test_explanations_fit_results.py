"""Of every rule of every case of the corpus: the explanation tells of the violations that the result has, and no value
of a row is in it.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from policy_engine.engine import authored, check
from policy_engine.evaluation.model import Report
from policy_engine.explaining.as_json import explanation_json
from policy_engine.explaining.as_text import render_explanation
from policy_engine.explaining.explain import explain
from policy_engine.explaining.facts import Facts
from policy_engine.explaining.model import Explanation, Standing
from policy_engine.explaining.places import Places
from policy_engine.explaining.recording import Recording
from policy_engine.testing import run
from policy_engine.testing.model import Case, Document, Written
from policy_engine.testing.overlay import product_of
from policy_engine.testing.read import read_page
from policy_engine.verdict import Outcome

CORPUS = Path(__file__).parents[1] / "corpus"
RUNNER = run.Runner()


def is_judged(case: Case) -> bool:
    layers = (case.policies.council, case.policies.domain)
    written = all(isinstance(layer, Written | None) for layer in layers)
    return case.product is not None and written and RUNNER.compiled(case.policies).policies is not None


CASES = [
    pytest.param(case, id=f"{page.stem}: {case.name}")
    for page in sorted(CORPUS.rglob("*.md"))
    for case in read_page(page).cases
    if is_judged(case)
]


def stored(folder: Path, layer: object) -> list[Path]:
    documents: tuple[Document, ...] = layer.files if isinstance(layer, Written) else ()
    for one in documents:
        target = folder / one.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.content)
    return sorted({folder / one.name.partition("/")[0] for one in documents})


def cells(case: Case) -> set[str]:
    """Texts in the data that stand nowhere else, and so would be told from nothing else."""
    parts = re.split(r"[,\n\"{}:]+", "\n".join(one.content.decode() for one in case.data))
    known = "\n".join(
        [
            "" if case.product is None else case.product.own.content.decode(),
            *(one.content.decode() for layer in (case.policies.council, case.policies.domain)
              if isinstance(layer, Written) for one in layer.files),
        ]
    )  # fmt: skip
    return {part.strip() for part in parts if len(part.strip()) > 4 and part.strip() not in known}


def explanations(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Explanation]:
    policies = authored(stored(folder, case.policies.council), stored(folder, case.policies.domain))
    facts = Facts(policies, Places({}))
    assert case.product is not None
    found = []
    for rule in (*policies.policies.plan.rules, *policies.policies.plan.attributes):
        recording = Recording(rule.name, facts.origins)
        monkeypatch.setattr(run, "check", partial(check, recorder=recording))
        report: Report = run.judge(case, product_of(case.product), policies.policies)
        if any(one.rule == rule.name for one in report.results):
            found.append(explain(rule.name, facts, recording, report, {}, show_values=False))
    return found


@pytest.mark.parametrize("case", CASES)
def test_explanations_tell_of_the_violations_and_of_no_value(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for explanation in explanations(case, tmp_path, monkeypatch):
        result = explanation.result
        violating = [one for one in explanation.subjects if one.standing is Standing.FAILS]
        assert len(violating) == len(result.violations), result.rule
        assert [one.standing for one in explanation.subjects if one.standing is Standing.WOULD_FAIL] == [] or (
            result.outcome is not Outcome.PASS
        )
        text = render_explanation(explanation, everything=True, width=70) + explanation_json(explanation)
        assert [cell for cell in cells(case) if cell in text] == []
