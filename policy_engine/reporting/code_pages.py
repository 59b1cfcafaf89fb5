"""Every code that a command prints, and what there is to say about it: a page of its own, or a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_engine._resources import resource
from policy_engine.attestation.steps import CODES as STEP_CODES
from policy_engine.attestation.steps import STEPS
from policy_engine.diagnostics import CODES as DIAGNOSTIC_CODES
from policy_engine.diagnostics import nearest
from policy_engine.errors import MEANINGS
from policy_engine.trust.codes import CODES as KEY_CODES

PAGES: Final = "docs/reference/diagnostics"
CODE_SCHEMA: Final = "urn:policy-engine:code:v1"
CODES_SCHEMA: Final = "urn:policy-engine:codes:v1"

#: What the letters of a code stand for, in the order in which the stages run.
STAGES: Final[dict[str, str]] = {
    "SYN": "the text of policies",
    "LNK": "packages and layers",
    "CHK": "names and types",
    "BND": "policies and one contract",
    "LNT": "style and habits, said by `policy-engine lint`",
    "TST": "tests of policies",
    "ERR": "the call",
    "CFG": "the configuration file",
    "CMP": "compiled policies",
    "PRD": "contracts",
    "DAT": "data",
    "TRU": "keys and keyrings",
    "ATT": "steps of verification",
}
_MORE: Final[dict[str, str]] = {
    "ERR": "The line `help:` below the error says what to do.",
    "CFG": "The message says at which line. The keys are described in docs/reference/configuration.md.",
    "CMP": "Remove the file and compile the policies again.",
    "PRD": "The message says at which line of the contract. Which contracts are read is described in "
    "docs/reference/product.md.",
    "DAT": "A rule that rests on it is indeterminate: it is neither kept nor broken, and the verdict is not a yes. How "
    "data is read is described in docs/reference/data.md.",
    "TRU": "Nothing was signed or verified. Keys and keyrings are described in docs/reference/attestation.md.",
    "ATT": "Where the answer is no, the attestation is refused by this step. Every step is described in "
    "docs/reference/attestation.md.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A code, its name (empty where it has none), how it weighs, and one line about it."""

    code: str
    name: str
    level: str
    summary: str

    @property
    def stage(self) -> str:
        """What the code is about, as a group."""
        return STAGES[self.code[:3]]


def entries() -> dict[str, Entry]:
    """Every code, by stage and number."""
    found = [
        *(
            Entry(code, of.name, "warning" if of.is_warning else "error", of.summary)
            for code, of in DIAGNOSTIC_CODES.items()
        ),
        *(Entry(code, "", "error", summary) for code, summary in (*MEANINGS.items(), *KEY_CODES.items())),
        *(Entry(STEP_CODES[step], str(step), "step", f"{asks}?") for step, asks in STEPS.items()),
    ]
    order = list(STAGES)
    return {one.code: one for one in sorted(found, key=lambda one: (order.index(one.code[:3]), one.code))}


def find(wanted: str) -> Entry | None:
    """The entry of a code or of a name, in whatever case; underscores and blanks count as hyphens."""
    known = entries()
    name = wanted.strip().lower().replace("_", "-").replace(" ", "-")
    by_name = {one.name.replace("_", "-"): one for one in reversed(known.values()) if one.name}
    return known.get(wanted.strip().upper()) or by_name.get(name)


def likeliest(wanted: str) -> str | None:
    """The code or name that was probably meant."""
    known = entries()
    return nearest(wanted, [*known, *(one.name for one in known.values() if one.name)])


def page(entry: Entry) -> str:
    """What there is to say about a code, as Markdown."""
    file = resource(PAGES) / f"{entry.code}.md"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    title = f"# {entry.code} {entry.name}".rstrip()
    summary = entry.summary[0].upper() + entry.summary[1:]
    end = "" if summary.endswith("?") else "."
    return f"{title}\n\n{summary}{end}\n\n{_MORE.get(entry.code[:3], '')}".rstrip() + "\n"


def as_text(known: Sequence[Entry]) -> str:
    """All codes, grouped by stage, as a list for people."""
    named = max(len(one.name) for one in known)
    lines: list[str] = []
    stage = ""
    for one in known:
        if one.stage != stage:
            stage = one.stage
            lines += ["", f"{stage[0].upper()}{stage[1:]}"] if lines else [f"{stage[0].upper()}{stage[1:]}"]
        lines.append(f"  {one.code}  {one.name.ljust(named)}  {one.summary}".rstrip())
    return "\n".join([*lines, "", "One of them: policy-engine explain CHK002", ""])


def as_json(known: Sequence[Entry]) -> dict[str, Any]:
    """All codes, as a document."""
    return {"schema": CODES_SCHEMA, "codes": [_members(one) for one in known]}


def one_as_json(entry: Entry) -> dict[str, Any]:
    """A code with its page, as a document."""
    return {"schema": CODE_SCHEMA, **_members(entry), "page": page(entry)}


def _members(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name or None,
        "level": entry.level,
        "stage": entry.stage,
        "summary": entry.summary,
    }
