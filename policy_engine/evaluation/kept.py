"""Results as few bytes, and back: what the plan says of a rule is taken from the plan again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from policy_engine.evaluation.model import RuleResult, Violation, Waived
from policy_engine.evaluation.results import made, made_attribute
from policy_engine.evaluation.same import Same
from policy_engine.evaluation.waivers import record, waivers_of
from policy_engine.plan.model import Plan, RulePlan
from policy_engine.product.model import Place
from policy_engine.verdict import Outcome

#: Of the form below. Another one is not read.
_VERSION: Final = 1


def encode(plan: Plan, results: Sequence[RuleResult]) -> bytes | None:
    """The results as JSON, in the plan's order; None where they hold more than can be told so."""
    if len(results) != len(plan.rules) + len(plan.attributes) or any(one.unbound for one in results):
        return None
    return json.dumps([_VERSION, [_result(one) for one in results]], separators=(",", ":")).encode()


def decode(plan: Plan, product: str, day: date, content: bytes) -> tuple[RuleResult, ...] | None:
    """The results for the product of this id on a day, or None where the bytes are not in this form."""
    try:
        version, found = json.loads(content)
        if version != _VERSION or len(found) != len(plan.rules) + len(plan.attributes):
            return None
        rules = zip(plan.rules, found, strict=False)
        attributes = zip(plan.attributes, found[len(plan.rules) :], strict=True)
        return (
            *(_rule(plan, rule, product, day, one) for rule, one in rules),
            *(
                made_attribute(attribute, day, Outcome(one[0]), one[1], _violations(one[3] if len(one) > 3 else ()))
                for attribute, one in attributes
            ),
        )
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _result(one: RuleResult) -> list[Any]:
    """Most have no violations, and are said in three parts."""
    said: list[Any] = [one.outcome.value, one.subjects, one.reasons]
    if one.violations or one.waived or one.unlisted or one.unchecked:
        waived = [[_violation(item.violation), item.waivers] for item in one.waived]
        said += [[_violation(item) for item in one.violations], one.unlisted, waived, one.unchecked]
    return said


def _violation(one: Violation) -> list[Any]:
    place = None if one.place is None else [one.place.line, one.place.column, one.place.pointer]
    return [one.subject, one.message, one.fix, place, one.count, one.scanned, one.rows]


def _rule(plan: Plan, rule: RulePlan, product: str, day: date, said: list[Any]) -> RuleResult:
    outcome, subjects, reasons = said[:3]
    if len(said) == 3:
        return made(rule, day, Outcome(outcome), subjects, (), tuple(reasons))
    violations, unlisted, waived, unchecked = said[3:]
    excused = tuple(Waived(_decoded(item), tuple(names)) for item, names in waived)
    result = made(rule, day, Outcome(outcome), subjects, _violations(violations), tuple(reasons))
    used = {name for item in excused for name in item.waivers}
    in_force = waivers_of(Same(plan)).of(rule, product, day) if used else ()
    return replace(
        result,
        unlisted=unlisted,
        waived=excused,
        waivers=tuple(record(waiver) for waiver in in_force if waiver.name in used),
        unchecked=tuple(unchecked),
    )


def _violations(found: Sequence[Any]) -> tuple[Violation, ...]:
    return tuple(map(_decoded, found))


def _decoded(said: list[Any]) -> Violation:
    subject, message, fix, place, count, scanned, rows = said
    return Violation(subject, message, fix, None if place is None else Place(*place), count, scanned, tuple(rows))
