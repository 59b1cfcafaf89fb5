from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from attestation.samples import (
    DATA,
    ENVELOPE,
    GIVEN,
    KEY,
    KEYRING,
    REPORT,
    SMALL,
    code_of,
    examined,
    forged,
    result,
    signed,
)
from policy_engine.attestation import (
    CODES,
    REQUIRED_BY_DEFAULT,
    STEPS,
    Conclusion,
    IncompleteError,
    Requirement,
    Status,
    StepName,
    Verification,
    examine,
    verify,
)
from policy_engine.errors import VerificationError
from policy_engine.trust import Keyring, TrustedKey
from policy_engine.verdict import Outcome, Verdict


def statuses(done: Verification) -> dict[str, Status]:
    return {step.name if step.about is None else f"{step.name} {step.about}": step.status for step in done.steps}


def test_every_step_has_a_code_of_its_own() -> None:
    assert list(STEPS) == list(StepName)
    assert list(CODES.values()) == [f"ATT{number:03}" for number in range(1, 25)]


def test_steps_run_in_their_order_whatever_the_end() -> None:
    for done in (examined(), examined(b""), examined(product=None), examined(data={})):
        assert list(dict.fromkeys(step.name for step in done.steps)) == list(StepName)


def test_what_verifies_is_returned() -> None:
    verified = verify(ENVELOPE, KEYRING, **GIVEN)
    assert verified.statement.predicate.verdict is Verdict.COMPLIANT
    assert verified.signer.name == "council"
    assert len(verified.steps) == 25


def test_what_is_refused_raises_with_the_code_of_the_step() -> None:
    with pytest.raises(VerificationError, match="the contract given has digest") as caught:
        verify(ENVELOPE, KEYRING, **{**GIVEN, "product": b"other"})
    assert caught.value.code == "ATT011"
    assert not isinstance(caught.value, IncompleteError)


@pytest.mark.parametrize(
    ("left_out", "code"), [("product", "ATT011"), ("global_files", "ATT016"), ("local_files", "ATT017")]
)
def test_what_is_required_and_not_given_is_incomplete(left_out: str, code: str) -> None:
    with pytest.raises(IncompleteError) as caught:
        verify(ENVELOPE, KEYRING, **{**GIVEN, left_out: None})
    assert caught.value.code == code
    assert examined(**{left_out: None}).conclusion is Conclusion.INCOMPLETE


def test_nothing_given_is_incomplete() -> None:
    assert examine(ENVELOPE, KEYRING).conclusion is Conclusion.INCOMPLETE


def test_what_is_not_checked_never_passes() -> None:
    done = statuses(examine(ENVELOPE, KEYRING))
    for name in ("product", "data employees", "data salaries", "global", "local", "previous", "time", "log", "replay"):
        assert done[name] is Status.NOT_CHECKED


def test_data_is_required_only_when_asked_for() -> None:
    assert examined(data={}).conclusion is Conclusion.VERIFIED
    assert code_of(data={}, require=REQUIRED_BY_DEFAULT | {Requirement.DATA}) == "ATT015"
    assert code_of(require=REQUIRED_BY_DEFAULT | {Requirement.DATA}) is None


def test_some_of_the_data_leaves_the_rest_unchecked() -> None:
    some = {"employees": DATA["employees"]}
    done = statuses(examined(data=some))
    assert (done["data employees"], done["data salaries"]) == (Status.PASS, Status.NOT_CHECKED)
    assert code_of(data=some, require=REQUIRED_BY_DEFAULT | {Requirement.DATA}) == "ATT015"


@pytest.mark.parametrize(
    ("requirement", "code"),
    [(Requirement.LOG, "ATT022"), (Requirement.TIME, "ATT021"), (Requirement.REPLAY, "ATT024")],
)
def test_what_cannot_be_checked_yet_is_incomplete_when_required(requirement: Requirement, code: str) -> None:
    assert code_of(require=REQUIRED_BY_DEFAULT | {requirement}) == code


