"""From evidence to findings: a documented formula in exact fractions, no model and no guess."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from policy_engine.data.model import PiiFinding, ValueEvidence
from policy_engine.data.personal.names import kinds_named, speaks_of_versions
from policy_engine.product.model import Field

#: How sure a field's name alone makes us.
BY_NAME: Final = Fraction(9, 10)

#: How often, of values that pass the validator, one is what it looks like, seen without its context.
RELIABILITY: Final = {
    "pii.email": Fraction(99, 100),
    "pii.iban": Fraction(99, 100),
    "pii.phone": Fraction(95, 100),
    "pii.card": Fraction(9, 10),
    "pii.ip": Fraction(1, 2),
}

#: The same for an IP address in a field whose name speaks of versions: `1.2.3.4` is both.
DOUBTED: Final = Fraction(1, 20)

#: How often a value that only looks like the kind passes its validator by chance.
BY_CHANCE: Final = {
    "pii.email": Fraction(0),
    "pii.iban": Fraction(1, 97),
    "pii.phone": Fraction(1, 4),
    "pii.card": Fraction(1, 10),
    "pii.ip": Fraction(0),
}

#: However likely chance is, a verified value is reported.
LEAST: Final = Fraction(1, 100)

#: Kinds for which values that were scanned and not recognised speak against the name. National phone numbers are
#: not recognised, so phone is not among them.
REFUTABLE: Final = frozenset({"pii.email", "pii.iban", "pii.card", "pii.ip"})


def findings(field: Field, values: tuple[ValueEvidence, ...] | None) -> tuple[PiiFinding, ...]:
    """What `field` seems to hold, by kind. `values` is None where no data was looked at."""
    named = kinds_named(field)
    scanned = max((evidence.scanned for evidence in values or ()), default=0)
    by_kind = {evidence.kind: evidence for evidence in values or () if evidence.verified}
    return tuple(
        _finding(field, kind, kind in named, by_kind.get(kind), scanned) for kind in sorted(named | by_kind.keys())
    )


def _finding(field: Field, kind: str, named: bool, values: ValueEvidence | None, scanned: int) -> PiiFinding:
    scanned = scanned if kind in RELIABILITY else 0  # nothing looks for the other kinds in values
    by_name = _by_name(kind, recognised=values is not None, scanned=scanned) if named else Fraction(0)
    by_value = _by_value(field, values) if values is not None else Fraction(0)
    count = values.verified if values is not None else 0
    return PiiFinding(
        field=field.path,
        kind=kind,
        confidence=1 - (1 - by_name) * (1 - by_value),
        evidence=" and ".join(word for word, there in (("field name", named), ("values", values is not None)) if there),
        count=count,
        scanned=scanned,
        share=_share(values) if values is not None else (Fraction(0) if scanned else None),
        upper_bound=None,
    )


def _by_name(kind: str, *, recognised: bool, scanned: int) -> Fraction:
    return BY_NAME / 2 if scanned and not recognised and kind in REFUTABLE else BY_NAME


def _by_value(field: Field, values: ValueEvidence) -> Fraction:
    """Reliability, times the part of the verified values that chance does not explain.

    If `real` of the checked values are real, `verified` = real + chance x (checked - real) is expected; solved for `real`.
    """
    chance = BY_CHANCE[values.kind]
    real = max(Fraction(0), (values.verified - chance * values.checked) / (1 - chance))
    unexplained = real / values.verified
    doubted = values.kind == "pii.ip" and speaks_of_versions(field)
    return max(LEAST, (DOUBTED if doubted else RELIABILITY[values.kind]) * unexplained)


def _share(values: ValueEvidence) -> Fraction:
    """The part of all values that is verified; where not all candidates were checked, as those that were."""
    return Fraction(values.verified, values.checked) * Fraction(values.candidates, values.scanned)
