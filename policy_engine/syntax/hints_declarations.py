"""What an author probably meant with a declaration: its keyword, its name, its types."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.syntax.places import CLAUSES, DECLARATIONS, HEADERS, Hint, Place
from policy_engine.syntax.recovery import line_and_below

_MEANT_DECLARATION: Final = {
    **dict.fromkeys(("const", "var", "val", "constant", "variable", "define"), "let"),
    **dict.fromkeys(("function", "func", "fn", "fun"), "def"),
    **dict.fromkeys(("class", "type", "enumeration"), "enum"),
    **dict.fromkeys(("property", "field", "column"), "attribute"),
    **dict.fromkeys(("override", "configure", "using", "assign"), "set"),
}
DUTY: Final = re.compile(
    r"(?:(?:all|every|each|the|any)\s+)?(?P<what>[\w.]+)\s+(?:must|should|shall|has to|have to|needs to)"
    r"\s+(?:be\s+|not\s+be\s+|have\s+)?(?P<rest>.*)",
    re.IGNORECASE,
)
#: Words that begin texts of other languages for policies, queries and configuration.
OTHER_LANGUAGES: Final = frozenset(
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
SHAPE: Final = "rules have the form `rule name`, `for field in product.fields`, `when …`, `require …`"


def of_name(place: Place) -> Hint | None:
    """A name in quotes, of two words, or with a hyphen."""
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


def of_enum(place: Place) -> Hint | None:
    """The members of an enum."""
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


def of_declaration(place: Place) -> Hint | None:
    """What begins no declaration."""
    found = _closed_early(place) or _no_declaration(place)
    return None if found is None else replace(found, cut=found.cut or line_and_below(place.text, place.start))


def _closed_early(place: Place) -> Hint | None:
    """A rule behind a brace that closes its policy, in a file with one brace too many."""
    if place.word not in {"rule", "param", "}"} or "POLICY" not in place.accepted or not place.is_first:
        return None
    plain = re.sub(r'"[^"\n]*"|#[^\n]*', lambda found: " " * len(found[0]), place.text)
    at = plain.rfind("}", 0, place.start)
    if at < 0 or plain.count("}") <= plain.count("{") or plain[at + 1 : place.start].strip():
        return None
    return Hint("leave it out", "a `}` too many", "the policy ends here", span=(at, at + 1), cut=(at, at + 1))


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
    if place.word.lower() in OTHER_LANGUAGES:
        return Hint(SHAPE, f"`{place.word}` is of another language")
    duty = DUTY.match(place.rest)
    if duty is not None:
        help_ = as_condition(duty).replace("write ", "in a rule of a policy, write ", 1)
        return Hint(help_, "a sentence, where a declaration is needed")
    if meant is not None:
        example = "`def double(n: Int) -> Int = n * 2`" if meant == "def" else f"`{meant}{place.after.rstrip()}`"
        return Hint(f"write it like {example}", f"`{place.word}` begins no declaration")
    help_ = "a part of a file begins with `policy`, `enum`, `attribute`, `let`, `def`, `table` or `set`"
    return Hint(help_, f"`{place.word}` begins no declaration")


def of_typed(place: Place) -> Hint | None:
    """A name without its type or its value."""
    param = re.search(r"\bparam\s+(\w+)\s*$", place.before)
    if param is not None and place.accepted == {"COLON"}:
        value = place.after.strip()
        if place.kind == "NAME":
            return Hint(f"write `param {param[1]}: {place.rest}`", "a `:` is missing before the type", "")
        return Hint(f"write `param {param[1]}: {_type_of(value)} = {value or '…'}`", "a parameter without its type")
    if place.accepted == {"COLON"} and place.kind == "NAME" and place.left != "…":
        return Hint(f"write `{place.left}: {place.word}`", "a `:` is missing before the type", "")
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


def as_condition(duty: re.Match[str]) -> str:
    """What must hold, as one would write it."""
    what, rest = duty["what"], duty["rest"].rstrip(". ")
    part = re.sub(r"^(?:an?|the|its)\s+", "", rest)
    if rest in {"present", "there", "given", "set", "defined", "stated", "filled"}:
        return f"write `require {what} is present`"
    if part.isidentifier() and what.isidentifier():
        one = what.removesuffix("s")
        return f"write `for {one} in product.{one}s`, and below it `require {one}.{part} is present`"
    return "write it as a condition, such as `require field.description is present`"
