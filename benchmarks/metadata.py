"""Twenty metadata rules on forty fields: the compiled plan against the same rules written by hand in Python."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from policy_engine.evaluation.evaluate import Inputs, evaluate
from policy_engine.evaluation.generate import generate
from policy_engine.evaluation.model import RuleResult, Violation
from policy_engine.evaluation.notes import Notes
from policy_engine.loading import load_policies
from policy_engine.plan.values import Unknown
from policy_engine.product.model import Product
from policy_engine.product.read import parse_product
from policy_engine.verdict import Outcome, Stage

RULES = """package bench
enum Classification { public < internal < confidential < restricted }
enum Masking { none, hash, tokenise, redact }
attribute field.classification: Classification?
attribute field.masking: Masking? from custom "masking"
let snake_case = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
## Twenty rules.
policy p
  owner "bench"
{
  rule r01 for f in product.fields require f.classification is present
  rule r02 for f in product.fields
    when f.classification is present and f.classification >= confidential
    require f.masking is present and f.masking != none
  rule r03 for f in product.fields require f.name matches snake_case
  rule r04 for f in product.fields require f.description is present
  rule r05 for f in product.fields when f.description is present require length(f.description) >= 10
  rule r06 for f in product.fields when has_tag(f, "pii") require f.classification is present and f.classification >= confidential
  rule r07 for f in product.fields when f.primary_key require f.required
  rule r08 for f in product.fields when f.primary_key require f.unique
  rule r09 for f in product.fields require length(f.name) <= 40
  rule r10 for f in product.fields require not starts_with(f.name, "tmp_")
  rule r11 for f in product.fields when ends_with(f.name, "_id") require f.type is present and f.type in {"string", "integer"}
  rule r12 for f in product.fields when ends_with(f.name, "_at") require f.type is present and f.type == "timestamp"
  rule r13 for f in product.fields require f.type is present
  rule r14 for f in product.fields require f.physical_type is present
  rule r15 for f in product.fields when f.description is present require f.description != f.name
  rule r16 for f in product.fields when f.classification is present and f.classification == restricted require has_tag(f, "pii")
  rule r17 for f in product.fields when f.unique require f.required
  rule r18 for f in product.fields require count(t in f.tags where t == "deprecated") == 0
  rule r19 for d in product.datasets require some f in d.fields satisfies f.primary_key
  rule r20 for d in product.datasets require every f in d.fields satisfies f.name != d.name
}
"""

_RANKS = {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}
_MASKING = {"none", "hash", "tokenise", "redact"}
SNAKE_CASE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


def contract(fields: int = 40) -> bytes:
    """A contract whose fields break some rules, as real ones do."""
    lines = [
        "apiVersion: v3.1.0",
        "kind: DataContract",
        "id: bench",
        "version: 1.0.0",
        "status: active",
        "schema:",
        "- name: orders",
        "  properties:",
    ]
    for number in range(fields):
        name = ("order_id", "customer_name", "created_at", "amountNet")[number % 4] + str(number)
        lines += [f"  - name: {name}", "    logicalType: string", "    physicalType: varchar(20)"]
        lines += [f"    description: what {name} means to its readers"] if number % 3 else []
        lines += [f"    classification: {('internal', 'confidential', 'public')[number % 3]}"] if number % 5 else []
        lines += ["    tags: [pii.name, core]"] if number % 4 == 1 else []
        lines += ["    customProperties:", "    - property: masking", "      value: hash"] if number % 6 == 1 else []
        lines += ["    primaryKey: true", "    required: true", "    unique: true"] if number == 0 else []
    return "\n".join(lines).encode()


def by_hand(product: Product) -> list[tuple[str, str]]:  # noqa: C901 - fused into one loop: that is the point
    """The same twenty rules, fused by hand: who violates what. Values outside an enum are not even looked for."""
    found: list[tuple[str, str]] = []
    add = found.append
    for f in product.fields:
        rank = _RANKS.get(f.classification) if f.classification is not None else None
        if rank is None:
            add(("r01", f.path))
        elif rank >= 2:
            masking = f.custom.get("masking")
            if masking is None or masking == "none" or masking not in _MASKING:
                add(("r02", f.path))
        name = f.name
        if not SNAKE_CASE.search(name):
            add(("r03", f.path))
        description = f.description
        if description is None:
            add(("r04", f.path))
        else:
            if len(description) < 10:
                add(("r05", f.path))
            if description == name:
                add(("r15", f.path))
        tagged = any(tag == "pii" or tag.startswith("pii.") for tag in f.tags)
        if tagged and (rank is None or rank < 2):
            add(("r06", f.path))
        if f.primary_key:
            if not f.required:
                add(("r07", f.path))
            if not f.unique:
                add(("r08", f.path))
        if len(name) > 40:
            add(("r09", f.path))
        if name.startswith("tmp_"):
            add(("r10", f.path))
        if name.endswith("_id") and f.type not in {"string", "integer"}:
            add(("r11", f.path))
        if name.endswith("_at") and f.type != "timestamp":
            add(("r12", f.path))
        if f.type is None:
            add(("r13", f.path))
        if f.physical_type is None:
            add(("r14", f.path))
        if rank == 3 and not tagged:
            add(("r16", f.path))
        if f.unique and not f.required:
            add(("r17", f.path))
        if "deprecated" in f.tags:
            add(("r18", f.path))
    for d in product.datasets:
        if not any(f.primary_key for f in d.fields):
            add(("r19", d.name))
        if any(f.name == d.name for f in d.fields):
            add(("r20", d.name))
    return found


def by_hand_report(product: Product) -> tuple[list[Violation], dict[str, int]]:
    """What a report needs besides: message and place of every violation, and how many fields each rule looked at."""
    found = by_hand(product)
    places = {f.path: f.pointer for f in product.fields} | {d.name: d.pointer for d in product.datasets}
    violations = [
        Violation(path, f"{path} does not meet `{rule}`", None, product.places.get(places[path]))
        for rule, path in found
    ]
    fields = len(product.fields)
    seen = {f"r{number:02}": fields for number in range(1, 19)} | {
        "r19": len(product.datasets),
        "r20": len(product.datasets),
    }
    for f in product.fields:
        for rule, applies in (
            ("r02", _RANKS.get(f.classification or "", 0) >= 2),
            ("r05", f.description is not None),
            ("r06", any(tag == "pii" or tag.startswith("pii.") for tag in f.tags)),
            ("r07", f.primary_key),
            ("r08", f.primary_key),
            ("r11", f.name.endswith("_id")),
            ("r12", f.name.endswith("_at")),
            ("r15", f.description is not None),
            ("r16", f.classification == "restricted"),
            ("r17", f.unique),
        ):
            if not applies:
                seen[rule] -= 1
    return violations, seen


@dataclass(frozen=True, slots=True)
class Prepared:
    """The product, and ours to judge it: deciding only, and with all that a report needs."""

    product: Product
    decide: Callable[[], Notes]
    report: Callable[[], tuple[RuleResult, ...]]


def prepare() -> Prepared:
    """The twenty rules compiled, and checked to find what those by hand find."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench.policy")
        path.write_text(RULES, encoding="utf-8")
        plan = load_policies([path]).plan
    product = parse_product(contract(), "bench.odcs.yaml")
    unknown = Unknown("no previous version")
    inputs = Inputs(product, unknown, unknown, datetime(2026, 1, 1, tzinfo=UTC), Stage.CHANGE, lambda _metrics: {})
    found = [
        (result.rule.rpartition(".")[2], violation.subject)
        for result in evaluate(plan, inputs)[:20]
        if result.outcome is Outcome.FAIL
        for violation in result.violations
    ]
    assert sorted(found) == sorted(by_hand(product)), "the two do not agree"
    program = generate(plan)

    def decide() -> Notes:
        notes = Notes((None,) * len(plan.rules))
        program.judge(product, unknown, (), inputs.as_of, None, notes)
        return notes

    return Prepared(product, decide, lambda: evaluate(plan, inputs))


def run(ours: Prepared, repeats: int = 300) -> list[tuple[str, float, float]]:
    """Rows of (what, seconds compiled, seconds by hand), medians."""
    return [
        ("decide", *paired(ours.decide, lambda: by_hand(ours.product), repeats)),
        ("report", *paired(ours.report, lambda: by_hand_report(ours.product), repeats)),
    ]


def paired(first: Callable[[], object], second: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median seconds of both, measured in turn, so that a busy machine burdens both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for function, kept in zip((first, second), times, strict=True):
            start = perf_counter()
            function()
            kept.append(perf_counter() - start)
    return median(times[0]), median(times[1])
