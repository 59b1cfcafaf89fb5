"""Policy text to a syntax tree. Parsing recovers after every mistake, so that one run tells all of them."""

from __future__ import annotations

import re
from typing import Final

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from policy_engine.diagnostics import Diagnostic, Source, Span
from policy_engine.syntax import ast
from policy_engine.syntax.build import FileBuilder
from policy_engine.syntax.mistakes import Mistake, explain
from policy_engine.syntax.places import DECLARATIONS
from policy_engine.syntax.recovery import above_documentation, declared_names, package_name, repair, without
from policy_engine.syntax.tables import parser

#: Deeper trees are refused: no reader follows them, and later stages recurse.
MAX_DEPTH: Final = 150
MAX_ERRORS: Final = 20
MAX_BYTES: Final = 1_000_000
#: Every mistake costs one more parse: of large files, fewer mistakes are told in one run.
_MAX_CHARACTERS: Final = 3_000_000

#: Control characters, and what hides text or changes the direction in which it reads.
_BAD_CHARACTER: Final = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]"
)
#: Stands for the package of a file that does not name one, so that the rest of it is still read.
_NO_PACKAGE: Final = "package _\n"

#: A line that was meant to name the package, wherever it stands.
_ANY_PACKAGE: Final = re.compile(r"^[ \t]*(?:package|pakcage|packge|pacakge|module|namespace)\b[^\n]*", re.MULTILINE)
_BEGINNINGS: Final = frozenset({*DECLARATIONS, "import", "rule", "param"})

Parsed = tuple[ast.File | None, Source, list[Diagnostic]]


def parse(name: str, content: bytes) -> Parsed:
    """One policy file. Of what could not be read the tree knows at most the names; None where not even the package."""
    if len(content) > MAX_BYTES:
        source = Source(name, "")
        message = f"`{name}` has {len(content)} bytes, more than a policy file may have"
        help_ = f"split it: the files of one package may be many, each of at most {MAX_BYTES} bytes"
        return None, source, [Diagnostic("SYN004", message, Span(source, 0, 0), help=help_)]
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        source = Source(name, content[: error.start].decode("utf-8"))
        end = Span(source, len(source.text), len(source.text))
        message, help_ = f"`{name}` is no UTF-8 text", "save the file as UTF-8"
        text = content.decode("utf-8", errors="replace")
        return _unread(source, text), source, [Diagnostic("SYN004", message, end, "unreadable from here", help_)]
    source = Source(name, text)
    bad = _BAD_CHARACTER.search(text)
    if bad is not None:
        message = f"an invisible control character (U+{ord(bad.group()):04X})"
        help_ = "remove it: it can make text read differently than it is"
        span = Span(source, bad.start(), bad.end())
        return _unread(source, text), source, [Diagnostic("SYN004", message, span, "here", help_)]
    return _Parsing(source).run()


def _unread(source: Source, text: str) -> ast.File | None:
    """What is known of a file that cannot be read: its package and its names, so that nobody is told they do not exist."""
    package = package_name(text)
    if package is None:
        return None
    return ast.File(source.name, ast.Ident(package, Span(source, 0, 0)), (), (), declared_names(text))


