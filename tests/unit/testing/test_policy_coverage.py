"""Coverage tells the truth: what no case exercises is named, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_engine.cli import main

POLICY = """package acme

## Loud.
def is_loud(text: String) -> Bool = text == upper(text) or text == "x"

## Custom.
attribute field.masking: String? from custom "masking"

## Labels.
policy labels
  owner "o"
  applies to products where product.id == "sales"
{
  ## How long.
  param longest: Int = 6, domains may lower to 3

  ## Short.
  rule short
    for field in product.fields
    when field.classification is present
    require not is_loud(field.classification) and (length(field.name) <= longest or field.unique)

  ## Filled.
  rule filled
    for dataset in product.datasets
    for row in dataset.rows
    when row.age is present
    require row.age >= 18 and (if row.mail is present then row.mail != "a" else row.age > 30)
    tolerate 50% of rows

  ## Described.
  rule described
    for dataset in product.datasets
    require (dataset.description otherwise "none") != "none"
      and (some field in dataset.fields satisfies field.unique)
}
"""
PRODUCT = """```product
id: {domain}
schema:
  - name: people
    description: {description}
    properties:
      - {{name: {name}, logicalType: string, classification: {classification}, unique: {unique}}}
      - {{name: age, logicalType: integer}}
```
"""
EXPECT = "```expect\n```\n"
DATA = '```data title="people.csv"\nmail,age\n{rows}\n```\n'


@pytest.fixture
def missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Cases -> what they do not cover: `text` -> directions."""
    monkeypatch.chdir(tmp_path)

    def missing(*cases: str, policy: str = POLICY) -> dict[str, list[str]]:
        Path("rules.policy").write_text(policy)
        Path("rules.md").write_text("\n".join(f"## Case {at}\n\n{case}" for at, case in enumerate(cases)))
        assert main.invoke(["test", "rules.md", "--update"]) == 0
        capsys.readouterr()
        assert main.invoke(["test", "rules.md", "--coverage", "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)["coverage"]
        all_missing = [one for policy in found["policies"] for one in policy["missing"]]
        assert sum(len(one["never"]) for one in all_missing) == found["total"] - found["seen"]
        return {f"{one['kind']} {one['text']}": one["never"] for one in all_missing}

    return missing


def product(**given: str) -> str:
    given = {"domain": "sales", "description": "D", "name": "mail", "classification": "a", "unique": "true"} | given
    return PRODUCT.format(**given)


def test_one_case_leaves_the_other_directions(missing: Any) -> None:
    found = missing(product() + EXPECT)
    assert found['condition product.id == "sales"'] == ["false"]
    assert found["rule short"] == ["fail"]
    assert found["rule filled"] == ["pass", "fail"]
    assert found["rule described"] == ["fail"]
    assert found["parameter longest"] == ["set"]
    assert found["condition is_loud(field.classification)"] == ["true"]
    assert found['condition text == upper(text) or text == "x"'] == ["true"]
    assert found["condition length(field.name) <= longest"] == ["false"]
    assert "condition field.classification is present" not in found
    assert found["otherwise dataset.description"] == ["missing"]
    assert found["condition row.age >= 18"] == ["true", "false"]


def test_rows_cover_conditions_inside_questions(missing: Any) -> None:
    rows = "b,20\na,20\n,20"
    found = missing(product() + DATA.format(rows=rows) + EXPECT)
    assert found["rule filled"] == ["pass"]
    assert "condition row.mail is present" not in found
    assert 'condition row.mail != "a"' not in found
    assert found["condition row.age >= 18"] == ["false"]
    assert found["condition row.age > 30"] == ["true"]
    assert found["condition row.age is present"] == ["false"]
    assert found["tolerance tolerate 50% of rows"] == ["within"]


def test_a_tolerated_violation_is_seen(missing: Any) -> None:
    found = missing(product() + DATA.format(rows="b,20\nb,10\nb,30") + EXPECT)
    assert found["tolerance tolerate 50% of rows"] == ["beyond"]
    assert found["rule filled"] == ["fail"]


def test_a_domain_that_tolerates_nothing_leaves_the_councils_tolerance_as_it_is(missing: Any) -> None:
    param = "  param share: Decimal = 50%, domains may lower to 0%\n\n  ## Short."
    policy = POLICY.replace("  ## Short.", param).replace("tolerate 50% of rows", "tolerate share of rows")
    local = '```policy title="local/shop.policy"\npackage shop\nimport acme\nset acme.labels.share = 0%\n```\n'
    rows = DATA.format(rows="b,20\nb,10\nb,30")
    found = missing(product() + rows + EXPECT, product() + rows + local + EXPECT, policy=policy)
    assert found["tolerance tolerate share of rows"] == ["beyond"]
    assert "rule filled" not in found


def test_only_rules_that_a_case_asks_about_are_covered(missing: Any) -> None:
    found = missing(product() + "```options\nof: acme.labels.described\n```\n" + EXPECT)
    assert found["rule short"] == ["pass", "fail"]
    assert found["condition length(field.name) <= longest"] == ["true", "false"]
    assert found["rule described"] == ["fail"]


def test_a_set_is_seen_and_the_domains_text_on_the_page_is_not_counted(missing: Any) -> None:
    local = '```policy title="local/shop.policy"\npackage shop\nimport acme\nset acme.labels.longest = 4\n```\n'
    found = missing(product() + local + EXPECT)
    assert found["parameter longest"] == ["default"]
    assert "parameter longest" not in missing(product() + EXPECT, product() + local + EXPECT)


def test_cases_together_cover_everything(missing: Any) -> None:
    local = '```policy title="local/shop.policy"\npackage shop\nimport acme\nset acme.labels.longest = 4\n```\n'
    custom = "{{property: masking, value: {}}}"
    rows = "b,20\na,20\n,20\nb,\n,40\nb,10"
    found = missing(
        product() + DATA.format(rows=rows) + EXPECT,
        product() + DATA.format(rows="b,20\nb,10\nb,30") + EXPECT,
        product(domain="other") + EXPECT,
        product(classification="A") + EXPECT,
        product(classification="x", description="null", unique="false") + EXPECT,
        product(name="mail_of_somebody", unique="false") + EXPECT,
        product(name="mail_of_somebody") + local + EXPECT,
        *(product().replace("true", f"true, customProperties: [{custom.format(v)}]") + EXPECT for v in ("3", "x")),
    )
    assert found == {}


def test_the_lines_show_what_is_missing(missing: Any, capsys: pytest.CaptureFixture[str]) -> None:
    missing(product() + EXPECT)
    assert main.invoke(["test", "rules.md", "--coverage-lines"]) == 0
    said = capsys.readouterr().out
    assert "! 12 |   applies to products where product.id == " in said
    assert "never false" in said
    assert "| acme.labels" not in said
    assert "\nacme.labels " in said
    assert main.invoke(["test", "rules.md", "--fail-under", "100"]) == 1
    assert main.invoke(["test", "rules.md", "--fail-under", "10"]) == 0


def test_without_policies_in_files_nothing_is_covered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("```policy\npackage acme\n```\n```expect\nno diagnostics\n```\n")
    assert main.invoke(["test", str(page)]) == 0
    assert main.invoke(["test", str(page), "--coverage"]) == 2
    assert "no policy that is in a file" in capsys.readouterr().err