@pytest.mark.parametrize(
    ("is_first", "reason"),
    [(True, "the signer says that this is the first version"), (False, "the signer compared with no earlier version")],
)
def test_the_signer_says_first_or_compared_with_nothing(is_first: bool, reason: str) -> None:
    content = signed(replace(REPORT, previous=None, is_first=is_first))
    step = next(each for each in examined(content, previous=None).steps if each.name is StepName.PREVIOUS)
    assert (step.status, step.reason) == (Status.NOT_CHECKED, reason)
    assert code_of(content, previous=None) is None
    assert code_of(content, previous=None, require=REQUIRED_BY_DEFAULT | {Requirement.PREVIOUS}) == "ATT019"
    refused = examined(content).decisive
    assert refused is not None
    assert (refused.code, refused.status, reason in refused.reason) == ("ATT019", Status.FAIL, True)


def test_an_earlier_contract_is_required_only_when_asked_for() -> None:
    require = REQUIRED_BY_DEFAULT | {Requirement.PREVIOUS}
    assert code_of(require=require) is None
    assert code_of(previous=None) is None
    assert code_of(previous=None, require=require) == "ATT019"


@pytest.mark.parametrize(
    "previous", [{}, {"first": False}, {"first": 1}, {"first": None}, {"first": True, "sha256": "0" * 64}, True, []]
)
def test_previous_is_a_digest_or_first_or_null(previous: object) -> None:
    assert code_of(forged(lambda s: s["predicate"].update(previous=previous))) == "ATT010"


def test_local_policies_are_required_only_where_some_were_applied() -> None:
    small = signed_small()
    assert code_of(small, local_files=None, data={}, previous=None) is None


def signed_small() -> bytes:
    from attestation.samples import EVALUATED, GLOBAL
    from policy_engine.attestation import sign

    return sign(SMALL, KEY, time_evaluated=EVALUATED, global_files=GLOBAL)


def test_data_required_of_a_product_judged_without_data_is_incomplete() -> None:
    given = {"local_files": None, "data": {}, "previous": None}
    assert code_of(signed_small(), **given, require=REQUIRED_BY_DEFAULT | {Requirement.DATA}) == "ATT015"


def test_after_a_broken_signature_nothing_is_believed() -> None:
    broken = ENVELOPE.replace(b'"sig":"', b'"sig":"A', 1)
    done = examined(broken[:-6] + broken[-5:])
    assert (done.statement, done.signer) == (None, None)
    failed = next(index for index, step in enumerate(done.steps) if step.status is Status.FAIL)
    assert all(step.status is Status.NOT_CHECKED for step in done.steps[failed + 1 :])


def test_a_failing_step_after_the_signature_stops_none_of_the_others() -> None:
    done = statuses(examined(product=b"other"))
    assert (done["product"], done["data employees"], done["results"]) == (Status.FAIL, Status.PASS, Status.PASS)


def test_a_fail_weighs_more_than_what_is_not_checked() -> None:
    assert examined(product=None, global_files=None, previous=b"x").conclusion is Conclusion.REFUSED


def test_the_verdict_and_the_verification_are_two_things() -> None:
    done = examined(signed(replace(REPORT, results=(result("r", Outcome.FAIL),), verdict=Verdict.NON_COMPLIANT)))
    assert done.conclusion is Conclusion.VERIFIED


def test_a_key_without_a_window_is_said_to_have_none() -> None:
    assert statuses(examined())["window"] is Status.NOT_CHECKED
    assert statuses(examined(keyring=Keyring((TrustedKey("d", KEY.public, "finance"),))))["window"] is (
        Status.NOT_CHECKED
    )


def test_verifying_needs_no_compiler_no_data_library_and_no_network(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(ENVELOPE)
    (tmp_path / "council.pub").write_bytes(KEY.public.pem)
    code = """
import sys
from pathlib import Path
sys.addaudithook(lambda event, _: print(event) if event.startswith(("socket.", "subprocess.", "os.system")) else None)
from policy_engine.attestation import Conclusion, examine
from policy_engine.trust import load_keyring
done = examine(Path(sys.argv[1]).read_bytes(), load_keyring(Path(sys.argv[2])))
assert done.conclusion is Conclusion.INCOMPLETE
stages = {"syntax", "linking", "checking", "analysis", "compilation", "engine", "evaluation", "data", "product"}
unwanted = {"duckdb", "pyarrow", "lark", "yaml", "phonenumbers", "stdnum", "re2", "z3", "ssl", "http.client"}
unwanted |= {"urllib.request", "policy_engine.attestation.signing"} | {f"policy_engine.{stage}" for stage in stages}
print(sorted(unwanted & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.json", tmp_path / "council.pub"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
