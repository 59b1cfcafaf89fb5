"""The entry of checking: attributes and tables first, then definitions, parameters, and policies, which rest on them."""

from __future__ import annotations

from policy_engine.checking.declared_names import check_declared_names
from policy_engine.checking.definitions import check_definitions
from policy_engine.checking.model import CheckedAttribute, CheckedPolicy, CheckedSet
from policy_engine.checking.params import check_params
from policy_engine.checking.rules import check_policy, schedule_of
from policy_engine.checking.scope import Context
from policy_engine.checking.tables import check_tables
from policy_engine.checking.types import fits, is_stated, resolve_type
from policy_engine.checking.waivers import check_waivers
from policy_engine.diagnostics import Diagnostic, nearest
from policy_engine.linking import LinkedSet
from policy_engine.plan.expressions import Const
from policy_engine.plan.layer import Layer
from policy_engine.plan.types import ANY, STRING, Enumeration, Scalar, Type, required
from policy_engine.product.vocabulary import VOCABULARY
from policy_engine.syntax import ast
from policy_engine.verdict import Enforcement


def check(linked: LinkedSet) -> tuple[CheckedSet, list[Diagnostic]]:
    """The checked set, and what is wrong with names and types in it."""
    cx = Context(linked)
    check_declared_names(cx)
    attributes = _attributes(cx)
    check_tables(cx)
    check_definitions(cx)
    check_params(cx)
    policies = [
        check_policy(cx, declared, declared.node)
        for package in linked.packages.values()
        for declared in package.declarations.values()
        if isinstance(declared.node, ast.Policy)
    ]
    policies.sort(key=_order)
    constants = {**cx.constants, **{name: Const(param.value, param.type) for name, param in cx.params.items()}}
    waivers = check_waivers(cx, policies)
    checked = CheckedSet(
        tuple(policies), attributes, cx.tables, cx.params, waivers, constants, cx.functions, cx.origins
    )
    return checked, cx.diagnostics


def _attributes(cx: Context) -> tuple[CheckedAttribute, ...]:
    found: list[CheckedAttribute] = []
    for declared in cx.linked.attributes:
        node = declared.node
        assert isinstance(node, ast.Attribute)
        entity = node.entity.text.capitalize() if node.entity.text.islower() else node.entity.text
        of = resolve_type(cx, node.type, declared)
        if entity not in _TYPEABLE:
            near = nearest(entity, _TYPEABLE)
            help_ = (
                f"did you mean `{(near or '').lower()}`?" if near else f"one of {', '.join(sorted(_TYPEABLE)).lower()}"
            )
            cx.report("CHK003", f"`{node.entity.text}` has no attributes to type", node.entity.span, help=help_)
            continue
        problem = _misfit(entity, node, of)
        if problem:
            cx.report(problem[0], problem[1], node.name.span, help=problem[2])
            if node.name.text not in VOCABULARY[entity]:
                cx.attributes.setdefault((entity, node.name.text), (ANY, node.custom))
            continue
        cx.attributes[entity, node.name.text] = of, node.custom
        found.append(
            CheckedAttribute(
                declared.name,
                declared.layer,
                entity,
                node.name.text,
                node.custom,
                of,
                schedule_of(node.schedule) or ((Enforcement.WARN, None),),
                node.doc,
                node.name.span,
            )
        )
    found.sort(key=_order)
    return tuple(found)


def _order(item: CheckedPolicy | CheckedAttribute) -> tuple[bool, str]:
    """The global layer first, then by name."""
    return item.layer is Layer.DOMAIN, item.name


_TYPEABLE = frozenset({"Product", "Dataset", "Field", "Port", "Sla", "Owner"})


def _misfit(entity: str, node: ast.Attribute, of: Type) -> tuple[str, str, str] | None:
    """The code of what keeps the declaration from typing this attribute, what it is, and what to do."""
    standard = VOCABULARY[entity].get(node.name.text)
    spelled = f"{node.entity.text}.{node.name.text}"
    if not is_stated(of):
        return (
            "CHK014",
            f"a contract cannot state a `{of}`",
            "attributes are texts, numbers, dates, enums or lists of them",
        )
    if node.custom is not None:
        help_ = "choose another name for the custom property"
        return ("CHK003", f"`{spelled}` is a standard attribute", help_) if standard else None
    if standard is None:
        near = nearest(node.name.text, VOCABULARY[entity])
        hint = f"did you mean `{near}`? " if near else ""
        help_ = f'{hint}a custom property is typed with `from custom "key"`'
        return "CHK003", f"no standard has `{spelled}`", help_
    if not isinstance(required(standard.type), Scalar | Enumeration) or not fits(STRING, standard.type):
        help_ = "only texts can be given a narrower type"
        return "CHK003", f"`{spelled}` is a `{standard.type}` already", help_
    return None
