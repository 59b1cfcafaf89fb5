"""From a name in a policy to a column: known to the contract, there in the file, and of which kind."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from policy_engine.data.casting import cast
from policy_engine.data.columns import SPOKEN, Cast, FileColumn, Kind, Relation
from policy_engine.data.formats.json_lines import member
from policy_engine.data.quoting import literal
from policy_engine.data.unanswerable import NoColumnError, UnanswerableError
from policy_engine.product.model import Dataset, Field, Product


@dataclass(frozen=True, slots=True)
class Bound:
    """A column that a metric reads. `required`: the contract says that it, and all it is part of, is never null."""

    path: str
    field: Field
    cast: Cast
    file: FileColumn
    required: bool
    contract: str

    def describe(self) -> str:
        """What the data and the contract say of its type, for reasons."""
        return f"`{self.path}` is {SPOKEN[self.cast.kind]} ({self.contract})"


class Binding:
    """The columns of one dataset, each bound when first asked for."""

    def __init__(self, product: Product, dataset: str, relation: Relation) -> None:
        self._product = product
        self._relation = relation
        self._dataset = find_dataset(product, dataset)
        self._bound: dict[str, Bound] = {}

    @property
    def relation(self) -> Relation:
        """The rows that the columns belong to."""
        return self._relation

    def fits(self) -> bool:
        """Whether the data has at least one column of the contract, if the contract names any."""
        tops = list(self._tops())
        known = {name.lower() for name in (*self._relation.columns, *self._relation.problems)}
        return not tops or any(name and name.lower() in known for top in tops for name in (top.physical_name, top.name))

    def column(self, path: str) -> Bound:
        """The column at `path` inside the dataset. Raises UnanswerableError where there is none to read."""
        if path not in self._bound:
            self._bound[path] = self._bind(path)
        return self._bound[path]

    def elements(self, path: str) -> tuple[str, Bound]:
        """The same for a field that may be inside lists: with the rows to read it from, one for each element."""
        chain = self._chain(path)
        relation, column = self._relation.sql, self._top(chain[0])
        for parent, field in pairwise(chain):
            if field.path == f"{parent.path}[].{field.name}":
                relation, column = _unnested(relation, column, parent)
            column = _part(column, parent, field)
        return relation, self._bound_to(path, chain, column)

    def _bind(self, path: str) -> Bound:
        if "[]" in path:
            self._chain(path)
            raise UnanswerableError(f"`{path}` is inside a list, which data cannot be asked about yet")
        return self.elements(path)[1]

    def _bound_to(self, path: str, chain: tuple[Field, ...], column: FileColumn) -> Bound:
        required = all(field.required or field.primary_key for field in chain)
        return Bound(path, chain[-1], cast(column, chain[-1]), column, required, self._contract(chain[-1]))

    def _chain(self, path: str) -> tuple[Field, ...]:
        wanted = f"{self._dataset.name}.{path}"
        paths = []
        for chain in _descend(self._tops(), ()):
            if chain[-1].path == wanted:
                return chain
            paths.append(chain[-1].path.removeprefix(f"{self._dataset.name}."))
        near = get_close_matches(path, paths, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise UnanswerableError(f"the contract's dataset `{self._dataset.name}` has no field `{path}`{hint}")

    def _tops(self) -> Iterator[Field]:
        """The fields that are columns, not parts of others."""
        return (field for field in self._dataset.fields if field.path == f"{self._dataset.name}.{field.name}")

    def _top(self, field: Field) -> FileColumn:
        names = [name for name in (field.physical_name, field.name) if name]
        columns, problems = self._relation.columns, self._relation.problems
        known = {*columns, *problems}
        found = next((name for name in names if name in known), None) or _alike(names, known)
        if found is None:
            raise NoColumnError(
                f"the data of `{self._dataset.name}` has no column `{names[0]}` ({self._contract(field)})"
            )
        if found in problems:
            raise UnanswerableError(f"column `{found}` of the data cannot be used: {problems[found]}")
        return columns[found]

    def _contract(self, field: Field) -> str:
        place = self._product.places.get(field.pointer)
        where = f", line {place.line}" if place else ""
        stated = field.type or field.physical_type
        return (f"the contract says `{stated}`" if stated else "the contract says nothing of its type") + where


def find_dataset(product: Product, name: str) -> Dataset:
    """The dataset called `name`."""
    found = next((dataset for dataset in product.datasets if dataset.name == name), None)
    if found is None:
        raise UnanswerableError(f"the contract has no dataset `{name}`")
    return found


def expect(bound: Bound, kinds: tuple[Kind, ...], use: str) -> None:
    """Raise UnanswerableError unless `bound` is of one of `kinds`."""
    if bound.cast.kind not in kinds:
        raise UnanswerableError(f"{bound.describe()}, but {use}")


def _descend(fields: Iterator[Field] | tuple[Field, ...], above: tuple[Field, ...]) -> Iterator[tuple[Field, ...]]:
    for field in fields:
        yield (*above, field)
        yield from _descend(field.fields, (*above, field))


def _alike(names: list[str], known: set[str]) -> str | None:
    for name in names:
        alike = [other for other in known if other.lower() == name.lower()]
        if len(alike) > 1:
            raise UnanswerableError(f"the data has several columns that `{name}` may mean: {_listed(alike)}")
        if alike:
            return alike[0]
    return None


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _part(column: FileColumn, parent: Field, field: Field) -> FileColumn:
    """The part `field` of the object in `column`."""
    names = [name for name in (field.physical_name, field.name) if name]
    match column.encoding:
        case "json":
            return FileColumn(member(column.sql, names[-1]), "json")
        case "native" if str(column.type.id) == "struct":
            parts: Mapping[str, object] = dict(column.type.children)
            found = next((name for name in names if name in parts), None) or _alike(names, set(parts))
            if found is not None:
                return FileColumn(f"struct_extract({column.sql}, {literal(found)})", "native", parts[found])
            raise UnanswerableError(f"`{parent.name}` in the data has no part `{field.name}`")
        case _:
            raise UnanswerableError(f"`{parent.name}` in the data has no parts, so `{field.name}` cannot be read")


def _unnested(relation: str, column: FileColumn, parent: Field) -> tuple[str, FileColumn]:
    """One row for each element of the list in `column`."""
    match column.encoding:
        case "json":
            elements = f"CAST({column.sql} AS JSON[])"
            return f"(SELECT unnest({elements}) AS e FROM {relation})", FileColumn("e", "json")
        case "native" if str(column.type.id) in ("list", "array"):
            element = dict(column.type.children)["child"]
            return f"(SELECT unnest({column.sql}) AS e FROM {relation})", FileColumn("e", "native", element)
        case _:
            raise UnanswerableError(f"`{parent.name}` in the data is no list")
