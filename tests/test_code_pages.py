"""Every diagnostic has a page with one wrong and one right example, and every page a diagnostic (see `policy_engine.testing`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policy_engine.diagnostics import CODES
from policy_engine.testing.blocks import blocks
from policy_engine.testing.model import Case
from policy_engine.testing.read import read_page

PAGES = Path(__file__).parents[1] / "docs/reference/diagnostics"
VERDICTS = {"compliant", "non_compliant", "indeterminate"}


def examples(code: str) -> dict[str, Case]:
    return {case.name: case for case in read_page(PAGES / f"{code}.md").cases}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert sorted(page.stem for page in PAGES.glob("*.md")) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_titled_by_code_and_name_and_explains_before_it_shows(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    title, _, rest = text.partition("\n\n")
    explanation, _, _ = rest.partition("\n\n## Wrong\n")
    assert title == f"# {code} {CODES[code].name}"
    assert len(explanation.split()) >= 12
    assert not re.search(r"^\s*\|", explanation, re.MULTILINE), "a terminal shows no tables"


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_example_gives_this_code_and_nothing_else(code: str) -> None:
    shown = examples(code)["Wrong"].expect.text
    assert set(re.findall(r"^ *(?:error|warning)\[(\w+) ", shown, re.MULTILINE)) == {code}


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_has_nothing_to_complain_about(code: str) -> None:
    assert list(examples(code)) == ["Wrong", "Right"]
    first = examples(code)["Right"].expect.text.split()
    assert first == ["no", "diagnostics"] or first[0] in VERDICTS


@pytest.mark.parametrize("code", CODES)
def test_the_examples_are_short(code: str) -> None:
    for block in blocks((PAGES / f"{code}.md").read_text(encoding="utf-8")):
        assert len(block.text.splitlines()) <= 25
