from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from policy_engine.data.model import (
    UNREADABLE,
    Answer,
    Count,
    Duplicates,
    Metric,
    Reduce,
    RowCheck,
    RowCheckAnswer,
    Unavailable,
)
from policy_engine.plan.expressions import IsPresent, Pattern

from .tables import ask, bare, call, column, const, field, product, utc, write_parquet


def _csv(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _reason(answer: Answer) -> str:
    assert isinstance(answer, Unavailable), answer
    return answer.reason


def test_csv_with_byte_order_mark_crlf_and_quoted_line_breaks(tmp_path: Path) -> None:
    path = _csv(tmp_path, '\ufeffid,"the, name"\r\n1,"a\r\nb"\r\n2,"c ""d"""\r\n'.encode())
    of = product(field("id", "integer"), field("the, name", "string"))
    assert ask(of, path, Reduce("sum", "t", column("id"))) == 3
    assert ask(of, path, Count("t", call("contains", column("the, name"), "\r\n"))) == 1
    assert ask(of, path, Count("t", call("==", column("the, name"), 'c "d"'))) == 1


def test_in_csv_an_empty_field_is_null_and_a_quoted_empty_one_is_empty(tmp_path: Path) -> None:
    path = _csv(tmp_path, 'id,s\n1,\n2,""\n3,x\n')
    of = product(field("id", "integer"), field("s", "string"))
    assert ask(of, path, Count("t", IsPresent(column("s")))) == 2
    assert ask(of, path, Count("t", call("==", column("s"), ""))) == 1


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_separate_where_the_header_says_so(tmp_path: Path, separator: str) -> None:
    path = _csv(tmp_path, f"a{separator}b\n1{separator}2\n")
    assert ask(product(field("b", "integer")), path, Reduce("max", "t", column("b"))) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,s\n1,a\n2\n", "line 3 in `t.csv` is not well-formed CSV: 1 fields where the header has 2"),
        ("id,s\n1,a\n2,b,c\n", "line 3 in `t.csv` is not well-formed CSV: 3 fields where the header has 2"),
        ('id,s\n1,a\n2,"b\n3,c\n', "line 3 in `t.csv` is not well-formed CSV: a quote is not closed"),
        (b"id,s\n1,\xff\xfe\n", "UTF-8"),
        ("", "has no header"),
        ("\n1\n", "has no header"),
        ('"id\nx",s\r\n1,a\r\n', "line break inside the name of a column"),
        ('id,s\n1,"a\nb"\r\n2,b\n', "line 2 in `t.csv` is not well-formed CSV"),
    ],
)
def test_csv_that_is_not_well_formed_is_refused_with_its_line(tmp_path: Path, content: str | bytes, says: str) -> None:
    path = _csv(tmp_path, content)
    of = product(field("id", "integer"), field("s", "string"))
    assert says in _reason(ask(of, path, Count("t")))
    assert says in _reason(ask(of, path, Count("t", IsPresent(column("s")))))


@pytest.mark.parametrize("name", ["a*b.csv", "q?.csv", "[ab].csv"])
def test_a_path_that_reads_as_a_pattern_is_refused_and_opens_no_other_file(tmp_path: Path, name: str) -> None:
    for other in (name, "axb.csv", "qq.csv", "a.csv"):
        _csv(tmp_path, "id\n1\n", other)
    assert "`*`, `?` or `[`" in _reason(ask(product(field("id", "integer")), tmp_path / name, Count("t")))


def test_a_header_without_rows_is_zero_rows(tmp_path: Path) -> None:
    path = _csv(tmp_path, "id\n")
    of = product(field("id", "integer", required=True))
    assert ask(of, path, Count("t")) == 0
    assert ask(of, path, RowCheck("t", None, call(">", bare("id"), 0))) == RowCheckAnswer(0, 0, 0, ())


