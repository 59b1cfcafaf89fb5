"""`attest`: a verdict signed, of any kind, that `verify` accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import CONTRACT, DESCRIBED, POLICY

from policy_engine.cli.main import invoke


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy, two contracts and a key."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/documentation.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "good.odcs.yaml").write_text(CONTRACT.format(description=DESCRIBED), encoding="utf-8")
    (tmp_path / "bad.odcs.yaml").write_text(CONTRACT.format(description=""), encoding="utf-8")
    assert invoke(["keys", "generate", "ci"]) == 0
    return tmp_path


def _attest(*args: str) -> int:
    return invoke(["attest", *args, "--global", "policies", "--key", "ci.key", "--as-of", "2026-11-20"])


def _verify(file: str, contract: str) -> int:
    return invoke(["verify", file, "--keyring", "ci.pub", "--product", contract, "--global", "policies"])


@pytest.mark.usefixtures("shop")
def test_a_compliant_product_is_attested_and_verified() -> None:
    assert _attest("good.odcs.yaml", "-o", "good.json") == 0
    assert _verify("good.json", "good.odcs.yaml") == 0


@pytest.mark.usefixtures("shop")
def test_a_product_that_does_not_comply_is_attested_too() -> None:
    assert _attest("bad.odcs.yaml", "-o", "bad.json") == 1
    assert _verify("bad.json", "bad.odcs.yaml") == 0


@pytest.mark.usefixtures("shop")
def test_an_attestation_of_one_contract_does_not_verify_another() -> None:
    assert _attest("good.odcs.yaml", "-o", "good.json") == 0
    assert _verify("good.json", "bad.odcs.yaml") == 1


def test_without_a_name_it_lies_beside_the_contract(shop: Path) -> None:
    assert _attest("good.odcs.yaml") == 0
    assert json.loads((shop / "good.attestation.json").read_text(encoding="utf-8"))["payloadType"]


def test_several_products_go_into_a_folder(shop: Path) -> None:
    (shop / "out").mkdir()
    assert _attest("good.odcs.yaml", "bad.odcs.yaml", "-o", "out") == 1
    assert sorted(path.name for path in (shop / "out").iterdir()) == ["bad.attestation.json", "good.attestation.json"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["attest", "good.odcs.yaml", "--key", "ci.key"], "no global policies were given"),
        (["attest", "good.odcs.yaml", "--global", "policies", "--key", "ci.pub"], "ci.pub"),
        (["attest", "good.odcs.yaml", "--global", "policies", "--key", "nowhere.key"], "nowhere.key"),
        (["attest", "good.odcs.yaml", "bad.odcs.yaml", "--global", "policies", "--key", "ci.key", "-o", "one.json"], "is no folder"),
        (["attest", "good.odcs.yaml", "--global", "policies", "--key", "ci.key", "-o", "nowhere/a.json"], "cannot write"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("shop")
def test_what_cannot_be_signed_exits_with_2(args: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(args) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert "PRIVATE" not in printed.err + printed.out


def test_a_wrong_key_in_the_keyring_refuses(shop: Path) -> None:
    assert _attest("good.odcs.yaml", "-o", "good.json") == 0
    assert invoke(["keys", "generate", "other"]) == 0
    (shop / "ci.pub").write_bytes((shop / "other.pub").read_bytes())
    assert _verify("good.json", "good.odcs.yaml") == 1
