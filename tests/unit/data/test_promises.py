"""What a contract promises of its data: as few passes as the metrics take, and answers as in plain Python."""

from __future__ import annotations

import re
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.data import open_source, scan
from policy_engine.data.promises import Promise, judged, pledges
from policy_engine.data.promises.bounds import Bounds, NotUnderstoodError, read_bounds
from policy_engine.data.session import Session
from policy_engine.product.read import parse_product

from .tables import write_parquet

CONTRACT = b"""apiVersion: v3.1.0
kind: DataContract
id: shop
schema:
- name: t
  properties:
  - {name: id, logicalType: integer, primaryKey: true}
  - {name: n, logicalType: integer, required: true, logicalTypeOptions: {minimum: -1, exclusiveMaximum: 2}}
  - {name: s, logicalType: string, unique: true, logicalTypeOptions: {pattern: '^a', maxLength: 2, enum: [a, ab, b]}}
"""
PRODUCT = parse_product(CONTRACT, "shop.yaml")
SCHEMA = pa.schema({"id": pa.int64(), "n": pa.int64(), "s": pa.string()})
NUMBERS = st.none() | st.integers(-2, 3)
TEXTS = st.none() | st.sampled_from(["a", "ab", "b", "abc", ""])
ROWS = st.lists(st.fixed_dictionaries({"id": NUMBERS, "n": NUMBERS, "s": TEXTS}), min_size=1, max_size=8)


def promised(path: Path, product: Any = PRODUCT) -> list[Promise]:
    (dataset,) = product.datasets
    found = pledges(dataset)
    sources = {dataset.name: open_source(dataset.name, path)}
    answers = scan(product, sources, [metric for one in found for metric in one.metrics])
    return [judged(one, lambda metric: answers[metric], sampled=False) for one in found]


def repeated(values: list[Any]) -> int:
    there = [value for value in values if value is not None]
    return len(there) - len(set(there))


def broken(rows: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """How often each promise is broken, by the meaning of the words."""
    ids, numbers, texts = ([row[name] for row in rows] for name in ("id", "n", "s"))
    there = [text for text in texts if text is not None]
    return {
        ("t", "primary_key"): repeated(ids),
        ("t.id", "type"): 0,
        ("t.id", "required"): ids.count(None),
        ("t.n", "type"): 0,
        ("t.n", "required"): numbers.count(None),
        ("t.n", "minimum"): sum(number < -1 for number in numbers if number is not None),
        ("t.n", "exclusive_maximum"): sum(number >= 2 for number in numbers if number is not None),
        ("t.s", "type"): 0,
        ("t.s", "unique"): repeated(texts),
        ("t.s", "enum"): sum(text not in {"a", "ab", "b"} for text in there),
        ("t.s", "pattern"): sum(not re.search("^a", text) for text in there),
        ("t.s", "max_length"): sum(len(text) > 2 for text in there),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_each_promise_is_broken_as_often_as_plain_python_counts(rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = promised(write_parquet(Path(folder) / "t.parquet", rows, SCHEMA))
    expected = broken(rows)
    assert {(one.path, one.kind): one.count for one in found} == expected
    assert {(one.path, one.kind): one.is_kept for one in found} == {key: not count for key, count in expected.items()}


def test_the_promises_of_fifty_fields_are_one_query_and_one_for_each_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"f{index}" for index in range(50)]
    options = "{minimum: 0}"
    fields = "".join(
        f"  - {{name: {name}, logicalType: integer, required: true, logicalTypeOptions: {options}}}\n" for name in names
    )
    header = CONTRACT.decode().partition("  - ")[0]
    product = parse_product((header + "  - {name: k, logicalType: integer, unique: true}\n" + fields).encode(), "x")
    path = tmp_path / "t.csv"
    path.write_text(",".join(["k", *names]) + "\n" + ",".join("1" * 51) + "\n")
    asked: list[str] = []
    run = Session.rows

    def listen(self: Session, query: str, values: Any = None) -> Any:
        asked.append(query)
        return run(self, query, values)

    monkeypatch.setattr(Session, "rows", listen)
    found = promised(path, product)
    assert len(found) == 50 * 3 + 2
    assert all(one.is_kept is True for one in found)
    aggregates = sorted(query.partition("(")[0] for query in asked if "read_csv" in query)
    assert len(aggregates) <= 3, aggregates  # row by row; is the key readable; the key


@pytest.mark.parametrize(
    ("type_", "values", "wrong"),
    [
        ("integer", pa.array([1.0, 2.5, None]), 1),
        ("integer", pa.array([1.0, float("nan")]), 1),
        ("integer", pa.array(["1", None]), 1),
        ("string", pa.array([1, 2]), 2),
        ("number", pa.array([1.5, None]), 0),
        ("boolean", pa.array([1, 0]), 2),
        ("date", pa.array([0], pa.date32()), 0),
        ("timestamp", pa.array([0], pa.timestamp("us")), 0),
        ("array", pa.array([[1]]), 0),
    ],
)
def test_a_column_of_parquet_has_the_promised_type(type_: str, values: pa.Array, wrong: int, tmp_path: Path) -> None:
    header = CONTRACT.decode().partition("  - ")[0]
    product = parse_product(f"{header}  - {{name: v, logicalType: {type_}}}\n".encode(), "x")
    path = tmp_path / "t.parquet"
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"v": values}), path)
    (promise,) = promised(path, product)
    assert (promise.kind, promise.count, promise.is_kept) == ("type", wrong, not wrong)


@pytest.mark.parametrize(
    ("operator", "limit", "kept", "broken_by"),
    [
        ("mustBe", 2, 2, 3),
        ("mustNotBe", 2, 3, 2),
        ("mustBeGreaterThan", 2, 3, 2),
        ("mustBeGreaterOrEqualTo", 2, 2, 1),
        ("mustBeLessThan", 2, 1, 2),
        ("mustBeLessOrEqualTo", 2, 2, 3),
        ("mustBeBetween", (2, 3), 3, 4),
        ("mustNotBeBetween", (2, 3), 4, 3),
    ],
)
def test_every_operator_of_the_standard(operator: str, limit: Any, kept: int, broken_by: int) -> None:
    bounds = read_bounds({operator: limit}, None, None)
    assert bounds.hold(Fraction(kept))
    assert not bounds.hold(Fraction(broken_by))


@given(
    st.sampled_from(["mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeLessThan", "mustBeLessOrEqualTo"]),
    st.integers(0, 5),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_what_is_exceeded_is_broken_by_every_greater_number(operator: str, limit: int, number: int, more: int) -> None:
    bounds = Bounds(((operator, (Fraction(limit),)),))
    if bounds.are_exceeded(Fraction(number)):
        assert not bounds.hold(Fraction(number + more))


@pytest.mark.parametrize("stated", [{"mustBe": True}, {"mustBe": "0"}, {"mustBeBetween": (1,)}, {"mustBeBetween": 1}])
def test_a_bound_that_is_no_number_is_not_guessed(stated: Any) -> None:
    with pytest.raises(NotUnderstoodError):
        read_bounds(stated, None, None)
