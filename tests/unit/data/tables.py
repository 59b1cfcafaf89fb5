"""Small products and files for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from policy_engine.data.model import Answer, Metric
from policy_engine.data.scan import scan
from policy_engine.data.source import open_source
from policy_engine.plan.expressions import Call, Column, Const, Constant, Expr, Pattern
from policy_engine.plan.types import BOOL, DECIMAL, REGEX, STRING
from policy_engine.product.model import Dataset, Field, Place, Product, Value


def field(name: str, type_: str | None = None, *, dataset: str = "t", required: bool = False, **more: Any) -> Field:
    """A field of dataset `t`, unless another is named."""
    return Field(name=name, path=f"{dataset}.{name}", dataset=dataset, type=type_, required=required, **more)


def product(*fields: Field, places: Mapping[str, Place] | None = None) -> Product:
    """A product of the datasets that the fields name."""
    names = dict.fromkeys(each.dataset for each in fields)
    datasets = tuple(Dataset(name=name, fields=tuple(f for f in fields if f.dataset == name)) for name in names)
    return Product(id="p", file="p.yaml", format="", digest="", places=places or {}, datasets=datasets, fields=fields)


def utc(**more: Value) -> dict[str, Any]:
    """A custom property that says timestamps without zone are UTC."""
    return {"custom": {"timezone": "UTC", **more}}


def column(name: str) -> Column:
    """A column that the policy reads after saying what a null means."""
    return Column(name, guarded=True)


def bare(name: str) -> Column:
    """A column that the policy reads without saying what a null means."""
    return Column(name, guarded=False)


def const(value: Constant) -> Const:
    """A constant; its static type matters to no test that uses this."""
    return Const(value, STRING if isinstance(value, str) else REGEX if isinstance(value, Pattern) else DECIMAL)


def call(function: str, *args: Expr | Constant) -> Call:
    """A call, with constants written as they are."""
    wrapped = tuple(arg if hasattr(arg, "type") else const(arg) for arg in args)  # type: ignore[arg-type]
    return Call(function, wrapped, BOOL)


def write_parquet(
    path: Path, rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]], schema: Any = None
) -> Path:
    """A Parquet file of rows or columns."""
    table = pa.table(rows, schema=schema) if isinstance(rows, Mapping) else pa.Table.from_pylist(list(rows), schema)
    pq.write_table(table, path)
    return path


def ask(of: Product, path: Path, metric: Metric, *, sampled: bool = False) -> Answer:
    """The answer to one metric about dataset `t`."""
    return scan(of, {"t": open_source("t", path, sampled=sampled)}, [metric])[metric]
