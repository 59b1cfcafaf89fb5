"""Cases written in Markdown: the corpus, and the examples in the documentation.

A fenced block `expect` is a case, named by the headings above it. Its inputs are the blocks before it in the same
section and in the sections around that one; a block replaces an earlier one of the same kind and title.

| block      | what it is |
| ---------- | ---------- |
| `policy`   | a policy file; `title="local/sales.policy"` or `title="global/x.policy"`; without: `global/acme.policy` |
| `product`  | an ODCS contract; `apiVersion`, `kind` and `id: product` are added where they are left out |
| `previous` | the contract published before, in the same short form; `none` where this is the first version |
| `data`     | `title="contacts.csv"`: the data of dataset `contacts`; `title="global/holds.csv"`: a layer's table |
| `metrics`  | `orders.row_count: 1000`, as attested of the previous version; `1000, 900` of several, the last one first |
| `options`  | `stage: run`, `as_of: 2027-01-01T00:00Z` (the default), `sampled: contacts`, `details: yes` |
| `expect`   | what comes of it, see below |

Where the policies have errors, `expect` shows them as `policy-engine lint` does, without the warnings. Else, where
there is a product, it shows the verdict and one line `outcome rule subject` for each violation or other outcome; with
`details: yes` also messages, fixes, counts, reasons, and what does not fit the contract. Else it shows the warnings, or `no diagnostics`.

With GOLDEN=1 in the environment, what came of a case is written into its block instead of being compared: read the diff.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from policy_engine.diagnostics import Level, draw
from policy_engine.engine import DataGiven, Policies, check, diagnose
from policy_engine.errors import PolicyEngineError
from policy_engine.evaluation.model import Attested, Report, RuleResult, Violation
from policy_engine.plan.canonical import Digest
from policy_engine.verdict import Stage

GOLDEN: Final = bool(os.environ.get("GOLDEN"))
NOW: Final = "2027-01-01T00:00:00Z"
_FENCE: Final = re.compile(r'(?P<ticks>`{3,})(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\s*')
_HEADING: Final = re.compile(r"(#+) (.+)")
_FILES: Final = {"policy": "global/acme.policy", "product": "product.yaml", "previous": "previous.yaml"}
_BOILERPLATE: Final = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "product"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its kind, its title or else the heading above it, its text, and the lines that the text fills."""

    kind: str
    title: str | None
    text: str
    start: int
    end: int
    headings: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """An `expect` block and the texts of its input files, by path (options under `options`)."""

    name: str
    expect: Block
    inputs: Mapping[str, str]


def blocks(text: str) -> Iterator[Block]:
    """Every fenced block of a page in order."""
    lines = text.splitlines()
    headings: tuple[tuple[int, str], ...] = ()
    at = 0
    while at < len(lines):
        fence, heading = _FENCE.fullmatch(lines[at]), _HEADING.fullmatch(lines[at])
        at += 1
        if heading is not None:
            level = len(heading[1])
            headings = (*(above for above in headings if above[0] < level), (level, heading[2]))
        elif fence is not None:
            end = lines.index(fence["ticks"], at)
            yield Block(
                fence["kind"], fence["title"], "".join(f"{line}\n" for line in lines[at:end]), at, end, headings
            )
            at = end + 1


def cases(page: Path) -> list[Case]:
    """Every case of a page. Inputs carry over inside a section."""
    found: list[Case] = []
    given: list[Block] = []
    for block in blocks(page.read_text(encoding="utf-8")):
        given = [before for before in given if before.headings == block.headings[: len(before.headings)]]
        if block.kind != "expect":
            given.append(block)
            continue
        inputs = {path: one.text for one in given if (path := one.title or _FILES.get(one.kind) or one.kind)}
        name = " / ".join(title for _, title in block.headings[1:]) or page.stem
        again = sum(case.name.partition(" (")[0] == name for case in found)
        found.append(Case(f"{name} ({again + 1})" if again else name, block, inputs))
    return found


