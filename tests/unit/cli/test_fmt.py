"""`fmt`: files are laid out in place, whole or not at all, and what cannot be read is left as it is."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from cli_samples import POLICY

from policy_engine.cli.main import invoke
from policy_engine.syntax import format_policies

NEAT = (format_policies("x.policy", POLICY.encode())[0] or "").encode()
UGLY = POLICY.replace("\n", "\r\n").replace("    require", "\trequire").replace("policy", "# mine\npolicy", 1)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies/more").mkdir(parents=True)
    (tmp_path / "policies/a.policy").write_bytes(UGLY.encode())
    (tmp_path / "policies/more/b.policy").write_bytes(NEAT)


def test_files_are_laid_out_in_place_and_keep_their_permissions(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/a.policy").chmod(0o640)
    assert invoke(["fmt", "policies"]) == 0
    out = capsys.readouterr().out
    assert out == "formatted policies/a.policy\n1 file formatted, 1 file formatted already\n"
    assert b"\r" not in Path("policies/a.policy").read_bytes()
    assert "# mine" in Path("policies/a.policy").read_text(encoding="utf-8")
    assert stat.S_IMODE(Path("policies/a.policy").stat().st_mode) == 0o640
    assert invoke(["fmt", "policies", "--check"]) == 0
    assert sorted(path.name for path in Path("policies").iterdir()) == ["a.policy", "more"]


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_looking_writes_nothing(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["fmt", option, "policies"]) == 1
    captured = capsys.readouterr()
    assert ("would format policies/a.policy" in captured.out) is (option == "--check")
    assert ("+    require" in captured.out) is (option == "--diff")
    assert Path("policies/a.policy").read_bytes() == UGLY.encode()


def test_what_cannot_be_read_is_left_as_it_is_and_the_rest_is_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/c.policy").write_text("package   c\nlet = 1\n", encoding="utf-8")
    assert invoke(["fmt", "policies"]) == 2
    captured = capsys.readouterr()
    assert "policies/c.policy:2:5" in captured.err
    assert captured.out.endswith("1 file formatted, 1 file formatted already, 1 file not read, and left as it is\n")
    assert Path("policies/c.policy").read_text(encoding="utf-8") == "package   c\nlet = 1\n"


def test_stdin_goes_to_stdout(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"package   a let x=1")))
    assert invoke(["fmt", "-"]) == 0
    assert capsys.readouterr().out == "package a\n\nlet x = 1\n"


def test_stdin_that_cannot_be_read_gives_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"package a let x")))
    assert invoke(["fmt", "-"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "<stdin>:1:" in captured.err


def test_a_read_only_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/a.policy").chmod(0o444)
    assert invoke(["fmt", "policies/a.policy"]) == 2
    assert "`policies/a.policy` is read-only" in capsys.readouterr().err
    assert Path("policies/a.policy").read_bytes() == UGLY.encode()


def test_behind_a_link_the_file_itself_is_written() -> None:
    Path("link.policy").symlink_to("policies/a.policy")
    assert invoke(["fmt", "link.policy"]) == 0
    assert Path("link.policy").is_symlink()
    assert b"\r" not in Path("policies/a.policy").read_bytes()


def test_a_file_that_changes_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    from policy_engine.cli.output import rewrite
    from policy_engine.errors import UsageError

    with pytest.raises(UsageError, match="changed in the meantime"):
        rewrite(Path("policies/a.policy"), b"before", b"after")
    assert Path("policies/a.policy").read_bytes() == UGLY.encode()
    rewrite(Path("policies/a.policy"), b"before", UGLY.encode())  # another run has done the same


def test_nothing_to_format_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert invoke(["fmt", "empty"]) == 2
    assert "no policy in `empty`" in capsys.readouterr().err
    assert invoke(["fmt", "nowhere"]) == 2
    assert invoke(["fmt"]) == 2
    assert invoke(["fmt", "-", "policies"]) == 2
