"""`check`: verdicts as exit codes, reports for people and machines, and what wrong input gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import CONTRACT, DESCRIBED, POLICY

from policy_engine.cli.main import invoke


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy, a good and a bad contract, and data."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/documentation.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "good.odcs.yaml").write_text(CONTRACT.format(description=DESCRIBED), encoding="utf-8")
    (tmp_path / "bad.odcs.yaml").write_text(CONTRACT.format(description=""), encoding="utf-8")
    (tmp_path / "orders.csv").write_text("id\na1\na2\n", encoding="utf-8")
    return tmp_path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line: exit code, stdout, stderr."""

    def runner(*args: str) -> tuple[int, str, str]:
        code = invoke(args)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return runner


def _check(run: Run, *args: str) -> tuple[int, str, str]:
    return run("check", *args, "--global", "policies", "--as-of", "2026-11-20")


@pytest.mark.usefixtures("shop")
class TestVerdicts:
    def test_a_compliant_product_exits_with_0(self, run: Run) -> None:
        code, out, _ = _check(run, "good.odcs.yaml", "--data", "orders=orders.csv")
        assert code == 0
        assert out.startswith("compliant: Orders 1.0.0  good.odcs.yaml\n")

    def test_a_violation_exits_with_1_and_says_line_reason_and_fix(self, run: Run) -> None:
        code, out, _ = _check(run, "bad.odcs.yaml", "--data", "orders=orders.csv")
        assert code == 1
        assert "    bad.odcs.yaml:10:5  orders.id is not described\n      fix: description: what it means" in out

    def test_without_data_what_needs_it_is_due_later_and_said(self, run: Run) -> None:
        code, out, _ = _check(run, "good.odcs.yaml")
        assert code == 0
        assert "no data was given: only metadata was checked" in out
        assert "due later\n  council.rules.documentation.filled  due at stage publish" in out

    def test_data_that_is_due_and_not_given_exits_with_3(self, run: Run) -> None:
        code, out, _ = _check(run, "good.odcs.yaml", "--stage", "publish")
        assert code == 3
        assert out.startswith("indeterminate")
        assert "no data was given for dataset `orders`" in out

    def test_of_several_products_the_worst_counts_and_all_are_summed_up(self, run: Run) -> None:
        code, out, _ = _check(run, "good.odcs.yaml", "bad.odcs.yaml")
        assert code == 1
        assert out.endswith("2 products: 1 compliant, 1 not compliant\n")

    def test_a_folder_means_the_contracts_in_it(self, run: Run) -> None:
        _, out, _ = _check(run, ".", "--format", "json")
        assert [product["file"] for product in json.loads(out)["products"]] == ["bad.odcs.yaml", "good.odcs.yaml"]

    def test_quiet_is_one_line_for_each_product(self, run: Run) -> None:
        code, out, err = _check(run, "bad.odcs.yaml", "good.odcs.yaml", "--quiet")
        assert (code, err) == (1, "")
        assert out == "not compliant: Orders 1.0.0  bad.odcs.yaml\ncompliant: Orders 1.0.0  good.odcs.yaml\n"


@pytest.mark.usefixtures("shop")
class TestReports:
    def test_json_holds_what_the_text_says(self, run: Run) -> None:
        _, out, _ = _check(run, "bad.odcs.yaml", "--data", "orders=orders.csv", "--format", "json")
        report = json.loads(out)
        assert report["schema"] == "urn:policy-engine:report:v1"
        assert report["verdict"] == "non_compliant"
        (product,) = report["products"]
        assert product["counts"] == {
            "pass": 1, "fail": 1, "waived": 0, "not_applicable": 0, "indeterminate": 0, "due_later": 0,
        }  # fmt: skip
        described, filled = product["rules"]
        assert described["rule"] == "council.rules.documentation.described"
        assert described["violations"][0]["location"] == {
            "file": "bad.odcs.yaml", "line": 10, "column": 5, "pointer": "/schema/0/properties/0",
        }  # fmt: skip
        assert (filled["outcome"], filled["subjects"]) == ("pass", 1)

    def test_the_same_inputs_give_the_same_bytes(self, run: Run) -> None:
        args = ("bad.odcs.yaml", "--data", "orders=orders.csv", "--format", "json")
        assert _check(run, *args)[1] == _check(run, *args)[1]

    def test_a_report_file_is_written_whole(self, run: Run, shop: Path) -> None:
        code, out, _ = _check(run, "bad.odcs.yaml", "--format", "json", "-o", "report.json")
        assert (code, out) == (1, "")
        assert json.loads((shop / "report.json").read_text(encoding="utf-8"))["verdict"] == "non_compliant"
        assert not [path for path in shop.iterdir() if path.name.startswith(".")]

    def test_a_folder_that_is_not_there_gets_no_half_report(self, run: Run) -> None:
        code, _, err = _check(run, "bad.odcs.yaml", "-o", "nowhere/report.txt")
        assert code == 2
        assert "cannot write `nowhere/report.txt`" in err

    def test_values_of_data_show_only_when_asked_for(self, run: Run, shop: Path) -> None:
        policy = POLICY.replace("{field.path} has {field.null_count} missing", "up to {max(field.values)} in").replace(
            "field.null_count == 0", "field.null_count > 0"
        )
        (shop / "policies/documentation.policy").write_text(policy, encoding="utf-8")
        args = ("good.odcs.yaml", "--data", "orders=orders.csv")
        assert "a2" not in _check(run, *args)[1]
        assert "up to a2 in" in _check(run, *args, "--show-values")[1]

    def test_without_global_policies_the_library_is_used_and_said(self, run: Run) -> None:
        _, out, err = run("check", "good.odcs.yaml", "--format", "json")
        assert "using the policy library that ships" in err
        assert any(rule["rule"].startswith("starter.") for rule in json.loads(out)["products"][0]["rules"])


