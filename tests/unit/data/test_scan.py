from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policy_engine.data import open_source, scan
from policy_engine.data.model import (
    Answer,
    Count,
    Duplicates,
    Metric,
    Orphans,
    Personal,
    Reduce,
    RowCheck,
    RowCheckAnswer,
    Unavailable,
)
from policy_engine.plan.expressions import And, Captured, Column, Const, If, IsPresent, Not, Otherwise, Pattern
from policy_engine.plan.types import BOOL, DECIMAL, STRING, Enumeration
from policy_engine.product.model import Place

from .tables import ask, bare, call, column, const, field, product, write_parquet


def _reason(answer: Answer) -> str:
    assert isinstance(answer, Unavailable), answer
    return answer.reason


def _check(of: Any, path: Path, require: Any, when: Any = None) -> RowCheckAnswer:
    answer = ask(of, path, RowCheck("t", when, require))
    assert isinstance(answer, RowCheckAnswer), answer
    return answer


@pytest.mark.parametrize(
    "condition",
    [
        call(">", column("x"), 10),
        call("<=", column("x"), 10),
        Not(call("<=", column("x"), 10)),
        call("==", column("x"), column("x")),
        call("!=", column("x"), column("x")),
    ],
)
def test_rows_with_nan_do_not_vanish_by_the_statistics_of_parquet(tmp_path: Path, condition: Any) -> None:
    """Writers leave NaN out of the stored minimum and maximum: an engine that trusts them loses the row."""
    path = write_parquet(tmp_path / "t.parquet", {"x": [1.0, math.nan, 2.0]})
    statistics = pq.ParquetFile(path).metadata.row_group(0).column(0).statistics
    assert (statistics.min, statistics.max) == (1.0, 2.0)
    of = product(field("x", "number"))
    operator = condition.operand.function if isinstance(condition, Not) else condition.function
    true_on_nan = isinstance(condition, Not)
    others = {">": 0, "<=": 0 if true_on_nan else 2, "==": 2, "!=": 0}[operator]
    assert ask(of, path, Count("t", condition)) == others + true_on_nan
    violations = (3 - others) - true_on_nan
    assert _check(of, path, condition).violations == violations


def test_a_range_rule_fails_on_nan_and_names_its_row(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"x": [1.0, math.nan, 2.0]})
    within = And(call(">=", bare("x"), 0), call("<=", bare("x"), 10))
    assert _check(product(field("x", "number", required=True)), path, within) == RowCheckAnswer(3, 3, 1, (2,))


@pytest.mark.parametrize("kind", ["sum", "mean", "min", "max"])
def test_a_nan_makes_sum_mean_minimum_and_maximum_nan(tmp_path: Path, kind: Any) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"x": [1.0, math.nan, 2.0, None]})
    answer = ask(product(field("x", "number")), path, Reduce(kind, "t", column("x")))
    assert isinstance(answer, float)
    assert math.isnan(answer)


def test_sums_and_means_of_floats_are_rounded_once(tmp_path: Path) -> None:
    values = [1e16, 1.0, 1.0, -1e16, 0.1, 5e-324, 1e308, 1e308, -1e308, -1e308]
    path = write_parquet(tmp_path / "t.parquet", {"x": values})
    of = product(field("x", "number"))
    exact = sum(map(Fraction, values))
    assert ask(of, path, Reduce("sum", "t", column("x"))) == float(exact)
    assert ask(of, path, Reduce("mean", "t", column("x"))) == float(exact / len(values))


def test_decimals_are_exact(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"d": [Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]})
    of = product(field("d", "number"))
    assert ask(of, path, Reduce("sum", "t", column("d"))) == Fraction(3, 5)
    assert ask(of, path, Reduce("mean", "t", column("d"))) == Fraction(1, 5)
    assert ask(of, path, Count("t", call("==", call("/", column("d"), 3), Fraction(1, 30)))) == 1
    assert ask(of, path, Count("t", call("==", call("*", column("d"), 3), Fraction(3, 10)))) == 1


