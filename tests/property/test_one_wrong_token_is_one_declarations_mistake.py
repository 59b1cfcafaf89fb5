"""A wrong token in a correct file is told where it stands, and nothing else of the file is found fault with."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from policy_engine.syntax.parse import parse

POLICIES = Path(__file__).parents[2] / "policies"
FILES = sorted(POLICIES.rglob("*.policy"))
#: Nowhere in a correct file is one of these right.
WRONG = (";", "@", "&&", "'x'", "=", "(", ")", "[", "]", "{", "}", "require", '"')
#: Of every file and wrong token, so many places are tried.
PLACES = 3
TOKEN = re.compile(
    r'#[^\n]*|"(?:[^"\\\n{]|\\.|\{[^}\n]*\})*"|/(?:\\.|[^/\\\n ])+/|[A-Za-z_]\w*|\d[\w.%:-]*|[=!<>]=|->|\S'
)
BLOCK = re.compile(
    r"^[ \t]*(?:##|(?:package|import|enum|attribute|let|def|table|set|waiver|policy|param|rule)\b)", re.MULTILINE
)


def own_part(text: str, at: int) -> tuple[int, int]:
    """The declaration, parameter or rule around a place, with the documentation above it."""
    starts: list[int] = []
    is_below_documentation = False
    for found in BLOCK.finditer(text):
        starts += [] if is_below_documentation else [found.start()]
        is_below_documentation = found[0].endswith("##")
    return max(start for start in starts if start <= at), min([len(text), *(start for start in starts if start > at)])


def places(file: Path, wrong: str) -> list[int]:
    text = file.read_text(encoding="utf-8")
    tokens = [found.start() for found in TOKEN.finditer(text) if not found[0].startswith("#")]
    return random.Random(f"{file.name} {wrong}").sample(tokens[2:], PLACES)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_one_wrong_token_is_told_in_its_declaration_and_nowhere_else(file: Path, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    for at in places(file, wrong):
        if (wrong.isidentifier() and text[at] == "(") or (wrong == "{" and text[at] == "}"):
            continue  # which would be a call, or braces of their own
        mistaken = f"{text[:at]} {wrong} {text[at:]}"
        begin, end = own_part(mistaken, at)
        _, source, diagnostics = parse(file.name, mistaken.encode())
        assert diagnostics, mistaken[at - 80 : at + 40]
        elsewhere = [found for found in diagnostics if not begin <= found.span.start < end]
        assert elsewhere == [], source.position(at)
