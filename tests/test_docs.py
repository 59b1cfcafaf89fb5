"""The reference of the language and of its messages is complete: tables are compared with what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policy_engine.checking.functions import AGGREGATES, FUNCTIONS, Signature
from policy_engine.diagnostics import CODES, draw
from policy_engine.loading import diagnose
from policy_engine.plan.types import Type

REFERENCE = Path(__file__).parents[1] / "docs/reference"
LANGUAGE = (REFERENCE / "language.md").read_text(encoding="utf-8")
DIAGNOSTICS = (REFERENCE / "diagnostics.md").read_text(encoding="utf-8")
RESULTS = {
    "count": ("Int", "0"),
    "sum": ("as its values", "0"),
    "distinct": ("Int", "0"),
    "list": ("`List` of its values", "`[]`"),
}


def kinds(wanted: Type | tuple[Type, ...]) -> str:
    return " or ".join(str(one) for one in wanted) if isinstance(wanted, tuple) else str(wanted)


def function_row(name: str, of: Signature) -> str:
    """The row that the reference has of a function."""
    takes = "table, key" if name == "lookup" else ", ".join(kinds(wanted) for wanted in of.parameters)
    result = "row of the table?" if name == "lookup" else str(of.result)
    return f"| `{name}` | `{takes}` | `{result}` | {of.doc} | `{of.example}` | {'yes' if of.on_rows else ''} |"


def aggregate_row(name: str) -> str:
    """The row that the reference has of an aggregate."""
    result, nothing = RESULTS.get(name, ("Decimal?" if name in {"share", "mean"} else "as its values, `?`", "missing"))
    return f"| `{name}`: {AGGREGATES[name][0].partition(';')[0]} | {result} | {nothing} | `{AGGREGATES[name][1]}` |"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_reference_has_every_function(name: str) -> None:
    assert function_row(name, FUNCTIONS[name]) in LANGUAGE


@pytest.mark.parametrize("name", AGGREGATES)
def test_the_reference_has_every_aggregate(name: str) -> None:
    assert aggregate_row(name) in LANGUAGE


EXAMPLES = {**{name: of.example for name, of in FUNCTIONS.items()}, **{name: of[1] for name, of in AGGREGATES.items()}}
POLICY = """package acme
table holds(dataset: String, until: Date) from "holds.csv"
## Examples.
policy examples
  owner "o"
{{
  ## One.
  rule example
    for dataset in product.datasets
    for field in dataset.fields
    require {example} and dataset.name != field.name
}}
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_function_is_a_condition_that_uses_it(name: str, tmp_path: Path) -> None:
    assert re.search(rf"\b{name}\(", EXAMPLES[name])
    (tmp_path / "holds.csv").write_text("dataset,until\n", encoding="utf-8")
    (tmp_path / "acme.policy").write_text(POLICY.format(example=EXAMPLES[name]), encoding="utf-8")
    _, diagnostics = diagnose([tmp_path])
    assert draw(diagnostics) == ""


@pytest.mark.parametrize("code", CODES)
def test_the_reference_has_every_diagnostic(code: str) -> None:
    entry = CODES[code]
    level = "warning" if entry.is_warning else "error"
    assert f"| [`{code}`](diagnostics/{code}.md) | {entry.name} | {level} | {entry.summary} |" in DIAGNOSTICS


def test_the_reference_has_no_diagnostic_that_does_not_exist() -> None:
    letters = "|".join(sorted({code[:3] for code in CODES}))
    assert set(re.findall(rf"\b(?:{letters})\d{{3}}\b", DIAGNOSTICS)) == set(CODES)
