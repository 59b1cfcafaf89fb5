"""`lint --product` compares policies with a contract, `lint --cost` says what rules may cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from policy_engine.cli.lint import command

POLICY = """package acme

## Orders.
policy orders
  owner "sales@acme.example"
{
  ## No amount is negative.
  rule not_negative
    for row in dataset("orders").rows
    require row.amuont >= 0

  ## No three alike.
  rule three
    for a in product.fields
    for b in product.fields
    for c in product.fields
    require a.name != b.name or b.name != c.name or a.path == b.path or b.path == c.path
}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: p
schema:
- name: orders
  properties:
  - {name: amount, logicalType: number, required: true}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/acme.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "product.yaml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def lint(folder: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, [str(folder / "policies"), *options], standalone_mode=False)
    assert done.exception is None
    return done.return_value, done.stdout


def test_both_places_are_shown(folder: Path) -> None:
    code, text = lint(folder, "--product", str(folder / "product.yaml"))
    assert code == 1
    assert "error[BND002 unknown-field]: dataset `orders` has no field `amuont`" in text
    assert "acme.policy:10:13" in text
    assert "product.yaml:5:3" in text
    assert "did you mean `amount`?" in text


def test_without_a_contract_there_is_nothing_to_compare(folder: Path) -> None:
    assert lint(folder)[0] == 0


def test_as_json_the_contract_is_a_related_place(folder: Path) -> None:
    _, text = lint(folder, "--product", str(folder / "product.yaml"), "--format", "json")
    (found,) = (one for one in json.loads(text)["diagnostics"] if one["code"] == "BND002")
    assert (found["line"], found["column"], found["length"]) == (10, 13, 10)
    assert [(one["line"], one["column"]) for one in found["related"]] == [(5, 3)]


def test_costs_are_shown_for_three_sizes(folder: Path) -> None:
    _, text = lint(folder, "--cost")
    costly = next(line for line in text.splitlines() if "orders.three" in line)
    assert costly.endswith("fields³")
    assert costly.count("!") == 2


def test_costs_are_shown_for_the_contract_at_hand(folder: Path) -> None:
    _, text = lint(folder, "--cost", "--product", str(folder / "product.yaml"), "--format", "json")
    costs = {one["rule"]: one for one in json.loads(text)["costs"]}
    assert costs["acme.orders.three"]["grows_with"] == "fields³"
    assert costs["acme.orders.three"]["too_costly"] == []
    assert list(costs["acme.orders.three"]["steps"]) == ["this product"]
