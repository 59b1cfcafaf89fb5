"""The code of a plan: names cannot get into it, loops are shared without mixing what they judge, nothing is needed but the plan."""

from __future__ import annotations

import builtins
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reference.build import field, judge, plan_of, product, rule

from policy_engine.errors import PlanError
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.expressions import Attribute, Call, Const, Expr, Local
from policy_engine.plan.model import Plan
from policy_engine.plan.types import BOOL, STRING, Entity

HOSTILE = [
    "__class__", "__builtins__", "'); import os; os.system('touch owned'); ('", '"', "\\", "\n", "class", "None",
    "def", "lambda: 0", "ključ", "名前", "\u202e", "${0}", "{0}", "%s", "a" * 500, "v0", "note", "ask", "product",
]  # fmt: skip


@pytest.mark.parametrize("key", [key for key in HOSTILE if "\n" not in key and "\u202e" not in key])
def test_a_custom_key_is_data_whatever_it_is_called(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    plan = plan_of(
        f'package a\nattribute field.k: String? from custom "{quoted}"\n'
        'policy p owner "o" { rule r for f in product.fields require f.k is present and f.k == "yes" '
        'message "{f.k otherwise f.name}" }'
    )
    of = product(field("a", custom={key: "yes"}), field("b", custom={key: key}))
    assert [one.message for one in judge(decode(encode(plan)), of)["r"].violations] == [key]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_of_the_product_are_data_whatever_they_say(name: str) -> None:
    plan = plan_of(rule('for f in product.fields require f.name == "x" message "{f.name}"'))
    assert judge(plan, product(field(name)))["r"].violations[0].message == name


@pytest.mark.parametrize(
    "word", ["None", "True", "class", "lambda", "import", "async", "print", "self", "v0", "h0", "count_v0", "f1"]
)
def test_words_of_python_are_names_like_any_other(word: str) -> None:
    plan = plan_of(
        f"package a\nenum E {{ {word} < other }}\nattribute field.classification: E?\n"
        f"def {word}_of(x: Field) -> Bool = x.classification is present and x.classification >= other\n"
        f'policy p owner "o" {{ rule r for {word}_f in product.fields require {word}_of({word}_f) }}'
    )
    of = product(field("a", classification=word), field("b", classification="other"))
    assert [one.subject for one in judge(plan, of)["r"].violations] == ["orders.a"]


def _with_require(require: Expr) -> Plan:
    plan = plan_of(rule("for f in product.fields require f.required"))
    return replace(plan, rules=(replace(plan.rules[0], require=require),))


_FIELD = Local("$0", Entity("Field"))


@pytest.mark.parametrize(
    "require",
    [
        Attribute(_FIELD, "__class__", BOOL),
        Attribute(Attribute(_FIELD, "__init__", BOOL), "__globals__", BOOL),
        Call("__import__", (Const("os", STRING),), BOOL),
        Call("eval", (Const("1", STRING),), BOOL),
        Local("ask", BOOL),
        Local("note", BOOL),
        Local("__builtins__", BOOL),
        Local("f3", BOOL),
        Local("$x", BOOL),
        Attribute(_FIELD, "name()", BOOL),
        Attribute(_FIELD, "", BOOL),
    ],
)
def test_a_hostile_plan_names_nothing_outside_of_the_language(require: Expr) -> None:
    content = encode(_with_require(require))
    with pytest.raises(PlanError):
        decode(content)


def test_a_pattern_is_only_ever_matched_never_called() -> None:
    called: list[str] = []
    of = product(field("a", custom={"k": called.append}))
    require = Call("matches", (Const("x", STRING), Attribute(Attribute(_FIELD, "custom", BOOL), "get", BOOL)), BOOL)
    plan = decode(encode(_with_require(require)))
    with pytest.raises((TypeError, AttributeError)):
        judge(plan, of)
    assert called == []


def test_generated_code_has_no_builtins() -> None:
    from policy_engine.evaluation.generate import generate

    program = generate(plan_of(rule("for f in product.fields require f.required")))
    assert program.judge.__globals__["__builtins__"] == {}
    assert not {"open", "eval", "exec", "__import__"} & program.judge.__globals__.keys() & vars(builtins).keys()


def test_rules_that_share_a_loop_keep_their_conditions_and_counts_apart() -> None:
    rules = """
  rule all for f in product.fields require f.required
  rule some_only for f in product.fields when f.type is present require f.required
  rule tolerant for f in product.fields require f.required tolerate 50% of fields
  rule nested for f in product.fields for t in f.tags require t == "x"
  rule inner for f in product.fields for t in f.tags when f.required require t == "y"
  rule unknown for f in product.fields when f.null_count > 0 require f.required
  rule alone require product.id == "p"
"""
    plan = plan_of(f'package a\npolicy p owner "o" {{ {rules} }}')
    of = product(
        field("a", required=True, tags=("x", "y")),
        field("b", type_="string", tags=("x",)),
        field("c", type_="string", required=True),
    )
    found = {
        name: (one.outcome.value, one.subjects, [violation.subject for violation in one.violations])
        for name, one in judge(plan, of).items()
    }
    assert found == {
        "all": ("fail", 3, ["orders.b"]),
        "some_only": ("fail", 2, ["orders.b"]),
        "tolerant": ("pass", 3, []),
        "nested": ("fail", 3, ["orders.a"]),
        "inner": ("fail", 2, ["orders.a"]),
        "unknown": ("indeterminate", 0, []),
        "alone": ("pass", 1, []),
    }


def test_a_rule_alone_and_among_others_says_the_same() -> None:
    texts = [
        "for f in product.fields require f.required",
        "for d in product.datasets for f in d.fields require f.classification is present",
        "for f in product.fields when f.type is present require some g in product.fields satisfies g.name == f.type",
        "for f in product.fields require count(g in product.fields where g.required) > length(f.name)",
    ]
    of = product(field("string", "string"), field("b", required=True, classification="x"))
    alone = [judge(plan_of(rule(text)), of)["r"] for text in texts]
    rules = "\n".join(f"## A rule.\nrule r{number}\n{text}" for number, text in enumerate(texts))
    together = judge(plan_of(f'package test.global\n## A policy.\npolicy p owner "o" {{ {rules} }}'), of)
    for number, one in enumerate(alone):
        assert replace(together[f"r{number}"], rule=one.rule) == one


def test_loops_over_different_lists_read_each_their_own_elements() -> None:
    rules = """
  rule every_field for f in product.fields require f.classification is present
  rule orders_only for f in dataset("orders").fields require f.classification is present
  rule nested for d in product.datasets for f in d.fields require f.classification is present and d.tier is present
"""
    text = (
        "package a\nenum C { low < high }\nattribute field.classification: C?\n"
        f'attribute dataset.tier: C? from custom "tier"\npolicy p owner "o" {{ {rules} }}'
    )
    of = product(field("a", classification="low"), field("b", dataset="items"))
    found = judge(plan_of(text), of)
    assert {name: [one.subject for one in found[name].violations] for name in ("every_field", "orders_only")} == {
        "every_field": ["items.b"],
        "orders_only": [],
    }
    assert [one.subject for one in found["nested"].violations] == ["orders.a", "items.b"]


def test_a_match_is_a_truth_value() -> None:
    for condition, expected in (("/p/", "pass"), ("/q/", "fail")):
        text = f"require (product.id matches {condition}) == true"
        assert judge(plan_of(rule(text)), product())["r"].outcome.value == expected
        several = f'require count(f in product.fields where (f.name matches {condition}) == (f.name == "p")) == 2'
        assert judge(plan_of(rule(several)), product(field("p"), field("x")))["r"].outcome.value == expected


def test_durations_of_equal_length_lead_to_different_days() -> None:
    rules = """
  rule month require 2026-03-31 - product.kept == 2026-02-28
  rule mean require 2026-03-31 - 2629746s == 2026-02-28
  rule dates require every d in [2026-03-31] satisfies d - 1mo == 2026-02-28 and d - 2629746s != 2026-02-27
"""
    text = f'package a\nattribute product.kept: Duration from custom "kept"\npolicy p owner "o" {{ {rules} }}'
    found = judge(plan_of(text), product(custom={"kept": "1 month"}))
    assert found["month"].outcome.value == "pass"
    assert found["mean"].outcome.value == "pass"
    other = plan_of(rule("for d in product.fields require 2026-03-31 - 1mo == 2026-02-28 or d.required"))
    assert other != plan_of(rule("for d in product.fields require 2026-03-31 - 2629746s == 2026-02-28 or d.required"))


CHAINS: list[tuple[str, Any]] = [
    ("otherwise", " ".join(["(product.name otherwise product.domain)", *["otherwise product.domain"] * 40, 'otherwise "x"']) + ' == "x"'),
    ("not", "not " * 120 + "(product.id == \"p\")"),
    ("and", " and ".join(['product.id == "p"'] * 120)),
    ("three-valued and", " and ".join(['(previous is missing or product.id == "p")'] * 60)),
    ("if", "(if product.id == \"p\" then " * 40 + "true" + " else false)" * 40),
]  # fmt: skip


@pytest.mark.parametrize(("condition"), [text for _, text in CHAINS], ids=[name for name, _ in CHAINS])
def test_long_and_deep_conditions_stay_cheap(condition: str) -> None:
    plan = plan_of(rule(f"require {condition}"))
    assert decode(encode(plan)) == plan
    assert judge(plan, product())["r"].outcome.value == "pass"


def test_judging_needs_nothing_of_the_compiler(tmp_path: Path) -> None:
    plan = plan_of(rule("for f in product.fields require f.name matches /a/ and now - 1y < now"))
    (tmp_path / "plan.json").write_bytes(encode(plan))
    program = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from policy_engine.evaluation import Inputs, evaluate
from policy_engine.plan.codec import decode
from policy_engine.product.model import Dataset, Field, Product
from policy_engine.verdict import Stage
import policy_engine.attestation
plan = decode(Path(sys.argv[1]).read_bytes())
f = Field(name="a", path="d.a", dataset="d")
d = Dataset(name="d", fields=(f,))
product = Product(id="p", file="p", format="", digest="0", places={}, datasets=(d,), fields=(f,))
(result,) = evaluate(plan, Inputs(product, None, (), datetime(2026, 1, 1, tzinfo=UTC), Stage.RUN, lambda _: {}))
compilers = ("syntax", "linking", "checking", "compilation")
loaded = [name for name in sys.modules if name == "lark" or name.startswith(tuple(f"policy_engine.{c}" for c in compilers))]
print(result.outcome.value, loaded)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "plan.json")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "pass []"
