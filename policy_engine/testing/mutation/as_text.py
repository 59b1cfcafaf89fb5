"""Changes that no case noticed, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from policy_engine.testing.mutation.model import Fate, Mutant, Mutation

Style = Callable[[str, str], str]
#: Longer texts are shown in part.
LONGEST: Final = 72
_SAID: Final = {Fate.UNNOTICED: "no case notices", Fate.UNREACHED: "no case comes to it"}


def render_mutation(mutation: Mutation, style: Style) -> str:
    """Each change that no case noticed, with its place; then one line for all."""
    lines: list[str] = []
    for mutant in mutation.mutants:
        if mutant.fate in _SAID:
            lines += _mutant(mutant, style)
    noticed, tried = mutation.score
    untried = mutation.count(Fate.UNTRIED)
    rest = f"; time was up before {untried} more" if untried else ""
    share = f" ({100 * noticed // tried} %)" if tried else ""
    lines.append(f"{noticed} of {tried} changes are noticed{share}{rest}")
    return "".join(f"{line}\n" for line in lines)


def _mutant(mutant: Mutant, style: Style) -> Iterator[str]:
    line, column = mutant.span.position
    yield f"{style(_SAID[mutant.fate], 'warning')} {style('-->', 'frame')} {mutant.span.source.name}:{line}:{column}"
    yield f"  - {_short(mutant.before)}"
    yield f"  + {_short(mutant.after)}"
    yield ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def mutation_json(mutation: Mutation) -> dict[str, Any]:
    """The member `mutation` of a test report."""
    noticed, tried = mutation.score
    return {
        "noticed": noticed,
        "tried": tried,
        "untried": mutation.count(Fate.UNTRIED),
        "unnoticed": [_as_json(mutant) for mutant in mutation.mutants if mutant.fate in _SAID],
    }


def _as_json(mutant: Mutant) -> dict[str, Any]:
    line, column = mutant.span.position
    return {
        "file": mutant.span.source.name,
        "line": line,
        "column": column,
        "before": mutant.before,
        "after": mutant.after,
        "is_reached": mutant.fate is Fate.UNNOTICED,
    }
