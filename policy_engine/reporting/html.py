"""Web pages as trees: text is text, whatever it holds, because nobody joins markup by hand."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
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


def style_sheet() -> str:
    """How our pages look: by day and by night, on paper and on a phone."""
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def document(*, title: str, head: tuple[Element, ...], body: Element, style: str | None = None) -> bytes:
    """A whole page in UTF-8, that runs no script and loads nothing but its own style sheets; none where `style` is given."""
    allowed = "'self'" if style is None else f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
    top = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element(
            "meta",
            http_equiv="Content-Security-Policy",
            content=f"default-src 'none'; style-src {allowed}; img-src data:",
        ),
        element("title", title),
        *head,
        *(() if style is None else (element("style", style),)),
    )
    page = element("html", top, body, lang="en")
    text: bytes = tostring(page, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + text + b"\n"


def prose(text: str) -> tuple[Content, ...]:
    """Documentation: what stands between back-ticks is code."""
    return tuple(element("code", part) if at % 2 else part for at, part in enumerate(text.split("`")))


def name(dotted: str) -> Iterator[Content]:
    """A name that may be broken behind its dots, and nowhere else."""
    first, *others = dotted.split(".")
    yield first
    for part in others:
        yield "."
        yield element("wbr")
        yield part


def table(heads: tuple[str, ...], rows: Iterable[Iterable[Content]], *, caption: str) -> Element:
    """A table that scrolls by itself, and on a phone is a list. The first cell of each row is its head."""
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
            element("tbody", *(_row(heads, tuple(cells)) for cells in rows)),
        ),
        class_="wide",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def _row(heads: tuple[str, ...], cells: tuple[Content, ...]) -> Element:
    others = (element("td", cell, data_label=head) for head, cell in zip(heads[1:], cells[1:], strict=True))
    return element("tr", element("th", cells[0], scope="row"), *others)


def _append(made: Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)
