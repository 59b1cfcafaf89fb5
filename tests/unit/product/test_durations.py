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
    ],
)
def test_a_spelling_is_read(spelling: object, meaning: Duration) -> None:
    assert read_duration(spelling) == meaning


@pytest.mark.parametrize(
    "spelling",
    ["", "7", 7, True, None, "P", "PT", "forever", "5m", "0.3 mo", "7y for ever", "-1d", "٣d", {"years": 7}, []],
)
def test_what_is_no_duration_or_could_be_two_is_none(spelling: object) -> None:
    assert read_duration(spelling) is None


def test_a_number_takes_its_unit_from_beside_it() -> None:
    assert read_duration(4, "d") == duration(4, "d")
    assert read_duration(Decimal("1.5"), "hours") == duration(90, "min")
    assert read_duration("09:00-08:00", None) is None


@given(st.text(alphabet="PTYMWDHSpty0123456789. ,a", max_size=30))
def test_any_text_gives_a_duration_or_none(text: str) -> None:
    assert read_duration(text) is None or isinstance(read_duration(text), Duration)
