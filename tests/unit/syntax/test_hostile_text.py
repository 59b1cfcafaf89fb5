"""Whatever the bytes of a policy file are, there are diagnostics, soon, and no exception."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.diagnostics import Diagnostic, Level, draw
from policy_engine.loading import Policies, diagnose

POLICY = """package acme

enum Size { small < large }
attribute field.size: Size? from custom "size" enforce inform, then warn from 2027-01-01
let limit = 10_000 + 5%
def double(n: Int) -> Int = if n > 1 then n * 2 else 0

## Names.
policy names
  owner "data-office@acme.example"
  severity high
{
  param longest: Int = 30, domains may raise to 40 or lower to 20

  ## Short.
  rule short
    for field in product.fields
    when field.size is present and field.size >= small
    require length(field.name) <= longest and not (field.name matches /^tmp_[a-z]{1,3}$/)
    tolerate 0.5% of fields
    message "{field.path}: {length(field.name)}"
}
"""
FRAGMENTS = (
    *(
        "policy ",
        "rule ",
        "require ",
        "for x in ",
        "{",
        "}",
        "(",
        ")",
        "[",
        '"',
        "'",
        "/",
        "##",
        "#",
        "\n",
        " ",
        "=",
        "==",
        "&&",
    ),
    *(
        "if ",
        "else ",
        "some ",
        "every ",
        "is ",
        "not ",
        "null",
        "5d",
        "5days",
        "2027-13-01",
        "2027-01-01T",
        ".5",
        "1,000",
        "99999",
    ),
    *(
        "\x00",
        "\u202e",
        "\ufeff",
        "\r",
        "\r\n",
        "\u00a0",
        "ß",
        "🙂",
        "\\",
        "package ",
        "let a = a",
        "{{",
        "param ",
        "..",
        "-",
        ">",
    ),
)


def diagnosed(folder: Path, content: bytes) -> tuple[Policies | None, list[Diagnostic]]:
    (folder / "acme.policy").write_bytes(content)
    policies, diagnostics = diagnose([folder])
    assert draw(diagnostics) is not None
    assert (policies is None) == any(found.level is Level.ERROR for found in diagnostics)
    return policies, diagnostics


def mutated(text: str, edits: list[tuple[int, int, str]]) -> str:
    for at, length, new in edits:
        at %= len(text) + 1
        text = text[:at] + new + text[at + length :]
    return text


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_any_bytes_are_diagnosed(tmp_path: Path, content: bytes) -> None:
    diagnosed(tmp_path, content)
    diagnosed(tmp_path, b"package acme\n" + content)


EDITS = st.tuples(st.integers(0, 10_000), st.integers(0, 12), st.sampled_from(FRAGMENTS) | st.text(max_size=4))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EDITS, min_size=1, max_size=5))
def test_any_edit_of_a_policy_is_diagnosed(tmp_path: Path, edits: list[tuple[int, int, str]]) -> None:
    diagnosed(tmp_path, mutated(POLICY, edits).encode("utf-8", "surrogatepass"))


def rules(count: int, broken: bool = False) -> str:
    body = "".join(
        f"  rule r{n}\n    require{'s' if broken else ''} count(product.fields) > {n}\n" for n in range(count)
    )
    return f'policy many\n  owner "o"\n{{\n{body}}}\n'


HOSTILE = {
    "nested parentheses": "let a = " + "(" * 10_000 + "1" + ")" * 10_000,
    "unclosed parentheses": "let a = " + "(" * 10_000,
    "nested lists": "let a = " + "[" * 10_000 + "]" * 10_000,
    "nested conditions": "let a = " + "if true then 1 else " * 5_000 + "1",
    "a long sum": "let a = " + " + ".join(["1"] * 20_000),
    "a hundred thousand elements on one line": "let a = [" + ",".join(["1"] * 100_000) + "]",
    "a megabyte of text": 'let a = "' + "x" * 999_000,
    "a megabyte of one name": "let " + "x" * 999_000 + " = 1",
    "a megabyte of digits": "let a = " + "1" * 999_000 + "x",
    "a megabyte of blanks": "let a =" + " " * 999_000,
    "a megabyte of signs": "let a = " + "=" * 999_000,
    "a megabyte of open braces": "policy p " + "{" * 999_000,
    "ten thousand rules": rules(10_000),
    "ten thousand broken rules": rules(10_000, broken=True),
    "ten thousand policies": "".join(f'policy p{n} owner "o" {{ rule r require true }}\n' for n in range(10_000)),
    "a deep chain of constants": "let a0 = 1\n" + "".join(f"let a{n} = a{n - 1} + 1\n" for n in range(1, 5_000)),
    "constants that double": "let a0 = 1\n"
    + "".join(f"let a{n} = a{n - 1} + a{n - 1}\n" for n in range(1, 60))
    + 'policy p owner "o" { param x: Int = a59 rule r require x > a59 }',
    "functions that double": "def f0(n: Int) -> Int = n\n"
    + "".join(f"def f{n}(n: Int) -> Int = f{n - 1}(n) + f{n - 1}(n)\n" for n in range(1, 60)),
    "a circle of five thousand": "".join(f"let a{n} = a{(n + 1) % 5_000} + 1\n" for n in range(5_000)),
    "nested questions for null": "let a = " + "(" * 60 + "product.name" + " == null)" * 60,
    "a pattern that never ends": "let a = /" + "[a]" * 5_000,
    "a catastrophic pattern": "let a = /(a+)+(a|aa)+$/",
    "a pattern that repeats without end": "let a = /(((a{100}){100}){100}){100}/",
    "huge numbers": "let a = " + " * ".join(["999999999999999999999999999999"] * 100),
    "a day beyond the calendar": 'policy p owner "o" { rule r require 2027-01-01 + 90000000y > 2027-01-01 }',
    "many unclosed texts": "\n".join(f'let a{n} = "x' for n in range(2_000)),
    "many invisible characters": "let a = 1\u200b" * 10_000,
    "reversed text": "# \u202e 1 = a tel\nlet a = 1",
    "more than a policy file may have": "x" * 1_000_001,
    "a null character": "let a = 1\x00",
    "old line ends": "let a = 1 # one\rlet b = a\rlet c = d",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_answered_in_bounded_time(tmp_path: Path, text: str) -> None:
    began = time.monotonic()
    diagnosed(tmp_path, f"package acme\n{text}".encode())
    assert time.monotonic() - began < 30


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain, _ = diagnosed(tmp_path, POLICY.encode())
    windows, _ = diagnosed(tmp_path, b"\xef\xbb\xbf" + POLICY.replace("\n", "\r\n").encode())
    assert plain is not None
    assert windows is not None
    assert plain.used.plan == windows.used.plan


def test_an_old_line_end_ends_a_comment(tmp_path: Path) -> None:
    _, diagnostics = diagnosed(tmp_path, b"package acme # the package\rlet a = nothing\r")
    assert [(found.code, found.span.position) for found in diagnostics] == [("LNK003", (2, 9))]


def test_what_multiplies_is_too_large_once(tmp_path: Path) -> None:
    _, diagnostics = diagnosed(tmp_path, f"package acme\n{HOSTILE['functions that double']}".encode())
    assert [found.code for found in diagnostics] == ["CHK015"]


def test_every_mistake_of_a_file_is_told_up_to_a_limit(tmp_path: Path) -> None:
    _, diagnostics = diagnosed(tmp_path, f"package acme\n{rules(15, broken=True)}".encode())
    assert [found.code for found in diagnostics] == ["SYN001"] * 15 + ["CHK019"]
