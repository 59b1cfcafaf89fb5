"""What is heard of an evaluation: clauses, the values of expressions where they were written, counts of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policy_engine.engine import DataGiven, check
from policy_engine.evaluation.trace import Deaf, RowCounts
from policy_engine.loading import diagnose
from policy_engine.plan.expressions import Ask, Expr
from policy_engine.plan.model import RulePlan
from policy_engine.plan.origins import Origins
from policy_engine.plan.values import Unknown

POLICY = """package acme
def is_loud(text: String) -> Bool = text == upper(text)
let allowed = {"secret", "public"}
policy labels
  owner "council"
{
  param longest: Int = 2 * 3
  rule short
    for field in product.fields
    when field.classification is present
    require field.classification in allowed and (not is_loud(field.classification) or length(field.name) <= longest)
  rule filled
    for dataset in product.datasets
    for row in dataset.rows
    require row.mail is present and (row.age is missing or row.age >= 18)
}
"""
PRODUCT = """apiVersion: v3.1.0
kind: DataContract
id: product
schema:
  - name: people
    properties:
      - {name: mail, logicalType: string, classification: secret}
      - {name: age, logicalType: integer, classification: PRIVATE}
      - {name: note, logicalType: string}
"""


@dataclass
class Heard(Deaf):
    origins: Origins
    texts: list[tuple[str, Any]] = field(default_factory=list)
    clauses: list[tuple[str, str]] = field(default_factory=list)
    counted: dict[str, RowCounts] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    def leave(self, expr: Expr, value: Any) -> None:
        origin = self.origins.of(expr)
        self.texts += [] if origin is None else [(span.text, value) for span in origin.spans]

    def clause(self, rule: RulePlan, clause: str, subject: tuple[Any, ...]) -> None:
        self.clauses.append((clause, subject[-1].name if subject else ""))

    def asked(self, ask: Ask, subject: Any, args: tuple[Any, ...]) -> None:
        self.questions.append(f"{ask.kind} {subject.name}")

    def wants(self, part: Expr) -> bool:
        return self.origins.of(part) is not None

    def rows(self, ask: Ask, subject: Any, part: Expr, counts: RowCounts) -> None:
        origin = self.origins.of(part)
        assert origin is not None
        self.counted[origin.span.text] = counts


def heard(folder: Path, *, data: str | None = None, policy: str = POLICY) -> Heard:
    (folder / "acme.policy").write_text(policy)
    (folder / "product.yaml").write_text(PRODUCT)
    policies, diagnostics = diagnose([folder / "acme.policy"])
    assert policies is not None, [one.message for one in diagnostics]
    assert policies.origins is not None
    recorder = Heard(policies.origins)
    given = {}
    if data is not None:
        (folder / "people.csv").write_text(data)
        given = {"people": DataGiven(folder / "people.csv")}
    as_of = datetime(2027, 1, 1, tzinfo=UTC)
    check(folder / "product.yaml", policies, data=given, previous="none", as_of=as_of, recorder=recorder)
    return recorder


def test_every_clause_is_heard_for_every_subject(tmp_path: Path) -> None:
    assert heard(tmp_path).clauses == [
        ("for", ""),
        ("when", "mail"),
        ("require", "mail"),
        ("when", "age"),
        ("require", "age"),
        ("when", "note"),
    ]


def test_what_is_not_needed_is_not_heard(tmp_path: Path) -> None:
    texts = heard(tmp_path).texts
    assert [value for text, value in texts if text == "field.classification in allowed"] == [True, False]
    assert [value for text, value in texts if text == "not is_loud(field.classification)"] == [True]


def test_a_definition_is_heard_where_it_is_used_and_where_it_is_written(tmp_path: Path) -> None:
    texts = heard(tmp_path).texts
    assert ("is_loud(field.classification)", False) in texts
    assert ("text == upper(text)", False) in texts
    assert ("text", "secret") in texts
    assert ("allowed", ("secret", "public")) in texts
    assert ('{"secret", "public"}', ("secret", "public")) in texts


def test_what_compilation_computed_can_be_taken_apart(tmp_path: Path) -> None:
    policy = POLICY.replace("<= longest", "<= longest + 1").replace('"secret", ', '"PRIVATE", ')
    recorder = heard(tmp_path, policy=policy)
    assert ("longest + 1", 7) in recorder.texts


def test_unknown_is_heard_with_its_reason(tmp_path: Path) -> None:
    policy = """package acme
policy p owner "o" { rule r for field in product.fields require field.null_count == 0 }"""
    recorder = heard(tmp_path, policy=policy, data=None)
    assert recorder.texts == []  # due at publish
    recorder = heard(tmp_path, policy=policy, data="mail,age\nx,1\n")
    values = [value for text, value in recorder.texts if text == "field.null_count == 0"]
    assert values[:2] == [True, True]
    assert isinstance(values[2], Unknown)


def test_conditions_on_rows_are_counted_in_both_directions(tmp_path: Path) -> None:
    recorder = heard(tmp_path, data="mail,age,note\na,30,\nb,10,\nc,,\n,50,\n")
    assert recorder.questions == ["rows people"]
    assert recorder.counted == {
        "row.mail is present and (row.age is missing or row.age >= 18)": RowCounts(4, 2, 2),
        "row.mail is present": RowCounts(4, 3, 1),
        "row.age is missing or row.age >= 18": RowCounts(3, 2, 1),
        "row.age is missing": RowCounts(3, 1, 2),
        "row.age >= 18": RowCounts(2, 1, 1),
    }
