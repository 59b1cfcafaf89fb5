"""A run as Markdown for a pull request or a job's summary: short, details folded, nothing that texts could forge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from policy_engine.evaluation.model import Report, RuleResult
from policy_engine.reporting.known import baseline_said, known_said
from policy_engine.reporting.printable import printable
from policy_engine.reporting.run import WORDS, Finding, Run, blocks_from, findings, rows_said, unchecked_said
from policy_engine.reporting.upcoming import upcoming
from policy_engine.verdict import Enforcement, Outcome

#: Violations of one rule that are listed; GitHub takes a summary of one megabyte, a comment of 65,536 characters.
SHOWN: Final = 20
_MARKS: Final = re.compile(r"([\\`*\[\]~$|]|^[#+-]|(?<!\w)_|_(?!\w))")
#: What a forge would make a link, a reference or a notification of.
_LINKS: Final = re.compile(r"(?<=[@#])(?=\w)|(?<=www)(?=\.)|(?<=[A-Za-z])(?=://)", re.IGNORECASE)


def code(text: str) -> str:
    """Text in code type, whatever it holds; usable in a cell of a table."""
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{' '.join(text.split())}{pad}{ticks}".replace("|", "\\|") if text.strip() else ""


def prose(text: str) -> str:
    """Documentation and messages: between back-ticks code, all else text, of which nothing is taken for markup."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:
        return _plain(" ".join(text.split()))
    return "".join(code(part) if at % 2 else _plain(part) for at, part in enumerate(parts))


def _plain(text: str) -> str:
    escaped = _MARKS.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _LINKS.sub("<!-- -->", escaped)


def render_markdown(run: Run) -> str:
    """Verdict first; one section for each product."""
    found = list(findings(run.reports))
    parts = [f"## Data policies: {WORDS[run.verdict]}"]
    if run.products > 1:
        parts.append(table(("product", "verdict", "blocks", "warns", "undecided", "file"), map(_row, run.reports)))
    for report in run.reports:
        parts += _product(printable(report), [one for one in found if one.report.file == report.file])
    if run.refused:
        parts.append("### Could not be judged")
        parts.append(
            _list(f"{code(one.file)}: {prose(one.message)} ({one.code})" for one in map(printable, run.refused))
        )
    return "\n\n".join(parts) + "\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; its cells are Markdown already."""
    top = tuple(heads)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (top, ("---",) * len(top), *map(tuple, rows)))


def _row(given: Report) -> tuple[str, ...]:
    report = printable(given)
    failing = [result.enforcement for result in report.results if result.outcome is Outcome.FAIL]
    numbers = (failing.count(Enforcement.BLOCK), failing.count(Enforcement.WARN), report.count(Outcome.INDETERMINATE))
    name = prose(report.name or report.id)
    return name, WORDS[report.verdict], *(str(number) for number in numbers), code(report.file)


def _product(report: Report, found: list[Finding]) -> Iterator[str]:
    version = f" {prose(report.version)}" if report.version else ""
    yield f"### {prose(report.name or report.id)}{version}: {WORDS[report.verdict]}"
    counts = ", ".join(f"{report.count(outcome)} {outcome.value.replace('_', ' ')}" for outcome in Outcome
                       if report.count(outcome))  # fmt: skip
    yield f"{code(report.file)}: {len(report.results)} rules: {counts}; stage {report.stage}, as of {report.as_of.date()}."
    if report.baseline is not None:
        yield prose(f"{baseline_said(report.baseline)}.")
    for enforcement, word in (
        (Enforcement.BLOCK, "Blocks"),
        (Enforcement.WARN, "Warns"),
        (Enforcement.INFORM, "Informs"),
    ):
        failed = [one for one in report.results if one.outcome is Outcome.FAIL and one.enforcement is enforcement]
        if failed:
            body = [
                part
                for result in failed
                for part in _rule(
                    report, result, [one for one in found if one.result.rule == result.rule and not one.is_excused]
                )
            ]
            yield from _folded(f"{word}: {_count(len(failed), 'rule')}", body, is_open=enforcement is Enforcement.BLOCK)
    if unchecked := unchecked_said(report):
        yield f"**{unchecked}**"
    yield from _others(report)


def _rule(report: Report, result: RuleResult, found: list[Finding]) -> Iterator[str]:
    later = blocks_from(result, report.as_of.date())
    when = f", **blocks from {later}**" if later else ""
    yield f"**{code(result.rule)}** ({result.severity}{when}), owner {code(result.owner)}"
    if result.documentation:
        yield f"> {prose(result.documentation)}"
    rows = [(f"{one.line}:{one.column}", _said(one)) for one in found[:SHOWN]]
    if rows:
        yield table(("line", "what"), rows)
    yield from map(prose, known_said(result.violations))
    more = len(found) - SHOWN + result.unlisted
    if more > 0:
        yield f"… and {more:,} more."
    for fix in list(dict.fromkeys(one.violation.fix for one in found if one.violation.fix))[:3]:
        ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", fix)), default=0))
        yield f"Fix:\n\n{ticks}yaml\n{fix}\n{ticks}"


def _said(one: Finding) -> str:
    rows = rows_said(one.violation)
    return prose(one.violation.message) + (f" ({rows})" if rows else "")


def _others(report: Report) -> Iterator[str]:
    undecided = [one for one in report.results if one.outcome is Outcome.INDETERMINATE]
    unchecked = list(dict.fromkeys(line for one in report.results for line in one.unchecked))
    if undecided:
        lines = (f"{code(one.rule)} ({one.enforcement}s): {prose('; '.join(one.reasons))}" for one in undecided)
        is_open = any(one.enforcement is Enforcement.BLOCK for one in undecided)
        yield from _folded(f"Could not be decided: {_count(len(undecided), 'rule')}", [_list(lines)], is_open=is_open)
    if unchecked:
        yield from _folded("Promised by the contract, and not evaluated", [_list(map(prose, unchecked))])
    later = [one for one in report.results if one.outcome is Outcome.DUE_LATER]
    if later:
        lines = (f"{code(one.rule)}: {prose('; '.join(one.reasons))}" for one in later)
        yield from _folded(f"Due later: {_count(len(later), 'rule')}", [_list(lines)])
    waivers = {waiver.name: waiver for one in report.results for waiver in one.waivers}
    if waivers:
        lines = (
            f"{code(one.name)} until {one.until}, granted by the {one.granted_by}, approved by {code(one.approved_by)}: "
            f"{prose(one.because)}"
            for one in waivers.values()
        )
        number = sum(len(one.waived) for one in report.results)
        yield from _folded(f"Waived: {_count(number, 'violation')}", [_list(lines)])
    coming = list(upcoming(report))
    if coming:
        rows = (
            (str(one.since), code(one.rule), f"{one.enforcement}s{f' ({one.why})' if one.why else ''}")
            for one in coming
        )
        yield from _folded("What will start to block, or get stricter", [table(("from", "rule", "then"), rows)])


def _folded(title: str, body: list[str], *, is_open: bool = False) -> Iterator[str]:
    yield f"<details{' open' if is_open else ''}><summary>{title}</summary>"
    yield from body
    yield "</details>"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
