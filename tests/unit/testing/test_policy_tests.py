"""Tests of policies: pages that are wrong are refused with their line, the others say what differs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.cli import main
from policy_engine.testing.blocks import KINDS, blocks
from policy_engine.testing.model import TestFileError
from policy_engine.testing.read import read_page
from policy_engine.testing.update import rewritten

POLICY = """package acme

## Keeping.
policy retention
  owner "o"
{
  ## Not for more than three years.
  rule not_too_long
    for dataset in product.datasets
    when dataset.retention is present
    require dataset.retention <= 3y
    message "{dataset.name} is kept for {dataset.retention}"
}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: orders
tags: [a, b]
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, tags: [key]}
      - {name: mail, logicalType: string, classification: internal}
    customProperties:
      - {property: retention, value: 5y}
"""
FROM = '```product from="orders.odcs.yaml"\n'
FAILS = "```expect\nnon_compliant\nfail acme.retention.not_too_long orders\n```\n"

PIECES = [
    *(f"```{kind}\n" for kind in KINDS),
    *(f'````{kind} title="x.csv"\n' for kind in KINDS),
    *("```\n", "````\n", "~~~\n", "# A\n", "## B\n", "### C\n", "\r\n", "\u2028", "\x0c", "`", "compliant\n", "none\n"),
    *(
        "stage: run\n",
        "of: a, ,b\n",
        "global: .\n",
        "package acme\n",
        '```data title="../x.csv"\n',
        "orders.row_count: 1\n",
    ),
]

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Write a page beside its policy and its contract, run it: exit code and what is printed."""
    monkeypatch.chdir(tmp_path)
    Path("rules.policy").write_text(POLICY)
    Path("orders.odcs.yaml").write_text(CONTRACT)

    def run(page: str, *options: str) -> tuple[int, str]:
        Path("rules.md").write_text(page)
        code = main.invoke(["test", "rules.md", *options])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def case(product: str = FROM + "```\n", expect: str = FAILS, before: str = "") -> str:
    return f"# Page\n\n## Case\n\n{before}{product}{expect}"


def test_the_policies_of_the_folder_are_tested(run: Run) -> None:
    assert run(case()) == (0, "passes  rules.md: 1 case\n\n1 page, 1 case: all pass\n")


def test_an_unexpected_violation_is_shown_with_its_message_and_place(run: Run) -> None:
    code, said = run(case(expect="```expect\ncompliant\n```\n"))
    assert code == 1
    assert "rules.md:7\n" in said
    assert "expected the verdict `compliant`, but it is `non_compliant`" in said
    assert "not expected: `fail acme.retention.not_too_long orders`\n      orders is kept for 5y\n" in said
    assert "at orders.odcs.yaml:11:31" in said


def test_a_place_on_the_page_is_the_line_of_the_page(run: Run) -> None:
    product = FROM + "schema:\n  orders:\n    customProperties:\n      retention: {value: 4y}\n```\n"
    _, said = run(case(product, "```expect\ncompliant\n```\n"))
    assert "is kept for 4y\n      at rules.md:9:19" in said


def test_what_did_not_happen_is_shown_with_what_happened_instead(run: Run) -> None:
    code, said = run(case(FROM + "schema: {orders: {customProperties: {retention: null}}}\n```\n"))
    assert code == 1
    line = "expected `fail acme.retention.not_too_long orders`, but it did not happen; the rule said "
    assert f"{line}`not_applicable acme.retention.not_too_long`" in said


def test_a_line_that_may_be_left_out_has_to_be_true(run: Run) -> None:
    code, said = run(case(expect=FAILS.replace("orders\n", "orders\npass acme.retention.other\n")))
    assert code == 1
    assert "there is no rule `acme.retention.other` here" in said


def test_a_violation_cannot_be_left_out(run: Run) -> None:
    code, said = run(case(expect="```expect\nnon_compliant\n```\n"))
    assert code == 1
    assert "not expected: `fail acme.retention.not_too_long orders`" in said


