"""Policy text to a syntax tree. Parsing recovers after every mistake, so that one run tells all of them."""

from __future__ import annotations

import re
from typing import Final

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from policy_engine.diagnostics import Diagnostic, Source, Span
from policy_engine.syntax import ast
from policy_engine.syntax.build import FileBuilder
from policy_engine.syntax.mistakes import explain
from policy_engine.syntax.tables import parser

#: Deeper trees are refused: no reader follows them, and later stages recurse.
MAX_DEPTH: Final = 150
MAX_ERRORS: Final = 20

_BLOCK: Final = re.compile(
    r"^[ \t]*(?:##|(?:package|import|enum|attribute|let|def|table|set|policy|param|rule)\b)", re.MULTILINE
)
_CLOSING: Final = re.compile(r"^\}", re.MULTILINE)
_BAD_CHARACTER: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\u202a-\u202e\u2066-\u2069]")


def parse(name: str, content: bytes) -> tuple[ast.File | None, Source, list[Diagnostic]]:
    """One policy file. The tree is None where nothing of it could be used."""
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        source = Source(name, content[: error.start].decode("utf-8"))
        end = Span(source, len(source.text), len(source.text))
        return (
            None,
            source,
            [Diagnostic("SYN004", f"`{name}` is no UTF-8 text", end, "unreadable from here", "save the file as UTF-8")],
        )
    source = Source(name, text)
    bad = _BAD_CHARACTER.search(text)
    if bad is not None:
        span = Span(source, bad.start(), bad.end())
        message = f"an invisible control character (U+{ord(bad.group()):04X})"
        return (
            None,
            source,
            [Diagnostic("SYN004", message, span, "here", "remove it: it can make text read differently than it is")],
        )
    return _parse(source)


def _parse(source: Source) -> tuple[ast.File | None, Source, list[Diagnostic]]:
    diagnostics: list[Diagnostic] = []
    text = source.text
    while len(diagnostics) < MAX_ERRORS:
        try:
            tree = parser().parse(text, start="file")
        except UnexpectedInput as error:
            diagnostics.append(explain(error, source))
            shorter = _without_block(text, diagnostics[-1].span.start)
            if shorter is None:
                return None, source, diagnostics
            text = shorter
            continue
        built = _build(source, tree, diagnostics)
        return built, source, diagnostics
    return None, source, diagnostics


def _build(source: Source, tree: Tree[Token], diagnostics: list[Diagnostic]) -> ast.File | None:
    deep = _too_deep(tree, source, 0)
    if deep is not None:
        diagnostics.append(deep)
        return None

    def expression(start: int, end: int) -> ast.Expression | None:
        return _expression(source, start, end, diagnostics)

    builder = FileBuilder(source, 0, expression)
    file = builder.build(tree)
    diagnostics += builder.diagnostics
    assert isinstance(file, ast.File)
    return file


def _expression(source: Source, start: int, end: int, diagnostics: list[Diagnostic]) -> ast.Expression | None:
    """The expression between two offsets, inside a template."""
    text = source.text[start:end]
    if "\\" in text or '"' in text:
        help_ = "give the value a name with `let` and use the name"
        diagnostics.append(
            Diagnostic("SYN007", "a text in quotes inside a message", Span(source, start, end), help=help_)
        )
        return None
    try:
        tree = parser().parse(text, start="expression")
    except UnexpectedInput as error:
        diagnostics.append(explain(error, source, base=start, limit=end))
        return None
    if isinstance(tree, Tree):
        deep = _too_deep(tree, source, start)
        if deep is not None:
            diagnostics.append(deep)
            return None
    builder = FileBuilder(source, start, lambda _start, _end: None)
    built = builder.build(tree)
    diagnostics += builder.diagnostics
    return built  # type: ignore[no-any-return]


def _without_block(text: str, at: int) -> str | None:
    """The text with what went wrong around `at` blanked out, so that the rest can be parsed; None where nothing can.

    That is a line of a policy's header, else the rule, parameter or declaration around it.
    """
    starts = [match.start() for match in _BLOCK.finditer(text)]
    begin = max((start for start in starts if start <= at), default=0)
    following = min((start for start in starts if start > at), default=len(text))
    keyword = next(iter(text[begin:at].split()), "")
    if keyword == "policy":
        begin, end = _header_line(text, begin, at) or (begin, _closing(text, at, len(text)) or len(text))
    elif keyword in {"param", "rule"}:
        end = _closing(text, at, following) or following
    elif keyword == "package":
        return None
    else:
        end = following
    end = (_closing(text, end, len(text)) or end) + 1 if keyword == "policy" and text[end : end + 1] == "}" else end
    block = text[begin:end]
    return text[:begin] + re.sub(r"[^\n]", " ", block) + text[end:] if block.strip() else None


def _header_line(text: str, begin: int, at: int) -> tuple[int, int] | None:
    """The line of a policy's header around `at`; None where it is the line that names the policy, or the body."""
    line = text.rfind("\n", 0, at) + 1
    if line <= begin or "{" in text[begin:at]:
        return None
    end = text.find("\n", at)
    return line, len(text) if end < 0 else end


def _closing(text: str, at: int, end: int) -> int | None:
    """Where the policy around `at` closes: a line that begins with `}`."""
    match = _CLOSING.search(text, at, end)
    return match.start() if match else None


def _too_deep(tree: Tree[Token], source: Source, base: int) -> Diagnostic | None:
    pending = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            start = base + (0 if node.meta.empty else node.meta.start_pos)
            span = Span(source, start, start + 1)
            return Diagnostic(
                "SYN008",
                f"an expression nested more than {MAX_DEPTH} deep",
                span,
                help="name parts of it with `let` or `def`",
            )
        pending += [(child, depth + 1) for child in node.children if isinstance(child, Tree)]
    return None
