"""The places in an SQL rule that stand for the dataset and the field at which it is stated."""

from __future__ import annotations

import re
from typing import Final

from policy_engine.data.promises.bounds import NotUnderstoodError
from policy_engine.data.quoting import identifier
from policy_engine.product.model import Dataset, Field

#: Quotes around a place are part of it; `{2}` in a pattern is none.
_PLACE: Final = re.compile(r"""(?P<quote>["`]?)(?P<sign>\$?)\{\s*(?P<name>[A-Za-z_]+)\s*\}(?P=quote)""", re.ASCII)
_DATASET: Final = frozenset({"object", "table", "model", "schema_object", "dataset"})
_FIELD: Final = frozenset({"property", "column", "field"})


def filled(query: str, dataset: Dataset, field: Field | None) -> str:
    """The query with its places filled in. Raises NotUnderstoodError for a place that nobody knows."""

    def name(match: re.Match[str]) -> str:
        place = match["name"].lower()
        if place in _DATASET:
            return identifier(dataset.name)
        if place in _FIELD and field is not None:
            return identifier(field.name)
        if match["sign"] or place in _FIELD:
            raise NotUnderstoodError(f"`{match[0]}` in its query stands for nothing here")
        return match[0]

    return _PLACE.sub(name, query)