def rewrite(page: Path, index: int, text: str) -> None:
    """Write what came of a page's case number `index` into its block."""
    expect = cases(page)[index].expect
    lines = page.read_text(encoding="utf-8").splitlines()
    lines[expect.start : expect.end] = text.splitlines()
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def outcome(case: Case, folder: Path) -> str:
    """What comes of the case, as its `expect` block should have it. The inputs are written into the folder."""
    for path, text in case.inputs.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_whole(text) if path in {"product.yaml", "previous.yaml"} else text, encoding="utf-8")
    options = dict(line.split(": ", 1) for line in case.inputs.get("options", "").splitlines())
    with contextlib.chdir(folder):
        try:
            return _outcome(case.inputs, options)
        except PolicyEngineError as error:
            return f"{error.code}: {error}\n"


def _outcome(inputs: Mapping[str, str], options: Mapping[str, str]) -> str:
    layers = [[Path(layer)] if Path(layer).is_dir() else [] for layer in ("global", "local")]
    policies, diagnostics = diagnose(*layers)
    if policies is None:
        return draw(one for one in diagnostics if one.level is Level.ERROR)
    if "product.yaml" not in inputs:
        return draw(diagnostics) or "no diagnostics\n"
    return "".join(f"{line}\n" for line in _lines(_judged(policies, inputs, options), options))


def _judged(policies: Policies, inputs: Mapping[str, str], options: Mapping[str, str]) -> Report:
    first = inputs.get("previous.yaml", "").strip() == "none"
    return check(
        Path("product.yaml"),
        policies,
        data={
            Path(path).stem: DataGiven(path, sampled=Path(path).stem in options.get("sampled", "").split(", "))
            for path in inputs
            if path.endswith((".csv", ".jsonl")) and "/" not in path
        },
        previous="none" if first else Path("previous.yaml") if "previous.yaml" in inputs else None,
        stage=Stage(options["stage"]) if "stage" in options else None,
        as_of=datetime.fromisoformat(options.get("as_of", NOW)),
        earlier=_attested(inputs.get("metrics", "")),
    )


def _attested(metrics: str) -> tuple[Attested, ...]:
    """The block `metrics` as what attestations recorded, the last one first."""
    versions: list[dict[str, int]] = []
    for line in metrics.splitlines():
        name, _, counts = line.partition(".row_count: ")
        for age, count in enumerate(counts.split(", ")):
            versions += [{} for _ in range(age + 1 - len(versions))]
            versions[age][name] = int(count)
    made = datetime.fromisoformat(NOW)
    return tuple(
        Attested(Digest(hashlib.sha256(b"%d" % age).hexdigest()), None, made - timedelta(days=age + 1), counts)
        for age, counts in enumerate(versions)
    )


def _lines(report: Report, options: Mapping[str, str]) -> Iterator[str]:
    yield str(report.verdict)
    for result in report.results:
        if not result.violations:
            yield f"{result.outcome} {result.rule}"
        for violation in result.violations:
            yield f"{result.outcome} {result.rule} {violation.subject}"
            yield from _details(violation) if "details" in options else ()
        yield from _reasons(result) if "details" in options else ()


def _details(violation: Violation) -> Iterator[str]:
    place = f"{violation.place.line}:{violation.place.column}: " if violation.place else ""
    yield f"  {place}{violation.message}"
    if violation.fix:
        yield f"  fix: {violation.fix}"
    if violation.count is not None:
        yield f"  {violation.count} of {violation.scanned}, rows {', '.join(map(str, violation.rows))}"


def _reasons(result: RuleResult) -> Iterator[str]:
    yield from (f"  because {reason}" for reason in result.reasons)
    yield from (f"  {line}".rstrip() for line in draw(result.unbound).splitlines())


def _whole(contract: str) -> str:
    """The contract with what is left out added at its end, so that lines keep their numbers."""
    missing = (
        f"{key}: {value}\n" for key, value in _BOILERPLATE.items() if not re.search(f"^{key}:", contract, re.MULTILINE)
    )
    return contract + "".join(missing)