def test_only_what_a_case_is_about_counts(run: Run) -> None:
    other = POLICY.replace("retention\n", "other\n", 1).replace("3y", "9y")
    Path("other.policy").write_text(other)
    options = "```options\nof: acme.other\n```\n"
    code, _ = run(case(expect="```expect\ncompliant\npass acme.other.not_too_long\n```\n", before=options))
    assert code == 0
    code, said = run(case(before=options.replace("acme.other", "acme.othr")))
    assert code == 2
    assert "`of` names `acme.othr`, which does not exist\n  help: did you mean `acme.other`?" in said


def test_options_of_an_inner_section_replace_single_lines_of_the_outer(run: Run) -> None:
    page = "# Page\n\n```options\nas_of: 2020-01-01\ndetails: yes\n```\n" + case(
        before="```options\ndetails: no\n```\n"
    )
    assert run(page)[0] == 0


def test_a_domain_is_tested_with_what_the_council_wrote(run: Run) -> None:
    local = '```policy title="local/shop.policy"\npackage shop\n\n## P.\npolicy p\n  owner "o"\n{\n  ## R.\n  rule r\n'
    local += '    for dataset in product.datasets\n    require dataset.name == "orders"\n}\n```\n'
    code, said = run(case(before=local, expect=FAILS.replace("orders\n", "orders\npass shop.p.r\n")))
    assert code == 0, said


def test_policies_are_named_in_the_page(run: Run) -> None:
    Path("council").mkdir()
    Path("council/rules.policy").write_text(POLICY.replace("3y", "7y"))
    expect = "```expect\ncompliant\n```\n"
    assert run(case(before="```policies\nglobal: council\n```\n", expect=expect))[0] == 0
    assert run(case(expect=expect), "--global", "council")[0] == 0


@pytest.mark.parametrize(
    ("product", "path", "value"),
    [
        ("tags: [third]\n", "a, b", "third"),
        ("schema:\n- name: orders\n  properties:\n  - name: mail\n    classification: null\n", "internal", None),
        ("schema: {orders: {properties: {mail: null}}}\n", "mail", None),
        ("schema: {orders: {properties: {born: {logicalType: date}}}}\n", None, "born"),
        ("schema:\n- {name: other, properties: [{name: x, logicalType: string}]}\n", None, "other"),
    ],
)
def test_a_block_is_laid_over_its_file(product: str, path: str | None, value: str | None) -> None:
    from policy_engine.testing.model import Contract, Document
    from policy_engine.testing.overlay import product_of

    base = Document("orders.odcs.yaml", CONTRACT.encode())
    found = product_of(Contract(Document("rules.md", product.encode(), 7), base)).product
    plain = product_of(Contract(Document("rules.md", b"", 7), base)).product
    said, before = repr((found.tags, found.datasets, found.fields)), repr((plain.tags, plain.datasets, plain.fields))
    assert path is None or (path in before.replace("'", "") and path not in said.replace("'", ""))
    assert value is None or (value in said and value not in before.replace("classification", ""))


WRONG = [
    ("```expect\ncompliant\n", 1, "this block is not closed"),
    ('```expect from="x"\ncompliant\n```\n', 1, "a `expect` block has no `from`"),
    ("```expcet\ncompliant\n```\n```product\n```\n", 1, "`expcet` is no block of a test"),
    ("  ```expect\ncompliant\n  ```\n", 1, "its fence is indented"),
    ("```data\n```\n```expect\ncompliant\n```\n", 1, "this `data` block has no title"),
    ('```data title="x.xls"\n```\n```expect\ncompliant\n```\n', 1, "`x.xls` is no name of data"),
    ('```data title="x\0.csv"\n```\n```expect\ncompliant\n```\n', 1, "is no name of data"),
    (f'```data title="{"x" * 300}.csv"\n```\n```expect\ncompliant\n```\n', 1, "is no name of data"),
    ('```policy title="rules.policy"\n```\n```expect\ncompliant\n```\n', 1, "names no layer"),
    ('```policy title="global/../rules.policy"\n```\n```expect\ncompliant\n```\n', 1, "names no layer"),
    ("```expect\ncompliant\n```\n", 1, "no product is given"),
    ("```options\nstagee: run\n```\n```expect\ncompliant\n```\n", 2, "`options` has no `stagee`"),
    ("```options\nstage: walk\n```\n```expect\ncompliant\n```\n", 2, "`walk` is no stage"),
    ("```options\nas_of: soon\n```\n```expect\ncompliant\n```\n", 2, "`soon` is no time"),
    ("```options\nstage run\n```\n```expect\ncompliant\n```\n", 2, "is no line `name: value`"),
    ("```options\ndetails: maybe\n```\n```expect\ncompliant\n```\n", 2, "neither yes nor no"),
    ("```options\nsampled: orders\n```\n```expect\ncompliant\n```\n", 4, "of which no data is given"),
    ("```policies\nglobal: nowhere\n```\n```expect\ncompliant\n```\n", 2, "`nowhere` does not exist"),
    ('```product from="none.yaml"\n```\n```expect\ncompliant\n```\n', 1, "cannot read `none.yaml`"),
    ("```product\nschema: [a: {\n```\n```expect\ncompliant\n```\n", 3, "bracket"),
    ("```product\n```\n```expect\ncomplaint\n```\n", 4, "`complaint` is no verdict"),
    ("```product\n```\n```expect\ncompliant\nfial x y\n```\n", 5, "`fial` is no outcome"),
    ("```product\n```\n```expect\ncompliant\nfail\n```\n", 5, "`fail` of which rule"),
    ("```product\n```\n```expect\nerror CHK003\n```\n", 4, "names no diagnostic"),
]


