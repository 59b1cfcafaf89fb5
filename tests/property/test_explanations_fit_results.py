"""Of every rule of every case of the corpus: the explanation tells of the violations that the result has, and no value
of a row is in it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policy_engine.explaining.as_json import explanation_json
from policy_engine.explaining.as_text import render_explanation
from policy_engine.explaining.explain import explain
from policy_engine.explaining.facts import Facts
from policy_engine.explaining.model import Explanation, Standing
from policy_engine.explaining.places import Places
from policy_engine.explaining.recording import Recording
from policy_engine.loading import authored
from policy_engine.testing import run
from policy_engine.testing.model import Case, Document, Written
from policy_engine.testing.overlay import product_of
from policy_engine.testing.read import read_page
from policy_engine.verdict import Outcome

CORPUS = Path(__file__).parents[1] / "corpus"
RUNNER = run.Runner()


def is_judged(case: Case) -> bool:
    layers = (case.policies.council, case.policies.domain, case.policies.waivers)
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
            case.options.as_of.isoformat(),
            "" if case.product is None else case.product.own.content.decode(),
            *(one.content.decode() for layer in (case.policies.council, case.policies.domain)
              if isinstance(layer, Written) for one in layer.files),
        ]
    )  # fmt: skip
    texts = {part.strip() for part in parts if len(part.strip()) > 4 and part.strip() not in known}
    return texts - {"false"}  # a word of every explanation


def explanations(case: Case, folder: Path) -> list[Explanation]:
    layers = (case.policies.council, case.policies.domain, case.policies.waivers)
    policies = authored(*(stored(folder, layer) for layer in layers))
    facts = Facts(policies, Places({}))
    assert case.product is not None
    found = []
    for rule in (*policies.policies.plan.rules, *policies.policies.plan.attributes):
        recording = Recording(rule.name, facts.origins)
        report = run.evaluated(case, product_of(case.product), policies.policies, recording)
        assert recording.inputs is not None
        found.append(explain(rule.name, facts, recording, report, {}, show_values=False))
    return found


@pytest.mark.parametrize("case", CASES)
def test_explanations_tell_of_the_violations_and_of_no_value(case: Case, tmp_path: Path) -> None:
    for explanation in explanations(case, tmp_path):
        result = explanation.result
        standings = [one.standing for one in explanation.subjects]
        assert standings.count(Standing.FAILS) == len(result.violations), result.rule
        assert standings.count(Standing.WAIVED) == len(result.waived), result.rule
        assert Standing.WOULD_FAIL not in standings or result.outcome is not Outcome.PASS
        text = render_explanation(explanation, everything=True, width=70) + explanation_json(explanation)
        assert [cell for cell in cells(case) if cell in text] == []
