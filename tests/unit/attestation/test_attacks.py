"""The attacks that this version answers, each refused by its own step, and what each looks like when nobody attacks."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from attestation.samples import (
    DATA,
    ENVELOPE,
    GLOBAL,
    KEY,
    LOCAL,
    PRODUCT,
    REPORT,
    a_key,
    code_of,
    examined,
    forged,
    layer,
    manifest,
    payload_of,
    result,
    rewritten,
    signed,
    wrapped,
)
from policy_engine.attestation import sign
from policy_engine.attestation.envelope import PAYLOAD_TYPE, pae
from policy_engine.attestation.statement import PREDICATE_TYPE
from policy_engine.errors import KeyFileError
from policy_engine.plan.canonical import canonical, digest
from policy_engine.plan.layer import Layer
from policy_engine.trust import Keyring, TrustedKey, keyring_of
from policy_engine.verdict import Outcome, Verdict


def test_without_an_attack_everything_given_is_verified() -> None:
    assert code_of() is None


class TestPolicySwap:
    """A1: same names, other content."""

    @pytest.mark.parametrize(
        ("files", "named"),
        [
            ({"naming.policy": b"package a \n", "pii.policy": b"package b\n", "zones.csv": b"x\n"}, "changed `naming"),
            ({"pii.policy": b"package b\n", "zones.csv": b"x\n"}, "missing `naming.policy`"),
            ({"naming.policy": b"package a\n", "pii.policy": b"package b\n", "z.csv": b"x\n"}, "added `z.csv`"),
        ],
    )
    def test_another_global_layer_is_refused_and_the_file_is_named(self, files: dict[str, bytes], named: str) -> None:
        step = examined(global_files=layer(Layer.GLOBAL, files)).decisive
        assert step is not None
        assert step.code == "ATT016"
        assert named in step.reason
        assert GLOBAL.digest[:12] in step.reason

    def test_another_local_layer_is_refused(self) -> None:
        step = examined(local_files=layer(Layer.DOMAIN, {"finance.policy": b""})).decisive
        assert step is not None
        assert (step.code, "changed `finance.policy`" in step.reason) == ("ATT017", True)

    def test_layers_exchanged_are_refused(self) -> None:
        assert code_of(global_files=LOCAL, local_files=GLOBAL) == "ATT016"

    def test_a_list_of_files_that_is_not_the_digest_is_refused_even_without_files(self) -> None:
        def rename(statement: dict[str, Any]) -> None:
            statement["predicate"]["policies"]["global"]["members"][0]["path"] = "other.policy"

        assert code_of(forged(rename), global_files=None) == "ATT016"

    def test_leaving_out_a_layer_that_the_auditor_holds_is_refused(self) -> None:
        assert code_of(forged(lambda s: s["predicate"]["policies"].update({"global": None}))) == "ATT016"
        assert code_of(forged(lambda s: s["predicate"]["policies"].update(local=None))) == "ATT017"

    def test_having_judged_without_global_policies_never_verifies(self) -> None:
        report = replace(REPORT, policies=replace(REPORT.policies, global_sources=None), results=(REPORT.results[2],))
        content = sign(report, KEY, time_evaluated=datetime(2026, 3, 1, tzinfo=UTC), local_files=LOCAL)
        assert code_of(content) == "ATT016"
        assert code_of(content, global_files=None) == "ATT016"


class TestOldAttestation:
    """A5: for another version of the contract."""

    @pytest.mark.parametrize("product", [PRODUCT + b"\n", PRODUCT.replace(b"1.2.0", b"1.2.1"), b""])
    def test_another_contract_is_refused(self, product: bytes) -> None:
        assert code_of(product=product) == "ATT011"

    def test_another_resource_than_asked_for_is_refused(self) -> None:
        assert code_of(resource="mesh:finance/payroll/1.2.0") is None
        assert code_of(resource="mesh:finance/payroll/1.3.0") == "ATT012"

    def test_a_resource_that_is_not_the_product_is_refused(self) -> None:
        assert code_of(forged(lambda s: s["predicate"].update(resourceUri="mesh:hr/payroll/1.2.0"))) == "ATT012"

    def test_another_earlier_contract_is_refused(self) -> None:
        assert code_of(previous=b"other") == "ATT019"
        assert code_of(signed(replace(REPORT, previous=None))) == "ATT019"


class TestOtherIdentity:
    """The signer calls the contract something that it is not: to escape the limit of a key, or to fool a reader."""

    @pytest.mark.parametrize(
        ("change", "said", "true"),
        [
            ({"domain": "hr"}, "domain `hr`", "domain `finance`"),
            ({"domain": None}, "no domain", "domain `finance`"),
            ({"id": "orders"}, "id `orders`", "id `payroll`"),
            ({"version": "9.9.9"}, "version `9.9.9`", "version `1.2.0`"),
            ({"version": None}, "no version", "version `1.2.0`"),
            ({"name": "Orders"}, "name `Orders`", "name `Payroll`"),
        ],
    )
    def test_what_the_contract_does_not_say_of_itself_is_refused(
        self, change: dict[str, Any], said: str, true: str
    ) -> None:
        step = examined(signed(replace(REPORT, **change))).decisive
        assert step is not None
        assert (step.code, step.status) == ("ATT012", "fail")
        assert step.reason == f"the statement says {said}, the contract given {true}"

    def test_a_key_limited_to_a_domain_cannot_take_in_a_product_of_another(self) -> None:
        stolen = signed(replace(REPORT, domain="hr"))
        assert code_of(stolen, Keyring((TrustedKey("hr", KEY.public, "hr"),))) == "ATT012"

    def test_the_domain_of_a_limited_key_is_not_taken_from_the_statement_alone(self) -> None:
        keyring = Keyring((TrustedKey("d", KEY.public, "finance"),))
        alone = examined(keyring=keyring, product=None, require=frozenset()).decisive
        assert alone is not None
        assert (alone.code, alone.status) == ("ATT013", "not_checked")
        asked = "mesh:finance/payroll/1.2.0"
        assert code_of(keyring=keyring, product=None, resource=asked, require=frozenset()) is None

    def test_without_a_contract_the_resource_is_not_checked(self) -> None:
        (step,) = (each for each in examined(product=None).steps if each.code == "ATT012")
        assert (step.status, step.is_required) == ("not_checked", True)

    def test_a_contract_that_cannot_be_read_is_refused_with_the_reason(self) -> None:
        content = b"openapi: 3.1.0\n"
        step = examined(signed(replace(REPORT, digest=digest(content))), product=content).decisive
        assert step is not None
        assert (step.code, "cannot be read: the contract given:1:1: " in step.reason) == ("ATT012", True)
        assert "OpenAPI" in step.reason


class TestDataSwap:
    """A7: judged on other data."""

    @pytest.mark.parametrize("content", [b"1,2", b"1,2\n\n", b""])
    def test_other_bytes_are_refused(self, content: bytes) -> None:
        step = examined(data={**DATA, "employees": manifest("employees", content)}).decisive
        assert step is not None
        assert (step.code, step.about) == ("ATT015", "employees")
        assert DATA["employees"].digest[:12] in step.reason

    def test_datasets_exchanged_are_refused(self) -> None:
        assert code_of(data={"employees": DATA["salaries"], "salaries": DATA["employees"]}) == "ATT015"

    def test_data_that_was_never_attested_is_refused_and_the_nearest_name_is_said(self) -> None:
        step = examined(data={"employes": DATA["employees"]}).decisive
        assert step is not None
        assert (step.code, "did you mean `employees`" in step.reason) == ("ATT015", True)

    def test_amounts_that_are_not_the_digests_are_refused(self) -> None:
        assert code_of(forged(lambda s: s["predicate"]["data"][0].update(bytes=5))) == "ATT015"


def test_a10_another_payload_type_is_refused_before_anything_is_parsed() -> None:
    for kind in ("application/json", PAYLOAD_TYPE.upper(), PAYLOAD_TYPE + " ", "", "application/vnd.in-toto+json;v=1"):
        assert code_of(rewritten(lambda e, kind=kind: e.update(payloadType=kind))) == "ATT005"
        assert code_of(wrapped(b"\xff not json", payload_type=kind)) == "ATT005"


def test_a10_a_signature_over_the_bare_payload_is_refused() -> None:
    payload = base64.b64decode(json.loads(ENVELOPE)["payload"])
    for message in (payload, pae("application/json", payload), pae(PAYLOAD_TYPE, payload)[:-1]):
        sig = base64.b64encode(KEY.sign(message)).decode()
        assert code_of(rewritten(lambda e, sig=sig: e["signatures"][0].update(sig=sig))) == "ATT007"


@pytest.mark.parametrize(
    "kind",
    [
        "https://slsa.dev/provenance/v1",
        PREDICATE_TYPE + "/",
        PREDICATE_TYPE.replace("v2", "v3"),
        PREDICATE_TYPE.upper(),
        "",
        None,
        1,
    ],
)
def test_a11_another_predicate_type_is_refused(kind: object) -> None:
    assert code_of(forged(lambda s: s.update(predicateType=kind))) == "ATT009"
    assert code_of(forged(lambda s: s.update(_type=kind))) == "ATT009"


def test_a11_a_missing_predicate_type_has_no_default() -> None:
    assert code_of(forged(lambda s: s.pop("predicateType"))) == "ATT009"
    assert code_of(wrapped(b"[]")) == "ATT009"


def test_a12_signed_bytes_in_another_form_are_refused() -> None:
    document = payload_of(ENVELOPE)
    assert code_of(wrapped(json.dumps(document).encode())) == "ATT008"
    assert code_of(wrapped(canonical(document) + b"\n")) == "ATT008"
    assert code_of(wrapped(canonical(document).replace(b'"files":1', b'"files":1.0'))) == "ATT008"
    assert code_of(wrapped(canonical(document).replace(b'"files":1', b'"files":-0'))) == "ATT008"
    assert code_of(ENVELOPE + b" ") == "ATT003"


def test_a13_duplicate_members_are_refused() -> None:
    payload = canonical(payload_of(ENVELOPE))
    assert code_of(ENVELOPE[:-1] + b',"payloadType":"x"}') == "ATT002"
    assert code_of(wrapped(payload.replace(b'"verdict":', b'"verdict":"compliant","verdict":'))) == "ATT008"


def test_a13_members_by_another_name_are_refused() -> None:
    assert code_of(forged(lambda s: s["predicate"].update(Verdict=s["predicate"].pop("verdict")))) == "ATT010"
    assert code_of(forged(lambda s: s["predicate"].update(time_evaluated=s["predicate"].pop("timeEvaluated")))) == (
        "ATT010"
    )
    assert code_of(forged(lambda s: s["predicate"]["counts"].update(pass_=s["predicate"]["counts"].pop("pass")))) == (
        "ATT010"
    )
    assert code_of(forged(lambda s: s["predicate"].update(extra=1))) == "ATT010"


def test_a14_other_texts_of_the_same_bytes_are_refused() -> None:
    assert code_of(rewritten(lambda e: e.update(payload=e["payload"].rstrip("=") + "\n"))) == "ATT004"
    assert (
        code_of(rewritten(lambda e: e["signatures"][0].update(sig=e["signatures"][0]["sig"].rstrip("=")))) == "ATT004"
    )


def test_a15_no_member_chooses_an_algorithm() -> None:
    assert code_of(rewritten(lambda e: e["signatures"][0].update(alg="none"))) == "ATT004"


def test_a15_a_signature_of_another_algorithm_or_length_is_refused() -> None:
    payload = base64.b64decode(json.loads(ENVELOPE)["payload"])
    other = ec.generate_private_key(ec.SECP256R1()).sign(pae(PAYLOAD_TYPE, payload), ec.ECDSA(SHA256()))
    for signature in (other, b"", b"\0" * 64, KEY.sign(pae(PAYLOAD_TYPE, payload)) + b"\0"):
        sig = base64.b64encode(signature).decode()
        assert code_of(rewritten(lambda e, sig=sig: e["signatures"][0].update(sig=sig))) == "ATT007"


def test_a15_the_other_equation_of_ed25519_is_refused() -> None:
    # RFC 8032, 5.1.7: S must be below L, else S + L would be a second signature of the same message
    def add_order(envelope: dict[str, Any]) -> None:
        signature = base64.b64decode(envelope["signatures"][0]["sig"])
        order = 2**252 + 27742317777372353535851937790883648493
        scalar = int.from_bytes(signature[32:], "little") + order
        envelope["signatures"][0]["sig"] = base64.b64encode(signature[:32] + scalar.to_bytes(32, "little")).decode()

    assert code_of(rewritten(add_order)) == "ATT007"


def test_a16_one_signature_twice_is_not_two() -> None:
    assert code_of(rewritten(lambda e: e["signatures"].append(e["signatures"][0]))) == "ATT004"
    with pytest.raises(KeyFileError) as caught:
        keyring_of([("one", KEY.public), ("two", KEY.public)])
    assert caught.value.code == "TRU009"


def test_a17_an_empty_keyring_is_no_keyring() -> None:
    with pytest.raises(KeyFileError) as caught:
        Keyring(())
    assert caught.value.code == "TRU010"


def test_a18_what_is_not_signed_is_refused_whatever_is_asked_for() -> None:
    for none in ([], None, {}, ""):
        assert code_of(rewritten(lambda e, none=none: e.update(signatures=none)), require=frozenset()) == "ATT004"
    assert code_of(canonical(payload_of(ENVELOPE)), require=frozenset()) == "ATT004"


def test_a19_a_key_is_never_taken_from_the_envelope() -> None:
    mallory = a_key(9)
    assert code_of(signed(key=mallory)) == "ATT006"
    with_key = rewritten(lambda e: e.update(publicKey=mallory.public.pem.decode()), signed(key=mallory))
    assert code_of(with_key) == "ATT004"


def test_a19_the_id_of_a_trusted_key_on_another_keys_signature_is_refused() -> None:
    stolen = rewritten(lambda e: e["signatures"][0].update(keyid=KEY.public.id), signed(key=a_key(9)))
    assert code_of(stolen) == "ATT007"


class TestHiddenFail:
    """A21: results that do not give the counts or the verdict."""

    def test_counts_that_hide_a_fail_are_refused(self) -> None:
        hidden = forged(lambda s: s["predicate"]["results"][1].update(outcome="fail"))
        step = examined(hidden).decisive
        assert step is not None
        assert (step.code, "counts 2 `pass`" in step.reason) == ("ATT018", True)

    def test_a_verdict_better_than_its_results_is_refused(self) -> None:
        report = replace(REPORT, results=(result("r", Outcome.FAIL),), verdict=Verdict.COMPLIANT)
        assert code_of(signed(report)) == "ATT018"

    def test_a_verdict_on_nothing_is_refused(self) -> None:
        assert code_of(signed(replace(REPORT, results=(), verdict=Verdict.COMPLIANT))) == "ATT018"

    def test_a_rule_twice_is_refused(self) -> None:
        assert code_of(signed(replace(REPORT, results=(result("r"), result("r"))))) == "ATT018"

    def test_results_out_of_order_are_refused(self) -> None:
        assert code_of(forged(lambda s: s["predicate"]["results"].reverse())) == "ATT018"

    def test_results_of_a_layer_that_was_not_there_are_refused(self) -> None:
        content = forged(lambda s: s["predicate"]["policies"].update(local=None))
        assert code_of(content, local_files=None) == "ATT018"

    def test_a_waived_rule_cannot_be_verified_without_its_waiver(self) -> None:
        step = examined(signed(replace(REPORT, results=(result("r", Outcome.WAIVED),)))).decisive
        assert step is not None
        assert (step.code, step.status) == ("ATT020", "fail")


def test_a20_a_key_speaks_for_its_domain_only() -> None:
    for domain, code in (("finance", None), ("hr", "ATT013"), ("Finance", "ATT013")):
        assert code_of(keyring=Keyring((TrustedKey("d", KEY.public, domain),))) == code
    contract = PRODUCT.replace(b"domain: finance\n", b"")
    stateless = signed(replace(REPORT, domain=None, digest=digest(contract)))
    assert code_of(stateless, Keyring((TrustedKey("d", KEY.public, "finance"),)), product=contract) == "ATT013"
    assert code_of(stateless, product=contract) is None


def test_a8_a_revoked_key_signs_nothing() -> None:
    assert code_of(keyring=Keyring((TrustedKey("d", KEY.public, is_revoked=True),))) == "ATT013"


@pytest.mark.parametrize(
    ("not_before", "not_after", "code"),
    [
        (datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC), datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC), None),
        (datetime(2026, 3, 1, 12, 30, 16, tzinfo=UTC), None, "ATT014"),
        (None, datetime(2026, 3, 1, 12, 30, 14, tzinfo=UTC), "ATT014"),
        (None, datetime(2027, 1, 1, tzinfo=UTC), None),
    ],
)
def test_a25_a_key_signs_within_its_time(
    not_before: datetime | None, not_after: datetime | None, code: str | None
) -> None:
    assert code_of(keyring=Keyring((TrustedKey("d", KEY.public, None, not_before, not_after),))) == code


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b"[" + b"[]," * 2_700_000 + b"[]]",
        b"[" + b"1," * 4_000_000 + b"1]",
        b" " * (8 * 1024 * 1024 + 1),
        ENVELOPE + b" " * (8 * 1024 * 1024),
    ],
)
def test_a30_bombs_are_refused_by_their_size(bomb: bytes) -> None:
    assert code_of(bomb) == "ATT001"


def test_a30_numbers_too_long_to_read_are_refused() -> None:
    assert code_of(b"[" + b"9" * 1_000_000 + b"]") == "ATT002"


def test_a30_a_bomb_under_a_good_signature_is_refused() -> None:
    for bomb in (b"[" * 5000, b"[" + b"[]," * 100_000 + b"[]]", b'{"a":' * 40 + b"1" + b"}" * 40):
        assert code_of(wrapped(bomb)) == "ATT008"


def test_subjects_that_are_not_what_was_judged_are_refused() -> None:
    for change in (
        lambda s: s["subject"].pop(),
        lambda s: s["subject"].reverse(),
        lambda s: s["subject"][0].update(name="finance/payroll@9.9.9"),
        lambda s: s["subject"][0]["digest"].update(sha256="0" * 64),
        lambda s: s["subject"].append(s["subject"][0]),
        lambda s: s["predicate"]["product"].update(version="9.9.9"),
    ):
        assert code_of(forged(change)) == "ATT010"
