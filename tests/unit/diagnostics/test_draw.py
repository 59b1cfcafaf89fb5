"""Drawing: the source line, the span underlined under the very characters, long lines in part."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest

from policy_engine.diagnostics import Diagnostic, Source, Span, draw, pointer
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
    assert len(line) <= LONGEST + 4
    assert line[underline.index("^")] == "!"


def test_a_span_over_several_lines_is_underlined_on_its_first() -> None:
    assert drawn("ab\ncd", "b\nc")[-1] == "  |  ^"


def test_diagnostics_are_drawn_in_the_order_of_their_places() -> None:
    source = Source("a.policy", "a b")
    later, first = (Diagnostic("SYN001", name, Span(source, at, at + 1)) for name, at in (("later", 2), ("first", 0)))
    heads = [line for line in draw([later, first]).splitlines() if line.startswith("error")]
    assert heads == ["error[SYN001 unexpected-text]: first", "error[SYN001 unexpected-text]: later"]


def shown(text: str, part: str, label: str, help_: str, width: int) -> list[str]:
    source = Source("a.policy", text)
    start = text.index(part)
    found = Diagnostic("SYN001", "wrong", Span(source, start, start + len(part)), label, help_)
    return draw([found], width=width).splitlines()


def columns(line: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


SOURCES = {
    "short": "let a = b!",
    "long": f"let a = {'x ' * 400}b!{' y' * 400}",
    "at the end": f"let a = {'x ' * 400}b!",
    "wide": f"let a = {'漢字' * 100}b!{'漢字' * 100}",
    "tabs": f"\t\tlet\ta = {'x' * 100}\tb!\t{'y' * 100}",
}


@pytest.mark.parametrize("width", [30, 40, 61, 80, 119, 200])
@pytest.mark.parametrize("kind", SOURCES)
def test_a_terminal_is_not_overflowed_and_the_span_is_seen(kind: str, width: int) -> None:
    lines = shown(SOURCES[kind], "b!", "a label of seven or eight words", "say " + "more words " * 12, width)
    assert all(columns(line.expandtabs(8)) <= width + 3 for line in lines[1:])
    text, marks = (line.expandtabs(8) for line in lines[3:5])
    at = columns(marks[: marks.index("^^")])
    seen = "".join(char + "\0" * (columns(char) - 1) for char in text)
    assert seen[at : at + 2] == "b!"
    assert " ".join(" ".join(lines[5:]).split()).endswith("= help: say " + " ".join(["more words"] * 12))


def test_help_goes_on_under_its_first_word() -> None:
    assert shown("a", "a", "", "one two three four five six seven eight nine ten", 40)[5:] == [
        "  = help: one two three four five six",
        "          seven eight nine ten",
    ]


def test_a_label_that_does_not_fit_stands_below() -> None:
    line = "let something = another"
    assert shown(line, "another", "there is no such name in this package", "", 40)[3:] == [
        "1 | let something = another",
        "  |                 ^^^^^^^",
        "  |             there is no such name in",
        "  |             this package",
    ]


def test_without_a_width_nothing_is_wrapped() -> None:
    assert drawn("let a = b", "b", "word " * 60)[-1] == "  |         ^ " + "word " * 60


def test_a_span_longer_than_the_line_has_room_is_underlined_from_its_beginning() -> None:
    lines = shown("let a = " + "x" * 500, "x" * 500, "", "", 40)
    assert lines[4].index("^") == lines[3].index("x") or lines[3].startswith("1 | …x")
    assert len(lines[4]) <= 40


def test_the_pointer_names_the_first_code_and_counts_the_others() -> None:
    source = Source("a.policy", "a b c")
    found = [
        Diagnostic(code, "wrong", Span(source, at, at + 1))
        for at, code in enumerate(("CHK019", "CHK002", "CHK002", "SYN001"))
    ]
    assert pointer(found[:1]) is None
    assert pointer(found[:3]) == "for more: policy-engine explain CHK002"
    assert pointer(found) == "for more on the first of 2 codes: policy-engine explain CHK002"
