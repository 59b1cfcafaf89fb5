"""Coverage as text: a table of policies, and the policies' lines with what is missing below them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_engine.diagnostics import Source
from policy_engine.testing.coverage.model import Coverage, Covered, count, percent
from policy_engine.testing.coverage.points import RULE

Style = Callable[[str, str], str]


def render_table(coverage: Coverage, style: Style) -> str:
    """One line for each policy: how many rules were seen to pass and fail, how many directions in all."""
    rows = [_row(name, covered) for name, covered in coverage.groups]
    rows.append(_row("all", coverage.covered))
    head = ("policy", "rules", "directions", "covered")
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = [_aligned(head, widths)]
    for row in rows:
        line = _aligned(row, widths)
        lines.append(line if row[-1] == "100 %" else style(line, "warning"))
    return "".join(f"{line}\n" for line in lines)


def _row(name: str, covered: tuple[Covered, ...]) -> tuple[str, str, str, str]:
    rules = [one for one in covered if one.point.key.kind == RULE]
    whole = sum(not one.never for one in rules)
    seen, total = count(covered)
    return name, f"{whole}/{len(rules)}", f"{seen}/{total}", f"{percent(seen, total)} %"


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join((row[0].ljust(len(first)), *rest))


def render_lines(coverage: Coverage, style: Style) -> str:
    """Every file that is not covered as a whole, each line with a mark, and below it what is missing in it."""
    by_file: dict[str, list[Covered]] = {}
    for one in coverage.covered:
        by_file.setdefault(one.point.key.file, []).append(one)
    texts = [_file(name, covered, style) for name, covered in by_file.items() if any(one.never for one in covered)]
    legend = "+ covered   ! in part   - never reached\n"
    return "\n".join([legend, *texts]) if texts else ""


def _file(name: str, covered: list[Covered], style: Style) -> str:
    source = covered[0].point.span.source
    lines = source.text.count("\n") + (not source.text.endswith("\n"))
    width = len(str(lines))
    return "".join(
        f"{line}\n"
        for line in (
            style(name, "heading"),
            *(text for number in range(1, lines + 1) for text in _line(source, number, width, covered, style)),
        )
    )


def _line(source: Source, number: int, width: int, covered: list[Covered], style: Style) -> Iterator[str]:
    here = [one for one in covered if one.point.span.position[0] == number]
    text = source.line(number)
    mark = _mark(here)
    role = {"+": "good", "!": "warning", "-": "bad"}.get(mark, "frame")
    yield f"{style(mark, role)} {style(str(number).rjust(width), 'frame')} | {text}".rstrip()
    for one in here:
        if one.never and not any(_is_within(one, other) for other in here):
            column = one.point.span.position[1] - 1
            length = max(1, min(one.point.span.end - one.point.span.start, len(text) - column))
            pad = "".join("\t" if char == "\t" else " " for char in text[:column])
            yield f"  {' ' * width} | {pad}{style('^' * length + ' ' + one.said, role)}"


def _is_within(one: Covered, other: Covered) -> bool:
    """Is it a part of something that is not reached either?"""
    inner, outer = one.point.key, other.point.key
    is_part = inner != outer and outer.start <= inner.start and inner.end <= outer.end
    return is_part and not one.seen and not other.seen


def _mark(here: list[Covered]) -> str:
    if not here:
        return " "
    if not any(one.never for one in here):
        return "+"
    return "!" if any(one.seen for one in here) else "-"
