"""The text of an `expect` block -> what it expects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from policy_engine.diagnostics import nearest
from policy_engine.testing.blocks import text_lines, wrong
from policy_engine.testing.lines import NO_DIAGNOSTICS, Line
from policy_engine.testing.model import Block
from policy_engine.verdict import Outcome, Verdict

_SHORT: Final = re.compile(r"(?:error|warning) [A-Z]{3}\d{3} (?:\S+:)?\d+")
_DRAWN: Final = re.compile(r"(?:error|warning)\[")
_REFUSED: Final = re.compile(r"[A-Z]{3}\d{3}: ")
_VERDICTS: Final = tuple(verdict.value for verdict in Verdict)
_OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class Results:
    """A verdict, and lines of outcomes."""

    verdict: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Diagnostics, a line each: `error CHK003 4`, with the file before the line where there are several."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exactly:
    """A text, to the letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty block: nobody has said yet what is expected."""


Expected: TypeAlias = Results | Places | Exactly | Nothing


def read_expected(block: Block, file: str) -> Expected:
    """What a block expects. Raises TestFileError for a word that stands for nothing."""
    given = [(number, line) for number, line in enumerate(text_lines(block.text), block.start + 1) if line.strip()]
    if not given:
        return Nothing()
    first = given[0][1].strip()
    if first == NO_DIAGNOSTICS or _DRAWN.match(first) or _REFUSED.match(first):
        return Exactly(block.text)
    if first.split()[0] in {"error", "warning"}:
        return Places(tuple(_short(number, line, file) for number, line in given))
    if first not in _VERDICTS:
        raise _no_word(first, _VERDICTS, file, given[0][0], "verdict", "a block begins with its verdict")
    return Results(first, _lines(given[1:], file))


def _short(number: int, line: str, file: str) -> str:
    if not _SHORT.fullmatch(line.strip()):
        raise wrong(file, number, f"`{line.strip()}` names no diagnostic", "write `error CHK003 4`: code and line")
    return line.strip()


def _lines(given: list[tuple[int, str]], file: str) -> tuple[Line, ...]:
    found: list[Line] = []
    for number, line in given:
        if line.startswith("  "):
            if not found:
                raise wrong(file, number, "a detail stands below no outcome", "write the outcome above it")
            found[-1] = Line(found[-1].text, (*found[-1].details, line))
            continue
        outcome = line.partition(" ")[0]
        if outcome not in _OUTCOMES:
            raise _no_word(outcome, _OUTCOMES, file, number, "outcome", "a line is `outcome rule subject`")
        if " " not in line.strip():
            raise wrong(file, number, f"`{outcome}` of which rule?", "a line is `outcome rule subject`")
        found.append(Line(line.rstrip()))
    return tuple(found)


def _no_word(word: str, words: tuple[str, ...], file: str, line: int, what: str, form: str) -> Exception:
    near = nearest(word, words)
    help_ = f"did you mean `{near}`?" if near else f"{form}; there are {', '.join(words)}"
    return wrong(file, line, f"`{word}` is no {what}", help_)
