"""Results as rules and typed attributes give them: what the plan says of a rule, what its outcome was, what is in force."""

from __future__ import annotations

from datetime import date
from typing import Final

from policy_engine.evaluation.attributes import check_attribute
from policy_engine.evaluation.model import RuleResult, Violation
from policy_engine.plan.model import AttributePlan, RulePlan, Schedule
from policy_engine.product.model import Product
from policy_engine.verdict import Enforcement, Outcome, Stage

_STAGES: Final = tuple(Stage)


def made(
    rule: RulePlan,
    day: date,
    outcome: Outcome,
    subjects: int,
    violations: tuple[Violation, ...],
    reasons: tuple[str, ...],
) -> RuleResult:
    """The result of a rule on a day."""
    enforcement, later = in_force(rule.schedule, day)
    return RuleResult(
        rule=rule.name,
        layer=rule.layer,
        severity=rule.severity,
        enforcement=enforcement,
        next_enforcement=later,
        outcome=outcome,
        subjects=subjects,
        violations=violations,
        reasons=reasons,
        controls=rule.controls,
        owner=rule.owner,
        documentation=rule.doc,
        schedule=rule.schedule,
    )


def is_due(rule: RulePlan, stage: Stage) -> bool:
    """Is the rule asked at this stage, or only at a later one?"""
    return _STAGES.index(rule.stage) <= _STAGES.index(stage)


def judge_attribute(plan: AttributePlan, product: Product, day: date) -> RuleResult:
    """Whether the values of a typed attribute fit its type."""
    subjects, violations = check_attribute(plan, product)
    passed = Outcome.PASS if subjects else Outcome.NOT_APPLICABLE
    return made_attribute(plan, day, Outcome.FAIL if violations else passed, subjects, violations)


def made_attribute(
    plan: AttributePlan, day: date, outcome: Outcome, subjects: int, violations: tuple[Violation, ...]
) -> RuleResult:
    """The result of a typed attribute on a day."""
    enforcement, later = in_force(plan.schedule, day)
    return RuleResult(
        rule=plan.name,
        layer=plan.layer,
        severity="medium",
        enforcement=enforcement,
        next_enforcement=later,
        outcome=outcome,
        subjects=subjects,
        violations=violations,
        reasons=(),
        controls=(),
        owner="",
        documentation=plan.doc,
        schedule=plan.schedule,
    )


def in_force(schedule: Schedule, today: date) -> tuple[Enforcement, tuple[Enforcement, date] | None]:
    """The enforcement on a day (UTC), and the next step with its date. Before the first date a rule informs."""
    current = Enforcement.INFORM
    for enforcement, since in schedule:
        if since is not None and since > today:
            return current, (enforcement, since)
        current = enforcement
    return current, None
