"""A page of Markdown as text for a terminal: headings that stand out, wrapped paragraphs, indented blocks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Final

WIDTH: Final = 88
_FENCE: Final = re.compile(r'(`{3,})(\w*)(?: title="([^"]+)")?')
_HEADING: Final = re.compile(r"#+ (.+)")
_ITEM: Final = re.compile(r"(- |\d+\. )")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]+\)")
#: What stands above a block, by its kind.
_CAPTIONS: Final = {
    "expect": "answer:",
    "product": "the contract:",
    "previous": "the contract before:",
}

Style = Callable[[str, str], str]


def page_text(markdown: str, style: Style, width: int = WIDTH) -> str:
    """The page without its marks. `style(text, role)` may add colour; roles: heading, quiet."""
    parts: list[str] = []
    lines = markdown.splitlines()
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        start = at
        at += 1
        if fence is not None:
            at = lines.index(fence[1], at) + 1
            if fence[2] != "options":  # how the tests run the example, which means nothing to a reader
                parts.append(_block(lines[start + 1 : at - 1], fence[2], fence[3], style))
        elif heading := _HEADING.fullmatch(lines[start]):
            parts.append(style(heading[1], "heading"))
        elif lines[start].strip():
            while at < len(lines) and lines[at].strip() and not _begins(lines[at]):
                at += 1
            parts.append(_paragraph(" ".join(line.strip() for line in lines[start:at]), width))
    return _joined(parts)


def _begins(line: str) -> bool:
    """Whether a line begins something other than more of the paragraph above it."""
    return any(pattern.match(line) for pattern in (_FENCE, _HEADING, _ITEM))


def _paragraph(text: str, width: int) -> str:
    item = _ITEM.match(text)
    hang = " " * len(item[0]) if item else ""
    return textwrap.fill(
        _LINK.sub(r"\1", text), width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )


def _block(lines: list[str], kind: str, title: str | None, style: Style) -> str:
    caption = f"{title}:" if title else _CAPTIONS.get(kind)
    shown = [f"    {line}".rstrip() for line in lines]
    return "\n".join([style(f"  {caption}", "quiet"), *shown] if caption else shown)


def _joined(parts: list[str]) -> str:
    """A blank line between parts, none between items of a list."""
    text = ""
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        is_list = bool(_ITEM.match(part) and _ITEM.match(following))
        text += part + ("\n" if is_list or not following else "\n\n")
    return text
