"""A reader of JSON Schema, as far as the schemas here use it. What it does not know is an error, so nothing is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip
_OF_OBJECTS: Final = {"required", "properties", "additionalProperties"}
_OF_ARRAYS: Final = {"items", "uniqueItems", "minItems"}
_SILENT: Final = {"$ref", "$schema", "$id", "id", "title", "description", "default", "definitions", "$defs"}
_URI: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")


def problems(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where and why a document does not fit its schema."""
    return list(_problems(value, schema, schema, "$"))


def _problems(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        yield from _problems(value, found, root, at)
    for keyword, wanted in schema.items():
        if keyword in _OF_OBJECTS:
            if isinstance(value, dict):
                yield from _of_object(value, keyword, schema, root, at)
        elif keyword in _OF_ARRAYS:
            if isinstance(value, list):
                yield from _of_array(value, keyword, wanted, root, at)
        elif keyword in {"anyOf", "oneOf"}:
            fitting = sum(not list(_problems(value, one, root, at)) for one in wanted)
            if fitting == 0 or (keyword == "oneOf" and fitting > 1):
                yield f"{at}: fits {fitting} of the {keyword}"
        elif keyword not in _SILENT and not _fits(value, keyword, wanted):
            yield f"{at}: {value!r} does not fit {keyword} {wanted!r}"


def _of_object(
    value: dict[str, Any], keyword: str, schema: dict[str, Any], root: dict[str, Any], at: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    if keyword == "required":
        yield from (f"{at}: lacks {name}" for name in schema["required"] if name not in value)
    for name in value:
        if keyword == "properties" and name in known:
            yield from _problems(value[name], known[name], root, f"{at}.{name}")
        if keyword == "additionalProperties" and name not in known:
            if schema[keyword] is False:
                yield f"{at}: has {name}, which is unknown"
            elif isinstance(schema[keyword], dict):
                yield from _problems(value[name], schema[keyword], root, f"{at}.{name}")


def _of_array(value: list[Any], keyword: str, wanted: Any, root: dict[str, Any], at: str) -> Iterator[str]:
    if keyword == "items":
        for number, item in enumerate(value):
            yield from _problems(item, wanted, root, f"{at}[{number}]")
    if keyword == "uniqueItems" and any(item in value[:number] for number, item in enumerate(value)):
        yield f"{at}: says something twice"
    if keyword == "minItems" and len(value) < wanted:
        yield f"{at}: has fewer than {wanted}"


def _fits(value: Any, keyword: str, wanted: Any) -> bool:
    match keyword:
        case "type":
            return any(_is(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted))
        case "enum":
            return value in wanted
        case "const":
            return bool(value == wanted)
        case "minimum":
            return not isinstance(value, int | float) or value >= wanted
        case "maximum":
            return not isinstance(value, int | float) or value <= wanted
        case "pattern":
            return not isinstance(value, str) or bool(re.search(wanted, value))
        case "format":
            return not isinstance(value, str) or _has_format(value, wanted)
        case _:
            raise NotImplementedError(keyword)


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, _TYPES[name])


def _has_format(value: str, name: str) -> bool:
    match name:
        case "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
        case "date":
            return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        case "uri" | "uri-reference":
            return bool(_URI.fullmatch(value))
        case _:
            raise NotImplementedError(name)
