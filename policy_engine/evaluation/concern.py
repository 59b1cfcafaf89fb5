"""Which rules do not concern a contract, whatever its data holds: no data is asked, and none has to be waited for.

A loop that goes over nothing and a `when` that is false without an answer of the data stay so with every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from policy_engine.evaluation.generate import Program, generate, rests_on_data
from policy_engine.evaluation.kleene import withheld
from policy_engine.evaluation.notes import Notes
from policy_engine.evaluation.same import Same
from policy_engine.plan.expressions import Const
from policy_engine.plan.model import Plan, RulePlan
from policy_engine.plan.types import BOOL
from policy_engine.plan.values import Unknown

_NOT_ASKED: Final = Unknown("the data is not asked")
_TRUE: Final = Const(True, BOOL)


def unconcerned(
    same: Same, rules: Iterable[int], roots: tuple[Any, ...], programmed: Callable[[Plan], Program] | None
) -> frozenset[int]:
    """Those of the rules that do not concern the product. `programmed` runs what says so once more, as it is told."""
    chosen = tuple(index for index in rules if _may_not_concern(same.plan.rules[index]))
    found = _without_subject(chosen, _program(same, chosen), roots) if chosen else frozenset()
    if found and programmed is not None:
        told = tuple(sorted(found))
        _without_subject(told, programmed(_about_subjects(same.plan, told)), roots)
    return found


def _may_not_concern(rule: RulePlan) -> bool:
    """A scope that rests on data is not known yet, and every product is the subject of a rule that says no more."""
    return (rule.scope is None or not rests_on_data(rule.scope)) and (bool(rule.loops) or rule.when is not None)


def _without_subject(chosen: tuple[int, ...], program: Program, roots: tuple[Any, ...]) -> frozenset[int]:
    notes = Notes((None,) * len(chosen))
    program.judge(*roots, _unasked, notes)
    return frozenset(
        index
        for index, noted in zip(chosen, notes.rules, strict=True)
        if not (noted.subjects or noted.failed or noted.unknown)
    )


def _unasked(_index: int, subject: Any, args: tuple[Any, ...]) -> Any:
    stop = withheld(subject, *args)
    return _NOT_ASKED if stop is None else stop


@lru_cache(maxsize=32)
def _program(same: Same, chosen: tuple[int, ...]) -> Program:
    return generate(_about_subjects(same.plan, chosen))


def _about_subjects(plan: Plan, chosen: tuple[int, ...]) -> Plan:
    """The plan of those rules that every subject would meet."""
    return replace(plan, rules=tuple(_met(plan.rules[index]) for index in chosen))


def _met(rule: RulePlan) -> RulePlan:
    return replace(rule, scope=None, require=_TRUE, over_rows=False, tolerance=None, message=None, fix=None, about=None)
