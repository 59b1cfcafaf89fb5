"""What a syntax error means to its author: what stands there, what could stand there, what was probably meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from policy_engine.diagnostics import Diagnostic, Label, Source, Span
from policy_engine.syntax.hints import hint
from policy_engine.syntax.hints_lines import opened
from policy_engine.syntax.places import CLAUSES, DECLARATIONS, HEADERS, UNITS, WAIVER_LINES, Hint, Place
from policy_engine.syntax.recovery import begins
from policy_engine.syntax.tables import keyword, parser

_NAMES: Final = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "TEMPLATE": "a text in quotes",
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
_OPERANDS: Final = frozenset({"NAME", "STRING", "INT", "REGEX"})
_OPERATORS: Final = frozenset(
    {"COMPARE", "PLUS_MINUS", "TIMES", "AND", "OR", "IS", "IN", "NOT", "MATCHES", "OTHERWISE", "DOT", "LPAR", "LSQB"}
)
#: What is accepted together, and how that is said as one.
_GROUPS: Final = (
    (frozenset({"AND", "OR"}), _OPERATORS, "an operator such as `==`, `and`, `is present`"),
    (frozenset({"REQUIRE", "WHEN"}), frozenset(map(str.upper, CLAUSES)), "another line of the rule, such as `require`"),
    (frozenset({"OWNER", "APPLIES"}), frozenset(map(str.upper, HEADERS)), "a line such as `owner` or `severity`"),
    (frozenset({"GRANTED", "UNTIL"}), frozenset(map(str.upper, WAIVER_LINES)), "a line of the waiver such as `until`"),
    (frozenset({"POLICY", "ENUM"}), frozenset(map(str.upper, DECLARATIONS)), "a declaration such as `policy`"),
)
_ENOUGH: Final = 6
#: Words that begin a line and are followed by a name, an expression or a text.
_BEGINNINGS: Final = frozenset(
    {*DECLARATIONS, "rule", "param", "for", "when", "require", "tolerate", "message", "fix", "import"}
)
#: What may begin a line: where any of it is accepted, the line above is whole.
_AT_LINE_STARTS: Final = frozenset(
    {"REQUIRE", "RULE", "PARAM", "RBRACE", "LBRACE", "POLICY", "ENUM", "PACKAGE", "OWNER", "DOC", "$END"}
)
_BEGIN_BLOCKS: Final = frozenset({"DOC", "RULE", "PARAM", *map(str.upper, DECLARATIONS)})
#: What to add to a line that stops, by what could follow.
_ENDINGS: Final = {
    frozenset({"FOR", "OR"}): "a waiver has an end: `waivable by domain for at most 90d`",
    frozenset({"TO"}): "say how far, such as `raise to 100%`",
    frozenset({"NAME"}): "say a name",
    frozenset({"TEMPLATE"}): 'say a text in double quotes: `"…"`',
    frozenset({"STRING"}): 'say a text in double quotes: `"…"`',
    frozenset({"DATE"}): "say a date, such as `2027-01-31`",
    frozenset({"DURATION"}): "say how long, such as `90d`",
    frozenset({"IN"}): "say over what: `for field in product.fields`",
}
_OPEN_ENDS: Final = {
    "OF": "say of what, such as `tolerate 1% of rows`",
    "SATISFIES": "say what holds of it: `satisfies …`",
    "THEN": "say what then: `then … else …`",
    "EQUAL": "say its value: `= …`",
    "REGEX": "say a value, or take out the word or sign at its end",
}
_QUOTES: Final = {"'": "'", "\u2018": "\u2019", "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb", "`": "`"}
_CHARACTER_HINTS: Final = {
    **dict.fromkeys([*_QUOTES, *_QUOTES.values()], 'texts stand in straight double quotes: "…"'),
    **dict.fromkeys("\u2013\u2014\u2212", "a minus is written `-`"),
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` for unequal",
    "/": "a comment begins with `#`, a pattern stands between two slashes: `/[a-z]+/`",
    ";": "leave it out: nothing stands at the end of a line",
    "%": "a percent sign follows its number directly: `5%`",
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
    "\u2260": "write `!=`",
    "\u00a0": "replace it by an ordinary blank",
}
_LETTER_HINT: Final = "names are made of the letters a to z, digits and `_`; a text stands in double quotes"
_NO_CHARACTER_HINT: Final = "remove it, or put it in a text in double quotes"
_INVISIBLE: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn", "Mn", "Me"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """What to tell the author, and how to go on.

    `insert` is the sign that is missing before the place; `cut` is what to leave out, where that is not the whole block;
    `instead` is what to read in place of what is underlined.
    """

    diagnostic: Diagnostic
    insert: str = ""
    cut: tuple[int, int] | None = None
    instead: str = ""


def explain(error: UnexpectedInput, source: Source, base: int = 0, limit: int | None = None) -> Mistake:
    """One syntax error in the text that begins at `base` of the source and ends at `limit`."""
    known = frozenset((error.accepts if isinstance(error, UnexpectedToken) else None) or _expected_of(error))
    match error:
        case UnexpectedToken(token=token) if token.type != "$END":
            return _token(Place(source.text, base + (token.start_pos or 0), str(token), token.type, known), source)
        case UnexpectedCharacters():
            return _character(source, base + (error.pos_in_stream or 0), known)
        case _:
            return _end(source, known, limit)


def _expected_of(error: UnexpectedInput) -> frozenset[str]:
    if isinstance(error, UnexpectedCharacters):
        return frozenset(error.allowed or ())
    return frozenset(getattr(error, "expected", ()))


def _token(place: Place, source: Source) -> Mistake:
    unfinished = _unfinished(place, source)
    if unfinished is not None:
        return unfinished
    found = hint(place) or Hint(_expected(place.accepted))
    start = max(place.start, 0)
    span = Span(source, start, place.start + len(place.word))
    code = "SYN007" if found.label == "no longer part of the message" else "SYN001"
    message = found.message or f"unexpected `{_short(place.word)}`"
    if found.message.startswith("documentation in"):
        span = _documentation_above(source, start)
        return Mistake(Diagnostic(code, message, span, found.label, found.help), cut=(span.start, span.end))
    if found.span is not None:
        span = Span(source, *found.span)
    related = () if found.other is None else (Label(Span(source, *found.other[:2]), found.other[2]),)
    return Mistake(Diagnostic(code, message, span, found.label, found.help, related), found.insert, found.cut)


def _unfinished(place: Place, source: Source) -> Mistake | None:
    """A line that stops in the middle takes the keyword of the next one for a name; the fault lies with the line."""
    before = re.fullmatch(r"\s*(\w+)\s+", place.before)
    if (
        before is not None
        and before[1] in _BEGINNINGS
        and not {"NAME", "STRING", "TEMPLATE", "PRODUCT"} & place.accepted
    ):
        return _line_stops(place, source, place.start - len(place.before))
    starts = _AT_LINE_STARTS - {"LBRACE"} if "NAME" in place.accepted else _AT_LINE_STARTS
    bracket = _never_closed(place, source)
    if bracket is not None:
        return _unclosed(bracket)
    if place.is_first and not starts & place.accepted and "ELSE" not in place.accepted:
        return _line_stops(place, source, place.start)
    return None


def _line_stops(place: Place, source: Source, at: int) -> Mistake:
    """The last line with anything on it, before a place, says only half of what it should."""
    last = len(re.sub(r"#[^\n]*\Z", "", source.text[:at].rstrip()).rstrip())
    span = Span(source, max(last - 1, 0), last)
    line = source.text[source.text.rfind("\n", 0, last) + 1 : last]
    unnamed = re.fullmatch(r"\s*(rule|policy|param|enum|let|def|table|waiver)", line)
    if unnamed is not None:
        help_ = f"give it one, its words joined by underscores: `{unnamed[1]} every_field`"
        return Mistake(Diagnostic("SYN001", f"a {unnamed[1]} without a name", span, "which one?", help_))
    bracket = _open_bracket(source, last)
    if bracket is not None:
        return _unclosed(bracket)
    found = _ENDINGS.get(frozenset(place.accepted)) or next(
        (text for sign, text in _OPEN_ENDS.items() if sign in place.accepted),
        "say what follows, or take out what asks for more",
    )
    return Mistake(
        Diagnostic("SYN001", "a line that stops in the middle", span, "something is missing after this", found)
    )


def _unclosed(bracket: Span) -> Mistake:
    sign = {"(": ")", "[": "]", "{": "}"}[bracket.text]
    message, help_ = f"`{bracket.text}` without `{sign}`", f"close it with `{sign}`, or leave it out"
    return Mistake(Diagnostic("SYN001", message, bracket, "opened here", help_))


def _never_closed(place: Place, source: Source) -> Span | None:
    """The bracket of a value that is still open where the next declaration, parameter or rule begins."""
    if not place.is_first or place.kind not in _BEGIN_BLOCKS:
        return None
    return _open_bracket(source, place.start)


def _open_bracket(source: Source, end: int) -> Span | None:
    """The last bracket of a value, in the declaration before a place, that nothing closes."""
    begin = begins(source.text, end)
    text = source.text[begin:end]
    if re.match(r"\s*(policy|rule\b[^\n]*\{)", text):
        return None
    plain = re.sub(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*', lambda found: " " * len(found[0]), text)
    opened_at: list[int] = []
    for at, char in enumerate(plain):
        if char in "([{":
            opened_at.append(at)
        elif char in ")]}" and opened_at:
            opened_at.pop()
    return Span(source, begin + opened_at[-1], begin + opened_at[-1] + 1) if opened_at else None


def _documentation_above(source: Source, at: int) -> Span:
    """The `##` lines right above a place."""
    start = source.text.rfind("\n", 0, at) + 1
    end = start
    while (above := source.text.rfind("\n", 0, start - 1) + 1) < start:
        line = source.text[above:start]
        if line.strip() and not line.lstrip().startswith("##"):
            break
        start = above
    block = source.text[start:end]
    return Span(source, start + len(block) - len(block.lstrip()), start + len(block.rstrip()))


# ---------------------------------------------------------------- characters


def _character(source: Source, at: int, known: frozenset[str]) -> Mistake:
    char = source.text[at]
    if char == '"':
        text = source.text[at + 1 :].partition("\n")[0].strip()
        help_ = f'a text ends on the line where it began: `"{_short(text)}"`'
        message = "a text without its closing quote"
        return Mistake(Diagnostic("SYN002", message, Span(source, at, at + 1), "it begins here", help_))
    if char.isdigit():
        return Mistake(_literal(source, at))
    end = _character_end(source, at)
    span = Span(source, at, end)
    label = "not a sign of the language"
    if char in _QUOTES and end - at > 1 and '"' not in span.text and "\\" not in span.text:
        straight = f'"{span.text[1:-1]}"'
        help_ = f"write `{straight}`: texts stand in straight double quotes"
        return Mistake(Diagnostic("SYN002", f"unexpected `{_short(span.text)}`", span, label, help_), instead=straight)
    if char == "!" and {"COMPARE", "AND"} & known and source.text[at + 1 : at + 2] != "=":
        help_ = "write `!=` for unequal" if "COMPARE" in known else "write `not`"
        return Mistake(Diagnostic("SYN002", "unexpected `!`", span, label, help_))
    number = re.search(r"\d+(?:\.\d+)?\s*$", source.text[max(at - 20, 0) : at])
    if char == "%" and number is not None:
        span = Span(source, at - len(number[0]), end)
        written = f"{number[0].strip()}%"
        return Mistake(Diagnostic("SYN002", f"`{span.text}` is written `{written}`", span, "", f"write `{written}`"))
    if char.isalpha():
        at -= len((re.search(r"\w*$", source.text[max(at - 60, 0) : at]) or [""])[0])
        span = Span(source, at, end)
    shown = f"`{span.text}`"
    if unicodedata.category(char) in _INVISIBLE:
        shown = f"invisible character (U+{ord(char):04X})"
    help_ = _CHARACTER_HINTS.get(char) or (_LETTER_HINT if char.isalpha() else _NO_CHARACTER_HINT)
    return Mistake(Diagnostic("SYN002", f"unexpected {shown}", span, label, help_))


def _character_end(source: Source, at: int) -> int:
    """The sign may be the first of two, of a quoted text, or of a word."""
    line = source.text[at:].partition("\n")[0]
    if line[:2] in {"&&", "||", "//"}:
        return at + 2
    closing = line.find(_QUOTES[line[0]], 1) if line[0] in _QUOTES else -1
    if closing > 0:
        return at + closing + 1
    word = re.match(r"[^\W\d]\w*", line)
    return at + (word.end() if word else 1)


def _literal(source: Source, at: int) -> Diagnostic:
    """A number with something behind it that makes it none."""
    start = re.search(r"[\w.:-]*$", source.text[max(at - 40, 0) : at])
    begin = at - len(start.group()) if start else at
    if not re.match(r"\d{4}-\d\d-\d\d", source.text[begin : begin + 10]):
        begin = at
    word = (re.match(r"[\w.:+-]+", source.text[begin : begin + 60]) or [""])[0]
    span = Span(source, begin, begin + len(word))
    if re.match(r"\d{4}-\d\d-\d\d", word):
        help_ = f"timestamps are in UTC and say so: `{word[:10]}T09:00Z`"
        return Diagnostic("SYN005", f"`{_short(word)}` is no timestamp", span, help=help_)
    number = re.match(r"(\d+)_?([A-Za-z]+)", word)
    if number is None:
        help_ = "numbers are written as `1000`, `1_000`, `0.5` or `5%`"
        return Diagnostic("SYN005", f"`{_short(word)}` is no number", span, help=help_)
    digits, unit = number.groups()
    help_ = "the units of durations are s, min, h, d, w, mo and y; a name begins with a letter"
    if unit in {"m", "M"}:
        help_ = f"write `{digits}mo` for months or `{digits}min` for minutes"
    elif unit.lower() in {*UNITS, *UNITS.values()}:
        help_ = f"write `{digits}{UNITS.get(unit.lower(), unit.lower())}`"
    return Diagnostic("SYN005", f"`{_short(word)}` is no duration", span, help=help_)


# ---------------------------------------------------------------- the end


def _end(source: Source, known: frozenset[str], limit: int | None) -> Mistake:
    end = len(source.text) if limit is None else limit
    last = len(source.text[:end].rstrip())
    span = Span(source, max(last - 1, 0), last)
    if limit is not None:
        return Mistake(Diagnostic("SYN007", "the braces end too early", span, "after this", _expected(known)))
    if known >= {"RBRACE", "RULE"}:
        help_ = "put `}` on a line of its own at the end of the policy"
        began = opened(source.text, end)
        related = () if began is None else (Label(Span(source, *began[:2]), began[2]),)
        message, label = "a policy is not closed", "the file ends after this"
        return Mistake(Diagnostic("SYN003", message, span, label, help_, related), "}")
    if "ELSE" in known:
        help_ = "an `if` says what it is otherwise: `if … then … else …`"
        return Mistake(Diagnostic("SYN003", "an `if` without `else`", span, "the file ends after this", help_))
    return Mistake(Diagnostic("SYN003", "the file ends too early", span, "after this", _expected(known)))


# ---------------------------------------------------------------- what could stand there


def _expected(expected: frozenset[str]) -> str:
    """`expected …`; what is accepted together is named as one, rather than by every way to write it."""
    rest = set(expected)
    if rest >= _OPERANDS:
        return "expected an expression"
    said: list[str] = []
    for sign, group, name in _GROUPS:
        if rest >= sign:
            rest -= group
            said.append(name)
    if said:
        rest -= {"DOC", "$END"}
    said += sorted({_describe(name) for name in rest})
    if len(said) > _ENOUGH:
        said = [*said[:_ENOUGH], "…"]
    return f"expected {', '.join(said[:-1])} or {said[-1]}" if len(said) > 1 else f"expected {''.join(said)}"


def _describe(terminal: str) -> str:
    return _NAMES.get(terminal) or f"`{keyword(parser().get_terminal(terminal)) or terminal}`"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}…"
