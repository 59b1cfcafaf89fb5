"""Which changes are found, whom they break, and where they stand. The laws hold for all products."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.changes.compare import compare
from policy_engine.changes.effects import EFFECTS
from policy_engine.changes.model import Change
from policy_engine.product import VOCABULARY, Product, read_product

from .samples import DATA, changes, cities, contract, only, with_field

PUBLISHED = sorted((DATA / "odcs").glob("*.yaml"))


def summary(found: list[Change] | tuple[Change, ...]) -> list[tuple[str, str, bool, bool, str]]:
    return [(one.kind, one.path, one.breaks_consumers, one.breaks_history, one.severity) for one in found]


def test_the_published_versions_of_one_contract_change_as_their_authors_say() -> None:
    assert summary(compare(cities(1), cities(2))) == [("field-added", "cities.population", False, False, "info")]
    assert summary(compare(cities(2), cities(3))) == [
        ("became-required", "cities.population", False, True, "block"),
        ("version-reused", "version", False, False, "block"),
    ]
    assert summary(compare(cities(1), cities(3))) == [
        ("field-required-added", "cities.population", False, True, "block")
    ]
    assert summary(compare(cities(2), cities(1))) == [
        ("field-removed", "cities.population", True, False, "block"),
        ("version-decreased", "version", False, False, "block"),
    ]


def test_a_change_stands_at_what_states_it_in_the_new_file() -> None:
    (required, _) = compare(cities(2), cities(3))
    assert required.place is not None
    assert (required.place.line, required.pointer) == (69, "/schema/0/properties/2/required")


def test_a_removal_stands_at_what_is_left_around_it() -> None:
    struct = "schema:\n  - name: o\n    properties:\n      - name: s\n        properties: [{names}]\n"
    old = contract(struct.replace("names", "name: a}, {name: b"))
    (inner,) = changes(old, contract(struct.replace("names", "name: a")))
    assert (inner.path, inner.pointer) == ("o.s.b", "/schema/0/properties/0")
    (outer,) = changes(old, contract("schema:\n  - name: o\n    properties: []\n"))
    assert (outer.path, outer.pointer) == ("o.s", "/schema/0")
    (dataset,) = changes(old, contract("schema: []\n"))
    assert (dataset.kind, dataset.path, dataset.pointer) == ("dataset-removed", "o", "/schema")
    (lost,) = changes(old, contract())
    assert (lost.pointer, lost.place is None) == ("", False)


def test_only_the_outermost_of_what_was_added_is_a_change() -> None:
    new = "schema:\n  - name: o\n    properties:\n      - name: s\n        properties: [{name: a, required: true}]\n"
    assert summary(changes(contract("schema: [{name: o}]\n"), contract(new))) == [
        ("field-added", "o.s", False, False, "info")
    ]


def test_what_a_list_holds_is_compared() -> None:
    change = only(
        "logicalType: array, items: {logicalType: string}", "logicalType: array, items: {logicalType: integer}"
    )
    assert (change.kind, change.path, change.before, change.after) == (
        "type-changed",
        "orders.f[]",
        "string",
        "integer",
    )


@pytest.mark.parametrize(
    ("old", "new", "kind", "consumers", "history"),
    [
        ("required: true", "required: false", "became-nullable", True, False),
        ("required: false", "required: true", "became-required", False, True),
        ("unique: true", "unique: false", "unique-removed", True, False),
        ("unique: false", "unique: true", "unique-added", False, False),
        ("physicalName: a", "physicalName: b", "field-renamed", True, True),
        ("classification: internal", "classification: restricted", "classification-raised", True, False),
        ("classification: internal", "classification: public", "classification-lowered", True, False),
        ("classification: a", "classification: b", "classification-changed", True, False),
        ("classification: internal", "tags: []", "classification-removed", True, False),
        ("tags: []", "classification: internal", "classification-added", False, False),
        ("tags: [pii.email, crm]", "tags: [crm]", "personal-data-tag-removed", True, False),
    ],
)
def test_a_change_of_a_field_is_judged_by_the_table(
    old: str, new: str, kind: str, consumers: bool, history: bool
) -> None:
    change = only(old, new)
    assert (change.kind, change.path) == (kind, "orders.f")
    assert (change.breaks_consumers, change.breaks_history) == (consumers, history)


def test_a_tag_of_personal_data_that_becomes_more_exact_is_not_removed() -> None:
    assert changes(with_field("tags: [pii]"), with_field("tags: [pii.email]")) == []


def enum(*values: str) -> str:
    return f"logicalTypeOptions: {{enum: [{', '.join(values)}]}}"


def test_each_value_of_an_enumeration_is_a_change_of_its_own() -> None:
    found = changes(with_field(enum("a", "b")), with_field(enum("b", "c", "d")))
    assert [(one.kind, one.before, one.after) for one in found] == [
        ("enum-value-added", None, "c"),
        ("enum-value-added", None, "d"),
        ("enum-value-removed", "a", None),
    ]
    assert only(enum("a"), "logicalTypeOptions: {}").kind == "enum-removed"
    assert only("logicalTypeOptions: {}", enum("a")).kind == "enum-added"


def key(*names: str) -> str:
    rows = ", ".join(f"{{name: {name}, primaryKey: {str(name in names).lower()}}}" for name in "abc")
    return f"schema: [{{name: o, properties: [{rows}]}}]\n"


def test_another_primary_key_breaks_both_and_another_order_of_it_nobody() -> None:
    assert summary(changes(contract(key("a", "b")), contract(key("a", "c")))) == [
        ("primary-key-changed", "o", True, True, "block")
    ]
    assert summary(changes(contract(key()), contract(key("a")))) == [("primary-key-added", "o", False, False, "warn")]
    ordered = "schema: [{name: o, properties: [{name: a, primaryKey: true, primaryKeyPosition: %d}, {name: b, primaryKey: true}]}]\n"
    two = "schema: [{name: o, properties: [{name: b, primaryKey: true, primaryKeyPosition: 1}, {name: a, primaryKey: true}]}]\n"
    assert changes(contract(ordered % 1), contract(two)) == []


def kept(product: str, dataset: str = "{name: o}") -> Product:
    return contract(f"slaProperties: [{{property: retention, value: {product}}}]\nschema: [{dataset}]\n")


def test_a_shorter_retention_breaks_and_is_said_once_for_product_and_datasets() -> None:
    assert summary(changes(kept("7y"), kept("90d"))) == [("retention-shortened", "retention", True, True, "block")]
    (longer,) = changes(kept("90d"), kept("7y"))
    assert (longer.kind, longer.before, longer.after, longer.severity) == ("retention-lengthened", "90d", "7y", "info")
    own = "{name: o, customProperties: [{property: retention, value: %s}]}"
    assert summary(changes(kept("7y", own % "2y"), kept("7y", own % "1y"))) == [
        ("retention-shortened", "o", True, True, "block")
    ]
    assert summary(changes(kept("7y"), contract("schema: [{name: o}]\n"))) == [
        ("retention-removed", "retention", True, True, "review")
    ]


def test_a_dataset_that_moves_is_lost_to_its_consumers() -> None:
    old, new = "schema: [{name: o, physicalName: a}]\n", "schema: [{name: o, physicalName: b}]\n"
    assert summary(changes(contract(old), contract(new))) == [("dataset-moved", "o", True, False, "block")]


OPTIONAL, REQUIRED = "required: false", "required: true"


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "kind"),
    [
        ("1.0.0", "1.0.0", OPTIONAL, OPTIONAL, None),
        ("1.0.0", "1.0.1", OPTIONAL, OPTIONAL, None),
        ("1.0.0", "1.0.0", OPTIONAL, REQUIRED, "version-reused"),
        ("1.0.0", "1.0.0", "description: a", "description: b", "version-reused"),
        ("1.0.0", "v1", "description: a", "description: b", "version-reused"),
        ("1.0.0", "1.0.1", "description: a", "description: b", None),
        ("1.1.0", "1.0.9", OPTIONAL, OPTIONAL, "version-decreased"),
        ("1.0.0", "1.9.0", OPTIONAL, REQUIRED, "version-not-bumped-enough"),
        ("1.0.0", "2.0.0", OPTIONAL, REQUIRED, None),
        ("0.1.0", "0.2.0", OPTIONAL, REQUIRED, None),
        ("0.1.0", "0.1.1", OPTIONAL, REQUIRED, "version-not-bumped-enough"),
        ("2.0.0-rc.1", "2.0.0", OPTIONAL, REQUIRED, None),
        ("1.0.0", "1.0.1", "physicalType: varchar(9)", "physicalType: varchar(10)", "version-not-bumped-enough"),
        ("1.0.0", "1.1.0", "physicalType: varchar(9)", "physicalType: varchar(10)", None),
        ("spring", "summer", OPTIONAL, OPTIONAL, "version-incomparable"),
        ("1.0.0", "", OPTIONAL, OPTIONAL, "version-removed"),
        ("", "1.0.0", OPTIONAL, OPTIONAL, None),
    ],
)
def test_the_version_tells_the_truth(before: str, after: str, old: str, new: str, kind: str | None) -> None:
    found = [one for one in compare(with_field(old, before), with_field(new, after)) if one.path == "version"]
    assert [one.kind for one in found] == ([kind] if kind else [])


def test_a_comment_or_a_moved_line_is_no_new_content() -> None:
    assert (
        compare(
            with_field(OPTIONAL),
            contract(f"\n# moved\nschema:\n- name: orders\n  properties: [{{name: f, {OPTIONAL}}}]"),
        )
        == ()
    )


def test_policies_see_exactly_the_attributes_of_a_change() -> None:
    positions = {"pointer", "pointers", "custom", "place"}
    assert {field.name for field in fields(Change)} - positions == set(VOCABULARY["Change"])


def test_the_table_is_consistent() -> None:
    for name, effect in EFFECTS.items():
        breaks = effect.breaks_consumers or effect.breaks_history
        assert effect.severity in {"block", "warn", "info", "review"}, name
        assert effect.harm in {None, "reject", "invent", "reinterpret", "surprise", "loss"}, name
        assert not breaks or (effect.severity in {"block", "review"} and effect.harm), name
        assert effect.reason[0].islower(), name
        assert not effect.reason.endswith("."), name


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_no_published_contract_differs_from_itself(path: object) -> None:
    product = read_product(path)  # type: ignore[arg-type]
    assert compare(product, replace(product, digest="0" * 64)) == ()


def test_removals_and_additions_of_published_contracts_mirror_each_other() -> None:
    products = [read_product(path) for path in PUBLISHED if "adventureworks" not in path.name]
    for old, new in combinations(products, 2):
        assert appeared(old, new) == disappeared(new, old)


NAMES = st.sampled_from("abcd")
TYPES = st.sampled_from(["int", "bigint", "varchar(10)", "varchar(20)", "decimal(10,2)", "timestamptz", "Name"])
LEAF = st.fixed_dictionaries({"required": st.sampled_from(["true", "false"]), "physicalType": TYPES})
NODE = st.recursive(
    LEAF, lambda inner: st.dictionaries(NAMES, inner, max_size=3).map(lambda of: {"properties": of}), max_leaves=8
)
SCHEMA = st.dictionaries(NAMES, st.dictionaries(NAMES, NODE, max_size=4), max_size=3)


def drawn(schema: dict[str, dict[str, dict[str, object]]], version: str = "1.0.0") -> Product:
    datasets = [f"{{name: {name}, properties: {flow(of)}}}" for name, of in schema.items()]
    return contract(f"schema: [{', '.join(datasets)}]\n", version)


def flow(of: dict[str, dict[str, object]]) -> str:
    rows = []
    for name, said in of.items():
        inner = said.get("properties")
        entries = (
            [f"properties: {flow(inner)}"]
            if isinstance(inner, dict)
            else [f"{k}: '{v}'" if k == "physicalType" else f"{k}: {v}" for k, v in said.items()]
        )
        rows.append("{" + ", ".join([f"name: {name}", *entries]) + "}")
    return "[" + ", ".join(rows) + "]"


def appeared(old: Product, new: Product) -> set[tuple[str, str]]:
    kinds = {"dataset-added": "dataset", "field-added": "field", "field-required-added": "field"}
    return {(kinds[one.kind], one.path) for one in compare(old, new) if one.kind in kinds}


def disappeared(old: Product, new: Product) -> set[tuple[str, str]]:
    kinds = {"dataset-removed": "dataset", "field-removed": "field"}
    return {(kinds[one.kind], one.path) for one in compare(old, new) if one.kind in kinds}


@given(SCHEMA)
@settings(deadline=None)
def test_a_product_does_not_differ_from_itself(schema: dict[str, dict[str, dict[str, object]]]) -> None:
    assert compare(drawn(schema), drawn(schema)) == ()


@given(SCHEMA, SCHEMA)
@settings(deadline=None)
def test_swapping_two_versions_turns_additions_into_removals(
    old: dict[str, dict[str, dict[str, object]]], new: dict[str, dict[str, dict[str, object]]]
) -> None:
    assert appeared(drawn(old), drawn(new)) == disappeared(drawn(new), drawn(old))


@given(SCHEMA, SCHEMA)
@settings(deadline=None)
def test_the_order_of_datasets_and_fields_does_not_change_what_is_found(
    old: dict[str, dict[str, dict[str, object]]], new: dict[str, dict[str, dict[str, object]]]
) -> None:
    shuffled = {name: dict(reversed(of.items())) for name, of in reversed(new.items())}
    first, second = changes(drawn(old), drawn(new)), changes(drawn(old), drawn(shuffled))
    assert [_without_places(one) for one in first] == [_without_places(one) for one in second]


def _without_places(change: Change) -> tuple[Change, str | None, str | None]:
    concerned = (change.field and change.field.path, change.dataset and change.dataset.name)
    return replace(change, place=None, pointer="", field=None, dataset=None), *concerned


@given(SCHEMA, SCHEMA)
@settings(deadline=None)
def test_what_breaks_says_so_with_a_harm_and_every_change_has_a_place_in_the_new_file(
    old: dict[str, dict[str, dict[str, object]]], new: dict[str, dict[str, dict[str, object]]]
) -> None:
    product = drawn(new)
    for change in compare(drawn(old), product):
        assert change.harm or not (change.breaks_consumers or change.breaks_history)
        assert change.place == product.places[change.pointer]
