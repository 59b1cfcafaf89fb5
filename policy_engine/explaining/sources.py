"""Where a value comes from: a line of the contract, files of data, a parameter, a definition, a row of a table, the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from policy_engine.changes.model import Change
from policy_engine.data.model import PiiFinding
from policy_engine.evaluation.evaluate import Inputs
from policy_engine.evaluation.questions import former_parts
from policy_engine.evaluation.texts import element_name
from policy_engine.explaining.facts import Facts
from policy_engine.explaining.places import in_product
from policy_engine.explaining.recording import Node
from policy_engine.plan.expressions import Ask, Attribute, Call, Custom, Expr, Local
from policy_engine.plan.model import TablePlan
from policy_engine.plan.origins import Origin
from policy_engine.plan.types import Entity, Sequence, required
from policy_engine.product.model import Dataset, Element, Field, Product

_ASKED: Final = {
    "duplicates": "repeated keys counted in",
    "k_anonymity": "rows of the smallest group counted in",
    "promises": "promises of the contract, and",
    "recent": "attestations of earlier versions of",
    "orphans": "values without a partner counted in",
    "pii": "names and values of",
}


@dataclass(frozen=True, slots=True)
class Sources:
    """Tells where values come from. `data` are the locations of data that was given, by dataset."""

    inputs: Inputs
    facts: Facts
    tables: Mapping[str, TablePlan]
    data: Mapping[str, str]

    def of(self, node: Node) -> tuple[str, ...]:
        """The sources of a value, best first."""
        match node.expr:
            case Attribute(name=name):
                return self._part(node, name)
            case Custom(key=key):
                return self._part(node, f"custom.{key}")
            case Local(name="now"):
                return ("--as-of, or else the clock",)
            case Local(name="previous") if isinstance(node.value, Product):
                return (node.value.file,)
            case Call(function="lookup", args=(table, _)):
                return self._row(table, node.value)
            case Call(function="field" | "dataset") if isinstance(node.value, Element):
                return (self._place(node.value, None),)
            case Ask():
                return self._asked(node)
            case _:
                return ()

    def defined(self, origin: Origin) -> tuple[str, ...]:
        """Where the definition is that was written there."""
        name = origin.definition or ""
        param = self.facts.param(name)
        if param is not None:
            return param.sources
        return (f"defined at {self.facts.places.of_span(origin.within.span)}",) if origin.within is not None else ()

    # ------------------------------------------------------------ contract

    def _part(self, node: Node, key: str) -> tuple[str, ...]:
        of = node.parts[0].value
        match of:
            case PiiFinding():
                return self._found(of, key)
            case Change(place=place):
                return (in_product(self.inputs.product, place),)
            case SimpleNamespace():
                return self._row(node.parts[0].expr, of)
            case Element():
                return self._stated(of, key, node.value)
            case _:
                return ()

    def _found(self, finding: PiiFinding, key: str) -> tuple[str, ...]:
        if key in {"kind", "confidence", "evidence"}:
            return (f"evidence: {finding.evidence}",)
        if not finding.scanned:
            return ("no value was looked at",)
        where = next((f" of {data}" for name, data in self.data.items() if finding.field.startswith(f"{name}.")), "")
        return (f"{finding.count:,} of {finding.scanned:,} values{where}",)

    def _stated(self, of: Element, key: str, value: Any) -> tuple[str, ...]:
        if key in of.pointers:
            return (self._place(of, key),)
        called = element_name(of) or "the product"
        where = self._place(of, None)
        if value in (None, (), False):
            return (f"not stated of `{called}`, {where}" if element_name(of) else f"not stated in {where}",)
        return (where,)

    def _place(self, of: Element, key: str | None) -> str:
        product = self._product(of)
        pointer = of.pointer if key is None else of.pointers[key]
        where = in_product(product, product.places.get(pointer) if pointer else None).rpartition("/")[2]
        return where if product is self.inputs.product else f"previous version, {where}"

    def _product(self, of: Element) -> Product:
        """The version that the element is part of."""
        previous = self.inputs.previous
        if not isinstance(previous, Product) or previous is self.inputs.product:
            return self.inputs.product
        others = (previous, previous.owner, *previous.ports, *previous.slas)
        is_former = any(of is one for one in others) or id(of) in former_parts(previous)
        return previous if is_former else self.inputs.product

    # ------------------------------------------------------------ tables and data

    def _row(self, table: Expr, row: Any) -> tuple[str, ...]:
        of = required(table.type)
        entity = of.of if isinstance(of, Sequence) else of
        found = self.tables.get(entity.name) if isinstance(entity, Entity) else None
        if found is None:
            return ()
        file = self.facts.table_file(found.name)
        cells = tuple(vars(row).values()) if isinstance(row, SimpleNamespace) else None
        number = next((at for at, one in enumerate(found.rows, start=2) if one == cells), None)
        return (f"{file}:{number}" if number is not None else f"no row of {file}",)

    def _asked(self, node: Node) -> tuple[str, ...]:
        assert isinstance(node.expr, Ask)
        of = node.subject
        if not isinstance(of, Dataset | Field):
            return ()
        dataset = of.name if isinstance(of, Dataset) else of.dataset
        if node.expr.kind == "pii" and dataset not in self.data:
            return (f"the name of `{element_name(of)}`; its values were not given",)
        if dataset not in self.data:
            return ()
        return (f"{_ASKED.get(node.expr.kind, 'computed over')} {self.data[dataset]}",)
