"""Findings as workflow commands of GitHub Actions, which show them on the lines of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from policy_engine.reporting.printable import clean, printable
from policy_engine.reporting.run import WORDS, Finding, Run, blocks_from, findings, unchecked_said
from policy_engine.verdict import Enforcement, Outcome

#: What GitHub shows of a kind for one step; whatever comes later is dropped.
MOST: Final = 10
_COMMANDS: Final = {Enforcement.BLOCK: "error", Enforcement.WARN: "warning", Enforcement.INFORM: "notice"}


def render_github(run: Run) -> str:
    """At most ten annotations of a kind, the last of which says how many there are besides; then lines for the log."""
    annotations = sorted(_annotations(run), key=lambda one: list(_COMMANDS.values()).index(one[0]))
    lines: list[str] = []
    for command, group in groupby(annotations, key=lambda one: one[0]):
        of_kind = [line for _, line in group]
        lines += of_kind if len(of_kind) <= MOST else of_kind[: MOST - 1]
        if len(of_kind) > MOST:
            said = f"{len(of_kind) - MOST + 1} more are not shown here: see --format markdown, or sarif"
            lines.append(_command(command, said, title="policy-engine"))
    return "\n".join([*lines, *_log(run)]) + "\n"


def _annotations(run: Run) -> Iterator[tuple[str, str]]:
    for one in run.refused:
        text = f"not judged: {clean(one.message)}\n{clean(one.help)}".strip()
        yield "error", _command("error", text, file=one.file, title=one.code)
    for found in findings(run.reports):
        if not found.is_excused:
            command = _COMMANDS[found.result.enforcement]
            yield command, _violation(command, found)
    for report in run.reports:
        if unchecked := unchecked_said(report):
            yield "error", _command("error", unchecked, file=report.file, line="1", title="policy-engine")
        undecided = [one for one in printable(report).results if one.outcome is Outcome.INDETERMINATE]
        for result in undecided:
            command = "error" if result.enforcement is Enforcement.BLOCK else "warning"
            text = f"could not be decided: {'; '.join(result.reasons)}"
            yield command, _command(command, text, file=report.file, line="1", title=result.rule)


def _violation(command: str, found: Finding) -> str:
    later = blocks_from(found.result, found.report.as_of.date())
    text = f"{found.text}\nblocks from {later}" if later else found.text
    place = {"file": found.file, "line": str(found.line), "col": str(found.column)}
    return _command(command, text, **place, title=found.result.rule)


def _log(run: Run) -> Iterator[str]:
    """One line for each product. Each begins with a verdict, so that no name begins a command."""
    for report in map(printable, run.reports):
        outcomes = Counter(result.outcome.value.replace("_", " ") for result in report.results)
        counts = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
        line = f"{WORDS[report.verdict]}: {report.name or report.id} ({report.file}): {counts}"
        yield line.replace("##[", "##\\[")
    yield f"{run.products} product{'' if run.products == 1 else 's'}: {WORDS[run.verdict]}"


def _command(command: str, message: str, **properties: str) -> str:
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
