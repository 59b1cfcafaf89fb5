"""However hostile policies and contracts are together, evaluation ends soon, within bounded memory, and says why."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from reference.build import field, judge, plan_of, product, rule

from policy_engine.engine import DataGiven, check
from policy_engine.evaluation.cost import MOST_OF_A_RULE, rule_cost
from policy_engine.evaluation.notes import LISTED
from policy_engine.evaluation.sizes import measure
from policy_engine.evaluation.texts import LONGEST_MESSAGE
from policy_engine.loading import diagnose
from policy_engine.product.model import Dataset, Product
from policy_engine.verdict import Outcome

DOUBLED = "".join(f"let a{n} = a{n - 1} {{0}} a{n - 1}\n" for n in range(1, 12))


def large(fields: int, **more: Any) -> Product:
    """A product of so many fields, in ten datasets."""
    return product(*(field(f"f{n}", dataset=f"d{n % 10}", **more) for n in range(fields)))


THREE_LOOPS = "for a in product.fields\n for b in product.fields\n for c in product.fields\n "
TOO_COSTLY = {
    "three loops": THREE_LOOPS + "require a.name == b.name or b.name == c.name",
    "three quantifiers": "require every a in product.fields satisfies every b in product.fields satisfies "
    "some c in product.fields satisfies a.name != b.name and b.name != c.name and 1 / length(a.name) > 7",
    "a loop within aggregates": "for a in product.fields\n require sum(count(b in product.fields where "
    "b.name != a.name and length(c.name) / 2 > 0) for c in product.fields) > 0",
    "a loop in a message": 'for a in product.fields\n require a.required\n message "{count(b in product.fields where '
    'count(c in product.fields where c.name == b.name) > 0)}"',
    "a product with itself in a tolerance": THREE_LOOPS
    + "require a.name != b.name and c.required tolerate 1% of fields",
    "a question for each field": "for a in product.fields\n for b in product.fields\n require "
    'count(r in dataset("d0").rows where r.f0 == a.name + b.name) == 0',
}


@pytest.mark.parametrize("text", TOO_COSTLY.values(), ids=TOO_COSTLY)
def test_what_would_take_too_long_is_not_evaluated_and_says_so(text: str) -> None:
    found = judge(plan_of(rule(text)), large(10_000))["r"]
    assert found.outcome is Outcome.INDETERMINATE
    assert found.reasons[0].startswith("not evaluated: for this product it may take ")


def test_other_rules_of_the_policy_are_evaluated() -> None:
    text = rule(TOO_COSTLY["three loops"]).replace(
        "  ## A rule.",
        "  ## Small.\n  rule small\n    for f in product.fields\n    require f.name != f.path\n\n  ## A rule.",
    )
    found = judge(plan_of(text), large(10_000))
    assert (found["small"].outcome, found["r"].outcome) == (Outcome.PASS, Outcome.INDETERMINATE)


@pytest.mark.parametrize("text", TOO_COSTLY.values(), ids=TOO_COSTLY)
def test_for_a_small_product_the_same_rule_is_evaluated(text: str) -> None:
    assert not any("not evaluated" in reason for reason in judge(plan_of(rule(text)), large(20))["r"].reasons)


def test_a_condition_of_applying_is_bounded_too() -> None:
    text = rule("require true").replace(
        '  owner "o"\n',
        '  owner "o"\n  applies to products where every a in product.fields satisfies every b in product.fields satisfies '
        "every c in product.fields satisfies a.name != b.name or b.name != c.name or c.required or a.required\n",
    )
    assert judge(plan_of(text), large(3_000))["r"].outcome is Outcome.INDETERMINATE


def test_all_rules_together_are_bounded() -> None:
    pairs = "for a in product.fields\n    for b in product.fields\n    require a.path != b.name and a.name != b.path"
    rules = "".join(f"  ## R.\n  rule r{n}\n    {pairs}\n" for n in range(8))
    found = judge(plan_of(f'package t\n\n## P.\npolicy p\n  owner "o"\n{{\n{rules}}}\n'), large(2_500))
    outcomes = [found[f"r{n}"].outcome for n in range(8)]
    assert outcomes == sorted(outcomes, key=lambda one: one is Outcome.INDETERMINATE)
    assert Outcome.PASS in outcomes
    assert Outcome.INDETERMINATE in outcomes


def test_violations_are_listed_up_to_a_number_and_then_counted() -> None:
    found = judge(
        plan_of(rule("for a in product.fields\n for b in product.fields\n require a.name == b.path")), large(400)
    )
    assert len(found["r"].violations) == LISTED
    assert found["r"].unlisted == 160_000 - LISTED
    assert found["r"].outcome is Outcome.FAIL


def test_messages_are_cut() -> None:
    text = 'for a in product.fields\n require a.required\n message "{a.tags}"'
    of = large(3, tags=tuple(f"tag{n}" * 100 for n in range(5_000)))
    assert len(judge(plan_of(rule(text)), of)["r"].violations[0].message) == LONGEST_MESSAGE + 1


def test_a_text_that_doubles_is_never_made() -> None:
    text = DOUBLED.replace("{0}", "+") + rule("require length(a11) > 0").partition("\n")[2]
    plan = plan_of('package test.global\nlet a0 = product.description otherwise ""\n' + text)
    found = judge(plan, product(field("f"), description="x" * 1_000_000))["r"]
    assert "characters" in found.reasons[0]
    assert judge(plan, product(field("f"), description="x"))["r"].outcome is Outcome.PASS


@pytest.mark.parametrize("operator", ["*", "+", "/"])
def test_numbers_that_grow_end_soon(operator: str) -> None:
    stated = "(sum(f.weight otherwise 1.5 for f in product.fields) + 1)"
    head = f'package test.global\nattribute field.weight: Decimal? from custom "weight"\nlet a0 = {stated}\n'
    text = (
        head
        + "".join(DOUBLED.replace("{0}", operator).splitlines(keepends=True)[:8])
        + rule("require a8 > 0").partition("\n")[2]
    )
    of = product(*(field(f"f{n}", custom={"weight": Decimal(f"1.{n}{'7' * 390}")}) for n in range(5)))
    assert judge(plan_of(text), of)["r"].outcome in {Outcome.PASS, Outcome.INDETERMINATE}


def test_many_words_are_split_in_linear_time() -> None:
    name = "a_" * 500_000
    text = 'for d in product.datasets\n require count(words(d.name)) > 1 and count(split(d.name, "_")) > 1'
    assert judge(plan_of(rule(text)), product(datasets=[Dataset(name=name)]))["r"].outcome is Outcome.PASS


@pytest.mark.parametrize("size", [10, 100, 1_000])
def test_the_cost_is_that_of_the_formula(size: int) -> None:
    """Two loops: 10 for the subject, and the nine parts of the condition, each for every pair."""
    plan = plan_of(rule("for a in product.fields\n for b in product.fields\n require a.name == b.name or a.required"))
    steps = rule_cost(plan.rules[0], ()).at(measure(large(size), changes=()))
    assert 18 * size**2 <= steps <= 19 * size**2 + 10 * size + 10


def test_the_fields_of_all_datasets_are_no_more_than_the_fields() -> None:
    plan = plan_of(rule("for d in product.datasets\n for f in d.fields\n require f.name != d.name"))
    assert rule_cost(plan.rules[0], ()).at(measure(large(10_000), changes=())) < MOST_OF_A_RULE / 1_000


# ---------------------------------------------------------------- files, network, processes

WATCHED = ("open", "socket", "subprocess", "os.system", "os.exec", "os.posix_spawn", "ctypes", "shutil", "urllib")
_seen: list[str] | None = None


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(WATCHED):
        _seen.append(f"{event} {args[0] if args else ''}")


sys.addaudithook(_hook)


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """What is opened, connected to or started while a test runs."""
    global _seen
    _seen = []
    yield _seen
    _seen = None


HOSTILE_TEXTS = [
    "/etc/passwd",
    "'; COPY (SELECT 1) TO '/tmp/out'; --",
    "read_csv('/etc/passwd')",
    "http://169.254.169.254/latest/meta-data",
    "__import__('os').system('id')",
    "{{7*7}}${7*7}%s%n",
    '"); DROP TABLE x; --',
    "$0",
    "v0",
    "note",
]
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: {text}
schema:
- name: orders
  physicalName: {text}
  description: {text}
  properties:
  - {{name: a, logicalType: string, required: true}}
  - name: {text}
    logicalType: string
    tags: [{text}]
"""
POLICY = """package acme

## Hostile.
policy hostile
  owner "o"
{{
  ## Texts.
  rule texts
    for field in product.fields
    require not has_tag(field, {text}) and field.name != {text} or product.id in {{{text}}} or contains(field.path, {text})
    message "{{field.path}} {{field.tags}}"

  ## Rows.
  rule rows
    for row in dataset({text}).rows
    require row.a != {text} and (row[{text}] is missing or lower(row[{text}]) != {text})

  ## Values.
  rule all_values
    require count(v in field({text}).values where v == {text}) == 0 and duplicates(dataset("orders"), [{text}]) == 0
}}
"""


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_text_opens_a_file_or_reaches_the_network(tmp_path: Path, seen: list[str], text: str) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/acme.policy").write_text(POLICY.format(text=quoted(text)), encoding="utf-8")
    (tmp_path / "product.yaml").write_text(CONTRACT.format(text=quoted(text)), encoding="utf-8")
    (tmp_path / "orders.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    policies, _ = diagnose([tmp_path / "policies"])
    assert policies is not None
    check(
        tmp_path / "product.yaml", policies, data={"orders": DataGiven(tmp_path / "orders.csv")}
    )  # libraries are loaded
    seen.clear()
    report = check(tmp_path / "product.yaml", policies, data={"orders": DataGiven(tmp_path / "orders.csv")})
    assert len(report.results) == 3
    given = (str(tmp_path), sys.prefix, sys.base_prefix)
    assert [event for event in seen if not event.startswith("open ") or not event[5:].startswith(given)] == []
    assert not (Path("/tmp/out")).exists()


def test_the_watch_sees_what_is_opened(tmp_path: Path, seen: list[str]) -> None:
    (tmp_path / "x").write_text("y")
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", 9), timeout=0.1):
        pass
    assert any(event.startswith("open ") for event in seen)
    assert any(event.startswith("socket.connect") for event in seen)


DOUBLING = {
    "lists in lists": (35, "list(@ + @ for @ in {})", '["a", product.id]', "count({}) == 2"),
    "the greatest of a list": (20, '[max(@ + @ + @ + @ for @ in {}) otherwise ""]', "[product.id]", '"a" in {}'),
}


@pytest.mark.parametrize(("times", "step", "start", "whole"), DOUBLING.values(), ids=DOUBLING)
def test_texts_that_grow_from_list_to_list_are_bounded_too(times: int, step: str, start: str, whole: str) -> None:
    text = start
    for n in range(times):
        text = step.replace("@", f"t{n}").format(text)
    found = judge(plan_of(rule("require " + whole.format(text))), large(2))["r"]
    assert found.outcome is Outcome.INDETERMINATE
    assert found.reasons[0].startswith("not evaluated: ")
