"""The conditions of waivers are bounded, as rules are: one that costs too much waives nothing, and that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_engine.engine import check
from policy_engine.evaluation import waivers
from policy_engine.loading import load_policies
from policy_engine.verdict import Outcome

POLICY = """package acme
## Described.
policy p
  owner "o@acme.example"
  waivable by domain for at most 90d
{
  ## Each field.
  rule described
    for field in product.fields
    require field.description is present
}
"""
WAIVERS = """package sales
## Cheap.
waiver a of acme.p.described for product "x" where field.name == "f1"
  granted 2027-01-01 until 2027-01-30 because "b" approved by "c"
## Dear.
waiver b of acme.p.described for product "x" where every f in product.fields satisfies f.name != field.description otherwise ""
  granted 2027-01-01 until 2027-01-30 because "b" approved by "c"
""".replace('field.description otherwise ""', '(field.description otherwise "")')


def test_a_condition_that_costs_too_much_waives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    monkeypatch.setattr(waivers, "MOST_OF_CONDITIONS", 2_000)
    for name, text in (("g", POLICY), ("d", WAIVERS)):
        (tmp_path / f"{name}.policy").write_text(text, encoding="utf-8")
    fields = "".join(f"  - {{name: f{number}}}\n" for number in range(40))
    contract = tmp_path / "x.yaml"
    contract.write_text(
        f"apiVersion: v3.1.0\nkind: DataContract\nid: x\nschema:\n- name: t\n  properties:\n{fields}", encoding="utf-8"
    )
    policies = load_policies([tmp_path / "g.policy"], [tmp_path / "d.policy"])
    (result,) = check(contract, policies, as_of=datetime(2027, 1, 10, tzinfo=UTC)).results
    assert (result.outcome, len(result.violations)) == (Outcome.FAIL, 39)
    assert [one.waivers for one in result.waived] == [("sales.a",)]
    assert "waiver `sales.b` is not evaluated: it may take" in result.reasons[0]
