"""One difference between two versions of a product, classified by whom it hurts."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.product.model import Dataset, Element, Field, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Element):
    """What changed (`kind`, `path`), from what to what, whom it breaks, how badly and why.

    `breaks_consumers`: an unchanged consumer stops working (registries say FORWARD). `breaks_history`: retained data
    becomes unreadable (BACKWARD). `harm` is reject, invent, reinterpret, surprise, loss, or None; `severity` is block,
    warn, info, or review where the effect cannot be known. `place` and `pointer` are in the new version's file; of
    what was removed, those of the nearest element around it that is left. `field` and `dataset` are what it happened
    to, as this version has them: None of what was removed, and of what concerns the product as a whole.
    """

    kind: str
    path: str
    before: str | None
    after: str | None
    breaks_consumers: bool
    breaks_history: bool
    harm: str | None
    severity: str
    reason: str
    place: Place | None
    field: Field | None = None
    dataset: Dataset | None = None
