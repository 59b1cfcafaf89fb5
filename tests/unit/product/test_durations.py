"""Lengths of time as metadata spells them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.plan.values import Duration, duration
from policy_engine.product.durations import read_duration


@pytest.mark.parametrize(
    ("spelling", "meaning"),
    [
        ("7y", duration(7, "y")),
        ("P7Y", duration(84, "mo")),
        ("P1Y6M", duration(18, "mo")),
        ("PT24H", duration(1, "d")),
        ("P2W", duration(14, "d")),
        ("P1DT30M", Duration(microseconds=(24 * 60 + 30) * 60_000_000)),
        ("7 years", duration(7, "y")),
        ("24 hours", duration(24, "h")),
        ("90 days", duration(90, "d")),
        ("1 year, 6 months", duration(18, "mo")),
        ("0.5 y", duration(6, "mo")),
        ("1.5h", duration(90, "min")),
        ({"value": 7, "unit": "y"}, duration(7, "y")),
        ({"value": "7 Years"}, duration(7, "y")),
        ("7 yrs.", duration(7, "y")),
        ("90-day", duration(90, "d")),
        ("1 year and 6 months", duration(18, "mo")),
        ("1y6mo", duration(18, "mo")),
        ("2 quarters", duration(6, "mo")),
        ("250 ms", Duration(microseconds=250_000)),
        ("Daily", duration(1, "d")),
        ("quarterly", duration(3, "mo")),
        ("p90d", duration(90, "d")),
    ],
)
def test_a_spelling_is_read(spelling: object, meaning: Duration) -> None:
    assert read_duration(spelling) == meaning


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "7",
        7,
        True,
        None,
        "P",
        "PT",
        "forever",
        "5m",
        "0.3 mo",
        "7y for ever",
        "-1d",
        "٣d",
        {"years": 7},
        [],
        "7 and years",
        "and 7 years",
        "7 years and",
        "7--days",
        "secondly",
    ],
)
def test_what_is_no_duration_or_could_be_two_is_none(spelling: object) -> None:
    assert read_duration(spelling) is None


def test_a_number_takes_its_unit_from_beside_it() -> None:
    assert read_duration(4, "d") == duration(4, "d")
    assert read_duration(Decimal("1.5"), "hours") == duration(90, "min")
    assert read_duration("09:00-08:00", None) is None
    assert read_duration(250, "milliseconds") == Duration(microseconds=250_000)
    assert read_duration(" 3 ", " Years ") == duration(3, "y")


def test_a_unit_that_is_said_twice_counts_once_and_two_units_are_none() -> None:
    assert read_duration("7 years", "y") == duration(7, "y")
    assert read_duration("7 years", "d") is None
    assert read_duration("7 years 2 months", "y") is None
    assert read_duration("daily", "d") is None


@given(st.text(alphabet="PTYMWDHSpty0123456789. ,a", max_size=30))
def test_any_text_gives_a_duration_or_none(text: str) -> None:
    assert read_duration(text) is None or isinstance(read_duration(text), Duration)
