"""A Markdown page -> its fenced blocks, each with the headings above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from policy_engine.testing.model import Block, TestFileError

#: Kind of block -> what may follow the kind.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "policy": ("title",),
    "policies": (),
    "product": ("from",),
    "previous": ("from",),
    "data": ("title", "from"),
    "options": (),
    "waivers": ("title",),
    "metrics": (),
    "expect": (),
}
_FENCE: Final = re.compile(r"(?P<indent> {0,3})(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>.*?)[ \t]*")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*")
_INFO: Final = re.compile(r"(?P<kind>[^\s`]*)(?P<rest>(?:\s+\w+=\"[^\"]*\")*)")
_SETTING: Final = re.compile(r"(\w+)=\"([^\"]*)\"")
#: How like a kind another word has to be to be taken for a misspelling of it.
_ALIKE: Final = 0.75


def blocks(text: str, file: str = "the page") -> Iterator[Block]:
    """Every fenced block of a page in order. Raises TestFileError where one is not closed."""
    lines = text_lines(text)
    headings: tuple[tuple[int, str], ...] = ()
    at = 0
    while at < len(lines):
        fence, heading = _FENCE.fullmatch(lines[at]), _HEADING.fullmatch(lines[at])
        at += 1
        if heading is not None:
            level = len(heading[1])
            headings = (*(above for above in headings if above[0] < level), (level, heading[2]))
        elif fence is not None and not ("`" in fence["info"] and fence["ticks"][0] == "`"):
            end = _end(lines, at, fence["ticks"], file)
            kind, title, source = _read_info(fence["info"], fence["indent"], file, at)
            yield Block(kind, title, source, "".join(f"{line}\n" for line in lines[at:end]), at, end, headings)
            at = end + 1


def text_lines(text: str) -> list[str]:
    """The lines of a text as editors count them: other characters that end lines are text like any other."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _end(lines: list[str], at: int, ticks: str, file: str) -> int:
    close = re.compile(rf" {{0,3}}{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*")
    found = next((number for number in range(at, len(lines)) if close.fullmatch(lines[number])), None)
    if found is None:
        raise wrong(file, at, "this block is not closed", f"end it with a line `{ticks}`")
    return found


def _read_info(info: str, indent: str, file: str, line: int) -> tuple[str, str | None, str | None]:
    match = _INFO.fullmatch(info)
    kind = match["kind"] if match else info.split()[0]
    allowed = KINDS.get(kind)
    if match is None or (allowed is not None and indent):
        if allowed is None:
            return kind, None, None
        what = "its fence is indented" if match else f"`{info}` is not understood"
        raise wrong(file, line, f"this `{kind}` block: {what}", "begin the line with ```" + _form(kind))
    given = dict(_SETTING.findall(match["rest"]))
    for name in given:
        if allowed is not None and name not in allowed:
            raise wrong(file, line, f"a `{kind}` block has no `{name}`", "write ```" + _form(kind))
    return kind, given.get("title"), given.get("from")


def _form(kind: str) -> str:
    return kind + "".join(f' {name}="…"' for name in KINDS[kind])


def misspelt(block: Block) -> str | None:
    """The kind of block that was probably meant."""
    if block.kind in KINDS:
        return None
    near = get_close_matches(block.kind.casefold(), KINDS, n=1, cutoff=_ALIKE)
    return near[0] if near else None


def wrong(file: str, line: int, message: str, help_: str) -> TestFileError:
    """The error about a line of a page, counted from 1."""
    return TestFileError(f"{file}:{line}: {message}", help=help_)
