"""`policy-engine init domain` and `init council`: a repository to start from, which passes its own CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from policy_engine._resources import STARTER
from policy_engine.cli.inputs import PATH
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.starting import Found

_BASELINE: Final = "policy-baseline.json"


@click.group(name="init")
def command() -> None:
    """A repository to start from: policies with tests, configuration, CI. Nothing is overwritten, nothing is asked.

    \b
    Examples:
      policy-engine init domain
      policy-engine init council policies-of-acme

    Exit codes: 0 written, 2 could not answer, or it was set up before.
    """


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    folder = click.argument("folder", required=False, type=PATH, metavar="[DIR]", default=Path())
    ci = click.option(
        "--ci",
        type=click.Choice(["github", "gitlab", "none"]),
        help="whose pipeline to write; github unless GitLab's is there",
    )
    engine = click.option(
        "--engine", metavar="REQUIREMENT", help="what the pipeline gives to pip; default: this version of policy-engine"
    )
    return folder(ci(engine(function)))


@command.command(name="domain")
@_options
@click.option("--name", metavar="DOMAIN", help="the domain's name; default: as its contracts say, else the folder's")
@click.option(
    "--global", "global_paths", multiple=True, metavar="PATH",
    help="the council's policies, seen from DIR; default: `starter`, the library that ships; repeatable",
)  # fmt: skip
@click.option(
    "--baseline", is_flag=True, help="what contracts violate today is known: recorded, and shown until it is mended"
)
def domain(
    folder: Path, ci: str | None, engine: str | None, name: str | None, global_paths: tuple[str, ...], baseline: bool
) -> int:
    """Set up a domain's repository: DIR, or the working folder.

    Contracts that are there are found, with their data and the version before; where there is none, an example is written.

    \b
    Examples:
      policy-engine init domain
      policy-engine init domain products --name sales --ci gitlab --global ../council/policies
    """
    from policy_engine.cli.inputs import time_from
    from policy_engine.starting import domain_files, survey

    _refuse_again(folder)
    found = survey(folder) if folder.is_dir() else _nothing()
    domains = sorted({one.product.domain for one in found.contracts if one.product.domain})
    called = name or (domains[0] if len(domains) == 1 else folder.resolve().name)
    day = time_from(None).date()
    files = domain_files(found, called, global_paths or (STARTER,), _ci(folder, ci), engine or _this(), day)
    if baseline:
        files["policy-engine.toml"] = f'baseline = "{_BASELINE}"\n{files["policy-engine.toml"]}'
    for line in _said(found):
        click.echo(line)
    _write(folder, files)
    if baseline:
        _record(folder)
    click.echo(f"\nnext: {_there(folder)}policy-engine check")
    return 0


@command.command(name="council")
@_options
def council(folder: Path, ci: str | None, engine: str | None) -> int:
    """Set up a council's repository: DIR, or the working folder.

    \b
    Examples:
      policy-engine init council
      policy-engine init council policies-of-acme --ci gitlab
    """
    from policy_engine.cli.inputs import time_from
    from policy_engine.starting import council_files

    _refuse_again(folder)
    _write(folder, council_files(_ci(folder, ci), engine or _this(), time_from(None).date()))
    click.echo(f"\nnext: {_there(folder)}policy-engine test")
    return 0


def _record(folder: Path) -> None:
    from policy_engine.cli import main
    from policy_engine.configuration import NAME

    file = folder / _BASELINE
    args = ["check", "--config", str(folder / NAME), "--quiet", "--baseline", str(file), "--update-baseline"]
    if main.invoke(args) == main.CANNOT_ANSWER:
        raise UsageError("not every product could be judged", help=f"then record: policy-engine {' '.join(args)}")


def _nothing() -> Found:
    """What is found in a folder that is not there yet."""
    from policy_engine.starting import Found

    return Found()


def _refuse_again(folder: Path) -> None:
    from policy_engine.configuration import NAME

    if os.path.lexists(folder / NAME):
        raise UsageError(f"`{folder / NAME}` is there: this was set up before", help="change it, or remove it first")


def _ci(folder: Path, asked: str | None) -> str | None:
    if asked is None:
        return "gitlab" if (folder / ".gitlab-ci.yml").exists() or (folder / ".gitlab").exists() else "github"
    return None if asked == "none" else asked


def _this() -> str:
    from importlib.metadata import version

    return f"policy-engine=={version('policy-engine')}"


def _there(folder: Path) -> str:
    return "" if folder == Path() else f"cd {folder} && "


def _said(found: Found) -> Iterator[str]:
    """What was found, and what was guessed from it."""
    if found.is_cut:
        yield "found   too many files to look through: name contracts and data in policy-engine.toml"
    for contract in found.contracts:
        yield f"found   {contract.file}: {contract.product.id} {contract.product.version or ''}".rstrip()
        if contract.previous is not None:
            yield f"        the version before it: {contract.previous}"
        for dataset, file in contract.data:
            yield f"        data of `{dataset}`: {file}"
    for file, why in found.unreadable:
        yield f"left    {file}: cannot be read: {why}"
    for file in found.dbt:
        yield f"left    {file}: dbt is not read yet; contracts are"
    if found.left:
        yield f"left    data that no contract is sure about: {', '.join(map(str, found.left[:5]))}" + (
            f" and {len(found.left) - 5} more" if len(found.left) > 5 else ""
        )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write what is not there; nothing, where a folder cannot be made."""
    from policy_engine.cli.output import write_whole

    for path in files:
        for parent in (folder / path).parents:
            if os.path.lexists(parent) and not parent.is_dir():
                raise UsageError(f"`{parent}` is no folder", help="nothing was written")
    for path, text in files.items():
        target = folder / path
        if os.path.lexists(target):
            click.echo(f"kept    {target}: it was there before")
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make `{target.parent}`: {error.strerror}", help="name another folder") from error
        write_whole(target, text.encode())
        click.echo(f"wrote   {target}")
