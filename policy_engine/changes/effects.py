"""The table of changes: what each does to consumers and to retained data. `compare.py` finds changes, this judges them.

`consumers` and `history` are ok, warn (they may notice), break, or review (nobody can know, so it counts as a break).
Several rows may share a kind, where the same change is harmless in one setting and not in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Judgement = Literal["ok", "warn", "break", "review"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One row. `name` finds it; `kind` is what policies see."""

    name: str
    kind: str
    consumers: Judgement
    history: Judgement
    harm: str | None
    severity: str
    reason: str

    @property
    def breaks_consumers(self) -> bool:
        """Whether an unchanged consumer stops working, or may: what is not known counts."""
        return self.consumers in {"break", "review"}

    @property
    def breaks_history(self) -> bool:
        """Whether retained data becomes unreadable, or may."""
        return self.history in {"break", "review"}


def _row(
    name: str,
    consumers: Judgement,
    history: Judgement,
    harm: str | None,
    severity: str,
    reason: str,
    kind: str | None = None,
) -> Effect:
    return Effect(name, kind or name, consumers, history, harm, severity, reason)


_DATASETS: Final = (
    _row("dataset-added", "ok", "ok", None, "info", "nobody relied on it yet"),
    _row("dataset-removed", "break", "ok", "loss", "block", "its consumers find nothing"),
    _row("dataset-moved", "break", "ok", "loss", "block", "its consumers find nothing under the old name"),
    _row("dataset-storage-changed", "warn", "ok", None, "warn", "enforcement, cost or order of rows may differ"),
    _row("primary-key-changed", "break", "break", "reinterpret", "block", "a row means something else than before"),
    _row(
        "primary-key-removed", "break", "break", "reinterpret", "block", "nothing tells one row from another any more"
    ),
    _row("primary-key-added", "ok", "warn", "reject", "warn", "retained rows may repeat the key"),
)
_FIELDS: Final = (
    _row("field-added", "ok", "ok", None, "info", "consumers read the fields that they know"),
    _row("field-required-added", "ok", "break", "invent", "block", "retained rows have no value for it"),
    _row("field-removed", "break", "ok", "loss", "block", "consumers that read it fail"),
    _row(
        "optional-field-removed",
        "break",
        "ok",
        "loss",
        "block",
        "consumers that read it fail, or silently find nothing",
        "field-removed",
    ),
    _row("field-renamed", "break", "break", "loss", "block", "neither consumers nor retained data know the new name"),
    _row("became-required", "ok", "break", "reject", "block", "retained rows without a value are no longer valid"),
    _row("became-nullable", "break", "ok", "surprise", "block", "joins and sums change where a value is missing"),
    _row("unique-added", "ok", "warn", "reject", "warn", "retained rows may repeat a value"),
    _row("unique-removed", "break", "ok", "surprise", "block", "joins on it may multiply rows"),
    _row("enum-value-added", "warn", "ok", "surprise", "warn", "consumers meet a value that they were never promised"),
    _row("enum-value-removed", "ok", "break", "reject", "block", "retained rows may have the value"),
    _row("enum-added", "ok", "break", "reject", "block", "retained rows may have other values"),
    _row("enum-removed", "break", "ok", "surprise", "block", "consumers meet values that they were never promised"),
)
_TYPES: Final = (
    _row("type-stated", "ok", "ok", None, "info", "the contract now says what it left open"),
    _row("type-withdrawn", "review", "ok", "loss", "review", "the contract no longer promises the type"),
    _row("type-widened", "break", "ok", "surprise", "block", "a new value may not fit where consumers put it"),
    _row("widened-in-bounds", "warn", "ok", None, "warn", "the declared bounds still fit the old type", "type-widened"),
    _row("length-increased", "warn", "ok", "surprise", "warn", "consumers of a fixed width cut it", "type-widened"),
    _row("type-narrowed", "ok", "break", "reject", "block", "retained values may not fit any more"),
    _row(
        "decimal-narrowed",
        "warn",
        "break",
        "reject",
        "block",
        "retained values may lose digits or not fit",
        "type-narrowed",
    ),
    _row(
        "float-narrowed",
        "break",
        "break",
        "reinterpret",
        "block",
        "values are rounded to fewer digits",
        "type-narrowed",
    ),
    _row("exact-family", "break", "ok", "surprise", "block", "consumers read another kind of number", "type-changed"),
    _row(
        "inexact-family", "break", "break", "reinterpret", "block", "values are rounded without a sign", "type-changed"
    ),
    _row("integer-to-number", "break", "review", "reinterpret", "block", "values may be rounded", "type-changed"),
    _row("type-changed", "break", "break", "reject", "block", "neither consumers nor retained data fit the new type"),
    _row(
        "scale-increased",
        "break",
        "break",
        "reinterpret",
        "block",
        "stored digits are read with another scale",
        "type-changed",
    ),
    _row(
        "width-changed", "break", "break", "reject", "block", "a fixed width is how values are stored", "type-changed"
    ),
    _row(
        "unit-changed",
        "warn",
        "break",
        "reinterpret",
        "block",
        "retained values are read in another unit",
        "type-changed",
    ),
    _row("zone-changed", "break", "break", "reinterpret", "block", "the same value is another instant", "type-changed"),
    _row(
        "type-unclear",
        "review",
        "review",
        "reinterpret",
        "review",
        "the effect of this change is unknown",
        "type-changed",
    ),
)
_PROTECTION: Final = (
    _row("classification-added", "ok", "ok", None, "info", "the contract now says what it left open"),
    _row("classification-raised", "break", "ok", "loss", "block", "consumers need their access confirmed"),
    _row("classification-lowered", "review", "ok", "loss", "block", "protection is withdrawn: a steward decides"),
    _row("classification-removed", "review", "ok", "loss", "block", "protection is withdrawn: a steward decides"),
    _row("classification-changed", "review", "ok", "loss", "review", "nothing says which of the two protects more"),
    _row("personal-data-tag-removed", "review", "ok", "loss", "block", "protection is withdrawn: a steward decides"),
    _row("retention-shortened", "review", "break", "loss", "block", "readers that look further back find nothing"),
    _row("retention-removed", "review", "review", "loss", "review", "nothing says any more how long data is kept"),
    _row("retention-lengthened", "ok", "ok", None, "info", "data is kept for longer"),
    _row("retention-added", "ok", "ok", None, "info", "the contract now says what it left open"),
)
_VERSIONS: Final = (
    _row("version-reused", "ok", "ok", None, "block", "one version names two contents"),
    _row("version-decreased", "ok", "ok", None, "block", "a later contract has an earlier version"),
    _row("version-not-bumped-enough", "ok", "ok", None, "block", "the version promises less change than there is"),
    _row("version-removed", "ok", "ok", None, "block", "nothing tells this contract from the one before"),
    _row("version-incomparable", "ok", "ok", None, "review", "the two versions cannot be put in order"),
)

#: Name of a row -> the row.
EFFECTS: Final[Mapping[str, Effect]] = {
    row.name: row for row in (*_DATASETS, *_FIELDS, *_TYPES, *_PROTECTION, *_VERSIONS)
}
