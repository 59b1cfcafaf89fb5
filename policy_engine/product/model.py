"""The governed thing, whatever format described it: a product, its datasets, their fields at every depth.

Every element knows where it stands in the file that people edit. What a format states and this model has no place for
is in `Product.not_understood`, never dropped. None is missing: the contract does not say.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from policy_engine.plan.values import Duration

#: What a metadata file can hold: YAML 1.2 and JSON scalars (numbers with a point are exact), lists and mappings.
Value: TypeAlias = "str | int | Decimal | bool | tuple[Value, ...] | Mapping[str, Value] | None"

_NOTHING: Mapping[str, Value] = MappingProxyType({})
_NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a text file. Line and column count from 1; `pointer` is a JSON pointer (RFC 6901)."""

    line: int
    column: int
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What all parts of a product have: where they stand, and the custom properties they carry.

    `pointers` maps an attribute's name in this model to the JSON pointer of the element that states it; a custom
    property is there as `custom.` and its name.
    """

    pointer: str = ""
    pointers: Mapping[str, str] = field(default_factory=lambda: _NOWHERE)
    custom: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints(Element):
    """Bounds a contract states for the values of a field; None where it states none."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: Decimal | str | None = None
    maximum: Decimal | str | None = None
    exclusive_minimum: Decimal | str | None = None
    exclusive_maximum: Decimal | str | None = None
    format: str | None = None
    enum: tuple[str, ...] | None = None
    multiple_of: Decimal | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool | None = None
    timezone: bool | None = None
    default_timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Element):
    """A link to where something is defined: a glossary, a privacy statement, a lesson."""

    type: str | None = None
    url: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Element):
    """One rule of quality that the contract states. `metric` is what ODCS 3.0 calls `rule`.

    `path` is the dataset or field that it is about. `bounds` are its operators (`mustBe`, …) with what they compare with.
    """

    path: str

    name: str | None = None
    description: str | None = None
    type: str | None = None
    metric: str | None = None
    dimension: str | None = None
    severity: str | None = None
    schedule: str | None = None
    unit: str | None = None
    engine: str | None = None
    query: str | None = None
    business_impact: str | None = None
    tags: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    bounds: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Element):
    """One field, column or nested property. `path` is `dataset.field`, `dataset.struct.field`, `dataset.list[].field`.

    `type` is the logical type in ODCS words: string integer number boolean date timestamp time object array.
    `fields` are the direct children. `items` is what a list holds: it has no name of its own, its path ends in `[]`, it
    is in no list of fields, and its children are also the list's.
    """

    name: str
    path: str
    dataset: str
    type: str | None = None
    physical_name: str | None = None
    physical_type: str | None = None
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    primary_key_position: int | None = None
    classification: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    business_name: str | None = None
    encrypted_name: str | None = None
    critical: bool = False
    partitioned: bool = False
    transform_logic: str | None = None
    transform_description: str | None = None
    transform_sources: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    quality: tuple[Quality, ...] = ()
    definitions: tuple[Definition, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)
    fields: tuple[Field, ...] = ()
    items: Field | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(Element):
    """One table, file or topic. `fields` is every field at every depth, in the contract's order, parents first.

    `primary_key` names fields relative to the dataset; `retention` is the dataset's own, else the product's.
    """

    name: str
    physical_name: str | None = None
    physical_type: str | None = None
    business_name: str | None = None
    description: str | None = None
    granularity: str | None = None
    tags: tuple[str, ...] = ()
    quality: tuple[Quality, ...] = ()
    definitions: tuple[Definition, ...] = ()
    fields: tuple[Field, ...] = ()
    primary_key: tuple[str, ...] = ()
    timestamp_field: Field | None = None
    retention: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Element):
    """A role by which people get access, and who approves that."""

    name: str
    access: str | None = None
    description: str | None = None
    first_level_approvers: str | None = None
    second_level_approvers: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Element):
    """Somebody in the team; with a `date_out` in the past, somebody who was."""

    name: str | None = None
    role: str | None = None
    description: str | None = None
    date_in: datetime.date | None = None
    date_out: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Port(Element):
    """Where the product is served: an ODCS server, an ODPS output port."""

    name: str
    type: str | None = None
    environment: str | None = None
    location: str | None = None
    format: str | None = None
    description: str | None = None
    region: str | None = None
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla(Element):
    """One promise about the product: `name` is the property (latency, retention, frequency, …).

    `duration` is the value where it is a length of time, `date` where it is a day or an instant.
    """

    name: str
    value: str | None = None
    unit: str | None = None
    element: str | None = None
    driver: str | None = None
    description: str | None = None
    schedule: str | None = None
    duration: Duration | None = None
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Element):
    """Who answers for the product."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of the file that was read but not understood, said and not dropped."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Element):
    """One data product as one contract states it. `fields` is every field of every dataset.

    `format` names what was read, such as `ODCS v3.1.0`; `file` is the name the caller gave; `digest` is the SHA-256
    of the file's bytes, `size` their number; `places` maps every JSON pointer of the file to its line and column.
    """

    id: str
    file: str
    format: str
    digest: str
    places: Mapping[str, Place]
    size: int = 0
    name: str | None = None
    domain: str | None = None
    version: str | None = None
    status: str | None = None
    tenant: str | None = None
    data_product: str | None = None
    created: datetime.date | None = None
    owner: Owner | None = None
    team: tuple[Member, ...] = ()
    roles: tuple[Role, ...] = ()
    description: str | None = None
    purpose: str | None = None
    usage: str | None = None
    limitations: str | None = None
    definitions: tuple[Definition, ...] = ()
    tags: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    slas: tuple[Sla, ...] = ()
    support: tuple[str, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    fields: tuple[Field, ...] = ()
    quality: tuple[Quality, ...] = ()
    retention: Duration | None = None
    not_understood: tuple[Remark, ...] = ()
