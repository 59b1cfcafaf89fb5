"""The text of a configuration file: what it means, and everything that can be wrong with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_engine.configuration import Configuration, Output, Own, find
from policy_engine.configuration.document import EXPECTED, Document, OutputDocument, OwnDocument
from policy_engine.configuration.lines import line_of
from policy_engine.configuration.read import parse, read
from policy_engine.configuration.schema import render_schema
from policy_engine.errors import ConfigurationError
from policy_engine.reporting.formats import FORMATS

SCHEMA = Path(__file__).parents[3] / "docs/reference/schemas/policy-engine.schema.json"
FULL = """\
global = ["starter", "council"]
local = "policies"
waivers = "waivers"
products = ["contracts/*.odcs.yaml"]
tests = "tests"
previous = "none"
stage = "publish"
baseline = "known.json"
title = "Policies of sales"

[data]
orders = "data/orders.csv"

[sampled]
clicks = "data/clicks.csv"

[[output]]
format = "json"
file = "out/report.json"

[product."sales.returns"]
local = []
previous = "published/returns.odcs.yaml"
previous-attestation = "published/returns.attestation.json"
data.returns = "data/returns/*.parquet"
"""


def _parse(text: str, file: str = "shop/policy-engine.toml") -> Configuration:
    return parse(text.encode(), Path(file))


def _problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as found:
        _parse(text)
    assert found.value.help
    return [line.strip() for line in str(found.value).splitlines()[1:]]


def test_every_key_is_read_and_paths_are_relative_to_the_file() -> None:
    assert _parse(FULL) == Configuration(
        file=Path("shop/policy-engine.toml"),
        global_=(Path("starter"), Path("shop/council")),
        local=(Path("shop/policies"),),
        waivers=(Path("shop/waivers"),),
        products=(Path("shop/contracts/*.odcs.yaml"),),
        tests=(Path("shop/tests"),),
        data=("orders=shop/data/orders.csv",),
        sampled=("clicks=shop/data/clicks.csv",),
        previous="none",
        stage="publish",
        baseline=Path("shop/known.json"),
        title="Policies of sales",
        outputs=(Output("json", Path("shop/out/report.json")),),
        own=(
            (
                "sales.returns",
                Own(
                    local=(),
                    data=("returns=shop/data/returns/*.parquet",),
                    previous="shop/published/returns.odcs.yaml",
                    earlier=(Path("shop/published/returns.attestation.json"),),
                ),
            ),
        ),
    )


def test_the_folder_of_a_glob_is_no_glob() -> None:
    assert _parse('products = "*.yaml"', "a[1]/policy-engine.toml").products == (Path("a[[]1]/*.yaml"),)


def test_an_empty_file_says_nothing() -> None:
    assert _parse("") == Configuration(file=Path("shop/policy-engine.toml"))


def test_everything_that_is_wrong_is_said_at_once_with_its_line() -> None:
    text = """\
globals = "policies"
local = 3
stage = "pubish"
tests = [1, "pages"]
title = ""

[data]
orders = ["a.csv", "b.csv"]

[product."sales.orders"]
locl = "policies"
data = "orders.csv"
domain = "sales"

[product]
returns = 1979-05-27

[[output]]
formt = "json"
file = "a.json"
"""
    assert _problems(text) == [
        "line 1: there is no key `globals`; did you mean `global`?",
        "line 2: `local` has to be a path, or a list of paths; it is a number",
        "line 3: `stage` has to be `change`, `publish` or `run`; it is `pubish`",
        "line 4: `tests` has to be a path, or a list of paths; it is a number",
        "line 5: `title` has to be a text; it is an empty text",
        'line 8: `data.orders` has to be a table of paths, such as `orders = "data/orders.parquet"`; it is a list',
        'line 11: there is no key `product."sales.orders".locl`; did you mean `local`?',
        'line 12: `product."sales.orders".data` has to be a table of paths, such as `orders = "data/orders.parquet"`; '
        "it is `orders.csv`",
        'line 13: there is no key `product."sales.orders".domain`',
        'line 16: `product.returns` has to be a table, written below `[product."ID"]`; it is a date or a time',
        f"line 18: `output.format` is missing: one of {', '.join(FORMATS)}",
        "line 19: there is no key `output.formt`; did you mean `format`?",
    ]


@pytest.mark.parametrize("key", ["key", "keyring", "as-of", "passphrase-file", "show-values"])
def test_what_signs_and_what_shows_values_is_never_taken_from_a_file(key: str) -> None:
    assert _problems(f'{key} = "x"')[0].startswith(f"line 1: there is no key `{key}`")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"global = ", "is no TOML: invalid value (at end of document)", id="no TOML"),
        pytest.param(b'global = "\xff"', "is not UTF-8", id="no UTF-8"),
        pytest.param(b"#" * (1024 * 1024 + 1), "is larger than", id="too large"),
        pytest.param(b"x = " + b"[" * 5000, "is no TOML", id="too deep"),
    ],
)
def test_what_is_no_configuration_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError, match="policy-engine") as found:
        parse(content, Path("policy-engine.toml"))
    assert said in str(found.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        pytest.param("a = 1\nb = 2\n", ("b",), 2, id="a key"),
        pytest.param("[t]\nx = 1\n[u]\nx = 1\n", ("u", "x"), 4, id="a key of a table"),
        pytest.param('[t."a.b"]\n"c d" = 1\n', ("t", "a.b", "c d"), 2, id="quoted"),
        pytest.param("t.a.b = 1\n", ("t", "a"), 1, id="dotted"),
        pytest.param("x = 1\nt = {a = 1}\n", ("t", "a"), 2, id="inline"),
        pytest.param("\n[[o]] # one\na = 1\n[[o]]\nb = 1\n", ("o", "b"), 5, id="a list of tables"),
        pytest.param("a = 1\n", ("z",), 1, id="nowhere"),
    ],
)
def test_lines_of_keys(text: str, path: tuple[str, ...], line: int) -> None:
    assert line_of(text, path) == line


def test_every_key_has_its_meaning_and_says_what_it_holds() -> None:
    for model in (Document, OwnDocument, OutputDocument):
        for field in model.model_fields.values():
            assert field.description
            assert field.alias in EXPECTED


def test_the_schema_for_editors_is_current() -> None:
    if os.environ.get("GOLDEN"):
        SCHEMA.write_text(render_schema(), encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == render_schema()


def test_the_file_is_looked_for_upwards_and_not_beyond_the_repository(tmp_path: Path) -> None:
    inside = tmp_path / "repo/contracts/sales"
    inside.mkdir(parents=True)
    above = tmp_path / "policy-engine.toml"
    above.touch()
    assert find(inside) == find(inside / "*.yaml") == find(inside / "none" / "[a-z]*") == above.resolve()
    (tmp_path / "repo/.git").mkdir()
    assert find(inside) is None
    own = tmp_path / "repo/policy-engine.toml"
    own.touch()
    assert find(inside) == own.resolve()
