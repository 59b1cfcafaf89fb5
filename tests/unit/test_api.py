"""The public calls: what the commands do, from Python."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import policy_engine
from policy_engine import DataGiven, Outcome, PolicyTextError, Verdict, VerificationError

ROOT = Path(__file__).resolve().parent.parent.parent
PAYROLL = ROOT / "policies/products/employee_payroll"
CONTRACT = PAYROLL / "employee_payroll.odcs.yaml"
DATA = {name: PAYROLL / f"{name}.csv" for name in ("demo_employee_payroll", "demo_employee_list")}
COUNCIL, HR = [ROOT / "policies/global"], [ROOT / "policies/domains/hr"]
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def policies() -> policy_engine.Policies:
    return policy_engine.policies(COUNCIL, HR)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    assert (
        subprocess.run(
            [sys.executable, "-m", "policy_engine", "keys", "generate", "ci", "-o", tmp_path], check=False
        ).returncode
        == 0
    )
    return tmp_path / "ci.key"


def test_a_report_is_frozen_and_typed(policies: policy_engine.Policies) -> None:
    report = policy_engine.check(CONTRACT, policies, data=DATA, as_of=AS_OF)
    assert report.verdict is Verdict.NON_COMPLIANT
    paid = next(result for result in report.results if result.rule.endswith("everybody_paid_is_employed"))
    assert paid.outcome is Outcome.FAIL
    with pytest.raises(AttributeError):
        report.verdict = Verdict.COMPLIANT  # type: ignore[misc]


def test_the_same_inputs_give_the_same_report(policies: policy_engine.Policies) -> None:
    first, second = (policy_engine.check(CONTRACT, policies, data=DATA, as_of=AS_OF) for _ in range(2))
    assert first == second


def test_what_is_attested_is_verified_and_returned(policies: policy_engine.Policies, key: Path) -> None:
    report = policy_engine.check(CONTRACT, policies, data=DATA, as_of=AS_OF)
    envelope = policy_engine.attest(report, policies, policy_engine.load_private(key), time_evaluated=AS_OF)
    verified = policy_engine.verify(
        envelope, key.with_suffix(".pub"), product=CONTRACT, data=DATA, global_policies=COUNCIL, local_policies=HR
    )
    assert verified.statement.predicate.verdict == "non_compliant"


def test_another_contract_is_refused_with_the_code_of_the_step(
    policies: policy_engine.Policies, key: Path, tmp_path: Path
) -> None:
    report = policy_engine.check(CONTRACT, policies, as_of=AS_OF)
    envelope = policy_engine.attest(report, policies, policy_engine.load_private(key), time_evaluated=AS_OF)
    other = tmp_path / "other.yaml"
    other.write_bytes(CONTRACT.read_bytes() + b"\n")
    with pytest.raises(VerificationError) as refused:
        policy_engine.verify(
            envelope, key.with_suffix(".pub"), product=other, global_policies=COUNCIL, local_policies=HR
        )
    assert refused.value.code == "ATT011"


def test_errors_in_policies_are_raised_with_their_diagnostics(tmp_path: Path) -> None:
    (tmp_path / "broken.policy").write_text("package a\nlet x = y\n", encoding="utf-8")
    with pytest.raises(PolicyTextError) as wrong:
        policy_engine.policies([tmp_path])
    assert [diagnostic.code for diagnostic in wrong.value.diagnostics] == ["LNK003"]


def test_a_sample_shows_violations_but_never_their_absence(policies: policy_engine.Policies) -> None:
    sampled = {name: DataGiven(path, sampled=True) for name, path in DATA.items()}
    report = policy_engine.check(CONTRACT, policies, data=sampled, as_of=AS_OF)
    outcomes = {result.rule: result.outcome for result in report.results}
    assert outcomes["starter.pii_tagging.personal_data.tagged"] is Outcome.FAIL
    assert outcomes["hr.payroll.payroll.everybody_paid_is_employed"] is Outcome.INDETERMINATE


def test_every_public_name_is_there_and_no_other_is_promised() -> None:
    for name in policy_engine.__all__:
        assert getattr(policy_engine, name) is not None
    with pytest.raises(AttributeError, match="no attribute `nothing`"):
        policy_engine.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, policy_engine; print(sorted(m for m in sys.modules if m.startswith('policy_engine.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
