"""What lies just within the limits is checked, compiled and evaluated; Python's stack is deep enough for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_engine.checking.cost import MAX_DEPTH
from policy_engine.diagnostics import draw
from policy_engine.engine import check
from policy_engine.loading import diagnose
from policy_engine.syntax.parse import MAX_DEPTH as MAX_TREE
from policy_engine.verdict import Verdict

CONTRACT = "apiVersion: v3.1.0\nkind: DataContract\nid: p\nschema:\n- name: orders\n  properties:\n  - name: id\n"
DEEP = MAX_TREE - 12
EXPRESSIONS = {
    "not": "not " * (DEEP - DEEP % 2) + "true",
    "and": " and ".join(["field.required == false"] * DEEP),
    "or": " or ".join(["field.required"] * (DEEP - 1) + ["true"]),
    "sum": " + ".join(["length(field.name)"] * DEEP) + " > 0",
    "parentheses": "(" * (DEEP // 2) + "true" + " and true)" * (DEEP // 2),
    "calls": "length(" + "lower(" * (DEEP // 2) + "field.name" + ")" * (DEEP // 2) + ") > 0",
    "conditions": "(" + "if field.required then false else " * (DEEP - 4) + "true)",
    "otherwise": " otherwise ".join(["(field.description)"] * 3 + ['"x"']) + ' == "x"',
    "lists": "count(" + "[" * (DEEP - 4) + "1" + "]" * (DEEP - 4) + ") == 1",
    "quantifiers": "("
    + "".join(f"some f{n} in product.fields satisfies (" for n in range(DEEP // 2 - 4))
    + "true"
    + ")" * (DEEP // 2 - 4)
    + ")",
}


def verdict(folder: Path, declarations: str, requirement: str) -> Verdict:
    text = f'package acme\n{declarations}policy p\n  owner "o"\n{{\n  rule r\n    for field in product.fields\n'
    (folder / "acme.policy").write_text(f"{text}    require {requirement}\n}}\n", encoding="utf-8")
    (folder / "product.yaml").write_text(CONTRACT, encoding="utf-8")
    policies, diagnostics = diagnose([folder])
    assert policies is not None, draw(diagnostics)
    return check(folder / "product.yaml", policies).verdict


@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_the_deepest_expressions_are_evaluated(tmp_path: Path, kind: str) -> None:
    assert verdict(tmp_path, "", EXPRESSIONS[kind]) is Verdict.COMPLIANT


def test_the_deepest_chain_of_definitions_is_evaluated(tmp_path: Path) -> None:
    depth = MAX_DEPTH // 2 - 4
    chain = "".join(f"def f{n}(n: Int) -> Int = f{n - 1}(n) + 1\n" for n in range(1, depth))
    assert verdict(tmp_path, f"def f0(n: Int) -> Int = n\n{chain}", f"f{depth - 1}(1) == {depth}") is Verdict.COMPLIANT


def test_the_largest_expression_is_evaluated(tmp_path: Path) -> None:
    doubling = "let a0 = count(product.fields)\n" + "".join(f"let a{n} = a{n - 1} + a{n - 1}\n" for n in range(1, 12))
    assert verdict(tmp_path, doubling, "a11 == 2048") is Verdict.COMPLIANT
