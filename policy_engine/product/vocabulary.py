"""What a policy can see: every attribute of every entity, its type and what it means.

Names are those of the model's dataclasses, because evaluation reads them by name. `from_data` marks what the scan of
the data answers instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_engine.plan.types import (
    BOOL,
    COLUMN,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    Entity,
    Sequence,
    Type,
    optional,
)


@dataclass(frozen=True, slots=True)
class AttributeInfo:
    """The type of an attribute, one line about it, and whether the data answers it instead of the metadata."""

    type: Type
    doc: str
    from_data: bool = False


_TEXT: Final = optional(STRING)
_TEXTS: Final = Sequence(STRING)
_FIELD: Final = Entity("Field")
_QUALITIES: Final = Sequence(Entity("Quality"))
_DEFINITIONS: Final = Sequence(Entity("Definition"))
_ROLES: Final = Sequence(Entity("Role"))

_PRODUCT: Final = {
    "id": AttributeInfo(STRING, "the contract's identifier, by which `applies to product` finds it"),
    "name": AttributeInfo(_TEXT, "what people call the product"),
    "domain": AttributeInfo(_TEXT, "the domain that the contract names"),
    "version": AttributeInfo(_TEXT, "the contract's version, as it is written"),
    "status": AttributeInfo(_TEXT, "where the contract is in its life: proposed, draft, active, deprecated, retired"),
    "tenant": AttributeInfo(_TEXT, "the organisation or part of it that the contract names"),
    "data_product": AttributeInfo(_TEXT, "the data product that the contract is part of"),
    "created": AttributeInfo(optional(DATE), "the day on which the contract was written first"),
    "owner": AttributeInfo(optional(Entity("Owner")), "who answers for the product"),
    "team": AttributeInfo(Sequence(Entity("Member")), "everybody in the team, those who have left as well"),
    "roles": AttributeInfo(_ROLES, "the roles by which people get access"),
    "description": AttributeInfo(_TEXT, "purpose, usage and limitations"),
    "purpose": AttributeInfo(_TEXT, "what the product is for"),
    "usage": AttributeInfo(_TEXT, "how it is meant to be used"),
    "limitations": AttributeInfo(_TEXT, "what it is not good for, or not allowed for"),
    "definitions": AttributeInfo(_DEFINITIONS, "links to definitions and statements about the product"),
    "tags": AttributeInfo(_TEXTS, "the product's tags, in the contract's order"),
    "ports": AttributeInfo(Sequence(Entity("Port")), "where the product is served"),
    "slas": AttributeInfo(Sequence(Entity("Sla")), "what the contract promises of its service"),
    "support": AttributeInfo(_TEXTS, "the channels where help is to be had"),
    "datasets": AttributeInfo(Sequence(Entity("Dataset")), "the product's datasets, in the contract's order"),
    "fields": AttributeInfo(Sequence(_FIELD), "every field of every dataset, at every depth"),
    "quality": AttributeInfo(_QUALITIES, "every rule of quality, of every dataset and field"),
    "retention": AttributeInfo(optional(DURATION), "how long the data is kept, as stated for the whole product"),
}
_DATASET: Final = {
    "name": AttributeInfo(STRING, "the dataset's name in the contract"),
    "physical_name": AttributeInfo(_TEXT, "its name where it is stored"),
    "physical_type": AttributeInfo(_TEXT, "what it is where it is stored: table, view, topic, file"),
    "business_name": AttributeInfo(_TEXT, "what people call it"),
    "description": AttributeInfo(_TEXT, "what it holds"),
    "granularity": AttributeInfo(_TEXT, "what one row of it is"),
    "tags": AttributeInfo(_TEXTS, "its tags, in the contract's order"),
    "quality": AttributeInfo(_QUALITIES, "the rules of quality that the contract states for it"),
    "definitions": AttributeInfo(_DEFINITIONS, "links to what defines it"),
    "fields": AttributeInfo(Sequence(_FIELD), "its fields at every depth, parents first"),
    "primary_key": AttributeInfo(_TEXTS, "the names of its key fields, in the key's order"),
    "timestamp_field": AttributeInfo(optional(_FIELD), "the field that tells how fresh a row is"),
    "retention": AttributeInfo(optional(DURATION), "how long its data is kept: its own statement, else the product's"),
    "rows": AttributeInfo(Sequence(Entity("Row")), "its rows", from_data=True),
    "row_count": AttributeInfo(INT, "how many rows it has", from_data=True),
    "recent_row_count": AttributeInfo(
        optional(INT),
        "the largest row count that the given attestations of earlier versions recorded; missing of a new dataset",
        from_data=True,
    ),
}
_FIELD_ATTRIBUTES: Final = {
    "name": AttributeInfo(STRING, "the field's name in the contract"),
    "path": AttributeInfo(STRING, "where it is: `orders.amount`, `orders.address.city`, `orders.items[].price`"),
    "dataset": AttributeInfo(STRING, "the name of its dataset"),
    "type": AttributeInfo(_TEXT, "string integer number boolean date timestamp time object array"),
    "physical_name": AttributeInfo(_TEXT, "its name where it is stored"),
    "physical_type": AttributeInfo(_TEXT, "its type where it is stored, as it is written"),
    "required": AttributeInfo(BOOL, "whether every row has a value"),
    "unique": AttributeInfo(BOOL, "whether no two rows have the same value"),
    "primary_key": AttributeInfo(BOOL, "whether it is part of the primary key"),
    "primary_key_position": AttributeInfo(optional(INT), "its position in the primary key, from 1"),
    "classification": AttributeInfo(_TEXT, "how sensitive its values are"),
    "tags": AttributeInfo(_TEXTS, "its tags, in the contract's order"),
    "description": AttributeInfo(_TEXT, "what its values mean"),
    "business_name": AttributeInfo(_TEXT, "what people call it"),
    "encrypted_name": AttributeInfo(_TEXT, "the field that holds its values encrypted"),
    "critical": AttributeInfo(BOOL, "whether it is a critical data element"),
    "partitioned": AttributeInfo(BOOL, "whether the data is partitioned by it"),
    "transform_logic": AttributeInfo(_TEXT, "how it is computed, as code"),
    "transform_description": AttributeInfo(_TEXT, "how it is computed, in words"),
    "transform_sources": AttributeInfo(_TEXTS, "what it is computed from"),
    "examples": AttributeInfo(_TEXTS, "examples of its values, as they are written"),
    "quality": AttributeInfo(_QUALITIES, "the rules of quality that the contract states for it"),
    "definitions": AttributeInfo(_DEFINITIONS, "links to what defines it"),
    "constraints": AttributeInfo(Entity("Constraints"), "the bounds that the contract states for its values"),
    "fields": AttributeInfo(Sequence(_FIELD), "the fields directly inside it, of an object or of a list's objects"),
    "items": AttributeInfo(optional(_FIELD), "what it holds, of a list"),
    "values": AttributeInfo(Sequence(COLUMN), "its values that are present", from_data=True),
    "null_count": AttributeInfo(INT, "how many rows have no value", from_data=True),
    "null_share": AttributeInfo(
        optional(DECIMAL), "the share of rows without a value; missing of no row", from_data=True
    ),
    "distinct_count": AttributeInfo(INT, "how many different values it has", from_data=True),
}
_CONSTRAINTS: Final = {
    "min_length": AttributeInfo(optional(INT), "the least number of characters"),
    "max_length": AttributeInfo(optional(INT), "the greatest number of characters"),
    "pattern": AttributeInfo(_TEXT, "the regular expression that values match"),
    "minimum": AttributeInfo(optional(COLUMN), "the least value"),
    "maximum": AttributeInfo(optional(COLUMN), "the greatest value"),
    "exclusive_minimum": AttributeInfo(optional(COLUMN), "what all values are greater than"),
    "exclusive_maximum": AttributeInfo(optional(COLUMN), "what all values are less than"),
    "format": AttributeInfo(_TEXT, "how values are written, or a number's width such as `i64`"),
    "enum": AttributeInfo(optional(_TEXTS), "the only values there may be"),
    "multiple_of": AttributeInfo(optional(DECIMAL), "what all values are a multiple of"),
    "min_items": AttributeInfo(optional(INT), "the least number of items of a list"),
    "max_items": AttributeInfo(optional(INT), "the greatest number of items of a list"),
    "unique_items": AttributeInfo(optional(BOOL), "whether no item occurs twice in a list"),
    "timezone": AttributeInfo(optional(BOOL), "whether timestamps or times carry a zone"),
    "default_timezone": AttributeInfo(_TEXT, "the zone of those that carry none"),
}
_PORT: Final = {
    "name": AttributeInfo(STRING, "the port's name"),
    "type": AttributeInfo(_TEXT, "the technology: postgres, s3, kafka, …"),
    "environment": AttributeInfo(_TEXT, "production, test, …"),
    "location": AttributeInfo(_TEXT, "the address"),
    "format": AttributeInfo(_TEXT, "the format of files or messages"),
    "description": AttributeInfo(_TEXT, "what it is for"),
    "region": AttributeInfo(_TEXT, "where on earth it is, in the provider's words: eu-central-1"),
    "roles": AttributeInfo(_ROLES, "the roles by which people get access to it"),
}
_SLA: Final = {
    "name": AttributeInfo(STRING, "what is promised: latency, retention, frequency, …"),
    "value": AttributeInfo(_TEXT, "how much, as it is written"),
    "unit": AttributeInfo(_TEXT, "of what, as it is written"),
    "element": AttributeInfo(_TEXT, "the datasets or fields that it is about"),
    "driver": AttributeInfo(_TEXT, "why it matters: regulatory, analytics, operational"),
    "description": AttributeInfo(_TEXT, "the promise in words"),
    "schedule": AttributeInfo(_TEXT, "when it is checked, as it is written"),
    "duration": AttributeInfo(optional(DURATION), "value and unit, where they are a length of time"),
    "date": AttributeInfo(optional(DATE), "the value, where it is a day or a timestamp; its day in UTC"),
}
_OWNER: Final = {
    "name": AttributeInfo(STRING, "the owner's name or user name"),
    "role": AttributeInfo(_TEXT, "the role that makes them the owner"),
}
_MEMBER: Final = {
    "name": AttributeInfo(_TEXT, "the member's name or user name"),
    "role": AttributeInfo(_TEXT, "what they do"),
    "description": AttributeInfo(_TEXT, "more about them"),
    "date_in": AttributeInfo(optional(DATE), "since when they are in the team"),
    "date_out": AttributeInfo(optional(DATE), "since when they are not any more"),
}
_ROLE: Final = {
    "name": AttributeInfo(STRING, "the role's name"),
    "access": AttributeInfo(_TEXT, "what it may do: read, write, …"),
    "description": AttributeInfo(_TEXT, "what it is for"),
    "first_level_approvers": AttributeInfo(_TEXT, "who approves that somebody gets it"),
    "second_level_approvers": AttributeInfo(_TEXT, "who approves it after them"),
}
_QUALITY: Final = {
    "path": AttributeInfo(STRING, "the dataset or field that it is about"),
    "name": AttributeInfo(_TEXT, "the rule's name"),
    "description": AttributeInfo(_TEXT, "the rule in words"),
    "type": AttributeInfo(_TEXT, "how it is written: library, sql, text, custom"),
    "metric": AttributeInfo(_TEXT, "what is measured: nullValues, rowCount, …"),
    "dimension": AttributeInfo(_TEXT, "the side of quality: accuracy, completeness, …"),
    "severity": AttributeInfo(_TEXT, "how bad a violation is"),
    "schedule": AttributeInfo(_TEXT, "when it is checked, as it is written"),
    "unit": AttributeInfo(_TEXT, "what is counted: rows, percent"),
    "engine": AttributeInfo(_TEXT, "whose words a custom rule is written in"),
    "query": AttributeInfo(_TEXT, "the query of an SQL rule"),
    "business_impact": AttributeInfo(_TEXT, "what follows where it is violated"),
    "tags": AttributeInfo(_TEXTS, "its tags, in the contract's order"),
}
_PROMISE: Final = {
    "kind": AttributeInfo(STRING, "type, required, unique, primary_key, enum, pattern, minimum, …, quality"),
    "path": AttributeInfo(STRING, "the dataset or field that it is about"),
    "text": AttributeInfo(STRING, "the promise in words"),
    "field": AttributeInfo(optional(_FIELD), "the field that it is about; missing of a dataset as a whole"),
    "quality": AttributeInfo(optional(Entity("Quality")), "the rule of quality that makes it, if one does"),
    "is_checkable": AttributeInfo(BOOL, "whether it is written so that a machine can check it here"),
    "is_kept": AttributeInfo(BOOL, "whether the data keeps it", from_data=True),
    "count": AttributeInfo(optional(INT), "how many rows break it, where that can be counted", from_data=True),
    "scanned": AttributeInfo(optional(INT), "of how many", from_data=True),
    "share": AttributeInfo(optional(DECIMAL), "count of scanned", from_data=True),
}
_DEFINITION: Final = {
    "type": AttributeInfo(_TEXT, "what is there: businessDefinition, privacy-statement, …"),
    "url": AttributeInfo(_TEXT, "where it is"),
    "description": AttributeInfo(_TEXT, "what it is"),
}
_CHANGE: Final = {
    "kind": AttributeInfo(STRING, "what changed: field-removed, type-narrowed, …"),
    "path": AttributeInfo(STRING, "the field, dataset or attribute of the product that changed"),
    "before": AttributeInfo(_TEXT, "what the previous version states; missing where it states nothing"),
    "after": AttributeInfo(_TEXT, "what this version states; missing where it states nothing"),
    "breaks_consumers": AttributeInfo(BOOL, "an unchanged consumer stops working"),
    "breaks_history": AttributeInfo(BOOL, "retained data becomes unreadable"),
    "harm": AttributeInfo(_TEXT, "reject, invent, reinterpret, surprise or loss; missing where there is none"),
    "severity": AttributeInfo(STRING, "block, warn, info, or review where the effect cannot be known"),
    "reason": AttributeInfo(STRING, "why it has this effect, in one line"),
    "field": AttributeInfo(optional(_FIELD), "the field that it happened to, as this version has it"),
    "dataset": AttributeInfo(
        optional(Entity("Dataset")), "the dataset that it happened to, or in, as this version has it"
    ),
}
_PII_FINDING: Final = {
    "kind": AttributeInfo(STRING, "the tag that fits, such as `pii.email`"),
    "confidence": AttributeInfo(DECIMAL, "how sure the finder is, from 0 to 1"),
    "evidence": AttributeInfo(STRING, "what speaks for it: the name, the values, or both"),
    "count": AttributeInfo(INT, "how many values look like it"),
    "scanned": AttributeInfo(INT, "how many values were looked at"),
    "share": AttributeInfo(optional(DECIMAL), "count of scanned"),
    "upper_bound": AttributeInfo(optional(DECIMAL), "the greatest share that what was scanned leaves possible"),
}

#: Entity -> attribute -> what it is.
VOCABULARY: Final[Mapping[str, Mapping[str, AttributeInfo]]] = {
    "Product": _PRODUCT,
    "Dataset": _DATASET,
    "Field": _FIELD_ATTRIBUTES,
    "Constraints": _CONSTRAINTS,
    "Port": _PORT,
    "Sla": _SLA,
    "Owner": _OWNER,
    "Member": _MEMBER,
    "Role": _ROLE,
    "Quality": _QUALITY,
    "Definition": _DEFINITION,
    "Promise": _PROMISE,
    "Change": _CHANGE,
    "PiiFinding": _PII_FINDING,
}
