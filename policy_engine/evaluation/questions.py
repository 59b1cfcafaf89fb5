"""Questions of a plan about one product to metrics of its data, and their answers back to values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from policy_engine.data.model import (
    Answer,
    Count,
    Duplicates,
    Metric,
    Orphans,
    Personal,
    Reduce,
    RowCheck,
    SmallestGroup,
    Unavailable,
)
from policy_engine.data.personal.findings import findings
from policy_engine.data.promises import Promise, judged, pledges
from policy_engine.evaluation.earlier import Earlier
from policy_engine.evaluation.kleene import withheld
from policy_engine.plan.expressions import And, Ask, Captured, Column, Const, Expr
from policy_engine.plan.types import TIMESTAMP, required
from policy_engine.plan.values import Unknown, midnight
from policy_engine.plan.walk import rebuild
from policy_engine.product.model import Dataset, Field, Product

#: Of these, what a sample shows is conclusive where it violates, and open where it does not.
CONCLUSIVE_ON_SAMPLES: Final = frozenset({"rows", "duplicates", "pii"})


class Questions:
    """Asks the metrics of one evaluation; what has no answer yet is remembered in `open`.

    `sampled` are the numbers of the questions that a sample answered, `unchecked` the promises that no machine checks,
    by the number of the question that came upon them. `former` are the identities of the datasets and
    fields of the previous version, whose data nobody has; what is recorded of it is in `earlier`.
    """

    def __init__(
        self,
        asks: tuple[Ask, ...],
        answers: Mapping[Metric, Answer],
        samples: frozenset[str],
        earlier: Earlier,
        *,
        former: frozenset[int] = frozenset(),
        names_only: bool,
    ) -> None:
        self.open: set[Metric] = set()
        self.sampled: set[int] = set()
        self.unchecked: dict[int, dict[int, Promise]] = {}
        self._promised: dict[str, tuple[Promise, ...]] = {}
        self._asks = asks
        self._answers = answers
        self._samples = samples
        self._earlier = earlier
        self._former = former
        self._names_only = names_only

    def ask(self, index: int, subject: Any, args: tuple[Any, ...]) -> Any:
        """The answer to question number `index` about a dataset or field."""
        stop = withheld(subject, *args)
        if subject is None or stop is not None:
            return stop
        ask = self._asks[index]
        if ask.kind == "pii" and self._names_only:
            return findings(subject, None)
        if ask.kind == "recent" and id(subject) not in self._former:
            # counted as well, so that the attestation of this version can record it for the next
            self._value(Count(subject.name))
            return self._earlier.largest(subject.name)
        if (
            id(subject) in self._former
            and isinstance(subject, Dataset)
            and ask.kind == "count"
            and ask.condition is None
        ):
            return self._earlier.row_count(subject.name)
        if ask.kind == "promises" and id(subject) not in self._former:
            return self._promises(index, subject)
        if id(subject) in self._former or any(id(arg) in self._former for arg in args):
            return Unknown("the data of the previous version is not at hand")
        dataset = subject.name if isinstance(subject, Dataset) else subject.dataset
        if dataset in self._samples:
            if ask.kind not in CONCLUSIVE_ON_SAMPLES:
                return Unknown(f"only a sample of `{dataset}` was given, which cannot decide this")
            self.sampled.add(index)
        return self._answer(ask, subject, dataset, args)

    def _promises(self, index: int, dataset: Dataset) -> tuple[Promise, ...]:
        """What the contract promises of the dataset, each judged as far as is known; what cannot be is remembered."""
        if dataset.name not in self._promised:
            sampled = dataset.name in self._samples
            found = pledges(dataset)
            self.open |= {metric for one in found for metric in one.metrics if metric not in self._answers}
            self._promised[dataset.name] = tuple(judged(one, self._known, sampled=sampled) for one in found)
        promises = self._promised[dataset.name]
        self.unchecked.setdefault(index, {}).update({id(one): one for one in promises if not one.is_checkable})
        return promises

    def _known(self, metric: Metric) -> Answer | Unknown:
        return self._answers.get(metric, Unknown("not yet scanned"))

    def _answer(self, ask: Ask, subject: Any, dataset: str, args: tuple[Any, ...]) -> Any:
        where, what = (None if part is None else bound_row(part, subject, args) for part in (ask.condition, ask.value))
        match ask.kind:
            case "count":
                return self._value(Count(dataset, where))
            case "share":
                return self._share(dataset, where, what)
            case "sum" | "min" | "max" | "mean" | "distinct":
                assert what is not None
                found = self._value(Reduce(ask.kind, dataset, what, where))
                return _instant(found, column(subject)) if required(ask.type) == TIMESTAMP else found
            case "rows":
                assert what is not None
                return self._value(RowCheck(dataset, where, what))
            case "duplicates":
                return self._value(Duplicates(dataset, args[0]))
            case "k_anonymity":
                return self._value(SmallestGroup(dataset, args[0]))
            case "orphans":
                other = args[0]
                return self._value(Orphans(dataset, column(subject), other.dataset, column(other)))
            case "pii":
                found = self._value(Personal(dataset, column(subject)))
                return found if isinstance(found, Unknown) else findings(subject, found)
            case _:
                raise AssertionError(f"no question `{ask.kind}`")

    def _share(self, dataset: str, where: Expr | None, what: Expr | None) -> Any:
        assert what is not None
        population = self._value(Count(dataset, where))
        part = self._value(Count(dataset, what if where is None else And(where, what)))
        if isinstance(population, Unknown) or isinstance(part, Unknown):
            return population if isinstance(population, Unknown) else part
        return Fraction(part, population) if population else None

    def _value(self, metric: Metric) -> Any:
        if metric not in self._answers:
            self.open.add(metric)
            return Unknown("not yet scanned")
        answer = self._answers[metric]
        return Unknown(answer.reason) if isinstance(answer, Unavailable) else answer


def column(field: Field) -> str:
    """A field's path inside its dataset: what the scan calls the column."""
    return field.path.removeprefix(f"{field.dataset}.")


def former_parts(product: Product) -> frozenset[int]:
    """The identities of a product's datasets and fields at every depth."""
    pending: list[Dataset | Field] = [*product.datasets, *product.fields]
    seen: set[int] = set()
    while pending:
        part = pending.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        pending += part.fields
        inner = part.timestamp_field if isinstance(part, Dataset) else part.items
        pending += [] if inner is None else [inner]
    return frozenset(seen)


def _instant(found: Any, name: str) -> Any:
    """A time that the data holds: a date counts as its first instant."""
    if isinstance(found, date) and not isinstance(found, datetime):
        return midnight(found)
    if found is None or isinstance(found, datetime | Unknown):
        return found
    return Unknown(f"`{name}` holds no times")


def bound_row(expr: Expr, subject: Dataset | Field, args: tuple[Any, ...]) -> Expr:
    """A row expression with its column and captured values filled in."""
    match expr:
        case Captured(index=index, type=of):
            return Const(args[index], of)
        case Column(name=None):
            assert isinstance(subject, Field)
            return replace(expr, name=column(subject))
        case _:
            return rebuild(expr, lambda part: bound_row(part, subject, args))
