"""`check --fix` as domain engineers meet it: what is safe is written, nothing else of their file changes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from policy_engine.cli.main import invoke

POLICY = """package acme.rules

## How a field is masked.
attribute field.masking: String? from custom "masking"

## Fields are safe.
policy fields
  owner "privacy@acme.example"
{
  ## Mail addresses are tagged.
  rule tagged
    for field in product.fields
    when field.name == "mail"
    require "pii.email" in field.tags
    fix "tags: [pii.email]"
  ## What is tagged is confidential.
  rule classified
    for field in product.fields
    when "pii.email" in field.tags
    require (field.classification otherwise "") == "confidential"
    fix "classification: confidential"
  ## What is confidential is masked.
  rule masked
    for field in product.fields
    when (field.classification otherwise "") == "confidential"
    require field.masking is present
    fix "customProperties:\\n- property: masking\\n  value: hash"
  ## Datasets are kept for some time.
  rule kept
    for dataset in product.datasets
    require dataset.retention is present
    fix "slaProperties:\\n- property: retention\\n  value: 3\\n  unit: y\\n  element: {dataset.name}"
  ## Fields are described.
  rule described
    enforce warn
    for field in product.fields
    require field.description is present
    fix "DESCRIBED"
}
"""
CONTRACT = """# The contract of orders.
apiVersion: v3.1.0
kind: DataContract
id: sales.orders   # do not change
name: "Orders"
version: 1.0.0
status: active

schema:
  # the table
  - name: orders
    properties:
      - name: id
        description: |
          The number of the order.

      # people write here
      - name: mail
        description: >-
          Where we write to.
        logicalType: string   # a comment
        quality: []
slaProperties:
  - property: latency   # promised
    value: 4
    unit: h
"""
MENDED = """# The contract of orders.
apiVersion: v3.1.0
kind: DataContract
id: sales.orders   # do not change
name: "Orders"
version: 1.0.0
status: active

schema:
  # the table
  - name: orders
    properties:
      - name: id
        description: |
          The number of the order.

      # people write here
      - name: mail
        tags: [pii.email]
        classification: confidential
        customProperties:
          - property: masking
            value: hash
        description: >-
          Where we write to.
        logicalType: string   # a comment
        quality: []
slaProperties:
  - property: latency   # promised
    value: 4
    unit: h
  - property: retention
    value: 3
    unit: "y"
    element: orders
