"""Contracts kept between runs as the values that were read, which saves most of reading them.

A contract is found by the digest of its bytes and of the reader's own files. What is signed is always read anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from policy_engine import kept
from policy_engine.plan.canonical import Digest, canonical, digest
from policy_engine.product.kept import decode, encode
from policy_engine.product.model import Product
from policy_engine.product.read import product_of, read_content

_READER: Final = tuple(f"product/{name}.py" for name in ("compose", "document", "encoding", "kept", "scalar", "text"))
_KIND: Final = "document"
#: Of ten kilobytes each: as many as a large mesh has.
_KEPT: Final = 20_000


def read_product(path: Path, where: Path) -> Product:
    """The product that a file describes; its values are those kept in `where`, or are kept there. Raises ProductError."""
    content = read_content(path)
    name = digest(f"{_reader()}{digest(content)}".encode())
    found = kept.find(where, name, _KIND)
    document = None if found is None else decode(found)
    if document is None:
        from policy_engine.product.text import read_document

        document = read_document(content, path.as_posix())
        kept.keep(where, name, _KIND, encode(document), most=_KEPT)
    return product_of(document, content, path.as_posix())


@cache
def _reader() -> Digest:
    return digest(canonical(kept.stamps(_READER)))
