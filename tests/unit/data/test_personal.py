from __future__ import annotations

import hashlib
import json
import random
import uuid
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.data import open_source, scan
from policy_engine.data.model import Count, Personal, PiiFinding, ValueEvidence
from policy_engine.data.personal import findings
from policy_engine.data.personal.validators import DETECTORS
from policy_engine.product.model import Field

from .tables import ask, field, product, write_parquet

VERIFY = {detector.kind: detector.is_verified for detector in DETECTORS}


def _named(name: str, **more: Any) -> set[str]:
    return {finding.kind for finding in findings(field(name, "string", **more), None)}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email", "pii.email"),
        ("customerEmail", "pii.email"),
        ("E-Mail-Adresse", "pii.email"),
        ("EMAIL_ADDRESS_2", "pii.email"),
        ("correo_electronico", "pii.email"),
        ("contact_mail", "pii.email"),
        ("phone_number", "pii.phone"),
        ("MobilePhone", "pii.phone"),
        ("Telefonnummer", "pii.phone"),
        ("téléphone", "pii.phone"),
        ("teléfono_movil", "pii.phone"),
        ("handynummer", "pii.phone"),
        ("iban", "pii.iban"),
        ("Kontonummer", "pii.iban"),
        ("credit_card_number", "pii.card"),
        ("Kreditkartennummer", "pii.card"),
        ("client_ip", "pii.ip"),
        ("ip_address", "pii.ip"),
        ("IPAddress", "pii.ip"),
        ("first_name", "pii.name"),
        ("employee_last_name", "pii.name"),
        ("Nachname", "pii.name"),
        ("prénom", "pii.name"),
        ("cognome", "pii.name"),
        ("achternaam", "pii.name"),
        ("apellidos", "pii.name"),
        ("street", "pii.address"),
        ("PLZ", "pii.address"),
        ("Straße", "pii.address"),
        ("zip_code", "pii.address"),
        ("date_of_birth", "pii.birth_date"),
        ("geburtsdatum", "pii.birth_date"),
        ("DateDeNaissance", "pii.birth_date"),
        ("ssn", "pii.national_id"),
        ("codice_fiscale", "pii.national_id"),
        ("BSN", "pii.national_id"),
        ("passport_no", "pii.passport"),
        ("gender", "pii.gender"),
    ],
)
def test_names_in_six_languages_say_what_a_field_holds(name: str, kind: str) -> None:
    assert _named(name) == {kind}


@pytest.mark.parametrize(
    "name",
    [
        "email_sent_count", "phone_type", "ip_count", "name", "product_name", "file_name", "is_email_verified", "email_id",
        "address_id", "mac_address", "web_address", "street_type", "phone_model", "email_template", "ship", "description",
        "recipient_count", "iphone_sales", "gender_ratio", "total_amt", "employee_id", "payroll_id", "month", "mail_server",
        "card_type", "hotel", "emailed_at", "ipo_date", "phone_country_code", "num_phones", "ip_version", "telemetry",
        "company_name", "table_name", "order_number", "cancel_reason", "last_login_at", "birth_country_code", "email_hash",
    ],
)  # fmt: skip
def test_names_that_only_sound_personal_say_nothing(name: str) -> None:
    assert _named(name) == set()


def test_physical_and_business_names_count_too() -> None:
    assert _named("c17", physical_name="cust_email") == {"pii.email"}
    assert _named("c17", business_name="Date of birth") == {"pii.birth_date"}


def test_a_flag_and_a_field_with_parts_are_not_judged_by_their_names() -> None:
    assert findings(field("email", "boolean"), None) == ()
    assert findings(field("address", "object", fields=(field("street"),)), None) == ()


