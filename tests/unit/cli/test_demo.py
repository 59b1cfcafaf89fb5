"""The demo tells its story by running what it prints; four forgeries are refused, each at its own step."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from policy_engine.cli.demo import CHANGES, FOLDER, forgeries, story
from policy_engine.cli.main import invoke


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo, run once in a folder of its own: where it left its files, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "policy_engine", "demo"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / FOLDER, done.stdout


def _run(where: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "policy_engine", *args], cwd=where, capture_output=True, text=True, check=False
    )


def test_every_command_is_printed_before_its_output_and_kept_in_a_script(told: tuple[Path, str]) -> None:
    where, output = told
    lines = [step.line for step in (*story(), *(step for _, step in forgeries()))]
    assert [line.removeprefix("$ ") for line in output.splitlines() if line.startswith("$ ")] == lines
    script = (where / "commands.sh").read_text(encoding="utf-8")
    assert [line for line in script.splitlines() if line.startswith("policy-engine ")] == lines


@pytest.mark.parametrize(
    ("number", "code"),
    [(0, "ATT015"), (1, "ATT011"), (2, "ATT016"), (3, "ATT007")],
    ids=["data", "contract", "policy", "envelope"],
)
def test_a_changed_byte_is_refused_by_the_step_that_guards_it(told: tuple[Path, str], number: int, code: str) -> None:
    where, _ = told
    change, step = forgeries()[number]
    original, copy = (where / change.file).read_bytes(), (where / change.copy).read_bytes()
    assert len(original) == len(copy)
    assert sum(one != other for one, other in zip(original, copy, strict=True)) == 1
    done = _run(where, *(arg for arg in step.args if arg != "--quiet"), "--format", "json")
    assert done.returncode == 1
    (checked,) = json.loads(done.stdout)["attestations"]
    assert [one["code"] for one in checked["steps"] if one["status"] == "fail"] == [code]


def test_the_genuine_attestation_is_verified(told: tuple[Path, str]) -> None:
    where, _ = told
    done = _run(where, *story()[-1].args)
    assert done.returncode == 0
    assert done.stdout.startswith("verified")


def test_the_violations_shown_are_those_of_the_published_data(told: tuple[Path, str]) -> None:
    where, _ = told
    done = _run(where, *story()[0].args, "--format", "json")
    (product,) = json.loads(done.stdout)["products"]
    failed = {rule["rule"]: rule["violations"] for rule in product["rules"] if rule["outcome"] == "fail"}
    (paid,) = failed["hr.payroll.payroll.everybody_paid_is_employed"]
    contract = (where / "product/employee_payroll.odcs.yaml").read_text(encoding="utf-8").splitlines()
    assert contract[paid["location"]["line"] - 1].strip() == "- name: employee_id"
    listed, payroll = (
        (where / f"product/demo_employee_{name}.csv").read_text(encoding="utf-8-sig") for name in ("list", "payroll")
    )
    paid_ids = [line.partition(",")[0] for line in payroll.splitlines()[1:]]
    assert [one for one in paid_ids if one not in listed] == ["e939123"]
    tagged = failed["starter.pii_tagging.personal_data.tagged"]
    assert {violation["subject"] for violation in tagged} >= {
        "demo_employee_payroll.phone_number",
        "demo_employee_list.phone_number",
    }


def test_no_value_of_the_data_is_in_the_attestation_or_on_the_screen(told: tuple[Path, str]) -> None:
    where, output = told
    statement = json.loads((where / "payroll.attestation.json").read_text(encoding="utf-8"))["payload"]
    signed = base64.b64decode(statement).decode()
    for value in ("6591820021", "e123213", "93600", "Janice"):
        assert value not in signed
        assert value not in output


def test_a_second_demo_takes_the_next_free_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / FOLDER).mkdir()
    assert invoke(["demo"]) == 0
    assert (tmp_path / f"{FOLDER}-2" / "commands.sh").is_file()
    assert not list((tmp_path / FOLDER).iterdir())


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    assert invoke(["demo", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_each_forgery_changes_a_file_of_its_own() -> None:
    assert len({change.copy for change in CHANGES}) == len(CHANGES) == 4
