"""How parsing goes on after a mistake: the smallest block around it is blanked out, and what it declared remembered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BLOCK: Final = re.compile(
    r"^[ \t]*(?:##|(?:package|import|enum|attribute|let|def|table|set|policy|waiver|param|rule)\b)", re.MULTILINE
)
#: A line that begins with `}`, or has a few signs before it that do not belong there.
_CLOSING: Final = re.compile(r"^(?:\}|[ \t]?[^\s{}][^\n{}]{0,12}\}[ \t]*$)", re.MULTILINE)
_DECLARED: Final = re.compile(
    r"^[ \t]*(?:enum|let|def|table|policy|waiver|param|attribute)\s+(\w+(?:\.\w+)?)", re.MULTILINE | re.ASCII
)
_WORD: Final = re.compile(r"\s*\w+")
_PACKAGE: Final = re.compile(r"^[ \t]*package[ \t]+([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", re.MULTILINE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Repaired:
    """Text of the same length (or with a missing sign at its end), and what of it is no longer there."""

    text: str
    cut: tuple[int, int] | None = None
    lost: frozenset[str] = frozenset()


def begins(text: str, at: int) -> int:
    """Where the declaration, parameter or rule before a place begins."""
    starts = [match.start() for match in _BLOCK.finditer(text, 0, at)]
    return max((start for start in starts if not text[start:].lstrip().startswith("##")), default=0)


def declared_names(text: str) -> frozenset[str]:
    """The names that a text declares, as far as one can tell without parsing it. Attributes as `field.masking`."""
    return frozenset(found[1] for found in _DECLARED.finditer(text))


def package_name(text: str) -> str | None:
    """The package that a text belongs to, as far as one can tell without parsing it."""
    found = _PACKAGE.search(text)
    return None if found is None else found[1]


def repair(text: str, at: int, insert: str) -> Repaired | None:
    """The text with the mistake at `at` out of the way; None where nothing of it can be used."""
    if insert and not text[at:].strip():
        return Repaired(f"{text}\n{insert}\n")
    if insert and not text[max(at - 2, 0) : at].strip():
        return Repaired(f"{text[: at - 1]}{insert}{text[at:]}")
    return _without_block(text, at)


def _without_block(text: str, at: int) -> Repaired | None:
    """That is a line of a policy's header, else the rule, parameter or declaration around the mistake."""
    starts = [match.start() for match in _BLOCK.finditer(text)]
    begin = max((start for start in starts if start <= at), default=0)
    following = min((start for start in starts if start > at), default=len(text))
    keyword = (_WORD.match(text, begin) or [""])[0].strip() if at > begin else ""
    if keyword == "policy":
        begin, end = _header_line(text, begin, at) or (begin, _closing(text, at, len(text)) or len(text))
    elif keyword in {"param", "rule"}:
        end = _closing(text, at, following) or following
    elif keyword == "package":
        return None
    else:
        end = _own_end(text, begin, following)
    end = (_closing(text, end, len(text)) or end) + 1 if keyword == "policy" and text[end : end + 1] == "}" else end
    return without(text, above_documentation(text, begin), end)


def _own_end(text: str, begin: int, following: int) -> int:
    """Where a declaration ends that something follows which begins none: at the first line that could begin one."""
    end = line_and_below(text, begin)[1]
    return end if re.match(r"\s*(?!(?:and|or|then|else|otherwise|is|in|not)\b)[A-Za-z]", text[end:]) else following


def line_and_below(text: str, at: int) -> tuple[int, int]:
    """From a place to the end of its line, of those below it that are indented deeper, and of the brace that closes them."""
    begin = text.rfind("\n", 0, at) + 1
    indent = len(text[begin:at]) - len(text[begin:at].lstrip()) if text[begin:at].strip() else at - begin
    end = _line_end(text, at)
    last = end
    while end < len(text):
        following = _line_end(text, end + 1)
        line = text[end + 1 : following]
        depth = len(line) - len(line.lstrip())
        closes = line.strip() == "}" and depth == indent and text[at:last].count("{") > text[at:last].count("}")
        if line.strip() and depth <= indent and not closes:
            break
        end = following
        last = end if line.strip() else last
    return at, last


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def above_documentation(text: str, at: int) -> int:
    """Where the `##` lines right above a place begin: what they document goes with them."""
    line = text.rfind("\n", 0, at) + 1
    while line and text[text.rfind("\n", 0, line - 1) + 1 : line].lstrip().startswith("##"):
        line = at = text.rfind("\n", 0, line - 1) + 1
    return at


def without(text: str, begin: int, end: int) -> Repaired | None:
    """The text with a part of it blanked out; None where there is nothing in it."""
    block = text[begin:end]
    if not block.strip():
        return None
    blank = re.sub(r"[^\n]", " ", block)
    return Repaired(text[:begin] + blank + text[end:], (begin, end), declared_names(block))


def _header_line(text: str, begin: int, at: int) -> tuple[int, int] | None:
    """The line of a policy's header around `at`; None where it is the line that names the policy, or the body."""
    line = text.rfind("\n", 0, at) + 1
    if line <= begin or "{" in text[begin:at]:
        return None
    end = _line_end(text, at)
    return line, end - 1 if text[line:end].rstrip().endswith("{") and text[end - 1] == "{" else end


def _closing(text: str, at: int, end: int) -> int | None:
    """Where the `}` stands that closes the policy around `at`."""
    match = _CLOSING.search(text, text.rfind("\n", 0, at) + 1, end)
    while match is not None and text.index("}", match.start()) < at:
        match = _CLOSING.search(text, match.end(), end)
    return text.index("}", match.start()) if match else None
