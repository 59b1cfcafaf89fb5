"""Values and functions, where an example says more than a law."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from policy_engine.plan.kernels import KERNELS, split_words
from policy_engine.plan.values import Duration, Unknown, duration, shift, show_duration, show_fraction


@pytest.mark.parametrize(
    ("moment", "by", "found"),
    [
        (datetime(2024, 2, 29, tzinfo=UTC), duration(-1, "y"), datetime(2023, 2, 28, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), duration(-1, "mo"), datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), duration(1, "mo"), datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), duration(1, "h"), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), Duration(), datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_shifting_follows_the_calendar(moment: datetime, by: Duration, found: datetime) -> None:
    assert shift(moment, by) == found


@pytest.mark.parametrize(
    "by", [duration(-2026, "y"), duration(7974, "y"), duration(10**9, "y"), duration(-(10**15), "d")]
)
def test_there_is_no_day_beyond_the_calendar(by: Duration) -> None:
    with pytest.raises(OverflowError):
        shift(datetime(2026, 6, 15, tzinfo=UTC), by)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Duration(), "0s"),
        (duration(7, "y"), "7y"),
        (duration(-7, "y"), "-7y"),
        (duration(14, "mo"), "1y + 2mo"),
        (duration(-14, "mo"), "-(1y + 2mo)"),
        (duration(1, "mo") - duration(1, "d"), "1mo - 1d"),
        (duration(1, "d") - duration(14, "mo"), "1d - (1y + 2mo)"),
        (Duration(microseconds=1_500_000), "1.5s"),
        (duration(90, "min"), "1h + 30min"),
    ],
)
def test_a_duration_is_written_in_the_languages_units(value: Duration, text: str) -> None:
    assert show_duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(199, 200), "0.995"),
        (Fraction(-1, 4), "-0.25"),
        (Fraction(1, 3), "~0.333333"),
        (Fraction(-2, 3), "~-0.666667"),
        (Fraction(10**400 + 1, 3), f"~{(10**400 + 1) // 3}.666667"),
        (Fraction(5), "5"),
    ],
)
def test_a_fraction_is_written_exactly_or_says_that_it_is_not(value: Fraction, text: str) -> None:
    assert show_fraction(value) == text


def test_unknown_is_never_taken_for_true_or_false() -> None:
    with pytest.raises(TypeError):
        bool(Unknown("no data"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("employeeId", ("employee", "id")),
        ("HTTPServer2", ("http", "server", "2")),
        ("order_id", ("order", "id")),
        ("__x--y", ("x", "y")),
        ("", ()),
        ("ÄrzteNummer", ("ärzte", "nummer")),
    ],
)
def test_words_of_a_name(name: str, words: tuple[str, ...]) -> None:
    assert split_words(name) == words


@pytest.mark.parametrize(
    ("tags", "term", "expected"),
    [
        (("pii",), "pii", True),
        (("pii.email",), "pii", True),
        (("pii_email", "piii"), "pii", False),
        (("pii",), "pii.email", False),
        ((), "pii", False),
    ],
)
def test_a_tag_is_its_term_or_below_it(tags: tuple[str, ...], term: str, expected: bool) -> None:
    assert KERNELS["has_tag"](tags, term) is expected


def test_time_between_two_days_is_exact() -> None:
    assert KERNELS["elapsed"](date(2026, 3, 1), date(2026, 2, 1)) == duration(28, "d")
