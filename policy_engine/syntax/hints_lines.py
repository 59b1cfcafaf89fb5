"""What an author probably meant with a line: declarations, headers of policies, lines of rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.syntax.hints_declarations import (
    DUTY,
    OTHER_LANGUAGES,
    SHAPE,
    as_condition,
    of_declaration,
    of_enum,
    of_name,
    of_typed,
)
from policy_engine.syntax.places import CLAUSES, DECLARATIONS, HEADERS, UNITS, Hint, Place
from policy_engine.syntax.recovery import line_and_below

_MEANT_CLAUSE: Final = {
    **dict.fromkeys(
        ("must", "should", "shall", "ensure", "assert", "check", "expect", "demand", "verify", "requires", "then"),
        "require",
    ),
    **dict.fromkeys(("if", "where", "given", "provided"), "when"),
    **dict.fromkeys(("foreach", "each", "loop", "over"), "for"),
    **dict.fromkeys(("msg", "error", "deny", "say", "text"), "message"),
    **dict.fromkeys(("hint", "help", "remedy", "suggest"), "fix"),
    **dict.fromkeys(("allow", "accept", "tolerance", "tolerates"), "tolerate"),
    **dict.fromkeys(("unless", "except"), "when not"),
    **dict.fromkeys(("on", "stage", "phase"), "at"),
}
_MEANT_MEMBER: Final = {
    **dict.fromkeys(("check", "test", "constraint", "requirement", "control", "allow", "deny", "rules"), "rule"),
    **dict.fromkeys(("parameter", "params", "let", "const", "var", "set"), "param"),
}
_EXAMPLES: Final = {
    frozenset({"BY"}): "write `review by 2027-01-01`",
    frozenset({"RAISE", "LOWER", "CHOOSE"}): "write `lower to …`, `raise to …` or `choose from …`",
    frozenset({"TO"}): "say how far, such as `raise to 100%`",
    frozenset({"FOR", "OR"}): "a waiver has an end: `waivable by domain for at most 90d`",
    frozenset(
        {"WHERE"}
    ): 'write `applies to product "orders"`, or `applies to products where product.domain == "sales"`',
    frozenset({"PRODUCT", "PRODUCTS"}): 'write `applies to product "orders"`, '
    'or `applies to products where product.domain == "sales"`',
}


def _stray_sign(place: Place) -> Hint | None:
    """Something between two lines or in front of one, which would be right without it."""
    is_part = re.match(
        r"\s+(?:policy|enum|attribute|let|def|table|set|waiver|rule|param|import|package)\b", place.after
    )
    if not place.is_first or not is_part or place.word in {*DECLARATIONS, "rule", "param", "import", "package"}:
        return None
    sign = (place.start, place.start + len(place.word))
    return Hint("leave it out", f"unexpected `{place.word}` at the beginning of a line", cut=sign)


def _documentation_inside(place: Place) -> Hint | None:
    above = place.text[: place.start - len(place.before)].rstrip().rpartition("\n")[2]
    if place.word in CLAUSES and above.lstrip().startswith("##"):
        help_ = "put it above the `rule`; a comment inside a rule begins with one `#`"
        return Hint(help_, "documentation in the middle of a rule", "the rule would end above this")
    return None


def _unclosed(place: Place) -> Hint | None:
    is_inside = "RBRACE" in place.accepted or place.accepted <= {"DOC", "PARAM", "RULE"}
    if place.kind.lower() in {*DECLARATIONS, "import_", "import", "package"} and is_inside and place.is_first:
        help_ = "put `}` on a line of its own above this one"
        message = f"`}}` is missing before this {place.word}"
        return Hint(help_, message, "the policy above is still open", "}", other=opened(place.text, place.start))
    return None


def opened(text: str, end: int) -> tuple[int, int, str] | None:
    """The policy that begins last before a place."""
    found = list(re.finditer(r"^policy\s+\w+", text[:end], re.MULTILINE))
    return (found[-1].start(), found[-1].end(), "this policy") if found else None


def _unopened(place: Place) -> Hint | None:
    if place.kind in {"RULE", "PARAM", "DOC"} and "LBRACE" in place.accepted:
        what = "rule" if place.kind == "DOC" else place.word
        help_ = "put `{` on a line of its own above this one"
        return Hint(help_, f"`{{` is missing before this {what}", "the policy's rules begin here", "{")
    return None


def _documentation(place: Place) -> Hint | None:
    if place.kind == "DOC":
        help_ = "`##` goes above a policy, rule, parameter or declaration; a comment begins with one `#`"
        return Hint(help_, "documentation of nothing", "nothing that it could describe follows")
    return None


def _comment(place: Place) -> Hint | None:
    if place.is_first and (place.word[0] == "/" or place.rest.startswith("--")):
        text = re.sub(r"^(?:/[/*]+|--+)\s*|\s*\*/$", "", place.rest)
        cut = line_and_below(place.text, place.start)
        return Hint(f"write `# {text}`" if text else "write `#`", "a comment begins with `#`", "", cut=cut)
    return None


def _unquoted(place: Place) -> Hint | None:
    if place.accepted in ({"STRING"}, {"TEMPLATE"}) and place.kind != "EQUAL" and place.word.isidentifier():
        return Hint(f'put it in double quotes: `"{place.rest}"`', "a text without quotes")
    return None


def _quote_in_message(place: Place) -> Hint | None:
    if place.text[place.start - 1 : place.start] == '"' and re.match(r"\s*(message|fix)\b", place.before):
        help_ = (
            'write `\\"` for a quote in a message; a text inside braces stands in plain quotes, and the braces close'
        )
        return Hint(help_, "the text of the message ends at a quote inside it", "no longer part of the message")
    return None


def _joined_message(place: Place) -> Hint | None:
    if place.word == "+" and re.match(r"\s*(message|fix)\s+\"", place.before):
        help_ = 'put it into the text, in braces: `message "… {field.name}"`'
        return Hint(help_, "texts of a message are not joined with `+`")
    return None


def _member(place: Place) -> Hint | None:
    found = _no_member(place)
    return None if found is None else replace(found, cut=line_and_below(place.text, place.start))


def _no_member(place: Place) -> Hint | None:
    if not place.is_first or not {"PARAM", "RULE"} <= place.accepted or "REQUIRE" in place.accepted:
        return None
    if place.word in {"owner", "decision", "review", "severity", "control", "waivable", "applies"}:
        help_ = f"move the line up, between `policy …` and `{{`: `{place.rest}`"
        return Hint(help_, f"`{place.word}` inside of the policy's braces", "belongs above `{`")
    if place.word in CLAUSES or place.word.lower() in {"every", "some", "all"}:
        help_ = "give it a name, in a line above this one: `rule every_field`"
        return Hint(help_, "a rule without a beginning", "which rule is this of?")
    meant = _MEANT_MEMBER.get(place.word.lower()) or nearest(place.word, ("rule", "param"))
    if meant is not None:
        following = (re.match(r"\s+\w+", place.after) or [" name"])[0].strip()
        return Hint(f"write `{meant} {following}`", f"`{place.word}` begins nothing inside of a policy")
    return Hint("inside of a policy's braces stand `rule` and `param`", f"`{place.word}` begins nothing here")


def _loop(place: Place) -> Hint | None:
    each = re.search(r"\bfor\s+(each|all|every|any)\s+$", place.before)
    if each is not None:
        items = (re.match(r"\s+in\s+([\w.]+)", place.after) or ["", f"product.{place.word.removesuffix('s')}s"])[1]
        span = place.span_back(rf"{each[1]}\s+$")
        return Hint(f"write `for {place.word} in {items}`", f"`{each[1]}` is left out", "", span=span)
    whole = re.search(r"\bfor\s+(\w+)$", place.before)
    if whole is not None and place.word == ".":
        items = whole[1] + "." + (re.match(r"[\w.]*", place.after) or [""])[0]
        name = items.rpartition(".")[2].removesuffix("s") or "part"
        return Hint(f"give each one a name: `for {name} in {items}`", "a loop without a name for each one")
    if place.accepted != {"IN"}:
        return None
    name = place.left
    if place.word == ",":
        other = (re.search(r"\w+", place.after) or ["field"])[0]
        help_ = f"write a line for each: `for {name} in product.{name}s`, then `for {other} in {name}.{other}s`"
        return Hint(help_, "one `for` goes over one collection")
    items = place.after.strip(" :") or f"product.{name.removesuffix('s')}s"
    return Hint(f"write `for {name} in {items}`", "a loop without `in`")


def _braces(place: Place) -> Hint | None:
    if place.word == "{" and {"REQUIRE", "FOR"} <= place.accepted:
        return Hint("leave the braces out: a rule ends where the next one begins", "a rule has no braces")
    return None


def _punctuation(place: Place) -> Hint | None:
    word = (place.before.split()[:1] or [""])[0]
    if place.word in {":", "="} and place.before.split()[-1:] == [word] and word in {*HEADERS, *CLAUSES, "package"}:
        return Hint(f"write `{word} {place.after.strip()}`", f"no `{place.word}` follows `{word}`", "")
    if place.word == ":" and not place.after.strip():
        return Hint("leave it out", "nothing stands at the end of a line", "")
    if place.word == "," and not place.after.partition("#")[0].strip() and "COMMA" not in place.accepted:
        return Hint("leave it out", "nothing stands at the end of a line")
    return None


def _header(place: Place) -> Hint | None:
    if place.accepted in ({"DOMAINS"}, {"MAY"}):
        return Hint(_freedom(place.rest), "what domains may choose is said as `domains may …`")
    if place.accepted == {"BY"} and place.kind == "DATE":
        return Hint(f"write `review by {place.word}`", "`by` is missing", "")
    if place.accepted == {"TO"} and not place.is_first:
        return Hint(f"write `to {place.rest}`", "`to` is missing", "")
    example = _EXAMPLES.get(place.accepted)
    if example is not None:
        return Hint(example)
    if "FROM" in place.accepted and place.word == "then":
        return Hint(f"write `, {place.rest}`", "a `,` is missing before `then`", "")
    if place.accepted & {"DATE"} == place.accepted and (written := date_in(place.rest)):
        return Hint(f"write `{written}`", f"`{place.rest.split()[0]}` is no date", "")
    from_first = re.search(r"\benforce\s+from\s+$", place.before)
    if from_first and place.kind == "DATE":
        level = (re.search(r"\w+", place.after) or ["block"])[0]
        return Hint(f"write `enforce {level} from {place.word}`", "a date before its level", "")
    number = re.match(r"(\d+)\s+(\w+)", place.rest)
    if place.accepted == {"DURATION"} and number is not None and number[2].lower() in UNITS:
        span = (place.start, place.start + number.end())
        return Hint(f"write `{number[1]}{UNITS[number[2].lower()]}`", f"`{number[0]}` is no duration", "", span=span)
    return None


def _freedom(text: str) -> str:
    """How the domain's choice that a text speaks of is written."""
    found = re.search(r"(rais|increas|lower|decreas|reduc|choos|chos)\w*\s+(?:to|from)\s+(.+)", text)
    if found is None:
        return "write `domains may lower to …`, `domains may raise to …` or `domains may choose from …`"
    way = {"rais": "raise to", "increas": "raise to", "choos": "choose from", "chos": "choose from"}.get(
        found[1], "lower to"
    )
    return f"write `domains may {way} {found[2].strip()}`"