@pytest.mark.parametrize(("page", "line", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_a_wrong_page_is_refused_with_its_line(run: Run, page: str, line: int, message: str) -> None:
    code, said = run(page)
    assert code == 2
    assert message in said
    assert f"rules.md:{line}:" in said


def test_policies_with_errors_are_shown_once(run: Run) -> None:
    Path("rules.policy").write_text(POLICY.replace("retention <=", "retentoin <="))
    code, said = run(case() + case().replace("## Case", "## Other"))
    assert code == 2
    assert said.count("error[CHK003") == 1


def test_expected_errors_may_be_said_in_short(run: Run) -> None:
    policy = f"```policy\n{POLICY.replace('dataset.retention <=', 'dataset.retentoin <=')}```\n"
    assert run(f"## Case\n\n{policy}```expect\nerror CHK003 11\n```\n")[0] == 0
    code, said = run(f"## Case\n\n{policy}```expect\nerror CHK003 12\n```\n")
    assert code == 1
    assert "not expected: `error CHK003 global/acme.policy:11`" in said


def test_update_writes_what_came_and_keeps_what_was_written(run: Run) -> None:
    before = case(expect="```expect\ncompliant\npass acme.retention.not_too_long\n```\nProse  stays.")
    code, said = run(before, "--update")
    assert code == 0
    assert "rules.md: 1 case rewritten" in said
    assert Path("rules.md").read_text() == case(expect=FAILS + "Prose  stays.")
    assert run(Path("rules.md").read_text())[0] == 0


def test_update_leaves_a_page_with_an_error_as_it_is(run: Run) -> None:
    page = case(expect="```expect\n```\n") + "## Other\n```options\nstage: walk\n```\n```expect\n```\n"
    assert run(page, "--update")[0] == 2
    assert Path("rules.md").read_text() == page


def test_update_fills_an_empty_block(run: Run) -> None:
    assert run(case(expect="```expect\n```\n"))[0] == 1
    run(case(expect="```expect\n```\n"), "--update")
    assert Path("rules.md").read_text() == case()


def test_update_says_where_an_error_is_now_expected(run: Run) -> None:
    wrong = "## Wrong\n```product\nschema: [{name: orders, customProperties: {retention: 1y}}]\n```\n```expect\n```\n"
    _, said = run(wrong, "--update")
    assert "Wrong (expects an error now, which is right only where one is meant: PRD001: " in said
    _, said = run(case(expect="```expect\n```\n"), "--update")
    assert "expects an error" not in said


def test_nothing_tested_is_never_fine(run: Run) -> None:
    assert run("# Prose\n")[0] == 2
    code, said = run(case(), "-k", "nothing like it")
    assert code == 2
    assert "no case has `nothing like it`" in said
    Path("empty").mkdir()
    assert main.invoke(["test", "empty"]) == 2
    assert main.invoke(["test", "."]) == 0
    assert main.invoke(["test", ".", "empty"]) == 2


def test_names_choose_cases(run: Run) -> None:
    page = case() + "## Other\n" + FROM + "```\n```expect\ncompliant\n```\n"
    assert run(page)[0] == 1
    assert run(page, "-k", "CASE")[0] == 0


def test_the_results_as_json(run: Run) -> None:
    code, said = run(case(expect="```expect\ncompliant\n```\n"), "--format", "json")
    document = json.loads(said)
    assert code == 1
    assert document["schema"] == "urn:policy-engine:test-report:v1"
    (found,) = document["pages"][0]["cases"]
    assert (found["name"], found["line"], found["result"]) == ("Case", 7, "fail")


def test_no_path_of_the_machine_is_shown(run: Run) -> None:
    data = '```data title="orders.csv"\nid,id\n1,2\n```\n```options\ndetails: yes\n```\n'
    _, said = run(case(before=data, expect="```expect\ncompliant\n```\n"))
    assert os.fspath(Path.cwd()) not in said
    assert "/tmp" not in said


def test_hostile_references_read_nothing_and_run_nothing(run: Run) -> None:
    for source in ("/dev/zero", "\x00", "a" * 5000, "."):
        code, said = run(case(f'```product from="{source}"\n```\n'))
        assert code == 2, source
        assert "Traceback" not in said


def test_waivers_are_given_beside_the_policies(run: Run) -> None:
    policy = POLICY.replace('owner "o"\n', 'owner "o"\n  waivable by council for at most 90d\n')
    waiver = """package acme.waivers

waiver migration
  of acme.retention.not_too_long
  for product "orders"
  granted 2026-12-01
  until 2027-01-31
  because "moves away"
  approved by "the council"
"""
    Path("waivers").mkdir()
    Path("waivers/w.policy").write_text(waiver)
    expect = FAILS.replace("non_compliant\nfail", "compliant\nwaived")
    run(case())
    Path("council").mkdir()
    Path("rules.policy").rename("council/rules.policy")
    Path("council/rules.policy").write_text(policy)
    Path("rules.md").write_text(case(expect=expect, before="```policies\nglobal: council\nwaivers: waivers\n```\n"))
    assert main.invoke(["test", "rules.md"]) == 0
    Path("rules.md").write_text(case(expect=expect, before="```policies\nglobal: council\n```\n"))
    assert main.invoke(["test", "rules.md"]) == 1
    assert main.invoke(["test", "rules.md", "--waivers", "waivers"]) == 0
    assert main.invoke(["test", "rules.md", "--waivers", "waivers", "--mutate", "--coverage"]) == 0


def test_a_block_that_no_case_reads_is_noted(run: Run) -> None:
    code, said = run(case() + "\n## Forgotten\n\n```product\nschema: []\n```\n")
    assert code == 0
    assert "  note: no `expect` block reads the `product` block in line 14\n" in said


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.booleans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_page_is_read_or_refused_with_its_line(tmp_path: Path, pieces: list[str], is_joined: bool) -> None:
    page = tmp_path / "page.md"
    page.write_text(("" if is_joined else "\n").join(pieces), encoding="utf-8", newline="")
    refused: TestFileError | None = None
    try:
        found = read_page(page)
    except TestFileError as error:
        refused = error
    if refused is not None:
        assert re.match(rf"{re.escape(page.as_posix())}:\d+: ", str(refused))
        assert refused.help
    else:
        expects = [block for block in blocks(page.read_text(encoding="utf-8")) if block.kind == "expect"]
        assert [one.expect.start for one in found.cases] == [block.start for block in expects]


def test_updating_replaces_blocks_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "# T\r\n\r\n```policy\r\npackage acme\r\n```\r\n```expect\r\nx\r\ny\r\n```\r\nend\u2028 no line end"
    page.write_bytes(text.encode())
    found = read_page(page)
    after = rewritten(found, [(found.cases[0].expect, "no diagnostics\n")])
    assert after == text.replace("x\r\ny\r\n", "no diagnostics\r\n")


def test_the_library_that_ships_passes_its_own_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.invoke(["test", "starter", "--quiet"]) == 0
    assert "all pass" in capsys.readouterr().out
