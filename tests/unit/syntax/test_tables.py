"""The grammar has no conflicts, and the stored tables are those of the grammar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lark import Lark

from policy_engine._resources import resource
from policy_engine.syntax import tables

GRAMMAR = resource("grammar/policy.lark").read_text(encoding="utf-8")


POLICIES = sorted(resource("policies").rglob("*.policy"))


def test_the_stored_tables_are_those_of_the_grammar() -> None:
    stored, made = (
        json.loads(text) for text in (resource("grammar/policy.tables.json").read_text("utf-8"), tables.store())
    )
    assert stored["made_from"] == made["made_from"], "run `make grammar`"


def test_the_stored_tables_parse_as_the_grammar_does() -> None:
    built = tables.build(GRAMMAR)
    for path in POLICIES:
        text = path.read_text(encoding="utf-8")
        assert tables.parser().parse(text, start="file") == built.parse(text, start="file")


def test_the_grammar_has_no_conflict_in_rules_or_between_terminals() -> None:
    assert isinstance(tables.build(GRAMMAR, strict=True), Lark)


@pytest.mark.parametrize("stored", [None, '{"made_from": {"grammar": "of another", "lark": "1"}}'])
def test_without_fitting_tables_the_parser_is_built_from_the_grammar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    file = tmp_path / "policy.tables.json"
    if stored is not None:
        file.write_text(stored, encoding="utf-8")
    monkeypatch.setattr(tables, "resource", lambda name: file if name.endswith(".json") else resource(name))
    built = tables.parser.__wrapped__()
    text = "package acme\nlet a = 1\n"
    assert built.parse(text, start="file") == tables.parser().parse(text, start="file")
