"""`lint`: diagnostics of every file in one run, as text and as JSON."""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
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
    codes = [line.removeprefix("error[")[:6] for line in out.splitlines() if line.startswith("error[")]
    assert out.endswith(f"2 errors\nfor more on the first of 2 codes: policy-engine explain {codes[0]}\n")


def test_one_that_asks_for_one_line_gets_no_pointer(capsys: pytest.CaptureFixture[str]) -> None:
    Path("global/broken.policy").write_text("package acme\nlet x = 1 = 2\n", encoding="utf-8")
    Path("product.yaml").write_text("id: x", encoding="utf-8")
    pointers = []
    for options in ([], ["--quiet"]):
        assert invoke(["check", "--global", "global", "product.yaml", *options]) == 2
        pointers.append(capsys.readouterr().err.count("for more: policy-engine explain SYN001\n"))
    assert pointers == [1, 0]
    assert invoke(["lint", "global", "--format", "json"]) == 1
    assert "for more" not in capsys.readouterr().out


def test_a_terminal_is_drawn_for_in_its_width_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("global/broken.policy").write_text(f"package acme\nlet x = {'1 + ' * 60} + + 2\n", encoding="utf-8")
    assert "\x1b[" in (text := _on_a_terminal(50))
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()[1:])) <= 53
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in _on_a_terminal(50)


def _on_a_terminal(columns: int) -> str:
    """What the command says where its output is a terminal."""
    reader, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 40, columns, 0, 0))
    command = [sys.executable, "-m", "policy_engine", "lint", "global/broken.policy"]
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    subprocess.run(command, stdout=terminal, stdin=terminal, env=environment, check=False)
    os.close(terminal)
    with os.fdopen(reader, "rb") as said:
        content = b""
        with suppress(OSError):  # the end of a terminal
            while part := os.read(said.fileno(), 4096):
                content += part
    return content.decode()


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
