"""What an author probably meant where the grammar stops: one small function for each well-known mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from policy_engine.diagnostics import nearest

CLAUSES: Final = ("for", "when", "require", "tolerate", "message", "fix", "severity", "enforce", "at", "formerly")
HEADERS: Final = (
    "owner", "decision", "review", "severity", "control", "enforce", "waivable", "applies", "at", "formerly",
)  # fmt: skip
DECLARATIONS: Final = ("enum", "attribute", "let", "def", "table", "set", "policy")
UNITS: Final = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("mon", "mth", "month", "months"), "mo"),
    **dict.fromkeys(("yr", "yrs", "year", "years", "a"), "y"),
}
_MEANT_CLAUSE: Final = {
    **dict.fromkeys(
        ("must", "should", "shall", "ensure", "assert", "check", "expect", "demand", "verify", "requires"), "require"
    ),
    **dict.fromkeys(("if", "where", "given", "provided"), "when"),
    **dict.fromkeys(("foreach", "each", "loop", "over"), "for"),
    **dict.fromkeys(("msg", "error", "deny", "say", "text"), "message"),
    **dict.fromkeys(("hint", "help", "remedy", "suggest"), "fix"),
    **dict.fromkeys(("allow", "accept", "tolerance", "tolerates"), "tolerate"),
    **dict.fromkeys(("unless", "except"), "when not"),
}
_INFIX: Final = {
    **dict.fromkeys(("contains", "starts_with", "ends_with", "has_tag"), "call it: `{word}({left}, …)`"),
    **dict.fromkeys(("includes", "has"), "write `contains({left}, …)`, or `… in {left}` for a list"),
    **dict.fromkeys(("startswith", "begins"), "write `starts_with({left}, …)`"),
    **dict.fromkeys(("endswith", "ends"), "write `ends_with({left}, …)`"),
    **dict.fromkeys(("like", "match", "regex"), "write `{left} matches /…/`"),
    **dict.fromkeys(("equals", "equal", "eq"), "write `==`"),
    "exists": "write `{left} is present`",
    "between": "write `{left} >= … and {left} <= …`",
    "default": "write `{left} otherwise …`",
}

#: Names of terminals that are no words.
_NO_WORDS: Final = frozenset(
    {
        *("name", "string", "int", "decimal", "percent", "duration", "date", "timestamp", "regex", "doc"),
        *("compare", "times", "minus", "comma", "colon", "dot", "equal", "qmark", "lessthan", "morethan"),
        *("lpar", "rpar", "lsqb", "rsqb", "lbrace", "rbrace"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the grammar stops: the text, the token there, its kind, and what kinds could stand there."""

    text: str
    start: int
    word: str
    kind: str
    accepted: frozenset[str]

    @property
    def before(self) -> str:
        """The line up to the token."""
        return self.text[self.text.rfind("\n", 0, self.start) + 1 : self.start]

    @property
    def after(self) -> str:
        """The line after the token."""
        return self.text[self.start + len(self.word) :].partition("\n")[0]

    @property
    def left(self) -> str:
        """The dotted name right before the token, else `…`."""
        found = re.search(r"[\w.]+$", self.before.rstrip())
        return found.group() if found else "…"


@dataclass(frozen=True, slots=True)
class Hint:
    """What to say. `insert` is the sign that is missing before the place, so that parsing can go on."""

    help: str
    message: str = ""
    label: str = "not expected here"
    insert: str = ""


def hint(place: Place) -> Hint | None:
    """The first hint that fits."""
    return next((found for look in _HINTS if (found := look(place)) is not None), None)


def _documentation_inside(place: Place) -> Hint | None:
    above = place.text[: place.start - len(place.before)].rstrip().rpartition("\n")[2]
    if place.word in CLAUSES and above.lstrip().startswith("##"):
        help_ = "put it above the `rule`; a comment inside a rule begins with one `#`"
        return Hint(help_, "documentation in the middle of a rule", "the rule would end above this")
    return None


