"""What a case expects and what came of it -> the differences, in words.

Of rules that pass, do not apply or are due later a page need not speak; what it says of them has to be true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import ndiff
from typing import Final

from policy_engine.diagnostics import Diagnostic
from policy_engine.testing.expected import Exactly, Expected, Nothing, Places, Results
from policy_engine.testing.lines import NO_DIAGNOSTICS, OPTIONAL, Line, block_text, lines, whole_text
from policy_engine.testing.model import Case, Found, Judged, Told

#: How many lines of another rule's result are shown where one was expected.
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence about what differs, and what explains it."""

    text: str
    details: tuple[str, ...] = ()


def differences(expected: Expected, found: Found, case: Case) -> tuple[Difference, ...]:
    """How what came of a case differs from what it expects; nothing where it does not."""
    match expected, found:
        case Nothing(), _:
            whole = tuple(whole_text(found, case).splitlines())
            return (Difference("nothing is expected yet; `--update` writes what came of it", whole),)
        case Results() as results, Judged():
            return tuple(_of_results(results, found, case))
        case Places(lines=wanted), Told(diagnostics=diagnostics):
            return tuple(_of_places(wanted, diagnostics))
        case _:
            text = expected_text(expected)
            came = whole_text(found, case)
            return () if isinstance(expected, Exactly) and text == came else (_of_texts(text, came),)


def expected_text(expected: Expected) -> str:
    """What is expected, as the block has it."""
    match expected:
        case Nothing():
            return ""
        case Exactly(text=text):
            return text
        case Places(lines=given):
            return "".join(f"{line}\n" for line in given)
        case Results(verdict=verdict, lines=given):
            return block_text(verdict, given)


def updated(expected: Expected, found: Found, case: Case) -> str:
    """What the block should have: as much of what may be left out as it has now."""
    match expected, found:
        case ((Results() | Nothing()), Judged()):
            named = {line.rule for line in expected.lines} if isinstance(expected, Results) else set()
            is_new = isinstance(expected, Nothing) and bool(case.options.of)
            kept = (
                line
                for line in lines(found, case)
                if line.outcome not in OPTIONAL or line.rule in named or (is_new and line.outcome == "pass")
            )
            return block_text(str(found.report.verdict), tuple(kept))
        case Places(), Told(diagnostics=diagnostics) if diagnostics:
            return "".join(f"{line}\n" for line in _places(diagnostics))
        case _:
            return whole_text(found, case)


def _of_results(expected: Results, found: Judged, case: Case) -> Iterator[Difference]:
    came = tuple(lines(found, case))
    if expected.verdict != found.report.verdict:
        yield Difference(f"expected the verdict `{expected.verdict}`, but it is `{found.report.verdict}`")
    missing = Counter((line.text, line.details) for line in expected.lines)
    missing.subtract((line.text, _filled(line)) for line in came)
    wanted = {line.text for line in expected.lines}
    for (text, details), count in missing.items():
        yield from [_missing(Line(text, details), came)] * count
    rest = Counter({key: -count for key, count in missing.items() if count < 0})
    for line in came:
        key = line.text, _filled(line)
        if rest[key] > 0 and line.outcome not in OPTIONAL and line.text not in wanted:
            rest[key] -= 1
            yield Difference(f"not expected: `{line.text}`", line.said)


def _filled(line: Line) -> tuple[str, ...]:
    """Its details without empty lines, which nobody has to write."""
    return tuple(detail for detail in line.details if detail.strip())


def _missing(line: Line, came: tuple[Line, ...]) -> Difference:
    same = next((one for one in came if one.text == line.text), None)
    if same is not None and same.details != line.details:
        given = [f"{one.rstrip()}\n" for one in line.details], [f"{one.rstrip()}\n" for one in same.details]
        return Difference(f"`{line.text}` happened with other details", _drawn(*given))
    of_rule = [one for one in came if one.rule == line.rule]
    if not of_rule:
        return Difference(f"expected `{line.text}`, but it did not happen: there is no rule `{line.rule}` here")
    shown = [f"`{one.text}`" for one in of_rule[:_SHOWN]]
    more = len(of_rule) - len(shown)
    instead = ", ".join([*shown, *([f"and {more} more"] if more else [])])
    said = of_rule[0].said if len(of_rule) == 1 and of_rule[0].outcome in OPTIONAL else ()
    return Difference(f"expected `{line.text}`, but it did not happen; the rule said {instead}", said)


def _of_places(wanted: tuple[str, ...], diagnostics: tuple[Diagnostic, ...]) -> Iterator[Difference]:
    came = {_place(one, has_file=has_file): one for one in diagnostics for has_file in (False, True)}
    for line in wanted:
        if line not in came:
            yield Difference(f"expected `{line}`, but it did not happen")
    for one in diagnostics:
        if not {_place(one, has_file=False), _place(one, has_file=True)} & set(wanted):
            yield Difference(f"not expected: `{_place(one, has_file=True)}`", (one.message,))


def _places(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    has_file = len({one.span.source.name for one in diagnostics}) > 1
    return [_place(one, has_file=has_file) for one in sorted(diagnostics, key=lambda one: one.order)]


def _place(one: Diagnostic, *, has_file: bool) -> str:
    file = f"{one.span.source.name}:" if has_file else ""
    return f"{one.level} {one.code} {file}{one.span.position[0]}"


def _of_texts(expected: str, came: str) -> Difference:
    if came.strip() == NO_DIAGNOSTICS:
        return Difference("expected diagnostics, but the policies have none")
    return Difference("it came out otherwise", _drawn(expected.splitlines(True), came.splitlines(True)))


def _drawn(expected: list[str], came: list[str]) -> tuple[str, ...]:
    """Both texts: `-` before what was expected only, `+` before what came only."""
    return tuple(line.rstrip("\n") for line in ndiff(expected, came) if not line.startswith("?"))
