"""A diagnostic as JSON, wherever one is written."""

from __future__ import annotations

from typing import Any

from policy_engine.diagnostics import Diagnostic


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The members of one diagnostic."""
    line, column = diagnostic.span.position
    return {
        "code": diagnostic.code,
        "name": diagnostic.entry.name,
        "level": diagnostic.level,
        "message": diagnostic.message,
        "label": diagnostic.label,
        "help": diagnostic.help,
        "file": diagnostic.span.source.name,
        "line": line,
        "column": column,
        "length": diagnostic.span.end - diagnostic.span.start,
        "related": [
            {
                "text": label.text,
                "file": label.span.source.name,
                "line": label.span.position[0],
                "column": label.span.position[1],
            }
            for label in diagnostic.related
        ],
        "edits": [
            {
                "file": edit.span.source.name,
                "line": edit.span.position[0],
                "column": edit.span.position[1],
                "length": edit.span.end - edit.span.start,
                "text": edit.text,
            }
            for edit in diagnostic.edits
        ],
    }
