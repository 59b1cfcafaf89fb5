"""What an author probably meant with a line: declarations, headers of policies, lines of rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.syntax.places import CLAUSES, DECLARATIONS, HEADERS, UNITS, Hint, Place

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
_MEANT_DECLARATION: Final = {
    **dict.fromkeys(("const", "var", "val", "constant", "variable", "define"), "let"),
    **dict.fromkeys(("function", "func", "fn", "fun"), "def"),
    **dict.fromkeys(("class", "type", "enumeration"), "enum"),
    **dict.fromkeys(("property", "field", "column"), "attribute"),
    **dict.fromkeys(("override", "configure", "using", "assign"), "set"),
}
_MEANT_MEMBER: Final = {
    **dict.fromkeys(("check", "test", "constraint", "requirement", "control", "allow", "deny", "rules"), "rule"),
    **dict.fromkeys(("parameter", "params", "let", "const", "var", "set"), "param"),
}
_DUTY: Final = re.compile(
    r"(?:(?:all|every|each|the|any)\s+)?(?P<what>[\w.]+)\s+(?:must|should|shall|has to|have to|needs to)"
    r"\s+(?:be\s+|not\s+be\s+|have\s+)?(?P<rest>.*)",
    re.IGNORECASE,
)
#: Words that begin texts of other languages for policies, queries and configuration.
_OTHER_LANGUAGES: Final = frozenset(
    {
        "select",
        "default",
        "allow",
        "deny",
        "violation",
        "permit",
        "forbid",
        "apiversion",
        "kind",
        "create",
        "with",
        "return",
    }
)
_SHAPE: Final = "rules have the form `rule name`, `for field in product.fields`, `when …`, `require …`"
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
        return Hint(f"write `# {text}`" if text else "write `#`", "a comment begins with `#`", "", is_alone=True)
    return None


def _unquoted(place: Place) -> Hint | None:
    if place.accepted == {"STRING"} and place.kind != "EQUAL" and place.word.isidentifier():
        return Hint(f'put it in double quotes: `"{place.rest}"`', "a text without quotes")
    return None


def _quote_in_message(place: Place) -> Hint | None:
    if place.text[place.start - 1 : place.start] == '"' and re.match(r"\s*(message|fix)\b", place.before):
        help_ = 'write `\\"` for a quote in a message; inside braces, name the text with `let` and use the name'
        return Hint(help_, "the text of the message ends at a quote inside it", "no longer part of the message")
    return None


def _joined_message(place: Place) -> Hint | None:
    if place.word == "+" and re.match(r"\s*(message|fix)\s+\"", place.before):
        help_ = 'put it into the text, in braces: `message "… {field.name}"`'
        return Hint(help_, "texts of a message are not joined with `+`")
    return None


def _name(place: Place) -> Hint | None:
    declared = re.search(
        r"\b(?:policy|rule|param|enum|let|def|table|waiver|package|import)\s+([\w.]+)(\s*)$", place.before
    )
    if place.kind == "STRING" and place.accepted == {"NAME"}:
        words = "_".join(re.findall(r"\w+", place.word.lower())) or "name"
        if re.search(r"\b(package|import)\s+$", place.before):
            words = place.word.strip('"')
        of_list = re.search(r"\b(severity|at|enforce)\s+$", place.before)
        if of_list:
            return Hint(f"write `{of_list[1]} {words}`", f"`{of_list[1]}` takes no quotes")
        ending = "" if "." in words else ", its words joined by underscores"
        return Hint(f"a name stands without quotes{ending}: `{words}`", "a name in quotes")
    if declared is None:
        return None
    rest = re.match(r"(?:[- ]?\w+)*", place.word + place.after)
    joined = f"{declared[1]}_{re.sub(r'[^0-9A-Za-z]+', '_', (rest or [''])[0]).strip('_')}"
    if place.word == "-" or (place.kind == "NAME" and declared[2] and place.word not in {*CLAUSES, *HEADERS}):
        near = nearest(place.word, _words(place)) if place.kind == "NAME" else None
        return None if near else Hint(f"a name is one word, joined by underscores: `{joined}`", "a name of two words")
    return None


def _words(place: Place) -> set[str]:
    return {name.lower() for name in place.accepted if name.isalpha()}


def _enum(place: Place) -> Hint | None:
    inside = re.search(r"\benum\s+\w+\s*\{([^{}]*)$", place.text[: place.start])
    if inside is None:
        if place.accepted == {"LBRACE"} and re.search(r"\benum\s+\w+\s*$", place.before):
            return Hint("write its members in braces: `{ small, large }`", "an enum lists its members in braces")
        return None
    last = (re.findall(r"\w+", inside[1]) or ["a"])[-1]
    if place.word == "-":
        following = (re.match(r"\w+", place.after) or [""])[0]
        return Hint(f"a name is one word, joined by underscores: `{last}_{following}`", "a name of two words")
    if place.word == ">":
        following = (re.search(r"\w+", place.after) or ["…"])[0]
        return Hint(f"write the least first: `{following} < {last}`", "the order of an enum goes upwards")
    if place.word == "," and "<" in inside[1]:
        help_ = "join all members with `<`, the least first, or all with `,`"
        return Hint(help_, "an enum that is ordered only in part")
    if place.kind == "NAME" or place.word in {"|", ";"}:
        word = place.word if place.kind == "NAME" else "…"
        return Hint(f"write `{last}, {word}`", f"a `,` is missing before `{place.word}`", "")
    return None


def _member(place: Place) -> Hint | None:
    found = _no_member(place)
    return None if found is None else replace(found, is_alone=True)


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


def _declaration(place: Place) -> Hint | None:
    found = _closed_early(place) or _no_declaration(place)
    return None if found is None else replace(found, is_alone=found.span is None)


def _closed_early(place: Place) -> Hint | None:
    """A rule behind a brace that closes its policy, in a file with one brace too many."""
    if place.word not in {"rule", "param", "}"} or "POLICY" not in place.accepted or not place.is_first:
        return None
    plain = re.sub(r'"[^"\n]*"|#[^\n]*', lambda found: " " * len(found[0]), place.text)
    at = plain.rfind("}", 0, place.start)
    if at < 0 or plain.count("}") <= plain.count("{") or plain[at + 1 : place.start].strip():
        return None
    return Hint("leave it out", "a `}` too many", "the policy ends here", span=(at, at + 1))


def _no_declaration(place: Place) -> Hint | None:
    if not place.is_first or not {"POLICY", "ENUM"} <= place.accepted:
        return None
    if place.word in {"rule", "param"}:
        help_ = 'put it between the braces of a policy: `policy name`, `owner "…"`, `{`, then this'
        return Hint(help_, f"a `{place.word}` outside of a policy", "no policy is open here")
    if place.word == "import":
        return Hint("move it up, right below `package`", "`import` comes before everything else", "too late")
    if place.word == "package":
        return Hint("keep the first `package`, as the first line", "`package` is said once, in the first line", "")
    imported = re.match(r"from\s+([\w.]+)\s+import\b", place.rest)
    if imported is not None:
        name = imported[1].rpartition(".")[2]
        return Hint(
            f"write `import {imported[1]}`, and use its names as `{name}.…`", "a package is imported as a whole"
        )
    value = re.match(r"([\w.]+)\s*:?=(?!=)\s*(.*)", place.rest)
    if value is not None:
        word = "set" if "." in value[1] else "let"
        return Hint(f"write `{word} {value[1]} = {value[2]}`", f"a value without `{word}`")
    meant = _MEANT_DECLARATION.get(place.word.lower()) or nearest(place.word, DECLARATIONS)
    if place.word.lower() in _OTHER_LANGUAGES:
        return Hint(_SHAPE, f"`{place.word}` is of another language")
    duty = _DUTY.match(place.rest)
    if duty is not None:
        help_ = _as_condition(duty).replace("write ", "in a rule of a policy, write ", 1)
        return Hint(help_, "a sentence, where a declaration is needed")
    if meant is not None:
        example = "`def double(n: Int) -> Int = n * 2`" if meant == "def" else f"`{meant}{place.after.rstrip()}`"
        return Hint(f"write it like {example}", f"`{place.word}` begins no declaration")
    help_ = "a part of a file begins with `policy`, `enum`, `attribute`, `let`, `def`, `table` or `set`"
    return Hint(help_, f"`{place.word}` begins no declaration")


def _typed(place: Place) -> Hint | None:
    param = re.search(r"\bparam\s+(\w+)\s*$", place.before)
    if param is not None and place.accepted == {"COLON"}:
        value = place.after.strip()
        return Hint(f"write `param {param[1]}: {_type_of(value)} = {value or '…'}`", "a parameter without its type")
    if place.word == ":" and re.match(r"\s*set\s", place.before):
        return Hint("write `=`", "a `set` with `:`")
    if place.accepted <= {"COLON", "EQUAL"} and re.match(r"\s*let\s", place.before):
        return Hint(f"write `{place.before.strip()} = {place.rest.lstrip(':=').strip()}`", "a `let` without `=`")
    if place.word == "=" and place.before.endswith(":") and re.match(r"\s*(let|set|param)\s", place.before):
        return Hint("write `=`", "a value is given with `=`", span=place.span_back(":$"))
    if re.match(r"\s*def\s", place.before) and place.accepted <= {
        "COLON",
        "LESSTHAN",
        "QMARK",
        "COMMA",
        "RPAR",
        "__ANON_0",
    }:
        return Hint("write it like `def double(n: Int) -> Int = n * 2`", "a function says what it takes and gives")
    if place.accepted == {"DOT"} and re.match(r"\s*attribute\s", place.before):
        name = place.before.split()[-1]
        return Hint(f"say of what: `attribute field.{name}: …`", "an attribute belongs to something")
    return None


def _type_of(value: str) -> str:
    forms = {r"\d+\s*%|\d+\.\d+": "Decimal", r"\d+": "Int", r"\d+[a-z]+": "Duration", r"\".*": "String"}
    forms |= {r"true|false": "Bool", r"\d{4}-\d\d-\d\d": "Date"}
    return next((of for form, of in forms.items() if re.fullmatch(form, value.partition(",")[0].strip())), "Int")


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
    duty = _DUTY.match(place.rest)
    if duty is not None:
        return Hint(_as_condition(duty), "a rule says what must hold as a condition", "not a line of a rule")
    if place.word == "else":
        help_ = "write another rule with `when not …`, or one condition: `if … then … else …`"
        return Hint(help_, "a rule has no `else`", "")
    if place.word.lower() in CLAUSES:
        return Hint(f"write `{place.word.lower()}`", f"`{place.word}` is written in small letters", "")
    if place.word.lower() in _OTHER_LANGUAGES:
        return Hint(_SHAPE, f"`{place.word}` is of another language")
    if place.word.lower() in {"description", "documentation", "doc", "comment", "note"}:
        text = place.after.strip(' ":')
        return Hint(f"write it above the rule: `## {text}`", f"`{place.word}` is no line of a rule")
    meant = _MEANT_CLAUSE.get(place.word.lower()) or nearest(place.word, CLAUSES)
    if meant is not None:
        return Hint(f"write `{meant}{place.after.rstrip()}`", f"`{place.word}` is no line of a rule")
    help_ = "a line of a rule begins with `for`, `when`, `require`, `tolerate`, `message` or `fix`"
    return Hint(help_, f"`{place.word}` is no line of a rule")


def _as_condition(duty: re.Match[str]) -> str:
    """What must hold, as one would write it."""
    what, rest = duty["what"], duty["rest"].rstrip(". ")
    part = re.sub(r"^(?:an?|the|its)\s+", "", rest)
    if rest in {"present", "there", "given", "set", "defined", "stated", "filled"}:
        return f"write `require {what} is present`"
    if part.isidentifier() and what.isidentifier():
        one = what.removesuffix("s")
        return f"write `for {one} in product.{one}s`, and below it `require {one}.{part} is present`"
    return "write it as a condition, such as `require field.description is present`"


HINTS: Final[tuple[Callable[[Place], Hint | None], ...]] = (
    _documentation_inside,
    _unclosed,
    _unopened,
    _documentation,
    _comment,
    _unquoted,
    _quote_in_message,
    _joined_message,
    _enum,
    _typed,
    _header,
    _loop,
    _braces,
    _punctuation,
    _clause,
    _name,
    _member,
    _declaration,
)