def _unclosed(place: Place) -> Hint | None:
    is_inside = "RBRACE" in place.accepted or place.accepted <= {"DOC", "PARAM", "RULE"}
    if place.kind.lower() in {*DECLARATIONS, "import_", "import", "package"} and is_inside:
        help_ = "put `}` on a line of its own above this one"
        return Hint(help_, f"`}}` is missing before this {place.word}", "the policy above is still open", "}")
    return None


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
    if not place.before.strip() and (place.word[0] == "/" or (place.word + place.after).startswith("--")):
        return Hint("a comment begins with `#`")
    return None


def _unquoted(place: Place) -> Hint | None:
    if place.accepted == {"STRING"} and place.kind != "EQUAL" and place.word.isidentifier():
        text = (place.word + place.after).partition("#")[0].strip()
        return Hint(f'put it in double quotes: `"{text}"`')
    return None


def _quote_in_message(place: Place) -> Hint | None:
    if place.text[place.start - 1 : place.start] == '"' and re.match(r"\s*(message|fix)\b", place.before):
        help_ = 'write `\\"` for a quote in a message; inside braces, name the text with `let` and use the name'
        return Hint(help_, "the text of the message ends at a quote inside it", "no longer part of the message")
    return None


def _comparison(place: Place) -> Hint | None:
    if place.word == ">" and place.before.endswith("<"):
        return Hint("`!=` says unequal")
    if place.kind == "EQUAL" and place.before.endswith("=="):
        return Hint("`==` compares")
    if "COMPARE" not in place.accepted or place.word not in {"=", ":", ":="}:
        return None
    if place.word == "=" and place.after[:1] in {"<", ">"}:
        return Hint(f"write `{place.after[0]}=`")
    return Hint("`==` compares; `=` only gives a name its value")


def _presence(place: Place) -> Hint | None:
    if not re.search(r"\bis\s+(not\s+)?$", place.before):
        return None
    if place.kind == "NOT":
        meant = "present" if re.match(r"\s*(missing|null|none|empty)\b", place.after, re.IGNORECASE) else "missing"
        return Hint(f"write `is {meant}`")
    if place.word.lower() in {"null", "none", "nil", "undefined", "absent", "empty"}:
        return Hint("write `is missing`")
    if place.word.lower() in {"set", "defined", "given", "stated", "there"}:
        return Hint("write `is present`")
    return Hint("`is` only asks `is present` or `is missing`; `==` compares, and a yes-or-no attribute stands alone")


def _number(place: Place) -> Hint | None:
    part = re.match(r"\d+%?", place.after)
    if place.word == "." and part is not None and not re.search(r"[\w)\]]$", place.before):
        return Hint(f"write `0.{part[0]}`")
    number = re.search(r"(\d+)\s*$", place.before)
    if number is None:
        return None
    unit = UNITS.get(place.word.lower())
    if unit is not None:
        return Hint(f"write `{number[1]}{unit}`", f"`{number[1]} {place.word}` is no duration", "written differently")
    digits = re.match(r"\d+", place.after)
    if place.word == "," and digits is not None and "COMMA" not in place.accepted:
        return Hint(f"write `{number[1]}_{digits[0]}`, or `{number[1]}.{digits[0]}` for a decimal")
    return Hint(f"write `{number[1]}%`") if place.word.lower() == "percent" else None


def _loop(place: Place) -> Hint | None:
    each = re.search(r"\bfor\s+(each|all|every|any)\s+$", place.before)
    if each is not None:
        return Hint(f"leave out `{each[1]}`: `for {place.word} in …`")
    whole = re.search(r"\bfor\s+(\w+)$", place.before)
    if whole is not None and place.word == ".":
        items = whole[1] + "." + (re.match(r"[\w.]*", place.after) or [""])[0]
        name = items.rpartition(".")[2].removesuffix("s") or "part"
        return Hint(f"give each one a name: `for {name} in {items}`")
    return None


