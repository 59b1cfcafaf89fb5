"""What a contract states arrives in the model, with where it is stated; what is not as the standard says is noted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from policy_engine.errors import ProductError
from policy_engine.plan.values import duration
from policy_engine.product import Field, Product
from policy_engine.product.odcs_keys import LEVELS

from .samples import HEAD, contract, published, remarks


def fields(product: Product) -> dict[str, Field]:
    return {field.path: field for field in product.fields}


def schema(properties: str) -> str:
    return "schema:\n  - name: orders\n    properties:\n" + properties


def line(product: Product, pointer: str) -> int:
    return product.places[pointer].line


def test_the_full_example_fills_the_product() -> None:
    product = published("full-example")
    assert (product.version, product.status, product.domain) == ("1.1.0", "active", "seller")
    assert product.owner is not None
    assert (product.owner.name, product.owner.role) == ("daustin", "Owner")
    assert line(product, product.owner.pointer) == 243
    assert product.tags == ("transactions",)
    assert product.description is not None
    assert product.description.splitlines()[0] == "Views built on top of the seller tables."
    assert product.support == ("#product-help", "datacontract-ann", "Feedback", "product-issues")
    assert product.custom["dataprocClusterName"] == ("cluster name",)
    assert product.custom["somePropertyName"] == "property.value"


def test_the_full_example_fills_datasets_and_fields() -> None:
    product = published("full-example")
    assert [dataset.name for dataset in product.datasets] == ["tbl", "receivers"]
    assert product.datasets[0].physical_name == "tbl_1"
    assert product.datasets[0].custom == {"business-key": ("txn_ref_dt", "rcvr_id")}
    assert product.datasets[1].primary_key == ("id", "country_code")
    receiver = fields(product)["tbl.rcvr_id"]
    assert (receiver.type, receiver.physical_type, receiver.classification) == ("string", "varchar(18)", "restricted")
    assert (receiver.primary_key, receiver.primary_key_position, receiver.required) == (True, 1, False)
    assert receiver.tags == ("uid",)
    dated = fields(product)["tbl.transaction_reference_date"]
    assert (dated.physical_name, dated.primary_key_position) == ("txn_ref_dt", None)
    assert dated.examples == ("2022-10-03", "2020-01-28")
    assert dated.custom == {"anonymizationStrategy": "none"}
    assert line(product, dated.pointers["custom.anonymizationStrategy"]) == 91


def test_the_full_example_fills_ports_and_slas() -> None:
    product = published("full-example")
    (port,) = product.ports
    assert (port.name, port.type) == ("my-postgres", "postgres")
    assert port.location == "localhost:5432/pypl-edw/pp_access_views"
    latency = product.slas[0]
    assert (latency.name, latency.value, latency.unit, latency.duration) == ("latency", "4", "d", duration(4, "d"))
    assert product.slas[1].duration is None
    assert product.slas[6].driver == "regulatory"


def test_the_full_example_says_who_may_what_and_why() -> None:
    product = published("full-example")
    assert [(role.name, role.access, role.second_level_approvers) for role in product.roles][1:3] == [
        ("bq_queryman_user_opr", "read", "na"),
        ("risk_data_access_opr", "read", "dathvador"),
    ]
    assert [(one.name, one.date_in, one.date_out) for one in product.team] == [
        ("ceastwood", date(2022, 8, 2), date(2022, 10, 1)),
        ("mhopper", date(2022, 10, 1), None),
        ("daustin", date(2022, 10, 1), None),
    ]
    assert (product.tenant, product.data_product, product.created) == (
        "ClimateQuantumInc",
        "my quantum",
        date(2022, 11, 15),
    )
    assert product.purpose == "Views built on top of the seller tables."
    assert line(product, product.pointers["limitations"]) == 16
    assert [link.type for link in product.definitions] == ["canonical", "privacy-statement"]
    assert product.slas[2].date == date(2032, 5, 12)
    assert product.slas[0].date is None


def test_the_full_example_says_how_fields_come_about_and_are_checked() -> None:
    product = published("full-example")
    dated, _, country = product.datasets[0].fields
    assert dated.transform_sources == ("table_name_1", "table_name_2", "table_name_3")
    assert (dated.partitioned, dated.critical, country.encrypted_name) == (True, False, "rcvr_cntry_code_encrypted")
    assert [(rule.metric, rule.dimension) for rule in country.quality] == [("nullValues", "completeness")]
    assert [rule.metric for rule in product.datasets[0].quality] == ["rowCount"]
    assert product.datasets[0].granularity == "Aggregation on columns txn_ref_dt, pmt_txn_id"


def test_a_region_is_a_servers_own_or_a_custom_property() -> None:
    product = contract(
        "servers:\n- {server: a, type: kinesis, region: eu-west-1}\n- {server: b, type: athena, regionName: us-east-1}\n"
        "- {server: c, type: s3, customProperties: [{property: region, value: eu-north-1}]}\n- {server: d, type: s3}\n"
    )
    assert [port.region for port in product.ports] == ["eu-west-1", "us-east-1", "eu-north-1", None]
    assert [line(product, port.pointers["region"]) for port in product.ports[:3]] == [6, 7, 8]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("'2030-01-31'", date(2030, 1, 31)),
        ("'2030-01-31T23:30:00-08:00'", date(2030, 2, 1)),
        ("'2030-01-31T23:30'", date(2030, 1, 31)),
        ("soon", None),
        ("2030", None),
        ("'0001-01-01T00:00+14:00'", None),
    ],
)
def test_a_promise_may_be_a_day(written: str, day: date | None) -> None:
    assert contract(f"slaProperties: [{{property: endOfLife, value: {written}}}]\n").slas[0].date == day


def test_constraints_come_from_the_options_of_the_logical_type() -> None:
    of = {path: field.constraints for path, field in fields(published("all-data-types")).items()}
    account = of["transactions_tbl.account_id"]
    assert (account.min_length, account.max_length, account.pattern) == (11, 11, "ACC[0-9]{8}")
    assert of["transactions_tbl.txn_ref_date"].exclusive_minimum == "2020-01-01"
    age = of["transactions_tbl.age"]
    assert (age.minimum, age.exclusive_maximum, age.format) == (Decimal(18), Decimal(100), "i64")
    zoned = of["transactions_tbl.txn_timestamp_tz"]
    assert (zoned.timezone, zoned.default_timezone) == (True, "Australia/Sydney")
    assert of["transactions_tbl.txn_time"].timezone is False
    assert of["transactions_tbl.latest_txns"].max_items == 3
    assert of["transactions_tbl.latest_txns"].unique_items is True


def test_nested_fields_have_paths_and_lists_have_items_without_a_name_of_their_own() -> None:
    found = fields(published("all-schema-types"))
    assert [path for path in found if not path.startswith("tbl.")] == [
        "AnObject.street_lines",
        "AnotherObject.x",
        "AnotherObject.x[].id",
        "AnotherObject.x[].zip",
    ]
    lines = found["AnObject.street_lines"].items
    assert lines is not None
    assert (lines.path, lines.type) == ("AnObject.street_lines[]", "string")
    assert [child.path for child in found["AnotherObject.x"].fields] == [
        "AnotherObject.x[].id",
        "AnotherObject.x[].zip",
    ]


def test_fields_of_an_object_follow_it_at_every_depth() -> None:
    body = schema(
        "      - name: at\n        logicalType: object\n        properties:\n          - name: geo\n"
        "            properties:\n              - {name: lat, primaryKey: true}\n      - name: id\n"
    )
    product = contract(body)
    assert [field.path for field in product.fields] == ["orders.at", "orders.at.geo", "orders.at.geo.lat", "orders.id"]
    assert product.datasets[0].primary_key == ("at.geo.lat",)


def test_key_fields_without_a_position_come_last_in_the_contracts_order() -> None:
    rows = (
        "{name: c, primaryKey: true}",
        "{name: b, primaryKey: true, primaryKeyPosition: 2}",
        "{name: a, primaryKey: true, primaryKeyPosition: 1}",
        "{name: d, primaryKey: true, primaryKeyPosition: -1}",
    )
    product = contract(schema("".join(f"      - {row}\n" for row in rows)))
    assert product.datasets[0].primary_key == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("quality", "enum"),
    [
        ("{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, null, 1]}}", ("a", "1")),
        ("{type: library, rule: validValues, validValues: [a, b]}", ("a", "b")),
        ("{metric: invalidValues, mustBeLessOrEqualTo: 5, unit: percent, arguments: {validValues: [a]}}", None),
        ("{metric: invalidValues, mustBe: 5, arguments: {validValues: [a]}}", None),
        ("{metric: nullValues, mustBe: 0}", None),
    ],
)
def test_a_rule_of_valid_values_without_tolerance_is_an_enumeration(quality: str, enum: tuple[str, ...] | None) -> None:
    product = contract(schema(f"      - name: state\n        quality: [{quality}]\n"))
    assert product.fields[0].constraints.enum == enum
    assert remarks(product) == []


OWNERS = [
    ("team: [{username: ada, role: Data Steward}, {username: bob, role: data-owner}]", "bob"),
    ("team: [{username: ada, role: Owner, dateOut: '2024-01-01'}, {username: bob, role: Product Owner}]", "bob"),
    ("team: {members: [{username: ada, name: Ada Lovelace, role: OWNER}]}", "Ada Lovelace"),
    ("team: [{username: ada, role: homeowner relations}]", None),
    ("customProperties: [{property: owner, value: sales}]", "sales"),
    ("team: [{username: ada, role: owner}]\ncustomProperties: [{property: owner, value: sales}]", "ada"),
    ("team: {name: owners}", None),
]


@pytest.mark.parametrize(("body", "name"), OWNERS)
def test_the_owner_is_the_member_whose_role_says_so_and_else_the_custom_property(body: str, name: str | None) -> None:
    owner = contract(body + "\n").owner
    assert (owner.name if owner else None) == name


def retention(body: str) -> tuple[object, list[object]]:
    product = contract(body + "\nschema: [{name: orders, physicalName: o_1}, {name: customers}]\n")
    return product.retention, [dataset.retention for dataset in product.datasets]


def test_retention_of_the_product_holds_for_every_dataset() -> None:
    years = duration(3, "y")
    assert retention("slaProperties: [{property: retention, value: 3, unit: y}]") == (years, [years, years])
    assert retention("customProperties: [{property: retention, value: P3Y}]") == (years, [years, years])


def test_retention_of_an_element_holds_for_its_dataset_only() -> None:
    for element in ("orders", "orders.created", "o_1.created"):
        body = f"slaProperties: [{{property: retention, value: 3y, element: {element}}}]"
        assert retention(body) == (None, [duration(3, "y"), None])


def test_a_datasets_own_retention_goes_before_the_products() -> None:
    product = contract(
        "slaProperties: [{property: retention, value: 3, unit: y}]\nschema:\n  - name: orders\n"
        "    customProperties:\n      - property: retention\n        value: {value: 90, unit: days}\n"
    )
    assert product.datasets[0].retention == duration(90, "d")
    assert line(product, product.datasets[0].pointers["retention"]) == 10
    assert line(product, product.pointers["retention"]) == 5


def test_a_retention_that_is_no_duration_is_noted_where_it_stands() -> None:
    product = contract("slaProperties:\n  - property: retention\n    value: forever\n")
    assert product.retention is None
    assert remarks(product) == ["7: the retention is `forever`, which is no duration such as `7` with the unit `y`"]


def test_the_timestamp_field_is_named_by_a_custom_property() -> None:
    body = schema("      - name: loaded\n") + "    customProperties: [{property: timestampField, value: loaded}]\n"
    found = contract(body).datasets[0].timestamp_field
    assert found is not None
    assert found.path == "orders.loaded"


def test_a_timestamp_field_that_the_dataset_does_not_have_is_noted() -> None:
    body = schema("      - name: loaded\n") + "    customProperties: [{property: timestampField, value: loadad}]\n"
    product = contract(body)
    assert product.datasets[0].timestamp_field is None
    assert remarks(product) == ["9: `timestampField` is the text `loadad`, which names no field of `orders`"]


def test_what_is_unknown_or_of_the_wrong_type_is_noted_with_its_line_and_the_nearest_name() -> None:
    product = contract(
        "version: 1.10\ndomian: x\nschema:\n  - name: orders\n    properties:\n      - name: id\n"
        "        businessName: true\n        logicalType: String\n        logicaltype: x\n"
        "        logicalTypeOptions: {minLength: '3'}\nprice: none\n"
    )
    assert product.version == "1.10"
    assert product.fields[0].type is None
    assert remarks(product) == [
        "5: `version` is a number where a text is meant, read as `1.10`; quote it",
        "6: `domian` is no key of the standard's contract; did you mean `domain`?",
        "11: `businessName` is `true` where a text is meant, so it is not read",
        "12: `String` is no logical type, so it is not read; did you mean `string`?",
        "13: `logicaltype` is no key of the standard's property; did you mean `logicalType`?",
        "14: `minLength` is the text `3` where a whole number is meant, so it is not read",
        "15: `price` is the text `none` where a mapping is meant",
    ]


def test_names_that_occur_twice_are_refused_with_both_lines() -> None:
    with pytest.raises(ProductError) as caught:
        contract("schema:\n  - name: a\n    properties: [{name: x},\n      {name: x}]\n  - name: a\n")
    assert str(caught.value).splitlines() == [
        "shop.yaml:8:7: a second field `a.x`; the first one is in line 7",
        "shop.yaml:9:5: a second dataset `a`; the first one is in line 6",
    ]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("yes", "`yes` is text; write `true`"),
        ("'false'", "`false` is text; write `false`"),
        ("1", "a number; write `true`"),
    ],
)
def test_a_flag_that_is_not_true_or_false_is_refused_where_it_stands(written: str, says: str) -> None:
    with pytest.raises(ProductError) as caught:
        contract(schema(f"      - name: id\n        required: {written}\n"))
    assert "shop.yaml:9:9" in str(caught.value)
    assert says in str(caught.value)


def test_blank_text_is_missing() -> None:
    product = contract("name: ' '\ndescription: ''\ndomain:\n")
    assert (product.name, product.description, product.domain) == (None, None, None)
    assert remarks(product) == []


@pytest.mark.parametrize(
    "code", [0x07, 0xA0, 0xAD, 0x200B, 0x200E, 0x2060, 0x2028, 0x2800, 0x3164, 0xFE0F, 0xFEFF, 0xE0100]
)
def test_a_text_in_which_there_is_nothing_to_see_is_blank(code: int) -> None:
    product = contract(f'name: " \\U{code:08x} "\ntags: ["\\U{code:08x}", a]\n')
    assert (product.name, product.tags) == (None, ("a",))


@pytest.mark.parametrize("text", [".", "é", "e\u0301", "名", "\u200bx", "👍🏽", "ש\u05b0"])
def test_a_text_in_which_there_is_something_to_see_is_not(text: str) -> None:
    assert contract(f"name: '{text}'\n").name == text


def test_all_impossible_structures_of_a_contract_are_refused_in_one_run() -> None:
    with pytest.raises(ProductError) as caught:
        contract("tags: x\nschema:\n  - properties:\n      - name: [a]\nservers: [1]\n")
    assert str(caught.value).splitlines() == [
        "shop.yaml:5:1: `tags` is the text `x` where a list is meant",
        "shop.yaml:7:5: a schema object has no `name`",
        "shop.yaml:8:9: `name` is a list where a text is meant",
        "shop.yaml:8:9: a property has no `name`",
        "shop.yaml:9:11: `servers[0]` is the number `1` where a mapping is meant",
    ]
    assert "write `- ` before each item" in caught.value.help


def test_an_alias_stands_where_it_is_written_and_is_read_at_each_use() -> None:
    product = contract(
        "schema:\n  - name: a\n    properties: &common\n      - {name: id, required: true}\n  - name: b\n    properties: *common\n"
    )
    assert [field.path for field in product.fields] == ["a.id", "b.id"]
    assert {line(product, field.pointers["required"]) for field in product.fields} == {8}


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.2", "v3.1.0", "3.1.0", "v3.1"])
def test_versions_3_0_and_3_1_are_read(version: str) -> None:
    product = contract(head=HEAD.replace("v3.1.0", f"'{version}'"))
    assert product.format == f"ODCS v{version.removeprefix('v')}"


def test_the_reference_page_lists_every_key_that_is_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "product.md").read_text()
    assert [key for level in LEVELS.values() for key in sorted(level.keys) if f"`{key}`" not in page] == []
