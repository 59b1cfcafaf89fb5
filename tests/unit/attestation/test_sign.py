from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from attestation.samples import (
    AS_OF,
    DATA,
    ENVELOPE,
    EVALUATED,
    GLOBAL,
    KEY,
    LOCAL,
    REPORT,
    a_key,
    examined,
    layer,
    payload_of,
    result,
    signed,
)
from policy_engine.attestation import Conclusion, sign
from policy_engine.attestation.statement import MAX_MEMBERS
from policy_engine.errors import UsageError
from policy_engine.evaluation.model import Violation
from policy_engine.plan.canonical import digest
from policy_engine.plan.layer import Layer
from policy_engine.trust import keyring_of
from policy_engine.verdict import Outcome, Verdict


def test_same_inputs_give_the_same_bytes() -> None:
    assert signed() == ENVELOPE


def test_bytes_do_not_depend_on_hash_seed_locale_or_time_zone() -> None:
    code = (
        "import hashlib, sys; sys.path.insert(0, 'tests/unit');"
        "from attestation.samples import ENVELOPE; print(hashlib.sha256(ENVELOPE).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone, locale in (("0", "UTC", "C"), ("7", "Asia/Tokyo", "C.UTF-8"))
    }
    assert len(found) == 1


def test_the_order_of_results_and_data_in_the_report_does_not_matter() -> None:
    shuffled = replace(REPORT, results=REPORT.results[::-1], data=REPORT.data[::-1])
    assert signed(shuffled) == ENVELOPE


def test_another_key_changes_only_the_signature() -> None:
    other = signed(key=a_key(2))
    assert other != ENVELOPE
    assert payload_of(other) == payload_of(ENVELOPE)


def test_times_of_other_zones_are_stated_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert signed(replace(REPORT, as_of=AS_OF.astimezone(tokyo))) == ENVELOPE


@pytest.mark.parametrize("as_of", [datetime(2026, 3, 1), AS_OF.replace(microsecond=1)])  # noqa: DTZ001
def test_an_as_of_that_could_not_be_replayed_is_not_signed(as_of: datetime) -> None:
    with pytest.raises(UsageError, match="whole seconds"):
        signed(replace(REPORT, as_of=as_of))


def test_time_evaluated_is_cut_to_seconds() -> None:
    content = sign(
        REPORT, KEY, time_evaluated=EVALUATED.replace(microsecond=999_999), global_files=GLOBAL, local_files=LOCAL
    )
    assert content == ENVELOPE


@pytest.mark.parametrize("verdict", [Verdict.NON_COMPLIANT, Verdict.INDETERMINATE])
def test_what_does_not_comply_is_signed_and_verified_too(verdict: Verdict) -> None:
    outcome = Outcome.FAIL if verdict is Verdict.NON_COMPLIANT else Outcome.INDETERMINATE
    done = examined(signed(replace(REPORT, results=(result("r", outcome),), verdict=verdict)))
    assert done.conclusion is Conclusion.VERIFIED
    assert done.statement is not None
    assert done.statement.predicate.verdict is verdict


def test_messages_and_rows_of_violations_stay_out() -> None:
    secret = "DE89370400440532013000"
    violation = Violation("employees.iban", f"value {secret}", f"drop {secret}", None, 1, 2, (7,))
    report = replace(
        REPORT, results=(result("r", Outcome.FAIL, violations=(violation,)),), verdict=Verdict.NON_COMPLIANT
    )
    payload = payload_of(signed(report))
    assert secret not in str(payload)
    assert "employees.iban" not in str(payload)
    assert payload["predicate"]["results"][0]["violations"] == 1


def test_policy_files_that_were_not_evaluated_are_not_attested() -> None:
    other = layer(Layer.GLOBAL, {"a.policy": b""})
    with pytest.raises(UsageError, match="global policies given are not those"):
        sign(REPORT, KEY, time_evaluated=EVALUATED, global_files=other)
    with pytest.raises(UsageError, match="local policies given are not those"):
        sign(REPORT, KEY, time_evaluated=EVALUATED, local_files=other)


def test_without_policy_files_the_layers_stand_by_digest_alone() -> None:
    content = sign(REPORT, KEY, time_evaluated=EVALUATED)
    assert payload_of(content)["predicate"]["policies"]["global"] == {
        "digest": {"sha256": GLOBAL.digest},
        "members": None,
    }
    assert examined(content).conclusion is Conclusion.VERIFIED


