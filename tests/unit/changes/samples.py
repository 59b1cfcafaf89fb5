"""Pairs of contracts for tests: one dataset, one field, and what is said of them before and after."""

from __future__ import annotations

from pathlib import Path

from policy_engine.changes.compare import compare
from policy_engine.changes.model import Change
from policy_engine.product import Product, parse_product, read_product

DATA = Path(__file__).parents[2] / "data"


def contract(body: str = "", version: str = "1.0.0") -> Product:
    """A product from the lines that follow the head."""
    head = f"apiVersion: v3.1.0\nkind: DataContract\nid: shop\nstatus: active\nversion: {version}\n"
    return parse_product((head + body).encode(), "shop.yaml")


def with_field(field: str, version: str = "1.0.0") -> Product:
    """One dataset `orders` with the field `f`, of which `field` is said."""
    return contract(f"schema:\n  - name: orders\n    properties:\n      - {{name: f, {field}}}\n", version)


def cities(version: int) -> Product:
    """The published contract in three versions."""
    return read_product(DATA / "schema-evolution" / f"odcs-datacontract-cities-version-{version}.yaml")


def changes(old: Product, new: Product) -> list[Change]:
    """All changes but what is said of the version."""
    return [change for change in compare(old, new) if change.path != "version"]


def only(old: str, new: str) -> Change:
    """The one change of the field `f`."""
    (change,) = changes(with_field(old), with_field(new, "2.0.0"))
    return change
