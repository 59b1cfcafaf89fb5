"""What an author probably meant inside of an expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.syntax.hints_lines import date_in
from policy_engine.syntax.places import UNITS, Hint, Place

_INFIX: Final = {
    **dict.fromkeys(("starts_with", "ends_with", "has_tag"), "write `{word}({left}, {right})`"),
    **dict.fromkeys(
        ("contains", "includes", "include"), "write `contains({left}, {right})`, or `{right} in {left}` for a list"
    ),
    **dict.fromkeys(("startswith", "begins"), "write `starts_with({left}, {right})`"),
    **dict.fromkeys(("endswith", "ends"), "write `ends_with({left}, {right})`"),
    **dict.fromkeys(("match", "regex", "regexp"), "write `{left} matches /…/`"),
    **dict.fromkeys(("equals", "equal", "eq"), "write `{left} == {right}`"),
    **dict.fromkeys(("less", "below", "under", "lt"), "write `{left} < {right}`"),
    **dict.fromkeys(("greater", "more", "above", "over", "gt"), "write `{left} > {right}`"),
    "least": "write `{left} >= {right}`",
    "most": "write `{left} <= {right}`",
    "exists": "write `{left} is present`",
    "default": "write `{left} otherwise {right}`",
}
_FILLERS: Final = r"(?:(?:than|to|with|least|most|equal|or|the|a|an)\s+)*"
#: Names of terminals that are no words.
_NO_WORDS: Final = frozenset(
    {
        *("name", "string", "int", "decimal", "percent", "duration", "date", "timestamp", "regex", "doc"),
        *("compare", "times", "minus", "comma", "colon", "dot", "equal", "qmark", "lessthan", "morethan"),
        *("lpar", "rpar", "lsqb", "rsqb", "lbrace", "rbrace"),
    }
)
_MISSING: Final = frozenset({"null", "none", "nil", "undefined", "absent", "empty", "missing"})
_PRESENT: Final = frozenset({"set", "defined", "given", "stated", "there", "present", "filled"})
#: Kinds of text that a function asks for, as somebody says them.
_KINDS: Final = {"snake_case": "is_snake_case", "camel_case": "is_camel_case", "camelcase": "is_camel_case"}


def _right(place: Place) -> str:
    """The value behind the word, else `…`."""
    found = re.match(rf"\s*{_FILLERS}(\"[^\"]*\"|/[^/]*/|\d[\w.%]*|[\w.]+(?:\([^()]*\))?)", place.after)
    return found[1] if found else "…"


def _comparison(place: Place) -> Hint | None:
    if place.word == ">" and place.before.endswith("<"):
        return Hint("write `!=`", "`<>` is written `!=`", "", span=place.span_back("<$"))
    if place.kind == "EQUAL" and place.before.endswith(("==", "!=")):
        sign = place.before[-2:]
        return Hint(f"write `{sign}`", f"`{sign}=` is written `{sign}`", "", span=place.span_back(f"{sign}$"))
    function = re.search(r"([\w.]+)\.(\w+)\(\s*(\w+)\s*$", place.before)
    if place.word == "=" and place.after.startswith(">") and function is not None:
        quantifier = "some" if function[2] in {"any", "some", "exists"} else "every"
        return Hint(
            f"write `{quantifier} {function[3]} in {function[1]} satisfies …`", "there are no `=>` functions", ""
        )
    if place.word == ":" and not place.after.strip():
        return None
    if "COMPARE" not in place.accepted or place.word not in {"=", ":", ":="}:
        return None
    if place.word == "=" and place.after[:1] in {"<", ">"}:
        sign = f"{place.after[0]}="
        span = (place.start, place.start + 2)
        return Hint(f"write `{sign}`", f"`={place.after[0]}` is written `{sign}`", "", span=span)
    right = _right(place)
    write = f"write `{place.left} == {right}`" if "…" not in (place.left, right) else "write `==`"
    return Hint(f"{write}: `=` only gives a name its value", f"`{place.word}` does not compare")


def _chained(place: Place) -> Hint | None:
    if (
        place.kind not in {"COMPARE", "LESSTHAN", "MORETHAN"}
        or "AND" not in place.accepted
        or "COMPARE" in place.accepted
    ):
        return None
    if re.match(r"\s*(true|false)\b", place.after):
        what = "leave it out" if "true" in place.after.split()[0] else "write `not (…)` instead"
        return Hint(
            f"{what}: a condition is true or false by itself", "a condition compared with `true` or `false`", ""
        )
    parts = re.search(
        r"(?:\b(?:require|when|and|or|not|where|satisfies)\s+)(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$", place.before
    )
    help_ = "join two comparisons with `and`"
    if parts is not None:
        help_ += f": `{parts[1]} {parts[2]} {parts[3]} and {parts[3]} {place.word} {_right(place)}`"
    return Hint(help_, "a comparison has two sides", "a third one begins here")


def _capitals(place: Place) -> Hint | None:
    word = place.word.lower()
    if place.word != word and word.upper() in place.accepted and word.isalpha() and word not in _NO_WORDS:
        return Hint(f"write `{word}`", f"`{place.word}` is written in small letters", "")
    before = re.search(
        r"\b(NOT|Not|EVERY|SOME|IF|Every|Some|If|any|ANY|all|ALL|that|THAT|require|not)\s+$", place.before
    )
    if before is None or "AND" not in place.accepted:
        return None
    word = {"any": "some", "all": "every"}.get(before[1].lower(), before[1].lower())
    span = (place.span_back(rf"{before[1]}\s+$")[0], place.span_back(rf"{before[1]}\s+$")[0] + len(before[1]))
    if word in {"that", "require"}:
        return Hint("leave it out", f"`{before[1]}` is no part of a condition", "", span=span)
    if word == "not":
        return Hint("write `not`", f"`{before[1]}` is written `not`", "", span=span)
    return Hint(f"write `{word} {place.rest}`", f"`{before[1]}` is written `{word}`", "", span=span)


def _presence(place: Place) -> Hint | None:
    if re.search(r"\bnot\s+$", place.before) and place.accepted == {"IN"}:
        left = place.before.rstrip().removesuffix("not").split()[-1:] or ["…"]
        if place.word.lower() in _MISSING | _PRESENT:
            meant = "present" if place.word.lower() in _MISSING else "missing"
            return Hint(f"write `{left[0]} is {meant}`", f"`not {place.word}` asks nothing", "")
        return Hint(f"write `not (…)` around it: `not ({left[0]} {place.rest})`", "`not` stands in front", "")
    if not re.search(r"\bis\s+(not\s+)?$", place.before):
        return None
    left = place.before.rstrip().removesuffix("is").split()[-1:] or ["…"]
    if place.kind == "NOT":
        is_missing = re.match(r"\s*(missing|null|none|nil|empty|undefined)\b", place.after, re.IGNORECASE)
        meant = "present" if is_missing else "missing"
        return Hint(f"write `{left[0]} is {meant}`", "`is not` is no question of the language", "")
    word = place.word.lower()
    if word in _MISSING or word in _PRESENT:
        return Hint(
            f"write `{left[0]} is {'missing' if word in _MISSING else 'present'}`", f"`is {word}` is no question", ""
        )
    if word in {"true", "false"}:
        return Hint(f"write `{'not ' if word == 'false' else ''}{left[0]}`", f"`is {word}` is no question", "")
    if word in _KINDS:
        return Hint(f"write `{_KINDS[word]}({left[0]})`", f"`is {word}` is no question", "")
    if word in _INFIX:
        write = _INFIX[word].format(word=word, left=left[0], right=_right(place))
        return Hint(write, f"`is {word}` is no comparison", "")
    return Hint("`is` only asks `is present` or `is missing`; `==` compares, and a yes-or-no attribute stands alone")


def _number(place: Place) -> Hint | None:
    part = re.match(r"\d+%?", place.after)
    if place.word == "." and part is not None and not re.search(r"[\w)\]]$", place.before):
        return Hint(f"write `0.{part[0]}`", "a number without its `0`", "")
    dated = re.search(r"\b\d{1,2}\.\d{1,2}\.$", place.before)
    if dated and (written := date_in(dated[0] + place.word)):
        shown = dated[0] + place.word
        return Hint(f"write `{written}`", f"`{shown}` is no date", "", span=place.span_back(r"\d{1,2}\.\d{1,2}\.$"))
    number = re.search(r"(\d+)\s*$", place.before)
    if number is None:
        return None
    span = place.span_back(r"\d+\s*$")
    unit = UNITS.get(place.word.lower())
    if unit is not None:
        return Hint(f"write `{number[1]}{unit}`", f"`{number[1]} {place.word}` is no duration", "", span=span)
    digits = re.match(r"\d+", place.after)
    if place.word == "," and digits is not None and "COMMA" not in place.accepted:
        help_ = f"write `{number[1]}_{digits[0]}`, or `{number[1]}.{digits[0]}` for a decimal"
        return Hint(help_, "a `,` inside of a number", "")
    if place.word.lower() == "percent":
        return Hint(f"write `{number[1]}%`", f"`{number[1]} {place.word}` is written `{number[1]}%`", "", span=span)
    is_unit = place.kind == "NAME" and "AND" in place.accepted and not place.after.strip() and not place.is_first
    if "OF" in place.accepted and place.kind == "NAME":
        return Hint(f"write a share: `tolerate 1% of {place.word}`", "a tolerance is a share, no number", "", span=span)
    return Hint(f"leave out `{place.word}`", "a number has no unit here", "") if is_unit else None


def _operand(place: Place) -> Hint | None:
    whole = re.search(r"\S\s+(some|every|if)\s+$", place.before)
    is_name = re.search(r"\b(?:for|policy|rule|param|enum|let|def)\s+\w+\s+$", place.before)
    if whole is None or is_name or "NAME" in place.accepted:
        return None
    end = "then … else …" if whole[1] == "if" else "in … satisfies …"
    return Hint(f"inside an expression it stands in parentheses: `({whole[1]} {place.word} {end})`")


def _conditional(place: Place) -> Hint | None:
    if place.word in {"elif", "elseif", "elsif"}:
        return Hint("write `else if`", f"`{place.word}` is written `else if`", "")
    if "ELSE" in place.accepted or ({"THEN", "AND"} <= place.accepted and place.kind in {"REQUIRE", "RBRACE"}):
        found = list(re.finditer(r"\bif\b\s*(.*?)\s*(?:\bthen\b|\n|$)", place.text[: place.start]))
        help_ = "say what holds otherwise: `if … then … else …`; a rule's condition is a line of its own: `when …`"
        if found and found[-1][1]:
            help_ = help_.replace("`when …`", f"`when {found[-1][1]}`")
        span = (found[-1].start(), found[-1].start() + 2) if found else None
        return Hint(help_, "an `if` without `else`", "`else` is missing", span=span)
    return None


def _trailing_condition(place: Place) -> Hint | None:
    if (
        place.word in {"if", "where", "unless"}
        and not place.is_first
        and "AND" in place.accepted
        and "REQUIRE" in place.accepted
    ):
        negated = "not " if place.word == "unless" else ""
        help_ = f"write it as a line of its own, above `require`: `when {negated}{place.after.strip() or '…'}`"
        return Hint(help_, "a condition behind what is required", "")
    if place.word == "then" and "REQUIRE" in place.accepted:
        following = place.after.strip().removeprefix("require").strip() or "…"
        return Hint(f"write `require {following}`, on a line of its own", "`then` belongs to `if`", "")
    return None


def _quantifier(place: Place) -> Hint | None:
    if "SATISFIES" not in place.accepted:
        return None
    whole = re.search(r"\b(some|every)\s+(\w+)\s+in\s+(\S+)\s+$", place.before)
    if whole is None:
        return None
    rest = place.after.strip() or "…"
    if place.word in {"has", "have"}:
        rest = f"{whole[2]}.{rest} is present"
    return Hint(f"write `{whole[1]} {whole[2]} in {whole[3]} satisfies {rest}`", "`satisfies` is missing", "")


def _list(place: Place) -> Hint | None:
    if place.word != ",":
        return None
    opened = re.search(r"\bin\s*\(([^()]*)$", place.before)
    if opened is not None and "RPAR" in place.accepted:
        items = opened[1] + "," + place.after.partition(")")[0]
        begin = place.start - len(opened[1]) - 1
        return Hint(f"write `{{{items.strip()}}}`", "a set stands in braces", "", span=(begin, begin + len(items) + 2))
    if "REQUIRE" in place.accepted and place.after.strip():
        left = re.sub(r"^\s*(?:require|when)\s+", "", place.before).strip()
        return Hint(f"write `{left} and {place.after.strip()}`", "conditions are joined with `and`, not with `,`", "")
    return None


def _like(place: Place) -> Hint | None:
    text = re.match(r"\s*\"([^\"]*)\"", place.after)
    if place.word.lower() != "like" or text is None:
        return (
            Hint(f"write `{place.left} matches /…/`", "`like` is no comparison here")
            if place.word.lower() == "like"
            else None
        )
    core = text[1].strip("%")
    call = {(True, True): "contains", (True, False): "ends_with", (False, True): "starts_with"}.get(
        (text[1].startswith("%"), text[1].endswith("%"))
    )
    write = f'{call}({place.left}, "{core}")' if call else f'{place.left} == "{core}"'
    if "%" in core:
        write = f"{place.left} matches /…/"
    return Hint(f"write `{write}`", "`like` is no comparison here")


def _infix(place: Place) -> Hint | None:
    word = place.word.lower()
    if "AND" not in place.accepted or place.is_first:
        return None
    message = f"`{place.word}` does not stand between two values"
    if word == "between":
        bounds = re.match(r"\s*(\S+)\s+and\s+(\S+)", place.after)
        low, high = (bounds[1], bounds[2]) if bounds else ("…", "…")
        return Hint(f"write `{place.left} >= {low} and {place.left} <= {high}`", message)
    if word in {"has", "have"}:
        what = re.match(r"\s*(?:an?\s+)?(\w+)", place.after)
        return Hint(f"write `{place.left}.{what[1] if what else '…'} is present`", message)
    if word in {"must", "should", "shall"}:
        what = re.match(r"\s*(?:be|have)?\s*(?:an?\s+)?(\w+)", place.after)
        of = f"{place.left}.{what[1]}" if what and "have" in place.after else place.left
        return Hint(f"write `{of} is present`, or another condition", f"`{place.word}` is no part of a condition")
    if word == "at" and (found := re.match(r"\s*(least|most)\s+(\S+)", place.after)):
        return Hint(f"write `{place.left} {'>=' if found[1] == 'least' else '<='} {found[2]}`", message)
    if word == "exists":
        message = "`exists` is written `is present`"
    if word in _INFIX:
        return Hint(_INFIX[word].format(word=place.word, left=place.left, right=_right(place)), message)
    return None


def _pattern(place: Place) -> Hint | None:
    if place.word == "/" and re.search(r"\bmatches\s+$", place.before):
        return Hint(f"close it on its line: `{place.rest}/`", "a pattern without its closing `/`", "it begins here")
    return None


def _in_braces(place: Place) -> Hint | None:
    """Two words in the braces of a message."""
    if place.kind == "NAME" and re.search(r"\{\w+ $", place.before) and "$END" in place.accepted:
        return Hint(f"write `{place.left}.{place.word}`", "the braces hold no expression", "")
    return None


def _misspelt(place: Place) -> Hint | None:
    words = {name.lower() for name in place.accepted if name.isalpha()} - _NO_WORDS
    near = nearest(place.word, words) if place.word.isalpha() else None
    return Hint(f"did you mean `{near}`?") if near is not None and near != place.word else None


HINTS: Final[tuple[Callable[[Place], Hint | None], ...]] = (
    _comparison,
    _capitals,
    _presence,
    _number,
    _chained,
    _conditional,
    _trailing_condition,
    _quantifier,
    _list,
    _like,
    _infix,
    _pattern,
    _operand,
    _in_braces,
    _misspelt,
)
