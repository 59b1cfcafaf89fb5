"""Queries that a contract brings with it, run over nothing but the data that was given: bounded, read-only, one number.

Twice guarded: the query is admitted node by node, and the engine that runs it may open the files of the data and
nothing else.
"""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from time import monotonic
from typing import Any, Final

from policy_engine.data.bind import Binding, Bound
from policy_engine.data.columns import SPOKEN
from policy_engine.data.formats import open_relation
from policy_engine.data.model import Query, QueryAnswer
from policy_engine.data.quoting import identifier, literal
from policy_engine.data.select import Select, parse_select, rename
from policy_engine.data.session import Session
from policy_engine.data.source import Source
from policy_engine.data.unanswerable import UnanswerableError
from policy_engine.product.model import Dataset, Product

#: No rule of quality that a person waits for takes longer.
SECONDS: Final = 20.0
#: A contract may bring any number of them: for all of one product.
SECONDS_FOR_ALL: Final = 60.0


class Sandbox:
    """Runs foreign queries, in engines apart from those that measure: one that holds no data, one that sees it."""

    def __init__(self, product: Product, sources: Mapping[str, Source]) -> None:
        self._product = product
        self._sources = sources
        self._empty: Session | None = None
        self._session: Session | None = None
        self._shown: dict[str, _Shown] = {}
        self._left = SECONDS_FOR_ALL

    def close(self) -> None:
        """Give everything back."""
        for session in (self._empty, self._session):
            if session is not None:
                session.close()

    def answer(self, metric: Query) -> QueryAnswer:
        """The number that the query gives. Raises UnanswerableError where it may not be run, or gives none."""
        select = self._parsed(metric.sql)
        datasets = {path: self._dataset(path) for path in select.tables}
        if self._session is None:
            files = (file for source in self._sources.values() for file in source.files)
            self._session = Session(files, seconds=SECONDS)
        shown = {path: self._show(self._session, dataset) for path, dataset in datasets.items()}
        for one in shown.values():
            one.check(self._session, select)
        query = self._session.row(
            f"SELECT json_deserialize_sql({literal(rename(select, {path: one.name for path, one in shown.items()}))})"
        )[0]
        return QueryAnswer(_number(self._run(self._session, query)), select.is_count)

    def _run(self, session: Session, query: str) -> list[tuple[Any, ...]]:
        if self._left <= 0:
            raise UnanswerableError(f"the queries of this contract took {SECONDS_FOR_ALL:g} seconds before it")
        begun = monotonic()
        try:
            return session.rows(f"SELECT * FROM ({query}) LIMIT 2", is_foreign=True, seconds=min(SECONDS, self._left))
        except UnanswerableError as error:
            raise UnanswerableError(f"its query cannot be run here: {error}") from error
        finally:
            self._left -= monotonic() - begun

    def _parsed(self, sql: str) -> Select:
        if self._empty is None:
            self._empty = Session((), seconds=SECONDS)
        return parse_select(sql, self._empty.rows)

    def _dataset(self, path: tuple[str, ...]) -> Dataset:
        """The dataset that a table's name means: its own or its physical name, with or without a schema before it."""
        wanted = {".".join(path).lower(), path[-1].lower()}
        for dataset in self._product.datasets:
            if {dataset.name.lower(), (dataset.physical_name or dataset.name).lower()} & wanted:
                if dataset.name not in self._sources:
                    raise UnanswerableError(f"no data was given for dataset `{dataset.name}`, which its query reads")
                if self._sources[dataset.name].sampled:
                    raise UnanswerableError(f"its query reads `{dataset.name}`, of which only a sample was given")
                return dataset
        raise UnanswerableError(f"its query reads `{'.'.join(path)}`, which is no dataset of the contract")

    def _show(self, session: Session, dataset: Dataset) -> _Shown:
        """The dataset as a view of typed columns."""
        if dataset.name in self._shown:
            return self._shown[dataset.name]
        binding = Binding(self._product, dataset.name, open_relation(session, self._sources[dataset.name]))
        columns: dict[str, Bound | UnanswerableError] = {}
        for field in dataset.fields:
            if field.path == f"{dataset.name}.{field.name}":
                for name in dict.fromkeys((field.name, field.physical_name or field.name)):
                    columns.setdefault(name.lower(), _bound(binding, field.name))
        found = {name: bound for name, bound in columns.items() if isinstance(bound, Bound)}
        listed = ", ".join(f"{bound.cast.value} AS {identifier(name)}" for name, bound in found.items())
        if not listed:
            raise UnanswerableError(f"the data of `{dataset.name}` has none of the contract's columns")
        shown = _Shown(f"d{len(self._shown)}", binding.relation.sql, columns)
        session.rows(f"CREATE VIEW {identifier(shown.name)} AS SELECT {listed} FROM {shown.relation}")
        self._shown[dataset.name] = shown
        return shown


class _Shown:
    """A dataset as queries see it, under a name of ours."""

    def __init__(self, name: str, relation: str, columns: Mapping[str, Bound | UnanswerableError]) -> None:
        self.name = name
        self.relation = relation
        self._columns = columns
        self._unreadable: dict[str, int] = {}

    def check(self, session: Session, select: Select) -> None:
        """Raises UnanswerableError unless all that the query may read is there, and as the contract says."""
        for name, bound in self._columns.items():
            if isinstance(bound, Bound) and (select.reads_all or name in select.columns):
                count = self._count(session, bound)
                if count:
                    what = SPOKEN[bound.cast.kind]
                    raise UnanswerableError(
                        f"its query reads `{bound.path}`, of which {count} values cannot be read as {what}"
                    )
            elif not isinstance(bound, Bound) and name in select.columns:
                raise bound

    def _count(self, session: Session, bound: Bound) -> int:
        if bound.cast.unreadable is None:
            return 0
        if bound.path not in self._unreadable:
            query = f"SELECT count(*) FILTER ({bound.cast.unreadable}) FROM {self.relation}"
            self._unreadable[bound.path] = int(session.row(query)[0])
        return self._unreadable[bound.path]


def _bound(binding: Binding, name: str) -> Bound | UnanswerableError:
    try:
        return binding.column(name)
    except UnanswerableError as error:
        return error


def _number(rows: list[tuple[Any, ...]]) -> Fraction:
    if len(rows) != 1 or len(rows[0]) != 1:
        raise UnanswerableError("its query gives no single number")
    value = rows[0][0]
    if not isinstance(value, int | float | Decimal) or (isinstance(value, float | Decimal) and not isfinite(value)):
        raise UnanswerableError("its query gives no number")
    return Fraction(value)
