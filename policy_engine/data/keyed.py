"""The metrics that compare rows with rows: duplicates, smallest groups, and values that another dataset lacks."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from policy_engine.data import exact
from policy_engine.data.bind import Binding, Bound
from policy_engine.data.lowering import Lowering
from policy_engine.data.model import Duplicates, Orphans, SmallestGroup
from policy_engine.data.terms import Term
from policy_engine.data.unanswerable import UnanswerableError

_KEYS = frozenset({"number", "float", "text", "bool", "date", "timestamp", "local timestamp"})


def duplicates(metric: Duplicates, binding: Binding) -> tuple[str, tuple[Bound, ...]]:
    """The query, and the columns that it reads."""
    if not metric.fields:
        raise UnanswerableError("a key of no fields has no duplicates to look for")
    lowering = Lowering(binding)
    keys, names = _keys(lowering, metric.fields, binding)
    present = " AND ".join(f"{name} IS NOT NULL" for name in names)
    sizes = f"SELECT count(*) AS n FROM ({keys}) WHERE {present} GROUP BY {', '.join(names)}"
    return f"SELECT coalesce(sum(n - 1), 0) FROM ({sizes})", lowering.read


def smallest_group(metric: SmallestGroup, binding: Binding) -> tuple[str, tuple[Bound, ...]]:
    """The query, and the columns that it reads."""
    if not metric.fields:
        raise UnanswerableError("rows can be grouped by fields only, and none is named")
    lowering = Lowering(binding)
    keys, names = _keys(lowering, metric.fields, binding)
    return f"SELECT min(n) FROM (SELECT count(*) AS n FROM ({keys}) GROUP BY {', '.join(names)})", lowering.read


def orphans(metric: Orphans, binding: Binding, other: Binding) -> tuple[str, tuple[Bound, ...], tuple[Bound, ...]]:
    """The query, and the columns that it reads on either side. Both sides must be of one kind."""
    here, there = Lowering(binding), Lowering(other)
    left, left_sql = _key(here, metric.field)
    right, right_sql = _key(there, metric.other_field)
    if left.kind != right.kind:
        raise UnanswerableError(f"{left.described()} and {right.described()}: they cannot be compared")
    if left.kind == "number":
        left_sql, right_sql = exact.alike(left.number.top, right.number.top)
    query = (
        f"SELECT count(*) FROM (SELECT {left_sql} AS k FROM {binding.relation.sql}) AS l "
        f"ANTI JOIN (SELECT {right_sql} AS k FROM {other.relation.sql}) AS r ON l.k = r.k WHERE l.k IS NOT NULL"
    )
    return query, here.read, there.read


def _keys(lowering: Lowering, fields: tuple[str, ...], binding: Binding) -> tuple[str, list[str]]:
    """A query of the key's columns, and what it calls them."""
    names = [f"k{index}" for index in range(len(fields))]
    keys = (f"{_key(lowering, path)[1]} AS {name}" for path, name in zip(fields, names, strict=True))
    return f"SELECT {', '.join(keys)} FROM {binding.relation.sql}", names


def _key(lowering: Lowering, path: str) -> tuple[Term, str]:
    term = lowering.key(path)
    if term.kind not in _KEYS:
        raise UnanswerableError(f"{term.described()}, which cannot be a key")
    return term, term.number.top.sql if term.ratio else term.sql
