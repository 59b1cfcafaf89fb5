"""What a report says of its baseline, in words: how much is known, until when, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policy_engine.evaluation.model import Compared, Report, Violation
from policy_engine.verdict import Verdict

#: Subjects and rules that are named; the rest is counted.
SHOWN: Final = 20


def is_all_known(report: Report) -> bool:
    """Is the product not compliant, and nothing of that new?"""
    return report.verdict is Verdict.NON_COMPLIANT and report.decisive is Verdict.COMPLIANT


def baseline_said(compared: Compared) -> str:
    """The counts on one line."""
    counts = (
        (compared.new, "new"),
        (compared.known, "known"),
        (compared.expired, "expired, and count again"),
        (len(compared.fixed), "fixed"),
    )
    said = ", ".join(f"{count} {word}" for count, word in counts if count) or "nothing is violated"
    return f"baseline {compared.file}: {said}"


def known_said(violations: Sequence[Violation]) -> Iterator[str]:
    """What is known and excused of one rule: until when, and where. Nothing where nothing is."""
    excused = [one for one in violations if one.is_excused]
    ends = sorted({one.known.expires for one in excused if one.known is not None})
    if ends:
        subjects = [one.subject for one in excused]
        more = f" and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
        first = f"until {ends[0]}" if len(ends) == 1 else f"the first until {ends[0]}"
        yield f"{len(subjects)} known, {first}: {', '.join(subjects[:SHOWN])}{more}"


def stale_said(compared: Compared) -> Iterator[str]:
    """Entries that are needed no longer."""
    listed = [f"fixed: {rule}  {subject}" for rule, subject in compared.fixed]
    listed += [f"no such rule among these policies: {rule}  {subject}" for rule, subject in compared.lost]
    yield from listed[:SHOWN]
    if len(listed) > SHOWN:
        yield f"… and {len(listed) - SHOWN} more (--format json lists all)"
