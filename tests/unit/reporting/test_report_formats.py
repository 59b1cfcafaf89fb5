"""Every format of a report: against a kept copy, against its consumer's rules, and with names that want to break out."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest
from json_schema import problems
from report_samples import ORDERS, sample

from policy_engine.reporting.as_github import MOST, render_github
from policy_engine.reporting.as_gitlab import render_gitlab
from policy_engine.reporting.as_html import render_html
from policy_engine.reporting.as_json import render_json
from policy_engine.reporting.as_junit import render_junit
from policy_engine.reporting.as_markdown import render_markdown
from policy_engine.reporting.as_sarif import render_sarif
from policy_engine.reporting.run import Run
from policy_engine.verdict import Verdict

HERE: Final = Path(__file__).parent
ROOT: Final = Path(__file__).parents[3]
SARIF: Final = json.loads((ROOT / "tests/data/sarif/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
FORMS: Final[dict[str, Callable[[Run], str]]] = {
    "sarif": lambda run: render_sarif(run, "0.0.0"),
    "junit.xml": render_junit,
    "github": render_github,
    "gitlab.json": render_gitlab,
    "markdown.md": render_markdown,
    "html": render_html,
}


def _sarif(run: Run) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render_sarif(run, "0.0.0"))["runs"][0]
    return made


@pytest.mark.parametrize("name", FORMS)
def test_a_format_is_as_it_was(name: str, run: Run) -> None:
    kept = HERE / "golden" / f"report.{name}"
    if os.environ.get("GOLDEN"):
        kept.write_text(FORMS[name](run), encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == FORMS[name](run)


@pytest.mark.parametrize("name", [*FORMS, "json"])
def test_no_name_brings_a_control_character_or_turns_text_around(name: str, run: Run) -> None:
    text = {**FORMS, "json": render_json}[name](run)
    assert set(re.findall("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)) == set()


def test_json_keeps_every_name_as_it_is(run: Run) -> None:
    assert json.loads(render_json(run))["products"][0]["name"] == run.reports[0].name


class TestSarif:
    def test_it_fits_the_schema_of_the_standard(self, run: Run) -> None:
        assert problems(json.loads(render_sarif(run, "0.0.0")), SARIF) == []

    def test_the_schema_is_really_asked(self, run: Run) -> None:
        document = json.loads(render_sarif(run, "0.0.0"))
        document["runs"][0]["results"][0]["level"] = "fatal"
        document["runs"][0]["columns"] = 1
        assert len(problems(document, SARIF)) == 2

    def test_levels_follow_what_is_in_force(self, run: Run) -> None:
        levels = {(one["ruleId"].rpartition(".")[2], one["level"]) for one in _sarif(run)["results"]}
        assert levels == {("described", "error"), ("classified", "warning"), ("named", "note")}

    def test_results_point_to_their_rule_and_place(self, run: Run) -> None:
        made = _sarif(run)
        first = made["results"][0]
        assert made["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
        place = first["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "contracts/a%20orders%25.odcs.yaml", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": 10, "startColumn": 5}
        assert first["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "orders.id"}]

    def test_what_is_waived_is_suppressed_with_its_reason(self, run: Run) -> None:
        (waived,) = [one for one in _sarif(run)["results"] if "suppressions" in one]
        assert waived["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "orders.old"
        assert "goes away" in waived["suppressions"][0]["justification"]

    def test_what_could_not_be_decided_or_read_is_a_notification(self, run: Run) -> None:
        (invocation,) = _sarif(run)["invocations"]
        said = [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]
        assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
        assert said[0].startswith("not judged: line 3")
        assert any(text.startswith("could not be decided: no previous version") for text in said[1:])

    def test_fingerprints_survive_edits_elsewhere(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        moved = ORDERS.replace("schema:\n", "domain: sales\n# a remark\n\nschema:\n").replace("1.0.0", "1.1.0")
        after = _sarif(sample(tmp_path, orders=moved))["results"]
        prints = {one["partialFingerprints"]["productRuleSubject/v1"] for one in after}
        assert prints < {one["partialFingerprints"]["productRuleSubject/v1"] for one in _sarif(run)["results"]}
        assert len(prints) == len(after)


#: What the schema of the Jenkins plugin allows: attributes that must be there, others, and children.
_JUNIT: Final = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"time", "classname", "group"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
    "system-err": (set(), set(), set()),
}


class TestJUnit:
    def test_every_element_is_one_that_jenkins_takes(self, run: Run) -> None:
        for element in ElementTree.fromstring(render_junit(run)).iter():
            needed, others, children = _JUNIT[element.tag]
            assert needed <= set(element.keys()) <= needed | others
            assert {child.tag for child in element} <= children

    def test_the_numbers_are_those_of_the_cases(self, run: Run) -> None:
        top = ElementTree.fromstring(render_junit(run))
        for suite in top:
            assert suite.get("tests") == str(len(suite.findall("testcase")))
            assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
            assert suite.get("errors") == str(len(suite.findall("testcase/error")))
        assert int(top.get("errors", "")) == sum(int(suite.get("errors", "")) for suite in top)

    def test_blocking_fails_fail_and_warnings_are_printed(self, run: Run) -> None:
        suite = ElementTree.fromstring(render_junit(run))[0]
        cases = {case.get("name", "").rpartition(".")[2]: [child.tag for child in case] for case in suite[1:]}
        assert cases == {
            "described": ["failure"], "filled": ["skipped"], "classified": ["system-out"], "named": ["system-out"],
            "kept": ["error"],
        }  # fmt: skip

    def test_nothing_checked_is_an_error_even_where_no_rule_erred(self, run: Run) -> None:
        report = replace(run.reports[1], results=(), verdict=Verdict.INDETERMINATE)
        suite = ElementTree.fromstring(render_junit(Run((report,))))[0]
        assert suite.get("errors") == "1"
        assert [one.get("message", "")[:19] for one in suite.findall("testcase/error")] == ["nothing was checked"]


class TestGitHub:
    def test_every_line_is_one_command_or_begins_with_a_verdict(self, run: Run) -> None:
        command = re.compile(r"::(error|warning|notice) ((file|line|col|title)=[^:,\r\n]*,?)+::[^\r\n]*")
        lines = render_github(run).splitlines()
        assert all(
            command.fullmatch(line) or re.match(r"(not )?compliant|indeterminate|\d+ product", line) for line in lines
        )
        assert not [line for line in lines if not line.startswith("::") and "##[" in line]

    def test_of_more_than_ten_of_a_kind_the_last_says_how_many_there_are(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        many = ORDERS + "".join(f"  - name: f{number}\n    logicalType: string\n" for number in range(30))
        lines = render_github(sample(tmp_path, orders=many)).splitlines()
        errors = [line for line in lines if line.startswith("::error")]
        assert len(errors) == MOST
        assert errors[-1].startswith("::error title=policy-engine::25 more are not shown here")
        assert len([line for line in lines if line.startswith("::notice")]) == 1


class TestGitLab:
    def test_every_issue_has_what_gitlab_needs(self, run: Run) -> None:
        issues = json.loads(render_gitlab(run))
        for issue in issues:
            assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
            assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
            assert issue["location"]["lines"]["begin"] >= 1
            assert not issue["location"]["path"].startswith(("./", "/"))
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)

    def test_what_is_waived_is_no_issue_and_what_blocks_undecided_is_one(self, run: Run) -> None:
        said = [issue["description"] for issue in json.loads(render_gitlab(run))]
        assert not [text for text in said if text.startswith("orders.old is not described")]
        assert [text for text in said if text.startswith("could not be decided")]


class TestMarkdown:
    def test_texts_bring_no_markup_of_their_own(self, run: Run) -> None:
        text = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", render_markdown(run), flags=re.DOTALL)
        assert set(re.findall(r"<[^>]*>?", text)) <= {
            "<details>",
            "<details open>",
            "</details>",
            "<summary>",
            "</summary>",
            "<!-- -->",
        }
        assert not re.search(r"@\w|#\d|\w://", text)

    def test_every_row_of_a_table_has_as_many_cells_as_its_head(self, run: Run) -> None:
        cells = 0
        for line in render_markdown(run).splitlines():
            if line.startswith("|"):
                found = len(re.findall(r"(?<!\\)\|", line))
                cells = cells or found
                assert found == cells
            else:
                cells = 0


class TestHtml:
    def test_it_needs_nothing_else_and_runs_nothing(self, run: Run) -> None:
        page = render_html(run)
        assert re.findall(r"<(script|link|img|iframe|object|base|form)\b", page) == []
        assert re.findall(r"(?:src|href)=\"(?!#)", page) == []
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
        (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"

    def test_headings_go_down_step_by_step(self, run: Run) -> None:
        levels = [int(level) for level in re.findall(r"<h([1-6])", render_html(run))]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))

    def test_every_link_leads_to_a_product(self, run: Run) -> None:
        page = render_html(run)
        assert {link for link in re.findall(r'href="#([^"]+)"', page) if f'id="{link}"' not in page} == set()

    def test_every_table_says_what_it_is(self, run: Run) -> None:
        page = render_html(run)
        assert page.count("<table>") == page.count("<caption>") == page.count('role="region"')
