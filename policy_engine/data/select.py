"""One SELECT of foreign origin: parsed by the engine, admitted node by node, its tables renamed to ours.

What is not on the list of what is harmless is refused: other statements, functions over files and tables, settings,
chance and the clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policy_engine.data.unanswerable import UnanswerableError

#: Longer texts, and deeper ones, are none that a person wrote on purpose.
MAX_LENGTH: Final = 20_000
_MAX_NODES: Final = 20_000
_NODES: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})
_TABLES: Final = frozenset({"BASE_TABLE", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST"})
_EXPRESSIONS: Final = frozenset(
    {
        "FUNCTION", "CAST", "COLUMN_REF", "CONSTANT", "OPERATOR", "SUBQUERY", "COMPARISON", "CONJUNCTION", "TYPE",
        "STAR", "WINDOW", "BETWEEN", "CASE", "COLLATE", "DEFAULT",
    }
)  # fmt: skip
#: Functions that make much of little, or tell of the machine.
_GREEDY: Final = frozenset(
    {"repeat", "range", "generate_series", "lpad", "rpad", "bitstring", "list_resize", "array_resize", "version"}
)
_COUNTS: Final = frozenset({"count", "count_star"})

Execute = Callable[[str, list[Any]], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Select:
    """A query that may be run once its tables are given: `tables` are as it names them, `columns` what it may read."""

    tree: Mapping[str, Any]
    tables: tuple[tuple[str, ...], ...]
    columns: frozenset[str]
    reads_all: bool
    is_count: bool


def parse_select(sql: str, run: Execute) -> Select:
    """Raises UnanswerableError for whatever is not one harmless SELECT; `run` asks an engine that holds no data."""
    if len(sql) > MAX_LENGTH:
        raise UnanswerableError(f"its query is longer than {MAX_LENGTH:,} characters")
    tree = json.loads(run("SELECT json_serialize_sql(?)", [sql.strip().rstrip(";")])[0][0])
    if tree["error"]:
        what = "is no SQL that is understood here" if tree["error_type"] == "parser" else "is no SELECT"
        raise UnanswerableError(f"its query {what}")
    if len(tree["statements"]) != 1:
        raise UnanswerableError("its query is more than one statement")
    nodes = list(_walk(tree))
    allowed, forbidden = _functions(run)
    for node in nodes:
        _admit(node, allowed)
    columns = frozenset(str(node["column_names"][-1]).lower() for node in nodes if node.get("type") == "COLUMN_REF")
    if columns & forbidden:
        raise UnanswerableError(f"its query uses `{min(columns & forbidden)}`, whose answer is not the same every time")
    local = {entry["key"].lower() for node in nodes for entry in _entries(node)}
    tables = dict.fromkeys(
        path for node in nodes if (path := _table(node)) and not (len(path) == 1 and path[0].lower() in local)
    )
    if not tables:
        raise UnanswerableError("its query reads no dataset")
    reads_all = any(node.get("class") == "STAR" for node in nodes)
    return Select(tree, tuple(tables), columns, reads_all, _is_count(tree["statements"][0]["node"]))


def rename(select: Select, names: Mapping[tuple[str, ...], str]) -> str:
    """The tree as JSON, with other names for its tables; columns still find them by the names they had."""
    tree = json.loads(json.dumps(select.tree))
    for node in _walk(tree):
        path = _table(node)
        if path in names:
            node["alias"] = node["alias"] or path[-1]
            node["schema_name"] = node["catalog_name"] = ""
            node["table_name"] = names[path]
            node["qualified_name"] = {"path": [names[path]]}
    return json.dumps(tree)


def _walk(tree: Any) -> Iterator[dict[str, Any]]:
    pending, seen = [tree], 0
    while pending:
        node = pending.pop()
        seen += 1
        if seen > _MAX_NODES:
            raise UnanswerableError("its query is too large to be looked through")
        if isinstance(node, dict):
            yield node
            pending += node.values()
        elif isinstance(node, list):
            pending += node


def _admit(node: Mapping[str, Any], functions: frozenset[str]) -> None:
    kind, of = node.get("type"), node.get("class")
    if node.get("sample"):
        raise UnanswerableError("its query takes a sample, whose answer is not the same every time")
    if of is not None:
        if of not in _EXPRESSIONS:
            raise UnanswerableError(f"its query has a part that is not allowed (`{str(of).lower()}`)")
        if of in {"FUNCTION", "WINDOW"} and str(node.get("function_name", "")).lower() not in functions:
            raise UnanswerableError(f"its query uses the function `{node.get('function_name')}`, which is not allowed")
    elif isinstance(kind, str) and kind.endswith("_NODE"):
        if kind not in _NODES:
            raise UnanswerableError("its query has a part that is not allowed (a recursion)")
    elif "sample" in node and kind not in _TABLES:
        raise UnanswerableError("its query reads something that is no dataset")


def _entries(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = node.get("cte_map")
    return found["map"] if isinstance(found, dict) else []


def _table(node: Mapping[str, Any]) -> tuple[str, ...]:
    if node.get("type") != "BASE_TABLE" or "class" in node:
        return ()
    return tuple(part for part in (node["catalog_name"], node["schema_name"], node["table_name"]) if part)


def _is_count(node: Mapping[str, Any]) -> bool:
    """Is what comes out a number of rows, and no value of them?"""
    selected = node.get("select_list") or []
    return (
        node["type"] == "SELECT_NODE"
        and len(selected) == 1
        and selected[0].get("class") == "FUNCTION"
        and selected[0].get("function_name", "").lower() in _COUNTS
    )


def _functions(run: Execute) -> tuple[frozenset[str], frozenset[str]]:
    """Functions that give the same for the same arguments, and the names of those that do not."""
    query = "SELECT DISTINCT lower(function_name), function_type, stability FROM duckdb_functions()"
    rows = run(query, [])
    wild = frozenset(name for name, kind, stability in rows if kind == "scalar" and stability != "CONSISTENT")
    steady = frozenset(
        name
        for name, kind, stability in rows
        if kind in {"scalar", "aggregate", "window"} and stability == "CONSISTENT"
    )
    return (steady - wild - _GREEDY) | {"coalesce"}, wild | {"current_time", "current_timestamp", "localtimestamp"}
