"""The form of `policy-engine.toml`: what is validated, and what the JSON schema for editors is made of."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from policy_engine.reporting.formats import FORMATS, Format

_TEXT: Final = {"type": "string", "minLength": 1}


def _several(value: Any) -> Any:
    """One path stands for a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Text = Annotated[str, Field(min_length=1)]
Paths = Annotated[
    tuple[Text, ...],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}),
]


class _Strict(BaseModel):
    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: name.rstrip("_").replace("_", "-"),
        use_attribute_docstrings=True,
    )


class OwnDocument(_Strict):
    """What one product has of its own, under `[product."ID"]`; it replaces what the file says for all."""

    local: Paths | None = None
    """the domain's policies for this product, as `--local`"""
    data: dict[str, Text] | None = None
    """all data, by dataset, as `--data`"""
    sampled: dict[str, Text] | None = None
    """data that is only a sample, by dataset, as `--sampled`"""
    previous: Text | None = None
    """the contract published before, or `none`, as `--previous`"""
    previous_attestation: Paths | None = None
    """attestations of earlier versions, as `--previous-attestation`"""


class OutputDocument(_Strict):
    """A report that `check` writes besides what it prints."""

    format: Format
    """as `--format`"""
    file: Text
    """as `-o`"""


class Document(_Strict):
    """Configuration of policy-engine. Paths are relative to this file."""

    global_: Paths = ()
    """the council's policies, as `--global`; `starter` is the library that ships"""
    local: Paths = ()
    """the domain's policies, as `--local`"""
    waivers: Paths = ()
    """the council's waivers, as `--waivers`"""
    products: Paths = ()
    """the contracts that are judged where no PRODUCT is named: files, folders, globs"""
    tests: Paths = ()
    """the pages and folders that `test` runs where no PATH is named; default: where the policies are"""
    data: dict[str, Text] = Field(default_factory=dict)
    """all data, by dataset, as `--data`"""
    sampled: dict[str, Text] = Field(default_factory=dict)
    """data that is only a sample, by dataset, as `--sampled`"""
    previous: Text | None = None
    """the contract published before, or `none`, as `--previous`"""
    stage: Literal["change", "publish", "run"] | None = None
    """which rules are due, as `--stage`"""
    baseline: Text | None = None
    """what is known to be violated, as `--baseline`"""
    title: Text | None = None
    """what `docs` calls the catalogue, as `--title`"""
    output: Annotated[tuple[OutputDocument, ...], BeforeValidator(_several)] = ()
    """reports that `check` writes besides what it prints"""
    product: dict[str, OwnDocument] = Field(default_factory=dict)
    """what single products have of their own, by their id"""


#: What a key has to hold, in words.
EXPECTED: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("global", "local", "waivers", "products", "tests", "previous-attestation"), "a path, or a list of paths"
    ),
    **dict.fromkeys(("data", "sampled"), 'a table of paths, such as `orders = "data/orders.parquet"`'),
    "previous": "a path, or `none`",
    "stage": "`change`, `publish` or `run`",
    "title": "a text",
    "output": "a list of tables with `format` and `file`, each written below `[[output]]`",
    "format": f"one of {', '.join(FORMATS)}",
    **dict.fromkeys(("baseline", "file"), "a path"),
    "product": 'a table for each product, each below `[product."ID"]`',
}
