"""What came of many products together: by domain, by policy, by severity; the counts last, where the eye is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.reporting.known import is_all_known
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import WORDS, Run
from policy_engine.reporting.screen import Screen
from policy_engine.verdict import Enforcement, Outcome, Verdict

#: From so many products on there are tables.
MANY: Final = 5
#: Policies in the table.
SHOWN: Final = 20
_SEVERITIES: Final = ("critical", "high", "medium", "low")
_WEIGHTS: Final = (("block", Enforcement.BLOCK), ("warn", Enforcement.WARN), ("inform", Enforcement.INFORM))
_VERDICTS: Final = (Verdict.NON_COMPLIANT, Verdict.INDETERMINATE, Verdict.COMPLIANT)


def render_summary(run: Run, screen: Screen) -> str:
    """Tables where there are many products, and one line that counts the verdicts."""
    counts = [(sum(report.verdict is verdict for report in run.reports), word) for verdict, word in WORDS.items()]
    counts.append((len(run.refused), "could not be read"))
    counts.append((sum(map(is_all_known, run.reports)), "of them with nothing new"))
    last = f"{run.products} products: {', '.join(f'{count} {word}' for count, word in counts if count)}"
    tables = _tables(run, screen) if run.products >= MANY else ()
    return "\n".join([*tables, *screen.lay(0, (last, "heading"))]) + "\n"


def _tables(run: Run, screen: Screen) -> Iterator[str]:
    reports = [printable(report) for report in run.reports]
    domains = Counter((report.domain or "none stated", report.verdict) for report in reports)
    rows = [
        (name, *(str(domains[name, verdict] or "-") for verdict in _VERDICTS))
        for name in sorted({name for name, _ in domains})
    ]
    yield from _table(("products by domain", *(WORDS[verdict] for verdict in _VERDICTS)), rows, screen)
    by_policy = _failing(reports, lambda result: (result.rule.rpartition(".")[0], result.severity))
    order = sorted(by_policy, key=lambda key: ([-by_policy[key][weight] for _, weight in _WEIGHTS], key))
    rows = [(policy, severity, *_counts(by_policy[policy, severity])) for policy, severity in order]
    more = [(f"… and {len(rows) - SHOWN} more policies", *("" for _ in range(4)))] if len(rows) > SHOWN else []
    heads = ("products that fail, by policy", "severity", *(word for word, _ in _WEIGHTS))
    yield from _table(heads, [*rows[:SHOWN], *more], screen)
    by_severity = _failing(reports, lambda result: (result.severity, ""))
    known = sorted(by_severity, key=lambda key: _SEVERITIES.index(key[0]) if key[0] in _SEVERITIES else 9)
    rows = [(severity, *_counts(by_severity[severity, ""])) for severity, _ in known]
    yield from _table(("products that fail, by severity", *(word for word, _ in _WEIGHTS)), rows, screen)


def _failing(
    reports: Sequence[Report], key: Callable[[RuleResult], tuple[str, str]]
) -> dict[tuple[str, str], Counter[Enforcement]]:
    """How many products fail in something of that key, by weight."""
    found: dict[tuple[str, str], Counter[Enforcement]] = {}
    for report in reports:
        failed = {(key(one), one.enforcement) for one in report.results if one.outcome is Outcome.FAIL}
        for which, weight in failed:
            found.setdefault(which, Counter())[weight] += 1
    return found


def _counts(found: Counter[Enforcement]) -> Iterator[str]:
    return (str(found[weight] or "-") for _, weight in _WEIGHTS)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], screen: Screen) -> Iterator[str]:
    """Names to the left, numbers to the right. On a narrow screen names stand above their numbers."""
    if not rows:
        return
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    fits = screen.has_room(sum(widths) + 2 * len(widths) - 24)
    painted = screen.style
    for row in (heads, *rows):
        role = "heading" if row is heads else ""
        numbers = "  ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        if fits:
            yield painted(f"{row[0].ljust(widths[0])}  {numbers}".rstrip(), role)
        else:
            yield from screen.lay(0, (row[0], role))
            yield painted(f"    {numbers}".rstrip(), role)
    yield ""
