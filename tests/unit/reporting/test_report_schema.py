"""The published schema of the report as JSON: reports fit it, and it has every member that they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from json_schema import problems

from policy_engine.cli.main import invoke
from policy_engine.reporting.as_json import SCHEMA as NAME
from policy_engine.reporting.as_json import render_json
from policy_engine.reporting.run import Run

ROOT: Final = Path(__file__).parents[3]
SCHEMA: Final = json.loads((ROOT / "docs/reference/schemas/report-v1.schema.json").read_text(encoding="utf-8"))


def _closed(schema: Any) -> Any:
    """The schema without room for members to come: what our own reports may have today."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _closed(value) for key, value in schema.items()}
    is_object = schema.get("type") == "object" and isinstance(schema.get("properties"), dict)
    return {**made, "additionalProperties": False} if is_object else made


def test_a_report_with_everything_in_it_fits_and_has_no_member_besides(run: Run) -> None:
    assert problems(json.loads(render_json(run)), _closed(SCHEMA)) == []


def test_a_run_without_a_product_fits() -> None:
    assert problems(json.loads(render_json(Run(()))), _closed(SCHEMA)) == []


@pytest.mark.parametrize("contract", sorted((ROOT / "tests/data/odcs").glob("*.yaml"))[::5], ids=lambda path: path.name)
def test_reports_on_published_contracts_fit(contract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invoke(["check", str(contract), "--global", "starter", "--format", "json", "--as-of", "2026-11-20"])
    assert problems(json.loads(capsys.readouterr().out), _closed(SCHEMA)) == []


def test_no_member_is_ever_left_out(run: Run) -> None:
    document = json.loads(render_json(run))
    del document["products"][0]["rules"][0]["reasons"]
    assert problems(document, SCHEMA) == ["$.products[0].rules[0]: lacks reasons"]


def test_members_to_come_break_no_reader(run: Run) -> None:
    document = json.loads(render_json(run))
    document["products"][0]["more"] = 1
    assert problems(document, SCHEMA) == []


def test_it_is_the_schema_that_reports_name() -> None:
    assert SCHEMA["$id"] == NAME
