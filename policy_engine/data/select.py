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
#: Functions whose answer is the same every time, and no larger and no slower to make than what they are given. What
#: one of them does to a single value is not stopped by the clock, nor all of its memory counted.
_FUNCTIONS: Final = frozenset(
    """
    + - * / // % || ~~ !~~ ~~* !~~* ~~~ ^@ like_escape not_like_escape ilike_escape not_ilike_escape
    add subtract multiply divide mod fmod abs sign ceil ceiling floor round round_even trunc sqrt cbrt ln log log2 log10
    exp pow power greatest least coalesce ifnull nullif isnan isinf isfinite xor
    length len char_length character_length strlen octet_length lower upper lcase ucase trim ltrim rtrim
    substring substr left right contains starts_with ends_with prefix suffix position strpos instr concat concat_ws
    reverse split_part regexp_matches regexp_full_match regexp_extract replace regexp_replace translate strip_accents
    ascii unicode md5 sha1 sha256
    date_part datepart date_diff datediff date_sub datesub date_trunc datetrunc make_date make_timestamp strptime
    try_strptime strftime epoch epoch_ms last_day dayname monthname century decade year quarter month week weekofyear
    day hour minute second dayofmonth dayofweek dayofyear weekday isodow isoyear yearweek
    to_years to_months to_weeks to_days to_hours to_minutes to_seconds
    count count_star count_if countif sum avg mean min max stddev stddev_pop stddev_samp variance var_pop var_samp
    median quantile_cont quantile_disc mad bool_and bool_or corr covar_pop covar_samp entropy
    row_number rank dense_rank percent_rank cume_dist ntile lag lead
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is no easier to read
)
#: How long a text they may put in the place of another, each time: more would make much of little.
_REPLACING: Final = {"replace": 1, "regexp_replace": 0}
#: Names without brackets that stand for a clock or a setting.
_WILD: Final = "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type = 'scalar' AND stability <> 'CONSISTENT'"
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
    for node in nodes:
        _admit(node)
    forbidden = {name for (name,) in run(_WILD, [])} | {"current_time", "current_timestamp", "localtimestamp"}
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
    is_count = _is_count(tree["statements"][0]["node"]) and not any(map(_makes_numbers, nodes))
    return Select(tree, tuple(tables), columns, reads_all, is_count)


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


def _admit(node: Mapping[str, Any]) -> None:
    kind, of = node.get("type"), node.get("class")
    if node.get("sample"):
        raise UnanswerableError("its query takes a sample, whose answer is not the same every time")
    if of is not None:
        if of not in _EXPRESSIONS:
            raise UnanswerableError(f"its query has a part that is not allowed (`{str(of).lower()}`)")
        if of in {"FUNCTION", "WINDOW"}:
            _admit_function(node)
    elif isinstance(kind, str) and kind.endswith("_NODE"):
        if kind not in _NODES:
            raise UnanswerableError("its query has a part that is not allowed (a recursion)")
    elif "sample" in node and kind not in _TABLES:
        raise UnanswerableError("its query reads something that is no dataset")


def _admit_function(node: Mapping[str, Any]) -> None:
    name = str(node.get("function_name", "")).lower()
    if name not in _FUNCTIONS:
        raise UnanswerableError(f"its query uses the function `{node.get('function_name')}`, which is not allowed")
    if name in _REPLACING:
        written = [argument["expression"].get("literal") for argument in node["arguments"]][2:3]
        if not written or written[0] is None or len(written[0]["text"]) > _REPLACING[name]:
            most = "one character" if _REPLACING[name] else "nothing"
            raise UnanswerableError(f"its query uses `{name}` to put more than {most} in the place of something")


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


def _makes_numbers(node: Mapping[str, Any]) -> bool:
    """Could as many rows be made as a value of the data says? Lists of values and single values from within do."""
    return node.get("type") == "EXPRESSION_LIST" or node.get("subquery_type") == "SCALAR"
