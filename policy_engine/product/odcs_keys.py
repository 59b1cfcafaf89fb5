"""Every key of ODCS 3.0 and 3.1 at its level, taken from the standard's JSON schemas, and whether policies see it.

A newer minor version only adds keys, so one table serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from policy_engine.product.document import escape
from policy_engine.product.model import Value
from policy_engine.product.part import Notes, describe


@dataclass(frozen=True, slots=True)
class Level:
    """The keys of one kind of mapping: those the model shows, those that are read and not yet visible to policies.

    `lists` and `mappings` name the level of what stands below a key, by the shape in which it stands there.
    """

    name: str
    seen: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    lists: Mapping[str, str] = field(default_factory=dict)
    mappings: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """All keys that the standard has here."""
        return self.seen | self.unseen


_COMMON: Final = {"customProperties": "custom property", "authoritativeDefinitions": "definition"}
_SCHEMA: Final = {**_COMMON, "properties": "property", "quality": "quality rule", "relationships": "relationship"}


def _level(
    name: str, seen: str, unseen: str, lists: Mapping[str, str] | None = None, mappings: Mapping[str, str] | None = None
) -> Level:
    return Level(name, frozenset(seen.split()), frozenset(unseen.split()), lists or {}, mappings or {})


_PROPERTY_SEEN: Final = (
    "name physicalName physicalType businessName description tags customProperties primaryKey primaryKeyPosition "
    "logicalType logicalTypeOptions required unique classification examples properties items quality "
    "authoritativeDefinitions partitioned encryptedName transformSourceObjects transformLogic transformDescription "
    "criticalDataElement"
)
_PROPERTY_UNSEEN: Final = "id partitionKeyPosition relationships"

LEVELS: Final[Mapping[str, Level]] = {
    level.name: level
    for level in (
        _level(
            "contract",
            "apiVersion kind id name version status domain description tags servers schema support team slaProperties "
            "slaDefaultElement customProperties tenant dataProduct roles authoritativeDefinitions contractCreatedTs",
            "price",
            _COMMON
            | {
                "servers": "server",
                "schema": "schema object",
                "support": "support channel",
                "team": "team member",
                "roles": "role",
                "slaProperties": "SLA property",
            },
            {"description": "description", "price": "price", "team": "team"},
        ),
        _level("description", "purpose usage limitations authoritativeDefinitions", "customProperties", _COMMON),
        _level(
            "server",
            "server type environment format location path endpointUrl stagingDir host port account project catalog "
            "database dataset schema customProperties description roles region regionName",
            "id delimiter serviceName stream warehouse",
            {**_COMMON, "roles": "role"},
        ),
        _level(
            "schema object",
            "name physicalName physicalType businessName description tags properties customProperties "
            "dataGranularityDescription quality authoritativeDefinitions",
            "id logicalType relationships",
            _SCHEMA,
        ),
        _level(
            "property",
            _PROPERTY_SEEN,
            _PROPERTY_UNSEEN,
            _SCHEMA,
            {"items": "property", "logicalTypeOptions": "logical type option"},
        ),
        _level(
            "logical type option",
            "minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum format enum multipleOf "
            "minItems maxItems uniqueItems timezone defaultTimezone",
            "minProperties maxProperties required",
        ),
        _level(
            "quality rule",
            "name description type dimension severity schedule metric rule validValues customProperties",
            "id method businessImpact scheduler tags unit arguments query engine implementation mustBe "
            "mustNotBe mustBeGreaterThan mustBeGreaterOrEqualTo "
            "mustBeLessThan mustBeLessOrEqualTo mustBeBetween mustNotBeBetween authoritativeDefinitions",
            _COMMON,
        ),
        _level("relationship", "", "type from to customProperties", _COMMON),
        _level("support channel", "channel", "id url description tool scope invitationUrl customProperties", _COMMON),
        _level(
            "team",
            "members",
            "id name description tags authoritativeDefinitions customProperties",
            {**_COMMON, "members": "team member"},
        ),
        _level(
            "team member",
            "username name role description dateIn dateOut replacedByUsername customProperties",
            "id tags authoritativeDefinitions",
            _COMMON,
        ),
        _level(
            "role", "role description access firstLevelApprovers secondLevelApprovers customProperties", "id", _COMMON
        ),
        _level("price", "", "id priceAmount priceCurrency priceUnit"),
        _level("SLA property", "property value unit element driver description schedule", "id valueExt scheduler"),
        _level("definition", "type url description", "id"),
        _level("custom property", "property value", "id description"),
    )
}


def note_unknown_keys(entries: Mapping[str, Value], pointer: str, level: str, notes: Notes) -> None:
    """Remarks on every key that the standard does not have at its level, here and below."""
    here = LEVELS[level]
    for key, value in entries.items():
        at = f"{pointer}/{escape(key)}"
        if key not in here.keys:
            notes.remark(at, _unknown(key, here))
        elif isinstance(value, Mapping) and key in here.mappings:
            note_unknown_keys(value, at, here.mappings[key], notes)
        elif isinstance(value, tuple) and key in here.lists:
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    note_unknown_keys(item, f"{at}/{index}", here.lists[key], notes)
        elif value is not None and key in here.unseen and (key in here.lists or key in here.mappings):
            meant = "a list" if key in here.lists else "a mapping"
            notes.remark(at, f"`{key}` is {describe(value)} where {meant} is meant")


def _unknown(key: str, level: Level) -> str:
    from policy_engine.diagnostics.nearest import nearest  # only a contract with such a key pays for it

    near = nearest(key, level.keys)
    return f"`{key}` is no key of the standard's {level.name}" + (f"; did you mean `{near}`?" if near else "")
