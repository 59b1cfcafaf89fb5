"""What is known of the data of earlier versions: how many rows their attestations recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_engine.evaluation.model import Attested
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Product

_NOT_GIVEN: Final = "no attestation of an earlier version was given (--previous-attestation FILE)"


@dataclass(frozen=True, slots=True)
class Earlier:
    """Attestations of earlier versions, and the contract published before (None where this is the first version)."""

    attested: tuple[Attested, ...]
    previous: Product | Unknown | None

    def row_count(self, dataset: str) -> int | Unknown:
        """How many rows a dataset had, by the attestation that was made last."""
        if not self.attested:
            return Unknown(_NOT_GIVEN)
        last = max(self.attested, key=lambda one: (one.evaluated, one.digest))
        found = last.row_counts.get(dataset)
        return _not_counted(dataset) if found is None else found

    def largest(self, dataset: str) -> int | Unknown | None:
        """The largest of all counts; missing of a dataset that is new."""
        counts = [one.row_counts[dataset] for one in self.attested if dataset in one.row_counts]
        if counts:
            return max(counts)
        before = self.previous
        if before is None or (isinstance(before, Product) and all(one.name != dataset for one in before.datasets)):
            return None
        return _not_counted(dataset) if self.attested else Unknown(_NOT_GIVEN)


def _not_counted(dataset: str) -> Unknown:
    return Unknown(f"the attestations of earlier versions record no row count of `{dataset}`")
