"""What the policies say of a rule without any product: text, owner, enforcement, parameters with their bounds, waivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final

from policy_engine.checking import CheckedPolicy, CheckedRule
from policy_engine.diagnostics import Span
from policy_engine.evaluation.texts import show
from policy_engine.explaining.model import ParamFacts, RuleFacts
from policy_engine.explaining.places import Places, one_line
from policy_engine.linking import Declared
from policy_engine.loading import Authored
from policy_engine.plan.expressions import Expr
from policy_engine.plan.kernels import KERNELS
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import AttributePlan, Needs, Plan, RulePlan
from policy_engine.plan.origins import Origin, Origins
from policy_engine.plan.walk import walk
from policy_engine.syntax import ast

_MAY: Final = {"raise": "may raise it to", "lower": "may lower it to", "choose": "may choose from"}
_NEEDS: Final = {
    Needs.NOTHING: "the contract alone",
    Needs.PERSONAL: "names of fields, and values where data is given",
    Needs.DATA: "data",
}
_LAYERS: Final = {Layer.GLOBAL: "the council", Layer.DOMAIN: "the domain"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a policy set."""

    authored: Authored
    places: Places

    @property
    def plan(self) -> Plan:
        """The compiled policies."""
        return self.authored.policies.plan

    @property
    def origins(self) -> Origins:
        """Where the plan's expressions were written."""
        origins = self.authored.policies.origins
        assert origins is not None
        return origins

    def rule(self, name: str) -> RuleFacts:
        """The facts of a rule of the plan."""
        attribute = next((one for one in self.plan.attributes if one.name == name), None)
        return self._rule(name) if attribute is None else self._attribute(attribute)

    def node(self, name: str) -> ast.Rule | None:
        """The rule as it is written; None of one that a typed attribute implies."""
        found = self._written(name)
        return None if found is None else found[1]

    def param(self, name: str) -> ParamFacts | None:
        """A parameter, by its qualified name."""
        policy, _, last = name.rpartition(".")
        declared = self._declared(policy)
        node = declared.node if declared is not None else None
        if declared is None or not isinstance(node, ast.Policy) or name not in self.authored.checked.params:
            return None
        param = next(one for one in node.params if one.name.text == last)
        setting = self.authored.linked.settings.get(name)
        whose = f"{_LAYERS[declared.layer]}'s default"
        where = f"{whose}, {self._at(param.default.span)}"
        sources = [where, _freedom(param)]
        if setting is not None:
            sources[0] = f"{whose} is {_text(param.default.span)}, {self._at(param.default.span)}"
            sources.insert(0, f"set by the domain, {self._at(setting.node.value.span)}")
        found = self.authored.checked.params[name]
        value = KERNELS["percent"](found.value) if found.is_share else show(found.value)
        return ParamFacts(last, _text(param.type.span), value, param.doc, tuple(sources))

    def table_file(self, name: str) -> str:
        """The file of a reference table."""
        declared = self._declared(name)
        assert declared is not None and isinstance(declared.node, ast.Table)  # noqa: PT018
        folder = Path(declared.node.span.source.name).parent
        beside = folder / declared.node.file.text
        return self.places.file(beside.as_posix()) if beside.is_file() else declared.node.file.text

    def waiver_place(self, name: str) -> str:
        """Where a waiver is written."""
        return next(self._at(one.node.name.span) for one in self.authored.linked.waivers if one.declared.name == name)

    # ------------------------------------------------------------ rules

    def _rule(self, name: str) -> RuleFacts:
        plan = next(one for one in self.plan.rules if one.name == name)
        found = self._written(name)
        assert found is not None
        policy, rule = found
        checked, _ = self._checked(name)
        return RuleFacts(
            name=name,
            doc=plan.doc,
            layer=_LAYERS[plan.layer],
            place=self._at(rule.name.span),
            text=_block(rule.span),
            owner=plan.owner,
            severity=plan.severity,
            controls=plan.controls,
            decision=checked.decision,
            review=checked.review,
            stage=plan.stage,
            needs=_NEEDS[plan.needs],
            applies_to=None if policy.scope is None else _text(policy.scope.span),
            schedule=plan.schedule,
            waivable=_waivable(checked),
            params=tuple(self._params(plan)),
            tests=self._tests(rule.name.span),
        )

    def _attribute(self, plan: AttributePlan) -> RuleFacts:
        declared = next(one for one in self.authored.linked.attributes if one.name == plan.name)
        assert isinstance(declared.node, ast.Attribute)
        return RuleFacts(
            name=plan.name,
            doc=plan.doc,
            layer=_LAYERS[plan.layer],
            place=self._at(declared.node.name.span),
            text=_block(declared.node.span),
            owner="",
            severity="medium",
            controls=(),
            decision=None,
            review=None,
            stage="change",
            needs=_NEEDS[Needs.NOTHING],
            applies_to=None,
            schedule=plan.schedule,
            waivable="by nobody",
            params=(),
            tests=self._tests(declared.node.span),
        )

    def _params(self, plan: RulePlan) -> Iterator[ParamFacts]:
        """Those that the rule uses, in the order in which it does."""
        templates = (part for part in (*(plan.message or ()), *(plan.fix or ())) if not isinstance(part, str))
        wholes = (plan.scope, *(items for _, items in plan.loops), plan.when, plan.require, *templates)
        used = (name for whole in wholes if whole is not None for name in self._definitions(whole))
        for name in dict.fromkeys(used):
            found = self.param(name)
            if found is not None:
                yield found

    def _definitions(self, whole: Expr) -> Iterator[str]:
        for part in walk(whole):
            origin: Origin | None = self.origins.of(part)
            while origin is not None:
                if origin.definition is not None:
                    yield origin.definition
                origin = origin.within
            unfolded = self.origins.unfolded(part)
            if unfolded is not None:
                yield from self._definitions(unfolded)

    def _tests(self, span: Span) -> str | None:
        """A Markdown file with cases beside the policy."""
        beside = Path(span.source.name).with_suffix(".md")
        try:
            is_test = "```expect" in beside.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        return self.places.file(beside.as_posix()) if is_test else None

    # ------------------------------------------------------------ finding

    def _written(self, name: str) -> tuple[ast.Policy, ast.Rule] | None:
        policy, _, last = name.rpartition(".")
        declared = self._declared(policy)
        if declared is None or not isinstance(declared.node, ast.Policy):
            return None
        return declared.node, next(rule for rule in declared.node.rules if rule.name.text == last)

    def _checked(self, name: str) -> tuple[CheckedPolicy, CheckedRule]:
        return next((one, rule) for one in self.authored.checked.policies for rule in one.rules if rule.name == name)

    def _declared(self, name: str) -> Declared | None:
        package, _, last = name.rpartition(".")
        return self.authored.linked.declared(package, last)

    def _at(self, span: Span) -> str:
        return self.places.of_span(span)


def _text(span: Span) -> str:
    return one_line(span.text)


def _block(span: Span) -> str:
    """Several lines as they stand, moved to the left."""
    _, column = span.position
    return dedent(" " * (column - 1) + span.text).rstrip()


def _freedom(param: ast.Param) -> str:
    ways = [f"{_MAY[freedom.kind]} {_text(freedom.bound.span)}" for freedom in param.freedoms]
    return f"domains {' or '.join(ways)}" if ways else "domains may not change it"


def _waivable(policy: CheckedPolicy) -> str:
    if policy.waivable is None:
        return "by nobody"
    roles, longest = policy.waivable
    return f"by {' or '.join(roles)}, for at most {longest}"