def date_in(text: str) -> str | None:
    """The date that a text begins with, as the language writes it, where it is one of another custom."""
    found = re.match(r"(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\b", text)
    if found is None:
        return None
    first, sign, second, third = found[1], found[2], found[3], found[4]
    if len(first) == 4:
        year, month, day = first, second, third
    else:
        month, day = (first, second) if sign == "/" and int(first) <= 12 else (second, first)
        year = third
    return f"{year}-{int(month):02}-{int(day):02}" if len(year) == 4 and 1 <= int(month) <= 12 else None


def _clause(place: Place) -> Hint | None:
    if not place.is_first or "REQUIRE" not in place.accepted:
        return None
    duty = DUTY.match(place.rest)
    if duty is not None:
        return Hint(as_condition(duty), "a rule says what must hold as a condition", "not a line of a rule")
    if place.word == "else":
        help_ = "write another rule with `when not …`, or one condition: `if … then … else …`"
        return Hint(help_, "a rule has no `else`", "")
    if place.word.lower() in CLAUSES:
        return Hint(f"write `{place.word.lower()}`", f"`{place.word}` is written in small letters", "")
    if place.word.lower() in OTHER_LANGUAGES:
        return Hint(SHAPE, f"`{place.word}` is of another language")
    if place.word.lower() in {"description", "documentation", "doc", "comment", "note"}:
        text = place.after.strip(' ":')
        return Hint(f"write it above the rule: `## {text}`", f"`{place.word}` is no line of a rule")
    meant = _MEANT_CLAUSE.get(place.word.lower()) or nearest(place.word, CLAUSES)
    if meant is not None:
        return Hint(f"write `{meant}{place.after.rstrip()}`", f"`{place.word}` is no line of a rule")
    help_ = "a line of a rule begins with `for`, `when`, `require`, `tolerate`, `message` or `fix`"
    return Hint(help_, f"`{place.word}` is no line of a rule")


HINTS: Final[tuple[Callable[[Place], Hint | None], ...]] = (
    _stray_sign,
    _documentation_inside,
    _unclosed,
    _unopened,
    _documentation,
    _comment,
    _unquoted,
    _quote_in_message,
    _joined_message,
    of_enum,
    of_typed,
    _header,
    _loop,
    _braces,
    _punctuation,
    _clause,
    of_name,
    _member,
    of_declaration,
)
