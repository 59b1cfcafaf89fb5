"""One module per file format: each opens the files of a source as a `Relation`. The data libraries live below here."""

from __future__ import annotations

from typing import Final

from policy_engine.data.columns import Relation
from policy_engine.data.session import Session
from policy_engine.data.source import Source
from policy_engine.data.unanswerable import UnanswerableError

#: What makes the engine take a path for a pattern, with no way to say that it is none.
_PATTERN: Final = frozenset("*?[")


def open_relation(session: Session, source: Source) -> Relation:
    """The rows and columns of `source`. Raises UnanswerableError where the files cannot be read as what they are."""
    patterns = [file for file in source.files if not _PATTERN.isdisjoint(str(file.absolute()))]
    if patterns and source.format != "arrow":
        raise UnanswerableError(
            f"the path of `{patterns[0].name}` has a `*`, `?` or `[`, which the data engine cannot open"
        )
    match source.format:
        case "parquet":
            from policy_engine.data.formats.parquet import open_parquet as open_

        case "csv":
            from policy_engine.data.formats.delimited import open_delimited as open_

        case "json-lines":
            from policy_engine.data.formats.json_lines import open_json_lines as open_

        case "arrow":
            from policy_engine.data.formats.arrow import open_arrow as open_
    return open_(session, source)
