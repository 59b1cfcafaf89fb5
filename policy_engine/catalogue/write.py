"""The catalogue in each of its forms: path -> bytes of every file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Final, Literal

from policy_engine.catalogue.markdown import markdown
from policy_engine.catalogue.model import Catalogue
from policy_engine.catalogue.site import STYLE_SHEET, site
from policy_engine.reporting.html import style_sheet

SCHEMA: Final = "urn:policy-engine:catalogue:v1"
#: In every form: the catalogue for programs, and the sign that the folder was written by this command.
INDEX: Final = "catalogue.json"
Form = Literal["html", "markdown"]
FORMATS: Final[tuple[Form, ...]] = ("html", "markdown")


def pages(catalogue: Catalogue, form: Form) -> Mapping[str, bytes]:
    """Every file of the catalogue."""
    return dict(_pages(catalogue, form))


def _pages(catalogue: Catalogue, form: Form) -> Iterator[tuple[str, bytes]]:
    yield INDEX, (json.dumps(_document(catalogue), indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
    match form:
        case "html":
            yield STYLE_SHEET, style_sheet().encode()
            yield from site(catalogue)
        case "markdown":
            yield from markdown(catalogue)


def _document(catalogue: Catalogue) -> dict[str, Any]:
    plain = _plain(catalogue)
    assert isinstance(plain, dict)
    return {"schema": SCHEMA, **plain, "digests": dict(catalogue.digests)}


def _plain(value: object) -> Any:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value
