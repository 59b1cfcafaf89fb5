"""The passes of one scan: all row-wise metrics of a dataset in one query, the others in one each."""

# ruff: noqa: S608 - every foreign name and value in this SQL went through `quoting`
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from policy_engine.data import floats, keyed
from policy_engine.data.bind import Binding, Bound
from policy_engine.data.columns import SPOKEN, Relation
from policy_engine.data.fit import fit_question
from policy_engine.data.formats import open_relation
from policy_engine.data.lowering import Lowering
from policy_engine.data.model import (
    UNREADABLE,
    Answer,
    Count,
    Duplicates,
    Fit,
    Metric,
    Orphans,
    Personal,
    Query,
    Reduce,
    RowCheck,
    RowCheckAnswer,
    SmallestGroup,
)
from policy_engine.data.personal.values import personal_question
from policy_engine.data.questions import Question, question
from policy_engine.data.sandbox import Sandbox
from policy_engine.data.session import Session
from policy_engine.data.source import Source
from policy_engine.data.unanswerable import UnanswerableError
from policy_engine.product.model import Product

_SHOWN_ROWS = 5
#: More aggregates in one query take memory for each of them, and gain nothing.
_MOST_TOGETHER = 200


def _batches(questions: Mapping[Metric, Question]) -> Iterator[dict[Metric, Question]]:
    asked = list(questions.items())
    for start in range(0, len(asked), _MOST_TOGETHER):
        yield dict(asked[start : start + _MOST_TOGETHER])


