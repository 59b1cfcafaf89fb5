"""Whether the values of a column are what the contract says: spelled so in text and JSON, of such a type elsewhere."""

from __future__ import annotations

from typing import Final

from policy_engine.data.bind import Binding, Bound
from policy_engine.data.casting import CLOCK, declared_kind
from policy_engine.data.columns import SPOKEN, Kind
from policy_engine.data.model import Fit, RowCheckAnswer
from policy_engine.data.questions import Question
from policy_engine.data.unanswerable import NoColumnError, UnanswerableError

#: Kinds of which one may stand for the other: contracts do not tell them apart.
_ALIKE: Final = (frozenset({"number", "float"}), frozenset({"timestamp", "local timestamp"}))


def fit_question(metric: Fit, binding: Binding) -> Question:
    """Part of the fused query. A column that is not there is a broken promise, not a lack of evidence."""
    try:
        bound = binding.column(metric.field)
    except NoColumnError as error:
        reason = str(error)
        return Question(("count(*)",), lambda row: RowCheckAnswer(row[0], row[0], row[0], (), reason), ())
    present = bound.cast.present
    wrong = _wrong(bound)
    aggregates = ("count(*)", f"count(*) FILTER ({present})", f"count(*) FILTER ({wrong})")
    return Question(aggregates, lambda row: RowCheckAnswer(row[0], row[1], row[2], ()), (), wrong)


def _wrong(bound: Bound) -> str:
    """The condition of the values that are not as declared."""
    declared = declared_kind(bound.field)
    found = bound.cast
    if declared is None:
        raise UnanswerableError(f"the contract states no type of `{bound.path}`")
    if bound.file.encoding == "text" and declared == "time":
        return f"({found.present} AND NOT regexp_full_match({bound.file.sql}, '{CLOCK}'))"
    if bound.file.encoding == "text" and declared in ("object", "list", "other"):
        raise UnanswerableError(
            f"`{bound.path}` is text in the data, which does not tell whether it is {SPOKEN[declared]}"
        )
    if bound.file.encoding != "native":
        return f"({found.unreadable or 'FALSE'})"
    if not _fits(declared, found.kind):
        return f"({found.present})"
    if bound.field.type == "integer" and found.kind == "float":
        return f"({found.present} AND (NOT isfinite({found.value}) OR {found.value} <> trunc({found.value})))"
    if bound.field.type == "integer" and found.scale:
        return f"({found.present} AND ({found.value} <> trunc({found.value})) IS NOT FALSE)"
    return "(FALSE)"


def _fits(declared: Kind, found: Kind) -> bool:
    return declared == found or any({declared, found} <= kinds for kinds in _ALIKE)
