"""YAML means what YAML 1.2 says, keys are never lost, and hostile files cost little."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from policy_engine.errors import ProductError
from policy_engine.product.text import read_document


def values(text: str) -> dict[str, object]:
    return dict(read_document(text.encode(), "f").root)


def refusal(text: str) -> ProductError:
    with pytest.raises(ProductError) as caught:
        read_document(text.encode(), "f")
    return caught.value


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "off", "y", "1:30", "2024-01-01", "0b1", "1_000", ".nan", "-.inf", "0o8"]
)
def test_what_only_yaml_1_1_resolves_stays_text(text: str) -> None:
    assert values(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("True", True),
        ("FALSE", False),
        ("010", 10),
        ("-3", -3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.10", Decimal("1.10")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal(1000)),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!float 1", Decimal(1)),
        ("!!null ''", None),
    ],
)
def test_scalars_have_the_meaning_of_the_core_schema(text: str, value: object) -> None:
    found = values(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_decimal_keeps_its_last_zero() -> None:
    assert str(values("version: 1.10")["version"]) == "1.10"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "f:3:1: the key `a` occurs twice in one mapping"),
        ('{"a": 1, "a": 2}', "f:1:10: the key `a` occurs twice in one mapping"),
        ("1: x", "f:1:1: a key `1` is not text"),
        ("true: x", "f:1:1: a key `true` is not text"),
        ("? [a]\n: x", "f:1:3: a key is a list or a mapping"),
        ("a: 1\n---\nb: 2", "f:2:1: the file holds several documents"),
        ("a: !secret x", "f:1:4: the tag `!secret` is not read here"),
        ("a: !!python/object:os.system x", "f:1:4: the tag `!!python/object:os.system` is not read here"),
        ("a: !!set {b}", "f:1:4: the tag `!!set` is not read here"),
        ("a: !!int x", "f:1:4: `x` is no `int`"),
        ("a: &x [1, *x]", "f:1:4: an alias stands inside what it repeats"),
        ("a: &x {<<: *x}", "f:1:4: an alias stands inside what it repeats"),
        ("a: *x", "f:1:4: an alias has no anchor"),
        ("a: &x {b: 1}\nc: {<<: [*x, 1]}", "f:2:14: `<<` merges something that is no mapping"),
        ("a: 1e99999", "f:1:4: a number is too long to be read exactly"),
        (f"a: {'9' * 5000}", "f:1:4: a number is too long to be read exactly"),
        ("a: b: c", "f:1:5: a `:` is not expected here"),
        ("a:\n\tb: c", "f:2:1: a character stands here that begins nothing"),
        ("a: 'b", "f:1:6: the file ends inside a quoted text"),
        ("a: [b", "f:2:1: a `,` or a closing bracket is missing"),
    ],
)
def test_a_refusal_names_line_column_and_reason(text: str, message: str) -> None:
    error = refusal(text)
    assert str(error) == message
    assert error.help


def test_merged_keys_give_way_to_own_keys_and_to_earlier_merges() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\n"
    document = read_document(text.encode(), "f")
    assert document.root["c"] == {"x": 1, "y": 1, "z": 3}
    assert (document.places["/c/z"].line, document.places["/c/x"].line) == (4, 1)


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    assert values('a: {"<<": 1}')["a"] == {"<<": 1}


def test_pointers_escape_slash_and_tilde() -> None:
    places = read_document(b"a/b:\n  c~d: 1\n", "f").places
    assert (places["/a~1b/c~0d"].line, places["/a~1b/c~0d"].column) == (2, 3)


def bomb(link: str) -> str:
    levels = "bcdefghijklmnop"
    lines = [f"{here}: &{here} {link.format(before)}" for before, here in zip("a" + levels, levels, strict=False)]
    return "a: &a {x: [1, 1, 1, 1]}\n" + "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb("[*{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}]"),
        bomb("{{<<: [*{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}]}}"),
        "a: [" + "1, " * 600_000 + "1]",
    ],
    ids=["aliases", "merges", "elements"],
)
def test_a_file_that_expands_beyond_the_limit_is_refused_within_seconds(text: str) -> None:
    started = time.monotonic()
    assert "more than 500,000 elements" in str(refusal(text))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_deep_nesting_is_refused_before_it_costs_anything(text: str) -> None:
    assert "elements are nested more than 64 deep" in str(refusal(text))


def test_aliases_that_nest_beyond_the_limit_are_refused() -> None:
    chain = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{x: *a{i - 1}}}\n" for i in range(1, 70))
    assert "nested more than 64 deep" in str(refusal(chain))
