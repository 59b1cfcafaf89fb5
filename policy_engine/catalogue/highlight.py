"""Policy text in coloured pieces: words of the language, texts, numbers, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PIECE: Final = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r'|(?P<text>"[^"\\\n]*(?:\\.[^"\\\n]*)*")'
    r"|(?P<number>\b[0-9][0-9A-Za-z_.:%-]*)"
    r"|(?P<word>\b(?:and|applies|as|at|attribute|because|block|by|def|domains|else|enforce|enum|every|false|fix|for"
    r"|formerly|from|if|import|in|inform|is|let|may|message|missing|not|or|otherwise|package|param|policy|present"
    r"|require|rule|satisfies|set|severity|some|table|then|to|tolerate|true|until|waivable|waiver|warn|when|where)\b)"
)


def highlight(text: str) -> Iterator[tuple[str | None, str]]:
    """The text in pieces, each with its kind; the pieces joined are the text."""
    at = 0
    for match in _PIECE.finditer(text):
        if match.start() > at:
            yield None, text[at : match.start()]
        yield match.lastgroup, match[0]
        at = match.end()
    if at < len(text):
        yield None, text[at:]