def test_what_needs_more_than_38_digits_is_refused_and_costs_only_itself(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"d": [Decimal("9" * 38)], "i": [2**63 - 1]})
    of = product(field("d", "number"), field("i", "integer"))
    too_large: Metric = Count("t", call(">", call("*", column("d"), 10), 0))
    fine: Metric = Reduce("sum", "t", column("i"))
    answers = scan(of, {"t": open_source("t", path)}, [too_large, fine, Count("t")])
    assert "too large to compute with exactly" in _reason(answers[too_large])
    assert answers[fine] == 2**63 - 1
    assert answers[Count("t")] == 1


def test_a_division_by_zero_violates_either_way(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": [1, 4], "b": [0, 2], "x": [0.0, 2.0]})
    of = product(*(field(name, required=True) for name in "abx"))
    for divisor in ("b", "x"):
        small = call("<", call("/", bare("a"), bare(divisor)), 5)
        assert _check(of, path, small).rows == (1,)
        assert _check(of, path, Not(small)).rows == (1, 2)


def test_a_null_in_a_required_column_violates_also_in_when(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": [1, None, -1, 5]})
    of = product(field("a", "integer", required=True))
    assert _check(of, path, call(">", bare("a"), 0)) == RowCheckAnswer(4, 4, 2, (2, 3))
    assert _check(of, path, const_true(), when=call(">", bare("a"), 0)) == RowCheckAnswer(4, 3, 1, (2,))


def const_true() -> Const:
    return Const(True, BOOL)


def test_a_bare_read_of_a_column_that_may_be_null_is_refused_with_what_to_say(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": [1]})
    of = product(field("a", "integer"))
    for metric in (RowCheck("t", None, call(">", bare("a"), 0)), Count("t", call(">", bare("a"), 0))):
        answer = ask(of, path, metric)
        assert isinstance(answer, Unavailable)
        assert answer.code == "DAT011"
        assert "say in the policy what a null means, with `row.a is present`" in answer.reason
    assert ask(of, path, Reduce("max", "t", bare("a"))) == 1
    assert ask(of, path, Count("t", call(">", Otherwise(bare("a"), const(0), DECIMAL), 0))) == 1


def test_rows_are_numbered_in_file_order_across_files_and_row_groups(tmp_path: Path) -> None:
    for file, first in (("1", 0), ("2", 100_000)):
        table = pa.table({"n": list(range(first, first + 100_000))})
        pq.write_table(table, tmp_path / f"{file}.parquet", row_group_size=1000)
    of = product(field("n", "integer", required=True))
    wanted = [99_000, 99_999, 100_000, 150_123, 199_999]
    bad = call("in", bare("n"), Const(tuple(wanted), DECIMAL))
    assert _check(of, tmp_path, Not(bad)) == RowCheckAnswer(200_000, 200_000, 5, tuple(n + 1 for n in wanted))


def test_at_most_five_rows_are_named(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"n": list(range(100))})
    answer = _check(product(field("n", required=True)), path, call("<", bare("n"), 0))
    assert (answer.violations, answer.rows) == (100, (1, 2, 3, 4, 5))


def test_duplicates_count_repetitions_and_no_key_with_a_null(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": [1, 1, 1, None, None, 2], "b": ["x", "x", "y", "x", "x", None]})
    of = product(field("a", "integer"), field("b", "string"))
    assert ask(of, path, Duplicates("t", ("a",))) == 2
    assert ask(of, path, Duplicates("t", ("a", "b"))) == 1
    assert "no fields" in _reason(ask(of, path, Duplicates("t", ())))


def _two(tmp_path: Path, left: Mapping[str, Any], right: Mapping[str, Any], *, sampled: str = "") -> Mapping[str, Any]:
    return {
        name: open_source(name, write_parquet(tmp_path / f"{name}.parquet", table), sampled=name in sampled)
        for name, table in (("t", left), ("o", right))
    }


ORPHANS = Orphans("t", "k", "o", "k")


def test_orphans_are_the_rows_whose_value_the_other_dataset_lacks(tmp_path: Path) -> None:
    of = product(field("k"), field("k", dataset="o"))
    sources = _two(tmp_path, {"k": [1, 1, 2, None, 3]}, {"k": [2, None]})
    assert scan(of, sources, [ORPHANS])[ORPHANS] == 3
    sources = _two(tmp_path, {"k": [Decimal("1.00"), Decimal("1.50")]}, {"k": [1]})
    assert scan(of, sources, [ORPHANS])[ORPHANS] == 1


def test_values_of_different_kinds_have_no_orphans_to_count(tmp_path: Path) -> None:
    of = product(field("k", "integer"), field("k", "string", dataset="o"))
    reason = _reason(scan(of, _two(tmp_path, {"k": [1]}, {"k": ["1"]}), [ORPHANS])[ORPHANS])
    assert "`k` is a number" in reason
    assert "`k` is text" in reason


@pytest.mark.parametrize(
    ("sampled", "left", "expected"), [("t", [1, 9], 1), ("t", [1], None), ("o", [1, 9], None), ("o", [1], None)]
)
def test_on_a_sample_only_an_orphan_of_a_whole_other_dataset_is_conclusive(
    tmp_path: Path, sampled: str, left: list[int], expected: int | None
) -> None:
    of = product(field("k"), field("k", dataset="o"))
    answer = scan(of, _two(tmp_path, {"k": left}, {"k": [1]}, sampled=sampled), [ORPHANS])[ORPHANS]
    assert answer == expected if expected is not None else "a sample cannot decide this" in _reason(answer)


def test_on_a_sample_a_duplicate_is_conclusive_and_none_is_not(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": [1, 1], "b": [1, 2]})
    of = product(field("a"), field("b"))
    assert ask(of, path, Duplicates("t", ("a",)), sampled=True) == 1
    assert "a sample cannot" in _reason(ask(of, path, Duplicates("t", ("b",)), sampled=True))
    assert "a sample cannot" in _reason(ask(of, path, Reduce("distinct", "t", column("a")), sampled=True))


def test_a_dataset_without_data_and_one_without_contract_are_told_apart(tmp_path: Path) -> None:
    of = product(field("a"), field("a", dataset="o"))
    path = write_parquet(tmp_path / "t.parquet", {"a": [1]})
    answers = scan(of, {"t": open_source("t", path)}, [Count("t"), Count("o"), Count("x"), Orphans("t", "a", "o", "a")])
    assert list(answers.values()) == [
        1,
        Unavailable("no data was given for dataset `o`"),
        Unavailable("the contract has no dataset `x`"),
        Unavailable("no data was given for dataset `o`"),
    ]


def test_answers_come_in_the_order_of_the_questions_and_each_once(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": [1]})
    metrics: list[Metric] = [Reduce("max", "t", column("a")), Count("t"), Reduce("max", "t", column("a")), Count("y")]
    assert list(scan(product(field("a")), {"t": open_source("t", path)}, metrics)) == [
        metrics[0],
        metrics[1],
        metrics[3],
    ]


def test_reductions_of_nothing_are_missing_except_sums_and_counts(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "t.parquet", {"i": pa.array([None], pa.int64()), "f": pa.array([None], pa.float64())}
    )
    of = product(field("i"), field("f"))
    for name in "if":
        assert [ask(of, path, Reduce(kind, "t", column(name))) for kind in ("sum", "mean", "min", "max", "distinct")] == [
            0, None, None, None, 0,
        ]  # fmt: skip


def test_minimum_and_maximum_of_texts_dates_and_instants(tmp_path: Path) -> None:
    moments = [datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(1960, 1, 1, tzinfo=UTC)]
    path = write_parquet(
        tmp_path / "t.parquet",
        {"s": ["é", "z", "Z"], "d": [date(2024, 1, 1), None, date(1960, 1, 1)], "t": [*moments, None]},
    )
    of = product(field("s"), field("d"), field("t"))
    assert ask(of, path, Reduce("max", "t", column("s"))) == "é"
    assert ask(of, path, Reduce("min", "t", column("s"))) == "Z"
    assert ask(of, path, Reduce("min", "t", column("d"))) == date(1960, 1, 1)
    assert ask(of, path, Reduce("max", "t", column("t"))) == moments[0]
    assert ask(of, path, Reduce("min", "t", column("t"))) == moments[1]


HOSTILE = [
    'a"b',
    "a'b",
    "a;--",
    'x" FROM t; DROP TABLE t; --',
    "a\nb",
    "é💡",
    "%_",
    "\\",
    "$.a",
    "a.b",
    "select",
    " ",
    "{0}",
]


#: A CSV header with line breaks is refused, which another test shows.
_IN_FILES = [
    (name, ending) for name in HOSTILE for ending in ("parquet", "csv", "jsonl") if (name, ending) != ("a\nb", "csv")
]


@pytest.mark.parametrize(("name", "ending"), _IN_FILES)
def test_hostile_names_and_values_are_only_names_and_values(tmp_path: Path, name: str, ending: str) -> None:
    import csv
    import json

    path = tmp_path / f"{name.replace('/', '')}.{ending}"
    rows = [{name: name, "other": "x"}, {name: "x", "other": "x"}]
    if ending == "parquet":
        write_parquet(path, rows)
    elif ending == "jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows))
    else:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, [name, "other"], quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)
    of = product(field(name, "string"), field("other", "string"))
    assert ask(of, path, Count("t", call("==", column(name), name))) == 1
    assert ask(of, path, Count("t", call("in", column(name), Const((name, "'"), STRING)))) == 1
    assert ask(of, path, Duplicates("t", (name,))) == 0


def test_a_zero_character_in_a_name_or_a_value_is_refused(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"a": ["x"]})
    of = product(field("a", "string"), field("a\0b", "string"))
    assert "zero character" in _reason(ask(of, path, Count("t", call("==", column("a"), "x\0"))))
    assert isinstance(ask(of, path, Count("t", IsPresent(column("a\0b")))), Unavailable)
    assert "zero character" in _reason(ask(of, path, Count("t", call("matches", column("a"), Pattern("\0")))))


def test_no_statement_of_the_engine_reaches_other_files(tmp_path: Path) -> None:
    from policy_engine.data.session import Session
    from policy_engine.data.unanswerable import UnanswerableError

    given, other = (write_parquet(tmp_path / f"{name}.parquet", {"a": [1]}) for name in ("given", "other"))
    session = Session([given])
    assert session.rows(f"SELECT a FROM read_parquet('{given}')") == [(1,)]
    for query in (
        f"SELECT * FROM read_parquet('{other}')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "ATTACH 'x.db'",
    ):
        with pytest.raises(UnanswerableError):
            session.rows(query)
    session.close()


TEXT = field("s", "string", pointer="/s")
PLACES = {"/s": Place(12, 3, "/s")}


@pytest.mark.parametrize(
    ("expr", "says"),
    [
        (call(">", column("s"), 0), "`s` is text (the contract says `string`, line 12), but the policy compares it with a number"),
        (call("==", column("n"), "x"), "`n` is a number (the contract says nothing of its type), but the policy compares it with text"),
        (call("matches", column("n"), Pattern("x")), "but the policy takes it as text"),
        (call("==", column("s"), date(2024, 1, 1)), "but the policy compares it with a date"),
        (call("==", column("s"), column("n")), "compares it with `n`, which is a number"),
        (call("<", call("+", column("s"), 1), 1), "on which `+` is not defined"),
        (call("<", call("year", column("n")), 1), "takes its year"),
        (And(column("s"), column("s")), "takes it as true or false"),
        (call("==", column("nmae"), 1), "has no field `nmae`; did you mean `name`?"),
        (call("==", column("gone"), 1), "the data of `t` has no column `gone`"),
        (call("in", column("n"), column("n")), "no list of constants"),
        (call("==", Captured(0, STRING), 1), "what only metadata can answer"),
        (call("==", call("split", column("s"), ","), 1), "`split` cannot be asked of each row"),
        (call("==", Column(None, guarded=True), 1), "without saying of which field"),
        (call("==", column("s"), None), "compares it with a number"),
        (call("matches", column("s"), Pattern("(?<=a)b")), "the data engine refused"),
        (call("==", If(call("==", column("s"), "x"), column("n"), column("s"), STRING), 1), "puts together"),
        (call("<", column("s"), Const("low", Enumeration("a.Level", ("low", "high"), ordered=True))), "orders a column by an enum"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_column_and_the_contract(tmp_path: Path, expr: Any, says: str) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"s": ["x"], "n": [1], "name": ["y"]})
    of = product(TEXT, field("n"), field("name"), field("gone"), places=PLACES)
    assert says in _reason(ask(of, path, Count("t", expr)))


def test_texts_are_ordered_by_code_point_and_counted_in_code_points(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"s": ["Zebra", "apple", "\uffff", "💡", "e\u0301"]})
    of = product(field("s"))
    assert ask(of, path, Count("t", call("<", column("s"), "a"))) == 1
    assert ask(of, path, Count("t", call(">", column("s"), "\uffff"))) == 1
    assert ask(of, path, Count("t", call("==", call("length", column("s")), 2))) == 1


def test_trim_takes_off_all_white_space(tmp_path: Path) -> None:
    blanks = "".join(chr(code) for code in range(0x110000) if chr(code).isspace())
    path = write_parquet(tmp_path / "t.parquet", {"s": [f"{blanks}x y{blanks}", "\u200bx y"]})
    of = product(field("s"))
    assert ask(of, path, Count("t", call("==", call("trim", column("s")), "x y"))) == 1


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^\d+$", "12\n", False),
        (r"\d", "\u0661", False),
        (r"\w", "é", False),
        ("a.b", "a\nb", False),
        (r"\b\d{4}\b", "x 1234 y", True),
        (r"^b$", "a\nb", False),
        ("", "x", True),
        (r"'\\\"", "'\\\"", True),
    ],
)
def test_patterns_have_one_meaning(tmp_path: Path, pattern: str, text: str, found: bool) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"s": [text]})
    assert ask(product(field("s")), path, Count("t", call("matches", column("s"), Pattern(pattern)))) == found


