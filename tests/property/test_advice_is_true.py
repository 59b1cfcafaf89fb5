"""What the linter says of conditions holds for every product, and mending what it offers to mend changes no result."""

from __future__ import annotations

from datetime import date

from hypothesis import given, note, settings
from hypothesis import strategies as st
from reference.build import HEADER, field, judge, plan_of, product
from reference.policies import TABLES, policies

from policy_engine.checking import check
from policy_engine.diagnostics import Level
from policy_engine.linking import Unit, link
from policy_engine.linting import apply, lint
from policy_engine.linting.truth import truth
from policy_engine.plan.codec import plan_digest
from policy_engine.plan.layer import Layer
from policy_engine.syntax import ast, format_policies, parse

DAY = date(2026, 6, 15)
#: Names of many lengths, with and without tags, so that bounds have something on both sides.
PRODUCT = product(
    *(field(name, tags=tags) for name in ("a", "b", "ab", "abc", "abcd") for tags in ((), ("x",), ("x", "y"))),
)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> str:
    """A condition on a field `f` that is often constant."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        number = draw(st.sampled_from(["0", "1", "2", "3", "-1", "1.5"]))
        names = st.sampled_from(['"a"', '"b"', "f.name", '"ab"'])
        compare = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
        sides = [draw(st.sampled_from(["length(f.name)", "count(f.tags)", "1", "2"])), number]
        if draw(st.booleans()):
            sides.reverse()
        return draw(
            st.sampled_from(
                [
                    f"{sides[0]} {compare} {sides[1]}",
                    f"{sides[0]} {compare} {sides[1]}",
                    f"f.name {compare} {draw(names)}",
                    "f.name in []",
                    "f.unique",
                    "true",
                ]
            )
        )
    if draw(st.integers(0, 4)) == 0:
        return f"not ({draw(conditions(depth=depth - 1))})"
    word = draw(st.sampled_from([" and ", " or "]))
    parts = draw(st.lists(conditions(depth=depth - 1), min_size=2, max_size=3))
    return word.join(
        f"({part})" if draw(st.booleans()) or " or " in part or " and " in part else part for part in parts
    )


def _policy(text: str) -> ast.Policy:
    tree, _, _ = parse("p.policy", text.encode())
    assert tree is not None
    return next(node for node in tree.declarations if isinstance(node, ast.Policy))


def _fixed(text: str) -> str:
    """The text after all its fixes."""
    for _ in range(10):
        tree, _, problems = parse("p.policy", text.encode())
        assert tree is not None
        linked, more = link([Unit(Layer.GLOBAL, tree, TABLES)])
        checked, most = check(linked)
        assert not [one for one in (*problems, *more, *most) if one.level is Level.ERROR], text
        texts, mended = apply(lint(linked, checked, DAY))
        if not mended:
            return text
        (text,) = texts.values()
    raise AssertionError("fixing does not end")


@settings(max_examples=150, deadline=None)
@given(conditions())
def test_a_condition_that_is_said_to_be_constant_is(condition: str) -> None:
    text = HEADER.format(rules=f"  ## A rule.\n  rule r\n    for f in product.fields\n    require {condition}")
    known = truth(_policy(text).rules[0].require)
    result = judge(plan_of(text), PRODUCT)["r"]
    note(f"{condition}: {known}, {len(result.violations)} of {result.subjects}")
    if known is not None:
        assert len(result.violations) == (0 if known else result.subjects)


@settings(max_examples=100, deadline=None)
@given(conditions())
def test_fixing_a_condition_changes_no_result(condition: str) -> None:
    text = HEADER.format(rules=f"  ## A rule.\n  rule r\n    for f in product.fields\n    require {condition}")
    fixed = _fixed(text)
    note(fixed)
    before, after = (judge(plan_of(one), PRODUCT)["r"] for one in (text, fixed))
    assert [one.subject for one in before.violations] == [one.subject for one in after.violations]


@settings(max_examples=60, deadline=None)
@given(policies())
def test_advice_on_any_policy_can_be_followed_and_it_can_be_laid_out(text: str) -> None:
    fixed = _fixed(text)
    formatted, problems = format_policies("p.policy", fixed.encode())
    assert formatted is not None, problems
    assert plan_digest(plan_of(formatted, tables=TABLES)) == plan_digest(plan_of(fixed, tables=TABLES))
