"""Products, their data, and what is known besides, for hypothesis; and two ways to answer questions about the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from policy_engine.data.model import (
    Answer,
    Count,
    Duplicates,
    Metric,
    Orphans,
    Personal,
    Reduce,
    RowCheck,
    RowCheckAnswer,
    SmallestGroup,
    Unavailable,
    ValueEvidence,
)
from policy_engine.data.scan import scan as real_scan
from policy_engine.data.source import open_source
from policy_engine.evaluation.model import Attested
from policy_engine.plan.canonical import Digest
from policy_engine.plan.expressions import Column, Expr
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Constraints, Dataset, Field, Owner, Product
from policy_engine.verdict import Stage

from .build import NO_PREVIOUS, NOW, changes_from
from .interpreter import World, identity, readable, reduce, row_value

Row = dict[str, Any]
Scan = Callable[[Iterable[Metric]], Mapping[Metric, Answer]]

_SCHEMAS = {
    "orders": {
        "id": pa.int64(),
        "amount": pa.decimal128(12, 2),
        "price": pa.float64(),
        "name": pa.string(),
        "at": pa.timestamp("us", tz="UTC"),
        "day": pa.date32(),
        "ok": pa.bool_(),
    },
    "items": {"order_id": pa.int64(), "sku": pa.string()},
}
_TYPES = {
    "id": "integer", "amount": "number", "price": "number", "name": "string", "at": "timestamp", "day": "date",
    "ok": "boolean", "order_id": "integer", "sku": "string",
}  # fmt: skip
_NAMES = ["a", "b", "", "é", "e\u0301", "日本", "𐍈", "שלום", "ẞ", " a ", "ab@example.org", "aa"]


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy, strategy)


_CUSTOM = st.fixed_dictionaries(
    {},
    optional={
        "masking": st.sampled_from(["none", "hash", "hsah", 3, True]),
        "weight": st.sampled_from([1, Decimal("0.5"), "0.5", "50%", "heavy", "1e5", True, ("x",)]),
        "codes": st.sampled_from([(), (1,), (3, 3), (1, "2"), ("x",), 3, None]),
        "levels": st.sampled_from([(), ("public",), ("internal", "confidential"), ("privat",), "public"]),
        "checked": st.sampled_from([True, False, "true", "yes", 1]),
        "steps": st.sampled_from([0, 3, "4", Decimal("2.0"), Decimal("2.5"), "many", None]),
    },
)


@st.composite
def _field(draw: st.DrawFn, dataset: str, name: str) -> Field:
    never_null = name in {"id", "order_id"}
    return Field(
        name=name,
        path=f"{dataset}.{name}",
        dataset=dataset,
        type=draw(st.sampled_from([_TYPES[name], _TYPES[name], None])),
        physical_type="double" if name == "price" else None,
        required=never_null or draw(st.integers(0, 5)) == 5,
        primary_key=name == "id" and draw(st.booleans()),
        classification=draw(st.sampled_from([None, "public", "internal", "confidential", "privat", ""])),
        tags=draw(st.sampled_from([(), ("pii",), ("pii.email", "x"), ("pii_no",)])),
        constraints=Constraints(
            minimum=draw(st.sampled_from([None, Decimal("1.5"), "low", Decimal(3)])),
            max_length=draw(st.sampled_from([None, 5])),
        ),
        custom=draw(_CUSTOM),
    )


_OF_DATASETS = {
    "kept": st.sampled_from(["P1Y", "12 months", "long", 7]),
    "since": st.sampled_from(["2026-01-01T00:00Z", "2026-01-01T00:30:00+02:00", "2026-01-01T00:00", "soon"]),
}


@st.composite
def products(draw: st.DrawFn) -> Product:
    """A shop's orders and items, each perhaps not there, with gaps and faults in what is stated."""
    datasets = []
    for name, schema in _SCHEMAS.items():
        if draw(st.integers(0, 9)) == 9:
            continue
        fields = tuple(draw(_field(name, column)) for column in schema if column == "id" or draw(st.integers(0, 6)) < 6)
        custom = draw(st.fixed_dictionaries({}, optional=_OF_DATASETS))
        physical = f"t_{name}" if draw(st.booleans()) else None
        datasets.append(Dataset(name=name, physical_name=physical, fields=fields, custom=custom))
    return Product(
        id=draw(st.sampled_from(["shop", "orders", "b"])),
        file="shop.yaml",
        format="",
        digest="0" * 64,
        places={},
        name=draw(st.sampled_from([None, "Shop", "a"])),
        owner=draw(st.sampled_from([None, Owner(name="ada"), Owner(name="Bob")])),
        tags=draw(st.sampled_from([(), ("x",), ("x", "x", "pii.email")])),
        custom=draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "born": st.sampled_from(["2024-02-29", "2026-02-30", "0001-01-01", 2024]),
                    "release": st.sampled_from(["1.2.3", "2.0.0-rc.1", "v3", "x", 1]),
                },
            )
        ),
        datasets=tuple(datasets),
        fields=tuple(one for dataset in datasets for one in dataset.fields),
    )


