"""A domain turns a knob as far as the council said, both ends included, and not one step further."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from reference.build import checked

from policy_engine.plan.values import duration as length
from policy_engine.plan.values import show_duration

COUNCIL = """package council
enum Level {{ low < middle < high < top }}
## P.
policy p
  owner "o"
{{
  param knob: {type} = {default}, domains may {freedom}
  ## R.
  rule r
    for f in product.fields
    require f.required
}}
"""
DOMAIN = "package shop\nimport council\nset council.p.knob = {value}\n"
LEVELS = ["low", "middle", "high", "top"]


def accepted(type_: str, default: str, freedom: str, value: str) -> tuple[bool, Any]:
    """Is the `set` accepted, and with what value?"""
    text = COUNCIL.format(type=type_, default=default, freedom=freedom)
    found, errors = checked(text, local=[DOMAIN.format(value=value)])
    assert {one.code for one in errors} <= {"CHK021"}
    return not errors, found.params["council.p.knob"].value


def written(kind: str, step: int) -> str:
    """The step-th value of a kind, in the language."""
    match kind:
        case "Int":
            return str(step)
        case "Decimal":
            return f"{step}.25"
        case "Duration":
            return f"{step}d"
        case "Date":
            return f"2026-01-{step + 1:02d}"
        case _:
            return LEVELS[step % 4]


KINDS = st.sampled_from(["Int", "Decimal", "Duration", "Date", "Level"])
STEPS = st.integers(0, 3)


def within(freedom: str, default: int, bound: int, value: int) -> bool:
    low, high = (default, bound) if freedom == "raise" else (bound, default)
    return low <= value <= high


@given(KINDS, st.sampled_from(["raise", "lower"]), STEPS, STEPS, STEPS)
def test_between_the_default_and_the_bound(kind: str, freedom: str, default: int, far: int, value: int) -> None:
    bound = max(default, far) if freedom == "raise" else min(default, far)
    type_ = "Level" if kind == "Level" else kind
    texts = [written(kind, step) for step in (default, bound, value)]
    is_accepted, in_force = accepted(type_, texts[0], f"{freedom} to {texts[1]}", texts[2])
    assert is_accepted == within(freedom, default, bound, value)
    kept = accepted(type_, texts[0], f"{freedom} to {texts[1]}", texts[0])[1]
    assert (in_force == kept) == (not is_accepted or value == default)


@given(st.lists(STEPS, min_size=1, max_size=4, unique=True), STEPS)
def test_among_the_choices(choices: list[int], value: int) -> None:
    listed = ", ".join(written("Level", step) for step in choices)
    is_accepted, in_force = accepted("Level", LEVELS[choices[0]], f"choose from {{{listed}}}", LEVELS[value])
    assert is_accepted == (value in choices)
    assert in_force == (LEVELS[value] if is_accepted else LEVELS[choices[0]])


@given(st.integers(1, 36), st.integers(1, 36), st.integers(1, 1100))
def test_durations_of_different_units_are_compared_by_their_length(months: int, more: int, days: int) -> None:
    bound = length(months + more, "mo")
    is_accepted, _ = accepted("Duration", f"{months}mo", f"raise to {months + more}mo", f"{days}d")
    assert is_accepted == (length(months, "mo") <= length(days, "d") <= bound), show_duration(bound)


@given(st.decimals(0, 1, places=4), st.decimals(0, 1, places=4))
def test_percents_are_bounded_exactly(bound: Any, value: Any) -> None:
    is_accepted, in_force = accepted("Decimal", "100%", f"lower to {bound * 100:f}%", f"{value * 100:f}%")
    assert is_accepted == (Fraction(value) >= Fraction(bound))
    assert in_force == (Fraction(value) if is_accepted else 1)
