"""The formatter: one canonical layout of policy text. Blanks and line breaks change, and nothing that means anything.

The order of everything stays, texts and documentation stay as they are, every comment stays with what it stands at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lark.exceptions import UnexpectedInput

from policy_engine.diagnostics import Diagnostic, Level
from policy_engine.syntax.comments import Blanks, between, settle
from policy_engine.syntax.concrete import Concrete, Node, Part, first, read
from policy_engine.syntax.layout import STEP, Doc, breaks, render
from policy_engine.syntax.parse import parse
from policy_engine.syntax.shapes import Shapes

#: Declarations that may stand together without a blank line, where nothing documents them.
_GROUPED = frozenset({"import_", "let", "set_", "attribute", "enum", "table", "def_", "param"})
_INNER = 2 * STEP


@dataclass(frozen=True, slots=True)
class _Unit:
    """What begins a line: a header line, a clause, a line of documentation. Comments below it stand at `tail`."""

    part: Part | tuple[Part, ...]
    indent: int
    blanks: Blanks
    tail: int

    @property
    def first(self) -> int:
        """The number of its first token."""
        return first(self.part[0] if isinstance(self.part, tuple) else self.part)


def format_policies(name: str, content: bytes) -> tuple[str | None, list[Diagnostic]]:
    """The canonical text of a policy file; None, and why, where it cannot be read."""
    file, source, diagnostics = parse(name, content)
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.level is Level.ERROR]
    if file is None or errors:
        return None, errors
    text = _formatted(read(source.text))
    if not _same(read(source.text), read(text)):
        raise AssertionError(f"formatting `{name}` would change what it says")  # a bug, and nothing is written
    return text, []


def on_one_line(expression: str) -> str:
    """The canonical spelling of an expression, on one line and without comments."""
    try:
        text = read(expression, start="expression")
    except UnexpectedInput:  # what could not be read was left out of the tree, and its mistake has been told
        return " ".join(expression.split())
    bare = replace(text, gaps=tuple(replace(gap, comments=()) for gap in text.gaps))
    return " ".join(line.strip() for line in render(Shapes(bare).shape(bare.root), 0, bare.gaps, width=None))


def _formatted(text: Concrete) -> str:
    units = list(_file(text, text.root))
    plain = Shapes(text)
    places = [gap for unit in units for gap in (unit.first, *breaks(_shape(plain, unit)))]
    settled = replace(text, gaps=settle(text.gaps, places))
    shapes = Shapes(settled)
    lines: list[str] = []
    tail = 0
    for unit in units:
        gap = settled.gaps[unit.first]
        ending, above = between(gap, indent=unit.indent, tail=tail, blanks=unit.blanks)
        if lines:
            lines[-1] += ending
        lines += [*above, *render(_shape(shapes, unit), unit.indent, settled.gaps)]
        tail = unit.tail
    ending, below = between(settled.gaps[-1], indent=0, tail=0, blanks=Blanks.LAST)
    lines[-1] += ending
    return "\n".join([*lines, *below]) + "\n"


def _shape(shapes: Shapes, unit: _Unit) -> Doc:
    return shapes.words(unit.part) if isinstance(unit.part, tuple) else shapes.shape(unit.part)


# ---------------------------------------------------------------- units


def _file(text: Concrete, root: Node) -> Iterator[_Unit]:
    package, *parts = root.parts
    yield _Unit(package, 0, Blanks.FIRST, 0)
    before: Part = package
    for part in parts:
        assert isinstance(part, Node)
        declaration = part.parts[-1] if part.kind == "documented" else part
        yield from _documented(text, part, before, 0)
        before = declaration


def _documented(text: Concrete, node: Node, before: Part | None, indent: int) -> Iterator[_Unit]:
    """The lines of documentation, then what they document."""
    *docs, declared = node.parts if node.kind in {"documented", "member"} else (node,)
    assert isinstance(declared, Node)
    grouped = not docs and isinstance(before, Node) and before.kind == declared.kind and declared.kind in _GROUPED
    blanks = Blanks.FIRST if before is None else Blanks.AS_WRITTEN if grouped else Blanks.ONE
    for doc in docs:
        yield _Unit(doc, indent, blanks, indent)
        blanks = Blanks.NONE
    match declared.kind:
        case "policy":
            yield from _policy(text, declared, blanks)
        case "rule" | "waiver":
            rule, name, *clauses = declared.parts
            yield _Unit((rule, name), indent, blanks, indent + STEP)
            yield from (_Unit(clause, indent + STEP, Blanks.NONE, indent + STEP) for clause in clauses)
        case _:
            yield _Unit(declared, indent, blanks, indent)


def _policy(text: Concrete, node: Node, blanks: Blanks) -> Iterator[_Unit]:
    opening = next(n for n, part in enumerate(node.parts) if isinstance(part, int) and text.tokens[part] == "{")
    word, name, *headers = node.parts[:opening]
    *members, closing = node.parts[opening + 1 :]
    yield _Unit((word, name), 0, blanks, STEP)
    yield from (_Unit(header, STEP, Blanks.NONE, STEP) for header in headers)
    # Comments above the brace are of the headers.
    yield _Unit(node.parts[opening], 0, Blanks.NONE, STEP)
    before: Part | None = None
    for member in members:
        assert isinstance(member, Node)
        yield from _documented(text, member, before, STEP)
        before = member.parts[-1]
    yield _Unit(closing, 0, Blanks.LAST, 0)


def _same(before: Concrete, after: Concrete) -> bool:
    """The same tokens, but for commas after a last item, and the same comments."""
    return _said(before) == _said(after)


def _said(text: Concrete) -> tuple[Sequence[str], Sequence[str]]:
    following = (*text.tokens[1:], "")
    tokens = [one for one, after in zip(text.tokens, following, strict=True) if one != "," or after not in {"}", "]"}]
    return tokens, [comment.text for gap in text.gaps for comment in gap.comments]
