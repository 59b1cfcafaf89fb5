"""A report as text for people: the verdict first, then what blocks, what warns, what could not be decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Final

from policy_engine.diagnostics import draw
from policy_engine.evaluation.model import Report, RuleResult, Violation, WaiverStatus
from policy_engine.plan.layer import Layer
from policy_engine.reporting.known import baseline_said, is_all_known, known_said, stale_said
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import WORDS, Run, rows_said
from policy_engine.reporting.upcoming import upcoming
from policy_engine.verdict import Enforcement, Outcome, Verdict

#: `style(text, role)` may add colour; roles: good, bad, doubt, heading, quiet.
Style = Callable[[str, str], str]

_ROLES: Final = {Verdict.COMPLIANT: "good", Verdict.NON_COMPLIANT: "bad", Verdict.INDETERMINATE: "doubt"}
_HEADINGS: Final = {
    Enforcement.BLOCK: ("blocks", "bad"),
    Enforcement.WARN: ("warns", "doubt"),
    Enforcement.INFORM: ("informs", "quiet"),
}
_LAYERS: Final = {Layer.GLOBAL: "", Layer.DOMAIN: "local"}
#: Violations of one rule that are shown; the rest is counted.
SHOWN: Final = 20
#: So many rules that are due later are named, and so many violations of a rule that warns are shown.
FEW: Final = 5


def plain(text: str, _role: str) -> str:
    """No colour."""
    return text


def render_text(report: Report, style: Style = plain, *, verbose: bool = False) -> str:
    """The whole report. `verbose` adds what passed, what did not apply, and all of what only informs."""
    report = printable(report)
    lines = [*_head(report, style)]
    for enforcement in (Enforcement.BLOCK, Enforcement.WARN, Enforcement.INFORM):
        failed = [r for r in report.results if r.outcome is Outcome.FAIL and r.enforcement is enforcement]
        if failed:
            word, role = _HEADINGS[enforcement]
            brief = enforcement is Enforcement.INFORM and not verbose
            show = _briefly if brief else _warned if enforcement is Enforcement.WARN and not verbose else _failed
            lines += [
                "",
                style(word, role) + (style(" (--verbose shows where, and what to do)", "quiet") if brief else ""),
            ]
            lines += [line for result in failed for line in show(report, result, style)]
    lines += _listed(report, Outcome.INDETERMINATE, "could not be decided: evidence is missing", style)
    lines += _unchecked(report, style)
    lines += _due_later(report, style, verbose=verbose)
    lines += _unbound(report, style)
    lines += _waived(report, style)
    lines += _idle_waivers(report, style)
    lines += _stale(report, style)
    if verbose:
        lines += _listed(report, Outcome.PASS, "passes", style)
        lines += _listed(report, Outcome.NOT_APPLICABLE, "does not apply", style)
    lines += _upcoming(report, style, verbose=verbose)
    if report.remarks:
        lines += ["", style("not understood in the contract", "heading")]
        lines += [
            f"  {report.file}:{remark.place.line}:{remark.place.column}  {remark.message}" for remark in report.remarks
        ]
    return "\n".join(lines) + "\n"


def render_summary(run: Run) -> str:
    """One line about several products."""
    counts = [(sum(report.verdict is verdict for report in run.reports), word) for verdict, word in WORDS.items()]
    counts.append((len(run.refused), "could not be read"))
    counts.append((sum(map(is_all_known, run.reports)), "of them with nothing new"))
    return f"{run.products} products: {', '.join(f'{count} {word}' for count, word in counts if count)}\n"


def headline(report: Report, style: Style = plain) -> Iterator[str]:
    """The verdict and the counts."""
    yield from _head(printable(report), style)


def _head(report: Report, style: Style) -> Iterator[str]:
    verdict = style(WORDS[report.verdict], "doubt" if is_all_known(report) else _ROLES[report.verdict])
    version = f" {report.version}" if report.version else ""
    waived = report.count(Outcome.WAIVED)
    but = f", {waived} {'rule' if waived == 1 else 'rules'} waived" if waived else ""
    but += ", all of it known" if is_all_known(report) else ""
    yield f"{verdict}{but}: {report.name or report.id}{version}  {style(report.file, 'quiet')}"
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
    yield style(f"{len(report.results)} rules: {said}; stage {report.stage}, as of {moment}", "quiet")
    if report.unread:
        yield style(f"given and not read, since no rule that is due asks for it: {', '.join(report.unread)}", "quiet")
    elif not report.data:
        yield style("no data was given: only metadata was checked", "quiet")
    if report.earlier:
        yield style(_earlier(report), "quiet")
    if report.baseline is not None:
        yield style(baseline_said(report.baseline), "quiet")


def _earlier(report: Report) -> str:
    count = len(report.earlier)
    said = f"row counts of before come from {count} attestation{'s' if count > 1 else ''}"
    names = sorted({one.verified_by for one in report.earlier if one.verified_by is not None})
    if not names:
        return f"{said}, which nobody verified: without --keyring these numbers are the files' own word"
    return f"{said}, signed by {', '.join(names)}"


def _briefly(_report: Report, result: RuleResult, style: Style) -> Iterator[str]:
    """The rule and its first violation: what only informs does not hide what stops."""
    said = "  ".join(part for part in (result.severity, _LAYERS[result.layer], result.owner) if part)
    yield f"  {style(result.rule, 'heading')}  {style(said, 'quiet')}"
    counting = [one for one in result.violations if not one.is_excused]
    more = f" (and {len(counting) - 1} more)" if len(counting) > 1 else ""
    yield from (f"    {violation.message}{more}" for violation in counting[:1])
    yield from (style(f"    {line}", "quiet") for line in known_said(result.violations))
    yield from (style(f"    not decided for the rest: {reason}", "doubt") for reason in result.reasons)


def _warned(report: Report, result: RuleResult, style: Style) -> Iterator[str]:
    """The first violations: what warns leaves room for what stops."""
    return _failed(report, result, style, most=FEW)


def _failed(report: Report, result: RuleResult, style: Style, most: int = SHOWN) -> Iterator[str]:
    said = "  ".join(part for part in (result.severity, _LAYERS[result.layer], result.owner) if part)
    yield f"  {style(result.rule, 'heading')}  {style(said, 'quiet')}"
    counting = [one for one in result.violations if not one.is_excused]
    shown = counting[:most]
    for violation, after in zip_longest(shown, shown[1:]):
        yield from _violation(report, violation, style)
        if violation.fix and (after is None or after.fix != violation.fix):
            yield from _fix(violation.fix)
    more = len(counting) - len(shown) + result.unlisted
    if more > 0:
        listed = "lists them" if not result.unlisted else f"lists the first {len(result.violations):,}"
        yield style(f"    … and {more:,} more (--format json {listed})", "quiet")
    yield from (style(f"    {line}", "quiet") for line in known_said(result.violations))
    if result.waived:
        yield style(f"    {len(result.waived)} more waived, see below", "quiet")
    for reason in result.reasons:
        yield style(f"    not decided for the rest: {reason}", "doubt")


def _violation(report: Report, violation: Violation, style: Style) -> Iterator[str]:
    place = f"{report.file}:{violation.place.line}:{violation.place.column}" if violation.place else report.file
    yield f"    {style(place, 'quiet')}"
    yield f"      {violation.message}"
    if violation.known is not None:
        yield f"      known since {violation.known.recorded}; the time to mend it ended on {violation.known.expires}"
    if rows := rows_said(violation):
        yield f"      {rows}"


def _fix(text: str) -> Iterator[str]:
    """One line as it is; several as a block that can be copied. It stands once, below all that it mends."""
    lines = text.splitlines()
    if len(lines) == 1:
        yield f"      fix: {text}"
        return
    yield "      fix:"
    yield from (f"        {line}" for line in lines)


def _listed(report: Report, outcome: Outcome, heading: str, style: Style) -> Iterator[str]:
    results = [result for result in report.results if result.outcome is outcome]
    if not results:
        return
    yield ""
    yield style(heading, "heading")
    width = max(len(result.rule) for result in results)
    for result in results:
        reason = "; ".join(result.reasons) if result.reasons else _seen(result)
        weight = f" ({result.enforcement}s)" if outcome is Outcome.INDETERMINATE else ""
        yield f"  {result.rule.ljust(width)}  {style(f'{reason}{weight}', 'quiet')}"


def _unbound(report: Report, style: Style) -> Iterator[str]:
    """What keeps rules from being decided because policy and contract do not fit, once for each place."""
    found = dict.fromkeys(diagnostic for result in report.results for diagnostic in result.unbound)
    if found:
        yield ""
        yield style("policies that do not fit this contract", "heading")
        yield from (f"  {line}".rstrip() for line in draw(found, style).splitlines())


def _unchecked(report: Report, style: Style) -> Iterator[str]:
    lines = dict.fromkeys(line for result in report.results for line in result.unchecked)
    if lines:
        yield ""
        yield style("promised by the contract, and not evaluated", "heading")
        yield from (f"  {line}" for line in lines)


def _due_later(report: Report, style: Style, *, verbose: bool) -> Iterator[str]:
    """By name where they are few, else how many wait for what."""
    reasons = Counter("; ".join(one.reasons) for one in report.results if one.outcome is Outcome.DUE_LATER)
    if verbose or reasons.total() <= FEW:
        yield from _listed(report, Outcome.DUE_LATER, "due later", style)
        return
    yield ""
    yield style("due later", "heading") + style(" (--verbose names them)", "quiet")
    yield from (f"  {count} rule{'s' if count > 1 else ''}: {reason}" for reason, count in sorted(reasons.items()))


def _seen(result: RuleResult) -> str:
    return f"{result.subjects} looked at" if result.subjects else "nothing to look at"


def _waived(report: Report, style: Style) -> Iterator[str]:
    """What is excused: by which waiver, until when, by whom and why."""
    waivers = {waiver.name: waiver for result in report.results for waiver in result.waivers}
    if not waivers:
        return
    yield ""
    yield style("waived", "heading")
    for name in sorted(waivers)[:SHOWN]:
        waiver = waivers[name]
        said = f"until {waiver.until}, granted by the {waiver.granted_by}, approved by {waiver.approved_by}"
        yield f"  {style(name, 'heading')}  {style(said, 'quiet')}"
        yield f"    because {waiver.because}"
        for result in report.results:
            subjects = [one.violation.subject for one in result.waived if name in one.waivers]
            if subjects:
                more = f" and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
                yield f"    {result.rule}: {', '.join(subjects[:SHOWN])}{more}"
    yield from _more(len(waivers), style)


_IDLE: Final = {
    WaiverStatus.EXPIRED: "expired, not applied: its last day was {waiver.until}",
    WaiverStatus.NOT_YET: "not applied: not in force before {waiver.granted}",
    WaiverStatus.UNUSED: "not needed: nothing that it names is violated",
    WaiverStatus.OPEN: "not applied: what it names is not decided",
}


def _idle_waivers(report: Report, style: Style) -> Iterator[str]:
    """Waivers for this product that changed nothing."""
    idle = [note for note in report.waivers if note.status in _IDLE]
    if not idle:
        return
    yield ""
    yield style("waivers without effect", "heading")
    width = max(len(note.waiver.name) for note in idle)
    for note in idle[:SHOWN]:
        said = _IDLE[note.status].format(waiver=note.waiver)
        yield f"  {note.waiver.name.ljust(width)}  {style(said, 'quiet')}"
    yield from _more(len(idle), style)


def _stale(report: Report, style: Style) -> Iterator[str]:
    """What the baseline holds and need not hold any longer."""
    lines = [] if report.baseline is None else list(stale_said(report.baseline))
    if lines:
        yield ""
        yield style("in the baseline, and no longer violated", "heading")
        yield from (f"  {line}" for line in lines)


def _more(count: int, style: Style) -> Iterator[str]:
    """That a list goes on."""
    if count > SHOWN:
        yield style(f"  … and {count - SHOWN} more (--format json lists all)", "quiet")


def _upcoming(report: Report, style: Style, *, verbose: bool) -> Iterator[str]:
    """What is not met, or not decided, and will block; what is waived, and counts again. `verbose`: what will warn, too."""
    coming = [one for one in upcoming(report) if verbose or one.why or one.enforcement is Enforcement.BLOCK]
    if not coming:
        return
    yield ""
    yield style("what will start to block, or get stricter", "heading")
    width = max(len(one.rule) for one in coming)
    for one in coming[:SHOWN]:
        why = f": {one.why}" if one.why else ""
        yield f"  {one.since}  {one.rule.ljust(width)}  {one.enforcement}s{why}"
    yield from _more(len(coming), style)
