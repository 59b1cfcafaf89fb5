"""For how long results hold: to the instant, for the day, or until a schedule or waiver turns."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from policy_engine.evaluation.holds import period
from policy_engine.loading import load_policies
from policy_engine.plan.model import Plan
from policy_engine.verdict import Stage

POLICY = """package council
## Anything.
policy anything
  owner "council@example.org"
  waivable by council for at most 90d
  enforce inform, then warn from 2027-01-10, then block from 2027-02-01
{{
  ## Anything.
  rule one
    at {stage}
    require {require}
}}
"""
WAIVER = """package council.waivers
waiver later
  of council.anything.one
  for product "shop"
  granted 2027-03-01
  until 2027-04-01
  because "it takes longer than that"
  approved by "council@example.org"
"""


def _plan(tmp_path: Path, require: str, waiver: str = "", stage: str = "change") -> Plan:
    (tmp_path / "a.policy").write_text(POLICY.format(require=require, stage=stage), encoding="utf-8")
    (tmp_path / "waivers").mkdir()
    (tmp_path / "waivers/w.policy").write_text(waiver, encoding="utf-8")
    waivers = [tmp_path / "waivers"] if waiver else []
    return load_policies([tmp_path / "a.policy"], (), waivers).plan


def _period(plan: Plan, moment: str, stage: Stage = Stage.CHANGE) -> str:
    return period(plan, stage, datetime.fromisoformat(moment).replace(tzinfo=UTC))


def test_what_never_reads_the_time_holds_until_a_schedule_turns(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "product.name is present")
    assert _period(plan, "2026-01-01T00:00:00") == _period(plan, "2027-01-09T23:59:59")
    assert _period(plan, "2027-01-09T23:59:59") != _period(plan, "2027-01-10T00:00:00")
    assert _period(plan, "2027-01-10T00:00:00") == _period(plan, "2027-01-31T12:00:00")
    assert _period(plan, "2027-01-31T12:00:00") != _period(plan, "2027-02-01T00:00:00")
    assert _period(plan, "2027-02-01T00:00:00") == _period(plan, "2099-01-01T00:00:00")


def test_the_first_day_of_a_waiver_and_the_day_after_its_last_turn(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "product.name is present", WAIVER)
    days = ["2027-02-28", "2027-03-01", "2027-04-01", "2027-04-02"]
    before, first, last, after = (_period(plan, f"{day}T12:00:00") for day in days)
    assert first == last
    assert len({before, first, after}) == 3


def test_what_reads_the_day_holds_for_the_day(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "date(now) > 2020-01-01")
    assert _period(plan, "2026-01-01T00:00:00") == _period(plan, "2026-01-01T23:59:59")
    assert _period(plan, "2026-01-01T23:59:59") != _period(plan, "2026-01-02T00:00:00")


@pytest.mark.parametrize("require", ["now + 1h > now", "now > now - 1d and date(now) > 2020-01-01"])
def test_what_reads_the_instant_holds_for_it_alone(tmp_path: Path, require: str) -> None:
    plan = _plan(tmp_path, require)
    assert _period(plan, "2026-01-01T00:00:00") != _period(plan, "2026-01-01T00:00:01")


def test_a_rule_that_is_due_later_does_not_look_yet(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "now > now - 1d", stage="publish")
    moments = ("2026-01-01T00:00:00", "2026-01-01T00:00:01")
    assert len({_period(plan, moment) for moment in moments}) == 1
    assert len({_period(plan, moment, Stage.PUBLISH) for moment in moments}) == 2