@pytest.mark.usefixtures("shop")
class TestWrongInput:
    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (("nowhere.yaml",), "`nowhere.yaml` does not exist"),
            (("good.odcs.yaml", "--data", "order=orders.csv"), "did you mean `orders`?"),
            (("good.odcs.yaml", "--data", "orders"), "`orders` is not DATASET=PATH"),
            (("good.odcs.yaml", "--data", "orders=nowhere.csv"), "`nowhere.csv` does not exist"),
            (("good.odcs.yaml", "--data", "orders=orders.csv", "--sampled", "orders=orders.csv"), "given twice"),
            (("good.odcs.yaml", "--previous", "nowhere.yaml"), "nowhere.yaml"),
            (("orders.csv",), "orders.csv"),
        ],
    )
    def test_what_cannot_be_read_exits_with_2_and_says_what(self, run: Run, args: tuple[str, ...], said: str) -> None:
        code, out, err = _check(run, *args)
        assert (code, out) == (2, "")
        assert said in err
        assert "Traceback" not in err

    def test_one_unreadable_contract_does_not_hide_the_others(self, run: Run, shop: Path) -> None:
        (shop / "broken.odcs.yaml").write_text("a: [", encoding="utf-8")
        code, out, err = _check(run, "broken.odcs.yaml", "bad.odcs.yaml")
        assert code == 2
        assert "broken.odcs.yaml" in err
        assert "orders.id is not described" in out

    def test_policies_with_errors_are_shown_and_nothing_is_checked(self, run: Run, shop: Path) -> None:
        (shop / "policies/documentation.policy").write_text(POLICY.replace("is present", "is presnt"), encoding="utf-8")
        code, out, err = _check(run, "good.odcs.yaml")
        assert (code, out) == (2, "")
        assert "unexpected `presnt`" in err

    def test_a_time_that_is_none_is_refused(self, run: Run) -> None:
        code, _, err = run("check", "good.odcs.yaml", "--global", "policies", "--as-of", "tomorrow")
        assert code == 2
        assert "`tomorrow` is no time" in err

    def test_a_misspelt_command_gets_the_nearest(self, run: Run) -> None:
        code, _, err = run("chek", "good.odcs.yaml")
        assert code == 2
        assert "did you mean `check`?" in err

    def test_an_interruption_is_no_traceback(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_args: object, **_options: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("policy_engine.engine.check", interrupted)
        code, out, err = _check(run, "good.odcs.yaml")
        assert (code, out) == (2, "")
        assert "interrupted" in err

    def test_an_error_of_ours_is_said_to_be_one(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_args: object, **_options: object) -> None:
            raise ZeroDivisionError("ours")

        monkeypatch.setattr("policy_engine.engine.check", broken)
        code, _, err = _check(run, "good.odcs.yaml")
        assert code == 2
        assert "this is a bug in policy-engine" in err


_MANY = """package acme

## Descriptions.
policy described
  owner "data@acme.example"
  enforce {enforcement}
{{
  ## Fields say what they mean.
  rule there
    for field in product.fields
    require field.description is present
    message "{{field.path}} says nothing"
    fix "description: # what its values mean"
}}
"""


def _many(shop: Path, enforcement: str) -> None:
    fields = "".join(f"  - name: f{number:02}\n" for number in range(25))
    (shop / "many.odcs.yaml").write_text(
        f"apiVersion: v3.1.0\nkind: DataContract\nid: many\nschema:\n- name: d\n  properties:\n{fields}"
    )
    (shop / "many.policy").write_text(_MANY.format(enforcement=enforcement))


@pytest.mark.parametrize(
    ("enforcement", "more", "shown"), [("block", (), 20), ("warn", (), 5), ("warn", ("--verbose",), 20)]
)
def test_one_fix_for_many_stands_once_and_what_warns_leaves_room(
    shop: Path, run: Run, enforcement: str, more: tuple[str, ...], shown: int
) -> None:
    _many(shop, enforcement)
    _, out, _ = run("check", "many.odcs.yaml", "--global", "many.policy", *more)
    assert out.count("says nothing") == shown
    assert out.count("fix, for each: description") == 1
    assert f"… and {25 - shown} more" in out
