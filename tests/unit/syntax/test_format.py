"""The layout: one case for each thing that a reader of formatted policies would notice."""

from __future__ import annotations

from textwrap import dedent

import pytest

from policy_engine.syntax import format_policies, on_one_line

LONG = "a_field_with_a_rather_long_name_for_what_it_is"


def formatted(text: str) -> str:
    result, diagnostics = format_policies("x.policy", dedent(text).encode())
    assert result is not None, diagnostics
    return result


def test_everything_on_one_line_is_laid_out() -> None:
    text = 'package a import b ## D. policy p owner "o" severity high { ## R. rule r for f in product.fields require f.unique }'
    assert formatted(text.replace("## D. ", "\n## D.\n").replace("## R. ", "\n##R.\n")) == dedent("""\
        package a

        import b

        ## D.
        policy p
          owner "o"
          severity high
        {
          ## R.
          rule r
            for f in product.fields
            require f.unique
        }
        """)


def test_long_conditions_break_at_the_loosest_operator_first() -> None:
    condition = f"{LONG} == 1 and {LONG} == 2 or ({LONG} > 3 and {LONG} < 4 and {LONG} != 5)"
    assert formatted(f"package a\nlet x = {condition}") == dedent(f"""\
        package a

        let x =
          {LONG} == 1 and {LONG} == 2
          or (
            {LONG} > 3
            and {LONG} < 4
            and {LONG} != 5
          )
        """)


def test_lists_of_words_are_filled_and_lists_of_anything_else_have_a_line_each() -> None:
    words = ", ".join(f'"{LONG}{n}"' for n in range(4))
    assert formatted(f"package a\nlet x = [{words}]").splitlines()[3:6] == [
        f'  "{LONG}0", "{LONG}1",',
        f'  "{LONG}2", "{LONG}3",',
        "]",
    ]
    calls = ", ".join(f'lower("{LONG}")' for _ in range(3))
    assert formatted(f"package a\nlet x = [{calls}]").splitlines()[3:6] == [f'  lower("{LONG}"),'] * 3


def test_a_comment_stays_with_what_it_stands_at() -> None:
    assert formatted("""\
        # The file.

        package a # its name
        let x = [
          "a", # one
          # of the second
          "b"
        ]
        # still of x

        # of y
        let y = 1
        # at the end""") == dedent("""\
        # The file.

        package a  # its name

        let x = [
          "a",  # one
          # of the second
          "b",
        ]
        # still of x

        # of y
        let y = 1
        # at the end
        """)


def test_a_comment_where_no_line_breaks_moves_before_the_line_or_to_its_end() -> None:
    assert formatted('package a\npolicy p\n  owner # who\n  "o"\n{\n}') == (
        'package a\n\npolicy p\n  owner "o"  # who\n{\n}\n'
    )
    assert formatted('package a\npolicy p\n  owner\n  # who\n  "o"\n{\n}') == (
        'package a\n\npolicy p\n  # who\n  owner "o"\n{\n}\n'
    )


def test_two_hashes_that_document_nothing_never_become_documentation() -> None:
    text = 'package a\npolicy p\n  owner "o"\n{\n  rule r\n    require 1 ==\n    ## why\n    2\n}\n'
    assert "# why" in formatted(text)
    assert "## why" not in formatted(text)


def test_declarations_of_one_kind_stand_together_where_the_author_put_them_together() -> None:
    assert formatted("package a\nlet x = 1\nlet y = 2\n\n\nlet z = 3\nenum E { a }\n") == (
        "package a\n\nlet x = 1\nlet y = 2\n\nlet z = 3\n\nenum E { a }\n"
    )


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("007", "7"), ("0", "0"), ("10_000", "10_000"), ("0.50", "0.5"), ("1.00", "1.0"), ("5.0%", "5%"), ("030d", "30d"),
     ("0d", "0d"), ("2027-01-01T09:00:00Z", "2027-01-01T09:00Z"), ("2027-01-01T09:00:30Z", "2027-01-01T09:00:30Z")],
)  # fmt: skip
def test_numbers_have_one_spelling(written: str, canonical: str) -> None:
    assert formatted(f"package a\nlet x = {written}\n") == f"package a\n\nlet x = {canonical}\n"


def test_an_expression_has_one_spelling_on_one_line() -> None:
    text = 'a==b # why\n  and  f( x,"  " )in{1,2,}\n or x matches /a  b/ and -1< 2 and not(c)'
    assert on_one_line(text) == 'a == b and f(x, "  ") in {1, 2} or x matches /a  b/ and -1 < 2 and not (c)'
