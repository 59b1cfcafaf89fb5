"""The `schema` of an ODCS contract: datasets, and their fields at every depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from policy_engine.product.model import Constraints, Dataset, Field, Value
from policy_engine.product.odcs_notes import read_definitions, read_quality
from policy_engine.product.odcs_terms import Custom, Retention, custom_retention, read_custom
from policy_engine.product.part import Part, describe, show
from policy_engine.product.refusal import place_of

LOGICAL_TYPES: Final = ("string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array")
_FIELD: Final = {
    "name": "name",
    "path": "name",
    "type": "logicalType",
    "physical_name": "physicalName",
    "physical_type": "physicalType",
    "required": "required",
    "unique": "unique",
    "primary_key": "primaryKey",
    "primary_key_position": "primaryKeyPosition",
    "classification": "classification",
    "tags": "tags",
    "description": "description",
    "business_name": "businessName",
    "encrypted_name": "encryptedName",
    "critical": "criticalDataElement",
    "partitioned": "partitioned",
    "transform_logic": "transformLogic",
    "transform_description": "transformDescription",
    "transform_sources": "transformSourceObjects",
    "examples": "examples",
    "quality": "quality",
    "definitions": "authoritativeDefinitions",
    "constraints": "logicalTypeOptions",
    "fields": "properties",
    "items": "items",
}
_DATASET: Final = {
    "name": "name",
    "physical_name": "physicalName",
    "physical_type": "physicalType",
    "business_name": "businessName",
    "description": "description",
    "granularity": "dataGranularityDescription",
    "tags": "tags",
    "quality": "quality",
    "definitions": "authoritativeDefinitions",
    "fields": "properties",
}
_CONSTRAINTS: Final = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
    "format": "format",
    "enum": "enum",
    "multiple_of": "multipleOf",
    "min_items": "minItems",
    "max_items": "maxItems",
    "unique_items": "uniqueItems",
    "timezone": "timezone",
    "default_timezone": "defaultTimezone",
}


def read_datasets(contract: Part) -> tuple[Dataset, ...]:
    """The schema objects in the contract's order, each with its own retention only."""
    datasets = tuple(_dataset(part) for part in contract.parts("schema"))
    _refuse_repeated("dataset", ((one.name, one.pointer) for one in datasets), contract)
    fields = (field for dataset in datasets for field in dataset.fields)
    _refuse_repeated("field", ((field.path, field.pointer) for field in fields if field.name), contract)
    return datasets


def with_retention(dataset: Dataset, of_sla: Retention | None, of_product: Retention | None, contract: Part) -> Dataset:
    """The dataset with the retention that an SLA or its custom property states for it, else with the product's."""
    custom = Custom(dataset.custom, dict(dataset.pointers))
    retention = of_sla or custom_retention(contract, custom) or of_product
    if retention is None:
        return dataset
    pointers = {**dataset.pointers, "retention": retention.pointer}
    return replace(dataset, retention=retention.duration, pointers=pointers)


def _dataset(part: Part) -> Dataset:
    name = part.name("name", "a schema object")
    custom = read_custom(part)
    fields = tuple(_tree(_children(part, name, name)))
    keys = _primary_key(fields)
    timestamp = _timestamp_field(fields, name, custom, part)
    stated = part.stated(_DATASET) | custom.pointers
    if keys:
        stated["primary_key"] = keys[0].pointers["primary_key"]
    if timestamp is not None:
        stated["timestamp_field"] = custom.pointers["custom.timestampField"]
    return Dataset(
        name=name,
        physical_name=part.text("physicalName"),
        physical_type=part.text("physicalType"),
        business_name=part.text("businessName"),
        description=part.text("description"),
        granularity=part.text("dataGranularityDescription"),
        tags=part.texts("tags"),
        quality=read_quality(part, name),
        definitions=read_definitions(part),
        fields=fields,
        primary_key=tuple(field.path.removeprefix(f"{name}.") for field in keys),
        timestamp_field=timestamp,
        pointer=part.pointer,
        pointers=stated,
        custom=custom.values,
    )


def _children(part: Part, dataset: str, path: str) -> tuple[Field, ...]:
    if "properties" not in part.entries:
        return ()
    fields = []
    for child in part.parts("properties"):
        name = child.name("name", "a property")
        fields.append(_field(child, dataset, name, f"{path}.{name}"))
    return tuple(fields)


def _field(part: Part, dataset: str, name: str, path: str) -> Field:
    custom = read_custom(part)
    items = part.part("items")
    element = _field(items, dataset, name, f"{path}[]") if items else None
    constraints = _constraints(part)
    stated = part.stated(_FIELD) | custom.pointers
    return Field(
        name=name,
        path=path,
        dataset=dataset,
        type=_logical_type(part),
        physical_name=part.text("physicalName"),
        physical_type=part.text("physicalType"),
        required=part.flag("required") or False,
        unique=part.flag("unique") or False,
        primary_key=part.flag("primaryKey") or False,
        primary_key_position=_key_position(part),
        classification=part.text("classification"),
        tags=part.texts("tags"),
        description=part.text("description"),
        business_name=part.text("businessName"),
        encrypted_name=part.text("encryptedName"),
        critical=part.flag("criticalDataElement") or False,
        partitioned=part.flag("partitioned") or False,
        transform_logic=part.text("transformLogic"),
        transform_description=part.text("transformDescription"),
        transform_sources=part.texts("transformSourceObjects"),
        examples=tuple(_example(value) for value in part.values("examples")),
        quality=read_quality(part, path),
        definitions=read_definitions(part),
        constraints=constraints,
        fields=_children(part, dataset, path) or (element.fields if element else ()),
        items=element,
        pointer=part.pointer,
        pointers=stated,
        custom=custom.values,
    )


