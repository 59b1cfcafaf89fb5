"""The parser, loaded from tables that were built from the grammar beforehand: building takes 0.25 s, loading a tenth.

`grammar/policy.tables.json` is made by `make grammar`. It names the digest of
the grammar and the version of lark that it was made from; where either differs, the parser is built from the grammar.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

import lark
from lark.grammar import Rule
from lark.lexer import PatternRE, PatternStr, TerminalDef

from policy_engine._resources import resource

_GRAMMAR: Final = "grammar/policy.lark"
_TABLES: Final = "grammar/policy.tables.json"
_INT_KEYS: Final = "#"
_END_OF_WORD: Final = "(?![A-Za-z0-9_])"


@cache
def parser() -> lark.Lark:
    """The LALR parser with start symbols `file` and `expression`."""
    grammar = resource(_GRAMMAR).read_text(encoding="utf-8")
    stored = resource(_TABLES)
    if stored.is_file():
        tables = json.loads(stored.read_text(encoding="utf-8"), object_hook=_decode)
        if tables["made_from"] == _made_from(grammar):
            return _load(tables)
    return build(grammar)


def build(grammar: str, *, strict: bool = False) -> lark.Lark:
    """The parser from the grammar's text. `strict` refuses conflicts, in rules and between terminals."""
    return lark.Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=["file", "expression"],
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
        edit_terminals=_whole_word,
    )


def keyword(terminal: TerminalDef) -> str | None:
    """The word or sign that a terminal of the grammar stands for; None where it stands for many."""
    pattern = terminal.pattern
    if isinstance(pattern, PatternStr):
        return pattern.value
    return pattern.value.removesuffix(_END_OF_WORD) if pattern.value.endswith(_END_OF_WORD) else None


def _whole_word(terminal: TerminalDef) -> None:
    """Keywords end where the word ends: `requires` is no `require` followed by `s`. Lark wants the change in place."""
    if isinstance(terminal.pattern, PatternStr) and terminal.pattern.value.isalpha():
        terminal.pattern = PatternRE(terminal.pattern.value + _END_OF_WORD)
        terminal.priority = 1


def store() -> str:
    """The tables as text: what `grammar/policy.tables.json` has to say."""
    grammar = resource(_GRAMMAR).read_text(encoding="utf-8")
    data, memo = build(grammar).memo_serialize([TerminalDef, Rule])
    data["options"] = {name: value for name, value in data["options"].items() if name != "edit_terminals"}
    tables = {"made_from": _made_from(grammar), "data": _encode(data), "memo": _encode(memo)}
    return json.dumps(tables, separators=(",", ":"), sort_keys=True) + "\n"


def _made_from(grammar: str) -> dict[str, str]:
    return {"grammar": hashlib.sha256(grammar.encode()).hexdigest(), "lark": lark.__version__}


def _load(tables: dict[str, Any]) -> lark.Lark:
    loader = lark.Lark.__new__(lark.Lark)
    return loader._load({"data": tables["data"], "memo": tables["memo"]})  # noqa: SLF001 - its public `load` reads pickles only


def _encode(value: Any) -> Any:
    """JSON has no integer keys: a dict that has them becomes a list of pairs under one key."""
    if isinstance(value, dict):
        if any(isinstance(key, int) for key in value):
            return {_INT_KEYS: [[key, _encode(item)] for key, item in sorted(value.items())]}
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: dict[str, Any]) -> dict[Any, Any]:
    return dict(value[_INT_KEYS]) if _INT_KEYS in value else value