def test_compressed_csv_is_read_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"id\n" + b"1\n" * 10_000)
    whole, cut, flipped = (tmp_path / name for name in ("a.csv.gz", "b.csv.gz", "c.csv.gz"))
    whole.write_bytes(packed)
    cut.write_bytes(packed[:-9])
    flipped.write_bytes(packed[:-6] + b"\x00" + packed[-5:])
    of = product(field("id", "integer"))
    assert ask(of, whole, Count("t")) == 10_000
    assert "damaged" in _reason(ask(of, cut, Count("t")))
    assert "damaged" in _reason(ask(of, flipped, Count("t")))


def test_columns_are_found_by_physical_name_then_name_then_without_case(tmp_path: Path) -> None:
    path = _csv(tmp_path, "PHYS,name,Other,DUP,dup\n1,2,3,4,5\n")

    def value(**names: Any) -> Answer:
        return ask(product(field(type_="integer", **names)), path, Reduce("max", "t", column(names["name"])))

    assert value(name="name", physical_name="PHYS") == 1
    assert value(name="name") == 2
    assert value(name="other") == 3
    assert value(name="dup") == 5
    assert "several columns" in _reason(value(name="Dup"))
    assert "none of the contract's columns" in _reason(value(name="nothing"))


def test_a_column_that_is_there_twice_costs_only_what_reads_it(tmp_path: Path) -> None:
    path = _csv(tmp_path, "a,a,b\n1,2,3\n")
    of = product(field("a", "integer"), field("b", "integer"))
    assert "`t.csv` has it twice" in _reason(ask(of, path, Reduce("max", "t", column("a"))))
    assert ask(of, path, Reduce("max", "t", column("b"))) == 3


def test_files_of_one_dataset_may_order_their_columns_differently(tmp_path: Path) -> None:
    _csv(tmp_path, "a,b\n1,x\n", "1.csv")
    _csv(tmp_path, "b,a,c\ny,2,z\n", "2.csv")
    of = product(field("a", "integer"), field("b", "string"), field("c", "string"))
    assert ask(of, tmp_path, Reduce("sum", "t", column("a"))) == 3
    assert ask(of, tmp_path, RowCheck("t", None, call("==", column("b"), "x"))) == RowCheckAnswer(2, 2, 1, (2,))
    assert "not in `1.csv`" in _reason(ask(of, tmp_path, Count("t", IsPresent(column("c")))))


@pytest.mark.parametrize(
    ("type_", "physical", "cells", "expected"),
    [
        ("integer", None, ["1", "-2", "+3", "4.0", "17000000000000000000000000000000000000"], 5),
        ("number", None, ["0.1", "-2", "12345678901234567890123456.123456789012", ".5", "1.50000000000000000000"], 5),
        ("number", "DOUBLE", ["1e5", "nan", "-Infinity", "0.1", "1."], 5),
        ("boolean", None, ["true", "False", "1", "0"], 2),
        ("date", None, ["2024-02-29", "0001-01-01"], 2),
        ("timestamp", None, ["2024-02-29T10:00:00Z", "2024-02-29 10:00:00.123456+05:30", "2024-02-29T10:00+02"], 3),
        ("date", "TIMESTAMP WITH TIME ZONE", ["2024-12-24T03:12:23+00:00"], 1),
        (None, "BIGINT", ["1"], 1),
    ],
)
def test_text_is_read_as_what_the_contract_says(
    tmp_path: Path, type_: str | None, physical: str | None, cells: list[str], expected: int
) -> None:
    path = _csv(tmp_path, "v,w\n" + "".join(f"{cell},x\n" for cell in cells))
    of = product(field("v", type_, physical_type=physical), field("w", "string"))
    assert ask(of, path, Reduce("distinct", "t", column("v"))) == expected


