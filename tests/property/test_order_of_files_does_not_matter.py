"""Same files, same plan: whatever the order in which they are found, and whatever the hash seed of the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from reference.build import plan_of
from reference.policies import PRELUDE, TABLES, policies

from policy_engine.plan.codec import encode, plan_digest

SAME_PACKAGE = "package test.global\n"
OTHER = """package test.other
import test.global as base
let limit = base.limit
let most = base.most
let word = base.word
let owned = base.owned
def long(t: String) -> Bool = base.long(t)
def twice(n: Int) -> Int = base.twice(n)
def near(d: Decimal) -> Bool = base.near(d)
def said(f: Field) -> Bool = base.said(f)
def short(t: String?) -> Bool = base.short(t)
table levels(key: String, level: Int?) from "levels.csv"
"""


@st.composite
def files(draw: st.DrawFn) -> list[str]:
    return [
        draw(policies(name="first")),
        draw(policies(name="second", prelude=SAME_PACKAGE)),
        draw(policies(name="third", prelude=OTHER)),
    ]


@given(files(), st.permutations([0, 1, 2]))
def test_in_any_order_the_plan_is_the_same(texts: list[str], order: list[int]) -> None:
    shuffled = [texts[index] for index in order]
    assert encode(plan_of(*shuffled, tables=TABLES)) == encode(plan_of(*texts, tables=TABLES))


def test_in_any_process_the_digest_is_the_same(tmp_path: Path) -> None:
    text = PRELUDE + 'policy p\n  owner "o"\n{\n  rule r\n    for f in product.fields\n    require f.required\n}\n'
    (tmp_path / "a.policy").write_text(text)
    (tmp_path / "levels.csv").write_bytes(TABLES["levels.csv"])
    program = (
        "import sys; from pathlib import Path; from policy_engine.loading import load_policies;"
        "print(load_policies([Path(sys.argv[1])]).used.plan)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "4711")
    }
    assert found == {plan_digest(plan_of(text, tables=TABLES))}
