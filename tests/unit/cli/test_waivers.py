"""Waivers from the command line: as a steward, a domain engineer and somebody with bad intentions would use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_engine.cli.main import invoke

POLICY = """package acme.global

## Fields say what they are.
policy fields
  owner "data-office@acme.example"
  enforce warn, then block from 2027-06-01
  waivable by council for at most 90d
{
  ## A description.
  rule described
    for field in product.fields
    require field.description is present
}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: sales.orders
name: Orders
version: 1.0.0
status: active
schema:
- name: orders
  properties:
  - {name: id, logicalType: integer, description: The number.}
  - {name: note, logicalType: string}
  - {name: old, logicalType: string}
"""
GIVEN = ("check", "orders.odcs.yaml", "--global", "council")


def waiver(name: str = "DG_1", where: str = "", until: str = "2027-06-30", of: str = "fields.described") -> str:
    return (
        f'\nwaiver {name}\n  of acme.global.{of}\n  for product "sales.orders"{where}\n  granted 2027-05-01\n'
        f'  until {until}\n  because "it goes away"\n  approved by "council"\n'
    )


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("council", "waivers", "local"):
        Path(folder).mkdir()
    Path("council/fields.policy").write_text(POLICY)
    Path("orders.odcs.yaml").write_text(CONTRACT)
    granted("waivers/2027.policy", waiver())


def granted(file: str, *waivers: str, package: str = "acme.waivers") -> None:
    Path(file).write_text(f"package {package}\n{''.join(waivers)}")


def document(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    invoke([*GIVEN, *more, "--format", "json"])
    (product,) = json.loads(capsys.readouterr().out)["products"]
    assert isinstance(product, dict)
    return product


def test_a_rule_that_is_waived_blocks_again_on_the_day_after(capsys: pytest.CaptureFixture[str]) -> None:
    waived = ("--waivers", "waivers")
    codes = [invoke([*GIVEN, *waived, "--as-of", day]) for day in ("2027-06-01", "2027-06-30", "2027-07-01")]
    assert codes == [0, 0, 1]
    said = capsys.readouterr().out
    assert "compliant, 1 rule waived: Orders" in said
    assert "2027-07-01  acme.global.fields.described  blocks: waiver acme.waivers.DG_1 has ended" in said
    assert "acme.waivers.DG_1  expired, not applied: its last day was 2027-06-30" in said


def test_without_the_option_nothing_is_waived() -> None:
    assert invoke([*GIVEN, "--as-of", "2027-06-01"]) == 1


def test_the_report_as_json_names_what_is_waived_and_what_is_to_come(capsys: pytest.CaptureFixture[str]) -> None:
    granted("waivers/2027.policy", waiver(where=' where field.path == "orders.old"'))
    product = document(capsys, "--waivers", "waivers", "--as-of", "2027-05-15")
    (rule,) = product["rules"]
    assert rule["outcome"] == "fail"
    assert [one["subject"] for one in rule["violations"]] == ["orders.note"]
    assert [(one["subject"], one["waivers"]) for one in rule["waived"]] == [("orders.old", ["acme.waivers.DG_1"])]
    (noted,) = product["waivers"]
    assert (noted["status"], noted["granted_by"], noted["until"]) == ("applied", "council", "2027-06-30")
    assert [(one["from"], one["enforcement"]) for one in product["upcoming"]] == [
        ("2027-06-01", "block"),
        ("2027-07-01", "block"),
    ]
    assert product["policies"]["waivers"]


def test_what_would_block_then_is_asked_with_a_day_to_come(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*GIVEN, "--as-of", "2027-05-15"]) == 0
    assert "warns, and will block from 2027-06-01\n  acme.global.fields.described" in capsys.readouterr().out
    assert invoke([*GIVEN, "--as-of", "2027-06-01"]) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (waiver(of="fields"), "LNK033"),
        (waiver(of="fields", where=" where true"), "LNK033"),
        ('policy mine\n  owner "x"\n  formerly acme.global.fields\n{\n}\n', "LNK030"),
    ],
)
def test_a_domain_cannot_waive_itself(text: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    granted("local/own.policy", text, package="sales")
    assert invoke([*GIVEN, "--local", "local", "--as-of", "2027-06-01"]) == 2
    assert code in capsys.readouterr().err


def test_half_a_file_of_waivers_waives_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("waivers/2027.policy").read_text()
    for end in range(0, len(text) - len('il"\n'), 7):
        Path("waivers/2027.policy").write_text(text[:end])
        code = invoke([*GIVEN, "--waivers", "waivers", "--as-of", "2027-06-01"])
        assert code == (2 if end >= len("package acme.waivers") and "waiver " in text[:end] else code)
        assert code != 0
    assert "Traceback" not in capsys.readouterr().err


def test_no_folder_of_waivers_is_silently_empty(capsys: pytest.CaptureFixture[str]) -> None:
    Path("waivers/2027.policy").unlink()
    assert invoke([*GIVEN, "--waivers", "waivers"]) == 2
    assert "leave out --waivers" in capsys.readouterr().err


def test_more_waivers_of_one_rule_than_anybody_follows_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    many = [waiver(f"W{number}", f' where field.name == "f{number}"') for number in range(201)]
    granted("waivers/2027.policy", *many)
    assert invoke(["lint", "council", "--waivers", "waivers"]) == 1
    assert "more than 200 waivers of `acme.global.fields.described` for `sales.orders`" in capsys.readouterr().out
    granted("waivers/2027.policy", *many[:200])
    assert invoke(["lint", "council", "--waivers", "waivers"]) == 0


def test_a_changed_waiver_is_no_waiver_that_was_kept_compiled() -> None:
    assert invoke([*GIVEN, "--waivers", "waivers", "--as-of", "2027-06-01"]) == 0
    granted("waivers/2027.policy", waiver(where=' where field.path == "orders.id"'))
    assert invoke([*GIVEN, "--waivers", "waivers", "--as-of", "2027-06-01"]) == 1


def test_the_catalogue_and_explaining_a_rule_know_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["docs", "council", "--waivers", "waivers", "-o", "site", "--as-of", "2027-06-01"]) == 0
    assert "it goes away" in Path("site/waivers.html").read_text()
    asked = ("--product", "orders.odcs.yaml", "--global", "council", "--waivers", "waivers", "--as-of", "2027-06-01")
    assert invoke(["explain", "described", *asked]) == 0
    assert "waived by acme.waivers.DG_1 until 2027-06-30" in capsys.readouterr().out
