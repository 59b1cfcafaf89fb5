"""Drawing: the source line, the span underlined under the very characters, long lines in part."""

from __future__ import annotations

from policy_engine.diagnostics import Diagnostic, Source, Span, draw
from policy_engine.diagnostics.draw import LONGEST


def drawn(text: str, part: str, label: str = "") -> list[str]:
    source = Source("a.policy", text)
    start = text.index(part)
    return draw([Diagnostic("SYN001", "wrong", Span(source, start, start + len(part)), label)]).splitlines()


def test_the_underline_stands_under_the_span() -> None:
    assert drawn("let a = b", "b", "here")[3:] == ["1 | let a = b", "  |         ^ here"]


def test_tabs_are_kept_so_that_columns_agree() -> None:
    assert drawn("\tlet a = b", "b")[-1] == "  | \t        ^"


def test_wide_characters_take_two_columns_and_accents_none() -> None:
    assert drawn('"漢字" b', "b")[-1] == "  | " + " " * 7 + "^"
    assert drawn('"e\u0301" b', "b")[-1] == "  | " + " " * 4 + "^"
    assert drawn('"漢字" b', "漢字")[-1] == "  |  ^^^^"


def test_a_long_line_is_shown_around_the_span() -> None:
    line, underline = drawn("x" * 5_000 + "!" + "y" * 5_000, "!")[3:]
    assert len(line) <= LONGEST + 6
    assert line[underline.index("^")] == "!"


def test_a_span_over_several_lines_is_underlined_on_its_first() -> None:
    assert drawn("ab\ncd", "b\nc")[-1] == "  |  ^"


def test_diagnostics_are_drawn_in_the_order_of_their_places() -> None:
    source = Source("a.policy", "a b")
    later, first = (Diagnostic("SYN001", name, Span(source, at, at + 1)) for name, at in (("later", 2), ("first", 0)))
    heads = [line for line in draw([later, first]).splitlines() if line.startswith("error")]
    assert heads == ["error[SYN001 unexpected-text]: first", "error[SYN001 unexpected-text]: later"]
