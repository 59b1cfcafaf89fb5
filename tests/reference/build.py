"""Policy text and small products to results, through the stages' own entry points: what tests of evaluation start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from policy_engine.changes.compare import compare
from policy_engine.changes.model import Change
from policy_engine.checking import CheckedSet, check
from policy_engine.compilation import compile_policies
from policy_engine.data.model import Answer, Metric, Unavailable
from policy_engine.diagnostics import Diagnostic, Level
from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.linking import Unit, link
from policy_engine.plan.layer import Layer
from policy_engine.plan.model import Plan
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Dataset, Field, Product
from policy_engine.syntax import parse
from policy_engine.verdict import Stage

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
NO_PREVIOUS = Unknown("nobody said whether there is a previous version")

#: What every rule of a test needs around it.
HEADER = 'package test.global\n\n## A policy.\npolicy p\n  owner "o"\n{{\n{rules}\n}}\n'


def checked(
    *global_: str,
    local: Sequence[str] = (),
    waivers: Sequence[str] = (),
    tables: Mapping[str, bytes] | None = None,
) -> tuple[CheckedSet, list[Diagnostic]]:
    """The checked set of texts, and its errors."""
    units: list[Unit] = []
    errors: list[Diagnostic] = []
    for layer, texts in ((Layer.GLOBAL, global_), (Layer.DOMAIN, local), (Layer.WAIVERS, waivers)):
        for number, text in enumerate(texts):
            tree, _, problems = parse(f"{layer}{number}.policy", text.encode())
            errors += problems
            units += [] if tree is None else [Unit(layer, tree, tables or {})]
    linked, problems = link(units)
    errors += problems
    found, problems = check(linked)
    return found, [one for one in [*errors, *problems] if one.level is Level.ERROR]


def plan_of(*global_: str, local: Sequence[str] = (), tables: Mapping[str, bytes] | None = None) -> Plan:
    """The plan of texts without errors."""
    found, errors = checked(*global_, local=local, tables=tables)
    assert not errors, [(one.code, one.message, one.span.text) for one in errors]
    plan, problems = compile_policies(found)
    assert not problems, [(one.code, one.message) for one in problems]
    return plan


def rule(text: str, *, name: str = "r") -> str:
    """A file with one policy of one rule."""
    return HEADER.format(rules=f"  ## A rule.\n  rule {name}\n    " + text)


def field(name: str, type_: str | None = None, *, dataset: str = "orders", **more: Any) -> Field:
    """A field of a dataset."""
    return Field(name=name, path=f"{dataset}.{name}", dataset=dataset, type=type_, **more)


def product(*fields: Field, datasets: Sequence[Dataset] | None = None, **more: Any) -> Product:
    """A product of the datasets that the fields name, or of those given."""
    names = dict.fromkeys(one.dataset for one in fields)
    made = tuple(datasets or (Dataset(name=n, fields=tuple(f for f in fields if f.dataset == n)) for n in names))
    given = {"id": "p", "file": "p.yaml", "format": "", "digest": "0" * 64, "places": {}, **more}
    return Product(datasets=made, fields=tuple(f for d in made for f in d.fields), **given)


def changes_from(previous: Product | Unknown | None, of: Product) -> tuple[Change, ...] | Unknown:
    """What changed; unknown where the previous version is."""
    if isinstance(previous, Product):
        return compare(previous, of)
    return () if previous is None else previous


def answering(answers: Mapping[Metric, Answer]) -> Any:
    """A scan that knows these answers and nothing else."""

    def scan(metrics: Iterable[Metric]) -> dict[Metric, Answer]:
        return {metric: answers.get(metric, Unavailable("no data was given")) for metric in metrics}

    return scan


def judge(
    plan: Plan,
    of: Product,
    *,
    previous: Product | Unknown | None = NO_PREVIOUS,
    scan: Any = None,
    stage: Stage = Stage.RUN,
    as_of: datetime = NOW,
    sampled: Iterable[str] = (),
    show_values: bool = False,
) -> dict[str, RuleResult]:
    """The results by the last part of the rule's name."""
    changes = changes_from(previous, of)
    inputs = Inputs(
        of, previous, changes, as_of, stage, scan or answering({}), frozenset(sampled), show_values=show_values
    )
    return {result.rule.rpartition(".")[2]: result for result in evaluate(plan, inputs)}


def outcome(text: str, of: Product, **more: Any) -> str:
    """The outcome of one rule."""
    return judge(plan_of(rule(text)), of, **more)["r"].outcome.value


__all__ = ["NOW", "Decimal", "answering", "checked", "field", "judge", "outcome", "plan_of", "product", "rule"]