def _example(value: Value) -> str:
    return describe(value) if isinstance(value, tuple | Mapping) else show(value)


def _logical_type(part: Part) -> str | None:
    stated = part.text("logicalType")
    if stated is None or stated in LOGICAL_TYPES:
        return stated
    from policy_engine.diagnostics.nearest import nearest  # only a contract with such a type pays for it

    near = nearest(stated, LOGICAL_TYPES)
    advice = f"did you mean `{near}`?" if near else f"the standard has {', '.join(LOGICAL_TYPES)}"
    part.notes.remark(part.at("logicalType"), f"`{stated}` is no logical type, so it is not read; {advice}")
    return None


def _constraints(part: Part) -> Constraints:
    options = part.part("logicalTypeOptions")
    valid = _valid_values(part)
    if options is None:
        if valid is None:
            return Constraints(pointer=part.pointer)
        return Constraints(enum=valid[0], pointer=part.pointer, pointers={"enum": valid[1]})
    stated = options.stated(_CONSTRAINTS)
    numeric = part.entries.get("logicalType") in ("integer", "number")
    enum = tuple(show(value) for value in options.values("enum") if value is not None) if "enum" in stated else None
    if enum is None and valid is not None:
        enum, stated["enum"] = valid
    return Constraints(
        min_length=options.integer("minLength"),
        max_length=options.integer("maxLength"),
        pattern=options.text("pattern"),
        minimum=options.bound("minimum", numeric=numeric),
        maximum=options.bound("maximum", numeric=numeric),
        exclusive_minimum=options.bound("exclusiveMinimum", numeric=numeric),
        exclusive_maximum=options.bound("exclusiveMaximum", numeric=numeric),
        format=options.text("format"),
        enum=enum,
        multiple_of=options.number("multipleOf"),
        min_items=options.integer("minItems"),
        max_items=options.integer("maxItems"),
        unique_items=options.flag("uniqueItems"),
        timezone=options.flag("timezone"),
        default_timezone=options.text("defaultTimezone"),
        pointer=options.pointer,
        pointers=stated,
    )


def _valid_values(part: Part) -> tuple[tuple[str, ...], str] | None:
    """The values that a quality rule admits without tolerance, and where: ODCS has no other place for an enumeration."""
    if "quality" not in part.entries:
        return None
    for rule in part.parts("quality"):
        arguments = rule.entries.get("arguments")
        holder = rule.part("arguments") if isinstance(arguments, Mapping) and "validValues" in arguments else rule
        if holder is None or "validValues" not in holder.entries or not _is_strict(rule.entries):
            continue
        values = holder.values("validValues")
        if not any(isinstance(value, tuple | Mapping) for value in values):
            return tuple(show(value) for value in values if value is not None), holder.at("validValues")
        part.notes.remark(holder.at("validValues"), "`validValues` holds lists or mappings, so it is no enumeration")
    return None


def _is_strict(rule: Mapping[str, Value]) -> bool:
    """3.1: `metric: invalidValues` with `mustBe: 0`; 3.0: `rule: validValues`, which has no tolerance unless it says so."""
    if rule.get("metric") == "invalidValues":
        return rule.get("mustBe") == 0 and not isinstance(rule.get("mustBe"), bool)
    operators = [key for key in rule if key.startswith("must")]
    return rule.get("rule") == "validValues" and all(key == "mustBe" and rule[key] == 0 for key in operators)


def _tree(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _tree(field.fields)


def _refuse_repeated(what: str, named: Iterable[tuple[str, str]], contract: Part) -> None:
    """Two of one name cannot be told apart: the second would be judged by the data of the first."""
    seen: dict[str, str] = {}
    for name, pointer in named:
        if name and name in seen:
            first = place_of(seen[name], contract.notes.places).line
            message = f"a second {what} `{name}`; the first one is in line {first}"
            contract.notes.refuse(pointer, message, f"give each {what} a name of its own")
        seen.setdefault(name, pointer)


def _primary_key(fields: tuple[Field, ...]) -> list[Field]:
    """Key fields by their position, then those without one in the contract's order."""
    keys = [field for field in fields if field.primary_key]
    return sorted(keys, key=lambda field: field.primary_key_position or len(fields) + 1)


def _key_position(part: Part) -> int | None:
    """-1 is the standard's way to say that there is none."""
    position = part.integer("primaryKeyPosition")
    return position if position is not None and position > 0 else None


def _timestamp_field(fields: tuple[Field, ...], dataset: str, custom: Custom, part: Part) -> Field | None:
    value = custom.values.get("timestampField")
    if value is None:
        return None
    wanted = {value, f"{dataset}.{value}"} if isinstance(value, str) else set()
    found = next((field for field in fields if field.path in wanted), None)
    if found is None:
        message = f"`timestampField` is {describe(value)}, which names no field of `{dataset}`"
        part.notes.remark(custom.pointers["custom.timestampField"], message)
    return found
