"""For how long results hold: policies read the time to the instant, to the day, or only where a schedule or waiver turns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache

from policy_engine.evaluation.results import is_due
from policy_engine.evaluation.same import Same
from policy_engine.plan.expressions import Call, Local
from policy_engine.plan.model import Plan
from policy_engine.verdict import Stage


class Reads(IntEnum):
    """How closely policies look at the time."""

    NOTHING = 0
    DAY = 1
    INSTANT = 2


def period(plan: Plan, stage: Stage, moment: datetime) -> str:
    """The name of a stretch of time around `moment` (UTC) throughout which the same evidence gives the same results."""
    match reads(Same(plan), stage):
        case Reads.INSTANT:
            return moment.isoformat()
        case Reads.DAY:
            return moment.date().isoformat()
        case Reads.NOTHING:
            return max((day for day in _turns(Same(plan)) if day <= moment.date()), default=date.min).isoformat()


@lru_cache(maxsize=8)
def reads(same: Same, stage: Stage) -> Reads:
    """How closely the rules that are due, and the waivers, look at `now`: `date(now)` is the day.

    Of a rule that is due later, only whether its policy applies and what its subjects are is looked at.
    """
    looked_at = (rule if is_due(rule, stage) else (rule.scope, rule.loops, rule.when) for rule in same.plan.rules)
    return _reads((*looked_at, *same.plan.waivers))


def _reads(value: object) -> Reads:
    match value:
        case Local(name="now"):
            return Reads.INSTANT
        case Call(function="date", args=(Local(name="now"),)):
            return Reads.DAY
        case tuple():
            return max(map(_reads, value), default=Reads.NOTHING)
        case _ if dataclasses.is_dataclass(value):
            parts = (getattr(value, part.name) for part in dataclasses.fields(value))
            return max(map(_reads, parts), default=Reads.NOTHING)
        case _:
            return Reads.NOTHING


@lru_cache(maxsize=8)
def _turns(same: Same) -> frozenset[date]:
    return frozenset(_days(same.plan))


def _days(plan: Plan) -> Iterator[date]:
    """The first days of every step of a schedule, of every waiver, and after every waiver."""
    schedules = (*(rule.schedule for rule in plan.rules), *(attribute.schedule for attribute in plan.attributes))
    yield from (since for schedule in schedules for _, since in schedule if since is not None)
    for waiver in plan.waivers:
        yield waiver.granted
        if waiver.until < date.max:
            yield waiver.until + timedelta(days=1)
