"""`--previous-attestation`: the silent loss of records, from one attestation to the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import CONTRACT, DESCRIBED

from policy_engine.cli.main import invoke

POLICY = """package council.rules
policy volume
  owner "council@example.org"
{
  ## Records do not get lost in silence.
  rule no_silent_loss
    for dataset in product.datasets
    when dataset.recent_row_count is present
    require dataset.row_count >= dataset.recent_row_count * 90%
    message "{dataset.name}: {dataset.row_count} rows, once {dataset.recent_row_count}"
}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product whose first version was attested with 100 rows."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/volume.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT.format(description=DESCRIBED), encoding="utf-8")
    assert invoke(["keys", "generate", "ci"]) == 0
    load(100)
    assert run("attest", "--key", "ci.key", "-o", "first.json", "--previous", "none") == 3
    return tmp_path


def load(rows: int) -> None:
    Path("orders.csv").write_text("id\n" + "".join(f"{row}\n" for row in range(rows)), encoding="utf-8")


def run(command: str, *args: str) -> int:
    return invoke([command, "orders.odcs.yaml", "--global", "policies", "--data", "orders=orders.csv", *args])


@pytest.mark.usefixtures("shop")
def test_the_loss_of_fifteen_in_a_hundred_rows_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    load(85)
    assert run("check", "--previous-attestation", "first.json", "--keyring", "ci.pub") == 1
    out = capsys.readouterr().out
    assert "orders: 85 rows, once 100" in out
    assert "row counts of before come from 1 attestation, signed by ci" in out


@pytest.mark.usefixtures("shop")
def test_without_a_keyring_the_report_says_that_nobody_verified(capsys: pytest.CaptureFixture[str]) -> None:
    load(95)
    assert run("check", "--previous-attestation", "first.json") == 0
    assert "which nobody verified" in capsys.readouterr().out


@pytest.mark.usefixtures("shop")
def test_a_short_run_that_was_accepted_does_not_become_normal() -> None:
    load(92)
    assert run("attest", "--key", "ci.key", "-o", "second.json", "--previous-attestation", "first.json") == 0
    load(83)
    assert run("check", "--previous-attestation", "second.json") == 0
    assert run("check", "--previous-attestation", "second.json", "--previous-attestation", "first.json") == 1


@pytest.mark.usefixtures("shop")
def test_without_an_attestation_nothing_is_decided() -> None:
    assert run("check") == 3


@pytest.mark.usefixtures("shop")
def test_what_was_counted_and_compared_with_is_in_the_json_report(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("check", "--previous-attestation", "first.json", "--keyring", "ci.pub", "--format", "json") == 0
    (product,) = json.loads(capsys.readouterr().out)["products"]
    assert product["row_counts"] == {"orders": 100}
    assert [(one["row_counts"], one["verified_by"]) for one in product["earlier"]] == [({"orders": 100}, "ci")]


@pytest.mark.usefixtures("shop")
def test_an_auditor_sees_what_was_compared_with_and_whether_it_was_verified(capsys: pytest.CaptureFixture[str]) -> None:
    attest = ("--key", "ci.key", "--previous-attestation", "first.json")
    assert run("attest", *attest, "--keyring", "ci.pub", "-o", "second.json") == 0
    assert run("attest", *attest, "-o", "third.json") == 0
    verify = ["verify", "--keyring", "ci.pub", "--product", "orders.odcs.yaml", "--global", "policies"]
    capsys.readouterr()
    assert invoke([*verify, "second.json", "third.json"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0:6] for line in out.splitlines() if "compared with  " in line] == [
        ["compared", "with", "the", "row", "counts", "of"]
    ] * 2
    assert "verified with key" in out
    assert "whose signature the signer did not verify" in out
    assert invoke([*verify, "third.json", "--format", "json"]) == 0
    attested = json.loads(capsys.readouterr().out)["attestations"][0]["attested"]
    assert attested["row_counts"] == {"orders": 100}
    assert [one["key_id"] for one in attested["earlier"]] == [None]


@pytest.mark.usefixtures("shop")
def test_misuse_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["keys", "generate", "other"]) == 0
    assert run("check", "--keyring", "ci.pub") == 2
    assert "which was not given" in capsys.readouterr().err
    assert run("check", "--previous-attestation", "first.json", "--keyring", "other.pub") == 2
    assert "`first.json`: no key of the keyring" in capsys.readouterr().err
    assert run("check", "--previous-attestation", "orders.csv") == 2
    assert run("check", "--previous-attestation", "nowhere.json") == 2
    Path("other.odcs.yaml").write_text(CONTRACT.format(description="").replace("shop.orders", "shop.items"))
    assert invoke(["check", "other.odcs.yaml", "--global", "policies", "--previous-attestation", "first.json"]) == 2
    assert "about another product" in capsys.readouterr().err
