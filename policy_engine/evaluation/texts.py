"""Values, subjects and messages as text for people. Values of data are shown only when that is asked for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policy_engine.changes.model import Change
from policy_engine.data.model import PiiFinding
from policy_engine.data.promises import Promise
from policy_engine.evaluation.kleene import Undefined
from policy_engine.plan.expressions import Ask, Expr, Local, Pattern
from policy_engine.plan.values import Unknown, show_fraction
from policy_engine.plan.walk import walk
from policy_engine.product.model import Dataset, Element, Field, Member, Owner, Place, Port, Product, Quality, Role, Sla

#: Kinds of question whose answers are values out of the data.
REVEALING = frozenset({"min", "max", "sum", "mean"})
#: Longer messages are cut: nobody reads on.
LONGEST_MESSAGE = 2_000
#: Of a longer list, a message names the first ones and counts the others.
MOST_NAMED = 10
HIDDEN = "(hidden; --show-values prints it)"


def show(value: Any) -> str:
    """A value as text."""
    match value:
        case None:
            return "(missing)"
        case Unknown():
            return "(unknown)"
        case Undefined():
            return "(undefined)"
        case Pattern():
            return f"/{value.source}/"
        case bool():
            return "true" if value else "false"
        case Fraction():
            return show_fraction(value)
        case Decimal():
            return show_fraction(Fraction(value))
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case tuple() | frozenset():
            return ", ".join(show(item) for item in value)
        case _:
            return str(value)


def show_in_words(value: Any) -> str:
    """A value as it stands in a sentence: `a, b and c` of a list, the first ones of a long one."""
    if not isinstance(value, tuple):
        return show(value)
    items = [show(item) for item in value[:MOST_NAMED]]
    if not items:
        return "(none)"
    more = len(value) - len(items)
    last = f"{more} more" if more else items.pop()
    return f"{', '.join(items)} and {last}" if items else last


def revealing_loops(loops: tuple[tuple[str, Expr], ...]) -> frozenset[str]:
    """The loop variables that stand for values out of the data: of loops over lists that hold such values."""
    names: frozenset[str] = frozenset()
    for name, items in loops:
        if reveals(items, names):
            names |= {name}
    return names


def reveals(part: Expr, names: frozenset[str]) -> bool:
    """Would printing this expression print a value out of the data? `names` are variables that stand for one."""
    return any(
        (isinstance(inner, Ask) and inner.kind in REVEALING) or (isinstance(inner, Local) and inner.name in names)
        for inner in walk(part)
    )


def render(
    template: tuple[str | Expr, ...],
    values: tuple[Any, ...],
    names: frozenset[str],
    *,
    show_values: bool,
    in_words: bool = True,
) -> str:
    """A message with its expressions evaluated; not `in_words`, a fix, which is copied.

    `names` are the variables that stand for values of data.
    """
    shown = show_in_words if in_words else show
    pieces = [
        HIDDEN if not isinstance(part, str) and not show_values and reveals(part, names) else shown(value)
        for part, value in zip(template, values, strict=True)
    ]
    text = "".join(pieces)
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"


def subject_name(product: Product, subject: tuple[Any, ...]) -> str:
    """What a violation is about, as a path; the innermost part that has a name."""
    for part in reversed(subject):
        found = element_name(part)
        if found is not None:
            return found
    return product.name or product.id


def element_name(part: Any) -> str | None:
    """What a part of a product is called; None of what has no name."""
    match part:
        case Field(path=path) | Change(path=path) | PiiFinding(field=path) | Promise(path=path) | Quality(path=path):
            return path
        case (
            Dataset(name=text)
            | Port(name=text)
            | Sla(name=text)
            | Owner(name=text)
            | Role(name=text)
            | Member(name=text)
        ):
            return text
        case _:
            return None


def promise_text(product: Product, promise: Promise) -> str:
    """A promise on one line, with where it is made and what is to be said of it."""
    place = product.places.get(promise.pointer)
    where = f" (line {place.line})" if place else ""
    note = f": {promise.note}" if promise.note else ""
    return f"{promise.path}{where}, {promise.text}{note}"


def subject_place(product: Product, subject: tuple[Any, ...], focus: str | None) -> Place | None:
    """Where in the product's file: the attribute the rule is about, where the file states it, else the subject."""
    for at, part in enumerate(reversed(subject)):
        if isinstance(part, Change):
            return part.place
        if isinstance(part, Dataset) and focus is not None and focus.startswith("column."):
            path = f"{part.name}.{focus.removeprefix('column.')}"
            column = next((field for field in part.fields if field.path == path), None)
            if column is not None:
                return product.places.get(column.pointer)
        if isinstance(part, Element):
            pointer = (part.pointers.get(focus) if focus is not None and at == 0 else None) or part.pointer
            return product.places.get(pointer)
    stated = product.pointers.get(focus or "name") or product.pointers.get("name") or ""
    return product.places.get(stated) or product.places.get("")
