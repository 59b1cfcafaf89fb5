"""The engine answers as the reference does, whatever the table and whatever the question."""

from __future__ import annotations

import math
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.data import open_source, scan
from policy_engine.data.model import Count, Duplicates, Metric, Orphans, Reduce, RowCheck, SmallestGroup, Unavailable
from policy_engine.plan.expressions import And, Const, If, IsPresent, Not, Or, Otherwise, Pattern
from policy_engine.plan.types import DECIMAL, STRING, Sequence
from policy_engine.plan.values import Duration

from .reference import answer
from .tables import call, column, field, product, write_parquet

SCHEMA = pa.schema(
    {
        "i": pa.int64(),
        "d": pa.decimal128(12, 3),
        "f": pa.float64(),
        "s": pa.string(),
        "b": pa.bool_(),
        "t": pa.timestamp("us", tz="UTC"),
        "y": pa.date32(),
    }
)
TYPES = {
    "i": "integer",
    "d": "number",
    "f": "number",
    "s": "string",
    "b": "boolean",
    "t": "timestamp",
    "y": "date",
}
PRODUCT = product(*(field(name, type_, dataset=ds) for ds in ("t", "o") for name, type_ in TYPES.items()))

TEXTS = st.text(st.sampled_from("aAbz09 _-é💡\n\t'\"\\%"), max_size=4)
FLOATS = st.floats(width=64) | st.sampled_from([0.0, -0.0, 0.1, 1.5, math.nan, math.inf, -math.inf])
DECIMALS = st.decimals(-999_999, 999_999, places=3) | st.sampled_from([Decimal(0), Decimal("0.100"), Decimal(2)])
INTEGERS = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "i": st.none() | INTEGERS,
            "d": st.none() | DECIMALS,
            "f": st.none() | FLOATS,
            "s": st.none() | TEXTS,
            "b": st.none() | st.booleans(),
            "t": st.none() | MOMENTS,
            "y": st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1)),
        }
    ),
    max_size=12,
)

LITERALS = st.one_of(
    st.integers(-5, 5), st.integers(-(10**12), 10**12), st.fractions(-100, 100, max_denominator=40)
).map(lambda value: Const(value, DECIMAL))
NUMBERS = st.recursive(
    st.sampled_from([column("i"), column("d")]) | LITERALS,
    lambda inner: st.builds(call, st.sampled_from("+-*/"), inner, inner) | st.builds(call, st.just("negate"), inner),
    max_leaves=3,
)
APPROXIMATE = st.one_of(
    st.just(column("f")),
    st.builds(lambda value: call("+", column("f"), value), LITERALS),
    st.builds(lambda value: call("/", value, column("f")), LITERALS),
    st.just(call("*", column("f"), column("i"))),
)
WORDS = st.one_of(
    st.just(column("s")),
    TEXTS.map(lambda value: Const(value, STRING)),
    st.just(call("trim", column("s"))),
    TEXTS.map(lambda value: call("+", column("s"), value)),
    st.builds(lambda value: Otherwise(column("s"), Const(value, STRING), STRING), TEXTS),
)
ORDERS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
TIMES = st.sampled_from([column("t"), column("y"), call("date", column("t"))]) | MOMENTS.map(
    lambda value: Const(value, DECIMAL)
)
PATTERNS = st.sampled_from([r"^a", r"\d", r"\w$", r"a.b", r"^[a-z]+$", r"\s", r"\bA\b", r"^$", r"'|\\"]).map(Pattern)
TESTS = st.one_of(
    st.builds(call, ORDERS, NUMBERS, NUMBERS),
    st.builds(call, ORDERS, APPROXIMATE, APPROXIMATE | LITERALS | st.just(column("d"))),
    st.builds(call, ORDERS, WORDS, WORDS),
    st.builds(call, ORDERS, TIMES, TIMES),
    st.builds(call, st.just("matches"), WORDS, PATTERNS),
    st.builds(call, st.sampled_from(["starts_with", "ends_with", "contains"]), WORDS, WORDS),
    st.builds(call, ORDERS, WORDS.map(lambda text: call("length", text)), LITERALS),
    st.builds(
        lambda item, members: call("in", item, Const(tuple(members), Sequence(STRING))),
        WORDS,
        st.lists(TEXTS, max_size=3),
    ),
    st.builds(
        lambda members: call("in", column("i"), Const(tuple(members), Sequence(DECIMAL))), st.lists(st.integers(-3, 3))
    ),
    st.builds(
        lambda order, days: call(
            order, call("-", column("t"), column("y")), Duration(microseconds=days * 86_400_000_000)
        ),
        ORDERS,
        st.integers(-10, 10),
    ),
    st.builds(
        lambda order, name, months, hours: call(
            order, call("+", column(name), Duration(months, hours * 3_600_000_000)), column("t")
        ),
        ORDERS,
        st.sampled_from("ty"),
        st.integers(-30, 30),
        st.integers(-100, 100),
    ),
    st.sampled_from([IsPresent(column(name)) for name in TYPES]),
    st.just(column("b")),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(And, inner, inner),
        st.builds(Or, inner, inner),
        st.builds(Not, inner),
        st.builds(lambda a, b, c: If(a, b, c, a.type), inner, inner, inner),
    ),
    max_leaves=4,
)
METRICS = st.one_of(
    st.builds(Count, st.just("t"), CONDITIONS),
    st.builds(RowCheck, st.just("t"), st.none() | CONDITIONS, CONDITIONS),
    st.builds(
        Reduce,
        st.sampled_from(["sum", "mean", "min", "max", "distinct"]),
        st.just("t"),
        st.sampled_from([column("i"), column("d"), column("f")])
        | LITERALS.map(lambda value: call("*", value, column("d"))),
        st.none() | CONDITIONS,
    ),
    st.builds(
        Reduce,
        st.sampled_from(["min", "max", "distinct"]),
        st.just("t"),
        st.sampled_from([column("s"), column("t"), column("y")]),
        st.none() | CONDITIONS,
    ),
    st.builds(
        lambda names: Duplicates("t", tuple(names)),
        st.lists(st.sampled_from("idfsbty"), min_size=1, max_size=2, unique=True),
    ),
    st.builds(
        lambda names: SmallestGroup("t", tuple(names)),
        st.lists(st.sampled_from("idfsbty"), min_size=1, max_size=3, unique=True),
    ),
    st.sampled_from("idsbty").map(lambda name: Orphans("t", name, "o", name)),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, others=ROWS, metrics=st.lists(METRICS, min_size=4, max_size=10))
def test_the_engine_answers_as_the_reference_does(
    rows: list[dict[str, Any]], others: list[dict[str, Any]], metrics: list[Metric]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources = {
            name: open_source(name, write_parquet(Path(folder) / f"{name}.parquet", table, SCHEMA))
            for name, table in (("t", rows), ("o", others))
        }
        answers = scan(PRODUCT, sources, metrics)
    tables = {"t": rows, "o": others}
    for metric in metrics:
        found = answers[metric]
        if isinstance(found, Unavailable):
            assert _may_be_refused(found), metric
        else:
            assert _same(found, answer(metric, tables)), metric


def _may_be_refused(found: Unavailable) -> bool:
    """What exactness forbids to answer."""
    return any(
        words in found.reason
        for words in ("38 digits", "decimal places", "a quotient of two columns", "exact quotient")
    )


def _same(found: object, expected: object) -> bool:
    if isinstance(expected, float):
        return isinstance(found, float) and (found == expected or (math.isnan(found) and math.isnan(expected)))
    return type(found) in (type(expected), Fraction, int) and found == expected