class _Parsing:
    """The parsing of one file: its text as it is mended, and what was found."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.base = 0
        self.diagnostics: list[Diagnostic] = []
        self.cuts: list[tuple[int, int]] = []
        self.lost: frozenset[str] = frozenset()

    def run(self) -> Parsed:
        """Parse until nothing is wrong any more."""
        for _ in range(max(1, min(MAX_ERRORS, _MAX_CHARACTERS // (len(self.text) + 1)))):
            try:
                tree = parser().parse(self.text, start="file")
            except UnexpectedInput as error:
                if not self._mend(error):
                    break
                continue
            deep = _too_deep(tree, self.source, self.base)
            if deep is None:
                return self._build(tree), self.source, self.diagnostics
            self.diagnostics.append(deep)
            if not self._repair(deep.span.start, ""):
                break
        return _unread(self.source, self.source.text), self.source, self.diagnostics

    def _mend(self, error: UnexpectedInput) -> bool:
        """Say what is wrong and get it out of the way; False where that is impossible."""
        if getattr(error, "accepts", None) == {"PACKAGE"} or getattr(error, "expected", None) == ["PACKAGE"]:
            return self._without_package(error)
        mistake = explain(error, self.source, self.base)
        if not self._is_told(mistake) and mistake.diagnostic not in self.diagnostics:
            self.diagnostics.append(mistake.diagnostic)
        if mistake.instead:
            return self._replace(mistake)
        start = mistake.diagnostic.span.start
        return self._repair(start, mistake.insert, mistake.cut) or self._without_package_line(start)

    def _replace(self, mistake: Mistake) -> bool:
        """Read something else, as long, in place of what is underlined."""
        start, end = mistake.diagnostic.span.start - self.base, mistake.diagnostic.span.end - self.base
        self.text = self.text[:start] + mistake.instead + self.text[end:]
        return True

    def _is_told(self, mistake: Mistake) -> bool:
        """A file ends once: what its end leaves open is one mistake."""
        code = mistake.diagnostic.code
        return code == "SYN003" and any(found.code == code for found in self.diagnostics)

    def _repair(self, at: int, insert: str, cut: tuple[int, int] | None = None) -> bool:
        end = len(self.text) if insert and self.diagnostics[-1].code == "SYN003" else at - self.base
        end = above_documentation(self.text, end) if insert == "}" else end
        begin, stop = (0, 0) if cut is None else (cut[0] - self.base, cut[1] - self.base)
        repaired = repair(self.text, end, insert) if cut is None else without(self.text, begin, stop)
        if repaired is None:
            return False
        self.text = repaired.text
        self.cuts += [] if repaired.cut is None else [repaired.cut]
        self.lost |= repaired.lost
        return True

    def _without_package(self, error: UnexpectedInput) -> bool:
        start = 0 if self.base else getattr(error, "pos_in_stream", None) or 0
        if self.base or start is None:
            return False
        first = (re.match(r"[^\n]*", self.text[start:]) or [""])[0].rstrip()
        span = Span(self.source, start, start + len(first))
        told = _first_line(first, package_name(self.text))
        if told is None:
            message = "this is no text of a policy"
            help_ = (
                "a policy file begins with a line such as `package acme.privacy`; the rest is `policy`, `enum`, `let` …"
            )
            self.diagnostics.append(Diagnostic("SYN009", message, span, "the file begins so", help_))
            return False
        self.diagnostics.append(Diagnostic("SYN009", *told[:1], span, *told[1:]))
        for line in re.finditer(_ANY_PACKAGE, self.text):
            self.text = self.text[: line.start()] + " " * len(line[0]) + self.text[line.end() :]
        self.text, self.base = _NO_PACKAGE + self.text, -len(_NO_PACKAGE)
        return True

    def _without_package_line(self, start: int) -> bool:
        """Go on behind a package line that cannot be read, so that the rest of the file is told as well."""
        line = re.match(r"[ \t]*package\b[^\n]*", self.text[self.text.rfind("\n", 0, start) + 1 :])
        if self.base or line is None:
            return False
        begin = self.text.rfind("\n", 0, start) + 1
        self.text = _NO_PACKAGE + self.text[:begin] + " " * len(line[0]) + self.text[begin + len(line[0]) :]
        self.base = -len(_NO_PACKAGE)
        return True

    def _build(self, tree: Tree[Token]) -> ast.File | None:
        if self.base:
            return None
        builder = FileBuilder(self.source, 0, self._expression, tuple(self.cuts))
        file = builder.build(tree)
        self.diagnostics += builder.diagnostics
        assert isinstance(file, ast.File)
        return ast.File(file.source_name, file.package, file.imports, file.declarations, self.lost)

    def _expression(self, start: int, end: int) -> ast.Expression | None:
        """The expression between two offsets, inside a template."""
        text = self.source.text[start:end]
        escaped = text.find('\\"') if '"' not in text.replace('\\"', "") else -1
        if escaped >= 0:
            help_ = "quotes inside the braces of a message stand as they are, without a backslash"
            span = Span(self.source, start + escaped, start + escaped + 2)
            self.diagnostics.append(Diagnostic("SYN007", "an escaped quote inside braces", span, help=help_))
            return None
        try:
            tree = parser().parse(text, start="expression")
        except UnexpectedInput as error:
            self.diagnostics.append(explain(error, self.source, base=start, limit=end).diagnostic)
            return None
        deep = _too_deep(tree, self.source, start) if isinstance(tree, Tree) else None
        if deep is not None:
            self.diagnostics.append(deep)
            return None
        builder = FileBuilder(self.source, start, lambda _start, _end: None)
        built = builder.build(tree)
        self.diagnostics += builder.diagnostics
        return built  # type: ignore[no-any-return]


def _first_line(line: str, package: str | None) -> tuple[str, str, str] | None:
    """What to say of a file that begins with something else than its package; None where it is no policy text at all."""
    word = (re.match(r"\w*", line) or [""])[0]
    message = "the file does not say which package it belongs to"
    label = "`package` comes before everything else"
    if package is not None:
        return "the package is not named in the first line", label, f"move the line up: `package {package}`"
    if word and _ANY_PACKAGE.match(line):
        return f"`{word}` does not name a package", "", f"write `package{line[len(word) :].rstrip(';')}`"
    if word in _BEGINNINGS or line.startswith("##") or not line:
        return message, label, "begin the file with a line such as `package acme.global.privacy`"
    return None


def _too_deep(tree: Tree[Token], source: Source, base: int) -> Diagnostic | None:
    pending = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            start = base + (0 if node.meta.empty else node.meta.start_pos)
            message = f"an expression nested more than {MAX_DEPTH} deep"
            return Diagnostic(
                "SYN008", message, Span(source, start, start + 1), help="name parts of it with `let` or `def`"
            )
        pending += [(child, depth + 1) for child in node.children if isinstance(child, Tree)]
    return None
