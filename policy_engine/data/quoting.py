"""Names and text as SQL. Every foreign name and value that reaches SQL passes through here, and nothing else quotes."""

from __future__ import annotations

from policy_engine.data.unanswerable import UnanswerableError


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + _plain(name).replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as an SQL string; backslashes mean nothing inside."""
    return "'" + _plain(text).replace("'", "''") + "'"


def _plain(text: str) -> str:
    if "\0" in text:
        raise UnanswerableError("a name or a text with a zero character cannot be asked of data")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnanswerableError("a name or a text that is not valid Unicode cannot be asked of data") from error
    return text
