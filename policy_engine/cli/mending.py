"""`check --fix` and `--diff`: contracts mended as their policies say, shown first or written in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policy_engine.cli import main
from policy_engine.cli.output import draw_diff, emit, is_coloured, rewrite, styler
from policy_engine.errors import PolicyEngineError, UsageError
from policy_engine.reporting.printable import clean

if TYPE_CHECKING:
    from policy_engine.engine import ReadProduct
    from policy_engine.evaluation.model import Report
    from policy_engine.mending import Mended


def fix_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--fix` and `--diff`."""
    fix = click.option(
        "--fix", is_flag=True, help="first write into the contracts what mends them and needs no judgement"
    )
    diff = click.option("--diff", is_flag=True, help="show what --fix would change, and write nothing")
    return fix(diff(command))


def mended(files: Sequence[Path], judge: Callable[[Path, ReadProduct], Report]) -> list[tuple[Path, bytes, Mended]]:
    """Each contract that can be read: what it holds, and what fixing makes of it. The others are reported later."""
    from policy_engine.engine import ReadProduct
    from policy_engine.mending import mend
    from policy_engine.product.read import parse_product, read_content

    found: list[tuple[Path, bytes, Mended]] = []
    for file in files:
        name = file.as_posix()

        def judge_text(content: bytes, file: Path = file, name: str = name) -> Report:
            return judge(file, ReadProduct(parse_product(content, name), content.decode("utf-8-sig")))

        try:
            before = read_content(file)
            found.append((file, before, mend(before, name, judge_text)))
        except PolicyEngineError:
            continue
    return found


def refuse_values(*, show_values: bool) -> None:
    """What a fix says is written into a contract, where no value of data belongs."""
    if show_values:
        raise UsageError("--fix does not go with --show-values", help="values of data are not written into contracts")


def show_mended(found: Sequence[tuple[Path, bytes, Mended]], output: Path | None, *, is_plain: bool) -> int:
    """What fixing changes, as a patch; what it does not is said on stderr."""
    changed = [(file, before, one) for file, before, one in found if one.content != before]
    coloured = is_coloured(output, is_plain=is_plain)
    style = styler(coloured=coloured)
    patches = "".join(draw_diff(file.as_posix(), before, one.content, style) for file, before, one in changed)
    emit(patches or "nothing to fix\n", output, coloured=coloured)
    _say(found, "would fix")
    return main.NO if changed else main.YES


def write_mended(found: Sequence[tuple[Path, bytes, Mended]]) -> bool:
    """Write what was mended. A file that cannot be written stays as it is, and that is said."""
    written = []
    for file, before, one in found:
        try:
            if one.content != before:
                rewrite(file, before, one.content)
            written.append((file, before, one))
        except PolicyEngineError as error:
            main.complain(error)
    _say(written, "fixed")
    return len(written) == len(found)


def _say(found: Sequence[tuple[Path, bytes, Mended]], word: str) -> None:
    for file, _, one in found:
        for rule, violation in one.fixed:
            line = f":{violation.place.line}" if violation.place else ""
            click.echo(f"{word} {file}{line}: {rule}  {clean(violation.subject)}", err=True)
        reasons: dict[tuple[str, str], int] = {}
        for missed in one.missed:
            reasons[missed.rule, missed.reason] = reasons.get((missed.rule, missed.reason), 0) + 1
        for (rule, reason), count in reasons.items():
            times = f" ({count} times)" if count > 1 else ""
            click.echo(f"not fixed in {file}: {rule}{times}: {clean(reason)}", err=True)
