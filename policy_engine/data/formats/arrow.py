"""Arrow and Feather: files are mapped into memory and handed to the engine as they are."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from policy_engine.data.columns import FileColumn, Relation
from policy_engine.data.quoting import identifier
from policy_engine.data.session import Session
from policy_engine.data.source import Source
from policy_engine.data.unanswerable import UnanswerableError

_FILE_MAGIC: Final = b"ARROW1"
_END_OF_STREAM: Final = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def open_arrow(session: Session, source: Source) -> Relation:
    """All files as one table, in order; they must have one schema."""
    import pyarrow as pa

    tables = []
    for file in source.files:
        try:
            tables.append(_read(file))
        except (pa.ArrowInvalid, OSError) as error:
            raise UnanswerableError(f"`{file.name}` is damaged, cut off, or no Arrow file") from error
    if any(not table.schema.equals(tables[0].schema) for table in tables):
        raise UnanswerableError("the Arrow files of the dataset differ in their schemas")
    names = tables[0].column_names
    lowered = [name.lower() for name in names]
    problems = {name: "the file has it twice" for name in names if lowered.count(name.lower()) > 1}
    usable = pa.concat_tables(tables).select([index for index, name in enumerate(names) if name not in problems])
    table = f"arrow of {source.dataset}"
    session.register(table, usable)
    sql = identifier(table)
    types = session.describe(f"SELECT * FROM {sql}")
    return Relation(sql, {name: FileColumn(identifier(name), "native", type_) for name, type_ in types}, problems)


def _read(file: Path) -> Any:
    import pyarrow as pa

    mapped = pa.memory_map(str(file))
    if mapped.read(len(_FILE_MAGIC)) == _FILE_MAGIC:
        return pa.ipc.open_file(mapped).read_all()
    mapped.seek(max(0, mapped.size() - len(_END_OF_STREAM)))
    if mapped.read() != _END_OF_STREAM:
        raise pa.ArrowInvalid("the stream has no end")
    mapped.seek(0)
    return pa.ipc.open_stream(mapped).read_all()
