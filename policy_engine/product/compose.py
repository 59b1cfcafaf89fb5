"""YAML text -> the nodes that libyaml finds, bounded while they are made. The only module that knows the parser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import Node, ScalarNode

from policy_engine.errors import ProductError
from policy_engine.product.refusal import refuse

#: A bound on the elements of a file, after aliases are written out. The largest contract we know has 12,000, keys included.
MAX_NODES: Final = 500_000
MAX_DEPTH: Final = 64
#: The tag of a scalar that is neither quoted nor tagged; other nodes without an explicit tag have the tag "".
PLAIN: Final = "?"

#: What libyaml says -> what its author most probably did, and what to do. First match counts.
_ADVICE: Final[Mapping[str, tuple[str, str]]] = {
    "another document": ("the file holds several documents", "give one contract per file; remove `---`"),
    "duplicate anchor": ("an anchor is defined twice", "give each anchor its own name"),
    "undefined alias": ("an alias has no anchor", "define the anchor above, or quote text that begins with `*`"),
    r"character '\t'": ("a tab stands where YAML allows only spaces", "indent with spaces"),
    "found character that cannot start": (
        "a character stands here that begins nothing",
        "quote the text; indent with spaces",
    ),
    "mapping values are not allowed": (
        "a `:` is not expected here",
        "quote text that holds `: `, or correct the indentation",
    ),
    "expected ':'": ("a line has no `:` after its key", "write `key: value`, or correct the indentation"),
    "while parsing a block": (
        "the indentation does not fit the lines above",
        "align this line with those it belongs to",
    ),
    "end of stream": ("the file ends inside a quoted text", "close the quote"),
    "while parsing a flow": ("a `,` or a closing bracket is missing", "close the bracket, or quote the text"),
}


class _LimitError(Exception):
    """The file is deeper or larger than is read. Carries the message, the advice and the nearest position."""


class _Composer(CParser):
    """libyaml's composer, which asks for the tag of each node that has none, and tells when it goes down and up."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        self._depth = 0
        self._nodes = 0

    def descend_resolver(self, parent: Node | None, _index: Any) -> None:
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH + 1:
            raise _LimitError(f"elements are nested more than {MAX_DEPTH} deep", "write a flatter contract", parent)
        if self._nodes > MAX_NODES:
            advice = "a contract of this size is split into several products"
            raise _LimitError(f"the file has more than {MAX_NODES:,} elements", advice, parent)

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def resolve(self, kind: type[Node], _value: Any, implicit: Any) -> str:
        return PLAIN if kind is ScalarNode and implicit[0] else ""


def compose(text: str, file: str) -> Node:
    """The root node of the only document. Raises ProductError with the place that libyaml names."""
    composer = _Composer(text)
    try:
        root = composer.get_single_node()
    except _LimitError as limit:
        message, advice, parent = limit.args
        mark = parent.start_mark
        raise refuse(file, mark.line + 1, mark.column + 1, message, advice) from None
    except MarkedYAMLError as error:
        raise _explained(error, file) from error
    except YAMLError as error:
        raise refuse(file, 1, 1, f"this is no YAML: {error}".splitlines()[0], "correct the file") from error
    finally:
        composer.dispose()
    if root is None:
        raise refuse(file, 1, 1, "the file is empty", "write the contract; it begins with `apiVersion` and `kind`")
    return root


def _explained(error: MarkedYAMLError, file: str) -> ProductError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = " ".join(part for part in (error.context, error.problem) if part)
    for words, (message, advice) in _ADVICE.items():
        if words in said:
            return refuse(file, line, column, message, advice)
    return refuse(file, line, column, f"this is no YAML: {said}", "correct the line, or quote the text")
