"""A run as one page that needs nothing else: style inside, no script; by day and night, on paper, on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.reporting.html import Content, document, name, prose, style_sheet, table
from policy_engine.reporting.html import element as e
from policy_engine.reporting.known import baseline_said, known_said
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import WORDS, Finding, Refused, Run, blocks_from, findings, unchecked_said
from policy_engine.reporting.upcoming import upcoming
from policy_engine.verdict import Enforcement, Outcome

#: Violations of one rule that are listed: a page that a browser opens at once.
SHOWN: Final = 200
_HEADINGS: Final = {Enforcement.BLOCK: "Blocks", Enforcement.WARN: "Warns", Enforcement.INFORM: "Informs"}
_COUNTED: Final = {
    Outcome.FAIL: "fail",
    Outcome.INDETERMINATE: "undecided",
    Outcome.WAIVED: "waived",
    Outcome.DUE_LATER: "due later",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "not applicable",
}


def render_html(run: Run) -> str:
    """The verdict, a table where there are several products, then each product."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in findings(run.reports):
        found.setdefault((one.file, one.result.rule), []).append(one)
    title = f"Data policies: {WORDS[run.verdict]}"
    main: list[Content] = [e("h1", "Data policies: ", e("span", WORDS[run.verdict], class_=f"verdict {run.verdict}"))]
    if run.products > 1:
        main += [e("p", _summed(run), class_="lead"), _overview(run)]
    for number, report in enumerate(run.reports, start=1):
        main += _product(report, number, found, is_one=run.products == 1)
    if run.refused:
        main += _refused(run.refused)
    body = e("body", e("a", "Skip to the content", class_="skip", href="#content"), e("main", *main, id="content"))
    if run.reports:
        body.append(_footer(run.reports[0]))
    return document(title=title, head=(), body=body, style=style_sheet()).decode()


def _summed(run: Run) -> str:
    counts = [(sum(report.verdict is verdict for report in run.reports), word) for verdict, word in WORDS.items()]
    counts.append((len(run.refused), "could not be judged"))
    return f"{run.products} products: {', '.join(f'{count} {word}' for count, word in counts if count)}."


def _overview(run: Run) -> Element:
    rows = []
    for number, report in enumerate(map(printable, run.reports), start=1):
        failing = [result.enforcement for result in report.results if result.outcome is Outcome.FAIL]
        rows.append(
            (
                e(
                    "span",
                    e("a", report.name or report.id, href=f"#product-{number}"),
                    e("span", report.file, class_="place"),
                ),
                _verdict(report),
                report.domain or "-",
                str(failing.count(Enforcement.BLOCK)),
                str(failing.count(Enforcement.WARN)),
                str(report.count(Outcome.INDETERMINATE)),
            )
        )
    heads = ("Product", "Verdict", "Domain", "Block", "Warn", "Undecided")
    return table(heads, rows, caption="Products")


def _product(
    given: Report, number: int, found: dict[tuple[str, str], list[Finding]], *, is_one: bool
) -> Iterator[Content]:
    report = printable(given)
    heading = " ".join(part for part in (report.name or report.id, report.version) if part)
    yield e("h2", heading, " ", None if is_one else _verdict(report), id=f"product-{number}")
    yield e("dl", *(part for label, value in _facts(report) for part in (e("dt", label), e("dd", value))))
    if unchecked := unchecked_said(report):
        yield e("p", unchecked, class_="force block")
    for enforcement, word in _HEADINGS.items():
        failed = [one for one in report.results if one.outcome is Outcome.FAIL and one.enforcement is enforcement]
        if failed:
            yield e("h3", f"{word}: {_count(len(failed), 'rule')}", class_="group")
            for result in failed:
                counting = [one for one in found.get((given.file, result.rule), []) if not one.is_excused]
                yield _rule(report, result, counting)
    yield from _others(report)


def _facts(report: Report) -> Iterator[tuple[str, Content]]:
    yield "Contract", e("code", report.file)
    yield "Domain", report.domain or "not stated"
    yield "Rules", ", ".join(f"{count} {word}" for one, word in _COUNTED.items() if (count := report.count(one)))
    yield "Stage", f"{report.stage}, as of {report.as_of.isoformat(sep=' ')[:16]} UTC"
    read = ", ".join(f"{one.dataset}{' (a sample)' if one.sampled else ''}" for one in report.data)
    yield "Data", read or "none was read: only metadata was checked"
    if report.baseline is not None:
        yield "Baseline", baseline_said(report.baseline)


def _rule(report: Report, result: RuleResult, found: list[Finding]) -> Element:
    later = blocks_from(result, report.as_of.date())
    fixes = dict.fromkeys(one.violation.fix for one in found if one.violation.fix)
    is_one = len(fixes) == 1
    heads = ("Line", "What is wrong") if is_one or not fixes else ("Line", "What is wrong", "How to mend it")
    rows = ((f"{one.line}:{one.column}", *_said(one, with_fix=len(heads) > 2)) for one in found[:SHOWN])
    more = len(found[SHOWN:]) + result.unlisted
    return e(
        "section",
        e("h4", *name(result.rule)),
        e("p", *prose(result.documentation)) if result.documentation else None,
        e(
            "p",
            e("span", f"blocks from {later}, ", class_="force block") if later else None,
            _about(result),
            class_="quiet",
        ),
        table(heads, rows, caption=f"Violations of {result.rule}") if found else None,
        e("p", f"… and {more:,} more.") if more else None,
        *(e("p", line, class_="quiet") for line in known_said(result.violations)),
        *((e("p", "How to mend it", class_="label"), _block(next(iter(fixes)))) if is_one else ()),
        *(e("p", f"Not decided for the rest: {reason}", class_="force warn") for reason in result.reasons),
        class_="rule",
    )


