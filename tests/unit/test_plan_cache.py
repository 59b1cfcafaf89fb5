"""Plans kept between runs: found by their very sources, believed only where they are the user's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_engine import kept, plan_cache
from policy_engine.loading import Policies, load_policies
from policy_engine.plan.canonical import digest

POLICY = """package council
## Fields are described.
policy documentation
  owner "council@example.org"
{
  ## Every field says what it means.
  rule described
    for field in product.fields
    require field.description is present
}
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "a.policy").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.plan.json"))


def _without_compiler(policies: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Policies:
    """Load where compiling is an error."""

    def compile_anyway(*_args: object) -> None:
        raise AssertionError("compiled")

    monkeypatch.setattr("policy_engine.loading._compiled", compile_anyway)
    return load_policies([policies], cache=cache)


def test_unchanged_policies_are_compiled_once(policies: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_policies([policies], cache=cache)
    assert len(_kept(cache)) == 1
    assert _without_compiler(policies, cache, monkeypatch) == first


def test_a_changed_policy_is_compiled_anew(policies: Path, cache: Path) -> None:
    first = load_policies([policies], cache=cache)
    (policies / "a.policy").write_text(POLICY.replace("described", "explained"), encoding="utf-8")
    second = load_policies([policies], cache=cache)
    assert second.used.plan != first.used.plan
    assert len(_kept(cache)) == 2


def test_the_folder_and_its_files_are_the_users_own(policies: Path, cache: Path) -> None:
    load_policies([policies], cache=cache)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in _kept(cache)] == [0o600]


def test_a_file_that_others_may_write_is_not_believed(
    policies: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_policies([policies], cache=cache)
    _kept(cache)[0].chmod(0o666)
    with pytest.raises(AssertionError, match="compiled"):
        _without_compiler(policies, cache, monkeypatch)


def test_in_a_folder_that_others_may_write_nothing_is_believed(
    policies: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_policies([policies], cache=cache)
    cache.chmod(0o777)
    with pytest.raises(AssertionError, match="compiled"):
        _without_compiler(policies, cache, monkeypatch)


def test_in_a_folder_that_others_may_write_nothing_is_kept(policies: Path, cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    load_policies([policies], cache=cache)
    assert not _kept(cache)


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_is_no_file_is_not_believed(
    policies: Path, cache: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_policies([policies], cache=cache)
    file = _kept(cache)[0]
    other = file.rename(cache / "other")
    file.symlink_to(other) if kind == "link" else os.mkfifo(file)
    with pytest.raises(AssertionError, match="compiled"):
        _without_compiler(policies, cache, monkeypatch)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"Plan": [1]}', b'{"Plan": []}', b"[" * 5000])
def test_a_broken_file_is_replaced(policies: Path, cache: Path, content: bytes) -> None:
    first = load_policies([policies], cache=cache)
    _kept(cache)[0].write_bytes(content)
    assert load_policies([policies], cache=cache) == first
    assert _kept(cache)[0].read_bytes() != content


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(policies: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert load_policies([policies], cache=tmp_path / "file").plan.rules


def test_only_the_last_plans_stay(cache: Path) -> None:
    plan = load_policies([Path(__file__).parents[2] / "policies/global"]).plan
    for number in range(70):
        plan_cache.keep(cache, digest(str(number).encode()), plan)
    assert len(_kept(cache)) == 64


def test_the_environment_says_where_or_that_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kept.VARIABLE, "/somewhere")
    assert kept.folder() == Path("/somewhere")
    monkeypatch.setenv(kept.VARIABLE, "off")
    assert kept.folder() is None
