"""A waiver changes the results of the rules that it names, and of those only what it excuses; no evidence comes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given, note
from hypothesis import strategies as st
from reference.build import checked
from reference.interpreter import World, interpret
from reference.policies import TABLES, policies
from reference.worlds import scan_rows, worlds

from policy_engine.checking import CheckedRule, CheckedSet
from policy_engine.compilation import compile_policies
from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.model import Plan
from policy_engine.plan.types import Sequence as Many
from policy_engine.verdict import Outcome, Verdict, conclude

_OF_PRODUCT = [
    "product.name is present",
    "count(product.tags) > 1",
    "previous is present",
    "1 / count(product.tags) > 0",
]
_OF = {
    "Field": [
        '@.dataset == "orders"',
        "@.required",
        "@.classification is present and @.classification >= internal",
        '(@.steps > 2 or @.name == "name")',
        "(@.weight otherwise 0.5) > 0.5",
        "some tag in @.tags satisfies tag == @.name",
    ],
    "Dataset": ['@.name == "orders"', "count(f2 in @.fields where f2.required) > 0"],
    "String": ['@ == "a"', "length(@) > 2"],
    "Change": ["@.breaks_consumers", '@.kind == "field-removed"'],
    "PiiFinding": ['@.kind == "pii.email"', "@.confidence > 0.5"],
}
_DAYS = [
    *[("2026-06-15", "2026-06-15"), ("2026-01-01", "2026-12-31"), ("2026-06-01", "2026-06-30")] * 3,
    ("2026-01-01", "2026-06-14"), ("2026-06-16", "2026-12-31"),
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Policies, with and without waivers of them."""

    text: str
    waivers: str
    found: CheckedSet
    plan: Plan
    without: Plan


def _planned(text: str, *waivers: str) -> tuple[CheckedSet, Plan]:
    found, errors = checked(text, waivers=waivers, tables=TABLES)
    assert not errors, [(one.code, one.message, one.span.text) for one in errors]
    plan, problems = compile_policies(found)
    assert not problems, [one.message for one in problems]
    return found, plan


def _conditions(rule: CheckedRule) -> list[str]:
    """What can be asked of the subjects of a rule."""
    found = ["", "", "", *_OF_PRODUCT]
    for name, items in rule.loops:
        kind = str(items.type.of) if isinstance(items.type, Many) else ""
        found += 2 * [template.replace("@", name) for template in _OF.get(kind, [])]
    return found


@st.composite
def cases(draw: st.DrawFn) -> Case:
    text = draw(policies()).replace('  owner "o"\n', '  owner "o"\n  waivable by council for at most 2y\n', 1)
    found, without = _planned(text)
    rules = [rule for policy in found.policies for rule in policy.rules]
    texts = ["package test.waivers"]
    for number in range(draw(st.integers(1, 6))):
        rule = draw(st.sampled_from(rules))
        of, conditions = draw(
            st.sampled_from([(rule.name, _conditions(rule)), ("test.global.p", ["", "", *_OF_PRODUCT])])
        )
        condition = draw(st.sampled_from(conditions))
        granted, until = draw(st.sampled_from(_DAYS))
        products = draw(st.sampled_from([*['"shop", "orders", "b"'] * 4, '"b"']))
        where = f" where {condition}" if condition else ""
        texts.append(
            f"waiver w{number}\n  of {of}\n  for product {products}{where}\n  granted {granted}\n  until {until}\n"
            '  because "r"\n  approved by "c"'
        )
    waivers = "\n\n".join(texts)
    found, plan = _planned(text, waivers)
    return Case(text, waivers, found, plan, without)


def results(plan: Plan, world: World) -> dict[str, RuleResult]:
    inputs = Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan_rows(world))
    return {result.rule: result for result in evaluate(plan, inputs)}


@given(cases(), worlds())
def test_it_means_what_the_reference_says(case: Case, world: World) -> None:
    note(f"{case.text}\n{case.waivers}")
    came = results(case.plan, world)
    for name, judged in interpret(case.found, world).items():
        result = came[name]
        assert result.outcome.value == judged.outcome, (name, result)
        assert Counter(one.subject for one in result.violations) == Counter(one.subject for one in judged.failing)
        said = [(one.violation.subject, one.waivers) for one in result.waived]
        assert Counter(said) == Counter(judged.waived)
    assert results(decode(encode(case.plan)), world) == came


@given(cases(), worlds())
def test_nothing_else_changes(case: Case, world: World) -> None:
    note(f"{case.text}\n{case.waivers}")
    before, after = results(case.without, world), results(case.plan, world)
    named = {waiver.rule for waiver in case.plan.waivers}
    for name, result in after.items():
        if not result.waived:
            assert result == before[name]
            continue
        assert name in named
        assert before[name].outcome is Outcome.FAIL
        together = (*result.violations, *(one.violation for one in result.waived))
        assert sorted(together, key=repr) == sorted(before[name].violations, key=repr)
        assert result.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}
        assert (result.outcome is Outcome.FAIL) is bool(result.violations)


@given(cases(), worlds())
def test_indeterminate_never_becomes_compliant(case: Case, world: World) -> None:
    note(f"{case.text}\n{case.waivers}")
    before, after = (conclude(results(plan, world).values()) for plan in (case.without, case.plan))
    assert before is Verdict.NON_COMPLIANT or after is before
