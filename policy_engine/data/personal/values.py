"""Personal data in values: one pattern for all kinds where the data lies, real validators for what it finds."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from policy_engine.data.bind import Binding, Bound
from policy_engine.data.model import ValueEvidence
from policy_engine.data.personal.validators import DETECTORS, Detector
from policy_engine.data.questions import Question
from policy_engine.data.quoting import literal
from policy_engine.data.session import Session
from policy_engine.data.unanswerable import UnanswerableError

#: So many distinct candidates are verified; more of them are counted, and judged by these.
VERIFIED_AT_MOST: Final = 20_000

_ANY: Final = "|".join(f"(?:{detector.looks})" for detector in DETECTORS)
_LOOKS: Final[dict[str, Callable[[str], object]]] = {
    detector.kind: re.compile(detector.looks, re.ASCII).search for detector in DETECTORS
}


def personal_question(session: Session, binding: Binding, path: str) -> Question:
    """Counting candidates is part of the fused query; only where there are some are they looked at."""
    relation, bound = binding.elements(path)
    present = _counted(bound.cast.present, relation, binding)
    text = _text(bound)
    if text is None:
        return Question((present,), lambda row: _nothing(row[0]), ())
    candidates = _counted(f"regexp_matches({text}, {literal(_ANY)})", relation, binding)

    def finish(row: tuple[Any, ...]) -> tuple[ValueEvidence, ...]:
        scanned, found = row
        return _verified(session, relation, text, scanned) if found else _nothing(scanned)

    return Question((present, candidates), finish, ())


def _counted(condition: str, relation: str, binding: Binding) -> str:
    """Over the rows of the dataset as part of its query; over the elements of lists as a query of its own."""
    count = f"count(*) FILTER ({condition})"
    return count if relation == binding.relation.sql else f"(SELECT {count} FROM {relation})"


def _text(bound: Bound) -> str | None:
    """The column as text; None where its type has no room for what the finder knows."""
    sql, kind = bound.file.sql, bound.cast.kind
    match bound.file.encoding:
        case "text":
            return sql
        case "json":
            return f"({sql} ->> '$')"
        case "native" if kind == "other":
            raise UnanswerableError(f"{bound.describe()}, in which personal data cannot be looked for")
        case "native" if kind in ("text", "list", "object") or (kind == "number" and bound.cast.scale == 0):
            return f"CAST({sql} AS VARCHAR)"
        case "native":
            return None


def _nothing(scanned: int) -> tuple[ValueEvidence, ...]:
    return tuple(ValueEvidence(detector.kind, scanned, 0, 0, 0) for detector in DETECTORS)


def _verified(session: Session, relation: str, text: str, scanned: int) -> tuple[ValueEvidence, ...]:
    """The candidates themselves, each once. Too many: a part of them, chosen by their hashes and not by position."""
    candidates = f"SELECT {text} AS v FROM {relation} WHERE regexp_matches({text}, {literal(_ANY)})"
    grouped = f"SELECT v, count(*) AS n FROM ({candidates}) GROUP BY v"
    values = session.rows(f"{grouped} ORDER BY md5(v), v LIMIT {VERIFIED_AT_MOST + 1}")
    if len(values) <= VERIFIED_AT_MOST:
        return tuple(_evidence(detector, values, scanned, None) for detector in DETECTORS)
    counts = ", ".join(f"count(*) FILTER (regexp_matches(v, {literal(detector.looks)}))" for detector in DETECTORS)
    totals = session.row(f"SELECT {counts} FROM ({candidates})")
    kept = values[:VERIFIED_AT_MOST]
    return tuple(
        _evidence(*pair, scanned, total) for pair, total in zip(((d, kept) for d in DETECTORS), totals, strict=True)
    )


def _evidence(detector: Detector, values: list[tuple[Any, ...]], scanned: int, candidates: int | None) -> ValueEvidence:
    looking = [(value, count) for value, count in values if _LOOKS[detector.kind](value)]
    checked = sum(count for _, count in looking)
    verified = sum(count for value, count in looking if detector.is_verified(value))
    return ValueEvidence(detector.kind, scanned, checked if candidates is None else candidates, verified, checked)
