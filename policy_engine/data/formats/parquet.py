"""Parquet: the engine reads the files themselves; columns on which the files disagree cannot be used."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from typing import Any

from policy_engine.data.columns import FileColumn, Relation
from policy_engine.data.quoting import identifier, literal
from policy_engine.data.session import Session
from policy_engine.data.source import Source


def open_parquet(session: Session, source: Source) -> Relation:
    """All files as one table, in order. A column must be in every file, with one type."""
    paths = [literal(str(file.absolute())) for file in source.files]
    schemas = [dict(session.describe(f"SELECT * FROM read_parquet({path})")) for path in paths]
    problems = _ambiguous(session, paths[0], schemas[0])
    for file, schema in zip(source.files, schemas, strict=True):
        problems |= _differences(schemas[0], schema, source.files[0].name, file.name)
    columns = {
        name: FileColumn(identifier(name), "native", type_)
        for name, type_ in schemas[0].items()
        if name not in problems
    }
    several = len(paths) > 1
    sql = f"read_parquet([{', '.join(paths)}], hive_partitioning = false, union_by_name = {str(several).lower()})"
    return Relation(sql, columns, problems)


def _differences(first: dict[str, Any], other: dict[str, Any], first_file: str, other_file: str) -> dict[str, str]:
    found = {}
    for name in first.keys() | other.keys():
        if name not in first or name not in other:
            found[name] = f"it is not in `{other_file if name in first else first_file}`"
        elif first[name] != other[name]:
            found[name] = f"it is {first[name]} in `{first_file}` and {other[name]} in `{other_file}`"
    return found


def _ambiguous(session: Session, path: str, schema: dict[str, Any]) -> dict[str, str]:
    """Names that differ only in case: the engine renames the second, so that neither can be trusted."""
    rows = session.rows(f"SELECT name, num_children FROM parquet_schema({path})")
    written, position = [], 1
    while position < len(rows):
        written.append(str(rows[position][0]))
        position = _after(rows, position)
    if written == list(schema):
        return {}
    twice = {name for name in written if [other.lower() for other in written].count(name.lower()) > 1}
    return dict.fromkeys(
        (twice or set(written)) | schema.keys() - set(written), "the file has it twice, in different case"
    )


def _after(rows: list[tuple[Any, ...]], position: int) -> int:
    """The position behind a schema element and everything below it."""
    children = rows[position][1] or 0
    position += 1
    for _ in range(children):
        position = _after(rows, position)
    return position
