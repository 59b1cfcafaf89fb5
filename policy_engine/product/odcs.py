"""An ODCS 3.0 or 3.1 data contract (Open Data Contract Standard, Bitol) -> the product it describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from policy_engine.product.dates import read_date
from policy_engine.product.document import Document
from policy_engine.product.model import Dataset, Product, Quality
from policy_engine.product.odcs_keys import note_unknown_keys
from policy_engine.product.odcs_notes import read_definitions
from policy_engine.product.odcs_people import read_roles, read_team
from policy_engine.product.odcs_ports import read_ports
from policy_engine.product.odcs_schema import read_datasets, with_retention
from policy_engine.product.odcs_terms import (
    dataset_retentions,
    product_retention,
    read_custom,
    read_description,
    read_owner,
    read_slas,
    read_support,
)
from policy_engine.product.part import Notes, Part

READ: Final = "ODCS v3.0 and v3.1, in YAML or JSON"
KIND: Final = "DataContract"
_VERSION = re.compile(r"v?(3\.[01](?:\.\d{1,5})?(?:-[0-9A-Za-z.]{1,40})?)", re.ASCII)
_PRODUCT: Final = {
    "id": "id",
    "name": "name",
    "domain": "domain",
    "tenant": "tenant",
    "data_product": "dataProduct",
    "created": "contractCreatedTs",
    "team": "team",
    "roles": "roles",
    "definitions": "authoritativeDefinitions",
    "version": "version",
    "status": "status",
    "description": "description",
    "tags": "tags",
    "ports": "servers",
    "slas": "slaProperties",
    "support": "support",
    "datasets": "schema",
    "fields": "schema",
}
_DESCRIPTION: Final = ("purpose", "usage", "limitations")


def read_odcs(document: Document, file: str, digest: str) -> Product:
    """The product. Raises ProductError with every reason why the contract cannot be read, each with its place."""
    notes = Notes(file, document.places)
    contract = Part(document.root, "", notes)
    version = _admit(contract)
    note_unknown_keys(document.root, "", "contract", notes)
    custom = read_custom(contract)
    slas = read_slas(contract)
    retention = product_retention(contract, slas, custom)
    datasets = read_datasets(contract)
    of_slas = dataset_retentions(contract, slas, _names(datasets))
    datasets = tuple(with_retention(one, of_slas.get(one.name), retention, contract) for one in datasets)
    owner = read_owner(contract, custom)
    description = contract.part("description") if isinstance(document.root.get("description"), Mapping) else None
    pointers = contract.stated(_PRODUCT) | custom.pointers
    pointers |= {"owner": owner.pointer} if owner else {}
    pointers |= description.stated({key: key for key in _DESCRIPTION}) if description else {}
    pointers |= {"retention": retention.pointer} if retention else {}
    product = Product(
        id=contract.name("id", "the contract"),
        file=file,
        format=f"ODCS v{version}",
        digest=digest,
        places=document.places,
        name=contract.text("name"),
        domain=contract.text("domain"),
        version=contract.text("version"),
        status=contract.text("status"),
        tenant=contract.text("tenant"),
        data_product=contract.text("dataProduct"),
        created=read_date(document.root.get("contractCreatedTs")),
        owner=owner,
        team=read_team(contract),
        roles=read_roles(contract),
        description=read_description(contract),
        purpose=description.text("purpose") if description else None,
        usage=description.text("usage") if description else None,
        limitations=description.text("limitations") if description else None,
        definitions=read_definitions(contract) + (read_definitions(description) if description else ()),
        tags=contract.texts("tags"),
        ports=read_ports(contract),
        slas=slas,
        support=read_support(contract),
        datasets=datasets,
        fields=tuple(field for dataset in datasets for field in dataset.fields),
        quality=tuple(_quality(datasets)),
        retention=retention.duration if retention else None,
        not_understood=tuple(sorted(notes.remarks, key=lambda one: (one.place.line, one.place.column, one.message))),
        pointers=pointers,
        custom=custom.values,
    )
    notes.raise_refusals()
    return product


def _admit(contract: Part) -> str:
    """The version of the standard. A file of another kind or version is refused before anything else is said of it."""
    kind = contract.text("kind")
    version = contract.text("apiVersion")
    if kind != KIND:
        found = f"`kind` is `{kind}`, not `{KIND}`" if kind else "the file has no `kind`"
        contract.notes.refuse(contract.at("kind"), found, f"what is read: {READ}; such a contract says `kind: {KIND}`")
    if kind not in {None, KIND}:
        contract.notes.raise_refusals()
    match = _VERSION.fullmatch(version or "")
    if match is None:
        found = f"`apiVersion` is `{version}`" if version else "the file has no `apiVersion`"
        contract.notes.refuse(contract.at("apiVersion"), found, f"what is read: {READ}; write `apiVersion: v3.1.0`")
    contract.notes.raise_refusals()
    assert match is not None
    return match[1]


def _quality(datasets: tuple[Dataset, ...]) -> Iterator[Quality]:
    """Every rule of quality: of each dataset its own, then those of its fields."""
    for dataset in datasets:
        yield from dataset.quality
        yield from (rule for field in dataset.fields for rule in field.quality)


def _names(datasets: tuple[Dataset, ...]) -> dict[str, str]:
    """Names and physical names -> names of datasets; a name goes before a physical name."""
    physical = {one.physical_name: one.name for one in reversed(datasets) if one.physical_name}
    return physical | {one.name: one.name for one in datasets}
