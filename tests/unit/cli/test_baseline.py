"""A baseline from the command line: a legacy product starts today, nothing new hides behind it, and it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_engine.cli.main import invoke

POLICY = """package acme.rules

## Fields say what they are.
policy fields
  owner "data-office@acme.example"
  waivable by council for at most 90d
{
  ## A description.
  rule described
    for field in product.fields
    require field.description is present
  ## A type, some day.
  rule typed
    enforce warn
    for field in product.fields
    require field.type is present
}
"""
ROWS = """package acme.rows

## Values are there.
policy values
  owner "data-office@acme.example"
{
  ## Each row has a number.
  rule numbered
    for row in dataset("orders").rows
    require row.id is present
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
  - {name: old}
"""
NEW = "  - {name: more, logicalType: string}\n"
CHECK = ("check", "orders.odcs.yaml", "--global", "council", "--baseline", "baseline.json")
DAY = ("--as-of", "2027-01-01")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("council").mkdir()
    Path("council/fields.policy").write_text(POLICY)
    Path("orders.odcs.yaml").write_text(CONTRACT)


def record(*options: str) -> None:
    assert invoke([*CHECK, *DAY, "--update-baseline", *options]) == 0


def entries() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(Path("baseline.json").read_text())["violations"]
    return listed


def product(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = invoke([*CHECK, "--format", "json", *options])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document["products"][0]


def test_what_is_known_does_not_hold_up_the_change_and_the_verdict_stays_what_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert invoke([*CHECK[:4], *DAY]) == 1
    record()
    code, found = product(capsys, *DAY)
    assert code == 0
    assert found["verdict"] == "non_compliant"
    assert found["baseline"] | {"file": ""} == {
        "file": "", "verdict": "compliant", "known": 3, "expired": 0, "new": 0, "fixed": [], "lost": [],
    }  # fmt: skip
    assert entries()[0] == {
        "product": "sales.orders", "rule": "acme.rules.fields.described", "subject": "orders.note",
        "recorded": "2027-01-01", "expires": "2027-06-30",
    }  # fmt: skip


def test_text_says_first_that_all_is_known_and_lists_only_what_counts(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    capsys.readouterr()
    Path("orders.odcs.yaml").write_text(CONTRACT)
    assert invoke([*CHECK, *DAY]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("not compliant, all of it known: Orders")
    assert "2 known, until 2027-06-30: orders.note, orders.old" in shown
    Path("orders.odcs.yaml").write_text(CONTRACT + NEW)
    assert invoke([*CHECK, *DAY]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("not compliant: Orders")
    assert "baseline baseline.json: 1 new, 3 known" in shown
    assert "orders.more does not meet" in shown
    assert "orders.note does not meet" not in shown


def test_what_is_mended_leaves_and_cannot_come_back(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    Path("orders.odcs.yaml").write_text(CONTRACT.replace("{name: old}", "{name: old, description: Gone soon.}"))
    code, found = product(capsys, *DAY)
    assert (code, found["baseline"]["fixed"]) == (
        0, [{"rule": "acme.rules.fields.described", "subject": "orders.old"}],
    )  # fmt: skip
    record()
    assert [one["subject"] for one in entries()] == ["orders.note", "orders.old"]
    Path("orders.odcs.yaml").write_text(CONTRACT)
    assert invoke([*CHECK, *DAY]) == 1


def test_recording_again_prolongs_nothing_and_what_expired_counts(capsys: pytest.CaptureFixture[str]) -> None:
    record("--expires", "2027-02-01")
    first = Path("baseline.json").read_bytes()
    assert invoke([*CHECK, "--as-of", "2027-01-31", "--update-baseline"]) == 0
    assert Path("baseline.json").read_bytes() == first
    code, found = product(capsys, "--as-of", "2027-02-01")
    assert (code, found["baseline"]["expired"], found["baseline"]["verdict"]) == (1, 3, "non_compliant")
    assert invoke([*CHECK, "--as-of", "2027-02-01", "--update-baseline"]) == 1
    assert "the time to mend it ended on 2027-02-01" in capsys.readouterr().out
    assert Path("baseline.json").read_bytes() == first
    assert invoke([*CHECK, "--as-of", "2027-02-01", "--update-baseline", "--expires", "2027-03-01"]) == 0
    assert {one["expires"] for one in entries()} == {"2027-03-01"}
    assert product(capsys, "--as-of", "2027-01-31")[0] == 1, "of a day before it was recorded it says nothing"


def test_other_products_and_rules_that_nobody_looked_at_stay(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    Path("other.odcs.yaml").write_text(CONTRACT.replace("sales.orders", "sales.other"))
    assert invoke(["check", "other.odcs.yaml", *CHECK[2:], *DAY, "--update-baseline"]) == 0
    assert {one["product"] for one in entries()} == {"sales.orders", "sales.other"}
    Path("council/fields.policy").write_text(POLICY.replace("policy fields", "policy others"))
    code, found = product(capsys, *DAY)
    assert (code, len(found["baseline"]["lost"])) == (1, 3)


def test_a_rule_that_was_renamed_is_known_by_its_former_name(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    renamed = POLICY.replace("rule described\n", "rule explained\n    formerly described\n")
    Path("council/fields.policy").write_text(renamed.replace("policy fields\n", "policy columns\n  formerly fields\n"))
    code, found = product(capsys, *DAY)
    assert (code, found["baseline"]["known"]) == (0, 3)
    record()
    assert {one["rule"] for one in entries()} == {"acme.rules.columns.explained", "acme.rules.columns.typed"}


def test_a_larger_share_of_rows_is_new_and_a_smaller_one_is_the_new_bound(capsys: pytest.CaptureFixture[str]) -> None:
    Path("council/rows.policy").write_text(ROWS)
    data = ("--data", "orders=orders.csv")

    def rows(missing: int) -> None:
        Path("orders.csv").write_text("id,note,old\n" + ",a,b\n" * missing + "1,a,b\n" * (10 - missing))

    rows(2)
    record(*data)
    (entry,) = (one for one in entries() if one["rule"].endswith("numbered"))
    assert (entry["count"], entry["scanned"]) == (2, 10)
    rows(3)
    code, found = product(capsys, *DAY, *data)
    assert (code, found["baseline"]["new"]) == (1, 1)
    rows(1)
    record(*data)
    rows(2)
    assert product(capsys, *DAY, *data)[0] == 1
    assert product(capsys, *DAY)[1]["baseline"]["fixed"] == [], "without data nobody knows"
    record()
    assert any(one["rule"].endswith("numbered") for one in entries())


def test_what_is_undecided_is_never_known(capsys: pytest.CaptureFixture[str]) -> None:
    Path("council/rows.policy").write_text(ROWS)
    assert invoke([*CHECK, *DAY, "--update-baseline", "--stage", "publish"]) == 3
    assert not any(one["rule"].endswith("numbered") for one in entries())


def test_every_format_says_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    Path("orders.odcs.yaml").write_text(CONTRACT + NEW)
    capsys.readouterr()
    assert invoke([*CHECK, *DAY, "--format", "sarif"]) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    states = {one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: one for one in results}
    assert states["orders.more"]["baselineState"] == "new"
    assert "suppressions" not in states["orders.more"]
    assert states["orders.note"]["baselineState"] == "unchanged"
    assert "to be mended by 2027-06-30" in states["orders.note"]["suppressions"][0]["justification"]
    for form in ("github", "gitlab"):
        invoke([*CHECK, *DAY, "--format", form])
        shown = capsys.readouterr().out
        assert "orders.more" in shown
        assert "orders.note" not in shown
    Path("orders.odcs.yaml").write_text(CONTRACT)
    assert invoke([*CHECK, *DAY, "--format", "junit"]) == 0
    assert 'failures="0"' in capsys.readouterr().out
    assert invoke([*CHECK, *DAY, "--format", "markdown"]) == 0
    assert "2 known, until 2027-06-30" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no JSON"),
        ("[]", "its `schema` is not"),
        ('{"schema": "urn:policy-engine:report:v1", "violations": []}', "its `schema` is not"),
        ('{"schema": "urn:policy-engine:baseline:v1"}', "`violations` is no list"),
        ('{"schema": "urn:policy-engine:baseline:v1", "violations": [], "all": true}', "a member 'all'"),
        ('{"schema": "urn:policy-engine:baseline:v1", "violations": [7]}', "entry 1 is no object"),
        ('{"violations": [], "violations": []}', "is there twice"),
        ("[" * 100_000, "nested deeper"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused_with_what_is_wrong(
    content: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("baseline.json").write_text(content)
    for update in ([], ["--update-baseline"]):
        assert invoke([*CHECK, *DAY, *update]) == 2
        assert said in capsys.readouterr().err
    assert Path("baseline.json").read_text() == content


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("product", 1, "`product` is no text"),
        ("subject", "", "`subject` is no text"),
        ("recorded", "2027-02-30", "`recorded` is no day"),
        ("expires", "2099-01-01", "within 366 days"),
        ("expires", "2027-01-01", "within 366 days"),
        ("count", True, "`count` is no number above 0"),
        ("scanned", 3, "`count` is not within `scanned`"),
        ("message", "x", "a member 'message'"),
    ],
)
def test_an_entry_that_says_what_no_entry_may_is_refused(
    member: str, value: object, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record()
    Path("baseline.json").write_text(
        json.dumps({"schema": "urn:policy-engine:baseline:v1", "violations": [entries()[0] | {member: value}]})
    )
    assert invoke([*CHECK, *DAY]) == 2
    assert said in capsys.readouterr().err


def test_an_entry_that_is_there_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    document = {"schema": "urn:policy-engine:baseline:v1", "violations": entries()[:1] * 2}
    Path("baseline.json").write_text(json.dumps(document))
    assert invoke([*CHECK, *DAY]) == 2
    assert "is there twice for 'orders.note'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--update-baseline",), "no baseline was named"),
        (("--expires", "2027-02-01"), "no baseline was named"),
        (("--baseline", "none.json"), "there is no baseline"),
        (("--baseline", "council"), "cannot read"),
        (("--baseline", "b.json", "--expires", "2027-02-01"), "add --update-baseline"),
        (("--baseline", "b.json", "--update-baseline", "--expires", "soon"), "is no day"),
        (("--baseline", "b.json", "--update-baseline", "--expires", "2028-06-01"), "within the 366 days"),
        (("--baseline", "b.json", "--update-baseline", "--expires", "2027-01-01"), "within the 366 days"),
    ],
)
def test_calls_that_make_no_sense_write_nothing(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke([*CHECK[:4], *DAY, *options]) == 2
    assert said in capsys.readouterr().err
    assert not Path("b.json").exists()


def test_a_read_only_baseline_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    before = Path("baseline.json").read_bytes()
    Path("baseline.json").chmod(0o444)
    Path("orders.odcs.yaml").write_text(CONTRACT + NEW)
    assert invoke([*CHECK, *DAY, "--update-baseline"]) == 2
    assert "is read-only" in capsys.readouterr().err
    assert Path("baseline.json").read_bytes() == before


def test_a_waived_violation_is_not_recorded_and_one_that_is_known_stays(capsys: pytest.CaptureFixture[str]) -> None:
    record()
    Path("waivers").mkdir()
    Path("waivers/w.policy").write_text(
        'package acme.waivers\nwaiver W\n  of acme.rules.fields.described\n  for product "sales.orders" where '
        'field.path in {"orders.note", "orders.more"}\n  granted 2026-12-01\n  until 2027-01-31\n'
        '  because "x"\n  approved by "council"\n'
    )
    Path("orders.odcs.yaml").write_text(CONTRACT + NEW)
    record("--waivers", "waivers")
    assert [one["subject"] for one in entries()] == ["orders.note", "orders.old", "orders.old"]
    assert product(capsys, *DAY)[0] == 1
