"""A metadata file -> the product it describes, whatever the format. The parser is loaded when a file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from policy_engine.errors import ProductError
from policy_engine.plan.canonical import digest
from policy_engine.product.model import Product

if TYPE_CHECKING:
    from policy_engine.product.document import Document

#: A key that only one foreign format has at its root -> what the file is.
_FOREIGN: Final[Mapping[str, str]] = {
    "dataContractSpecification": "a Data Contract Specification",
    "dataProductSpecification": "a Data Product Specification",
    "openapi": "an OpenAPI description",
    "$schema": "a JSON Schema",
    "asyncapi": "an AsyncAPI description",
    "models": "a dbt properties file",
    "metadata": "a dbt artifact",
}


def read_product(path: Path, *, name: str | None = None) -> Product:
    """The product that a file describes; `name` stands for the path in reports. Raises ProductError."""
    return parse_product(read_content(path), name if name is not None else path.as_posix())


def read_content(path: Path) -> bytes:
    """The bytes of a metadata file, or so many that they will be refused as too many. Raises ProductError."""
    from policy_engine.product.encoding import MAX_BYTES

    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProductError(f"cannot read `{path}`: {reason}", help="give the path of the product's contract") from error


def parse_product(content: bytes, file: str) -> Product:
    """The product that the bytes of a file describe; `file` is its name in reports. Raises ProductError."""
    from policy_engine.product.text import read_document

    return product_of(read_document(content, file), content, file)


def product_of(document: Document, content: bytes, file: str) -> Product:
    """The product that a file describes whose bytes were read already. Raises ProductError."""
    from policy_engine.product.odcs import read_odcs

    _refuse_foreign(document, file)
    return replace(read_odcs(document, file, digest(content)), size=len(content))


def _refuse_foreign(document: Document, file: str) -> None:
    from policy_engine.product.odcs import READ
    from policy_engine.product.refusal import Refusal, refused

    if "apiVersion" in document.root or "kind" in document.root:
        return
    key = next((key for key in _FOREIGN if key in document.root), None)
    what = (
        f"this looks like {_FOREIGN[key]}" if key else "this is no data contract: it has no `apiVersion` and no `kind`"
    )
    place = document.places["" if key is None else f"/{key}"]
    raise refused(file, (Refusal(place, what, f"what is read: {READ}"),))
