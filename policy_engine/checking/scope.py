"""What is visible where: the names an expression can use, and which optional values are known to be present."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from policy_engine.checking.model import CheckedParam, CheckedTable, Function
from policy_engine.checking.narrowing import NOTHING, Facts
from policy_engine.diagnostics import Diagnostic, Label, Span
from policy_engine.linking import Declared, LinkedSet
from policy_engine.plan.expressions import Const, Expr, Local
from policy_engine.plan.origins import Origins
from policy_engine.plan.types import ANY, TIMESTAMP, Entity, Optional, Sequence, Type
from policy_engine.product.vocabulary import VOCABULARY

PRODUCT = Entity("Product")
CHANGES = Sequence(Entity("Change"))

#: What every expression sees.
ROOTS: Mapping[str, Type] = {
    "product": PRODUCT,
    "previous": Optional(PRODUCT),
    "changes": CHANGES,
    "now": TIMESTAMP,
}

#: Stands for an expression that already has a diagnostic.
WRONG = Const(None, ANY)


@dataclass(slots=True)
class Context:
    """One run of checking: the linked set, what was found so far, and the diagnostics."""

    linked: LinkedSet
    diagnostics: list[Diagnostic] = field(default_factory=list)
    attributes: dict[tuple[str, str], tuple[Type, str | None]] = field(default_factory=dict)
    tables: dict[str, CheckedTable] = field(default_factory=dict)
    params: dict[str, CheckedParam] = field(default_factory=dict)
    constants: dict[str, Expr] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    costs: dict[str, tuple[int, int]] = field(default_factory=dict)
    origins: Origins = field(default_factory=Origins)

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        help: str = "",  # noqa: A002
        related: tuple[Label, ...] = (),
    ) -> Const:
        """Note a diagnostic; returns what stands for the wrong expression."""
        self.diagnostics.append(Diagnostic(code, message, span, label, help, related))
        return WRONG

    def attribute(self, entity: str, name: str) -> tuple[Type, str | None, bool] | None:
        """Type, custom key, and whether an `attribute` declares it; None where the entity has no such part."""
        declared = self.attributes.get((entity, name))
        if declared is not None:
            return declared[0], declared[1], True
        info = VOCABULARY.get(entity, {}).get(name)
        if info is not None:
            return info.type, None, False
        table = self.tables.get(entity)
        column = dict(table.columns).get(name) if table is not None else None
        return None if column is None else (column, None, False)

    def attribute_names(self, entity: str) -> Iterator[str]:
        """Every part an entity has."""
        yield from VOCABULARY.get(entity, {})
        yield from (name for of, name in self.attributes if of == entity)
        if entity in self.tables:
            yield from (name for name, _ in self.tables[entity].columns)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands. `rows` is the name of the loop variable that stands for a row or a value, if any."""

    declared: Declared
    locals: Mapping[str, Expr]
    params: Mapping[str, str] = field(default_factory=dict)
    present: Facts = NOTHING
    rows: str | None = None

    def bind(self, name: str, value: Expr) -> Scope:
        """With one more variable."""
        return replace(self, locals={**self.locals, name: value})

    def knowing(self, facts: Facts) -> Scope:
        """With more values known to be present."""
        return replace(self, present=self.present | facts)

    def over_rows(self, name: str) -> Scope:
        """Inside a loop over rows or values."""
        return replace(self, rows=name)


def file_scope(declared: Declared) -> Scope:
    """What an expression of a declaration sees, before any variable of its own."""
    return Scope(declared, {name: Local(name, of) for name, of in ROOTS.items()})


def locate(declared: Declared, path: str) -> tuple[str | None, str]:
    """The package, as far as it is visible here, and the name in it that a dotted path means."""
    package, _, last = path.rpartition(".")
    if not package:
        return declared.package, last
    if package in declared.imports:
        return declared.imports[package], last
    return (package if package in {*declared.imports.values(), declared.package} else None), last
