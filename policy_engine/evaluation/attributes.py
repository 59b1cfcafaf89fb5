"""Typed attributes as rules: what a contract states fits the declared type, and is there unless it is optional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_engine.evaluation.convert import converter, misfit, stated
from policy_engine.evaluation.model import Violation
from policy_engine.evaluation.texts import show, subject_name, subject_place
from policy_engine.plan.model import AttributePlan
from policy_engine.plan.types import Enumeration, Optional, required
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Element, Product


def elements(product: Product, entity: str) -> Iterator[Element]:
    """Every element of a kind in the product."""
    match entity:
        case "Product":
            yield product
        case "Dataset":
            yield from product.datasets
        case "Field":
            yield from product.fields
        case "Port":
            yield from product.ports
        case "Sla":
            yield from product.slas
        case "Owner":
            yield from () if product.owner is None else (product.owner,)
        case _:
            raise AssertionError(f"no elements called `{entity}`")


def check_attribute(plan: AttributePlan, product: Product) -> tuple[int, tuple[Violation, ...]]:
    """How many elements state the attribute or have to, and those where it does not fit."""
    found = tuple(elements(product, plan.entity))
    if isinstance(plan.type, Optional):
        found = tuple(element for element in found if _stated(plan, element) is not None)
    convert = converter(plan.type, plan.attribute)
    wrong = [element for element in found if convert(_stated(plan, element)).__class__ is Unknown]
    return len(found), tuple(_violation(plan, product, element) for element in wrong)


def _stated(plan: AttributePlan, element: Element) -> Any:
    return getattr(element, plan.attribute) if plan.custom is None else stated(element.custom.get(plan.custom))


def _violation(plan: AttributePlan, product: Product, element: Element) -> Violation:
    raw = _stated(plan, element)
    subject = () if isinstance(element, Product) else (element,)
    name = subject_name(product, subject)
    called = plan.attribute if plan.custom is None else f"custom property `{plan.custom}`"
    if raw is None:
        place = subject_place(product, subject, None)
        return Violation(name, f"{name} does not state {called}", f"state {called}: {_example(plan)}", place)
    key = plan.attribute if plan.custom is None else f"custom.{plan.custom}"
    place = product.places.get(element.pointers.get(key, element.pointer))
    stated = f"`{show(raw)}`" if isinstance(raw, str | int | bool) else "what is stated"
    return Violation(name, f"{name}: {stated} is {misfit(raw, plan.type)}", f"{called}: {_example(plan)}", place)


def _example(plan: AttributePlan) -> str:
    of = required(plan.type)
    return (
        f"one of {', '.join(of.members)}"
        if isinstance(of, Enumeration)
        else f"{'an' if str(of)[0] in 'AEIO' else 'a'} {of}"
    )
