"""The text of a contract and what is to be added -> the text with it in its places. Text is put in, nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from policy_engine.mending.fragment import UncertainError
from policy_engine.mending.merge import Addition, NewItems, NewKey, segments
from policy_engine.mending.write import block_entry, block_item, inline
from policy_engine.product.compose import compose
from policy_engine.product.model import Value

#: The line breaks of YAML 1.1, by which the parser counts.
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BEFORE_A_KEY: Final = re.compile(r" *(?:- +)*")


def insert(text: str, added: Iterable[Addition], file: str) -> str:
    """The text with all additions. Raises UncertainError where one has no certain place."""
    editor = _Editor(text, file)
    places = [(*editor.place(one), order) for order, one in enumerate(added)]
    for at, new, _ in sorted(places, key=lambda place: (place[0], place[2]), reverse=True):
        text = text[:at] + new + text[at:]
    return text


class _Editor:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._root = compose(text, file)
        self._is_json = text.lstrip().startswith("{")
        found = _BREAK.search(text)
        self._break = found[0] if found else "\n"
        self._uses: Counter[int] = Counter()
        self._count(self._root)
        self._dash = self._list_indent()

    def place(self, one: Addition) -> tuple[int, str]:
        """Where to put what."""
        match one:
            case NewKey(mapping, key, value):
                return self._key(self._at(mapping), key, value)
            case NewItems(pointer, items):
                return self._items(self._at(pointer), items)

    def _key(self, node: Node, key: str, value: Value) -> tuple[int, str]:
        if not isinstance(node, MappingNode) or not node.value:
            raise UncertainError("its element has no entries")
        if node.flow_style:
            entry = f"{inline(key, as_json=self._is_json)}: {inline(value, as_json=self._is_json)}"
            return self._after(node.value[-1][1], entry, self._own_line(node.value[-1][0]))
        first = node.value[0][0].start_mark
        before = self._text[first.index - first.column : first.index]
        if not _BEFORE_A_KEY.fullmatch(before):
            raise UncertainError("its element is written in an unusual way")
        lines = block_entry(key, value, first.column, self._dash)
        return self._below(self._anchor(node), lines)

    def _items(self, node: Node, items: Sequence[Value]) -> tuple[int, str]:
        if not isinstance(node, SequenceNode):
            raise UncertainError("its list is written in an unusual way")
        if node.flow_style:
            said = ", ".join(inline(item, as_json=self._is_json) for item in items)
            if not node.value:
                return node.start_mark.index + 1, said
            return self._after(node.value[-1], said, self._own_line(node.value[-1]))
        column = node.start_mark.column
        lines = (line for item in items for line in block_item(item, column, self._dash))
        return self._below(_last(node), lines)

    def _after(self, node: Node, said: str, indent: str | None) -> tuple[int, str]:
        """After the last part of a flow collection."""
        if isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index:
            raise UncertainError("its element is written in an unusual way")
        return node.end_mark.index, f", {said}" if indent is None else f",{self._break}{indent}{said}"

    def _below(self, node: Node, lines: Iterable[str]) -> tuple[int, str]:
        """On lines of their own, below the line on which a node ends."""
        end = _BREAK.search(self._text, node.end_mark.index)
        said = self._break.join(lines)
        return (len(self._text), f"{self._break}{said}") if end is None else (end.end(), f"{said}{self._break}")

    def _anchor(self, node: MappingNode) -> Node:
        """The last of the entries of one line that a mapping begins with, else the last such entry."""
        whole = [_is_on_a_line(key, value) for key, value in node.value]
        if not any(whole):
            raise UncertainError("its element is written in an unusual way")
        first = whole.index(True)
        last = next((at for at in range(first, len(whole)) if not whole[at]), len(whole)) - 1
        found: Node = node.value[last][1]
        return found

    def _own_line(self, node: Node) -> str | None:
        """How far a node is indented that begins its line; None where something stands before it."""
        mark = node.start_mark
        before = self._text[mark.index - mark.column : mark.index]
        return before if mark.line > 0 and not before.strip() else None

    def _at(self, pointer: str) -> Node:
        node = self._root
        for segment in segments(pointer):
            if isinstance(node, MappingNode):
                found = next((value for key, value in node.value if key.value == segment), None)
                if found is None:
                    raise UncertainError("its element is put together with `<<`")
                node = found
            else:
                node = node.value[int(segment)]
            if self._uses[id(node)] > 1:
                raise UncertainError("its element is used in several places, by an alias")
        if isinstance(node, MappingNode) and any(key.value == "<<" for key, _ in node.value):
            raise UncertainError("its element is put together with `<<`")
        return node

    def _count(self, node: Node) -> None:
        self._uses[id(node)] += 1
        if self._uses[id(node)] == 1 and not isinstance(node, ScalarNode):
            parts = (part for pair in node.value for part in pair) if isinstance(node, MappingNode) else node.value
            for part in parts:
                self._count(part)

    def _list_indent(self) -> int:
        """How far this file indents the dashes of a list below its key."""
        for key, value in self._root.value:
            if isinstance(value, SequenceNode) and not value.flow_style and value.value:
                return max(0, int(value.start_mark.column) - int(key.start_mark.column))
        return 2


def _is_on_a_line(key: Node, value: Node) -> bool:
    is_block = isinstance(value, MappingNode | SequenceNode) and not value.flow_style
    is_literal = isinstance(value, ScalarNode) and value.style in {"|", ">"}
    is_empty = value.start_mark.index == value.end_mark.index
    line = key.start_mark.line
    return not (is_block or is_literal or is_empty) and value.start_mark.line == line == value.end_mark.line


def _last(node: Node) -> Node:
    """The node that ends a block collection, where it ends on a line of its own making."""
    while isinstance(node, MappingNode | SequenceNode) and not node.flow_style:
        if not node.value:
            raise UncertainError("its list is written in an unusual way")
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    if isinstance(node, ScalarNode) and (node.style in {"|", ">"} or node.start_mark.index == node.end_mark.index):
        raise UncertainError("its list ends with a text of several lines")
    return node
