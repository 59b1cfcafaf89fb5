"""`lint`: diagnostics of every file in one run, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import POLICY

from policy_engine.cli.main import invoke

ROOT = Path(__file__).parents[3]


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


FIXABLE = """package acme
import acme
# Kept.
## What fields say.
policy fields
  owner "data-office@acme.example"
  decision "DG-2026-01"
  enforce warn, then block from 2026-01-01  # since the new year
{
  ## Every field says what it holds.
  rule described
    for field in product.fields
    require field.description is present and field.name != "x" and field.name != "x"
    tolerate 0% of fields
    message "{field.path} has no description"
}
"""
FIXED = """package acme
# Kept.
## What fields say.
policy fields
  owner "data-office@acme.example"
  decision "DG-2026-01"
  enforce block  # since the new year
{
  ## Every field says what it holds.
  rule described
    for field in product.fields
    require field.description is present and field.name != "x"
    message "{field.path} has no description"
}
"""


@pytest.fixture
def fixable() -> Path:
    file = Path("global/documentation.policy")
    file.write_bytes(b"\xef\xbb\xbf" + FIXABLE.replace("\n", "\r\n").encode())
    return file


def test_fixing_mends_what_is_safe_and_touches_nothing_else(fixable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["lint", "global", "--as-of", "2026-11-20", "--fix", "--strict"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "no diagnostics\n"
    assert captured.err.count("fixed global/documentation.policy:") == 4
    assert fixable.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()


def test_what_fixing_would_change_is_shown_and_not_done(fixable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = fixable.read_bytes()
    assert invoke(["lint", "global", "--as-of", "2026-11-20", "--fix", "--diff"]) == 1
    out = capsys.readouterr().out
    assert "-  enforce warn, then block from 2026-01-01  # since the new year\n+  enforce block  # since" in out
    assert fixable.read_bytes() == before
    assert invoke(["lint", "global", "--as-of", "2026-11-20", "--fix"]) == 0
    capsys.readouterr()
    assert invoke(["lint", "global", "--as-of", "2026-11-20", "--diff"]) == 0
    assert capsys.readouterr().out == "nothing to fix\n"


def test_json_carries_the_edits(fixable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["lint", "global", "--as-of", "2026-11-20", "--format", "json"]) == 0
    found = {one["code"]: one for one in json.loads(capsys.readouterr().out)["diagnostics"]}
    assert found["LNT014"]["edits"] == [
        {"file": "global/documentation.policy", "line": 8, "column": 11, "length": 32, "text": "block"}
    ]


def test_a_read_only_file_is_not_fixed(fixable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixable.chmod(0o444)
    assert invoke(["lint", "global", "--as-of", "2026-11-20", "--fix"]) == 2
    assert "is read-only" in capsys.readouterr().err


def test_nothing_is_fixed_where_there_are_errors(fixable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixable.write_text(FIXABLE.replace("field.path", "field.pth"), encoding="utf-8")
    assert invoke(["lint", "global", "--fix"]) == 1
    assert invoke(["lint", "global", "--diff"]) == 1
    assert "nothing to fix before the errors are mended" in capsys.readouterr().out
    assert "import acme" in fixable.read_text(encoding="utf-8")


@pytest.mark.parametrize("local", [[], ["--local", str(ROOT / "policies/domains/hr")]])
def test_the_linter_has_no_advice_for_the_policies_that_ship(
    local: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["lint", str(ROOT / "policies/global"), *local, "--as-of", "2026-11-20", "--strict"]) == 0
    assert capsys.readouterr().out == "no diagnostics\n"
