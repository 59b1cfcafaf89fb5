"""Policy text with everything in it: tokens, the comments between them, and a tree whose leaves are all tokens.

The formatter works on this; later stages work on the syntax tree, which has neither comments nor parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from lark import Token, Tree

from policy_engine.syntax.tables import parser

_IN_GAP: Final = re.compile(r"#[^\n]*|\n")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: does it end the line of the token before it, does a blank line stand before it?"""

    text: str
    is_trailing: bool = False
    after_blank: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands before a token: comments, and whether a blank line comes last."""

    comments: tuple[Comment, ...] = ()
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the grammar by its name there. A number is a token."""

    kind: str
    parts: tuple[Part, ...]

    @property
    def first(self) -> int:
        """The number of the first token."""
        return first(self.parts[0])


Part: TypeAlias = "Node | int"


@dataclass(frozen=True, slots=True)
class Concrete:
    """A text: its tokens, canonically spelled, their kinds, the gap before each and the one after the last, its tree."""

    tokens: tuple[str, ...]
    kinds: tuple[str, ...]
    gaps: tuple[Gap, ...]
    root: Node


def first(part: Part) -> int:
    """The number of a part's first token."""
    while isinstance(part, Node):
        part = part.parts[0]
    return part


def read(text: str, start: str = "file") -> Concrete:
    """Everything in a text that the grammar accepts."""
    parsing = parser().parse_interactive(text, start=start)
    tokens = list(parsing.iter_parse())
    tree = parsing.feed_eof(tokens[-1])  # type: ignore[no-untyped-call]
    ends = [0, *(_end(token) for token in tokens)]
    starts = [*(_start(token) for token in tokens), len(text)]
    gaps = tuple(_gap(text[end:begin], is_first=end == 0) for end, begin in zip(ends, starts, strict=True))
    places = _Places(
        {_start(token): number for number, token in enumerate(tokens)},
        {_end(token): number + 1 for number, token in enumerate(tokens)},
    )
    root = _complete(tree, places, 0, len(tokens)) if isinstance(tree, Tree) else Node("name", (0,))
    return Concrete(tuple(map(_spelled, tokens)), tuple(token.type for token in tokens), gaps, root)


@dataclass(frozen=True, slots=True)
class _Places:
    """Which token begins, and how many tokens have ended, at an offset."""

    starts: Mapping[int, int]
    ends: Mapping[int, int]


def _start(token: Token) -> int:
    assert token.start_pos is not None
    return token.start_pos


def _end(token: Token) -> int:
    return _start(token) + len(token)


def _complete(tree: Tree[Token], places: _Places, begin: int, end: int) -> Node:
    """The tree with the tokens that the parser leaves out."""
    parts: list[Part] = []
    at = begin
    children: Sequence[Tree[Token] | Token | None] = tree.children  # None stands for what is left out
    for child in children:
        if isinstance(child, Tree):
            if child.meta.empty:
                continue
            start, stop = places.starts[child.meta.start_pos], places.ends[child.meta.end_pos]
            parts += [*range(at, start), _complete(child, places, start, stop)]
        elif child is not None:
            start, stop = places.starts[_start(child)], places.ends[_end(child)]
            parts += range(at, stop)
        else:
            continue
        at = stop
    return Node(str(tree.data), (*parts, *range(at, end)))


def _gap(text: str, *, is_first: bool) -> Gap:
    comments: list[Comment] = []
    lines = 0
    for found in _IN_GAP.findall(text):
        if found == "\n":
            lines += 1
            continue
        is_trailing = lines == 0 and not comments and not is_first
        comments.append(Comment(_comment(found), is_trailing, lines > 1))
        lines = 0
    return Gap(tuple(comments), lines > 1)


def _comment(text: str) -> str:
    """One `#`: with two it could become documentation where it is printed."""
    content = text.lstrip("#").rstrip()
    return f"# {content}".rstrip() if not content.startswith((" ", "\t")) else f"#{content}"


def _spelled(token: Token) -> str:
    """The token's canonical spelling: no needless zeros, and one blank after `##`."""
    text = str(token)
    match token.type:
        case "DOC":
            return f"## {text.removeprefix('##').strip()}".rstrip()
        case "INT":
            return re.sub(r"^[0_]+(?=[0-9])", "", text)
        case "DURATION":
            return text.lstrip("0") if text.lstrip("0")[:1].isdigit() else f"0{text.lstrip('0')}"
        case "DECIMAL":
            return _without_zeros(text)
        case "PERCENT":
            return _without_zeros(text[:-1]).removesuffix(".0") + "%"
        case "TIMESTAMP":
            return re.sub(r"(T..:..):00Z$", r"\1Z", text)
        case _:
            return text


def _without_zeros(text: str) -> str:
    whole, point, rest = text.partition(".")
    short = f"{whole.lstrip('0') or '0'}{point}{rest.rstrip('0') or ('0' if point else '')}"
    assert Fraction(short) == Fraction(text)
    return short
