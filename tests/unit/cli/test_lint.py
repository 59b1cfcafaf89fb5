"""`lint`: diagnostics of every file in one run, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import POLICY

from policy_engine.cli.main import invoke


@pytest.fixture(autouse=True)
def _policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "global").mkdir()
    (tmp_path / "local").mkdir()
    (tmp_path / "global/documentation.policy").write_text(POLICY, encoding="utf-8")


def test_clean_policies_have_no_diagnostics(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["lint", "global", "--strict"]) == 0
    assert capsys.readouterr().out == "no diagnostics\n"


def test_errors_of_all_files_are_shown_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    Path("global/documentation.policy").write_text(
        POLICY.replace("field.description", "field.descripton"), encoding="utf-8"
    )
    Path("local/own.policy").write_text("package shop\nlet x = 1 = 2\n", encoding="utf-8")
    assert invoke(["lint", "--global", "global", "--local", "local"]) == 1
    out = capsys.readouterr().out
    assert "did you mean `description`?" in out
    assert "local/own.policy:2:11" in out
    assert out.endswith("2 errors\n")


def test_warnings_count_only_when_strict(capsys: pytest.CaptureFixture[str]) -> None:
    undocumented = "\n".join(line for line in POLICY.splitlines() if "##" not in line)
    Path("global/documentation.policy").write_text(undocumented, encoding="utf-8")
    assert invoke(["lint", "global"]) == 0
    assert invoke(["lint", "global", "--strict"]) == 1
    assert "3 warnings" in capsys.readouterr().out


def test_json_says_code_place_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    Path("global/documentation.policy").write_text(POLICY.replace("is present", "== null"), encoding="utf-8")
    assert invoke(["lint", "global", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (found["code"], found["line"], found["column"]) == ("CHK008", 9, 13)
    assert found["help"] == "write `field.description is missing`"


def test_a_folder_without_policies_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    Path("global/documentation.policy").unlink()
    assert invoke(["lint", "global"]) == 2
    assert "no .policy file in `global`" in capsys.readouterr().err


def test_nothing_named_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["lint"]) == 2
    assert "no policies were given" in capsys.readouterr().err
