"""What a syntax error means to its author: what stands there, what could stand there, what was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from policy_engine.diagnostics import Diagnostic, Source, Span, nearest
from policy_engine.syntax.tables import keyword, parser

_NAMES: Final = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "INT": "a number",
    "DECIMAL": "a number",
    "PERCENT": "a percentage",
    "DURATION": "a duration such as `90d`",
    "DATE": "a date such as `2027-01-01`",
    "TIMESTAMP": "a timestamp",
    "REGEX": "a pattern such as `/[a-z]+/`",
    "COMPARE": "a comparison",
    "PLUS_MINUS": "`+` or `-`",
    "TIMES": "`*` or `/`",
    "DOC": "documentation",
    "$END": "the end of the file",
}
_OPERANDS: Final = {"NAME", "STRING", "INT", "REGEX"}
_CONTINUATIONS: Final = {
    "COMPARE",
    "PLUS_MINUS",
    "TIMES",
    "AND",
    "OR",
    "IS",
    "IN",
    "NOT",
    "MATCHES",
    "OTHERWISE",
    "DOT",
    "LPAR",
    "LSQB",
}
_ENOUGH: Final = 6
_CHARACTER_HINTS: Final = {
    **dict.fromkeys("'\u2018\u2019\u201c\u201d\u00ab\u00bb", 'texts stand in straight double quotes: "…"'),
    **dict.fromkeys("\u2013\u2014\u2212", "a minus is written `-`"),
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` for unequal",
    '"': "a text ends on the line where it began: is a closing quote missing?",
    "/": "a pattern stands between two slashes: is one missing?",
}
_NO_CHARACTER_HINT: Final = "remove it, or put it in a text in quotes"


def explain(error: UnexpectedInput, source: Source, base: int = 0, limit: int | None = None) -> Diagnostic:
    """The diagnostic for one syntax error in the text that begins at `base` of the source and ends at `limit`."""
    end = len(source.text) if limit is None else limit
    match error:
        case UnexpectedToken(token=token, accepts=accepts, expected=expected) if token.type != "$END":
            start = base + (token.start_pos or 0)
            span = Span(source, start, start + len(token))
            known = set(accepts or expected)
            help_ = _hint(str(token), token.type, known) or _expected(known)
            return Diagnostic("SYN001", f"unexpected `{_short(token)}`", span, "not expected here", help_)
        case UnexpectedCharacters():
            start = base + (error.pos_in_stream or 0)
            span = Span(source, start, start + 1)
            return Diagnostic(
                "SYN002",
                f"unexpected `{span.text}`",
                span,
                "the language has no such character",
                _CHARACTER_HINTS.get(span.text, _NO_CHARACTER_HINT),
            )
        case UnexpectedToken() | UnexpectedEOF():
            known = set((error.accepts if isinstance(error, UnexpectedToken) else None) or error.expected)
            code, what = (
                ("SYN003", "the file ends too early") if limit is None else ("SYN007", "the braces end too early")
            )
            last = len(source.text[:end].rstrip())
            return Diagnostic(code, what, Span(source, max(last - 1, 0), last), "after this", _expected(known))
        case _:
            return Diagnostic("SYN001", "this does not follow the grammar", Span(source, base, base + 1))


def _hint(text: str, kind: str, expected: Collection[str]) -> str:
    if kind == "EQUAL" and "COMPARE" in expected:
        return "`==` compares; `=` only gives a name its value"
    if text == ":" and "COMPARE" in expected:
        return "`==` compares"
    words = {spelling for name in expected if (spelling := _spelling(name)).isalpha()}
    near = nearest(text, words) if kind == "NAME" or text.isalpha() else None
    if near is not None and near != text:
        return f"did you mean `{near}`?"
    if text in {"&&", "&"}:
        return "write `and`"
    return ""


def _expected(expected: Collection[str]) -> str:
    """`expected …`, with an operand or an operator named as such rather than by every way to write one."""
    rest = set(expected)
    said: list[str] = []
    if rest >= _OPERANDS:
        said.append("an expression")
        rest = set()
    elif rest >= _CONTINUATIONS:
        rest -= _CONTINUATIONS
        said.append("an operator such as `==`, `and`, `is present`")
    said += sorted({_describe(name) for name in rest})
    if len(said) > _ENOUGH:
        said = [*said[:_ENOUGH], "…"]
    return f"expected {', '.join(said[:-1])} or {said[-1]}" if len(said) > 1 else f"expected {''.join(said)}"


def _describe(terminal: str) -> str:
    return _NAMES.get(terminal) or f"`{_spelling(terminal)}`"


def _spelling(terminal: str) -> str:
    if terminal in _NAMES:
        return ""
    return keyword(parser().get_terminal(terminal)) or terminal


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}…"