_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_CELLS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(0, 4),
    "order_id": _maybe(st.integers(0, 5)),
    "amount": _maybe(
        st.sampled_from([Decimal("0.00"), Decimal("0.10"), Decimal("2.00"), Decimal("-1.50"), Decimal("9999999999.99")])
    ),
    "price": _maybe(
        st.sampled_from([0.0, 0.1, 0.3, 2.0, float("nan"), float("inf"), float("-inf"), -0.1, 5e-324, -0.0])
    ),
    "name": _maybe(st.sampled_from(_NAMES)),
    "sku": _maybe(st.sampled_from(_NAMES)),
    "at": _maybe(
        st.sampled_from(
            [NOW, datetime(2026, 6, 1, tzinfo=UTC), datetime(2020, 2, 29, 1, 2, 3, tzinfo=UTC), _FIRST, _LAST]
        )
    ),
    "day": _maybe(st.sampled_from([date(2026, 6, 15), date(2024, 2, 29), date.min, date.max])),
    "ok": _maybe(st.booleans()),
}


@st.composite
def tables(draw: st.DrawFn, *, complete: bool = False) -> dict[str, list[Row]]:
    """Rows of both datasets; one or both may not be given."""
    given = [name for name in _SCHEMAS if complete or draw(st.integers(0, 4)) < 4]
    return {
        name: draw(st.lists(st.fixed_dictionaries({column: _CELLS[column] for column in _SCHEMAS[name]}), max_size=6))
        for name in given
    }


def evidence_of(rows: Sequence[Row], column: str) -> tuple[ValueEvidence, ...]:
    """What a finder of e-mail addresses, and of nothing else, would say."""
    values = [str(row[column]) for row in rows if row[column] is not None]
    found = sum("@" in value for value in values)
    return (ValueEvidence("pii.email", len(values), found, found, found),) if found else ()


@st.composite
def worlds(draw: st.DrawFn, *, complete: bool = False) -> World:
    """Everything that a verdict depends on."""
    product = draw(products())
    previous = draw(st.sampled_from([NO_PREVIOUS, None, "older"]))
    before = draw(products()) if previous == "older" else previous
    assert before is None or isinstance(before, Unknown | Product)
    data = draw(tables(complete=complete))
    evidence = {(name, column): evidence_of(rows, column) for name, rows in data.items() for column in _SCHEMAS[name]}
    return World(
        product=product,
        previous=before,
        changes=changes_from(before, product),
        now=NOW,
        stage=draw(st.sampled_from([Stage.CHANGE, Stage.PUBLISH, Stage.RUN, Stage.RUN])),
        data={name: [_exact(row) for row in rows] for name, rows in data.items()},
        evidence=evidence,
        unordered=frozenset({"ok"}),
        counted=tuple(draw(st.lists(_COUNTS, max_size=2))),
    )


_COUNTS = st.dictionaries(st.sampled_from(sorted(_SCHEMAS)), st.integers(0, 9))


