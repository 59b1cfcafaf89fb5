"""A promise of the contract before and after the data was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from policy_engine.data.model import Metric
from policy_engine.data.promises.bounds import NONE, Bounds
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Element, Field, Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """What is promised, where, and the metric whose answer `bounds` have to hold for.

    Without a metric `note` says why: the promise is not for machines, or, where it `is_checkable`, not understood.
    `total` is what a percentage is of, where the metric's own answer does not say.
    """

    kind: str
    path: str
    text: str
    pointer: str
    field: Field | None = None
    quality: Quality | None = None
    metric: Metric | None = None
    total: Metric | None = None
    bounds: Bounds = NONE
    is_checkable: bool = True
    note: str = ""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What it asks of the data."""
        return tuple(metric for metric in (self.metric, self.total) if metric is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise(Element):
    """What is promised, and whether the data keeps it. Unknown is what the evidence does not tell."""

    kind: str
    path: str
    text: str
    field: Field | None
    quality: Quality | None
    is_checkable: bool
    is_kept: bool | Unknown
    count: int | Unknown | None = None
    scanned: int | Unknown | None = None
    share: Fraction | Unknown | None = None
    rows: tuple[int, ...] = ()
    note: str = ""
