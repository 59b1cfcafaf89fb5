"""Contracts for tests: the published ones, and small ones written here."""

from __future__ import annotations

from pathlib import Path

from policy_engine.product import Product, parse_product, read_product

DATA = Path(__file__).parents[2] / "data"
HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: shop\nstatus: active\n"


def published(name: str) -> Product:
    """One of the standard's own examples."""
    return read_product(DATA / "odcs" / f"{name}.odcs.yaml", name=name)


def contract(body: str = "", *, head: str = HEAD) -> Product:
    """A product from the lines that follow the four which every contract has."""
    return parse_product((head + body).encode(), "shop.yaml")


def remarks(product: Product) -> list[str]:
    """What was not understood, with the line."""
    return [f"{remark.place.line}: {remark.message}" for remark in product.not_understood]
