"""A report beside a baseline: which of its violations are known, and what the rest says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from policy_engine.baseline.model import Entry
from policy_engine.evaluation.model import Compared, Known, Report, RuleResult, Violation
from policy_engine.verdict import Enforcement, Outcome, conclude

#: What was known of one rule, by subject.
_Known = Mapping[str, Entry]


def compare(report: Report, entries: Iterable[Entry], file: str) -> Report:
    """The report, with what the baseline says of its violations. Verdict and outcomes stay what they are."""
    known: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        if entry.product == report.id:
            known.setdefault(entry.rule, {})[entry.subject] = entry
    day = report.as_of.date()
    results = tuple(_marked(result, known.get(result.rule, {}), day) for result in report.results)
    found = [violation for result in results for violation in result.violations]
    states = [None if one.known is None else one.known.has_expired for one in found]
    compared = Compared(
        file=file,
        verdict=conclude(_set_aside(result) for result in results),
        known=states.count(False),
        expired=states.count(True),
        new=states.count(None) + sum(result.unlisted for result in results),
        fixed=tuple((result.rule, subject) for result in results for subject in fixed(result, known)),
        lost=tuple(
            (rule, subject)
            for rule in sorted(known.keys() - {result.rule for result in results})
            for subject in sorted(known[rule])
        ),
    )
    return replace(report, results=results, baseline=compared)


def fixed(result: RuleResult, known: Mapping[str, _Known]) -> tuple[str, ...]:
    """The known subjects of a rule that violate it no longer: only where it is decided for all of them."""
    if not is_decided(result):
        return ()
    there = {one.subject for one in result.violations} | {one.violation.subject for one in result.waived}
    return tuple(subject for subject in sorted(known.get(result.rule, {})) if subject not in there)


def is_decided(result: RuleResult) -> bool:
    """Has the rule said of every subject whether it meets it?"""
    match result.outcome:
        case Outcome.PASS | Outcome.WAIVED | Outcome.NOT_APPLICABLE:
            return True
        case Outcome.FAIL:
            return not result.reasons and not result.unlisted
        case Outcome.INDETERMINATE | Outcome.DUE_LATER:
            return False


def by_subject(violations: Iterable[Violation]) -> dict[str, tuple[Violation, ...]]:
    """Violations of one rule by what they are about."""
    found: dict[str, tuple[Violation, ...]] = {}
    for one in violations:
        found[one.subject] = (*found.get(one.subject, ()), one)
    return found


def _marked(result: RuleResult, known: _Known, day: date) -> RuleResult:
    if not known or not result.violations:
        return result
    states = {
        subject: Known(entry.recorded, entry.expires, has_expired=not entry.is_in_force(day))
        for subject, found in by_subject(result.violations).items()
        if (entry := known.get(subject)) is not None and entry.covers(found) and entry.recorded <= day
    }
    return replace(result, violations=tuple(replace(one, known=states.get(one.subject)) for one in result.violations))


def _set_aside(result: RuleResult) -> RuleResult:
    """What the rule says where known violations are left aside; what it could not decide is undecided still."""
    if result.outcome is not Outcome.FAIL or result.enforcement is not Enforcement.BLOCK:
        return result
    if result.unlisted or not all(one.is_excused for one in result.violations):
        return result
    return replace(result, outcome=Outcome.INDETERMINATE if result.reasons else Outcome.WAIVED)