@pytest.mark.parametrize(
    ("type_", "physical", "cell"),
    [
        ("integer", None, "1.5"),
        ("integer", None, " 1"),
        ("integer", None, "1_000"),
        ("integer", None, "0x10"),
        ("integer", None, "9" * 39),
        ("number", None, "1e5"),
        ("number", None, "0.0000000000001"),
        ("number", None, "1,5"),
        ("number", None, "nan"),
        ("number", "DOUBLE", "1e400"),
        ("boolean", None, "yes"),
        ("date", None, "2024-02-30"),
        ("date", None, "24-02-01"),
        ("date", None, "01.02.2024"),
        ("timestamp", None, "2024-02-28T10:00:00"),
        ("timestamp", None, "2024-02-28T25:00:00Z"),
        ("timestamp", None, "2024-02-28T10:00:00.1234567Z"),
    ],
)
def test_a_value_that_cannot_be_read_costs_the_answers_that_need_it_and_is_counted(
    tmp_path: Path, type_: str, physical: str | None, cell: str
) -> None:
    path = _csv(tmp_path, f'v,w\n,1\n"{cell}",2\n"{cell}",3\n')
    of = product(field("v", type_, physical_type=physical), field("w", "integer"))
    reason = _reason(ask(of, path, Reduce("distinct", "t", column("v"))))
    assert "`v` has 2 values that cannot be read as" in reason
    assert "first in row 2" in reason
    assert f"the contract says `{type_}`" in reason
    assert cell not in reason
    assert ask(of, path, Count("t", IsPresent(column("v")))) == 2
    assert ask(of, path, Reduce("sum", "t", column("w"))) == 6


def test_a_timestamp_without_zone_is_read_where_the_contract_says_utc(tmp_path: Path) -> None:
    path = _csv(tmp_path, "v\n2024-02-28T10:00:00\n")
    moment = datetime(2024, 2, 28, 10, tzinfo=UTC)
    assert ask(product(field("v", "timestamp", **utc())), path, Reduce("max", "t", column("v"))) == moment
    local = write_parquet(tmp_path / "t.parquet", {"v": pa.array([moment.replace(tzinfo=None)])})
    assert "without time zone" in _reason(ask(product(field("v", "timestamp")), local, Reduce("max", "t", column("v"))))
    assert ask(product(field("v", "timestamp", **utc())), local, Reduce("max", "t", column("v"))) == moment
    assert ask(product(field("v", "timestamp")), local, Count("t", IsPresent(column("v")))) == 1


def test_nanoseconds_that_microseconds_cannot_hold_are_unreadable(tmp_path: Path) -> None:
    of = product(field("v", "timestamp", **utc()))
    fine = write_parquet(tmp_path / "a.parquet", {"v": pa.array([1_000], pa.timestamp("ns"))})
    lost = write_parquet(tmp_path / "b.parquet", {"v": pa.array([1_001], pa.timestamp("ns"))})
    assert ask(of, fine, Reduce("max", "t", column("v"))) == datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert "cannot be read" in _reason(ask(of, lost, Reduce("max", "t", column("v"))))


def test_json_lines_are_read_by_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"i": 1, "n": 0.1, "s": "é", "b": true, "d": "2024-01-01", "o": {"x\\"y": 5}}\n\n{"i": null, "n": 2, "o": {}}\n'
    )
    inner = field('x"y', "integer")
    of = product(
        field("i", "integer"),
        field("n", "number"),
        field("s", "string"),
        field("b", "boolean"),
        field("d", "date"),
        field("o", "object", fields=(Field_at("o", inner),)),
    )
    assert ask(of, path, Reduce("sum", "t", column("n"))) == Fraction(21, 10)
    assert ask(of, path, Count("t", IsPresent(column("i")))) == 1
    assert ask(of, path, Count("t", column("b"))) == 1
    assert ask(of, path, Reduce("max", "t", column("d"))) == date(2024, 1, 1)
    assert ask(of, path, Reduce("max", "t", column('o.x"y'))) == 5
    assert ask(of, path, Count("t", call("==", column("s"), "é"))) == 1