def _operand(place: Place) -> Hint | None:
    whole = re.search(r"\S\s+(some|every|if)\s+$", place.before)
    if whole is None or "NAME" in place.accepted:
        return None
    end = "then … else …" if whole[1] == "if" else "in … satisfies …"
    return Hint(f"inside an expression it stands in parentheses: `({whole[1]} {place.word} {end})`")


def _conditional(place: Place) -> Hint | None:
    if place.word in {"elif", "elseif", "elsif"}:
        return Hint("write `else if`")
    if "ELSE" in place.accepted:
        help_ = "an `if` says what it is otherwise: `if … then … else …`; a rule's condition is `when …`"
        return Hint(help_, "an `if` without `else`", "`else` is missing before this")
    return None


def _name(place: Place) -> Hint | None:
    declared = re.search(r"\b(?:policy|rule|param|enum|let|def|table)\s+(\w+)(\s*)$", place.before)
    if place.kind == "STRING" and place.accepted == {"NAME"}:
        words = "_".join(re.findall(r"\w+", place.word.lower())) or "name"
        return Hint(f"a name stands without quotes, its words joined by underscores: `{words}`")
    if declared is None:
        return None
    rest = re.match(r"(?:[- ]?\w+)*", place.word + place.after)
    joined = f"{declared[1]}_{re.sub(r'[^0-9A-Za-z]+', '_', (rest or [''])[0]).strip('_')}"
    if place.word == "-" or (place.kind == "NAME" and declared[2] and place.word not in {*CLAUSES, *HEADERS}):
        near = nearest(place.word, _words(place)) if place.kind == "NAME" else None
        return None if near else Hint(f"a name is one word, joined by underscores: `{joined}`")
    return None


def _rule_braces(place: Place) -> Hint | None:
    if place.word == "{" and {"REQUIRE", "FOR"} <= place.accepted:
        return Hint("leave the braces out: a rule ends where the next one begins")
    return None


def _punctuation(place: Place) -> Hint | None:
    word = place.before.split()[-1:] or [""]
    if place.word in {":", "="} and word[0] in {*HEADERS, *CLAUSES}:
        return Hint(f"leave out `{place.word}`")
    if place.word == ":" and re.search(r"\brule\s+\w+$", place.before):
        return Hint("leave out `:`")
    return None


def _clause(place: Place) -> Hint | None:
    if place.before.strip() or "REQUIRE" not in place.accepted:
        return None
    meant = _MEANT_CLAUSE.get(place.word.lower()) or nearest(place.word, CLAUSES)
    if meant is not None:
        return Hint(f"did you mean `{meant}`?")
    return Hint("a line of a rule begins with `for`, `when`, `require`, `tolerate`, `message` or `fix`")


def _infix(place: Place) -> Hint | None:
    if "AND" in place.accepted and place.word.lower() in _INFIX:
        return Hint(_INFIX[place.word.lower()].format(word=place.word, left=place.left))
    return None


def _misspelt(place: Place) -> Hint | None:
    near = nearest(place.word, _words(place)) if place.word.isalpha() else None
    return Hint(f"did you mean `{near}`?") if near is not None and near != place.word else None


def _words(place: Place) -> set[str]:
    """The keywords that could stand there."""
    return {name.lower() for name in place.accepted if name.isalpha()} - _NO_WORDS


_HINTS: Final[tuple[Callable[[Place], Hint | None], ...]] = (
    _documentation_inside,
    _unclosed,
    _unopened,
    _documentation,
    _comment,
    _unquoted,
    _quote_in_message,
    _comparison,
    _presence,
    _number,
    _loop,
    _conditional,
    _rule_braces,
    _punctuation,
    _clause,
    _name,
    _operand,
    _infix,
    _misspelt,
)
