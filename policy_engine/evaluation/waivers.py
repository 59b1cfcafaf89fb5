"""Which waivers take effect: in force on the day, of this rule, for this product, and their condition holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from policy_engine.evaluation.budget import spoken
from policy_engine.evaluation.cost import CHARACTERS, Cost, rule_cost
from policy_engine.evaluation.generate import generate_condition
from policy_engine.evaluation.kleene import truth
from policy_engine.evaluation.model import RuleResult, Waived, Waiver, WaiverNote, WaiverStatus
from policy_engine.evaluation.notes import Subject
from policy_engine.evaluation.same import Same
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import Plan, RulePlan, WaiverPlan
from policy_engine.verdict import Outcome

#: The steps of all conditions for one product; each takes far longer than a step of a rule.
MOST_OF_CONDITIONS: Final = 20_000_000
_GRANTED_BY: Final = {Layer.WAIVERS: "council", Layer.DOMAIN: "domain"}
#: What these rules will say is not known yet, so neither is whether a waiver of theirs is needed.
_OPEN: Final = frozenset({Outcome.INDETERMINATE, Outcome.DUE_LATER})


class Waivers:
    """The waivers of a plan by product and rule. Conditions become functions when they are first needed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.by_product: dict[str, dict[str, list[WaiverPlan]]] = {}
        for waiver in plan.waivers:
            for product in waiver.products:
                self.by_product.setdefault(product, {}).setdefault(waiver.rule, []).append(waiver)
        self._conditions: dict[int, Callable[..., Any]] = {}
        self._costs: dict[int, Cost] = {}

    def of(self, rule: RulePlan, product: str, day: date) -> list[WaiverPlan]:
        """Those of a rule that are in force for a product."""
        named = self.by_product.get(product, {}).get(rule.name, [])
        return [waiver for waiver in named if waiver.granted <= day <= waiver.until]

    def affordable(
        self, waivers: list[WaiverPlan], rule: RulePlan, sizes: Mapping[str, int], spent: float
    ) -> tuple[list[WaiverPlan], list[str], float]:
        """Those whose conditions can be asked of all subjects, why others cannot, and the steps spent so far."""
        found: list[WaiverPlan] = []
        reasons: list[str] = []
        for waiver in waivers:
            steps = 0.0 if waiver.condition is None else self._cost(waiver, rule).at(sizes, sizes[CHARACTERS])
            if spent + steps > MOST_OF_CONDITIONS:
                most = f"{MOST_OF_CONDITIONS:,} together with those before it"
                reasons.append(
                    f"waiver `{waiver.name}` is not evaluated: it may take {spoken(steps)} steps, more than {most}"
                )
            else:
                spent += steps
                found.append(waiver)
        return found, reasons, spent

    def _cost(self, waiver: WaiverPlan, rule: RulePlan) -> Cost:
        """What its condition costs for all subjects of the rule."""
        if id(waiver) not in self._costs:
            assert waiver.condition is not None
            asked = replace(rule, when=None, require=waiver.condition, about=None, message=None, fix=None)
            self._costs[id(waiver)] = rule_cost(asked, self.plan.tables)
        return self._costs[id(waiver)]

    def holds(self, waiver: WaiverPlan, rule: RulePlan, roots: tuple[Any, ...], subject: Subject) -> bool:
        """Is it meant for this subject? One of which nobody knows is not waived."""
        if waiver.condition is None:
            return True
        known = self._conditions.get(id(waiver))
        if known is None:
            known = self._conditions[id(waiver)] = generate_condition(self.plan, rule, waiver.condition)
        return truth(known(*roots, *subject)) is True


@lru_cache(maxsize=8)
def waivers_of(same: Same) -> Waivers:
    """The waivers of a plan."""
    return Waivers(same.plan)


def record(waiver: WaiverPlan) -> Waiver:
    """What reports and attestations say of a waiver."""
    by = _GRANTED_BY[waiver.granted_in]
    return Waiver(waiver.name, by, waiver.granted, waiver.until, waiver.because, waiver.approved_by)


def records(waived: Iterable[Waived], waivers: Iterable[WaiverPlan]) -> tuple[Waiver, ...]:
    """Those that took effect."""
    used = {name for one in waived for name in one.waivers}
    return tuple(record(waiver) for waiver in waivers if waiver.name in used)


def waiver_notes(plan: Plan, product: str, day: date, results: Iterable[RuleResult]) -> tuple[WaiverNote, ...]:
    """Every waiver that names the product of this id, and what became of it: none is passed over in silence."""
    if not plan.waivers:
        return ()
    found: dict[str, list[WaiverPlan]] = {}
    for waivers in waivers_of(Same(plan)).by_product.get(product, {}).values():
        for waiver in waivers:
            found.setdefault(waiver.name, []).append(waiver)
    judged = {result.rule: result for result in results}
    return tuple(
        WaiverNote(record(named[0]), tuple(sorted(one.rule for one in named)), _status(named, day, judged))
        for _, named in sorted(found.items())
    )


def _status(waivers: list[WaiverPlan], day: date, judged: Mapping[str, RuleResult]) -> WaiverStatus:
    first = waivers[0]
    if day > first.until:
        return WaiverStatus.EXPIRED
    if day < first.granted:
        return WaiverStatus.NOT_YET
    results = [judged[waiver.rule] for waiver in waivers if waiver.rule in judged]
    if any(waiver.name == first.name for result in results for waiver in result.waivers):
        return WaiverStatus.APPLIED
    return WaiverStatus.OPEN if any(result.outcome in _OPEN for result in results) else WaiverStatus.UNUSED
