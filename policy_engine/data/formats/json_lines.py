"""JSON lines: one object per line; keys are columns, a key that a line lacks is null there."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from policy_engine.data.columns import FileColumn, Relation
from policy_engine.data.quoting import literal
from policy_engine.data.session import Session
from policy_engine.data.source import Source
from policy_engine.data.unanswerable import UnanswerableError


def open_json_lines(session: Session, source: Source) -> Relation:
    """All files as one table, in order. Lines that are no objects, or name a key twice, are errors."""
    paths = ", ".join(literal(str(file.absolute())) for file in source.files)
    sql = f"read_json_objects([{paths}], format = 'newline_delimited')"
    bad = "json_type(json) <> 'OBJECT' OR len(json_keys(json)) <> len(list_distinct(json_keys(json)))"
    rows = session.rows(
        f"SELECT n FROM (SELECT row_number() OVER () AS n, {bad} AS b FROM {sql}) WHERE b ORDER BY n LIMIT 1"
    )
    if rows:
        raise UnanswerableError(f"row {rows[0][0]} is no JSON object, or names a key twice")
    keys = session.rows(f"SELECT DISTINCT unnest(json_keys(json)) AS k FROM {sql} ORDER BY k")
    return Relation(sql, {str(key): FileColumn(member("json", str(key)), "json") for (key,) in keys})


def member(sql: str, key: str) -> str:
    """The value under `key` of a JSON object."""
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    path = literal(f'$."{quoted}"')
    return f"json_extract({sql}, {path})"
