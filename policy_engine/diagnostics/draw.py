"""A diagnostic as text for people: the line of source with the span underlined, the label, the help."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from policy_engine.diagnostics.model import Diagnostic
from policy_engine.diagnostics.source import Span

Style = Callable[[str, str], str]
#: Longer lines are shown in part.
LONGEST: Final = 160


def _plain(text: str, _role: str) -> str:
    return text


def draw(diagnostics: Iterable[Diagnostic], style: Style = _plain) -> str:
    """All diagnostics in order of place. `style(text, role)` may add colour; roles: error, warning, frame, help."""
    return "\n".join(_draw_one(diagnostic, style) for diagnostic in sorted(diagnostics, key=lambda d: d.order))


def _draw_one(diagnostic: Diagnostic, style: Style) -> str:
    level = diagnostic.level.value
    head = f"{style(f'{level}[{diagnostic.code} {diagnostic.entry.name}]', level)}: {diagnostic.message}"
    places = [(diagnostic.span, diagnostic.label, level), *((p.span, p.text, "frame") for p in diagnostic.related)]
    width = max(len(str(span.position[0])) for span, _, _ in places)
    lines = [head]
    for span, label, role in places:
        lines += _draw_place(span, label, role, width, style)
    if diagnostic.help:
        lines.append(f"{' ' * width} {style('=', 'frame')} {style('help:', 'help')} {diagnostic.help}")
    return "\n".join(lines) + "\n"


def _draw_place(span: Span, label: str, role: str, width: int, style: Style) -> list[str]:
    line, column = span.position
    text, before = _window(span.source.line(line), column - 1)
    length = max(1, min(span.end - span.start, len(text) - before))
    pad = "".join("\t" if char == "\t" else " " * _columns(char) for char in text[:before])
    length = max(1, sum(_columns(char) for char in text[before : before + length]))
    bar = style("|", "frame")
    underline = style("^" * length + (f" {label}" if label else ""), role)
    return [
        f"{' ' * width}{style('-->', 'frame')} {span.source.name}:{line}:{column}",
        f"{' ' * width} {bar}",
        f"{style(str(line).rjust(width), 'frame')} {bar} {text}",
        f"{' ' * width} {bar} {pad}{underline}",
    ]


def _window(text: str, at: int) -> tuple[str, int]:
    """The part of a long line around a place, and where the place is in it."""
    if len(text) <= LONGEST:
        return text, at
    start = max(0, min(at - LONGEST // 3, len(text) - LONGEST))
    part = text[start : start + LONGEST]
    return ("…" if start else "") + part + ("…" if start + LONGEST < len(text) else ""), at - start + bool(start)


def _columns(char: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
