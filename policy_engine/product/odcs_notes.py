"""What an ODCS contract says about its elements beside their shape: rules of quality, and links to definitions."""

from __future__ import annotations

from typing import Final

from policy_engine.product.model import Definition, Quality
from policy_engine.product.odcs_terms import read_custom
from policy_engine.product.part import Part

_QUALITY: Final = {
    "name": "name",
    "description": "description",
    "type": "type",
    "dimension": "dimension",
    "severity": "severity",
    "schedule": "schedule",
}
_DEFINITION: Final = {"type": "type", "url": "url", "description": "description"}


def read_quality(part: Part) -> tuple[Quality, ...]:
    """The rules of quality, in the contract's order."""
    return tuple(_quality(rule) for rule in part.parts("quality")) if "quality" in part.entries else ()


def read_definitions(part: Part) -> tuple[Definition, ...]:
    """The links to definitions, in the contract's order; of a contract, those of its description come last."""
    found = part.parts("authoritativeDefinitions") if "authoritativeDefinitions" in part.entries else ()
    return tuple(_definition(link) for link in found)


def _quality(part: Part) -> Quality:
    custom = read_custom(part)
    measured = "metric" if part.states("metric") else "rule"
    return Quality(
        name=part.text("name"),
        description=part.text("description"),
        type=part.text("type"),
        metric=part.text(measured),
        dimension=part.text("dimension"),
        severity=part.text("severity"),
        schedule=part.text("schedule"),
        pointer=part.pointer,
        pointers=part.stated({**_QUALITY, "metric": measured}) | custom.pointers,
        custom=custom.values,
    )


def _definition(part: Part) -> Definition:
    return Definition(
        type=part.text("type"),
        url=part.text("url"),
        description=part.text("description"),
        pointer=part.pointer,
        pointers=part.stated(_DEFINITION),
    )
