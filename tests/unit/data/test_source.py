from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_engine.data import fingerprint, open_source
from policy_engine.errors import DataError


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a\n1\n")


def test_a_folder_gives_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    _write(tmp_path, "b.csv", "a.csv", "sub/c.csv")
    source = open_source("t", tmp_path)
    assert [file.relative_to(tmp_path).as_posix() for file in source.files] == ["a.csv", "b.csv", "sub/c.csv"]
    assert source.format == "csv"


def test_hidden_files_and_what_writers_leave_beside_the_data_are_skipped(tmp_path: Path) -> None:
    _write(tmp_path, ".a.csv", "_SUCCESS", "_log/x.json", "_kept.csv", "b.csv", ".git/x.csv")
    assert [file.name for file in open_source("t", tmp_path).files] == ["_kept.csv", "b.csv"]


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    _write(tmp_path, ".a.csv")
    assert len(open_source("t", tmp_path / ".a.csv").files) == 1


def test_a_glob_gives_what_it_matches(tmp_path: Path) -> None:
    _write(tmp_path, "2024/a.csv", "2025/b.csv", "2025/c.txt")
    assert [file.name for file in open_source("t", str(tmp_path / "*" / "*.csv")).files] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("files", "location", "says"),
    [
        (("a.csv", "b.jsonl"), ".", "mixes formats"),
        ((), ".", "holds no data for dataset `t`"),
        (("a.txt",), ".", "is of no format that can be read"),
        ((), "nothing.csv", "does not exist"),
        ((), "*.csv", "holds no data for dataset `t`"),
    ],
)
def test_what_cannot_be_a_source_is_an_error_that_says_what_to_do(
    tmp_path: Path, files: tuple[str, ...], location: str, says: str
) -> None:
    _write(tmp_path, *files)
    with pytest.raises(DataError, match=says) as caught:
        open_source("t", tmp_path / location)
    assert caught.value.help
    assert "`" in str(caught.value)


def test_a_manifest_is_the_same_wherever_the_files_lie(tmp_path: Path) -> None:
    for machine in ("one", "two"):
        _write(tmp_path / machine, "x/a.csv", "b.csv")
    first, second = (fingerprint(open_source("t", tmp_path / machine)) for machine in ("one", "two"))
    assert first == second
    assert [file.path for file in first.files] == ["b.csv", "x/a.csv"]
    assert first.files[0].size == 4


def test_the_name_of_a_single_file_does_not_matter(tmp_path: Path) -> None:
    _write(tmp_path, "a.csv")
    assert [file.path for file in fingerprint(open_source("t", tmp_path / "a.csv")).files] == ["."]


def test_one_changed_byte_or_name_changes_the_manifest(tmp_path: Path) -> None:
    _write(tmp_path, "a.csv")
    before = fingerprint(open_source("t", tmp_path)).digest
    (tmp_path / "a.csv").write_text("a\n2\n")
    changed = fingerprint(open_source("t", tmp_path)).digest
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    renamed = fingerprint(open_source("t", tmp_path)).digest
    assert len({before, changed, renamed}) == 3


def test_fingerprinting_imports_no_data_library(tmp_path: Path) -> None:
    import subprocess
    import sys

    _write(tmp_path, "a.csv")
    code = (
        "import sys\nfrom policy_engine.data import fingerprint, open_source\n"
        f"fingerprint(open_source('t', {str(tmp_path)!r}))\n"
        "print([m for m in ('duckdb', 'pyarrow', 'phonenumbers', 'stdnum') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_links_and_devices_are_named_and_not_left_out(tmp_path: Path) -> None:
    _write(tmp_path, "x/a.csv", "other/b.csv")
    for target in ("other/b.csv", "other", "gone"):
        link = tmp_path / "x" / "link.csv"
        link.symlink_to(tmp_path / target)
        with pytest.raises(DataError, match=r"link\.csv` is a symbolic link"):
            open_source("t", tmp_path / "x")
        link.unlink()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="neither a file nor a folder"):
        open_source("t", tmp_path / "pipe")
