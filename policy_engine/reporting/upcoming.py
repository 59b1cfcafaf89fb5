"""What is to come of what is not met today: on which day a rule starts to weigh more, or a waiver ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.verdict import Enforcement, Outcome

_NOT_MET: Final = frozenset({Outcome.FAIL, Outcome.INDETERMINATE})


@dataclass(frozen=True, slots=True)
class Upcoming:
    """From this day on the rule weighs this much; `why` says what ends on the day before, where it is no schedule."""

    since: date
    rule: str
    enforcement: Enforcement
    why: str = ""


def upcoming(report: Report) -> Iterator[Upcoming]:
    """In order of days: the coming steps of the rules that are not met or not decided, and the ends of waivers."""
    today = report.as_of.date()
    found = [
        one for result in report.results for one in (*_stricter(result, _open_from(result, today)), *_again(result))
    ]
    yield from sorted(found, key=lambda one: (one.since, one.rule, one.why))


def _open_from(result: RuleResult, today: date) -> date | None:
    """The first day on which something is not met: today, or when the first waiver has ended; None where all is met."""
    if result.outcome in _NOT_MET:
        return today
    ends = _ends(result)
    return min(last for last, _ in ends) + timedelta(days=1) if ends else None


def _stricter(result: RuleResult, open_from: date | None) -> Iterator[Upcoming]:
    for enforcement, since in result.schedule:
        if since is not None and open_from is not None and since > open_from:
            yield Upcoming(since, result.rule, enforcement)


def _again(result: RuleResult) -> Iterator[Upcoming]:
    """A violation counts again once the last of its waivers has ended, with the weight that the rule has then."""
    for last, name in _ends(result):
        since = last + timedelta(days=1)
        yield Upcoming(since, result.rule, _weight(result, since), f"waiver {name} has ended")


def _ends(result: RuleResult) -> list[tuple[date, str]]:
    """The last days of what is waived, each with the waiver that ends last."""
    until = {waiver.name: waiver.until for waiver in result.waivers}
    ends = {max((until[name], name) for name in one.waivers) for one in result.waived}
    return sorted((last, name) for last, name in ends if last < date.max)


def _weight(result: RuleResult, day: date) -> Enforcement:
    reached = [enforcement for enforcement, since in result.schedule if since is not None and since <= day]
    return reached[-1] if reached else result.enforcement
