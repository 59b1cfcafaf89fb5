"""A diagnostic as text for people: the line of source with the span underlined, the label, the help."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from policy_engine.diagnostics.model import Diagnostic
from policy_engine.diagnostics.source import Span

Style = Callable[[str, str], str]


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
    text = span.source.line(line)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    pad = "".join("\t" if char == "\t" else " " for char in text[: column - 1])
    bar = style("|", "frame")
    underline = style("^" * length + (f" {label}" if label else ""), role)
    return [
        f"{' ' * width}{style('-->', 'frame')} {span.source.name}:{line}:{column}",
        f"{' ' * width} {bar}",
        f"{style(str(line).rjust(width), 'frame')} {bar} {text}",
        f"{' ' * width} {bar} {pad}{underline}",
    ]
