"""What of a data product is in a folder already: contracts, their data, dbt."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policy_engine.errors import PolicyEngineError
from policy_engine.product.model import Product
from policy_engine.product.read import read_product

_CONTRACT_ENDINGS: Final = (".yaml", ".yml", ".json")
#: Formats of data, the richest first: of one table in several, the first is taken.
_DATA_ENDINGS: Final = (".parquet", ".arrow", ".csv", ".jsonl", ".ndjson")
#: Folders that hold what tools made, not what people wrote.
_FOREIGN: Final = frozenset({"node_modules", "venv", "__pycache__", "dbt_packages", "site-packages"})
#: More files than this are no repository of a domain, but a disk.
MOST: Final = 20_000
_MARK: Final = re.compile(rb"^\s*\"?kind\"?\s*:\s*[\"']?DataContract\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Contract:
    """A product's newest contract, the one before it if that is there, and its data by dataset."""

    file: Path
    product: Product
    previous: Path | None = None
    data: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found, with paths relative to the folder."""

    contracts: tuple[Contract, ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()
    dbt: tuple[Path, ...] = ()
    #: data that belongs to no dataset of a contract, or to one for which there is something better
    left: tuple[Path, ...] = ()
    is_cut: bool = False


def survey(root: Path) -> Found:
    """Look through a folder. What is hidden, or behind a link, is not looked at."""
    files: list[Path] = []
    for file in _files(root):
        if len(files) == MOST:
            return Found(is_cut=True)
        files.append(file)
    products: list[tuple[Path, Product]] = []
    unreadable: list[tuple[Path, str]] = []
    for file in (file for file in files if _is_contract(root / file)):
        try:
            products.append((file, read_product(root / file)))
        except PolicyEngineError as error:
            unreadable.append((file, str(error)))
    data = [file for file in files if file.suffix.lower() in _DATA_ENDINGS]
    contracts = tuple(_with_data(one, data) for one in _newest(products))
    used = {file for contract in contracts for _, file in contract.data}
    dbt = tuple(file for file in files if file.name in {"manifest.json", "dbt_project.yml"})
    return Found(contracts, tuple(unreadable), dbt, tuple(file for file in data if file not in used))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _FOREIGN)
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file.relative_to(root)


def _is_contract(file: Path) -> bool:
    """Does it say that it is one? Files that do not are not even parsed."""
    if not file.name.endswith(_CONTRACT_ENDINGS):
        return False
    try:
        with file.open("rb") as stream:
            return _MARK.search(stream.read(1024 * 1024)) is not None
    except OSError:
        return False


def _newest(products: Sequence[tuple[Path, Product]]) -> list[Contract]:
    """Of each product the newest version, with the one before it."""
    by_id: dict[str, list[tuple[Path, Product]]] = {}
    for file, product in products:
        by_id.setdefault(product.id, []).append((file, product))
    found = []
    for versions in by_id.values():
        versions.sort(key=lambda one: (_order(str(one[1].version or "")), one[0]))
        file, product = versions[-1]
        older = [one for one, other in versions[:-1] if other.version != product.version]
        found.append(Contract(file, product, older[-1] if older else None))
    return sorted(found, key=lambda one: one.file)


def _order(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:4])


def _with_data(contract: Contract, data: Iterable[Path]) -> Contract:
    stem = re.sub(r"(\.odcs)?\.(yaml|yml|json)$", "", contract.file.name)
    found = []
    for dataset in contract.product.datasets:
        names = {name.casefold() for name in (dataset.name, dataset.physical_name) if name}
        fitting = [file for file in data if file.stem.casefold() in names] or [
            file
            for file in data
            if stem.casefold().endswith(file.stem.casefold()) and file.stem.casefold().startswith(tuple(names))
        ]
        fitting.sort(key=lambda file: (_DATA_ENDINGS.index(file.suffix.lower()), file))
        if fitting and len({file.with_suffix("") for file in fitting}) == 1:
            found.append((dataset.name, fitting[0]))
    return Contract(contract.file, contract.product, contract.previous, tuple(found))