def test_literals_meet_floats_as_the_nearest_double(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"x": [0.1], "d": [Decimal("0.1")]})
    of = product(field("x"), field("d"))
    assert ask(of, path, Count("t", call("==", column("x"), Fraction(1, 10)))) == 1
    assert ask(of, path, Count("t", call("==", column("x"), column("d")))) == 1
    assert ask(of, path, Count("t", call(">=", column("x"), Fraction(10**400)))) != 1


def test_values_never_appear_in_a_reason(tmp_path: Path) -> None:
    secret = "s3cr3t-ada@example.org"
    contents = {
        "a.csv": f"a,b\n{secret},1\n",
        "b.csv": f"a,b\n1,{secret},3\n",
        "c.csv": f'a,b\n1,"{secret}\n',
        "d.jsonl": f'{{"a": "{secret}", "b": 1}}\n{{"a": "{secret}"',
        "e.jsonl": f'{{"a": "{secret}", "b": true}}\n',
        "f.csv": f"a,b\n1,{secret}\udcff\n",
        "g.parquet": f"PAR1{secret}PAR1",
        "h.feather": f"ARROW1{secret}",
    }
    of = product(field("a", "integer"), field("b", "number"))
    metrics = [
        Count("t", call("==", call("/", column("a"), column("b")), 1)),
        Reduce("sum", "t", column("a")),
        Reduce("max", "t", column("b")),
        Duplicates("t", ("a", "b")),
        RowCheck("t", None, call(">", column("b"), 1)),
    ]
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8", errors="surrogateescape"))
        answers = scan(of, {"t": open_source("t", path)}, [*metrics, Personal("t", "a")])
        reasons = [answer.reason for answer in answers.values() if isinstance(answer, Unavailable)]
        assert reasons
        assert not any("s3cr3t" in str(answer) or "example.org" in str(answer) for answer in answers.values())


