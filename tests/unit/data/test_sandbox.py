"""Queries that come with a contract: what they may see, and what they may not do."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from policy_engine.data import open_source, sandbox
from policy_engine.data.model import Query, QueryAnswer
from policy_engine.data.sandbox import Sandbox
from policy_engine.data.unanswerable import UnanswerableError
from policy_engine.product.model import Product
from policy_engine.product.read import parse_product

CONTRACT = b"""apiVersion: v3.1.0
kind: DataContract
id: shop
schema:
- name: orders
  physicalName: sales.orders_v1
  properties:
  - {name: id, logicalType: integer}
  - {name: amount, physicalName: amt, logicalType: number}
  - {name: day, logicalType: date}
- name: returns
  properties: [{name: id, logicalType: integer}]
- name: secrets
  properties: [{name: word}]
"""
PRODUCT: Product = parse_product(CONTRACT, "shop.yaml")


@pytest.fixture
def box(tmp_path: Path) -> Sandbox:
    """Orders and returns were given; secrets lie beside them."""
    (tmp_path / "orders.csv").write_text("id,amt,day\n1,5.5,2026-01-01\n2,,2026-01-02\n3,7,2026-01-03\n")
    (tmp_path / "returns.csv").write_text("id\n2\nnone\n")
    (tmp_path / "secrets.csv").write_text("word\nsesame\n")
    names = ("orders", "returns")
    return Sandbox(PRODUCT, {name: open_source(name, tmp_path / f"{name}.csv") for name in names})


@pytest.mark.parametrize(
    ("sql", "number", "is_count"),
    [
        ("SELECT COUNT(*) FROM orders;", 3, True),
        ("select count(*) from sales.orders_v1 o where o.amount is null", 1, True),
        ("SELECT count(*) FROM ORDERS WHERE AMT > 5", 2, True),
        ("SELECT sum(amount) FROM orders", Fraction(25, 2), False),
        ("WITH big AS (SELECT id FROM orders WHERE id > 1) SELECT count(*) FROM big", 2, True),
        ("SELECT count(*) FROM orders a JOIN orders b ON a.id = b.id WHERE b.day > DATE '2026-01-01'", 2, True),
        ("SELECT 100.0 * count(DISTINCT id) / count(*) FROM orders", 100, False),
        ("SELECT count(*) FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM orders) WHERE n = id", 3, True),
        ("SELECT count(*) FROM orders WHERE CAST(day AS TEXT) !~ '^2026-(0[1-9]|1[0-2])'", 0, True),
        ("SELECT sum(CASE WHEN amount BETWEEN 1 AND 6 THEN 1 ELSE 0 END) FROM orders", 1, False),
        ("SELECT count(*) FROM orders WHERE id IN (1, 2) AND amount IS NOT NULL OR coalesce(amount, 0) = 0", 2, True),
        ("SELECT (SELECT count(*) FROM orders) - 3", 0, False),
        ("SELECT count(*) FROM orders UNION ALL SELECT count(*) FROM orders LIMIT 1", 3, False),
    ],
)
def test_one_number_comes_of_a_select_over_the_given_data(
    box: Sandbox, sql: str, number: Fraction, is_count: bool
) -> None:
    assert box.answer(Query("orders", sql)) == QueryAnswer(Fraction(number), is_count)
    box.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM read_csv('{folder}/secrets.csv')",
        "SELECT count(*) FROM read_csv('{folder}/orders.csv')",
        "SELECT count(*) FROM '{folder}/secrets.csv'",
        "SELECT count(*) FROM read_text('{folder}/secrets.csv'), orders",
        "SELECT count(*) FROM orders, glob('/etc/*')",
        "SELECT count(*) FROM secrets",
        "SELECT count(*) FROM 'https://example.org/a.parquet'",
        "SELECT count(*) FROM orders, LATERAL (SELECT * FROM read_blob('/etc/passwd'))",
        "SELECT count(*) FROM orders WHERE id IN (SELECT 1 FROM duckdb_settings())",
        "SELECT count(*) FROM information_schema.tables",
        "SELECT count(*) FROM sqlite_master",
        "SELECT count(*) FROM query('SELECT 1')",
        "SELECT count(*) FROM query_table('orders')",
        "SELECT count(*) FROM PRODUCT",
        "COPY orders TO '{folder}/out.csv'",
        "COPY (SELECT * FROM orders) TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/out.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "DROP VIEW d0",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO orders VALUES (1)",
        "DELETE FROM orders",
        "EXPLAIN ANALYZE SELECT count(*) FROM orders",
        "SHOW TABLES",
        "DESCRIBE orders",
        "SELECT count(*) FROM orders; DROP VIEW d0",
        "SELECT count(*) FROM orders; SELECT count(*) FROM orders",
        "SELECT getenv('HOME') FROM orders",
        "SELECT current_setting('memory_limit') FROM orders",
        "SELECT getvariable('x') FROM orders",
        "SELECT count(*) FROM orders WHERE random() < 2",
        "SELECT count(*) FROM orders WHERE day < current_date",
        "SELECT count(*) FROM orders WHERE day < now()",
        "SELECT count(*) FROM orders WHERE day < CURRENT_TIMESTAMP",
        "SELECT count(*) FROM orders WHERE day < today()",
        "SELECT count(*) FROM orders USING SAMPLE 50%",
        "SELECT count(*) FROM orders TABLESAMPLE 1 ROWS",
        "SELECT nextval('s') FROM orders",
        "SELECT sleep_ms(100) FROM orders",
        "SELECT write_log('x') FROM orders",
        "SELECT version() FROM orders",
        "SELECT length(printf('%0999999999d', id)) FROM orders WHERE id = 1",
        "SELECT length(format('{{:0999999999d}}', id)) FROM orders WHERE id = 1",
        "SELECT length(replace(replace('aaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa')) FROM orders WHERE id = 1",
        "SELECT length(replace('aaaa', 'a', CAST(day AS TEXT))) FROM orders WHERE id = 1",
        "SELECT length(regexp_replace('aaaa', '', '-', 'g')) FROM orders WHERE id = 1",
        "SELECT levenshtein('a', 'b') FROM orders WHERE id = 1",
        "SELECT count(*) FROM orders WHERE age(day) > INTERVAL 1 DAY",
        "SELECT any_value(id) FROM orders",
        "SELECT length(json_serialize_plan('SELECT 1')) FROM orders WHERE id = 1",
        "SELECT length(repeat('x', 1000000000)) FROM orders",
        "SELECT len(range(1000000000)) FROM orders",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t, orders",
        "WITH orders AS (SELECT 0 AS id) SELECT count(*) FROM orders",
        "SELECT 0",
        "SELECT id FROM orders",
        "SELECT count(*), count(*) FROM orders",
        "SELECT max(day) FROM orders",
        "SELECT max(id) FROM orders WHERE id > 5",
        "SELECT count(*) FROM orders WHERE id = ?",
        "SELECT count(*) FROM orders WHERE nothing = 1",
        "SELECT count(*) FROM returns WHERE id > 1",
        "SELECT count(*) FROM returns r WHERE EXISTS (SELECT r.*)",
        "",
        ";",
        "no SQL",
        "SELECT " + "(" * 3_000 + "1" + ")" * 3_000 + " FROM orders",
        "SELECT count(*) FROM orders WHERE " + " OR ".join(["id = 1"] * 5_000),
        "SELECT '" + "x" * 30_000 + "' FROM orders",
    ],
)
def test_whatever_else_it_asks_for_is_refused(box: Sandbox, sql: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UnanswerableError) as refused:
        box.answer(Query("orders", sql.replace("{folder}", str(tmp_path))))
    assert "sesame" not in str(refused.value)
    assert sorted(tmp_path.iterdir()) == before
    assert box.answer(Query("orders", "SELECT count(*) FROM orders")).number == 3
    box.close()


@pytest.mark.parametrize(
    "said",
    [
        "'CSV Error on Line: ' || CAST(max(1000 * id) AS TEXT)",
        "'Malformed JSON in file \"{folder}/secrets.csv\", at byte 1 in line ' || CAST(max(1000 * id) AS TEXT)",
        "'Expected Number of Columns: 1 Found: 2 CSV Error on Line: ' || CAST(max(1000 * id) AS TEXT)",
    ],
)
def test_no_query_speaks_through_the_engines_errors(box: Sandbox, said: str, tmp_path: Path) -> None:
    sql = f"SELECT CAST({said} AS INTEGER) FROM orders".replace("{folder}", str(tmp_path))
    with pytest.raises(UnanswerableError) as refused:
        box.answer(Query("orders", sql))
    assert (
        str(refused.value) == "its query cannot be run here: the data engine refused the question (ConversionException)"
    )
    box.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM orders, (VALUES (1), (2), (3)) v(x) WHERE x <= amount AND id = 1",
        "SELECT count(*) FROM orders WHERE id <= (SELECT max(amount) FROM orders)",
    ],
)
def test_a_count_that_may_be_a_value_is_not_called_a_count(box: Sandbox, sql: str) -> None:
    assert not box.answer(Query("orders", sql)).is_count
    box.close()


def test_text_is_replaced_by_no_more_than_there_was(box: Sandbox) -> None:
    sql = "SELECT count(*) FROM orders WHERE replace(regexp_replace(CAST(day AS TEXT), '[0-9]', '', 'g'), '-', '') = ''"
    assert box.answer(Query("orders", sql)).number == 3
    box.close()


def test_all_queries_of_a_contract_together_have_their_time(box: Sandbox) -> None:
    box.answer(Query("orders", "SELECT count(*) FROM orders"))
    box._left = 0.0
    with pytest.raises(UnanswerableError, match="took 60 seconds before it"):
        box.answer(Query("orders", "SELECT count(*) FROM returns"))
    box.close()


def test_a_query_that_does_not_end_is_stopped(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    (tmp_path / "orders.csv").write_text("id,amt,day\n" + "1,1,2026-01-01\n" * 20_000)
    with pytest.raises(UnanswerableError, match="longer than"):
        box.answer(Query("orders", "SELECT count(*) FROM orders a, orders b, orders c WHERE a.id + b.id + c.id = 7"))
    box.close()


def test_a_query_over_a_sample_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("id,amt,day\n1,5,2026-01-01\n")
    box = Sandbox(PRODUCT, {"orders": open_source("orders", tmp_path / "orders.csv", sampled=True)})
    with pytest.raises(UnanswerableError, match="only a sample"):
        box.answer(Query("orders", "SELECT count(*) FROM orders"))
    box.close()
