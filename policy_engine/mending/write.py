"""Values as the text of YAML and JSON: plain where that is certain, else in double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from policy_engine.product.model import Value
from policy_engine.product.scalar import resolve_plain

#: Texts that are the same in every YAML, quoted or not.
_PLAIN: Final = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*", re.ASCII)
#: Words that older readers of YAML take for something else.
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off"})


def block_entry(key: str, value: Value, indent: int, dash: int) -> Iterator[str]:
    """The lines of an entry in a block mapping that begins at column `indent`; lists of mappings begin `dash` beyond."""
    if isinstance(value, Mapping):
        yield f"{' ' * indent}{inline(key)}:"
        for name, part in value.items():
            yield from block_entry(name, part, indent + 2, dash)
    elif isinstance(value, tuple) and any(isinstance(item, Mapping) for item in value):
        yield f"{' ' * indent}{inline(key)}:"
        for item in value:
            yield from block_item(item, indent + dash, dash)
    else:
        yield f"{' ' * indent}{inline(key)}: {inline(value)}"


def block_item(item: Value, indent: int, dash: int) -> Iterator[str]:
    """The lines of an item in a block list whose dashes stand at column `indent`."""
    if not isinstance(item, Mapping):
        yield f"{' ' * indent}- {inline(item)}"
        return
    lines = [line for name, part in item.items() for line in block_entry(name, part, indent + 2, dash)]
    yield f"{' ' * indent}- {lines[0].lstrip(' ')}"
    yield from lines[1:]


def inline(value: Value, *, as_json: bool = False) -> str:
    """A value on one line, in flow style."""
    match value:
        case Mapping():
            parts = (
                f"{inline(name, as_json=as_json)}: {inline(part, as_json=as_json)}" for name, part in value.items()
            )
            return f"{{{', '.join(parts)}}}"
        case tuple():
            return f"[{', '.join(inline(item, as_json=as_json) for item in value)}]"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case None:
            return "null"
        case str():
            return value if not as_json and _is_plain(value) else json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS and resolve_plain(text) == text
