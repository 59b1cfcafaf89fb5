"""The step of waivers: is each one named and in force on the day, and are the files given those that were applied?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from policy_engine.attestation.layers import check_layer
from policy_engine.attestation.model import Status, Step
from policy_engine.attestation.statement import Evaluation, RuleFound, WaiverUsed
from policy_engine.attestation.steps import StepName
from policy_engine.plan.layer import Layer
from policy_engine.verdict import Outcome

if TYPE_CHECKING:
    from policy_engine.plan.layer import LayerFiles


def check_waivers(stated: Evaluation, given: LayerFiles | None, *, is_local_given: bool) -> Step:
    """What contradicts itself fails; the council's waivers have to be compared where one of them took effect."""
    if stated.waivers is None:
        return _without(stated)
    wrong = _wrong(stated, stated.waivers)
    if wrong is not None:
        return Step(StepName.WAIVERS, Status.FAIL, wrong)
    if stated.policies.waivers is not None or given is not None:
        by_council = any(used.granted_by == "council" for used in stated.waivers)
        return check_layer(StepName.WAIVERS, stated.policies.waivers, given, is_required=by_council)
    if not stated.waivers:
        return Step(StepName.WAIVERS, Status.NOT_CHECKED, "nothing is waived", is_required=False)
    reason = f"{_counted(len(stated.waivers))} by the domain itself, in its own policies"
    status = Status.PASS if is_local_given else Status.NOT_CHECKED
    return Step(StepName.WAIVERS, status, reason, is_required=False)


def _without(stated: Evaluation) -> Step:
    """Of the first version of the format."""
    waived = stated.counts.waived
    if not waived:
        return Step(StepName.WAIVERS, Status.NOT_CHECKED, "nothing is waived", is_required=False)
    reason = f"{waived} {'rule is' if waived == 1 else 'rules are'} waived, and this format carries no waivers"
    return Step(StepName.WAIVERS, Status.NOT_CHECKED, reason)


def _wrong(stated: Evaluation, waivers: tuple[WaiverUsed, ...]) -> str | None:
    """How the statement contradicts itself about waivers."""
    names = [used.name for used in waivers]
    if names != sorted(set(names)):
        return "the waivers are not each there once, in order"
    results = {found.rule: found for found in stated.results}
    wrong = next((found for used in waivers if (found := _wrong_waiver(stated, used, results)) is not None), None)
    named = {waived.rule for used in waivers for waived in used.waived}
    unnamed = [found.rule for found in stated.results if found.outcome is Outcome.WAIVED and found.rule not in named]
    return f"rule `{unnamed[0]}` is waived by no waiver" if wrong is None and unnamed else wrong


def _wrong_waiver(stated: Evaluation, used: WaiverUsed, results: Mapping[str, RuleFound]) -> str | None:
    day = stated.parameters.as_of[:10]
    if not used.granted <= day <= used.until:
        return f"waiver `{used.name}` holds from {used.granted} until {used.until}, not as of {day}"
    files = stated.policies.waivers if used.granted_by == "council" else stated.policies.local
    if files is None:
        return f"waiver `{used.name}` is the {used.granted_by}'s, of whom no files are stated"
    rules = [waived.rule for waived in used.waived]
    if rules != sorted(set(rules)):
        return f"what waiver `{used.name}` excuses is not there once, in order"
    return next((wrong for rule in rules if (wrong := _wrong_rule(used, rule, results.get(rule))) is not None), None)


def _wrong_rule(used: WaiverUsed, rule: str, found: RuleFound | None) -> str | None:
    if found is None:
        return f"waiver `{used.name}` excuses rule `{rule}`, of which there is no result"
    if used.granted_by == "council" and found.layer is Layer.DOMAIN:
        return f"waiver `{used.name}` is the council's, and rule `{rule}` the domain's own"
    if found.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE} or (
        bool(found.violations) is not (found.outcome is Outcome.FAIL)
    ):
        return f"rule `{rule}` is {found.outcome} with {found.violations} violations, and `{used.name}` excuses some"
    return None


def _counted(waivers: int) -> str:
    return f"{waivers} {'waiver' if waivers == 1 else 'waivers'}"