def attested(world: World) -> tuple[Attested, ...]:
    """What was counted of earlier versions, as attestations recorded it, the last one first."""
    return tuple(
        Attested(Digest(str(age) * 64), None, NOW - timedelta(days=age), counts)
        for age, counts in enumerate(world.counted)
    )


def _exact(row: Row) -> Row:
    return {name: Fraction(value) if isinstance(value, Decimal) else value for name, value in row.items()}


# ---------------------------------------------------------------- answers


def scan_rows(world: World) -> Scan:
    """Answers from the rows themselves, one by one."""

    def scan(metrics: Iterable[Metric]) -> dict[Metric, Answer]:
        return {metric: _answer(world, metric) for metric in metrics}

    return scan


def _answer(world: World, metric: Metric) -> Any:
    rows = world.data.get(metric.dataset)
    known = {one.path.partition(".")[2]: one for one in world.product.fields if one.dataset == metric.dataset}
    if rows is None:
        return Unavailable("no data was given")
    if not all(readable(part, known) for part in _expressions(metric)):
        return Unavailable("a column is not there, or may be null")
    match metric:
        case Count(_, condition):
            return len(_kept(rows, condition))
        case RowCheck(_, when, require):
            applies = [True if when is None else row_value(when, row) for row in rows]
            subjects = [number for number, one in enumerate(applies, start=1) if one is not False]
            wrong = [n for n in subjects if applies[n - 1] is not True or row_value(require, rows[n - 1]) is not True]
            return RowCheckAnswer(len(rows), len(subjects), len(wrong), tuple(wrong[:5]))
        case Reduce("min" | "max", _, Column(name=name)) if name in world.unordered:
            return Unavailable("no order")
        case Reduce(kind, _, value, condition):
            values = [found for row in _kept(rows, condition) if (found := row_value(value, row)) is not None]
            return reduce(kind, values, len(values))
        case Duplicates(_, fields):
            if not set(fields) <= known.keys():
                return Unavailable("no such column")
            keys = [key for row in rows if None not in (key := tuple(identity(row[name]) for name in fields))]
            return len(keys) - len(set(keys))
        case SmallestGroup(_, fields):
            if not set(fields) <= known.keys():
                return Unavailable("no such column")
            groups = Counter(tuple(identity(row[name]) for name in fields) for row in rows)
            return min(groups.values(), default=None)
        case Orphans(_, field, other, other_field):
            if other not in world.data:
                return Unavailable("no data was given")
            there = {row[other_field] for row in world.data[other]}
            return sum(row[field] is not None and row[field] not in there for row in rows)
        case Personal(dataset, field):
            return world.evidence[dataset, field]


def _kept(rows: Sequence[Row], condition: Expr | None) -> list[Row]:
    return [row for row in rows if condition is None or row_value(condition, row) is True]


def _expressions(metric: Metric) -> list[Expr]:
    match metric:
        case Count(_, condition):
            found: list[Expr | None] = [condition]
        case RowCheck(_, when, require):
            found = [when, require]
        case Reduce(_, _, value, condition):
            # a value that is null does not count, so that it needs no guard
            found = [condition] if type(value).__name__ == "Column" else [value, condition]
        case _:
            found = []
    return [one for one in found if one is not None]


def scan_files(world: World, folder: Path) -> Scan:
    """Answers of the data engine, from Parquet files."""
    sources = {}
    for name, rows in world.data.items():
        written = [{k: _decimal(v) for k, v in row.items()} for row in rows]
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(written, pa.schema(_SCHEMAS[name])), path)
        sources[name] = open_source(name, path)

    def scan(metrics: Iterable[Metric]) -> Mapping[Metric, Answer]:
        asked = list(metrics)
        personal = {m: _answer(world, m) for m in asked if isinstance(m, Personal)}
        return {**real_scan(world.product, sources, [m for m in asked if m not in personal]), **personal}

    return scan


def _decimal(value: Any) -> Any:
    return Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
