"""Explanations of rules: which clause decided, with which values, and where those come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policy_engine.cli.main import invoke

COUNCIL = """package acme

## Datasets under legal hold.
table holds(dataset: String, until: Date) from "holds.csv"

## Words that say nothing.
let vague = {"tbd", "todo"}

## Does the text say something?
def says(text: String?) -> Bool = text is present and not (lower(text) in vague)

## Products are sound.
policy sound
  owner "council@acme.example"
  waivable by council for at most 30d
{
  ## The longest that data is kept.
  param longest: Duration = 7y, domains may lower to 30d

  ## Fields are described.
  rule described
    for field in product.fields
    when field.name != "id"
    require says(field.description) or length(field.name) > 100
    message "{field.name} says nothing"
    fix "description: what it means"

  ## Data is kept for a while only.
  rule kept
    for dataset in product.datasets
    require dataset.retention is present and dataset.retention <= longest

  ## What is held is held for a while.
  rule held
    for dataset in product.datasets
    when lookup(holds, dataset.name) is present
    require product.retention is present and product.retention > longest

  ## No order is too large.
  rule small
    for dataset in product.datasets
    require max(row.amount for row in dataset.rows) otherwise 0 <= 100

  ## Later.
  rule later
    at run
    require product.version is present

  ## The version moves.
  rule moved
    when previous is present
    require previous.version is present and product.version is present and previous.version != product.version

  ## Tags are of one list.
  rule tags
    for field in product.fields
    require every tag in field.tags satisfies starts_with(tag, "ok.")
}

## Only for others.
policy elsewhere
  owner "council@acme.example"
  applies to products where product.domain is present and product.domain == "hr"
{
  ## Whatever.
  rule whatever
    require product.version is present
}
"""
LOCAL = """package sales
import acme
## Shorter.
set acme.sound.longest = 1y
"""
PRODUCT = """apiVersion: v3.1.0
kind: DataContract
id: orders
version: 2.0.0
domain: sales
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer}
      - {name: mail, logicalType: string, description: TBD, tags: [ok.one, bad, ok.two]}
      - name: amount
        logicalType: number
slaProperties:
  - {property: retention, value: 3, unit: y}
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICY_ENGINE_CACHE", "off")
    for name, text in {
        "council/acme.policy": COUNCIL,
        "council/holds.csv": "dataset,until\npeople,2026-01-01\norders,2028-01-01\n",
        "sales/sales.policy": LOCAL,
        "orders.odcs.yaml": PRODUCT,
        "old.odcs.yaml": PRODUCT.replace("2.0.0", "1.0.0"),
        "orders.csv": "id,mail,amount\n1,a,10\n2,b,777\n",
    }.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)


def said(capsys: pytest.CaptureFixture[str], rule: str, *args: str, code: int = 0) -> str:
    options = ["--global", "council", "--as-of", "2027-01-01", *args]
    assert invoke(["explain", rule, *options]) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def of_product(capsys: pytest.CaptureFixture[str], rule: str, *args: str) -> str:
    return said(capsys, rule, "--product", "orders.odcs.yaml", *args)


def document(capsys: pytest.CaptureFixture[str], rule: str, *args: str) -> dict[str, Any]:
    return json.loads(of_product(capsys, rule, "--format", "json", *args))


def steps(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    pending = [*document["clauses"], *(clause for one in document["subjects"] for clause in one["clauses"])]
    while pending:
        step = pending.pop(0)
        yield step
        pending = [*step.get("parts", ()), *pending]


def sources(document: dict[str, Any], text: str) -> list[str]:
    return next(step["sources"] for step in steps(document) if step["text"] == text)


def test_the_verdict_comes_first_and_then_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    lines = of_product(capsys, "described").splitlines()
    assert lines[0] == "fails, and blocks: acme.sound.described"
    assert lines[3] == "2 of 3 fail; mail says nothing"


def test_every_part_has_its_value_and_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    out = of_product(capsys, "described", "--subject", "mail")
    assert out.startswith(
        """fails, and blocks: acme.sound.described
orders 2.0.0, orders.odcs.yaml
stage change, as of 2027-01-01T00:00:00Z
mail says nothing

orders.mail fails  orders.odcs.yaml:10:43
  true      when field.name != "id"
              field.name = "mail"  orders.odcs.yaml:10:10
  false     require one of
  false       says(field.description)  defined at council/acme.policy:10:35
  false         all of
  true            text is present
                    text (field.description) = "TBD"  orders.odcs.yaml:10:43
  false           not (lower(text) in vague)
  true              lower(text) in vague
                      lower(text) = "tbd"
                        text (field.description) = "TBD"  orders.odcs.yaml:10:43
                      vague = ["tbd", "todo"]  defined at council/acme.policy:7:13
  false       length(field.name) > 100
                length(field.name) = 4
                  field.name = "mail"  orders.odcs.yaml:10:10
  fix: description: what it means
"""
    )


def test_what_was_not_needed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "described", "--subject", "amount")
    assert [step["text"] for step in steps(found) if step.get("truth") == "skipped"] == ["not (lower(text) in vague)"]
    assert sources(found, "text (field.description)") == ["not stated of `orders.amount`, orders.odcs.yaml:11:9"]


def test_a_domain_that_has_set_a_parameter_is_told_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert "passes: acme.sound.kept\n" in of_product(capsys, "kept")
    found = document(capsys, "kept", "--local", "sales")
    assert found["outcome"] == "fail"
    assert sources(found, "longest") == [
        "set by the domain, sales/sales.policy:4:26",
        "the council's default is 7y, council/acme.policy:18:29",
        "domains may lower it to 30d",
    ]
    assert sources(found, "dataset.retention") == ["orders.odcs.yaml:14:27"]


