"""The formatter moves blanks and line breaks: nothing else of any text changes, however it was laid out before."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.checking import check
from policy_engine.compilation import compile_policies
from policy_engine.diagnostics import Level, Span
from policy_engine.linking import Unit, link
from policy_engine.plan.codec import plan_digest
from policy_engine.plan.layer import Layer
from policy_engine.syntax import format_policies, parse
from policy_engine.syntax.concrete import read

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "policies").rglob("*.policy"))
BLOCK = re.compile(r"^```policy[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS_ENOUGH = frozenset("()[]{},:")


def _readable(text: str) -> bool:
    tree, _, diagnostics = parse("x.policy", text.encode())
    return tree is not None and not any(found.level is Level.ERROR for found in diagnostics)


def _written() -> list[str]:
    pages = [page for root in ("tests/corpus", "docs") for page in sorted((ROOT / root).rglob("*.md"))]
    texts = {text for page in pages for text in BLOCK.findall(page.read_text(encoding="utf-8"))}
    return [*(file.read_text(encoding="utf-8") for file in SHIPPED), *sorted(filter(_readable, texts))]


TEXTS = _written()


def _plain(value: Any) -> Any:
    """A tree without places."""
    if isinstance(value, Span):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, [_plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _tree(text: str) -> Any:
    tree, _, diagnostics = parse("x.policy", text.encode())
    assert tree is not None, diagnostics
    return _plain(tree)


def _digest(text: str) -> str | None:
    """The digest of the plan of a file that stands alone."""
    tree, _, _ = parse("x.policy", text.encode())
    assert tree is not None
    linked, _ = link([Unit(Layer.GLOBAL, tree, {})])
    checked, diagnostics = check(linked)
    if any(found.level is Level.ERROR for found in diagnostics):
        return None
    return str(plan_digest(compile_policies(checked)[0]))


def _formatted(text: str) -> str:
    formatted, diagnostics = format_policies("x.policy", text.encode())
    assert formatted is not None, diagnostics
    return formatted


def _keeps(text: str) -> None:
    formatted = _formatted(text)
    assert _formatted(formatted) == formatted
    assert _tree(formatted) == _tree(text)
    assert _digest(formatted) == _digest(text)
    assert not re.search(r"[ \t]\n|\n\n\n|\n\n$", formatted)
    assert formatted.endswith("\n")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_policy_that_is_written_down_means_the_same_afterwards(text: str) -> None:
    _keeps(text)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_the_policies_that_ship_are_formatted(file: Path) -> None:
    assert _formatted(file.read_text(encoding="utf-8")) == file.read_text(encoding="utf-8")


@st.composite
def _laid_out(draw: st.DrawFn, *, comments: bool) -> tuple[str, list[str]]:
    """A written text whose blanks, line breaks and comments are others; and its comments."""
    text = read(draw(st.sampled_from(TEXTS)))
    said: list[str] = []
    out = ""
    kinds = ["", " ", " ", "\n", "\n\n", "\t", "\r\n", "\n\n\n  ", "\r"] + ["#", "#\n#", "\n#", "\n\n#\n\n"] * comments
    sparse = draw(st.booleans())
    for number, token in enumerate((*text.tokens, "")):
        kind = draw(st.sampled_from(kinds)) if not sparse or draw(st.integers(0, 15)) == 0 else " "
        before = text.tokens[number - 1] if number else ""
        if kind == "" and not (before in WORDS_ENOUGH or token in WORDS_ENOUGH):
            kind = " "
        if number and text.kinds[number - 1] == "DOC" and not kind.startswith(("\n", "\r")):
            kind = "\n" + kind
        for sign in kind:
            if sign == "#":
                said.append(f"# c{len(said)}")
                out += f" {said[-1]} \n"
            else:
                out += sign
        out += token
    return out, said


@settings(max_examples=60, deadline=None)
@given(_laid_out(comments=False))
def test_every_layout_of_a_text_means_the_same_afterwards(laid_out: tuple[str, list[str]]) -> None:
    _keeps(laid_out[0])


@settings(max_examples=150, deadline=None)
@given(_laid_out(comments=True))
def test_every_comment_survives_in_its_order_wherever_it_stands(laid_out: tuple[str, list[str]]) -> None:
    text, said = laid_out
    _keeps(text)
    assert re.findall(r"# c[0-9]+", _formatted(text)) == said
