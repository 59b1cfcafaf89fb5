"""Reports kept between runs: those of a fresh run, for exactly the inputs that they were made from, believed only where
they are the user's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policy_engine import engine
from policy_engine._resources import STARTER, layer_root
from policy_engine.errors import PolicyEngineError
from policy_engine.evaluation.model import Report
from policy_engine.loading import Policies, load_policies
from policy_engine.many import Given, judge_many
from policy_engine.verdict import Stage

PUBLISHED = sorted((Path(__file__).parents[1] / "data/odcs").glob("*.yaml"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: Fails for every published contract with fields, and is excused for one of them.
POLICY = """package council
## Names.
policy names
  owner "council@example.org"
  waivable by council for at most 365d
{
  ## Names begin with x.
  rule x
    for field in product.fields
    require starts_with(field.name, "x")
}
"""


@pytest.fixture(scope="module")
def library() -> Policies:
    return load_policies([layer_root(Path(STARTER))])


def _judge(file: Path, policies: Policies, cache: Path, **given: object) -> Report:
    settings = Given(**{"policies": policies, "as_of": NOW, "cache": cache, **given})  # type: ignore[arg-type]
    (found,) = judge_many([file], settings)
    if isinstance(found, PolicyEngineError):
        raise found
    return found


def _kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.report.json"))


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The products that are judged from here on."""
    judged: list[object] = []
    check = engine.check

    def watched(product: Path, *args: object, **given: object) -> Report:
        judged.append(product)
        return check(product, *args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr("policy_engine.many.engine.check", watched)
    return judged


@pytest.mark.parametrize("contract", PUBLISHED, ids=lambda path: path.stem)
def test_a_kept_report_is_that_of_a_fresh_run(contract: Path, tmp_path: Path, library: Policies) -> None:
    for first in (None, "none"):
        for stage in Stage:
            fresh = engine.check(contract, library, previous=first, stage=stage, as_of=NOW)  # type: ignore[arg-type]
            again = [_judge(contract, library, tmp_path, previous=first, stage=stage) for _ in range(2)]
            assert again == [fresh, fresh]


def test_a_kept_report_is_of_the_moment_that_is_asked_for(
    tmp_path: Path, library: Policies, unjudged: list[object]
) -> None:
    _judge(PUBLISHED[0], library, tmp_path)
    later = NOW + timedelta(hours=1)
    assert _judge(PUBLISHED[0], library, tmp_path, as_of=later) == engine.check(PUBLISHED[0], library, as_of=later)
    assert unjudged == [PUBLISHED[0]] * 2  # the first run's, and the comparison's


def test_waived_violations_are_kept_with_their_waivers(tmp_path: Path, unjudged: list[object]) -> None:
    contract = next(file for file in PUBLISHED if "full-example" in file.name)
    (tmp_path / "council.policy").write_text(POLICY, encoding="utf-8")
    policies = load_policies([tmp_path / "council.policy"])
    product = engine.check(contract, policies, as_of=NOW).id
    waiver = f'''package council.waivers
waiver some
  of council.names.x
  for product "{product}" where contains(field.name, "a")
  granted 2026-10-01
  until 2027-01-01
  because "renamed with the next version"
  approved by "council@example.org"
'''
    (tmp_path / "waivers.policy").write_text(waiver, encoding="utf-8")
    policies = load_policies([tmp_path / "council.policy"], (), [tmp_path / "waivers.policy"])
    fresh = engine.check(contract, policies, as_of=NOW)
    assert any(result.waivers for result in fresh.results)
    assert [_judge(contract, policies, tmp_path / "cache") for _ in range(2)] == [fresh, fresh]


@pytest.mark.parametrize("difference", ["contract", "name", "policies", "stage", "first", "day"])
def test_whatever_a_report_depends_on_is_judged_anew_when_it_changes(
    difference: str, tmp_path: Path, library: Policies, unjudged: list[object]
) -> None:
    file = tmp_path / "a.odcs.yaml"
    file.write_bytes(PUBLISHED[0].read_bytes())
    _judge(file, library, tmp_path / "cache")
    policies, given = library, {}
    match difference:
        case "contract":
            file.write_bytes(PUBLISHED[0].read_bytes() + b"\n# another\n")
        case "name":
            file = file.rename(tmp_path / "b.odcs.yaml")
        case "policies":
            policies = replace(library, used=replace(library.used, local_sources=library.used.global_sources))
        case "stage":
            given = {"stage": Stage.PUBLISH}
        case "first":
            given = {"previous": "none"}
        case _:
            given = {"as_of": NOW + timedelta(days=1)}
    _judge(file, policies, tmp_path / "cache", **given)
    assert len(unjudged) == 2


def test_what_rests_on_more_than_the_contract_is_not_kept(tmp_path: Path, library: Policies) -> None:
    _judge(PUBLISHED[0], library, tmp_path, previous=PUBLISHED[0])
    _judge(PUBLISHED[0], library, tmp_path, show_values=True)
    assert not _kept(tmp_path)


def test_what_does_not_fit_the_contract_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.policy").write_text(
        POLICY.replace("for field in product.fields", 'for row in dataset("orders").rows').replace(
            'starts_with(field.name, "x")', "row.no_such_column == 1"
        ),
        encoding="utf-8",
    )
    (tmp_path / "c.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n"
        "schema:\n- name: orders\n  properties:\n  - name: id\n    logicalType: string\n",
        encoding="utf-8",
    )
    report = _judge(tmp_path / "c.yaml", load_policies([tmp_path / "a.policy"]), tmp_path / "cache")
    assert any(result.unbound for result in report.results)
    assert not _kept(tmp_path / "cache")


def test_what_others_may_write_is_not_believed(tmp_path: Path, library: Policies, unjudged: list[object]) -> None:
    _judge(PUBLISHED[0], library, tmp_path)
    (file,) = _kept(tmp_path)
    file.chmod(0o666)
    _judge(PUBLISHED[0], library, tmp_path)
    assert len(unjudged) == 2


@pytest.mark.parametrize("content", [b"", b"[]\n[]", b"{}\n{}", b"\xff", b"[1,2]\n[1,[]]", None])
def test_what_is_damaged_is_judged_anew(content: bytes | None, tmp_path: Path, library: Policies) -> None:
    fresh = _judge(PUBLISHED[0], library, tmp_path)
    (file,) = _kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:-20] if content is None else content)
    assert _judge(PUBLISHED[0], library, tmp_path) == fresh
    assert file.read_bytes() == whole
