"""What comes of a case, as its `expect` block says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy_engine.diagnostics import draw
from policy_engine.evaluation.model import RuleResult, Violation
from policy_engine.testing.model import Case, Contract, Found, Judged, Refused, Told
from policy_engine.verdict import Outcome

NO_DIAGNOSTICS = "no diagnostics"


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule says, of one subject where it is violated; with the lines of detail below it.

    `said` are words for a reader who did not expect it; they are no part of the block.
    """

    text: str
    details: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The first word."""
        return self.text.partition(" ")[0]

    @property
    def rule(self) -> str:
        """The second word."""
        return self.text.split(" ")[1] if " " in self.text else ""


#: What may be left out of an `expect` block.
OPTIONAL = frozenset({Outcome.PASS.value, Outcome.NOT_APPLICABLE.value, Outcome.DUE_LATER.value})


def whole_text(found: Found, case: Case) -> str:
    """Everything that comes of a case."""
    match found:
        case Told(diagnostics=()):
            return f"{NO_DIAGNOSTICS}\n"
        case Told(diagnostics=diagnostics):
            return draw(diagnostics)
        case Refused(error=error):
            return f"{error.code}: {error}\n"
        case Judged(report=report):
            return block_text(str(report.verdict), tuple(lines(found, case)))


def block_text(verdict: str, given: tuple[Line, ...]) -> str:
    """A verdict and lines as the text of a block."""
    return "".join(f"{text}\n" for text in (verdict, *(text for one in given for text in (one.text, *one.details))))


def lines(found: Judged, case: Case) -> Iterator[Line]:
    """A line for each violation, and for each rule without one."""
    results = found.report.results
    for result in results:
        of_rule = list(_of_rule(result, found, case))
        if case.options.details:
            last = of_rule.pop()
            notes = _waivers(found) if result is results[-1] else ()
            of_rule.append(Line(last.text, (*last.details, *_because(result), *notes), last.said))
        yield from of_rule


def _of_rule(result: RuleResult, found: Judged, case: Case) -> Iterator[Line]:
    if not result.violations and result.outcome is not Outcome.WAIVED:
        yield Line(f"{result.outcome} {result.rule}", said=result.reasons)
    for violation in result.violations:
        details = tuple(_details(violation, found)) if case.options.details else ()
        yield Line(f"{result.outcome} {result.rule} {violation.subject}", details, tuple(_said(violation, found)))
    for one in result.waived:
        by = tuple(f"by {name}" for name in one.waivers)
        details = tuple(f"  {name}" for name in by) if case.options.details else ()
        yield Line(f"{Outcome.WAIVED} {result.rule} {one.violation.subject}", details, by)


def _waivers(found: Judged) -> Iterator[str]:
    """What became of every waiver that names the product."""
    yield from (f"  waiver {note.waiver.name}: {note.status}" for note in found.report.waivers)


def _because(result: RuleResult) -> Iterator[str]:
    yield from (f"  because {reason}" for reason in result.reasons)
    yield from (f"  not evaluated: {line}" for line in result.unchecked)
    yield from (f"  {line}".rstrip() for line in draw(result.unbound).splitlines())


def _details(violation: Violation, found: Judged) -> Iterator[str]:
    """Lines are counted from the block's first, so that they stay when the page above it changes."""
    if violation.place is None:
        yield f"  {violation.message}"
    else:
        file, line = _home(violation.place.line, found.contract)
        before = "" if file is None else f"{file.rpartition('/')[2]}:"
        yield f"  {before}{line}:{violation.place.column}: {violation.message}"
    if violation.fix:
        yield f"  fix: {violation.fix}"
    if violation.count is not None:
        yield f"  {_counted(violation)}"


def _said(violation: Violation, found: Judged) -> Iterator[str]:
    yield violation.message
    if violation.place is not None:
        own = found.contract.own
        file, line = _home(violation.place.line, found.contract)
        where = f"{own.name}:{own.line + line}" if file is None else f"{file}:{line}"
        yield f"at {where}:{violation.place.column}"
    if violation.fix:
        yield f"fix: {violation.fix}"
    if violation.count is not None:
        yield _counted(violation)


def _home(line: int, contract: Contract) -> tuple[str | None, int]:
    """The file that a line of a contract is in, None for the page, and its number there."""
    if contract.base is not None and line > contract.lines:
        return contract.base.name, line - contract.lines
    return None, line


def _counted(violation: Violation) -> str:
    if violation.scanned is None:
        return str(violation.count)
    return f"{violation.count} of {violation.scanned}, rows {', '.join(map(str, violation.rows))}"
