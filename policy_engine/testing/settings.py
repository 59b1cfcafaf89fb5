"""Blocks of lines `name: value`: `options` and `policies`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from policy_engine.diagnostics import nearest
from policy_engine.evaluation.model import Attested
from policy_engine.plan.canonical import Digest
from policy_engine.testing.blocks import text_lines, wrong
from policy_engine.testing.model import Block, Options
from policy_engine.verdict import Stage

#: The day of every case that says no other.
NOW: Final = datetime(2027, 1, 1, tzinfo=UTC)
_METRIC: Final = re.compile(r"(?P<dataset>\S+)\.row_count: *(?P<counts>[0-9]{1,18}(?: *, *[0-9]{1,18})*)", re.ASCII)
_OPTIONS: Final = ("as_of", "details", "lint", "of", "sampled", "stage")
_LISTS: Final = frozenset({"of", "sampled", "global", "local", "waivers"})

#: A name, the values that it is given, and the line where.
Setting = tuple[str, tuple[str, ...], int]


def read_settings(block: Block, known: Sequence[str], file: str) -> Iterator[Setting]:
    """The lines of a block. Raises TestFileError for a line of another form and for a name that is not known."""
    for number, line in enumerate(text_lines(block.text), start=block.start + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not value:
            raise wrong(file, number, f"`{line.strip()}` is no line `name: value`", f"names are {', '.join(known)}")
        if name not in known:
            near = nearest(name, known)
            help_ = f"did you mean `{near}`?" if near else f"there are {', '.join(known)}"
            raise wrong(file, number, f"`{block.kind}` has no `{name}`", help_)
        values = tuple(part.strip() for part in value.split(",")) if name in _LISTS else (value,)
        if "" in values:
            raise wrong(file, number, f"`{value}` has an empty part", "write one comma between two names")
        yield name, values, number


def read_options(given: Iterable[Block], file: str) -> Options:
    """What the `options` blocks say together; what stands nearer to the case counts."""
    options: dict[str, tuple[tuple[str, ...], int]] = {}
    for block in given:
        own: dict[str, tuple[tuple[str, ...], int]] = {}
        for name, values, line in read_settings(block, _OPTIONS, file):
            if name in own and name not in _LISTS:
                raise wrong(file, line, f"`{name}` is given twice", "keep one of the two lines")
            own[name] = ((*own[name][0], *values) if name in own else values, line)
        options |= own
    return Options(
        as_of=_time(*options["as_of"], file) if "as_of" in options else NOW,
        stage=_stage(*options["stage"], file) if "stage" in options else None,
        sampled=options.get("sampled", ((), 0))[0],
        details=_flag(*options["details"], file) if "details" in options else False,
        of=options.get("of", ((), 0))[0],
        lint=_flag(*options["lint"], file) if "lint" in options else False,
    )


def read_metrics(block: Block, file: str) -> tuple[Attested, ...]:
    """The row counts that attestations of earlier versions recorded, the last version first."""
    versions: list[dict[str, int]] = []
    for number, line in enumerate(text_lines(block.text), start=block.start + 1):
        match = _METRIC.fullmatch(line.strip())
        if match is None:
            raise wrong(
                file, number, f"`{line.strip()}` is no metric", "write `orders.row_count: 1000, 900`, the last first"
            )
        for age, count in enumerate(match["counts"].split(",")):
            versions += [{} for _ in range(age + 1 - len(versions))]
            versions[age][match["dataset"]] = int(count)
    return tuple(
        Attested(Digest(sha256(b"%d" % age).hexdigest()), None, NOW - timedelta(days=age + 1), counts)
        for age, counts in enumerate(versions)
    )


def _time(values: tuple[str, ...], line: int, file: str) -> datetime:
    try:
        moment = datetime.fromisoformat(values[0])
    except ValueError:
        raise wrong(file, line, f"`{values[0]}` is no time", "write 2027-01-31 or 2027-01-31T09:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _stage(values: tuple[str, ...], line: int, file: str) -> Stage:
    if values[0] not in {stage.value for stage in Stage}:
        raise wrong(file, line, f"`{values[0]}` is no stage", f"there are {', '.join(Stage)}")
    return Stage(values[0])


def _flag(values: tuple[str, ...], line: int, file: str) -> bool:
    if values[0] not in {"yes", "no"}:
        raise wrong(file, line, f"`{values[0]}` is neither yes nor no", "write yes or no")
    return values[0] == "yes"
