from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_engine.cli import keys
from policy_engine.cli.main import invoke
from policy_engine.errors import KeyFileError
from policy_engine.trust import load_private, load_public


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICY_ENGINE_PASSPHRASE", raising=False)


def run(*args: str) -> int:
    return invoke(["keys", *args])


def prompted(*args: str, answers: str) -> Result:
    return CliRunner().invoke(keys.command, list(args), input=answers)


def test_the_examples_of_help_work_as_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("    policy-engine")]
    assert len(lines) == 2
    for words in lines:
        assert invoke(words[1:]) == 0
    public = load_public(Path("keys/council.pub"))
    assert f"key id     {public.id}\nalgorithm  Ed25519\nkind       public\n" in capsys.readouterr().out


def test_a_pair_is_made_here_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generate", "a") == 0
    out = capsys.readouterr().out
    assert load_private(Path("a.key")).public == load_public(Path("a.pub"))
    assert "not encrypted" in out
    assert Path("a.key").read_text().splitlines()[1] not in out
    assert stat.S_IMODE(Path("a.key").stat().st_mode) == 0o600


def test_a_passphrase_comes_from_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("secret").write_bytes(b"correct horse\r\nrest\n")
    assert run("generate", "a", "--passphrase-file", "secret") == 0
    assert load_private(Path("a.key"), b"correct horse").public == load_public(Path("a.pub"))
    assert "correct horse" not in "".join(capsys.readouterr())
    assert run("show", "a.key", "--passphrase-file", "secret") == 0
    assert "kind       private" in capsys.readouterr().out


def test_a_passphrase_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_ENGINE_PASSPHRASE", "pässword")
    assert run("generate", "a") == 0
    assert load_private(Path("a.key"), "pässword".encode()).public == load_public(Path("a.pub"))
    assert keys.signing_key(Path("a.key")).public == load_public(Path("a.pub"))


def test_a_passphrase_is_asked_for_twice() -> None:
    done = prompted("generate", "a", "--passphrase-prompt", answers="one\ntwo\nthree\nthree\n")
    assert done.exit_code == 0
    assert load_private(Path("a.key"), b"three").public == load_public(Path("a.pub"))
    assert "three" not in done.output


@pytest.mark.parametrize("content", [b"", b"\nlater", b"x" * 2000])
def test_a_file_that_is_no_passphrase_is_refused(content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    Path("secret").write_bytes(content)
    assert run("generate", "a", "--passphrase-file", "secret") == 2
    assert "TRU005" in capsys.readouterr().err
    assert not Path("a.key").exists()


def test_two_ways_to_give_a_passphrase_are_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generate", "a", "--passphrase-file", "x", "--passphrase-prompt") == 2
    assert "exclude each other" in capsys.readouterr().err


def test_an_encrypted_key_is_not_shown_without_its_passphrase(capsys: pytest.CaptureFixture[str]) -> None:
    Path("secret").write_bytes(b"correct horse")
    run("generate", "a", "--passphrase-file", "secret")
    assert run("show", "a.key") == 2
    assert "TRU005" in capsys.readouterr().err
    with pytest.raises(KeyFileError, match="no passphrase"):
        keys.signing_key(Path("a.key"))


def test_a_second_pair_of_that_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    run("generate", "a")
    before = Path("a.key").read_bytes()
    assert run("generate", "a") == 2
    assert "TRU007" in capsys.readouterr().err
    assert Path("a.key").read_bytes() == before


@pytest.mark.parametrize("args", [("show", "none.pub"), ("generate", "../a"), ("generate",), ("frobnicate",)])
def test_what_cannot_be_done_ends_in_two(args: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*args) == 2
    assert "Traceback" not in capsys.readouterr().err
