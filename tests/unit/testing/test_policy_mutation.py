"""Mutation tells the truth: a change that a case notices is not named, one that none notices is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy_engine.cli import main
from policy_engine.testing.model import Judged
from policy_engine.testing.overlay import product_of
from policy_engine.testing.read import read_page
from policy_engine.testing.run import Runner, evaluated

CORPUS = Path(__file__).parents[2] / "corpus"

POLICY = """package acme

## Classes.
enum Class {{ open < internal < secret }}

## Class.
attribute field.classification: Class?

## Labels.
policy labels
  owner "o"
  enforce block
{{
  ## How long.
  param longest: Int = 6

  ## Tested.
  rule tested
{clauses}
}}
"""
CASE = """## Case {at}

```product
id: product
schema:
  - name: people
    properties:
      - {{name: {name}, logicalType: string, {more}}}
```
{data}
```expect
```
"""


@pytest.fixture
def unnoticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Clauses of a rule and cases -> the changes that no case notices, as (before, after); and how many were tried."""
    monkeypatch.chdir(tmp_path)

    def unnoticed(clauses: str, *cases: dict[str, str]) -> tuple[set[tuple[str, str]], int]:
        Path("rules.policy").write_text(POLICY.format(clauses=clauses))
        given = [{"name": "mail", "more": "unique: true", "data": ""} | case for case in cases]
        Path("rules.md").write_text("\n".join(CASE.format(at=at, **one) for at, one in enumerate(given)))
        assert main.invoke(["test", "rules.md", "--update"]) == 0
        capsys.readouterr()
        assert main.invoke(["test", "rules.md", "--mutate", "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)["mutation"]
        changes = {(one["before"], one["after"]) for one in found["unnoticed"]}
        assert len(found["unnoticed"]) == found["tried"] - found["noticed"] == len(changes)
        return changes, found["tried"]

    return unnoticed


def test_a_bound_is_tested_where_cases_stand_on_both_sides_of_it(unnoticed: Any) -> None:
    clauses = "    for field in product.fields\n    require length(field.name) <= longest"
    far, tried = unnoticed(clauses, {"name": "abc"}, {"name": "abcdefghij"})
    assert far == {("length(field.name) <= longest", "length(field.name) < longest"), ("6", "5"), ("6", "7")}
    near, again = unnoticed(clauses, {"name": "abcdef"}, {"name": "abcdefg"})
    assert near == set()
    assert tried == again == 4
    assert ("block", "warn") in unnoticed(clauses, {"name": "abc"})[0]


def test_operands_are_dropped_and_joined_otherwise(unnoticed: Any) -> None:
    clauses = '    for field in product.fields\n    require field.unique and field.name != "x"'
    one, _ = unnoticed(clauses, {}, {"name": "x", "more": "unique: false"})
    whole = 'field.unique and field.name != "x"'
    assert {change for change in one if change[0] == whole} == {
        (whole, "field.unique"),
        (whole, 'field.name != "x"'),
        (whole, 'field.unique or field.name != "x"'),
    }
    two, _ = unnoticed(clauses, {}, {"name": "x"}, {"more": "unique: false"})
    assert two == set()


def test_a_condition_that_is_left_out(unnoticed: Any) -> None:
    clauses = "    for field in product.fields\n    when field.unique\n    require field.description is present"
    described = {"more": "unique: true, description: D"}
    missing, _ = unnoticed(clauses, {}, described)
    assert missing == {("field.unique", "(left out)")}
    assert unnoticed(clauses, {}, described, {"more": "unique: false"})[0] == set()


def test_the_next_member_of_an_ordered_enum(unnoticed: Any) -> None:
    clauses = "    for field in product.fields\n    when field.classification is present\n    require field.classification >= internal"
    far, _ = unnoticed(clauses, {"more": "classification: secret"}, {"more": "classification: open"}, {})
    assert ("internal", "secret") in far
    assert ("internal", "open") not in far
    near = [{"more": f"classification: {name}"} for name in ("secret", "internal", "open")]
    assert unnoticed(clauses, *near, {})[0] == set()


def test_members_of_sets_and_quantifiers(unnoticed: Any) -> None:
    clauses = '    require every field in product.fields satisfies field.name in {"a", "b"}'
    one, _ = unnoticed(clauses, {"name": "a"}, {"name": "c"})
    assert ('{"a", "b"}', 'without "b"') in one
    assert ('{"a", "b"}', 'without "a"') not in one
    two = {"name": "a", "more": "unique: true}\n      - {name: c"}
    assert unnoticed(clauses, {"name": "a"}, {"name": "b"}, two)[0] == set()


def test_rows_and_what_is_tolerated(unnoticed: Any) -> None:
    clauses = "    for dataset in product.datasets\n    for row in dataset.rows\n    when row.age is present\n"
    clauses += "    require row.age >= 18\n    tolerate 50% of rows"
    age = "unique: true}\n      - {name: age, logicalType: integer"

    def data(*ages: str) -> dict[str, str]:
        rows = "".join(f"x,{one}\n" for one in ages)
        return {"more": age, "data": f'\n```data title="people.csv"\nmail,age\n{rows}```\n'}

    found, _ = unnoticed(clauses, data("30", "40"), data("3", "5"))
    assert found == {
        ("tolerate 50% of rows", "(left out)"),
        ("row.age >= 18", "row.age > 18"),
        ("18", "17"),
        ("18", "19"),
    }
    assert (
        unnoticed(clauses, data("18", "17"), data("17", "17", "18"), data("", "17", "18"), data("18", "18"))[0] == set()
    )


def test_what_the_type_checker_would_refuse_is_not_tried(unnoticed: Any) -> None:
    clauses = "    for field in product.fields\n    when field.description is present and field.unique\n"
    clauses += "    require length(field.description) > 3"
    whole = "field.description is present and field.unique"
    short = {"more": "unique: true, description: D"}
    found, _ = unnoticed(clauses, {"more": "unique: true, description: long enough"}, short)
    assert {after for before, after in found if before == whole} == {"field.description is present"}


def test_a_definition_is_changed_where_it_is_written(unnoticed: Any) -> None:
    clauses = "    for field in product.fields\n    require is_good(field)\n}\n"
    clauses += "## Good.\ndef is_good(field: Field) -> Bool = field.unique or (field.required and field.primary_key)\n"
    clauses += '## More.\npolicy more\n  owner "o"\n{\n  ## R.\n  rule r\n    require product.id == "product"'
    found, _ = unnoticed(clauses, {"more": "required: true"}, {})
    body = "field.unique or (field.required and field.primary_key)"
    assert {after for before, after in found if before == body} == {"field.unique"}


def test_a_place_to_which_no_case_comes_is_said_to_be_such(unnoticed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    clauses = '    for field in product.fields\n    when field.name == "never"\n    require field.unique'
    assert unnoticed(clauses, {})[0] == {
        ('"never"', '"never_"'),
        ("block", "warn"),
        ("field.unique", "not field.unique"),
    }
    main.invoke(["test", "rules.md", "--mutate"])
    said = capsys.readouterr().out
    assert "no case comes to it --> rules.policy:21:13\n  - field.unique\n  + not field.unique\n" in said
    assert "no case notices --> rules.policy:20:24\n" in said


def test_changes_are_tried_only_where_all_cases_pass(unnoticed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    unnoticed("    for field in product.fields\n    require field.unique", {})
    page = Path("rules.md")
    page.write_text(page.read_text().replace("```expect\ncompliant", "```expect\nnon_compliant"))
    assert main.invoke(["test", "rules.md", "--mutate"]) == 2
    assert "not all cases pass" in capsys.readouterr().err


def test_the_same_changes_are_found_again(unnoticed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    unnoticed("    for field in product.fields\n    require field.unique", {})
    said = []
    for _ in range(2):
        main.invoke(["test", "rules.md", "--mutate"])
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]


def test_a_rule_says_alone_what_it_says_among_others() -> None:
    runner = Runner()
    for page in sorted(CORPUS.rglob("*.md"))[::3]:
        for case in read_page(page).cases:
            policies = runner.compiled(case.policies).policies
            found = runner.outcome(case) if policies is not None and case.product is not None else None
            if policies is not None and case.product is not None and isinstance(found, Judged):
                product = product_of(case.product)
                for rule in policies.plan.rules:
                    plan = replace(policies.plan, rules=(rule,), attributes=())
                    alone = evaluated(case, product, replace(policies, plan=plan), None)
                    said = [one for one in alone.results if one.rule == rule.name]
                    assert said == [one for one in found.report.results if one.rule == rule.name], case.name
