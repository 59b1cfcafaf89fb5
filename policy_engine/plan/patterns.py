"""Regular expressions: the portable subset that every engine matches in linear time with one meaning.

`\\d \\w \\s \\b` are ASCII, `.` does not cross lines, `^` and `$` are the ends of the whole text. Outside the subset:
look-around, back-references, possessive quantifiers, Unicode classes, POSIX classes, inline flags but `(?i)`.
"""

from __future__ import annotations

import re
from typing import Final

MAX_LENGTH: Final = 1_000

_OUTSIDE: Final = (
    (re.compile(r"\(\?(?:=|!|<=|<!)"), "look-around"),
    (re.compile(r"\(\?P?<\w"), "a named group"),
    (re.compile(r"\(\?P[=>]|\\[1-9]|\\k"), "a back-reference"),
    (re.compile(r"\(\?(?!i\)|:)[^)]*\)?"), "a flag or group of this kind"),
    (re.compile(r"\[\[:|\[:\w+:\]"), "a POSIX class"),
    (re.compile(r"\\[pPX]"), "a Unicode class"),
    (re.compile(r"\\[^dDwWsSbBtnrf0-9\W_]"), "this escape"),
    (re.compile(r"\\[AZzCQEG0]"), "this escape"),
    (re.compile(r"(?<!\\)[*+?}][+]"), "a possessive quantifier"),
)


def check_pattern(source: str) -> tuple[str, str] | None:
    """What is wrong with a pattern and what to do, or None where it is within the subset."""
    if len(source) > MAX_LENGTH:
        return f"a pattern of {len(source)} characters", f"patterns have at most {MAX_LENGTH} characters"
    bare = re.sub(r"\\\\", "", source)
    for outside, name in _OUTSIDE:
        found = outside.search(bare)
        if found is not None:
            return (
                f"`{found.group()}`: {name} is not in the portable subset",
                "use classes, groups, `|`, `* + ? {m,n}`, `^`, `$`, `\\d \\w \\s \\b`; say the rest in words",
            )
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(source, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        return f"not a regular expression: {reason}", "check brackets and repetitions"
    return None
