"""What the commands take from `policy-engine.toml`, and what they never take from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from policy_engine.cli import main
from tests.unit.cli.cli_samples import CONTRACT, DESCRIBED, POLICY

Run = Callable[..., tuple[int, str, str]]
LOCAL = POLICY.replace("package council.rules", "package sales.rules").replace("policy documentation", "policy ours")
CONFIG = """\
global = "policies/global"
products = ["contracts/*.odcs.yaml"]
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    _write(tmp_path / "policies/global/rules.policy", POLICY)
    _write(tmp_path / "policies/sales/rules.policy", LOCAL)
    _write(tmp_path / "contracts/orders.odcs.yaml", CONTRACT.format(description=DESCRIBED))
    _write(tmp_path / "data/orders.csv", "id\n1\n2\n")
    _write(tmp_path / "policy-engine.toml", CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> tuple[int, str, str]:
        code = main.invoke(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _checked(run: Run, *args: str) -> dict[str, object]:
    _, out, err = run("check", "--format", "json", *args)
    assert out, err
    product = json.loads(out)["products"][0]
    assert isinstance(product, dict)
    return product


def test_what_is_judged_and_by_what_is_taken_from_the_file(shop: Path, run: Run) -> None:
    product = _checked(run)
    assert product["file"] == "contracts/orders.odcs.yaml"
    assert {rule["rule"] for rule in product["rules"]} == {  # type: ignore[attr-defined]
        "council.rules.documentation.described",
        "council.rules.documentation.filled",
    }


def test_the_file_is_found_from_the_product_and_paths_are_relative_to_it(
    shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop / "contracts")
    code, out, err = run("check", "orders.odcs.yaml", "--verbose")
    assert (code, err) == (0, "note: from ../policy-engine.toml: global\n")
    assert out.startswith("compliant: Orders 1.0.0  orders.odcs.yaml")


def test_the_command_line_wins(shop: Path, run: Run) -> None:
    (shop / "policy-engine.toml").write_text(CONFIG + 'stage = "run"\n[data]\norders = "data/nowhere.csv"\n')
    assert _checked(run, "--stage", "publish", "--data", "orders=data/orders.csv")["stage"] == "publish"
    assert _checked(run, "--sampled", "orders=data/orders.csv")["stage"] == "run"
    code, _, err = run("check")
    assert code == 2
    assert "nowhere.csv" in err


def test_one_product_has_its_own_data_and_policies(shop: Path, run: Run) -> None:
    other = CONTRACT.format(description=DESCRIBED).replace("shop.orders", "shop.returns")
    _write(shop / "contracts/returns.odcs.yaml", other)
    (shop / "policy-engine.toml").write_text(
        CONFIG + '[product."shop.orders"]\nlocal = "policies/sales"\ndata.orders = "data/orders.csv"\n'
    )
    _, out, _ = run("check", "--format", "json")
    orders, returns = json.loads(out)["products"]
    assert [rule["rule"] for rule in orders["rules"] if rule["outcome"] == "pass"] == [
        "council.rules.documentation.described",
        "council.rules.documentation.filled",
        "sales.rules.ours.described",
        "sales.rules.ours.filled",
    ]
    assert (orders["stage"], returns["stage"], len(returns["rules"])) == ("publish", "change", 2)
    assert len(_checked(run, "contracts/orders.odcs.yaml", "--local", "policies/sales", "--stage", "run")["rules"]) == 4  # type: ignore[arg-type]
    code, out, _ = run("explain", "ours.filled", "--product", "contracts/orders.odcs.yaml")
    assert (code, out.splitlines()[0]) == (0, "passes: sales.rules.ours.filled")


def test_a_table_of_no_product_is_said(shop: Path, run: Run) -> None:
    (shop / "policy-engine.toml").write_text(CONFIG + '[product."shop.oders"]\ndata.orders = "data/orders.csv"\n')
    code, _, err = run("check")
    assert code == 2
    assert 'error[CFG001]: `policy-engine.toml` has a table `product."shop.oders"`, and no product has this id' in err
    assert "help: the ids of its products: shop.orders" in err
    assert run("check", "contracts/orders.odcs.yaml")[0] == 0


def test_reports_are_written_unless_the_command_line_asks_for_some(shop: Path, run: Run) -> None:
    (shop / "policy-engine.toml").write_text(CONFIG + '[[output]]\nformat = "json"\nfile = "report.json"\n')
    assert run("check", "--format", "text")[0] == 0
    assert not (shop / "report.json").exists()
    code, out, err = run("check", "--verbose")
    assert code == 0
    assert out.startswith("compliant")
    assert err == "note: from policy-engine.toml: global, products, output\n"
    assert json.loads((shop / "report.json").read_text())["products"]


def test_no_config_takes_nothing_and_config_names_another(shop: Path, run: Run) -> None:
    code, _, err = run("check", "--no-config")
    assert code == 2
    assert "no product was named" in err
    _write(shop / "ci/other.toml", 'products = "../contracts"\nglobal = "../policies/sales"\n')
    code, _, err = run("check", "--config", "ci/other.toml", "--verbose")
    assert (code, err) == (0, "note: from ci/other.toml: global, products\n")
    code, _, err = run("check", "--config", "ci/other.toml", "--no-config")
    assert code == 2
    assert "contradict each other" in err


def test_products_of_two_files_are_not_mixed(shop: Path, run: Run) -> None:
    _write(shop / "more/policy-engine.toml", "")
    _write(shop / "more/more.odcs.yaml", CONTRACT.format(description=DESCRIBED))
    code, _, err = run("check", "contracts", "more")
    assert code == 2
    assert "the products are configured by different files" in err
    assert run("check", "contracts", "more", "--config", "policy-engine.toml")[0] == 0


def test_attest_says_what_it_took_and_has_no_key_from_the_file(shop: Path, run: Run) -> None:
    assert run("keys", "generate", "ci")[0] == 0
    code, _, err = run("attest", "--key", "ci.key")
    assert (code, err) == (0, "note: from policy-engine.toml: global, products\n")
    assert (shop / "contracts/orders.attestation.json").is_file()
    code, _, err = run("attest")
    assert code == 2
    assert "--key" in err


def test_policies_and_their_tests_are_those_that_are_written_here(shop: Path, run: Run) -> None:
    (shop / "policy-engine.toml").write_text('global = ["starter", "policies/global"]\nlocal = "policies/sales"\n')
    _write(
        shop / "policies/sales/rules.md",
        "# Ours\n\n```options\nof: sales.rules\n```\n\n```product\nschema:\n- name: orders\n  properties:\n"
        "  - {name: id, description: a number}\n```\n\n```expect\ncompliant\n```\n",
    )
    code, out, _ = run("test")
    assert (code, out.splitlines()[-1]) == (0, "1 page, 1 case: all pass")
    code, out, _ = run("fmt", "--check")
    assert "1 file" in out
    code, out, err = run("lint", "--verbose")
    assert (code, err) == (0, "note: from policy-engine.toml: global, local\n")
    assert run("lint", "policies/global", "--verbose")[2] == "note: from policy-engine.toml: nothing\n"
    code, _, err = run("docs", "-o", "site", "--verbose")
    assert (code, err) == (0, "note: from policy-engine.toml: global, local\n")


@pytest.mark.parametrize("command", ["fmt", "test"])
def test_without_a_file_a_path_is_needed(shop: Path, run: Run, command: str) -> None:
    code, _, err = run(command, "--no-config")
    assert code == 2
    assert "no PATH was given" in err


def test_what_a_code_means_is_said_even_where_the_file_is_wrong(shop: Path, run: Run) -> None:
    (shop / "policy-engine.toml").write_text("x = 1\n")
    assert run("explain", "CFG001")[0] == 0
    assert run("explain", "documentation.described")[0] == 2


def test_excuses_are_not_taken_from_a_file_that_was_found_beside_policies_that_the_caller_names(
    shop: Path, run: Run
) -> None:
    _write(shop / "contracts/orders.odcs.yaml", CONTRACT.format(description=""))
    waivable = POLICY.replace(
        'owner "council@example.org"', 'owner "council@example.org" waivable by council for at most 90d'
    )
    _write(shop / "policies/global/rules.policy", waivable)
    _write(
        shop / "contracts/ours.policy",
        'package ours\n## Not yet.\nwaiver ours of council.rules.documentation for product "shop.orders"\n'
        'granted 2027-01-01 until 2027-02-01 because "no time" approved by "the council"\n',
    )
    _write(shop / "contracts/policy-engine.toml", 'waivers = "ours.policy"\n')
    check = ("check", "contracts/orders.odcs.yaml", "--global", "policies/global", "--as-of", "2027-01-15")
    code, _, err = run(*check)
    assert (code, "`waivers` of contracts/policy-engine.toml is not taken beside --global" in err) == (1, True)
    code, _, err = run(*check, "--config", "contracts/policy-engine.toml")
    assert (code, err) == (0, "")