def _about(result: RuleResult) -> str:
    local = "the domain's own policy" if result.layer == "domain" else ""
    return " · ".join(part for part in (result.severity, result.owner, local, ", ".join(result.controls)) if part)


def _said(one: Finding, *, with_fix: bool) -> Iterator[Content]:
    first, *others = one.text.removesuffix(one.fix).rstrip("\n").split("\n")
    yield e("span", *prose(first), *(part for line in others for part in (e("br"), line)))
    if with_fix:
        yield _block(one.violation.fix) if one.violation.fix else "-"


def _others(report: Report) -> Iterator[Content]:
    undecided = [one for one in report.results if one.outcome is Outcome.INDETERMINATE]
    if undecided:
        yield e("h3", f"Could not be decided: {_count(len(undecided), 'rule')}", class_="group")
        rows = ((e("code", *name(one.rule)), f"{one.enforcement}s", "; ".join(one.reasons)) for one in undecided)
        yield table(("Rule", "Weight", "What is missing"), rows, caption="Rules that could not be decided")
    unchecked = list(dict.fromkeys(line for one in report.results for line in one.unchecked))
    if unchecked:
        yield e("h3", "Promised by the contract, and not evaluated", class_="group")
        yield e("ul", *(e("li", line) for line in unchecked))
    yield from _waivers(report)
    coming = list(upcoming(report))
    if coming:
        yield e("h3", "What will start to block, or get stricter", class_="group")
        days = ((str(one.since), e("code", *name(one.rule)), f"{one.enforcement}s", one.why or "-") for one in coming)
        yield table(("From", "Rule", "Then", "Why"), days, caption="What gets stricter")
    if report.remarks:
        yield e("h3", "Not understood in the contract", class_="group")
        places = ((f"{one.place.line}:{one.place.column}", one.message) for one in report.remarks)
        yield table(("Line", "What"), places, caption="Not understood in the contract")
    for outcome, word in (
        (Outcome.DUE_LATER, "Due later"),
        (Outcome.PASS, "Passes"),
        (Outcome.NOT_APPLICABLE, "Does not apply"),
    ):
        yield from _folded(report, outcome, word)


def _waivers(report: Report) -> Iterator[Content]:
    waived = [(result, one) for result in report.results for one in result.waived]
    if not waived:
        return
    yield e("h3", f"Waived: {_count(len(waived), 'violation')}", class_="group")
    waivers = {one.name: one for result in report.results for one in result.waivers}
    rows = (
        (
            e("code", *name(one.name)),
            f"{one.because}",
            f"{one.granted} - {one.until}",
            f"{one.approved_by} (granted by the {one.granted_by})",
            e("ul", *(e("li", e("code", *name(result.rule)), f": {of.violation.subject}") for result, of in waived
                      if one.name in of.waivers), class_="stacked"),
        )
        for one in waivers.values()
    )  # fmt: skip
    yield table(("Waiver", "Why", "From - until", "Approved by", "What it excuses"), rows, caption="Waivers")


def _folded(report: Report, outcome: Outcome, word: str) -> Iterator[Content]:
    results = [one for one in report.results if one.outcome is outcome]
    if results:
        items = (_item(one) for one in results)
        yield e("details", e("summary", f"{word}: {_count(len(results), 'rule')}"), e("ul", *items, class_="stacked"))


def _item(result: RuleResult) -> Element:
    reason = "; ".join(result.reasons) or (f"{result.subjects} looked at" if result.subjects else "nothing to look at")
    return e("li", e("code", *name(result.rule)), " ", e("span", reason, class_="quiet"))


def _refused(refused: Iterable[Refused]) -> Iterator[Content]:
    yield e("h2", "Could not be judged")
    rows = ((e("code", one.file), one.message, one.help or "-", one.code) for one in map(printable, refused))
    yield table(("File", "Why", "What to do", "Code"), rows, caption="Files that could not be judged")


def _footer(report: Report) -> Element:
    used = report.policies
    digests = (
        ("Global policies", used.global_sources),
        ("Local policies", used.local_sources),
        ("Waivers", used.waivers),
    )
    return e(
        "footer",
        e("p", "Values of data are not shown. What a rule demands: ", e("code", "policy-engine explain RULE"), "."),
        *(e("p", f"{label}: ", e("code", str(digest))) for label, digest in digests if digest is not None),
    )


def _verdict(report: Report) -> Element:
    return e("span", WORDS[report.verdict], class_=f"verdict {report.verdict}")


def _block(text: str) -> Element:
    return e("pre", e("code", text), tabindex="0")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
