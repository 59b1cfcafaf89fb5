"""Text of a YAML or JSON file -> plain values, and the line and column of every one of them.

Guaranteed: no key is lost or wins in silence, no value changes its meaning, and the work is bounded whatever the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from policy_engine.errors import ProductError
from policy_engine.product.compose import MAX_DEPTH, MAX_NODES, PLAIN, compose
from policy_engine.product.document import Document, Places, escape
from policy_engine.product.encoding import decode
from policy_engine.product.model import Value
from policy_engine.product.refusal import refuse
from policy_engine.product.scalar import TooLongError, resolve_plain, resolve_tagged

_MERGE: Final = "<<"
_CORE: Final = "tag:yaml.org,2002:"
_SCALAR_TAGS: Final = frozenset({"str", "int", "float", "bool", "null"})
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def read_document(content: bytes, file: str) -> Document:
    """The values of a YAML or JSON file whose root is a mapping. Raises ProductError with the place of the fault."""
    text = _join_surrogates(decode(content, file))
    root = compose(text, file)
    if not isinstance(root, MappingNode):
        what = "a list" if isinstance(root, SequenceNode) else "a single text"
        raise refuse(file, 1, 1, f"the file holds {what}, not a mapping", "give the contract, in YAML or JSON")
    builder = _Builder(file)
    value = builder.convert(root, "", 0)
    assert isinstance(value, Mapping)
    return Document(value, Places(builder.positions))


def _join_surrogates(text: str) -> str:
    """JSON writes characters beyond U+FFFF as two escapes (RFC 8259, section 7), which YAML does not know."""
    if not text.lstrip().startswith("{"):
        return text
    return _SURROGATES.sub(lambda match: f"{match[1]}\\U{_joined(match[2], match[3]):08X}", text)


def _joined(high: str, low: str) -> int:
    return 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)


class _Builder:
    """Nodes -> values. Aliases are expanded, so the count of what they expand to is bounded."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: set[int] = set()
        self._count = 0
        self.positions: dict[str, tuple[int, int]] = {}

    def convert(self, node: Node, pointer: str, depth: int, key: Node | None = None) -> Value:
        mark = (key or node).start_mark
        self.positions[pointer] = (mark.line, mark.column)
        if isinstance(node, ScalarNode):
            self._bound(node, depth)
            return self._scalar(node)
        self._enter(node, depth)
        value = (
            self._mapping(node, pointer, depth) if isinstance(node, MappingNode) else self._list(node, pointer, depth)
        )
        self._open.discard(id(node))
        return value

    def _list(self, node: Node, pointer: str, depth: int) -> Value:
        self._require_tag(node, "seq")
        return tuple(self.convert(item, f"{pointer}/{index}", depth + 1) for index, item in enumerate(node.value))

    def _mapping(self, node: MappingNode, pointer: str, depth: int) -> Value:
        self._require_tag(node, "map")
        return MappingProxyType(
            {
                key: self.convert(value, f"{pointer}/{escape(key)}", depth + 1, at)
                for key, (at, value) in self._entries(node, depth).items()
            }
        )

    def _entries(self, node: MappingNode, depth: int) -> dict[str, tuple[Node, Node]]:
        """Its own entries, then those of merged mappings that it does not have itself; the first merged one counts."""
        entries: dict[str, tuple[Node, Node]] = {}
        merged: Node | None = None
        for at, value in node.value:
            key = self._key(at)
            is_merge = key == _MERGE and at.tag == PLAIN
            if key in entries or (is_merge and merged is not None):
                raise self._refuse(at, f"the key `{key}` occurs twice in one mapping", "keep one of the two entries")
            if is_merge:
                merged = value
            else:
                entries[key] = (at, value)
        if merged is not None:
            for source in self._sources(merged):
                self._enter(source, depth)
                for key, entry in self._entries(source, depth + 1).items():
                    self._bound(source, depth)
                    entries.setdefault(key, entry)
                self._open.discard(id(source))
        return entries

    def _sources(self, merged: Node) -> list[MappingNode]:
        nodes = merged.value if isinstance(merged, SequenceNode) else [merged]
        for node in nodes:
            if not isinstance(node, MappingNode):
                raise self._refuse(node, "`<<` merges something that is no mapping", "merge mappings, or quote the key")
        return list(nodes)

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise self._refuse(
                node, "a key is a list or a mapping", "use text as key; quote it if it begins with `[` or `{`"
            )
        value = self._scalar(node)
        if isinstance(value, str):
            return value
        shown = f"`{node.value}`" if node.value else "that is empty"
        raise self._refuse(node, f"a key {shown} is not text", "write the key in quotes if it is meant as text")

    def _scalar(self, node: ScalarNode) -> str | int | Value:
        tag: str = node.tag
        try:
            if tag == PLAIN:
                return resolve_plain(node.value)
            if not tag:
                text: str = node.value
                return text
            if tag.startswith(_CORE) and tag.removeprefix(_CORE) in _SCALAR_TAGS:
                return resolve_tagged(tag.removeprefix(_CORE), node.value)
        except TooLongError as error:
            advice = "write it in quotes if it is meant as text"
            raise self._refuse(node, "a number is too long to be read exactly", advice) from error
        except ValueError as error:
            shown = tag.removeprefix(_CORE)
            raise self._refuse(
                node, f"`{node.value}` is no `{shown}`", "remove the tag or correct the value"
            ) from error
        raise self._unknown_tag(node)

    def _require_tag(self, node: Node, name: str) -> None:
        if node.tag and node.tag != _CORE + name:
            raise self._unknown_tag(node)

    def _unknown_tag(self, node: Node) -> ProductError:
        shown = node.tag.replace(_CORE, "!!")
        return self._refuse(node, f"the tag `{shown}` is not read here", "remove the tag; write the value itself")

    def _enter(self, node: Node, depth: int) -> None:
        self._bound(node, depth)
        if id(node) in self._open:
            raise self._refuse(node, "an alias stands inside what it repeats", "write out the part that is meant")
        self._open.add(id(node))

    def _bound(self, node: Node, depth: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            advice = "write fewer aliases; a contract of this size is split into several products"
            raise self._refuse(node, f"with aliases written out, the file has more than {MAX_NODES:,} elements", advice)
        if depth > MAX_DEPTH:
            raise self._refuse(node, f"elements are nested more than {MAX_DEPTH} deep", "write a flatter contract")

    def _refuse(self, node: Node, message: str, advice: str) -> ProductError:
        return refuse(self._file, node.start_mark.line + 1, node.start_mark.column + 1, message, advice)
