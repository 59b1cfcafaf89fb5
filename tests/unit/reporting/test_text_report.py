"""The report at a terminal: wide and narrow, what blocks first, one line where all is well, tables where there are many."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from policy_engine.reporting.as_text import headline, is_calm, render_text
from policy_engine.reporting.run import Run
from policy_engine.reporting.screen import Screen
from policy_engine.reporting.summary import MANY, render_summary

HERE: Final = Path(__file__).parent


def _marked(text: str, role: str) -> str:
    return f"<{role}>{text}</{role}>"


@pytest.mark.parametrize("width", [None, 60, 100])
def test_the_text_is_as_it_was(run: Run, width: int | None) -> None:
    kept = HERE / "golden" / f"report.{width or 'log'}.txt"
    screen = Screen(width=width)
    text = "\n".join([*(render_text(report, screen) for report in run.reports), render_summary(run, screen)])
    if os.environ.get("GOLDEN"):
        kept.write_text(text, encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == text


def test_no_line_is_longer_than_the_terminal_but_for_words_that_are(run: Run) -> None:
    for line in render_text(run.reports[0], Screen(width=60)).splitlines():
        assert len(line) <= 60 or len(line.split()) == 1 or " " not in line.strip()[40:]


def test_what_blocks_stands_before_what_will_and_that_before_what_informs(run: Run) -> None:
    text = render_text(run.reports[0])
    places = [text.index(f"\n{word}") for word in ("blocks", "warns, and will block from 2027-01-01", "informs")]
    assert places == sorted(places)


def test_a_fix_that_all_have_is_said_once(run: Run) -> None:
    text = render_text(run.reports[0])
    assert text.count("description: what it means") == 1
    assert "fix, for each: description: what it means" in text


def test_a_long_path_is_said_once(run: Run) -> None:
    far = replace(run.reports[0], file=f"{'deep/' * 10}orders.odcs.yaml")
    text = render_text(far)
    assert text.count("orders.odcs.yaml") == 1
    assert "\n    10:5  orders.id is not described\n" in text


def test_the_verdict_is_one_line_however_narrow_the_terminal(run: Run) -> None:
    assert headline(run.reports[0], Screen(width=30))[0].endswith("contracts/a orders%.odcs.yaml")


def test_colour_adds_nothing_but_marks(run: Run) -> None:
    marked = render_text(run.reports[1], Screen(_marked, 60))
    assert re.sub(r"</?(good|bad|doubt|heading|quiet|help)>", "", marked) == render_text(
        run.reports[1], Screen(width=60)
    )


def test_a_product_with_nothing_to_mend_is_calm(run: Run) -> None:
    assert [is_calm(report) for report in run.reports] == [False, True]


def test_many_products_are_counted_by_domain_policy_and_severity(run: Run) -> None:
    many = Run((run.reports[0],) * (MANY - 1) + (run.reports[1],))
    lines = render_summary(many, Screen()).splitlines()
    rows = [line.split() for line in lines]
    assert ["none", "stated", "4", "-", "-"] in rows
    assert ["sales", "-", "-", "1"] in rows
    assert ["council.rules.documentation", "high", "4", "-", "-"] in rows
    assert ["medium", "-", "4", "4"] in rows
    assert lines[-1] == "5 products: 1 compliant, 4 not compliant"


def test_few_products_take_one_line(run: Run) -> None:
    assert render_summary(run, Screen()) == "3 products: 1 compliant, 1 not compliant, 1 could not be read\n"


def test_tables_fit_narrow_terminals(run: Run) -> None:
    many = Run((run.reports[0],) * MANY)
    assert max(map(len, render_summary(many, Screen(width=40)).splitlines())) <= 44
