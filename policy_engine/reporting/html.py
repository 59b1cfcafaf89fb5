"""Web pages as trees: text is text, whatever it holds, because nobody joins markup by hand."""

from __future__ import annotations

from typing import Final, TypeAlias
from xml.etree.ElementTree import Element, tostring

Content: TypeAlias = "Element | str | None"

#: What XML, and so an element, cannot hold.
_UNPRINTABLE: Final = {code: 0xFFFD for code in range(32) if chr(code) not in "\t\n\r"} | {
    0xFFFE: 0xFFFD,
    0xFFFF: 0xFFFD,
}


def element(tag: str, /, *contents: Content, **attributes: str | None) -> Element:
    """An element. `class_` is `class`, other underscores are hyphens; what is None is left out."""
    names = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
    made = Element(tag, {name: _clean(value) for name, value in names if value is not None})
    for content in contents:
        match content:
            case None:
                continue
            case str():
                _append(made, _clean(content))
            case child:
                made.append(child)
    return made


def document(*, title: str, head: tuple[Element, ...], body: Element) -> bytes:
    """A whole page in UTF-8, that runs no script and loads nothing but its own style sheets."""
    top = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element(
            "meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'self'; img-src data:"
        ),
        element("title", title),
        *head,
    )
    page = element("html", top, body, lang="en")
    text: bytes = tostring(page, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + text + b"\n"


def prose(text: str) -> tuple[Content, ...]:
    """Documentation: what stands between back-ticks is code."""
    return tuple(element("code", part) if at % 2 else part for at, part in enumerate(text.split("`")))


def _append(made: Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)