def test_a_name_alone_gives_its_documented_confidence_and_no_counts() -> None:
    assert findings(field("email", "string"), None) == (
        PiiFinding("t.email", "pii.email", Fraction(9, 10), "field name", 0, 0, None, None),
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("pii.email", "ada@example.org"),
        ("pii.email", "write to Ada.Lovelace+tag@sub.example.co.uk, please."),
        ("pii.email", "<josé@münchen.de>"),
        ("pii.phone", "+6591820021"),
        ("pii.phone", "call +49 (30) 901820 now"),
        ("pii.phone", "+1-202-456-1111"),
        ("pii.iban", "DE89370400440532013000"),
        ("pii.iban", "IBAN DE89 3704 0044 0532 0130 00 IS MINE"),
        ("pii.iban", "gb82 then GB82WEST12345698765432."),
        ("pii.card", "4111111111111111"),
        ("pii.card", "card: 5555-5555-5555-4444."),
        ("pii.card", "3782 822463 10005"),
        ("pii.ip", "203.0.113.7"),
        ("pii.ip", "from 8.8.8.8, then"),
        ("pii.ip", "2001:db8::1"),
        ("pii.ip", "2001:0db8:0000:0000:0000:ff00:0042:8329"),
    ],
)
def test_real_values_are_verified_also_inside_text(tmp_path: Path, kind: str, text: str) -> None:
    evidence = _evidence(tmp_path, ["nothing", text, None])
    assert evidence[kind] == ValueEvidence(kind, 2, 1, 1, 1)
    assert sum(each.verified for each in evidence.values()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "user@host", "sprite@2x.png", "@mention", "a@b.c", "ada@example..org", "e = m@c",
        "+1234567", "+000000000000", "1 + 2345678901", "030 901820", "2024-01-01 10:00:00+0000", "2024-01-01T10:00:00+01:00",
        "DE89370400440532013001", "AB12CDEF34567890ABCD", "SKU12345678901234",
        "4111111111111112", "1234567890123452", "0000000000000000", "4444444444444444", "1700000000000", "20240101123456",
        "123-4111111111111111", "41111111111111110000", "4111 1111-1111 1111",
        "999.1.1.1", "1.2.3", "v1.2.3.4", "127.0.0.1", "255.255.255.0", "0.0.0.0", "1.2.3.4.5", "12:30:45", "aa:bb:cc:dd:ee:ff",
        "std::vector", "::", "::1", "4020c09c-3d57-4401-b98b-f4670635c3a2", "12345678-1234-4123-8123-123456789012", "e123213",
        "2024-12-24T03:12:23+00:00", "93600", "3.14159265358979323846",
    ],
)  # fmt: skip
def test_what_only_looks_personal_is_not_verified(tmp_path: Path, text: str) -> None:
    assert not [each for each in _evidence(tmp_path, [text]).values() if each.verified]


def _evidence(folder: Path, values: list[Any], of: Field | None = None) -> dict[str, ValueEvidence]:
    path = write_parquet(folder / "t.parquet", {"v": values})
    answer = ask(product(of or field("v", "string")), path, Personal("t", "v"))
    assert isinstance(answer, tuple), answer
    return {evidence.kind: evidence for evidence in answer}


def test_identifiers_and_hashes_in_bulk_are_not_taken_for_personal_data(tmp_path: Path) -> None:
    rng = random.Random(7)
    decoys = [str(uuid.UUID(int=rng.getrandbits(128), version=4)) for _ in range(20_000)]
    decoys += [hashlib.sha256(str(n).encode()).hexdigest() for n in range(20_000)]
    decoys += [f"e{n:06d}" for n in range(20_000)]
    decoys += [f"ORD-2024-{n:08d}" for n in range(20_000)]
    assert not [each for each in _evidence(tmp_path, decoys).values() if each.verified]


def test_random_digits_that_pass_the_check_digit_as_chance_has_it_give_no_confidence(tmp_path: Path) -> None:
    rng = random.Random(7)
    numbers = [f"4{rng.randrange(10**15):015d}" for _ in range(5000)]
    (finding,) = findings(field("order_no", "string"), tuple(_evidence(tmp_path, numbers).values()))
    assert finding.kind == "pii.card"
    assert finding.count > 300
    assert finding.confidence < Fraction(1, 5)


def test_numbers_stored_as_integers_are_looked_at(tmp_path: Path) -> None:
    assert _evidence(tmp_path, [4111111111111111, 1])["pii.card"].verified == 1


def test_dates_and_floats_have_no_room_for_personal_data(tmp_path: Path) -> None:
    assert {each.candidates for each in _evidence(tmp_path, [1.5, None, 2.5]).values()} == {0}
    assert {each.scanned for each in _evidence(tmp_path, [1.5, None, 2.5]).values()} == {2}


def test_values_inside_lists_are_looked_at(tmp_path: Path) -> None:
    assert _evidence(tmp_path, [["x", "ada@example.org"], []])["pii.email"].verified == 1


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_fields_inside_lists_are_looked_at_element_by_element(tmp_path: Path, ending: str) -> None:
    rows: list[dict[str, Any]] = [{"n": 1, "l": [{"v": "ada@example.org"}, {"v": None}, {"v": "x"}]}, {"n": 2, "l": []}]
    path = tmp_path / f"t.{ending}"
    if ending == "parquet":
        write_parquet(path, rows)
    else:
        path.write_text("\n".join(json.dumps(row) for row in rows))
    inner = replace(field("v", "string"), path="t.l[].v")
    of = product(field("n", "integer"), field("l", "array", fields=(inner,)), inner)
    answers = scan(of, {"t": open_source("t", path)}, [Personal("t", "l[].v"), Count("t")])
    evidence = answers[Personal("t", "l[].v")]
    assert isinstance(evidence, tuple)
    assert ValueEvidence("pii.email", 2, 1, 1, 1) in evidence
    assert answers[Count("t")] == 2


def test_one_address_among_many_values_is_found_and_nearly_certain(tmp_path: Path) -> None:
    values = ["nothing to see"] * 100_000 + ["ada@example.org"]
    (finding,) = findings(field("note", "string"), tuple(_evidence(tmp_path, values).values()))
    assert (finding.kind, finding.count, finding.scanned) == ("pii.email", 1, 100_001)
    assert finding.share == Fraction(1, 100_001)
    assert finding.confidence == Fraction(99, 100)
    assert finding.evidence == "values"