def Field_at(parent: str, inner: Any) -> Any:
    from dataclasses import replace

    return replace(inner, path=f"{inner.dataset}.{parent}.{inner.name}")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"i": 1}\n{"i": 2', "is not well-formed JSON"),
        ('{"i": 1}\n[1]\n', "row 2 is no JSON object"),
        ('{"i": 1, "i": 2}\n', "names a key twice"),
        ('{"i": 1}{"i": 2}\n', "is not well-formed JSON"),
    ],
)
def test_json_lines_that_are_not_well_formed_are_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(content)
    assert says in _reason(ask(product(field("i", "integer")), path, Count("t")))


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("integer", '"1"'),
        ("integer", "1.5"),
        ("string", "1"),
        ("number", "12345678901234567.89"),
        ("boolean", '"true"'),
    ],
)
def test_json_of_another_type_than_the_contract_says_is_unreadable(tmp_path: Path, type_: str, value: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f'{{"v": {value}}}\n{{"v": null}}\n')
    assert "1 value that cannot be read" in _reason(
        ask(product(field("v", type_)), path, Reduce("distinct", "t", column("v")))
    )


@pytest.mark.parametrize("compression", ["lz4", "zstd", "uncompressed"])
def test_arrow_files_are_read(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "t.feather"
    feather.write_feather(pa.table({"d": pa.array([Decimal("1.10"), None])}), path, compression=compression)
    assert ask(product(field("d", "number")), path, Reduce("sum", "t", column("d"))) == Fraction(11, 10)


def test_an_arrow_stream_without_its_end_is_refused(tmp_path: Path) -> None:
    table = pa.table({"i": list(range(1000))})
    whole, cut = tmp_path / "a.arrow", tmp_path / "b.arrow"
    with pa.OSFile(str(whole), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    cut.write_bytes(whole.read_bytes()[:-8])
    of = product(field("i", "integer"))
    assert ask(of, whole, Count("t")) == 1000
    assert "cut off" in _reason(ask(of, cut, Count("t")))


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_binary_files_that_were_cut_off_are_refused(tmp_path: Path, ending: str, keep: float) -> None:
    table = pa.table({"i": list(range(5000))})
    path = tmp_path / f"t.{ending}"
    pq.write_table(table, path) if ending == "parquet" else feather.write_feather(table, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    assert _reason(ask(product(field("i", "integer")), path, Count("t")))


def test_a_damaged_page_costs_an_answer_and_never_rows(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"i": list(range(50_000)), "s": [f"x{n}" for n in range(50_000)]})
    content = bytearray(path.read_bytes())
    content[2000:6000] = b"\xff" * 4000
    path.write_bytes(bytes(content))
    answer = ask(product(field("i", "integer")), path, Reduce("sum", "t", column("i")))
    assert isinstance(answer, Unavailable)


def test_columns_on_which_parquet_files_disagree_cannot_be_used(tmp_path: Path) -> None:
    write_parquet(tmp_path / "1.parquet", {"a": [1], "b": [1], "c": [1]})
    write_parquet(tmp_path / "2.parquet", {"a": [2], "b": [1.5]})
    of = product(field("a", "integer"), field("b", "number"), field("c", "integer"))
    assert ask(of, tmp_path, Reduce("sum", "t", column("a"))) == 3
    assert "BIGINT in `1.parquet` and DOUBLE in `2.parquet`" in _reason(
        ask(of, tmp_path, Reduce("sum", "t", column("b")))
    )
    assert "not in `2.parquet`" in _reason(ask(of, tmp_path, Count("t", IsPresent(column("c")))))


def test_parquet_columns_that_differ_only_in_case_cannot_be_used(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "t.parquet", {"Amount": [1], "amount": [2], "x": [3], "x_1": [4]})
    of = product(field("amount", "integer"), field("x", "integer"), field("x_1", "integer"))
    assert "twice" in _reason(ask(of, path, Reduce("sum", "t", column("amount"))))
    assert ask(of, path, Reduce("sum", "t", column("x"))) == 3
    assert ask(of, path, Reduce("sum", "t", column("x_1"))) == 4


def test_parts_of_structs_are_read_and_lists_are_refused(tmp_path: Path) -> None:
    rows = [{"a": {"city": "x", "n": 1}, "l": [1]}, {"a": None, "l": None}]
    path = write_parquet(tmp_path / "t.parquet", rows)
    of = product(
        field("a", "object", fields=(Field_at("a", field("city", "string", required=True)),), required=True),
        field("l", "array"),
    )
    assert ask(of, path, Count("t", call("==", column("a.city"), "x"))) == 1
    check: Metric = RowCheck("t", None, call("matches", bare("a.city"), Pattern("x")))
    assert ask(of, path, check) == RowCheckAnswer(2, 2, 1, (2,))
    assert "`l` is a list" in _reason(ask(of, path, Count("t", call("==", column("l"), const(1)))))
    assert ask(of, path, Count("t", IsPresent(column("l")))) == 1


def _unusable(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.parquet", b"PAR1 cut off"),
        ("t.arrow", b"ARROW1\0\0 cut off"),
        ("t.csv", b"a,b\n1,2\n3\n"),
        ("t.csv", b""),
        ("t.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99)[:-9]),
        ("t.csv", "a,b\n1,ü\n".encode("latin-1")),
        ("t.csv", ("a,b\n" + "1,x\n" * 300_000 + "1,ü\n").encode("latin-1")),
        ("t.jsonl", b'{"a": 1}\n{"a": \n'),
        ("t.jsonl", b"[1]\n"),
        ("t.csv", b"x,y\n1,2\n"),
        ("t.jsonl", b'{"x": 1}\n'),
        ("[t].csv", b"a\n1\n"),
    ],
)
@pytest.mark.parametrize("metric", [Count("t"), Reduce("sum", "t", column("a")), Duplicates("t", ("a",))])
def test_data_of_which_nothing_can_be_used_is_told_from_a_column_that_cannot(
    tmp_path: Path, name: str, content: bytes, metric: Metric
) -> None:
    answer = ask(product(field("a", "integer")), _unusable(tmp_path, name, content), metric)
    assert isinstance(answer, Unavailable), answer
    assert answer.code == UNREADABLE


@pytest.mark.parametrize(("name", "content"), [("t.csv", b"a\nx\n"), ("t.jsonl", b'{"a": 1}\n{"a": "x"}\n')])
def test_a_column_that_cannot_be_used_leaves_the_rest_of_the_data_usable(
    tmp_path: Path, name: str, content: bytes
) -> None:
    of, path = product(field("a", "integer"), field("b", "integer")), _unusable(tmp_path, name, content)
    for gone in ("a", "b"):
        answer = ask(of, path, Reduce("sum", "t", column(gone)))
        assert isinstance(answer, Unavailable)
        assert answer.code != UNREADABLE
    assert ask(of, path, Count("t")) == content.count(b"\n") - name.endswith("csv")
    assert ask(of, _unusable(tmp_path, "empty.jsonl", b""), Count("t")) == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", 'a,b\n1,"x\ny\nz"\n3\n', "line 5 in `t.csv` is not well-formed CSV: 1 fields where the header has 2"),
        ("t.csv", "a,b\n1,2,,\n", "line 2 in `t.csv` is not well-formed CSV: 4 fields where the header has 2"),
        (
            "t.csv",
            'a,b\r\n"1",2\r\n1,2,\r\n',
            "line 3 in `t.csv` is not well-formed CSV: 3 fields where the header has 2",
        ),
        ("t.csv", 'a,b\n"1\n1",2\n1,"2\n', "line 4 in `t.csv` is not well-formed CSV: a quote is not closed"),
        ("t.csv", "a,b\nx,ü\n".encode("latin-1"), "`t.csv` is not UTF-8"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16"), "`t.csv` is UTF-16 or UTF-32, not UTF-8"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16-le"), "`t.csv` is UTF-16 or UTF-32, not UTF-8"),
        ("t.jsonl", '{"a": 1}\n{"a":}\n{"a": 3}\n', "line 2 in `t.jsonl` is not well-formed JSON"),
        ("t.jsonl", '{"a":\n', "line 1 in `t.jsonl` is not well-formed JSON"),
        ("t.jsonl", '\n{"a": 1}\r\n\r\n{"a":}\n', "line 4 in `t.jsonl` is not well-formed JSON"),
    ],
)
def test_damage_is_named_with_the_line_where_it_stands(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    assert says in _reason(ask(product(field("a")), _csv(tmp_path, content, name), Count("t")))
