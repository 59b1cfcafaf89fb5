"""Ten thousand contracts against the whole library that ships, in one process: throughput, where the time goes, growth."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

from policy_engine._resources import STARTER, layer_root
from policy_engine.evaluation.evaluate import Inputs, evaluate
from policy_engine.evaluation.model import RuleResult
from policy_engine.loading import load_policies
from policy_engine.plan.canonical import digest
from policy_engine.plan.model import Plan
from policy_engine.plan.values import Unknown
from policy_engine.product.compose import compose
from policy_engine.product.model import Product
from policy_engine.product.odcs import read_odcs
from policy_engine.product.text import read_document
from policy_engine.verdict import Stage

_PUBLISHED: Final = Path(__file__).resolve().parent.parent / "tests" / "data" / "odcs"
T = TypeVar("T")
_NOW: Final = datetime(2027, 1, 1, tzinfo=UTC)
STEPS: Final = ("YAML to nodes", "nodes to values", "values to product", "rules")


@dataclass(frozen=True, slots=True)
class Run:
    """So many contracts and bytes, and the seconds that each step took; the peak of the process's memory in MB."""

    contracts: int
    fields: int
    megabytes: float
    rules: int
    seconds: dict[str, float]
    peak: float

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return sum(self.seconds.values())


def run(contracts: int = 10_000) -> Run:
    """Judge so many contracts: the published ones in turn, each with an id of its own."""
    return _run(library(), variants(contracts))


def growth(contracts: int = 1_000) -> tuple[list[Run], list[Run]]:
    """The same with a tenth, a third and all of the contracts; then all of them with one, two and four times the rules."""
    plan = library()
    return (
        [_run(plan, variants(contracts // part)) for part in (10, 3, 1)],
        [_run(_times(plan, times), variants(contracts)) for times in (1, 2, 4)],
    )


def library() -> Plan:
    """The library that ships, compiled."""
    return load_policies([layer_root(Path(STARTER))]).plan


def variants(count: int) -> Iterator[bytes]:
    """So many contracts, no two of the same bytes."""
    published = [path.read_bytes() for path in sorted(_PUBLISHED.glob("*.yaml"))]
    for number in range(count):
        yield published[number % len(published)] + f"\n# {number}\n".encode()


def _run(plan: Plan, contents: Iterator[bytes]) -> Run:
    seconds = dict.fromkeys(STEPS, 0.0)
    count = fields = size = 0
    _judge(plan, _read(next(variants(1)), seconds), dict(seconds))  # generates the code, which is kept
    seconds = dict.fromkeys(STEPS, 0.0)
    gc.collect()
    for content in contents:
        product = _read(content, seconds)
        _judge(plan, product, seconds)
        count, fields, size = count + 1, fields + len(product.fields), size + len(content)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(count, fields, size / 1e6, len(plan.rules) + len(plan.attributes), seconds, peak)


def _read(content: bytes, seconds: dict[str, float]) -> Product:
    """`read_document` composes by itself, so that composing alone is measured before and taken off."""
    composing = _timed(lambda: compose(content.decode(), "contract.yaml"))[1]
    document, reading = _timed(lambda: read_document(content, "contract.yaml"))
    product, making = _timed(lambda: read_odcs(document, "contract.yaml", digest(content)))
    for step, spent in zip(STEPS, (composing, reading - composing, making), strict=False):
        seconds[step] += spent
    return product


def _judge(plan: Plan, product: Product, seconds: dict[str, float]) -> tuple[RuleResult, ...]:
    unknown = Unknown("no previous version")
    inputs = Inputs(product, unknown, unknown, _NOW, Stage.CHANGE, lambda _metrics: {})
    results, spent = _timed(lambda: evaluate(plan, inputs))
    seconds["rules"] += spent
    return results


def _timed(function: Callable[[], T]) -> tuple[T, float]:
    start = perf_counter()
    value = function()
    return value, perf_counter() - start


def _times(plan: Plan, times: int) -> Plan:
    """The plan with every rule so many times, each under a name of its own."""
    return replace(
        plan, rules=tuple(replace(rule, name=f"{rule.name}_{copy}") for copy in range(times) for rule in plan.rules)
    )