def test_more_distinct_candidates_than_are_verified_are_counted_and_estimated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy_engine.data.personal.values.VERIFIED_AT_MOST", 100)
    found = _evidence(tmp_path, [f"user{n}@example.org" for n in range(1000)])["pii.email"]
    assert found == ValueEvidence("pii.email", 1000, 1000, 100, 100)
    (finding,) = findings(field("note", "string"), (found,))
    assert finding.share == 1
    assert finding.count == 100


def test_a_name_and_its_values_together_are_surer_than_either(tmp_path: Path) -> None:
    evidence = tuple(_evidence(tmp_path, ["+6591820021", "+6581234567"]).values())
    (both,) = findings(field("phone", "string"), evidence)
    assert both.evidence == "field name and values"
    assert both.confidence == 1 - Fraction(1, 10) * Fraction(5, 100)


def test_values_that_are_something_else_speak_against_a_name_but_not_against_a_phone(tmp_path: Path) -> None:
    evidence = tuple(_evidence(tmp_path, ["030 901820", "x"]).values())
    assert findings(field("email", "string"), evidence)[0].confidence == Fraction(9, 20)
    assert findings(field("phone", "string"), evidence)[0].confidence == Fraction(9, 10)
    assert findings(field("phone", "string"), evidence)[0].share == 0


def test_a_kind_that_is_known_by_name_only_claims_no_scanned_values(tmp_path: Path) -> None:
    evidence = tuple(_evidence(tmp_path, ["Ada", "Grace"]).values())
    (finding,) = findings(field("first_name", "string"), evidence)
    assert (finding.confidence, finding.count, finding.scanned, finding.share) == (Fraction(9, 10), 0, 0, None)


def test_an_address_in_a_field_of_versions_is_doubted(tmp_path: Path) -> None:
    evidence = tuple(_evidence(tmp_path, ["1.2.3.4"]).values())
    assert findings(field("firmware_version", "string"), evidence)[0].confidence == Fraction(1, 20)
    assert findings(field("note", "string"), evidence)[0].confidence == Fraction(1, 2)


@given(
    kind=st.sampled_from(sorted(VERIFY)),
    verified=st.integers(1, 1000),
    others=st.integers(0, 1000),
    rest=st.integers(0, 1000),
    name=st.sampled_from(["email", "note", "client_ip", "version"]),
)
def test_a_verified_value_is_always_reported_and_confidence_is_a_probability(
    kind: str, verified: int, others: int, rest: int, name: str
) -> None:
    candidates = verified + others
    evidence = ValueEvidence(kind, candidates + rest, candidates, verified, candidates)
    (finding,) = (each for each in findings(field(name, "string"), (evidence,)) if each.kind == kind)
    assert 0 < finding.confidence <= 1
    assert finding.share == Fraction(verified, candidates + rest)


def test_findings_and_evidence_never_hold_a_value(tmp_path: Path) -> None:
    evidence = tuple(_evidence(tmp_path, ["ada@example.org", "4111111111111111"]).values())
    shown = str(evidence) + str(findings(field("note", "string"), evidence))
    assert "ada" not in shown
    assert "4111" not in shown


@pytest.mark.parametrize(
    ("name", "kind"),
    [("firstname", "pii.name"), ("phonenumber", "pii.phone"), ("addressline1", "pii.address"), ("nationalidnumber", "pii.national_id")],
)  # fmt: skip
def test_an_object_without_parts_is_judged_by_its_name(name: str, kind: str) -> None:
    field = Field(name=name, path=f"people.{name}", dataset="people", type="object")
    assert [finding.kind for finding in findings(field, None)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.de/?mail=anna@web.de&lang=de",
        "anna@web.de|bob@web.de",
        "mail%3Danna%40web.de%26lang",
        *(f"{before}anna@web.de{after}" for before, after in ("{}", "==", "//", "??", "##", "**", "``", "“”", "«»", "––", "……")),  # noqa: RUF001
    ],
)  # fmt: skip
def test_an_address_is_found_whatever_stands_around_it(text: str, tmp_path: Path) -> None:
    assert VERIFY["pii.email"](text)


def test_addresses_inside_objects_lists_and_maps_are_found(tmp_path: Path) -> None:
    import pyarrow as pa

    one = pa.struct([("e", pa.string())])
    types = {"s": one, "l": pa.list_(one), "m": pa.map_(pa.string(), pa.string())}
    row = {"s": {"e": "anna@web.de"}, "l": [{"e": "anna@web.de"}], "m": [("k", "anna@web.de")]}
    path = write_parquet(tmp_path / "t.parquet", [row] * 3, pa.schema(list(types.items())))
    for name, type_ in (("s", "object"), ("l", "array"), ("m", "object"), ("m", None)):
        answer = ask(product(field(name, type_)), path, Personal("t", name))
        assert isinstance(answer, tuple), answer
        assert {one.kind: one.verified for one in answer}["pii.email"] == 3
