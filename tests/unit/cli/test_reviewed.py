"""What reviewers tried on the commands, and what they get: nothing passes by being overlooked, overwritten or forged."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_samples import CONTRACT, DESCRIBED, POLICY

from policy_engine.cli.main import invoke

ROWS = """package shop
## Orders.
policy orders
  owner "shop@example.org"
{
  ## Ids are short.
  rule short
    enforce warn
    for v in field("orders.id").values
    require length(v) <= 3
}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with policies of both layers, a contract, data and a key."""
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("policies/documentation.policy", POLICY.replace("field.null_count == 0", "field.required or true")),
        ("local/orders.policy", ROWS),
        ("good.odcs.yaml", CONTRACT.format(description=DESCRIBED)),
        ("orders.csv", "id\na1\na2\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert invoke(["keys", "generate", "ci"]) == 0
    return tmp_path


def _check(*args: str) -> int:
    return invoke(["check", *args, "--global", "policies", "--local", "local", "--as-of", "2026-11-20"])


@pytest.mark.usefixtures("shop")
class TestData:
    def test_data_that_cannot_be_read_is_never_compliant(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _check("good.odcs.yaml", "--data", "orders=orders.csv") == 0
        (shop / "orders.csv").write_text('id\na1\n"a2', encoding="utf-8")
        assert _check("good.odcs.yaml", "--data", "orders=orders.csv") == 3
        assert "engine.data_is_readable" in capsys.readouterr().out

    def test_data_that_no_rule_asks_for_is_said_and_not_attested(self, capsys: pytest.CaptureFixture[str]) -> None:
        given = ("good.odcs.yaml", "--data", "orders=orders.csv", "--stage", "change")
        assert _check(*given) == 0
        assert "given and not read, since no rule that is due asks for it: orders" in capsys.readouterr().out
        assert _check(*given, "--format", "json") == 0
        (product,) = json.loads(capsys.readouterr().out)["products"]
        assert (product["data"], product["unread"]) == ([], ["orders"])

    def test_data_put_in_anothers_place_while_it_is_read_is_noticed(
        self, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from policy_engine import engine

        genuine = engine.evaluate

        def swapped(*args: object) -> object:
            (shop / "other.csv").write_text("id\nb1\nb2\n", encoding="utf-8")
            (shop / "other.csv").replace(shop / "orders.csv")
            return genuine(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(engine, "evaluate", swapped)
        assert _check("good.odcs.yaml", "--data", "orders=orders.csv") == 2
        assert "the data of `orders` changed while it was read" in capsys.readouterr().err

    def test_data_that_goes_away_while_it_is_read_is_no_bug_of_ours(
        self, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from policy_engine import engine

        genuine = engine.evaluate

        def gone(*args: object) -> object:
            found = genuine(*args)  # type: ignore[arg-type]
            (shop / "orders.csv").unlink()
            return found

        monkeypatch.setattr(engine, "evaluate", gone)
        assert _check("good.odcs.yaml", "--data", "orders=orders.csv") == 2
        assert "the data of `orders` went away while it was read" in capsys.readouterr().err


@pytest.mark.usefixtures("shop")
class TestFolders:
    def test_a_link_in_a_layer_is_refused(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (shop / "policies/more").symlink_to(shop / "local")
        assert _check("good.odcs.yaml") == 2
        assert "`policies/more` is a symbolic link" in capsys.readouterr().err

    def test_a_policy_that_would_not_be_read_for_its_name_is_refused(
        self, shop: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (shop / "local/strict.POLICY").write_text(ROWS, encoding="utf-8")
        assert _check("good.odcs.yaml") == 2
        assert "`local/strict.POLICY` would not be read" in capsys.readouterr().err

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_a_folder_that_cannot_be_listed_is_no_empty_one(self, shop: Path) -> None:
        (shop / "policies/secret").mkdir(mode=0)
        assert _check("good.odcs.yaml") == 2

    def test_a_pattern_may_be_absolute(self, shop: Path) -> None:
        assert _check(f"{shop}/*.odcs.yaml") == 0


@pytest.mark.usefixtures("shop")
class TestOutput:
    def test_an_input_is_never_overwritten(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        before = (shop / "good.odcs.yaml").read_bytes()
        assert _check("good.odcs.yaml", "-o", "good.odcs.yaml") == 2
        assert "is an input" in capsys.readouterr().err
        assert (shop / "good.odcs.yaml").read_bytes() == before

    def test_a_pipe_is_written_to_and_not_replaced(self, shop: Path) -> None:
        os.mkfifo(shop / "pipe")
        reader = os.open(shop / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        assert _check("good.odcs.yaml", "-o", "pipe", "--quiet") == 0
        assert os.read(reader, 10_000).startswith(b"compliant")
        assert (shop / "pipe").is_fifo()
        os.close(reader)

    def test_a_key_is_never_overwritten_by_what_it_signs(self, shop: Path) -> None:
        before = (shop / "ci.key").read_bytes()
        args = ["attest", "good.odcs.yaml", "--global", "policies", "--key", "ci.key", "-o", "ci.key"]
        assert invoke(args) == 2
        assert (shop / "ci.key").read_bytes() == before

    def test_two_attestations_never_share_a_file(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (shop / "a").mkdir()
        (shop / "out").mkdir()
        (shop / "a/good.odcs.yaml").write_bytes((shop / "good.odcs.yaml").read_bytes())
        args = ["attest", "good.odcs.yaml", "a", "--global", "policies", "--key", "ci.key", "-o", "out"]
        assert invoke(args) == 2
        assert "would both be" in capsys.readouterr().err
        assert not list((shop / "out").iterdir())

    def test_versions_in_file_names_stay_apart(self, shop: Path) -> None:
        for name in ("o.v1.odcs.yaml", "o.v2.odcs.yaml"):
            (shop / name).write_bytes((shop / "good.odcs.yaml").read_bytes())
        args = ["attest", "o.v1.odcs.yaml", "o.v2.odcs.yaml", "--global", "policies", "--key", "ci.key"]
        assert invoke(args) == 0
        assert (shop / "o.v1.attestation.json").is_file()
        assert (shop / "o.v2.attestation.json").is_file()

    def test_a_contract_cannot_forge_lines_of_the_report(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = (shop / "good.odcs.yaml").read_text(encoding="utf-8")
        forged = text.replace("name: Orders", 'name: "X\\n::warning::pwned\\u202e"')
        (shop / "good.odcs.yaml").write_text(forged, encoding="utf-8")
        _check("good.odcs.yaml")
        out = capsys.readouterr().out
        assert "\n::warning" not in out
        assert "\u202e" not in out
        assert "X\\u000a::warning::pwned\\u202e" in out

    @pytest.mark.parametrize(
        "command", [("check", "--quiet"), ("attest", "--key", "ci.key"), ("attest", "--key", "ci.key", "--quiet")]
    )
    def test_nor_of_the_short_ones(
        self, shop: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = (shop / "good.odcs.yaml").read_text(encoding="utf-8")
        (shop / "good.odcs.yaml").write_text(
            text.replace("name: Orders", 'name: "X\\n::warning::pwned"'), encoding="utf-8"
        )
        name, *options = command
        assert invoke([name, "good.odcs.yaml", "--global", "policies", *options]) == 0
        out = capsys.readouterr().out
        assert "pwned" in out
        assert "\n::warning" not in out

    def test_a_refused_contract_is_in_the_json_report_too(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (shop / "broken.odcs.yaml").write_text("a: [", encoding="utf-8")
        assert _check("good.odcs.yaml", "broken.odcs.yaml", "--format", "json") == 2
        report = json.loads(capsys.readouterr().out)
        assert report["verdict"] == "indeterminate"
        assert [error["file"] for error in report["errors"]] == ["broken.odcs.yaml"]


@pytest.mark.usefixtures("shop")
class TestPrevious:
    def test_the_earlier_version_of_another_product_is_refused(
        self, shop: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = CONTRACT.format(description=DESCRIBED).replace("shop.orders", "shop.returns")
        (shop / "returns.odcs.yaml").write_text(other, encoding="utf-8")
        assert _check("good.odcs.yaml", "--previous", "returns.odcs.yaml") == 2
        assert "is of another product" in capsys.readouterr().err

    def test_one_earlier_version_is_not_of_several_products(self, shop: Path) -> None:
        (shop / "more.odcs.yaml").write_bytes((shop / "good.odcs.yaml").read_bytes())
        assert _check("good.odcs.yaml", "more.odcs.yaml", "--previous", "good.odcs.yaml") == 2

    def test_that_it_is_the_first_is_told_from_nobody_saying_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = []
        for args in ((), ("--previous", "none")):
            assert _check("good.odcs.yaml", *args, "--format", "json") == 0
            said.append(json.loads(capsys.readouterr().out)["products"][0]["previous"])
        assert said == [None, "none"]