def test_too_many_policy_files_are_not_listed() -> None:
    many = layer(Layer.GLOBAL, {f"{number:04}.policy": b"" for number in range(MAX_MEMBERS + 1)})
    report = replace(REPORT, policies=replace(REPORT.policies, global_sources=many.digest))
    content = sign(report, KEY, time_evaluated=EVALUATED, global_files=many)
    assert payload_of(content)["predicate"]["policies"]["global"]["members"] is None
    assert examined(content, global_files=many).conclusion is Conclusion.VERIFIED


def test_what_the_contract_does_not_state_is_null() -> None:
    contract = b"apiVersion: v3.1.0\nkind: DataContract\nid: payroll\nstatus: active\n"
    content = signed(replace(REPORT, name=None, version=None, domain=None, digest=digest(contract)))
    payload = payload_of(content)
    assert payload["subject"][0]["name"] == "payroll@"
    assert payload["predicate"]["resourceUri"] == "mesh:/payroll/"
    assert examined(content, product=contract).conclusion is Conclusion.VERIFIED


def test_a_resource_uri_is_unambiguous_whatever_the_parts_hold() -> None:
    content = signed(replace(REPORT, domain="a/b", id="c d", version="1%2"))
    assert payload_of(content)["predicate"]["resourceUri"] == "mesh:a%2Fb/c%20d/1%252"


def test_no_two_products_and_no_dataset_have_the_same_subject() -> None:
    named = [
        ("finance", "payroll", "1.2.0"),
        (None, "finance/payroll@1.2.0", None),
        (None, "finance/payroll", "1.2.0"),
        ("finance", "payroll@1.2.0", None),
        ("finance", "payroll", None),
        (None, "payroll", "1.2.0"),
        (None, "finance%2Fpayroll", "1.2.0"),
        ("data", "payroll", None),
    ]
    reports = [replace(REPORT, domain=domain, id=name, version=version) for domain, name, version in named]
    subjects = [payload_of(signed(report))["subject"][0]["name"] for report in reports]
    assert len(set(subjects)) == len(named)
    assert subjects[:2] == ["finance/payroll@1.2.0", "finance%2Fpayroll%401.2.0@"]
    datasets = [replace(DATA["employees"], dataset=name) for name in ("a@1", "b/c", "payroll", "payroll@")]
    found = [each["name"] for each in payload_of(signed(replace(REPORT, data=tuple(datasets))))["subject"][1:]]
    assert found == ["data/a%401", "data/b%2Fc", "data/payroll", "data/payroll%40"]
    assert not set(found) & set(subjects)


def test_long_names_are_signed_with_every_byte_encoded() -> None:
    contract = replace(REPORT, domain="\U0001f600" * 2000, id="\U0001f600" * 2000, version="\U0001f600" * 2000)
    assert len(payload_of(signed(contract))["subject"][0]["name"]) > 72_000


def test_a_first_version_is_stated_as_one() -> None:
    none, first = replace(REPORT, previous=None), replace(REPORT, previous=None, is_first=True)
    assert payload_of(signed(REPORT))["predicate"]["previous"] == {"sha256": REPORT.previous}
    assert payload_of(signed(none))["predicate"]["previous"] is None
    assert payload_of(signed(first))["predicate"]["previous"] == {"first": True}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": "x" * 2001}, "subject.0.name|predicate"),
        ({"id": ""}, "predicate"),
        ({"digest": "ABC"}, "sha256"),
        ({"id": "\ud800"}, "(?i)utf-8"),
        ({"results": tuple(result(f"r{number:05}") for number in range(20_001))}, "results"),
        ({"data": REPORT.data[:1] * 2}, "datasets"),
    ],
)
def test_what_the_reader_would_refuse_is_not_signed(change: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        signed(replace(REPORT, **change))  # type: ignore[arg-type]


def test_an_envelope_of_a_hundred_rules_stays_small() -> None:
    report = replace(REPORT, results=tuple(result(f"acme.global.rule_{number:03}") for number in range(100)))
    assert len(signed(report)) < 25_000


def test_a_signature_is_bound_to_its_key() -> None:
    done = examined(signed(key=a_key(2)), keyring_of([("other", a_key(2).public)]))
    assert done.conclusion is Conclusion.VERIFIED
    assert done.signer is not None
    assert done.signer.name == "other"


def test_the_clock_is_an_argument() -> None:
    earlier = sign(REPORT, KEY, time_evaluated=datetime(2020, 1, 1, tzinfo=UTC))
    assert payload_of(earlier)["predicate"]["timeEvaluated"] == "2020-01-01T00:00:00Z"
