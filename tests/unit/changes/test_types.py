"""A type becomes another: what consumers and retained data make of it, whatever the system calls it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.changes.datatype import read_type

from .samples import changes, only, with_field


def physical(type_: str, options: str = "") -> str:
    return f"physicalType: '{type_}'" + (f", logicalTypeOptions: {{{options}}}" if options else "")


@pytest.mark.parametrize(
    ("old", "new", "kind", "consumers", "history"),
    [
        ("int", "bigint", "type-widened", True, False),
        ("bigint", "int", "type-narrowed", False, True),
        ("int unsigned", "bigint", "type-widened", True, False),
        ("int", "int unsigned", "type-changed", True, True),
        ("int8", "bigint", "type-changed", True, True),
        ("real", "double precision", "type-widened", True, False),
        ("double", "float4", "type-narrowed", True, True),
        ("int", "double", "type-changed", True, False),
        ("int", "decimal(12,2)", "type-changed", True, False),
        ("int", "decimal(10,2)", "type-changed", True, True),
        ("bigint", "double", "type-changed", True, True),
        ("int", "real", "type-changed", True, True),
        ("decimal(10,2)", "double", "type-changed", True, True),
        ("decimal(10,2)", "decimal(12,2)", "type-widened", True, False),
        ("decimal(10,2)", "decimal(12,4)", "type-changed", True, True),
        ("decimal(10,2)", "decimal(10,4)", "type-changed", True, True),
        ("decimal(10,2)", "decimal(8,2)", "type-narrowed", False, True),
        ("decimal(10,2)", "decimal(10,0)", "type-narrowed", False, True),
        ("decimal", "decimal(10,2)", "type-changed", True, True),
        ("varchar(10)", "varchar(20)", "type-widened", False, False),
        ("varchar(10)", "text", "type-widened", False, False),
        ("varchar(20)", "varchar(10)", "type-narrowed", False, True),
        ("text", "varchar(10)", "type-narrowed", False, True),
        ("char(2)", "char(3)", "type-changed", True, True),
        ("char(2)", "varchar(2)", "type-changed", True, True),
        ("int", "varchar(20)", "type-changed", True, True),
        ("text", "bytea", "type-changed", True, True),
        ("timestamptz", "timestamp without time zone", "type-changed", True, True),
        ("timestamp(3) with time zone", "timestamp(6) with time zone", "type-changed", False, True),
        ("timestamp", "timestamptz", "type-changed", True, True),
        ("date", "timestamp", "type-changed", True, True),
        ("int", "int[]", "type-changed", True, True),
        ("array<int>", "array<bigint>", "type-changed", True, True),
        ("Name", "Address", "type-changed", True, True),
        ("int", "Money2", "type-changed", True, True),
    ],
)
def test_a_step_between_physical_types_is_judged_by_the_table(
    old: str, new: str, kind: str, consumers: bool, history: bool
) -> None:
    change = only(physical(old), physical(new))
    assert (change.kind, change.before, change.after) == (kind, old, new)
    assert (change.breaks_consumers, change.breaks_history) == (consumers, history)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("int", "INTEGER"),
        ("varchar(10)", "CHARACTER VARYING( 10 )"),
        ("numeric(10)", "decimal(10,0)"),
        ("Name", "name"),
    ],
)
def test_two_spellings_of_one_type_are_no_change(old: str, new: str) -> None:
    assert changes(with_field(physical(old)), with_field(physical(new))) == []


def test_what_nobody_can_know_is_for_review() -> None:
    assert only(physical("Name"), physical("Address")).severity == "review"
    assert only(physical("int"), "logicalTypeOptions: {}").severity == "review"


def test_declared_bounds_that_fit_the_old_type_make_a_wider_one_harmless() -> None:
    fits, too_wide = "minimum: 0, maximum: 2147483647", "minimum: 0, maximum: 2147483648"
    for bounds, breaks in ((fits, False), (too_wide, True), ("maximum: 5", True)):
        change = only(physical("int", bounds), physical("bigint", bounds))
        assert (change.kind, change.breaks_consumers) == ("type-widened", breaks)
    cents = "minimum: -99.99, maximum: 99.99"
    assert not only(physical("decimal(4,2)", cents), physical("decimal(40,2)", cents)).breaks_consumers


@pytest.mark.parametrize(
    ("old", "new", "kind", "history"),
    [
        ("logicalType: integer", "logicalType: string", "type-changed", True),
        ("logicalType: integer", "logicalType: number", "type-changed", True),
        ("logicalType: object", "logicalType: array", "type-changed", True),
        ("logicalType: integer", "tags: []", "type-withdrawn", False),
    ],
)
def test_a_step_between_logical_types_breaks_consumers(old: str, new: str, kind: str, history: bool) -> None:
    change = only(old, new)
    assert (change.kind, change.breaks_consumers, change.breaks_history) == (kind, True, history)


def test_a_type_that_is_stated_for_the_first_time_is_harmless_if_it_fits_what_was_said() -> None:
    assert only("logicalType: integer", "logicalType: integer, physicalType: bigint").kind == "type-stated"
    assert only("tags: []", "physicalType: bigint").severity == "info"
    assert only("logicalType: integer", "logicalType: integer, physicalType: text").severity == "review"


def test_width_and_zone_among_the_options_are_types_too() -> None:
    narrow = "logicalType: integer, logicalTypeOptions: {format: i32}"
    wide = "logicalType: integer, logicalTypeOptions: {format: i64}"
    assert only(narrow, wide).kind == "type-widened"
    assert only(wide, narrow).kind == "type-narrowed"
    zoned = "logicalType: timestamp, logicalTypeOptions: {timezone: true}"
    assert only(zoned, zoned.replace("true", "false")).breaks_history


def test_one_change_of_type_in_logical_and_physical_words_is_one_change() -> None:
    change = only("logicalType: integer, physicalType: int", "logicalType: string, physicalType: text")
    assert (change.before, change.after) == ("int", "text")


@given(st.text(max_size=40), st.integers(0, 10**12))
def test_any_spelling_is_a_type_or_unknown(text: str, size: int) -> None:
    for spelling in (text, f"decimal({size},{size})", f"array<{text}", f"{text}[]"):
        found = read_type(spelling)
        assert found is None or found.family