"""
CHECK = ("check", "orders.odcs.yaml", "--global", "council", "--as-of", "2027-01-01")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("council").mkdir()
    policy("description: # what it means")
    written(CONTRACT)


def policy(described: str) -> None:
    Path("council/fields.policy").write_text(POLICY.replace("DESCRIBED", described))


def written(text: str, file: str = "orders.odcs.yaml") -> None:
    Path(file).write_bytes(text.encode())


def text(file: str = "orders.odcs.yaml") -> str:
    return Path(file).read_bytes().decode()


def test_fixes_and_fixes_of_what_they_bring_to_light_are_written_and_the_report_is_that_of_the_new_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert invoke([*CHECK]) == 1
    capsys.readouterr()
    assert invoke([*CHECK, "--fix"]) == 0
    said = capsys.readouterr()
    assert text() == MENDED
    assert "fixed orders.odcs.yaml:18: acme.rules.fields.tagged  orders.mail" in said.err
    assert said.out.startswith("compliant: Orders")


def test_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    invoke([*CHECK, "--fix"])
    before = text()
    capsys.readouterr()
    assert invoke([*CHECK, "--fix"]) == 0
    assert invoke([*CHECK, "--fix", "--diff"]) == 0
    assert text() == before
    assert "nothing to fix" in capsys.readouterr().out


def test_the_diff_shows_what_would_change_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*CHECK, "--diff"]) == 1
    said = capsys.readouterr()
    assert text() == CONTRACT
    assert "+        tags: [pii.email]" in said.out
    assert not [line for line in said.out.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert "would fix orders.odcs.yaml" in said.err


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_the_mark_stay(ends: str) -> None:
    written("\ufeff" + CONTRACT.replace("\n", ends))
    assert invoke([*CHECK, "--fix"]) == 0
    assert text() == "\ufeff" + MENDED.replace("\n", ends)


def test_a_last_line_without_an_end_gets_one_first() -> None:
    written(CONTRACT.rstrip("\n"))
    assert invoke([*CHECK, "--fix"]) == 0
    assert text() == MENDED.rstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{name: mail, description: Mail.}", "{name: mail, description: Mail., tags: [pii.email],"),
        ("{name: mail, tags: [ ], description: Mail.}", "{name: mail, tags: [pii.email ], description: Mail.,"),
        ("{name: mail, tags: [a, 'b'], description: Mail.}", "tags: [a, 'b', pii.email],"),
        ("{name: mail, description: Mail., }", "description: Mail., tags: [pii.email],"),
    ],
)
def test_elements_on_one_line_stay_on_one_line(before: str, after: str) -> None:
    head, _ = CONTRACT.split("      - name: mail")
    written(f"{head}      - {before}\n")
    assert invoke([*CHECK, "--fix"]) == 0
    assert after in text()


def test_lists_of_lines_get_lines() -> None:
    written(CONTRACT.replace("        quality: []\n", "        tags:\n        - a   # first\n        quality: []\n"))
    assert invoke([*CHECK, "--fix"]) == 0
    assert "        tags:\n        - a   # first\n        - pii.email\n" in text()


def test_named_items_come_to_those_that_are_there() -> None:
    custom = "        customProperties:\n          - {property: steward, value: Ada}   # asked\n"
    written(CONTRACT.replace("        quality: []\n", custom))
    assert invoke([*CHECK, "--fix"]) == 0
    assert f"{custom}          - property: masking\n            value: hash\n" in text()


def test_contracts_in_json_are_mended_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    file = "orders.odcs.json"
    written(
        '{\n  "apiVersion": "v3.1.0", "kind": "DataContract", "id": "a", "name": "A", "version": "1.0.0", "status": "x",\n'
        '  "schema": [{\n    "name": "orders",\n    "properties": [\n      {"name": "mail", "description": "Mail."}\n    ]\n'
        "  }]\n}\n",
        file,
    )
    assert invoke(["check", file, *CHECK[2:], "--fix"]) == 0, capsys.readouterr()
    assert '{"name": "mail", "description": "Mail.", "tags": ["pii.email"], "classification"' in text(file)
    assert '  }],\n  "slaProperties": [{"property": "retention"' in text(file)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "        quality: []\n",
            "        classification: public\n",
            "`acme.rules.fields.classified` would not be met then",
        ),
        ("      - name: mail\n", "      - <<: {x: 1}\n        name: mail\n", "put together with `<<`"),
    ],
)
def test_what_is_not_certain_is_left_and_said(
    old: str, new: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    written(CONTRACT.replace(old, new))
    invoke([*CHECK, "--fix"])
    said = capsys.readouterr().err
    assert reason in said
    assert "pii.email" not in text()


def test_an_element_that_is_used_twice_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    head, tail = CONTRACT.split("slaProperties:")
    shared = head.replace("      - name: mail\n", "      - &mail\n        name: mail\n")
    written(f"{shared}  - name: archive\n    properties:\n      - *mail\nslaProperties:{tail}")
    invoke([*CHECK, "--fix"])
    assert "used in several places, by an alias" in capsys.readouterr().err
    assert "pii.email" not in text()


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        ("description: # what it means", "leaves a choice to people"),
        ("description: what it means", "only people know `description`"),
        ("describe it", "advice for people"),
        ("tags: [described, …]", "leaves a choice to people"),
        ("tags: [<name>]", "leaves a choice to people"),
        ("tags:", "leaves a choice to people"),
        ("tags: [described]", "its fix does not mend it"),
        ("slaProperties:\\n- property: x", "its fix does not mend it"),
        ("roles:\\n- role: reader", "its fix does not mend it"),
        ("tags: [a", "advice for people"),
        ("classification: public\\ntags: [pii.email]", "`classification` is stated already"),
    ],
)
def test_only_a_fix_that_leaves_nothing_open_is_written(
    fix: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(fix)
    written(MENDED.replace("        description: >-\n          Where we write to.\n", ""))
    before = text()
    invoke([*CHECK, "--fix"])
    said = capsys.readouterr().err
    assert "not fixed in orders.odcs.yaml: acme.rules.fields.described" in said
    assert reason in said
    assert text() == before


def test_a_read_only_contract_stays_and_the_others_are_mended(capsys: pytest.CaptureFixture[str]) -> None:
    written(CONTRACT.replace("sales.orders", "sales.other"), "other.odcs.yaml")
    Path("orders.odcs.yaml").chmod(stat.S_IRUSR)
    assert invoke([*CHECK, "other.odcs.yaml", "--fix"]) == 2
    assert "`orders.odcs.yaml` is read-only" in capsys.readouterr().err
    assert text() == CONTRACT
    assert "pii.email" in text("other.odcs.yaml")


def test_a_contract_that_cannot_be_read_is_said_once_and_the_others_are_mended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written("{", "broken.odcs.yaml")
    assert invoke(["check", "broken.odcs.yaml", *CHECK[1:], "--fix"]) == 2
    assert capsys.readouterr().err.count("error[PRD001]") == 1
    assert text() == MENDED


def test_values_of_data_are_never_written_into_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*CHECK, "--fix", "--show-values"]) == 2
    assert "values of data" in capsys.readouterr().err
    assert text() == CONTRACT


def test_what_is_fixed_leaves_the_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    known = ("--baseline", "known.json", "--update-baseline")
    assert invoke([*CHECK, *known]) == 0
    assert invoke([*CHECK, *known, "--fix"]) == 0
    assert "2 taken out, 0 in all" in capsys.readouterr().err
