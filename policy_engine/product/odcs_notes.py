"""What an ODCS contract says about its elements beside their shape: rules of quality, and links to definitions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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
    "unit": "unit",
    "engine": "engine",
    "query": "query",
    "business_impact": "businessImpact",
    "tags": "tags",
}
#: What a rule compares with, by the standard's names; 3.0 and 3.1 have the same.
OPERATORS: Final = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
_BESIDE: Final = ("validValues", "pattern", "properties", "missingValues")
_DEFINITION: Final = {"type": "type", "url": "url", "description": "description"}


def read_quality(part: Part, path: str) -> tuple[Quality, ...]:
    """The rules of quality of the dataset or field at `path`, in the contract's order."""
    return tuple(_quality(rule, path) for rule in part.parts("quality")) if "quality" in part.entries else ()


def read_definitions(part: Part) -> tuple[Definition, ...]:
    """The links to definitions, in the contract's order; of a contract, those of its description come last."""
    found = part.parts("authoritativeDefinitions") if "authoritativeDefinitions" in part.entries else ()
    return tuple(_definition(link) for link in found)


def _quality(part: Part, path: str) -> Quality:
    custom = read_custom(part)
    measured = "metric" if part.states("metric") else "rule"
    arguments = part.entries.get("arguments")
    # 3.0 has no place for arguments: they stand beside the rule
    beside = {key: part.entries[key] for key in _BESIDE if key in part.entries}
    return Quality(
        path=path,
        name=part.text("name"),
        description=part.text("description"),
        type=part.text("type"),
        metric=part.text(measured),
        dimension=part.text("dimension"),
        severity=part.text("severity"),
        schedule=part.text("schedule"),
        unit=part.text("unit"),
        engine=part.text("engine"),
        query=part.text("query"),
        business_impact=part.text("businessImpact"),
        tags=part.texts("tags"),
        arguments=MappingProxyType({**beside, **(arguments if isinstance(arguments, Mapping) else {})}),
        bounds=MappingProxyType({key: part.entries[key] for key in OPERATORS if part.states(key)}),
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
