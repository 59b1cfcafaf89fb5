"""An explanation as one JSON document: sorted, without colour, with a versioned schema."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from enum import StrEnum
from typing import Any, Final

from policy_engine.evaluation.results import in_force
from policy_engine.explaining.model import Explanation, RuleFacts, Step

EXPLANATION: Final = "urn:policy-engine:explanation:v1"
RULE: Final = "urn:policy-engine:rule:v1"


def explanation_json(explanation: Explanation) -> str:
    """A rule, and why it said what it said of a product."""
    report, result = explanation.report, explanation.result
    document = {
        "schema": EXPLANATION,
        "rule": _facts(explanation.facts, report.as_of.date()),
        "product": {"id": report.id, "name": report.name, "version": report.version, "file": report.file},
        "stage": report.stage,
        "as_of": report.as_of.isoformat().replace("+00:00", "Z"),
        "outcome": result.outcome,
        "enforcement": result.enforcement,
        "reasons": list(result.reasons),
        "waivers": [
            {
                "name": waiver.name,
                "until": waiver.until.isoformat(),
                "because": waiver.because,
                "approved_by": waiver.approved_by,
                "place": explanation.waivers[waiver.name],
                "subjects": [one.violation.subject for one in result.waived if waiver.name in one.waivers],
            }
            for waiver in result.waivers
        ],
        "clauses": [{"clause": one.keyword, **_step(one.step)} for one in explanation.clauses],
        "subjects": [
            {
                "name": one.name,
                "bindings": list(one.bindings),
                "place": one.place,
                "standing": one.standing,
                "waivers": list(one.waivers),
                "message": one.message,
                "fix": one.fix,
                "clauses": [{"clause": clause.keyword, **_step(clause.step)} for clause in one.clauses],
            }
            for one in explanation.subjects
        ],
    }
    return _written(document)


def facts_json(facts: RuleFacts, today: date) -> str:
    """A rule without a product."""
    return _written({"schema": RULE, "rule": _facts(facts, today)})


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _facts(facts: RuleFacts, today: date) -> dict[str, Any]:
    now, later = in_force(facts.schedule, today)
    found = {name: _plain(value) for name, value in dataclasses.asdict(facts).items() if name != "schedule"}
    found["enforcement"] = now
    found["next_enforcement"] = None if later is None else {"enforcement": later[0], "from": later[1].isoformat()}
    return found


def _step(step: Step) -> dict[str, Any]:
    """What is empty is left out."""
    found = {
        "text": step.text,
        "truth": step.truth,
        "value": step.value,
        "note": step.note,
        "sources": list(step.sources),
        "parts": [_step(part) for part in step.parts],
    }
    return {name: value for name, value in found.items() if value}


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case StrEnum():
            return str(value)
        case tuple():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value
