"""The language's behaviour: every case of tests/corpus and of the documentation (see `policy_engine.testing`), to the letter.

With GOLDEN=1 in the environment, what comes of a case is written into its block instead of being compared: read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_engine.diagnostics import CODES
from policy_engine.testing.lines import whole_text
from policy_engine.testing.model import Case
from policy_engine.testing.read import read_page
from policy_engine.testing.run import Runner
from policy_engine.testing.update import rewritten

CORPUS = Path(__file__).parent / "corpus"
DOCS = Path(__file__).parents[1] / "docs"
PAGES = [page for root in (CORPUS, DOCS) for page in sorted(root.rglob("*.md"))]
CASES = {page: read_page(page).cases for page in PAGES}
GOLDEN = bool(os.environ.get("GOLDEN"))
RUNNER = Runner()


@pytest.mark.parametrize(
    ("page", "index", "case"),
    [
        pytest.param(page, index, case, id=f"{page.parent.name}/{page.stem}: {case.name}")
        for page, cases in CASES.items()
        for index, case in enumerate(cases)
    ],
)
def test_the_case_comes_out_as_expected(page: Path, index: int, case: Case) -> None:
    found = whole_text(RUNNER.outcome(case), case)
    if GOLDEN:
        now = read_page(page)
        page.write_text(rewritten(now, [(now.cases[index].expect, found)]), encoding="utf-8")
    else:
        assert found == case.expect.text


def test_every_diagnostic_code_occurs_in_a_case_of_the_corpus() -> None:
    shown = "".join(case.expect.text for page in PAGES if CORPUS in page.parents for case in CASES[page])
    assert [code for code in CODES if f"[{code} " not in shown] == []


def test_no_name_of_a_case_occurs_twice_on_a_page() -> None:
    names = [(page, case.name) for page in PAGES for case in CASES[page]]
    assert sorted(set(names)) == sorted(names)
