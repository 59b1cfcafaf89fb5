"""Enforcement schedules: levels only rise, each with a later date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from policy_engine.diagnostics import Diagnostic
from policy_engine.linking.model import Declared
from policy_engine.syntax import ast
from policy_engine.verdict import Enforcement

_ORDER = tuple(Enforcement)


def check_schedules(declared: Iterable[Declared]) -> list[Diagnostic]:
    """What is wrong with the schedules of all policies, rules and attributes."""
    return [problem for item in declared for schedule in _schedules(item.node) for problem in _check(schedule)]


def _schedules(node: ast.Declaration) -> Iterator[tuple[ast.Step, ...]]:
    match node:
        case ast.Policy(schedule=schedule, rules=rules):
            yield from (found for found in (schedule, *(rule.schedule for rule in rules)) if found is not None)
        case ast.Attribute(schedule=schedule) if schedule is not None:
            yield schedule
        case _:
            return


def _check(schedule: tuple[ast.Step, ...]) -> Iterator[Diagnostic]:
    for before, after in pairwise(schedule):
        if after.since is None:
            help_ = f"say from when: `then {after.enforcement} from 2027-01-01`"
            yield Diagnostic("LNK017", "a later step of the schedule has no date", after.span, help=help_)
        elif before.since is not None and before.since >= after.since:
            yield Diagnostic(
                "LNK017", "the dates of the schedule do not rise", after.span, help="order the steps by date"
            )
        if _ORDER.index(before.enforcement) >= _ORDER.index(after.enforcement):
            help_ = "a schedule goes from `inform` to `warn` to `block`"
            yield Diagnostic(
                "LNK017", f"`{before.enforcement}` cannot be followed by `{after.enforcement}`", after.span, help=help_
            )
