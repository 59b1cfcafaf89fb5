"""How large a product is, as far as the cost of rules depends on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Any

from policy_engine.evaluation.cost import ALL_CHARACTERS, CHARACTERS
from policy_engine.plan.types import Entity, Sequence, required
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Element, Product
from policy_engine.product.vocabulary import VOCABULARY


@dataclass(frozen=True, slots=True)
class Bound:
    """What no list and no text of a product exceeds."""

    list: int
    characters: int


def bound(*products: Product | Unknown | None, changes: Sized | Unknown) -> Bound | None:
    """A bound that is found without looking into the products; None where only looking tells."""
    known = [product for product in products if isinstance(product, Product)]
    if not all(product.size and product.places for product in known):
        return None
    lists = [len(product.places) for product in known]
    return Bound(max(*lists, 0 if isinstance(changes, Unknown) else len(changes), 1), max(one.size for one in known))


def measure(*products: Product | Unknown | None, changes: Sized | Unknown) -> dict[str, int]:
    """The longest list of each kind, and the longest text."""
    measured = _Measured()
    for product in products:
        if isinstance(product, Product):
            measured.visit("Product", product)
    sizes = dict(measured.sizes)
    sizes["changes"] = 0 if isinstance(changes, Unknown) else len(changes)
    sizes["list"] = max(size for name, size in sizes.items() if name not in {CHARACTERS, ALL_CHARACTERS})
    return sizes


class _Measured:
    def __init__(self) -> None:
        self.sizes: dict[str, int] = defaultdict(int, {CHARACTERS: 1, "custom": 1})
        self._seen: set[int] = set()

    def visit(self, kind: str, one: Any) -> None:
        """Measure a part of a product, and its own parts."""
        if id(one) in self._seen:
            return
        self._seen.add(id(one))
        for name, info in VOCABULARY.get(kind, {}).items():
            if info.from_data:
                continue
            self._value(
                name if kind == "Product" else f"{kind.lower()}.{name}", required(info.type), getattr(one, name)
            )
        if isinstance(one, Element):
            self._stated(one.custom)

    def _value(self, name: str, of: Any, value: Any) -> None:
        if isinstance(value, str):
            self._text(value)
        elif isinstance(of, Entity) and value is not None:
            self.visit(of.name, value)
        elif isinstance(of, Sequence) and value is not None:
            self.sizes[name] = max(self.sizes[name], len(value))
            for item in value:
                self._value(name, of.of, item)

    def _stated(self, value: Any) -> None:
        if isinstance(value, str):
            self._text(value)
        elif isinstance(value, Mapping):
            for item in value.values():
                self._stated(item)
        elif isinstance(value, tuple):
            self.sizes["custom"] = max(self.sizes["custom"], len(value))
            for item in value:
                self._stated(item)

    def _text(self, value: str) -> None:
        self.sizes[CHARACTERS] = max(self.sizes[CHARACTERS], len(value))
        self.sizes[ALL_CHARACTERS] += len(value)
