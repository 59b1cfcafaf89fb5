"""A diagnostic as text for people: the line of source with the span underlined, the label, the help."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from policy_engine.diagnostics.model import Diagnostic, Level
from policy_engine.diagnostics.source import Span

Style = Callable[[str, str], str]
#: Longer lines are shown in part: so many columns where no width is given.
LONGEST: Final = 162
#: No terminal is too narrow for so many columns of source, labels and help.
_NARROWEST: Final = 24
#: What a tab takes at most.
_TAB: Final = 8


def _plain(text: str, _role: str) -> str:
    return text


def draw(diagnostics: Iterable[Diagnostic], style: Style = _plain, width: int | None = None) -> str:
    """All diagnostics in order of place. `style(text, role)` may add colour; roles: error, warning, frame, help.

    Lines of source, labels and help keep to `width` columns, where it is given: that of a terminal.
    """
    return "\n".join(_draw_one(diagnostic, style, width) for diagnostic in sorted(diagnostics, key=lambda d: d.order))


def pointer(diagnostics: Iterable[Diagnostic]) -> str | None:
    """Where more is said of the errors among them, once for all; None where there are none."""
    errors = sorted((found for found in diagnostics if found.level is Level.ERROR), key=lambda found: found.order)
    codes = list(dict.fromkeys(found.code for found in errors))
    if not codes:
        return None
    which = f" on the first of {len(codes)} codes" if len(codes) > 1 else ""
    return f"for more{which}: policy-engine explain {codes[0]}"


def _draw_one(diagnostic: Diagnostic, style: Style, width: int | None) -> str:
    level = diagnostic.level.value
    head = f"{style(f'{level}[{diagnostic.code} {diagnostic.entry.name}]', level)}: {diagnostic.message}"
    places = [(diagnostic.span, diagnostic.label, level), *((p.span, p.text, "frame") for p in diagnostic.related)]
    margin = max(len(str(span.position[0])) for span, _, _ in places)
    lines = [head]
    for span, label, role in places:
        lines += _draw_place(span, label, role, margin, style, width)
    if diagnostic.help:
        first, *rest = _wrapped(diagnostic.help, None if width is None else width - margin - len(" = help: "))
        lines.append(f"{' ' * margin} {style('=', 'frame')} {style('help:', 'help')} {first}")
        lines += [" " * (margin + len(" = help: ")) + line for line in rest]
    return "\n".join(lines) + "\n"


def _draw_place(span: Span, label: str, role: str, margin: int, style: Style, width: int | None) -> list[str]:
    room = LONGEST if width is None else max(_NARROWEST, width - margin - len(" | "))
    line, column = span.position
    text, before = _window(span.source.line(line), column - 1, span.end - span.start, room)
    length = max(1, min(span.end - span.start, len(text) - before))
    pad = "".join("\t" if char == "\t" else " " * _columns(char) for char in text[:before])
    length = max(1, _width(text[before : before + length]))
    bar = style("|", "frame")
    empty = f"{' ' * margin} {bar}"
    marks, *below = _underline(_width(text[:before]), "^" * length, label, None if width is None else room)
    return [
        f"{' ' * margin}{style('-->', 'frame')} {span.source.name}:{line}:{column}",
        empty,
        f"{style(str(line).rjust(margin), 'frame')} {bar} {text}",
        f"{empty} {pad}{style(marks, role)}",
        *(f"{empty} {' ' * (len(one) - len(one.lstrip()))}{style(one.lstrip(), role)}" for one in below),
    ]


def _underline(at: int, marks: str, label: str, room: int | None) -> list[str]:
    """The marks with the label behind; where that does not fit, the label below."""
    if not label or room is None or at + len(marks) + 1 + _width(label) <= room:
        return [f"{marks} {label}" if label else marks]
    indent = " " * max(0, min(at, room - max(_NARROWEST, min(_width(label), room // 2))))
    return [marks, *(indent + line for line in _wrapped(label, room - len(indent)))]


def _wrapped(text: str, room: int | None) -> list[str]:
    if room is None:
        return [text]
    return textwrap.wrap(text, max(_NARROWEST, room), break_long_words=False, break_on_hyphens=False) or [""]


def _window(text: str, at: int, length: int, room: int) -> tuple[str, int]:
    """The part of a long line around a place, and where the place is in it."""
    if _width(text) <= room:
        return text, at
    room -= 2 * len("…")
    marked = _width(text[at : at + length])
    start = _back(text, at, min(room // 3, max(room // 6, room - marked)))
    end = _forth(text, start, room)
    if end == len(text):
        start = _back(text, end, room)
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else ""), at - start + bool(start)


def _back(text: str, at: int, room: int) -> int:
    """The place so many columns before another, or less."""
    while at and (room := room - _columns(text[at - 1])) >= 0:
        at -= 1
    return at


def _forth(text: str, at: int, room: int) -> int:
    """The place so many columns behind another, or less."""
    while at < len(text) and (room := room - _columns(text[at])) >= 0:
        at += 1
    return at


def _width(text: str) -> int:
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    """How many columns of a terminal a character takes, at most."""
    if char == "\t":
        return _TAB
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
