"""Published contracts are read whole; what is no contract is refused, with the place and what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policy_engine.errors import ProductError
from policy_engine.product import Product, parse_product, read_product
from policy_engine.product.odcs_keys import LEVELS

from .samples import DATA, HEAD, contract, published, remarks

CONTRACTS = sorted((DATA / "odcs").glob("*.yaml"))


def refusal(content: bytes) -> ProductError:
    with pytest.raises(ProductError) as caught:
        parse_product(content, "f.yaml")
    return caught.value


def test_there_are_eighteen_published_contracts() -> None:
    assert len(CONTRACTS) == 18


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_every_published_contract_is_read_and_every_pointer_in_it_has_a_place(path: Path) -> None:
    product = read_product(path)
    assert product.id
    assert product.format.startswith("ODCS v3.")
    assert product.file == path.as_posix()
    for element in (product, *product.datasets, *product.fields, *product.ports, *product.slas):
        assert element.pointer in product.places
        assert set(element.pointers.values()) <= product.places.keys()


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_the_only_thing_not_understood_is_a_retention_for_a_dataset_that_the_contract_does_not_have(path: Path) -> None:
    expected = {
        "full-example.odcs.yaml": ["283: `tab1.txn_ref_dt` names no dataset, so this retention applies to nothing"],
        "database-table-sla.odcs.yaml": [
            "25: `tab1.txn_ref_dt` names no dataset, so this retention applies to nothing"
        ],
    }
    assert remarks(read_product(path)) == expected.get(path.name, [])


def test_the_largest_contract_has_68_datasets_and_456_fields() -> None:
    product = published("postgresql-adventureworks-contract")
    assert (len(product.datasets), len(product.fields)) == (68, 456)
    assert product.datasets[0].primary_key == ("departmentid",)


def test_a_place_is_the_key_of_an_entry_and_the_beginning_of_an_item() -> None:
    lines = (DATA / "odcs" / "full-example.odcs.yaml").read_text().splitlines()
    product = published("full-example")
    field = next(one for one in product.fields if one.path == "tbl.rcvr_id")
    place = product.places[field.pointers["classification"]]
    assert lines[place.line - 1][place.column - 1 :] == "classification: restricted"
    item = product.places[field.pointer]
    assert lines[item.line - 1][: item.column - 1] == "      - "


def test_a_contract_in_json_is_read_as_the_same_product() -> None:
    json = '{"apiVersion": "v3.1.0", "kind": "DataContract", "id": "shop", "status": "active",\n\t"name": "\\ud83d\\ude00"}'
    product = parse_product(json.encode(), "shop.json")
    assert (product.id, product.status, product.name) == ("shop", "active", "😀")
    assert product.places["/name"].line == 2


def test_a_byte_order_mark_is_accepted_and_moves_no_column() -> None:
    product = parse_product(b"\xef\xbb\xbf" + HEAD.encode(), "f.yaml")
    assert (product.places["/apiVersion"].line, product.places["/apiVersion"].column) == (1, 1)


def test_the_digest_is_that_of_the_bytes() -> None:
    import hashlib

    assert contract().digest == hashlib.sha256(HEAD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("content", "message", "advice"),
    [
        (b"", "f.yaml:1:1: the file is empty", "write the contract"),
        (b"a,b\n1,2\n", "f.yaml:1:1: the file holds a single text", "give the contract"),
        (b"- a\n", "f.yaml:1:1: the file holds a list", "give the contract"),
        (b"PAR1\x15\x04", "f.yaml:1:1: this is a Parquet file", "give the contract"),
        ("a: b".encode("utf-16"), "f.yaml:1:1: the file is UTF-16 or UTF-32", "save the file as UTF-8"),
        ("a: b".encode("utf-16-le"), "f.yaml:1:1: the file is UTF-16 or UTF-32", "save the file as UTF-8"),
        (b"id: caf\xe9\n", "f.yaml:1:8: byte 0xe9 is not UTF-8", "save the file as UTF-8"),
        (b"a: 1\nb: \x07\n", "f.yaml:2:4: the character U+0007 cannot be seen", "delete"),
        (
            b"dataContractSpecification: 1.2.1\n",
            "f.yaml:1:1: this looks like a Data Contract Specification",
            "ODCS v3.0",
        ),
        (b"name: x\n", "f.yaml:1:1: this is no data contract", "ODCS v3.0"),
        (b"kind: DataProduct\napiVersion: v1.0.0\n", "f.yaml:1:1: `kind` is `DataProduct`", "ODCS v3.0"),
        (b"kind: DataContract\napiVersion: v2.2.2\nid: x\n", "f.yaml:2:1: `apiVersion` is `v2.2.2`", "v3.1.0"),
        (b"kind: DataContract\napiVersion: v3.1.0\n", "f.yaml:1:1: the contract has no `id`", "write `id"),
        (b" " * (16 * 1024 * 1024 + 1), "f.yaml:1:1: the file is larger than 16 MB", "split"),
    ],
)
def test_what_is_no_contract_is_refused_with_its_place_and_what_to_do(
    content: bytes, message: str, advice: str
) -> None:
    error = refusal(content)
    assert str(error).startswith(message)
    assert advice in error.help


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ProductError, match="cannot read"):
            read_product(path)


def test_importing_the_package_loads_no_parser() -> None:
    code = "import sys, policy_engine.product; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def outcome(content: bytes) -> ProductError | None:
    """How the bytes are refused; None where they are a product. Anything else is a fault of ours."""
    try:
        product = parse_product(content, "f")
    except ProductError as error:
        return error
    assert isinstance(product, Product)
    return None


ALPHABET = st.sampled_from(
    [
        *"[]{}:-,&*!|>'\"#?%@\n\t ax01.",
        "apiVersion: v3.1.0\n",
        "kind: DataContract\n",
        "id: x\n",
        "schema:\n",
        "- name: a\n",
        "  properties:\n",
        "slaProperties:\n",
        "customProperties:\n",
        "- property: retention\n",
        "  value: ",
        "team: ",
        "<<: *a",
    ]
)


@given(st.one_of(st.binary(max_size=200), st.lists(ALPHABET, max_size=60).map(lambda parts: "".join(parts).encode())))
@example(b"\x00" * 50)
@example(b"[" * 100_000)
@settings(max_examples=400, deadline=1000)
def test_any_bytes_give_a_product_or_a_refusal_that_says_where(content: bytes) -> None:
    refused = outcome(content)
    assert refused is None or (str(refused).startswith("f:") and refused.help)


KEYS = st.sampled_from(sorted(set().union(*(level.keys for level in LEVELS.values())) | {"retention", "owner"}))
VALUES = st.recursive(
    st.sampled_from(["x", "yes", "7y", "1.5", "7", "null", "true", "''", "timestampField", "array"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(KEYS, inner, max_size=5).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        ),
    ),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, VALUES, max_size=8))
@settings(max_examples=400, deadline=1000)
def test_any_shape_below_the_standards_keys_gives_a_product_or_a_refusal(entries: dict[str, str]) -> None:
    lines = {"id": "x"} | entries
    text = "apiVersion: v3.1.0\nkind: DataContract\n" + "".join(f"{key}: {value}\n" for key, value in lines.items())
    refused = outcome(text.encode())
    assert refused is None or all(line.startswith("f:") for line in str(refused).splitlines())
