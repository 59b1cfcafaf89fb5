"""Contracts kept between runs: the same product as from the file, believed only where the file is the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine import document_cache
from policy_engine.errors import ProductError
from policy_engine.product.document import Document, Places
from policy_engine.product.kept import decode, encode
from policy_engine.product.read import read_product

PUBLISHED = sorted((Path(__file__).parents[1] / "data/odcs").glob("*.yaml"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def _kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.document.json"))


@pytest.mark.parametrize("contract", PUBLISHED, ids=lambda path: path.stem)
def test_a_kept_contract_is_the_product_that_was_read(contract: Path, tmp_path: Path) -> None:
    once = document_cache.read_product(contract, tmp_path)
    again = document_cache.read_product(contract, tmp_path)
    assert len(_kept(tmp_path)) == 1
    fresh = read_product(contract)
    for found in (once, again):
        assert found == fresh
        assert dict(found.places) == dict(fresh.places)


def test_a_kept_contract_is_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document_cache.read_product(PUBLISHED[0], tmp_path)

    def parse(*_args: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("policy_engine.product.text.read_document", parse)
    assert document_cache.read_product(PUBLISHED[0], tmp_path).id


def test_a_changed_contract_is_read_anew(tmp_path: Path) -> None:
    contract = tmp_path / "a.odcs.yaml"
    text = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\nname: NAME\n"
    names = []
    for name in ("one", "two"):
        contract.write_text(text.replace("NAME", name), encoding="utf-8")
        names.append(document_cache.read_product(contract, tmp_path / "cache").name)
    assert names == ["one", "two"]


def test_what_others_may_write_is_not_believed(tmp_path: Path) -> None:
    document_cache.read_product(PUBLISHED[0], tmp_path)
    (file,) = _kept(tmp_path)
    file.write_bytes(encode(Document({"apiVersion": "v3.1.0", "kind": "DataContract", "id": "forged"}, Places({}))))
    file.chmod(0o666)
    assert document_cache.read_product(PUBLISHED[0], tmp_path).id != "forged"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"[1,{},[",
        b"[1,[0],[]]",
        b'[1,{"a":[]},[]]',
        b"[1,{},3]",
        b'[1,{"a":[1,"x"]},[]]',
        b"[2,{},[]]",
        b"\xff",
    ],
)
def test_what_is_damaged_is_read_anew(content: bytes, tmp_path: Path) -> None:
    fresh = document_cache.read_product(PUBLISHED[0], tmp_path)
    (file,) = _kept(tmp_path)
    file.write_bytes(content)
    assert document_cache.read_product(PUBLISHED[0], tmp_path) == fresh


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert document_cache.read_product(PUBLISHED[0], blocked / "cache").id


def test_a_contract_that_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [", encoding="utf-8")
    with pytest.raises(ProductError):
        document_cache.read_product(broken, tmp_path / "cache")
    assert not _kept(tmp_path / "cache")


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_values_survive_their_bytes(root: dict[str, object]) -> None:
    found = decode(encode(Document(root, Places({"/a": (3, 4)}))))  # type: ignore[arg-type]
    assert found is not None
    assert _thawed(found.root) == _thawed(root)
    assert found.places["/a"].line == 4


def _thawed(value: object) -> object:
    """Equal values of different types are told apart."""
    if hasattr(value, "items"):
        return {key: _thawed(item) for key, item in value.items()}
    return tuple(map(_thawed, value)) if isinstance(value, tuple) else (type(value), str(value))
