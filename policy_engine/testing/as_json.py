"""Results of tests as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policy_engine.errors import PolicyEngineError
from policy_engine.testing.suite import PageResult, Ran, Stuck

SCHEMA: Final = "urn:policy-engine:test-report:v1"


def render_json(results: Sequence[PageResult], more: Mapping[str, Any]) -> str:
    """The document, sorted, with a line end. `more` are members for what was measured besides."""
    document = {"schema": SCHEMA, "pages": [_page(result) for result in results], **more}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _page(result: PageResult) -> dict[str, Any]:
    return {
        "file": result.file,
        "error": None if result.error is None else _error(result.error),
        "unread": [] if result.page is None else [block.start for block in result.page.unread],
        "cases": [_case(one) for one in result.cases],
    }


def _case(one: Ran | Stuck) -> dict[str, Any]:
    place = {"name": one.case.name, "line": one.case.expect.start}
    match one:
        case Stuck(error=error):
            return {**place, "result": "error", "error": _error(error), "differences": []}
        case Ran(differences=differences):
            found = [{"text": each.text, "details": list(each.details)} for each in differences]
            return {**place, "result": "fail" if found else "pass", "error": None, "differences": found}


def _error(error: PolicyEngineError) -> dict[str, str]:
    return {"code": error.code, "message": str(error), "help": error.help}