class Passes:
    """Answers metrics over opened sources. A failure costs only the metrics that need what failed."""

    def __init__(self, session: Session, product: Product, sources: Mapping[str, Source]) -> None:
        self._session = session
        self._product = product
        self._sources = sources
        self._bindings: dict[str, Binding | UnanswerableError] = {}
        self._readable: dict[tuple[str, str], str | None] = {}
        self._sandbox = Sandbox(product, sources)

    def close(self) -> None:
        """Give back what is not the caller's."""
        self._sandbox.close()

    def answer(self, metrics: Iterable[Metric]) -> dict[Metric, Answer]:
        """An answer to each metric."""
        answers: dict[Metric, Answer] = {}
        fused: dict[str, dict[Metric, Question]] = {}
        for metric in metrics:
            try:
                asked = self._question(metric)
                if asked is None:
                    answers[metric] = self._single(metric)
                else:
                    fused.setdefault(metric.dataset, {})[metric] = asked
            except UnanswerableError as error:
                answers[metric] = error.unavailable
        for dataset, questions in fused.items():
            for some in _batches(questions):
                answers |= self._fused(dataset, some)
        return answers

    def _question(self, metric: Metric) -> Question | None:
        """The metric as part of the fused query, or None where it needs a pass of its own."""
        match metric:
            case Reduce(kind="distinct") if self._sources[metric.dataset].sampled:
                raise _undecided()
            case Reduce(kind="sum" | "mean") if (
                Lowering(self._binding(metric.dataset)).value(metric.value).kind == "float"
            ):
                return None
            case Count() | RowCheck() | Reduce():
                return question(metric, self._binding(metric.dataset))
            case Fit():
                return fit_question(metric, self._binding(metric.dataset))
            case Personal():
                return personal_question(self._session, self._binding(metric.dataset), metric.field)
            case Duplicates() | SmallestGroup() | Orphans() | Query():
                return None

    def _single(self, metric: Metric) -> Answer:
        match metric:
            case Duplicates():
                return self._duplicates(metric)
            case SmallestGroup():
                return self._smallest_group(metric)
            case Orphans():
                return self._orphans(metric)
            case Reduce():
                return self._float_total(metric)
            case Query():
                return self._sandbox.answer(metric)
            case Count() | RowCheck() | Fit() | Personal():
                raise AssertionError("row-wise metrics are fused")

    def _binding(self, dataset: str) -> Binding:
        if dataset not in self._bindings:
            try:
                relation = open_relation(self._session, self._sources[dataset])
                self._bindings[dataset] = self._bind(dataset, relation)
            except UnanswerableError as error:
                self._bindings[dataset] = UnanswerableError(f"dataset `{dataset}`: {error}", UNREADABLE)
        found = self._bindings[dataset]
        if isinstance(found, UnanswerableError):
            raise found
        return found

    def _bind(self, dataset: str, relation: Relation) -> Binding:
        """The columns of a dataset. Without a single one of the contract's, the data is another dataset's."""
        binding = Binding(self._product, dataset, relation)
        if not binding.fits() and (relation.columns or self._session.row(f"SELECT count(*) FROM {relation.sql}")[0]):
            raise UnanswerableError("none of the contract's columns are in the data")
        return binding

    def _fused(self, dataset: str, questions: Mapping[Metric, Question]) -> dict[Metric, Answer]:
        """One query for all; where it fails as a whole, one each, so that the fault stays with those that have it."""
        try:
            return self._together(dataset, questions)
        except UnanswerableError as error:
            if len(questions) == 1 or not self._can_count(dataset):
                return dict.fromkeys(questions, error.unavailable)
        answers: dict[Metric, Answer] = {}
        for metric, asked in questions.items():
            answers |= self._fused(dataset, {metric: asked})
        return answers

    def _can_count(self, dataset: str) -> bool:
        try:
            self._session.row(f"SELECT count(*) FROM {self._binding(dataset).relation.sql}")
        except UnanswerableError:
            return False
        return True

    def _together(self, dataset: str, questions: Mapping[Metric, Question]) -> dict[Metric, Answer]:
        columns = self._unchecked(dataset, (bound for asked in questions.values() for bound in asked.reads))
        checks = {path: f"count(*) FILTER ({bound.cast.unreadable})" for path, bound in columns.items()}
        aggregates = dict.fromkeys(sql for asked in questions.values() for sql in asked.aggregates)
        selected = list(dict.fromkeys((*aggregates, *checks.values())))
        relation = self._binding(dataset).relation.sql
        row = self._session.row(f"SELECT {', '.join(selected)} FROM {relation}")
        values = dict(zip(selected, row, strict=True))
        for path, bound in columns.items():
            self._note(dataset, bound, values[checks[path]])
        answers: dict[Metric, Answer] = {}
        for metric, asked in questions.items():
            try:
                self._require_readable(dataset, asked.reads)
                answers[metric] = self._finish(asked, relation, tuple(values[sql] for sql in asked.aggregates))
            except UnanswerableError as error:
                answers[metric] = error.unavailable
        return answers

    def _finish(self, asked: Question, relation: str, values: tuple[object, ...]) -> Answer:
        answer = asked.finish(values)
        if isinstance(answer, RowCheckAnswer) and answer.violations and asked.offending:
            return replace(answer, rows=self._numbers(asked.offending, relation, _SHOWN_ROWS))
        return answer

    def _numbers(self, condition: str, relation: str, limit: int) -> tuple[int, ...]:
        """The numbers, from 1 in file order, of the first rows that satisfy `condition`."""
        numbered = f"SELECT row_number() OVER () AS n, {condition} AS b FROM {relation}"
        return tuple(n for (n,) in self._session.rows(f"SELECT n FROM ({numbered}) WHERE b ORDER BY n LIMIT {limit}"))

    def _unchecked(self, dataset: str, reads: Iterable[Bound]) -> dict[str, Bound]:
        return {
            bound.path: bound
            for bound in reads
            if bound.cast.unreadable is not None and (dataset, bound.path) not in self._readable
        }

    def _note(self, dataset: str, bound: Bound, count: int) -> None:
        """Remember whether every value of a column could be read as its contract says."""
        reason = None
        if count:
            (first,) = self._numbers(f"({bound.cast.unreadable})", self._binding(dataset).relation.sql, 1)
            values = "1 value" if count == 1 else f"{count} values"
            reason = (
                f"`{bound.path}` has {values} that cannot be read as {SPOKEN[bound.cast.kind]} "
                f"({bound.contract}), first in row {first}"
            )
        self._readable[dataset, bound.path] = reason

    def _require_readable(self, dataset: str, reads: Iterable[Bound]) -> None:
        for bound in reads:
            reason = self._readable.get((dataset, bound.path))
            if reason is not None:
                raise UnanswerableError(reason)

    def _check_readable(self, dataset: str, reads: tuple[Bound, ...]) -> None:
        columns = self._unchecked(dataset, reads)
        if columns:
            checks = ", ".join(f"count(*) FILTER ({bound.cast.unreadable})" for bound in columns.values())
            counts = self._session.row(f"SELECT {checks} FROM {self._binding(dataset).relation.sql}")
            for bound, count in zip(columns.values(), counts, strict=True):
                self._note(dataset, bound, count)
        self._require_readable(dataset, reads)

    def _duplicates(self, metric: Duplicates) -> Answer:
        query, reads = keyed.duplicates(metric, self._binding(metric.dataset))
        self._check_readable(metric.dataset, reads)
        count = int(self._session.row(query)[0])
        if not count and self._sources[metric.dataset].sampled:
            raise _undecided()
        return count

    def _smallest_group(self, metric: SmallestGroup) -> Answer:
        if self._sources[metric.dataset].sampled:
            raise _undecided()
        query, reads = keyed.smallest_group(metric, self._binding(metric.dataset))
        self._check_readable(metric.dataset, reads)
        found = self._session.row(query)[0]
        return None if found is None else int(found)

    def _orphans(self, metric: Orphans) -> Answer:
        if self._sources[metric.other_dataset].sampled:
            raise _undecided()
        query, here, there = keyed.orphans(metric, self._binding(metric.dataset), self._binding(metric.other_dataset))
        self._check_readable(metric.dataset, here)
        self._check_readable(metric.other_dataset, there)
        count = int(self._session.row(query)[0])
        if not count and self._sources[metric.dataset].sampled:
            raise _undecided()
        return count

    def _float_total(self, metric: Reduce) -> Answer:
        binding = self._binding(metric.dataset)
        lowering = Lowering(binding)
        value = lowering.value(metric.value).sql
        condition = "TRUE" if metric.condition is None else lowering.condition(metric.condition)
        self._check_readable(metric.dataset, lowering.read)
        return floats.combine(
            metric.kind, self._session.rows(floats.partial_sums(value, condition, binding.relation.sql))
        )


def _undecided() -> UnanswerableError:
    return UnanswerableError("a sample cannot decide this: it needs all of the data")
