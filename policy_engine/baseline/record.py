"""The baseline of today: what is known already stays as it was recorded, what is mended leaves, what is new comes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from policy_engine.baseline.compare import by_subject, is_decided
from policy_engine.baseline.model import Entry, Key
from policy_engine.evaluation.model import Report, RuleResult, Violation
from policy_engine.verdict import Outcome


def record(
    reports: Sequence[Report], entries: Iterable[Entry], day: date, expires: date, *, renew: bool = False
) -> tuple[Entry, ...]:
    """The entries after these reports, as of `day`. Recording again prolongs nothing: only `renew` records anew what has
    expired, and a share of rows that grew keeps its days. One that got smaller is not allowed to grow again.
    """
    kept = {entry.key: entry for entry in entries}
    found: dict[Key, Entry] = {}
    decided: set[tuple[str, str]] = set()
    for report in reports:
        for result in report.results:
            if is_decided(result):
                decided.add((report.id, result.rule))
            for entry in _found(report.id, result, day, expires):
                found[entry.key] = _larger(entry, found.get(entry.key))
    waived = {
        (report.id, result.rule, one.violation.subject)
        for report in reports
        for result in report.results
        for one in result.waived
    }
    judged = {report.id: {result.rule for result in report.results} for report in reports}
    stay = {
        key: entry for key, entry in kept.items() if key not in found and _stays(entry, day, judged, decided, waived)
    }
    return tuple((stay | {key: _merged(kept.get(key), one, day, renew) for key, one in found.items()}).values())


def _stays(
    entry: Entry, day: date, judged: dict[str, set[str]], decided: set[tuple[str, str]], waived: set[Key]
) -> bool:
    """What was not found stays where nobody looked, where it is only waived, and not where it is mended."""
    if entry.product not in judged or entry.key in waived:
        return True
    if entry.rule not in judged[entry.product]:
        return entry.expires > day  # its rule is there no longer, or was not given today
    return (entry.product, entry.rule) not in decided


def _found(product: str, result: RuleResult, day: date, expires: date) -> Iterator[Entry]:
    if result.outcome is not Outcome.FAIL:
        return
    for subject, violations in by_subject(result.violations).items():
        worst = max(violations, key=_share)
        yield Entry(
            product,
            result.rule,
            subject,
            day,
            expires,
            worst.count or None,
            worst.scanned if worst.count else None,
            len(violations),
        )


def _share(one: Violation | Entry) -> Fraction:
    return Fraction(one.count or 0, one.scanned or 1)


def _larger(one: Entry, other: Entry | None) -> Entry:
    """Two files of one product: what either of them violates."""
    if other is None:
        return one
    return replace(max(one, other, key=_share), times=max(one.times, other.times))


def _merged(before: Entry | None, now: Entry, day: date, renew: bool) -> Entry:
    if before is None or (renew and before.expires <= day):
        return now
    return replace(now, recorded=before.recorded, expires=before.expires)
