"""What a compiled plan says of a product is what the policy means."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st
from reference.build import checked, field, product
from reference.interpreter import Judged, World, interpret
from reference.policies import TABLES, policies
from reference.worlds import Scan, attested, scan_files, scan_rows, worlds

from policy_engine.checking import CheckedSet
from policy_engine.compilation import compile_policies
from policy_engine.evaluation import Inputs, RuleResult, evaluate
from policy_engine.evaluation.trace import Deaf, trace
from policy_engine.plan.codec import decode, encode
from policy_engine.plan.model import Plan
from policy_engine.product.model import Constraints, Dataset, Product


def evaluated(plan: Plan, world: World, scan: Scan) -> dict[str, RuleResult]:
    inputs = Inputs(world.product, world.previous, world.changes, world.now, world.stage, scan, earlier=attested(world))
    results = evaluate(plan, inputs)
    assert trace(plan, inputs, Deaf()) == results
    return {result.rule: result for result in results}


def told(result: RuleResult) -> dict[str, Any]:
    failing = sorted((one.subject, one.count, one.rows) for one in result.violations)
    # of what is indeterminate, how many subjects were sure is nobody's business
    subjects = None if result.outcome.value == "indeterminate" else result.subjects
    return {"outcome": result.outcome.value, "subjects": subjects, "failing": failing}


def meant(judged: Judged) -> dict[str, Any]:
    failing = sorted((one.subject, one.count, one.rows) for one in judged.failing)
    subjects = None if judged.outcome == "indeterminate" else judged.subjects
    return {"outcome": judged.outcome, "subjects": subjects, "failing": failing}


def compiled(text: str) -> tuple[CheckedSet, Plan]:
    found, errors = checked(text, tables=TABLES)
    assert not errors, [(one.code, one.message, one.span.text) for one in errors]
    plan, problems = compile_policies(found)
    assert not problems, [one.message for one in problems]
    return found, plan


def assert_agreement(text: str, world: World, scan: Scan) -> None:
    note(text)
    found, plan = compiled(text)
    results = evaluated(plan, world, scan)
    for name, judged in interpret(found, world).items():
        assert told(results[name]) == meant(judged), (name, results[name].reasons)
    assert evaluated(decode(encode(plan)), world, scan) == results


@given(policies(), worlds())
def test_on_rows_in_memory(text: str, world: World) -> None:
    assert_agreement(text, world, scan_rows(world))


@settings(max_examples=max(10, settings().max_examples // 8))
@given(policies(), worlds(complete=True))
def test_on_rows_in_files(text: str, world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_agreement(text, world, scan_files(world, Path(folder)))


PROMISES = """package acme
## Contracts.
policy contract
  owner "o"
{
  ## As a whole.
  rule conforms
    for d in product.datasets
    when d.name != "t_name"
    require conforms(d)
  ## One by one.
  rule required
    for d in product.datasets
    for promise in promises(d)
    when promise.kind == "required"
    require promise.is_kept
  ## Among others.
  rule either
    for d in product.datasets
    require conforms(d) or product.name is present
  ## Most of them.
  rule mostly
    for d in product.datasets
    for promise in promises(d)
    require promise.is_kept
    tolerate 20% of promises
}
"""


@st.composite
def promising(draw: st.DrawFn) -> Product:
    """A dataset of the shop that promises this and that."""

    def maybe(values: list[Any]) -> Any:
        return draw(st.sampled_from([None, *values]))

    bounds = {"minimum": maybe([Decimal(1)]), "exclusive_maximum": maybe([Decimal(3)])}
    words = {"enum": maybe([("a", "b"), ()]), "pattern": maybe(["^a"]), "max_length": maybe([1])}
    key = draw(st.booleans())
    return product(
        datasets=[
            Dataset(
                name="orders",
                primary_key=("id",) if key else (),
                fields=(
                    field("id", "integer", primary_key=key, constraints=Constraints(**bounds)),
                    field("name", "string", unique=draw(st.booleans()), constraints=Constraints(**words)),
                    field("amount", "number", required=draw(st.booleans())),
                ),
            )
        ],
        name=maybe(["Shop"]),
    )


@settings(max_examples=max(10, settings().max_examples // 4))
@given(promising(), worlds(complete=True))
def test_on_what_contracts_promise(of: Product, world: World) -> None:
    world = replace(world, product=of, previous=None, changes=())
    with tempfile.TemporaryDirectory() as folder:
        assert_agreement(PROMISES, world, scan_files(world, Path(folder)))


@given(st.data())
def test_the_generated_policies_are_policies(data: st.DataObject) -> None:
    compiled(data.draw(policies(rules=6)))
