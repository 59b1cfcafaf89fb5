"""Durations and versions are ordered totally, and moving along the calendar keeps the order of what is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.plan.values import Duration, Version, duration, parse_version, shift, show_duration

DURATIONS = st.builds(
    Duration,
    st.integers(-1200, 1200),
    st.one_of(st.integers(-(10**15), 10**15), st.integers(-40, 40).map(lambda n: n * 86_400_000_000)),
)
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
IDENTIFIERS = st.sampled_from(["0", "1", "01", "10", "rc", "alpha", "a1", "-", "1a", "00"])
VERSIONS = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 12), st.lists(IDENTIFIERS, max_size=3)).map(
    lambda t: f"{t[0]}.{t[1]}.{t[2]}" + (f"-{'.'.join(t[3])}" if t[3] else "")
)


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


def assert_total_order(a: Any, b: Any, c: Any) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a <= b) == (not a > b) == (a < b or a == b)
    assert (a < b) == (b > a)
    if a == b:
        assert hash(a) == hash(b)
    if a <= b <= c:
        assert a <= c


@given(DURATIONS, DURATIONS, DURATIONS)
def test_durations_are_ordered_totally(a: Duration, b: Duration, c: Duration) -> None:
    assert_total_order(a, b, c)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_versions_are_ordered_totally(a: str, b: str, c: str) -> None:
    assert_total_order(version(a), version(b), version(c))


def test_versions_are_ordered_as_semver_says() -> None:
    rising = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"]
    rising += ["1.0.0-rc.1", "1.0.0", "1.0.1", "1.2", "2"]
    assert sorted(sorted(rising), key=version) == rising


@pytest.mark.parametrize("text", ["", "1.", "1.0.0-", "1.0.0-a..b", "1.0.0-.a", "a", "1.0.0.0", "1,0", "\u0661.0.0"])
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse_version(text) is None


@given(DURATIONS, DURATIONS)
def test_adding_durations_keeps_their_order(a: Duration, b: Duration) -> None:
    assert a + b == b + a
    assert a - b == a + -b
    assert (a + b > a) == (b > Duration())


def test_a_month_is_its_mean_length() -> None:
    assert duration(4800, "mo") == duration(146_097, "d") == duration(400, "y")
    assert duration(2555, "d") < duration(7, "y") == duration(84, "mo")


@given(MOMENTS, st.integers(-2400, 2400))
def test_shifting_by_months_stays_on_the_day_or_the_last_of_the_month(moment: datetime, months: int) -> None:
    try:
        moved = shift(moment, Duration(months=months))
    except OverflowError:
        assert not 1 <= moment.year + (moment.month - 1 + months) // 12 <= 9999
        return
    assert (moved.year * 12 + moved.month) - (moment.year * 12 + moment.month) == months
    assert moved.time() == moment.time()
    assert moved.day == moment.day or (moved.day < moment.day and (moved + timedelta(days=1)).day == 1)


@given(MOMENTS, MOMENTS, st.integers(-2400, 2400))
def test_shifting_keeps_the_order_of_days(a: datetime, b: datetime, months: int) -> None:
    by = Duration(months=months)
    try:
        first, second = shift(a, by), shift(b, by)
    except OverflowError:
        return
    if a.date() < b.date():
        assert first.date() <= second.date()


@given(MOMENTS, st.integers(-(10**15), 10**15))
def test_shifting_by_exact_time_is_undone(moment: datetime, microseconds: int) -> None:
    by = Duration(microseconds=microseconds)
    try:
        assert shift(shift(moment, by), -by) == moment
    except OverflowError:
        assert moment.year < 40 or moment.year > 9960


@given(st.integers(-500, 500), st.integers(-400, 400))
def test_a_duration_reads_as_what_it_is(months: int, hours: int) -> None:
    text = show_duration(Duration(months, hours * 3_600_000_000))
    total = Duration()
    sign = 1
    inside = 1
    for word in text.replace("(", " ( ").replace(")", " ) ").replace("-", " - ").split():
        if word in {"+", "-"}:
            sign = -1 if word == "-" else sign if inside == -1 else 1
            continue
        if word in {"(", ")"}:
            inside = sign if word == "(" else 1
            continue
        number = word.rstrip("yhmodins")
        one = duration(int(number), word[len(number) :])
        total = total + one if (sign if inside == 1 else inside) == 1 else total - one
    assert (total.months, total.microseconds) == (months, hours * 3_600_000_000), text
