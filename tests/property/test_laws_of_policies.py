"""Laws of the language: what is written in two ways that mean the same judges the same, and time only makes stricter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given, note
from hypothesis import strategies as st
from reference.build import plan_of
from reference.interpreter import World
from reference.policies import PRELUDE, TABLES, Author, policies
from reference.worlds import scan_rows, worlds

from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.plan.model import Plan
from policy_engine.verdict import Outcome, Stage, Verdict, conclude


def results(plan: Plan, world: World) -> tuple[RuleResult, ...]:
    return evaluate(
        plan, Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan_rows(world))
    )


def policy(*rules: str) -> str:
    return f'{PRELUDE}\npolicy p\n  owner "o"\n{{\n  param min: Decimal = 0.5, domains may raise to 2\n{"".join(rules)}}}\n'


def told(found: Iterable[RuleResult]) -> list[tuple[object, ...]]:
    """What rules say, without their names and texts."""
    return [
        (one.outcome, one.subjects, [(v.subject, v.count, v.rows) for v in one.violations])
        for one in found
        if ".attributes." not in one.rule
    ]


@st.composite
def conditions(draw: st.DrawFn, count: int) -> list[str]:
    """Conditions on a field `f`."""
    author = Author(draw)
    return [author.boolean({"f": "Field"}, 2) for _ in range(count)]


def assert_alike(world: World, *rules: str) -> None:
    """The rules say the same of the product."""
    text = policy(*(f"  rule r{number}\n    {rule}\n" for number, rule in enumerate(rules)))
    note(text)
    first, *others = told(results(plan_of(text, tables=TABLES), world))
    for other in others:
        assert other == first


# ---------------------------------------------------------------- names


@given(worlds(), conditions(1))
def test_a_rule_with_another_variable_says_the_same(world: World, found: list[str]) -> None:
    other = re.sub(r"(?<![\w.\"])f(?=[.,)])", "element", found[0])
    assert_alike(
        world,
        f'for f in product.fields\n    require {found[0]} or f.name == ""',
        f'for element in product.fields\n    require {other} or element.name == ""',
    )


# ---------------------------------------------------------------- ways to write the same


@given(worlds(), conditions(3))
def test_two_conditions_of_a_rule_are_one_conjunction(world: World, found: list[str]) -> None:
    a, b, c = found
    assert_alike(
        world,
        f"for f in product.fields\n    when {a} and {b}\n    require {c}",
        f"for f in product.fields\n    when not (not {a} or not {b})\n    require {c}",
    )


@given(worlds(), conditions(2))
def test_de_morgan(world: World, found: list[str]) -> None:
    a, b = found
    loop = "for f in product.fields\n    require"
    assert_alike(world, f"{loop} not ({a} and {b})", f"{loop} not {a} or not {b}")
    assert_alike(world, f"{loop} not ({a} or {b})", f"{loop} not {a} and not {b}")


@given(worlds(), conditions(1))
def test_not_every_is_some_not(world: World, found: list[str]) -> None:
    inner = found[0]
    assert_alike(
        world,
        f"require not (every f in product.fields satisfies {inner})",
        f"require (some f in product.fields satisfies not {inner})",
    )
    assert_alike(
        world,
        f"require (every f in product.fields satisfies {inner})",
        f"require not (some f in product.fields satisfies not {inner})",
    )


@given(worlds(), conditions(1))
def test_not_not_is_nothing_and_if_is_choice(world: World, found: list[str]) -> None:
    loop = "for f in product.fields\n    require"
    assert_alike(
        world, f"{loop} {found[0]}", f"{loop} not (not {found[0]})", f"{loop} (if true then {found[0]} else false)"
    )


@given(worlds(), conditions(1))
def test_some_is_a_count_above_zero_where_all_is_known(world: World, found: list[str]) -> None:
    text = policy(
        f"  rule some_of\n    require (some f in product.fields satisfies {found[0]})\n",
        f"  rule counted\n    require count(f in product.fields where {found[0]}) > 0\n",
    )
    note(text)
    some, counted = results(plan_of(text, tables=TABLES), world)[:2]
    if counted.outcome in {Outcome.PASS, Outcome.FAIL} and Outcome.INDETERMINATE is not some.outcome:
        assert some.outcome is counted.outcome or counted.outcome is Outcome.FAIL


@given(worlds(), conditions(1))
def test_no_tolerance_is_a_tolerance_of_nothing(world: World, found: list[str]) -> None:
    loop = f"for f in product.fields\n    require {found[0]}"
    text = policy(f"  rule bare\n    {loop}\n", f"  rule zero\n    {loop}\n    tolerate 0% of fields\n")
    note(text)
    bare, zero = results(plan_of(text, tables=TABLES), world)[:2]
    assert bare.outcome is zero.outcome
    assert bare.violations == tuple(
        replace(one, message=mine.message) for one, mine in zip(zero.violations, bare.violations, strict=True)
    )


@given(worlds(), conditions(2), st.integers(0, 100), st.integers(0, 100))
def test_a_greater_tolerance_fails_no_more(world: World, found: list[str], one: int, other: int) -> None:
    low, high = sorted((one, other))
    loop = f"for f in product.fields\n    when {found[0]}\n    require {found[1]}"
    text = policy(*(f"  rule r{n}\n    {loop}\n    tolerate {n}% of fields\n" for n in dict.fromkeys((low, high))))
    note(text)
    strict, *lax = results(plan_of(text, tables=TABLES), world)[: 1 if low == high else 2]
    if lax and strict.outcome is not Outcome.FAIL:
        assert lax[0].outcome is not Outcome.FAIL


# ---------------------------------------------------------------- time

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
WORSE = {Verdict.COMPLIANT: 0, Verdict.INDETERMINATE: 1, Verdict.NON_COMPLIANT: 2}


@given(worlds(), st.tuples(DAYS, DAYS), st.tuples(DAYS, DAYS), st.sampled_from(["f.required", "f.type is present"]))
def test_enforcement_rises_with_time(
    world: World, steps: tuple[date, date], days: tuple[date, date], condition: str
) -> None:
    """A rule that does not look at `now` blocks later what it blocked before."""
    warn, block = sorted(steps)
    assume(warn < block)
    schedule = f"enforce inform, then warn from {warn}, then block from {block}"
    rule = f"  rule r\n    for f in product.fields\n    require {condition}\n    {schedule}\n"
    plan = plan_of(policy(rule), tables=TABLES)
    moments = [datetime(one.year, one.month, one.day, tzinfo=UTC) for one in sorted(days)]
    before, after = (results(plan, replace(world, now=moment)) for moment in moments)
    levels = ["inform", "warn", "block"]
    assert levels.index(before[0].enforcement) <= levels.index(after[0].enforcement)
    assert before[0].outcome is after[0].outcome
    assert WORSE[conclude(before)] <= WORSE[conclude(after)]
    on_the_day = results(plan, replace(world, now=datetime(block.year, block.month, block.day, tzinfo=UTC)))
    assert on_the_day[0].enforcement == "block"
    just_before = datetime(block.year, block.month, block.day, tzinfo=UTC) - timedelta(seconds=1)
    assert results(plan, replace(world, now=just_before))[0].enforcement == "warn"


@given(policies(), worlds(complete=True))
def test_a_rule_due_later_never_failed_earlier(text: str, world: World) -> None:
    """Each stage decides more: what fails at one fails at every later one, and what is due stays due."""
    note(text)
    assume("pii" not in text)
    plan = plan_of(text, tables=TABLES)
    found = [results(plan, replace(world, stage=stage)) for stage in Stage]
    for early, late in pairwise(found):
        for before, after in zip(early, late, strict=True):
            if before.outcome is not Outcome.DUE_LATER:
                assert (before.outcome, before.violations) == (after.outcome, after.violations)