def test_a_row_of_a_table_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert sources(document(capsys, "held"), "lookup(holds, dataset.name)") == ["council/holds.csv:3"]


def test_values_of_data_are_hidden_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    hidden = of_product(capsys, "small", "--data", "orders=orders.csv")
    assert "777" not in hidden
    assert "= (hidden; --show-values prints it)\n                  computed over orders.csv" in hidden
    assert "777" not in of_product(capsys, "small", "--data", "orders=orders.csv", "--format", "json", "--all")
    assert "= 777" in of_product(capsys, "small", "--data", "orders=orders.csv", "--show-values")


def test_what_is_due_later_or_does_not_apply_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert "is due later: acme.sound.later" in of_product(capsys, "later")
    out = of_product(capsys, "whatever")
    assert "does not apply: acme.elsewhere.whatever\n" in out
    assert '  false       product.domain == "hr"\n                product.domain = "sales"  orders.odcs.yaml:5:1' in out


def test_what_is_unknown_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    out = of_product(capsys, "moved")
    assert out.startswith("cannot be decided, and blocks: acme.sound.moved")
    assert "  unknown   when previous is present (no previous version was given" in out
    assert "  skipped   require previous.version is present" in out


def test_values_of_the_previous_version_are_found_there(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "moved", "--previous", "old.odcs.yaml")
    assert sources(found, "previous.version") == ["previous version, old.odcs.yaml:4:1"]
    assert sources(found, "product.version") == ["orders.odcs.yaml:4:1"]


def test_the_item_that_decided_a_quantifier_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    out = of_product(capsys, "tags", "--subject", "orders.mail")
    assert 'satisfies starts_with(tag, "ok.") (2 of 3 looked at)' in out
    assert '  false       with "bad"' in out
    assert 'with "ok.' not in out


def test_subjects_are_limited_to_the_first_that_needs_mending(capsys: pytest.CaptureFixture[str]) -> None:
    out = of_product(capsys, "described")
    assert "orders.amount fails  orders.odcs.yaml:11:9\nand 1 is not concerned (--all explains each" in out
    assert out.count("require one of") == 1
    assert of_product(capsys, "described", "--all").count("require one of") == 2


def test_a_waiver_is_named_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("waivers.policy").write_text(
        """package acme.waivers
## Soon.
waiver W1
  of acme.sound.described
  for product "orders" where field.path == "orders.mail"
  granted 2027-01-01
  until 2027-01-20
  because "being written"
  approved by "council"
"""
    )
    out = of_product(capsys, "described", "--waivers", "waivers.policy")
    assert (
        "waived by acme.waivers.W1 until 2027-01-20, approved by council: orders.mail\n  because being written\n" in out
    )
    assert "\n  waivers.policy:3:8\n" in out
    found = document(capsys, "described", "--waivers", "waivers.policy", "--subject", "orders.mail")
    assert (found["subjects"][0]["standing"], found["subjects"][0]["waivers"]) == (
        "violates, and is waived",
        ["acme.waivers.W1"],
    )


def test_a_rule_alone_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "sound.kept")
    assert out.startswith(
        "acme.sound.kept\nData is kept for a while only.\n\n  by the council  council/acme.policy:29:8\n"
    )
    assert "  waivable     by council, for at most 30d" in out
    assert "  parameter    longest: Duration = 7y\n" in out
    assert "  tests        no test file beside the policy" in out
    Path("council/acme.md").write_text("# Tests\n\n```expect\n```\n")
    assert "  tests        council/acme.md" in said(capsys, "sound.kept")
    alone = json.loads(said(capsys, "sound.kept", "--format", "json"))
    assert (alone["schema"], alone["rule"]["enforcement"]) == ("urn:policy-engine:rule:v1", "block")


@pytest.mark.parametrize(
    ("rule", "message", "help_"),
    [
        pytest.param("descrbed", "no rule is called `descrbed`", "did you mean `acme.sound.described`?", id="a typo"),
        pytest.param("sound", "`sound` is not one rule", "its rules: acme.sound.described, ", id="a policy"),
        pytest.param("zzz", "no rule is called `zzz`", "--verbose` lists every rule", id="nothing near"),
    ],
)
def test_a_name_that_is_no_rule_is_answered(
    rule: str, message: str, help_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    err = said(capsys, rule, code=2)
    assert message in err
    assert help_ in err


def test_a_subject_that_was_not_looked_at_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    err = said(capsys, "described", "--product", "orders.odcs.yaml", "--subject", "orders.mial", code=2)
    assert "the rule did not look at `orders.mial`" in err
    assert "did you mean `orders.mail`?" in err


def test_lines_fit_a_narrow_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from policy_engine.explaining.model import Step, Truth
    from policy_engine.explaining.page import Page

    page = Page(lambda text, _: text, 40)
    inner = Step("a value with a name that is long enough", None, "an answer", "", ("a place far away:12:3",))
    page.tree(Step("some words that together are longer than a line is", Truth.FALSE, parts=(inner,)), "require ")
    assert all(len(line) <= 40 for line in page.text.splitlines())


def test_text_from_contracts_and_policies_cannot_forge_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.odcs.yaml").write_text(PRODUCT.replace("TBD", '"a\\nfails[\\e[2J"').replace("ok.one", '"x\\ny"'))
    out = of_product(capsys, "tags", "--all") + of_product(capsys, "described", "--all")
    assert "\x1b" not in out
    assert "\nfails[" not in out
