"""What an author probably meant by a name, an attribute or a function that does not exist here."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final

from policy_engine.checking.functions import AGGREGATES, FIELD, FUNCTIONS
from policy_engine.diagnostics import Span, nearest
from policy_engine.plan import types
from policy_engine.plan.types import STRING, Entity, Sequence, Type
from policy_engine.product.vocabulary import VOCABULARY

#: The parts of a product whose custom properties can be typed.
_TYPED: Final = frozenset({"product", "dataset", "field", "port", "sla", "owner"})
#: What a loop variable is usually called, and what it then goes over.
LOOPS: Final = {
    "field": "product.fields",
    "dataset": "product.datasets",
    "row": 'dataset("orders").rows',
    "value": "field.values",
    "finding": "pii(field)",
    "promise": "promises(dataset)",
    "port": "product.ports",
    "change": "changes",
}
_OTHER_NAMES: Final = {
    **dict.fromkeys(("avg", "average"), "mean"),
    **dict.fromkeys(("len", "size", "char_length"), "length"),
    **dict.fromkeys(("lowercase", "to_lower", "lcase"), "lower"),
    **dict.fromkeys(("uppercase", "to_upper", "ucase"), "upper"),
    **dict.fromkeys(("startswith", "begins_with"), "starts_with"),
    **dict.fromkeys(("endswith",), "ends_with"),
    **dict.fromkeys(("includes", "has"), "contains"),
    **dict.fromkeys(("tagged", "tag"), "has_tag"),
    **dict.fromkeys(("unique", "count_distinct"), "distinct"),
    **dict.fromkeys(("collect", "filter", "map", "all_of", "array", "array_agg", "list_agg"), "list"),
    **dict.fromkeys(("percentage", "ratio", "fraction"), "share"),
}
_OTHER_WORDS: Final = {
    **dict.fromkeys(("all", "forall", "each"), "write `every x in … satisfies …`"),
    **dict.fromkeys(("any", "exists"), "write `x is present`, or `some … in … satisfies …`"),
    **dict.fromkeys(("is_null", "isnull", "is_missing", "missing"), "write `x is missing`"),
    **dict.fromkeys(("is_present", "present", "defined", "notnull", "not_null"), "write `x is present`"),
    **dict.fromkeys(("coalesce", "ifnull", "nvl", "default"), "write `x otherwise …`"),
    **dict.fromkeys(("today", "current_date", "getdate"), "write `now`"),
    **dict.fromkeys(("matches", "regex", "regexp", "match"), "write `x matches /…/`"),
    **dict.fromkeys(("not", "and", "or", "if"), "it is a word of the language, not a function"),
    **dict.fromkeys(("is_pii", "has_pii", "contains_pii", "is_personal"), "write `count(pii(field)) > 0`"),
    **dict.fromkeys(("null_ratio", "null_rate", "nulls"), "write `field.null_share`, once it is present"),
    **dict.fromkeys(("row_count", "rows", "rowcount"), 'write `dataset("orders").row_count`'),
}
_LENGTHS: Final = frozenset({"length", "len", "size", "count", "length()", "size()"})
_PERSONAL: Final = frozenset({"pii", "is_pii", "has_pii", "personal", "is_personal", "contains_pii", "sensitive"})


def function_meant(name: str, call: Span) -> str:
    """What to write instead of a call of a function that does not exist."""
    before, _, last = name.rpartition(".")
    meant = last if last in FUNCTIONS or last in AGGREGATES else _OTHER_NAMES.get(last.lower())
    argument = call.text.rpartition("(")[2].removesuffix(")").strip() if call.text.count("(") == 1 else "…"
    if before and meant == "contains":
        return f"for a text write `contains({before}, {argument})`, for a list `{argument} in {before}`"
    if before and meant in {"field", "dataset"}:
        return f"`{meant}(…)` is of the product that is judged; elsewhere, go over `{before}.{meant}s`"
    if before and meant is not None:
        takes_more = meant in FUNCTIONS and len(FUNCTIONS[meant].parameters) > 1
        return f"the function comes first: `{meant}({before}{f', {argument}' if takes_more else ''})`"
    folded = name.lower()
    if folded in _OTHER_WORDS:
        about = argument if re.fullmatch(r"[\w.]+", argument) else "x"
        return (
            re.sub(r"\bx\b", about, _OTHER_WORDS[folded])
            if "every x" not in _OTHER_WORDS[folded]
            else _OTHER_WORDS[folded]
        )
    near = _OTHER_NAMES.get(folded) or nearest(name, [*AGGREGATES, *FUNCTIONS])
    return f"did you mean `{near}`?" if near else "define it with `def`, or see the functions in the language reference"


def attribute_meant(of: Type, whole: Span, name: str, known: list[str]) -> str:
    """What to write instead of an attribute that does not exist."""
    if name.lower() in _LENGTHS and (isinstance(of, Sequence) or of == STRING):
        return f"write `{'length' if of == STRING else 'count'}({whole.text})`"
    if name.lower() in _PERSONAL and of == FIELD:
        return f"personal data is found by a function: `count(pii({whole.text})) > 0`"
    if name == "previous" and of == Entity("Dataset"):
        return (
            f"how many rows it had before is `{whole.text}.recent_row_count`; all else is told by `previous.datasets`"
        )
    elsewhere = _elsewhere(of, whole.text, name)
    if elsewhere:
        return elsewhere
    custom = _custom(of, name)
    near = nearest(name, known)
    if near is not None and (not custom or _is_slip(name, near)):
        return f"did you mean `{near}`?"
    after = whole.source.text[whole.end :].partition("\n")[0]
    if re.match(rf"\.{re.escape(name)}\.(rows|row_count|fields)\b", after):
        return f'a dataset is named as a text: `dataset("{name}")`'
    if isinstance(of, Sequence):
        return "a list has no parts by name: loop over it, or ask `count(…)`"
    if of == types.COLUMN:
        return "a value of data has no parts by name"
    listed = f"it has {', '.join(sorted(set(known)))}" if known else ""
    if not custom:
        return listed
    return f"a custom property is declared first: {custom}; else {f'did you mean `{near}`?' if near else listed}"


def _is_slip(name: str, near: str) -> bool:
    """Are the two so alike that one is the other, misspelt?"""
    return SequenceMatcher(None, name.casefold(), near.casefold()).ratio() >= 0.75


def _custom(of: Type, name: str) -> str:
    """How the attribute is declared, where contracts can state it as a custom property."""
    if not isinstance(of, Entity) or of.name.lower() not in _TYPED:
        return ""
    key = re.sub(r"_+([a-z])", lambda found: found[1].upper(), name)
    return f'`attribute {of.name.lower()}.{name}: String? from custom "{key}"`'


def _elsewhere(of: Type, text: str, name: str) -> str:
    """Which other part of a product has an attribute of this name."""
    owners = [entity for entity, attributes in VOCABULARY.items() if name in attributes]
    if not isinstance(of, Entity) or of.name not in VOCABULARY or not owners:
        return ""
    for part, info in VOCABULARY[of.name].items():
        if isinstance(info.type, Sequence) and isinstance(info.type.of, Entity) and info.type.of.name in owners:
            return f"{_a(info.type.of.name)} has one: go over `{text}.{part}`"
    return f"{' and '.join(_a(owner) for owner in owners[:3])} {'has' if len(owners) == 1 else 'have'} one"


def _a(entity: str) -> str:
    return f"{'an' if entity[0] in 'AEIOU' else 'a'} `{entity}`"


def name_meant(name: str, span: Span, expected: Type | None) -> str:
    """What to write instead of a name that nothing declares and that is like none."""
    if expected == STRING:
        return f'a text stands in double quotes: `"{name}"`'
    if name in LOOPS:
        return f"say which ones, in a line above: `for {name} in {LOOPS[name]}`"
    if re.match(r"\.(rows|row_count)\b", span.source.text[span.end : span.end + 12]):
        return f'a dataset is named as a text: `dataset("{name}")`'
    return "a text stands in double quotes; a name is declared with `let`, bound with `for`, or imported"


def list_meant(of: Type, text: str, variable: str, known: list[str]) -> str:
    """Which list was probably meant, where a loop goes over the element itself."""
    if not isinstance(of, Entity) or not known:
        return ""
    near = None if not variable else f"{variable}s" if f"{variable}s" in known else nearest(f"{variable}s", known)
    if near is not None:
        return f"write `for {variable} in {text}.{near}`"
    return f"{_a(of.name)} is one thing; its lists are {', '.join(known)}"


def date_meant(text: str) -> str:
    """The date that a division or a number was meant to be, or nothing."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})/(\d{1,2})/(\d{1,2})", text.replace(" ", ""))
    if found is None:
        return ""
    year, month, day = (found[3], found[1], found[2]) if found[3] else (found[4], found[5], found[6])
    if int(month) > 12:
        month, day = day, month
    return f"`{text}` is a division; a date is written `{year}-{int(month):02}-{int(day):02}`"
