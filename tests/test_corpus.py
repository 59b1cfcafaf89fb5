"""The language's behaviour: every case of tests/corpus and of the documentation (see `corpus_runner`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_runner import GOLDEN, Case, cases, outcome, rewrite

from policy_engine.diagnostics import CODES

CORPUS = Path(__file__).parent / "corpus"
DOCS = Path(__file__).parents[1] / "docs"
PAGES = [page for root in (CORPUS, DOCS) for page in sorted(root.rglob("*.md"))]
CASES = [
    pytest.param(page, index, case, id=f"{page.parent.name}/{page.stem}: {case.name}")
    for page in PAGES
    for index, case in enumerate(cases(page))
]


@pytest.mark.parametrize(("page", "index", "case"), CASES)
def test_the_case_comes_out_as_expected(page: Path, index: int, case: Case, tmp_path: Path) -> None:
    found = outcome(case, tmp_path)
    if GOLDEN:
        rewrite(page, index, found)
    else:
        assert found == case.expect.text


def test_every_diagnostic_code_occurs_in_a_case_of_the_corpus() -> None:
    shown = "".join(case.expect.text for page in sorted(CORPUS.rglob("*.md")) for case in cases(page))
    assert [code for code in CODES if f"[{code} " not in shown] == []


def test_no_name_of_a_case_occurs_twice_on_a_page() -> None:
    names = [(page, case.name) for page in PAGES for case in cases(page)]
    assert sorted(set(names)) == sorted(names)
