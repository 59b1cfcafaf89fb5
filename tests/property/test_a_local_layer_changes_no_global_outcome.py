"""The law of the two layers: a domain adds, and what the council demands stays as it was."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st
from reference.build import plan_of
from reference.interpreter import World
from reference.policies import PRELUDE, TABLES, policies
from reference.worlds import scan_rows, worlds

from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import Plan
from policy_engine.verdict import Verdict, conclude

#: A domain's own words, under names of its own; the council's are seen by import.
FIRST = (
    PRELUDE.replace("package test.global\n", "package shop.orders\nimport test.global as council\n")
    .replace('custom "', 'custom "orders.')
    .replace("enum Class { public < internal < confidential }\n", "")
    .replace("attribute field.classification: Class?\n", "")
    .replace("List<Class>", "List<council.Class>")
)
SECOND = "package shop.orders\nimport test.global as council\n"
OWN = {
    "masking": "veil",
    "weight": "load",
    "steps": "paces",
    "kept": "held",
    "born": "made",
    "release": "edition",
    "codes": "signs",
    "levels": "grades",
    "checked": "seen",
    "since": "began",
}


def own_words(text: str) -> str:
    """The same policy about attributes that the domain has typed itself."""
    for theirs, mine in OWN.items():
        text = text.replace(f".{theirs}", f".{mine}")
    return text


def results(plan: Plan, world: World) -> tuple[RuleResult, ...]:
    return evaluate(
        plan, Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan_rows(world))
    )


def of_the_council(found: tuple[RuleResult, ...]) -> list[RuleResult]:
    return [one for one in found if one.layer is Layer.GLOBAL]


@st.composite
def local_layers(draw: st.DrawFn) -> list[str]:
    """One or two files of a domain, without `set`."""
    first = own_words(draw(policies(name="mine", prelude=FIRST)))
    return [first, own_words(draw(policies(name="more", prelude=SECOND)))] if draw(st.booleans()) else [first]


@given(policies(), local_layers(), worlds())
def test_every_global_result_is_the_same(text: str, local: list[str], world: World) -> None:
    for one in local:
        note(one)
    alone = results(plan_of(text, tables=TABLES), world)
    together = results(plan_of(text, local=local, tables=TABLES), world)
    assert of_the_council(together) == list(alone)


@given(policies(), local_layers(), worlds())
def test_a_local_layer_makes_nothing_compliant(text: str, local: list[str], world: World) -> None:
    alone = conclude(results(plan_of(text, tables=TABLES), world))
    together = conclude(results(plan_of(text, local=local, tables=TABLES), world))
    if alone is Verdict.NON_COMPLIANT:
        assert together is Verdict.NON_COMPLIANT
    elif alone is Verdict.INDETERMINATE:
        assert together is not Verdict.COMPLIANT
