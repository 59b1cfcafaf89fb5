"""Functions that look into the product or into reference tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from policy_engine.plan.values import Unknown
from policy_engine.product.model import Dataset, Field, Product


def find_field(product: Product, path: str) -> Field | Unknown:
    """The field with this path; or with this name, where only one has it."""
    for field in product.fields:
        if field.path == path:
            return field
    named = [field for field in product.fields if field.name == path]
    if len(named) == 1:
        return named[0]
    if named:
        return Unknown(f"several fields are called `{path}`: {', '.join(field.path for field in named[:3])}")
    return Unknown(f"this product has no field `{path}`")


def find_dataset(product: Product, name: str) -> Dataset | Unknown:
    """The dataset with this name, or with this physical name."""
    for dataset in product.datasets:
        if dataset.name == name:
            return dataset
    for dataset in product.datasets:
        if dataset.physical_name == name:
            return dataset
    return Unknown(f"this product has no dataset `{name}`")


def lookup(rows: Sequence[Any], key: Any) -> Any:
    """The first row whose first column is the key; None where there is none."""
    for row in rows:
        if next(iter(vars(row).values())) == key:
            return row
    return None


PRODUCT_KERNELS: Final[Mapping[str, Callable[..., Any]]] = {
    "field": find_field,
    "dataset": find_dataset,
    "lookup": lookup,
}
