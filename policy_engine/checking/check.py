"""The entry of checking: attributes and tables first, then definitions, parameters, and policies, which rest on them."""

from __future__ import annotations

from policy_engine.checking.definitions import check_definitions
from policy_engine.checking.model import CheckedAttribute, CheckedPolicy, CheckedSet
from policy_engine.checking.params import check_params
from policy_engine.checking.rules import check_policy, schedule_of
from policy_engine.checking.scope import Context
from policy_engine.checking.tables import check_tables
from policy_engine.checking.types import fits, resolve_type
from policy_engine.diagnostics import Diagnostic, nearest
from policy_engine.linking import LinkedSet
from policy_engine.plan.expressions import Const
from policy_engine.plan.layer import Layer
from policy_engine.plan.types import STRING, Enumeration, Scalar, required
from policy_engine.product.vocabulary import VOCABULARY
from policy_engine.syntax import ast
from policy_engine.verdict import Enforcement


def check(linked: LinkedSet) -> tuple[CheckedSet, list[Diagnostic]]:
    """The checked set, and what is wrong with names and types in it."""
    cx = Context(linked)
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
    checked = CheckedSet(tuple(policies), attributes, cx.tables, cx.params, constants, cx.functions)
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
        problem = _misfit(entity, node)
        if problem:
            cx.report("CHK003", problem[0], node.name.span, help=problem[1])
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


def _misfit(entity: str, node: ast.Attribute) -> tuple[str, str] | None:
    """What keeps the declaration from typing this attribute, and what to do."""
    standard = VOCABULARY[entity].get(node.name.text)
    spelled = f"{node.entity.text}.{node.name.text}"
    if node.custom is not None:
        return (
            (f"`{spelled}` is a standard attribute", "choose another name for the custom property")
            if standard
            else None
        )
    if standard is None:
        near = nearest(node.name.text, VOCABULARY[entity])
        hint = f"did you mean `{near}`? " if near else ""
        return f"no standard has `{spelled}`", f'{hint}a custom property is typed with `from custom "key"`'
    if not isinstance(required(standard.type), Scalar | Enumeration) or not fits(STRING, standard.type):
        return f"`{spelled}` is a `{standard.type}` already", "only texts can be given a narrower type"
    return None
