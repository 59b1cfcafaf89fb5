"""Results of tests as text for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from policy_engine.diagnostics import PolicyTextError, draw, pointer
from policy_engine.errors import PolicyEngineError
from policy_engine.testing.suite import PageResult, Ran

Style = Callable[[str, str], str]


def render_text(results: Sequence[PageResult], style: Style, *, is_quiet: bool = False) -> str:
    """One line for each page, then what failed and what could not be answered, then one line for all of them."""
    lines = [] if is_quiet else [line for result in results for line in (_headline(result, style), *_notes(result))]
    said: set[str] = set()
    for result in results:
        for ran in result.failing:
            lines += ["", *_failing(ran, style)]
        for error in result.errors:
            if str(error) not in said or not isinstance(error, PolicyTextError):
                lines += ["", *_stuck(result, error, style)]
            said.add(str(error))
    gap = [""] if lines else []
    return "".join(f"{line}\n" for line in (*lines, *gap, _summary(results), *([] if is_quiet else _pointer(results))))


def _pointer(results: Sequence[PageResult]) -> Iterator[str]:
    """Where more is said of what is wrong with the policies."""
    errors = [error for result in results for error in result.errors if isinstance(error, PolicyTextError)]
    if more := pointer(diagnostic for error in errors for diagnostic in error.diagnostics):
        yield more


def _headline(result: PageResult, style: Style) -> str:
    if result.errors:
        return f"{style('cannot answer', 'error')}  {result.file}"
    count = len(result.cases)
    if result.failing:
        return f"{style('fails', 'bad')}  {result.file}: {len(result.failing)} of {plural(count, 'case')}"
    return f"{style('passes', 'good')}  {result.file}: {plural(count, 'case')}"


def _notes(result: PageResult) -> Iterator[str]:
    """Blocks that no case reads: most probably an `expect` block is missing, or stands in another section."""
    for block in () if result.page is None else result.page.unread:
        yield f"  note: no `expect` block reads the `{block.kind}` block in line {block.start}"


def _failing(ran: Ran, style: Style) -> Iterator[str]:
    case = ran.case
    yield f"{style(case.name, 'heading')}"
    yield f"  {style('-->', 'frame')} {case.file}:{case.expect.start}"
    for one in ran.differences:
        yield f"  {one.text}"
        yield from (f"      {detail}" for detail in one.details)


def _stuck(result: PageResult, error: PolicyEngineError, style: Style) -> Iterator[str]:
    if isinstance(error, PolicyTextError):
        yield from draw(error.diagnostics, style).splitlines()
    first = next((f"{one.case.file}:{one.case.expect.start}: " for one in result.stuck if one.error is error), "")
    where = "" if str(error).startswith(f"{result.file}:") else first
    yield f"{style(f'error[{error.code}]', 'error')}: {where}{error}"
    if error.help:
        yield f"  help: {error.help}"


def _summary(results: Sequence[PageResult]) -> str:
    cases = sum(len(result.cases) for result in results)
    failing = sum(len(result.failing) for result in results)
    stuck = sum(len(result.stuck) for result in results) + sum(result.error is not None for result in results)
    parts = [f"{failing} fail" if failing != 1 else "1 fails"] if failing else []
    parts += [f"{stuck} could not be answered"] if stuck else []
    pages = plural(len(results), "page")
    return f"{pages}, {plural(cases, 'case')}: {', '.join(parts) if parts else 'all pass'}"


def plural(count: int, noun: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
