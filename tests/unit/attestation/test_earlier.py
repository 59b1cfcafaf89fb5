"""Attestations of earlier versions as a base of comparison: whose numbers are taken, and whose are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policy_engine.attestation.earlier import read_earlier
from policy_engine.attestation.statement import PREDICATE_V1
from policy_engine.errors import InputError, UsageError, VerificationError
from policy_engine.evaluation.model import Attested
from policy_engine.product import Product
from policy_engine.product.read import parse_product
from policy_engine.trust import Keyring, TrustedKey, keyring_of

from .samples import KEY, KEYRING, PRODUCT, REPORT, a_key, code_of, forged, payload_of, rewritten, signed

COUNTED = replace(REPORT, row_counts=(("employees", 120),))
THIS = parse_product(PRODUCT.replace(b"1.2.0", b"1.3.0"), "payroll.yaml")


def read(tmp_path: Path, envelope: bytes, keyring: Keyring | None = None, product: Product = THIS) -> Attested:
    path = tmp_path / "payroll.attestation.json"
    path.write_bytes(envelope)
    return read_earlier(path, product, keyring)


def test_with_a_keyring_the_numbers_are_the_signers(tmp_path: Path) -> None:
    found = read(tmp_path, signed(COUNTED), KEYRING)
    assert (dict(found.row_counts), found.version) == ({"employees": 120}, "1.2.0")
    assert (found.verified_by, found.key_id) == ("council", KEY.public.id)


def test_without_a_keyring_nobody_verified_them(tmp_path: Path) -> None:
    found = read(tmp_path, rewritten(lambda one: one["signatures"][0].update(sig="AA" * 43 + "A="), signed(COUNTED)))
    assert (dict(found.row_counts), found.verified_by, found.key_id) == ({"employees": 120}, None, None)


def test_a_changed_number_is_refused_with_a_keyring(tmp_path: Path) -> None:
    other = signed(COUNTED, a_key(2))
    with pytest.raises(VerificationError) as refused:
        read(tmp_path, other, KEYRING)
    assert refused.value.code == "ATT006"


def test_an_attestation_of_another_product_is_refused_signed_or_not(tmp_path: Path) -> None:
    other = parse_product(PRODUCT.replace(b"id: payroll", b"id: payslips"), "payslips.yaml")
    for keyring in (None, KEYRING):
        with pytest.raises(UsageError, match="another product: `payroll`, not `payslips`"):
            read(tmp_path, signed(COUNTED), keyring, other)


def test_a_key_of_another_domain_says_nothing_about_this_product(tmp_path: Path) -> None:
    moved = parse_product(PRODUCT.replace(b"domain: finance", b"domain: hr"), "payroll.yaml")
    keyring = Keyring((TrustedKey("finance", KEY.public, domain="finance"),))
    assert read(tmp_path, signed(COUNTED), keyring).verified_by == "finance"
    with pytest.raises(UsageError, match="may speak for `finance` and not for `hr`"):
        read(tmp_path, signed(COUNTED), keyring, moved)


@pytest.mark.parametrize(
    "key",
    [
        TrustedKey("old", KEY.public, is_revoked=True),
        TrustedKey("old", KEY.public, not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_key_that_is_revoked_or_out_of_its_time_vouches_for_nothing(key: TrustedKey, tmp_path: Path) -> None:
    with pytest.raises(VerificationError):
        read(tmp_path, signed(COUNTED), Keyring((key,)))


def test_what_is_no_attestation_is_refused_without_a_keyring_too(tmp_path: Path) -> None:
    with pytest.raises(VerificationError):
        read(tmp_path, b"{}")
    with pytest.raises(InputError):
        read_earlier(tmp_path / "nothing.json", THIS, None)


def test_the_first_version_of_the_format_is_read_and_counts_nothing(tmp_path: Path) -> None:
    def older(statement: dict[str, object]) -> None:
        statement["predicateType"] = PREDICATE_V1
        predicate = statement["predicate"]
        assert isinstance(predicate, dict)
        del predicate["metrics"]
        del predicate["waivers"]
        del predicate["policies"]["waivers"]

    envelope = forged(older)
    assert code_of(envelope) is None
    assert dict(read(tmp_path, envelope, keyring_of([("council", KEY.public)])).row_counts) == {}


@pytest.mark.parametrize(
    "metrics",
    [
        None,
        {"rowCounts": []},
        {"rowCounts": [{"dataset": "employees", "rows": -1}], "earlier": []},
        {"rowCounts": [{"dataset": "employees", "rows": 1}] * 2, "earlier": []},
        {"rowCounts": [{"dataset": "unread", "rows": 1}], "earlier": []},
        {"rowCounts": [{"dataset": "salaries", "rows": 1}], "earlier": []},
        {"rowCounts": [], "earlier": [{"digest": {"sha256": "0" * 64}}]},
        {"rowCounts": [], "earlier": [], "more": 1},
    ],
)
def test_malformed_metrics_are_refused(metrics: object) -> None:
    assert code_of(forged(lambda one: one["predicate"].update(metrics=metrics), signed(COUNTED))) == "ATT010"


def test_each_version_has_its_own_members() -> None:
    assert code_of(forged(lambda one: one.update(predicateType=PREDICATE_V1))) == "ATT010"
    assert code_of(forged(lambda one: one["predicate"].pop("metrics"))) == "ATT010"


def test_what_was_compared_with_is_stated_with_the_key_that_verified_it(tmp_path: Path) -> None:
    before = (read(tmp_path, signed(COUNTED), KEYRING), read(tmp_path, signed(COUNTED)))
    stated = payload_of(signed(replace(REPORT, earlier=before)))["predicate"]["metrics"]
    assert [one["key"] for one in stated["earlier"]] == [KEY.public.id, None]
    assert stated["rowCounts"] == []