def test_an_error_of_the_engine_never_carries_the_data_along(tmp_path: Path) -> None:
    from policy_engine.data.session import Session
    from policy_engine.data.unanswerable import UnanswerableError

    session = Session([])
    with pytest.raises(UnanswerableError) as caught:
        session.rows("SELECT CAST('s3cr3t' AS INTEGER)")
    session.close()
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_payroll_of_the_demo(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "data" / "employee"
    pay, people = "demo_employee_payroll", "demo_employee_list"
    of = product(
        *(field(name, "string", dataset=people, required=True) for name in ("employee_id", "phone_number")),
        *(field(name, "string", dataset=pay, required=True) for name in ("employee_id", "month", "payroll_id")),
        field("phone_number", "string", dataset=pay),
        field("payroll_end_dt", "date", dataset=pay, physical_type="TIMESTAMP WITH TIME ZONE"),
        field("total_amt", "integer", dataset=pay, physical_type="INT"),
        *(field(name, "number", dataset=pay, required=True) for name in ("total_amt_employee", "employer_cpf_amt")),
    )
    total = call("+", bare("employer_cpf_amt"), bare("total_amt_employee"))
    expected: dict[Metric, Answer] = {
        Count(pay): 3,
        Reduce("sum", pay, column("total_amt")): 444_600,
        Reduce("max", pay, column("payroll_end_dt")): datetime(2025, 12, 24, 3, 12, 23, tzinfo=UTC),
        RowCheck(pay, None, call("==", column("total_amt"), total)): RowCheckAnswer(3, 3, 0, ()),
        RowCheck(pay, None, call("matches", bare("month"), Pattern(r"^\d{4}-(0[1-9]|1[0-2])$"))): RowCheckAnswer(
            3, 3, 0, ()
        ),
        Orphans(pay, "employee_id", people, "employee_id"): 1,
        Orphans(pay, "phone_number", people, "phone_number"): 2,
        Duplicates(pay, ("employee_id", "month")): 0,
    }
    sources = {name: open_source(name, folder / f"{name}.csv") for name in (pay, people)}
    assert scan(of, sources, expected) == expected


def test_importing_the_data_plane_imports_no_data_library() -> None:
    code = (
        "import sys, policy_engine.data, policy_engine.data.personal\n"
        "print([m for m in ('duckdb', 'pyarrow', 'phonenumbers', 'stdnum') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_required_parts_of_an_object_that_may_be_missing_may_be_null(tmp_path: Path) -> None:
    city = replace(field("city", "string", required=True), path="t.a.city")
    path = write_parquet(tmp_path / "t.parquet", [{"a": {"city": "x"}}])
    answer = ask(product(field("a", "object", fields=(city,))), path, Count("t", call("==", bare("a.city"), "x")))
    assert isinstance(answer, Unavailable)
    assert answer.code == "DAT011"


def test_control_c_in_a_query_is_no_error_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    from policy_engine.data.session import Session

    class Interrupted:
        def execute(self, query: str, values: object) -> None:
            raise RuntimeError("Query interrupted")

    session = Session([])
    session.close()
    monkeypatch.setattr(session, "_connection", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        session.rows("SELECT 1")


def test_orphans_of_a_sample_are_conclusive_where_there_are_some(tmp_path: Path) -> None:
    of = product(field("k", "integer"), field("k", "integer", dataset="o"))
    known, others = (write_parquet(tmp_path / f"{n}.parquet", {"k": list(range(n))}) for n in (3, 2))
    for here, there, sampled, expected in (
        (known, others, "t", 1),
        (others, known, "t", None),
        (known, others, "o", None),
        (others, known, "", 0),
    ):
        sources = {
            "t": open_source("t", here, sampled=sampled == "t"),
            "o": open_source("o", there, sampled=sampled == "o"),
        }
        answer = scan(of, sources, [ORPHANS])[ORPHANS]
        assert answer == expected if expected is not None else isinstance(answer, Unavailable)
