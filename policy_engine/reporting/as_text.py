"""A report as text for people: the verdict first, then what blocks, will block, warns, or could not be decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Final

from policy_engine.diagnostics import draw
from policy_engine.evaluation.model import Report, RuleResult, Violation, WaiverStatus
from policy_engine.plan.layer import Layer
from policy_engine.reporting.known import baseline_said, is_all_known, known_said, stale_said
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import WORDS, blocks_from, rows_said, unchecked_said
from policy_engine.reporting.screen import Screen
from policy_engine.reporting.upcoming import upcoming
from policy_engine.verdict import Enforcement, Outcome, Verdict

_ROLES: Final = {Verdict.COMPLIANT: "good", Verdict.NON_COMPLIANT: "bad", Verdict.INDETERMINATE: "doubt"}
_LAYERS: Final = {Layer.GLOBAL: "", Layer.DOMAIN: "local"}
#: Violations of one rule that are shown; the rest is counted.
SHOWN: Final = 20
#: So many rules that are due later are named, and so many violations of a rule that warns are shown.
FEW: Final = 5
#: A longer path is said once above, and its violations by line and column alone.
SHORT_PATH: Final = 40
#: What there is to say below the report of the last product.
HINT: Final = "what a rule demands, and why it said what it said: policy-engine explain RULE"


def render_text(report: Report, screen: Screen | None = None, *, verbose: bool = False) -> str:
    """The whole report. `verbose` adds what passed, what did not apply, and all of what only informs."""
    screen = screen or Screen()
    report = printable(report)
    lines = [*_head(report, screen), *_failing(report, screen, verbose=verbose)]
    lines += _undecided(report, screen)
    lines += _unchecked(report, screen)
    lines += _due_later(report, screen, verbose=verbose)
    lines += _unbound(report, screen)
    lines += _waived(report, screen)
    lines += _idle_waivers(report, screen)
    lines += _stale(report, screen)
    if verbose:
        lines += _listed(report, Outcome.PASS, "passes", screen)
        lines += _listed(report, Outcome.NOT_APPLICABLE, "does not apply", screen)
    lines += _upcoming(report, screen, verbose=verbose)
    if report.remarks:
        lines += ["", screen.style("not understood in the contract", "heading")]
        for remark in report.remarks:
            place = f"{report.file}:{remark.place.line}:{remark.place.column}"
            lines += screen.lay(2, (place, "quiet"), (f"  {remark.message}", ""), hanging=4)
    return "\n".join(lines) + "\n"


def headline(report: Report, screen: Screen) -> tuple[str, ...]:
    """The verdict, in one line however long; then the counts."""
    return tuple(_head(printable(report), replace(screen, width=None)))


def is_calm(report: Report) -> bool:
    """Whether there is nothing that anybody has to do."""
    return report.verdict is Verdict.COMPLIANT and not any(
        result.outcome in {Outcome.FAIL, Outcome.INDETERMINATE} for result in report.results
    )


def _head(report: Report, screen: Screen) -> Iterator[str]:
    version = f" {report.version}" if report.version else ""
    waived = report.count(Outcome.WAIVED)
    but = f", {waived} {'rule' if waived == 1 else 'rules'} waived" if waived else ""
    but += ", all of it known" if is_all_known(report) else ""
    verdict = (WORDS[report.verdict], "doubt" if is_all_known(report) else _ROLES[report.verdict])
    name = f"{but}: {report.name or report.id}{version}  "
    yield from screen.lay(0, verdict, (name, ""), (report.file, "quiet"))
    failed = [result.enforcement for result in report.results if result.outcome is Outcome.FAIL]
    counts = [
        *((failed.count(enforcement), f"fail and {enforcement}") for enforcement in reversed(Enforcement)),
        (report.count(Outcome.INDETERMINATE), "undecided"),
        (report.count(Outcome.WAIVED), "waived"),
        (report.count(Outcome.DUE_LATER), "due later"),
        (report.count(Outcome.PASS), "pass"),
        (report.count(Outcome.NOT_APPLICABLE), "not applicable"),
    ]
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    moment = report.as_of.isoformat().replace("+00:00", "Z")
    quiet = [f"{len(report.results)} rules: {said}; stage {report.stage}, as of {moment}"]
    if report.unread:
        quiet.append(f"given and not read, since no rule that is due asks for it: {', '.join(report.unread)}")
    elif not report.data:
        quiet.append("no data was given: only metadata was checked")
    quiet += [_earlier(report)] if report.earlier else []
    quiet += [] if report.baseline is None else [baseline_said(report.baseline)]
    for text in quiet:
        yield from screen.lay(0, (text, "quiet"))
    if unchecked := unchecked_said(report):
        yield from screen.lay(0, (unchecked, "doubt"))


def _earlier(report: Report) -> str:
    count = len(report.earlier)
    said = f"row counts of before come from {count} attestation{'s' if count > 1 else ''}"
    names = sorted({one.verified_by for one in report.earlier if one.verified_by is not None})
    if not names:
        return f"{said}, which nobody verified: without --keyring these numbers are the files' own word"
    return f"{said}, signed by {', '.join(names)}"


def _failing(report: Report, screen: Screen, *, verbose: bool) -> Iterator[str]:
    """What blocks; what warns and will block, by day; what warns; what informs, briefly."""
    failed = [result for result in report.results if result.outcome is Outcome.FAIL]
    by_weight = {weight: [one for one in failed if one.enforcement is weight] for weight in Enforcement}
    days: dict[date | None, list[RuleResult]] = {}
    for result in by_weight[Enforcement.WARN]:
        days.setdefault(blocks_from(result, report.as_of.date()), []).append(result)
    yield from _group(report, "blocks", "bad", by_weight[Enforcement.BLOCK], screen)
    for day in sorted(days, key=lambda one: one or date.max):
        heading = "warns" if day is None else f"warns, and will block from {day}"
        yield from _group(report, heading, "doubt", days[day], screen, most=SHOWN if verbose else FEW)
    if verbose:
        yield from _group(report, "informs", "quiet", by_weight[Enforcement.INFORM], screen)
    elif by_weight[Enforcement.INFORM]:
        yield ""
        yield from screen.lay(0, ("informs (--verbose shows where, and what to do)", "quiet"))
        for result in by_weight[Enforcement.INFORM]:
            yield from _briefly(result, screen)


def _group(
    report: Report, heading: str, role: str, results: Sequence[RuleResult], screen: Screen, most: int = SHOWN
) -> Iterator[str]:
    if results:
        yield ""
        yield screen.style(heading, role)
        for result in results:
            yield from _failed(report, result, screen, most)


def _title(result: RuleResult, screen: Screen) -> Iterator[str]:
    said = "  ".join(part for part in (result.severity, _LAYERS[result.layer], result.owner) if part)
    yield from screen.lay(2, (result.rule, "heading"), (f"  {said}", "quiet"))


def _briefly(result: RuleResult, screen: Screen) -> Iterator[str]:
    """The rule and its first violation: what only informs does not hide what stops."""
    yield from _title(result, screen)
    counting = [one for one in result.violations if not one.is_excused]
    more = f" (and {len(counting) - 1} more)" if len(counting) > 1 else ""
    for violation in counting[:1]:
        yield from screen.lay(4, (f"{violation.message}{more}", ""))
    yield from _known(result, screen)
    yield from _open(result, screen)


def _failed(report: Report, result: RuleResult, screen: Screen, most: int) -> Iterator[str]:
    yield from _title(result, screen)
    counting = [one for one in result.violations if not one.is_excused]
    shown = counting[:most]
    width = max((len(_place(report, one)) for one in shown), default=0)
    for fix, alike in groupby(shown, key=lambda one: one.fix):
        mended = list(alike)
        for violation in mended:
            yield from _violation(_place(report, violation), width, violation, screen)
        yield from _fix(fix, "fix:" if len(mended) == 1 else "fix, for each:", screen)
    more = len(counting) - len(shown) + result.unlisted
    if more > 0:
        listed = "lists them" if not result.unlisted else f"lists the first {len(result.violations):,}"
        yield from screen.lay(4, (f"… and {more:,} more (--format json {listed})", "quiet"))
    yield from _known(result, screen)
    if result.waived:
        yield from screen.lay(4, (f"{len(result.waived)} more waived, see below", "quiet"))
    yield from _open(result, screen)


def _known(result: RuleResult, screen: Screen) -> Iterator[str]:
    for line in known_said(result.violations):
        yield from screen.lay(4, (line, "quiet"))


def _open(result: RuleResult, screen: Screen) -> Iterator[str]:
    for reason in result.reasons:
        yield from screen.lay(4, (f"not decided for the rest: {reason}", "doubt"))


def _place(report: Report, violation: Violation) -> str:
    """The file with line and column; without the file where its path is long, which the first line has said."""
    if violation.place is None:
        return report.file if len(report.file) <= SHORT_PATH else "-"
    place = f"{violation.place.line}:{violation.place.column}"
    return f"{report.file}:{place}" if len(report.file) <= SHORT_PATH else place


def _violation(place: str, width: int, violation: Violation, screen: Screen) -> Iterator[str]:
    """Place and message in a line; on a narrow screen one below the other."""
    below = 4 + width + 2
    if screen.has_room(below):
        yield from screen.lay(4, (place.ljust(width), "quiet"), (f"  {violation.message}", ""), hanging=width + 2)
    else:
        below = 6
        yield from screen.lay(4, (place, "quiet"))
        yield from screen.lay(below, (violation.message, ""))
    if known := violation.known:
        said = f"known since {known.recorded}; the time to mend it ended on {known.expires}"
        yield from screen.lay(below, (said, ""))
    if rows := rows_said(violation):
        yield from screen.lay(below, (rows, ""))


def _fix(text: str | None, word: str, screen: Screen) -> Iterator[str]:
    """One line as it is; several as a block that can be copied. It stands once, below all that it mends."""
    lines = (text or "").splitlines()
    if len(lines) == 1:
        yield from screen.lay(6, (word, "help"), (f" {lines[0]}", ""))
    elif lines:
        yield from screen.lay(6, (word, "help"))
        yield from (f"        {line}" for line in lines)


def _undecided(report: Report, screen: Screen) -> Iterator[str]:
    """By what is missing: one thing often keeps several rules from being decided."""
    reasons: dict[str, list[RuleResult]] = {}
    for result in report.results:
        if result.outcome is Outcome.INDETERMINATE:
            reasons.setdefault("; ".join(result.reasons), []).append(result)
    if not reasons:
        return
    yield ""
    yield screen.style("could not be decided: evidence is missing", "doubt")
    for reason, results in reasons.items():
        yield from screen.lay(2, (reason, ""))
        width = max(len(result.rule) for result in results)
        for result in results:
            day = blocks_from(result, report.as_of.date())
            later = f", and will block from {day}" if day else ""
            weight = f"  {result.enforcement}s{later}"
            yield from screen.lay(4, (result.rule, "heading"), (" " * (width - len(result.rule)) + weight, "quiet"))


def _listed(report: Report, outcome: Outcome, heading: str, screen: Screen) -> Iterator[str]:
    results = [result for result in report.results if result.outcome is outcome]
    if not results:
        return
    yield ""
    yield screen.style(heading, "heading")
    width = max(len(result.rule) for result in results)
    for result in results:
        reason = "; ".join(result.reasons) if result.reasons else _seen(result)
        yield from screen.lay(2, (result.rule.ljust(width), ""), (f"  {reason}", "quiet"))


def _unbound(report: Report, screen: Screen) -> Iterator[str]:
    """What keeps rules from being decided because policy and contract do not fit, once for each place."""
    found = dict.fromkeys(diagnostic for result in report.results for diagnostic in result.unbound)
    if found:
        yield ""
        yield screen.style("policies that do not fit this contract", "heading")
        yield from (f"  {line}".rstrip() for line in draw(found, screen.style).splitlines())


def _unchecked(report: Report, screen: Screen) -> Iterator[str]:
    lines = dict.fromkeys(line for result in report.results for line in result.unchecked)
    if lines:
        yield ""
        yield screen.style("promised by the contract, and not evaluated", "heading")
        for line in lines:
            yield from screen.lay(2, (line, ""))


def _due_later(report: Report, screen: Screen, *, verbose: bool) -> Iterator[str]:
    """By name where they are few, else how many wait for what."""
    reasons = Counter("; ".join(one.reasons) for one in report.results if one.outcome is Outcome.DUE_LATER)
    if verbose or reasons.total() <= FEW:
        yield from _listed(report, Outcome.DUE_LATER, "due later", screen)
        return
    yield ""
    yield from screen.lay(0, ("due later", "heading"), (" (--verbose names them)", "quiet"))
    for reason, count in sorted(reasons.items()):
        yield from screen.lay(2, (f"{count} rule{'s' if count > 1 else ''}: {reason}", ""))


def _seen(result: RuleResult) -> str:
    return f"{result.subjects} looked at" if result.subjects else "nothing to look at"


def _waived(report: Report, screen: Screen) -> Iterator[str]:
    """What is excused: by which waiver, until when, by whom and why."""
    waivers = {waiver.name: waiver for result in report.results for waiver in result.waivers}
    if not waivers:
        return
    yield ""
    yield screen.style("waived", "heading")
    for name in sorted(waivers)[:SHOWN]:
        waiver = waivers[name]
        said = f"  until {waiver.until}, granted by the {waiver.granted_by}, approved by {waiver.approved_by}"
        yield from screen.lay(2, (name, "heading"), (said, "quiet"))
        yield from screen.lay(4, (f"because {waiver.because}", ""))
        for result in report.results:
            subjects = [one.violation.subject for one in result.waived if name in one.waivers]
            if subjects:
                more = f" and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
                yield from screen.lay(4, (f"{result.rule}: {', '.join(subjects[:SHOWN])}{more}", ""))
    yield from _more(len(waivers), screen)


_IDLE: Final = {
    WaiverStatus.EXPIRED: "expired, not applied: its last day was {waiver.until}",
    WaiverStatus.NOT_YET: "not applied: not in force before {waiver.granted}",
    WaiverStatus.UNUSED: "not needed: nothing that it names is violated",
    WaiverStatus.OPEN: "not applied: what it names is not decided",
}


def _idle_waivers(report: Report, screen: Screen) -> Iterator[str]:
    """Waivers for this product that changed nothing."""
    idle = [note for note in report.waivers if note.status in _IDLE]
    if not idle:
        return
    yield ""
    yield screen.style("waivers without effect", "heading")
    width = max(len(note.waiver.name) for note in idle)
    for note in idle[:SHOWN]:
        said = _IDLE[note.status].format(waiver=note.waiver)
        yield from screen.lay(2, (note.waiver.name.ljust(width), ""), (f"  {said}", "quiet"))
    yield from _more(len(idle), screen)


def _stale(report: Report, screen: Screen) -> Iterator[str]:
    """What the baseline holds and need not hold any longer."""
    lines = [] if report.baseline is None else list(stale_said(report.baseline))
    if lines:
        yield ""
        yield screen.style("in the baseline, and no longer violated", "heading")
        for line in lines:
            yield from screen.lay(2, (line, ""))


def _more(count: int, screen: Screen) -> Iterator[str]:
    """That a list goes on."""
    if count > SHOWN:
        yield from screen.lay(2, (f"… and {count - SHOWN} more (--format json lists all)", "quiet"))


def _upcoming(report: Report, screen: Screen, *, verbose: bool) -> Iterator[str]:
    """What will block and was not said above, and what is waived and counts again. `verbose`: what will warn, too."""
    outcomes = {result.rule: result for result in report.results}
    coming = [
        one
        for one in upcoming(report)
        if one.why or verbose or (one.enforcement is Enforcement.BLOCK and not _is_said(outcomes[one.rule]))
    ]
    if not coming:
        return
    yield ""
    yield screen.style("what will start to block, or get stricter", "heading")
    width = max(len(one.rule) for one in coming)
    for one in coming[:SHOWN]:
        why = f": {one.why}" if one.why else ""
        yield from screen.lay(2, (f"{one.since}  {one.rule.ljust(width)}  {one.enforcement}s{why}", ""), hanging=12)
    yield from _more(len(coming), screen)


def _is_said(result: RuleResult) -> bool:
    """Whether the day from which the rule blocks stands at its violations, or where it is undecided."""
    warns = result.outcome is Outcome.FAIL and result.enforcement is Enforcement.WARN
    return warns or result.outcome is Outcome.INDETERMINATE
