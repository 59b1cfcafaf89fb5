"""Options that several commands share, and how their texts become inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from glob import glob
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

from policy_engine._resources import layer_root
from policy_engine.errors import UsageError
from policy_engine.folders import files_below
from policy_engine.plan.layer import POLICY_SUFFIX

if TYPE_CHECKING:
    from policy_engine.engine import DataGiven
    from policy_engine.loading import Policies
    from policy_engine.trust import Keyring

PATH: Final = click.Path(path_type=Path)
#: From how many products on progress is shown.
MANY: Final = 20
#: What is read of folders of policies and data.
_READ: Final = frozenset({POLICY_SUFFIX, ".csv", ".parquet", ".arrow", ".feather", ".jsonl", ".ndjson"})
_PAUSE: Final = 0.1
T = TypeVar("T")
_CONTRACTS: Final = (".odcs.yaml", ".odcs.yml", ".odcs.json")


def product_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What `check` and `attest` have in common."""
    products = click.argument("products", nargs=-1, type=PATH, metavar="[PRODUCT...]")
    return products(judging_options(command))


def judging_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a product is judged by: policies, data, earlier versions, stage and time."""
    for option in reversed(
        (
            click.option(
                "--global", "global_paths", multiple=True, type=PATH, metavar="PATH",
                help="the council's policies: a folder, a file, or `starter` for the library that ships; repeatable",
            ),
            click.option(
                "--local", "local_paths", multiple=True, type=PATH, metavar="PATH",
                help="the domain's policies; repeatable",
            ),
            click.option(
                "--waivers", "waiver_paths", multiple=True, type=PATH, metavar="PATH",
                help="the council's waivers: a folder or a file; repeatable",
            ),
            click.option(
                "--data", multiple=True, metavar="DATASET=PATH",
                help="all data of one dataset: a file, folder or glob of Parquet, CSV, JSON lines or Arrow; repeatable",
            ),
            click.option(
                "--sampled", multiple=True, metavar="DATASET=PATH", help="the same, where it is only a sample; repeatable"
            ),
            click.option(
                "--previous", metavar="FILE|none", help="the contract published before; `none` where this is the first"
            ),
            click.option(
                "--previous-attestation", "earlier", multiple=True, type=PATH, metavar="FILE",
                help="an attestation of an earlier version, for rules about how many rows there were; repeatable",
            ),
            click.option(
                "--keyring", type=PATH, metavar="FILE|DIR",
                help="the keys that --previous-attestation must be signed by; without it they are not verified",
            ),
            click.option(
                "--stage", type=click.Choice(["change", "publish", "run"]),
                help="which rules are due; default: publish with data, else change",
            ),
            click.option("--as-of", metavar="TIME", help="the policies' `now`, such as 2027-01-31 or 2027-01-31T09:00:00Z"),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def policies_from(
    global_paths: tuple[Path, ...], local_paths: tuple[Path, ...], waiver_paths: tuple[Path, ...], *, anew: bool = False
) -> Policies:
    """The compiled policies of the layers; `anew` compiles them even where a plan of them was kept."""
    from policy_engine import kept
    from policy_engine.loading import load_policies

    roots = tuple(layer_root(path) for path in global_paths)
    return load_policies(roots, local_paths, waiver_paths, cache=None if anew else kept.folder())


def data_from(data: tuple[str, ...], sampled: tuple[str, ...]) -> Mapping[str, DataGiven]:
    """`DATASET=PATH` options as inputs."""
    from policy_engine.engine import DataGiven

    given: dict[str, DataGiven] = {}
    for texts, is_sample in ((data, False), (sampled, True)):
        for text in texts:
            name, sign, path = text.partition("=")
            if not (name and sign and path):
                raise UsageError(f"`{text}` is not DATASET=PATH", help="for example --data orders=data/orders.parquet")
            if name in given:
                raise UsageError(
                    f"the data of `{name}` is given twice", help="give a folder or a glob for several files"
                )
            given[name] = DataGiven(path, is_sample)
    return given


def previous_from(text: str | None, files: Sequence[Path]) -> Path | Literal["none"] | None:
    """`--previous`: one contract was published before one product."""
    if text is None:
        return None
    if text == "none":
        return "none"
    if len(files) > 1:
        raise UsageError(
            f"`{text}` cannot be the earlier version of {len(files)} products", help="check them one by one"
        )
    return Path(text)


def earlier_from(
    earlier: tuple[Path, ...], keyring: Path | None, files: Sequence[Path]
) -> tuple[tuple[Path, ...], Keyring | None]:
    """`--previous-attestation` and the `--keyring` that verifies it: both are of one product."""
    if not earlier:
        if keyring is not None:
            raise UsageError(
                "--keyring verifies --previous-attestation, which was not given", help="give both, or neither"
            )
        return (), None
    if len(files) > 1:
        raise UsageError(
            f"`{earlier[0]}` cannot be the attestation of {len(files)} products", help="check them one by one"
        )
    if keyring is None:
        return earlier, None
    from policy_engine.trust import load_keyring

    return earlier, load_keyring(keyring)


def time_from(text: str | None) -> datetime:
    """`--as-of`, or the clock's whole second."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text}` is no time", help="write 2027-01-31 or 2027-01-31T09:00:00Z") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=0)


def product_files(products: tuple[Path, ...]) -> tuple[Path, ...]:
    """Files as they are; of a folder every contract in it, by the endings that ODCS uses; globs."""
    if not products:
        raise UsageError(
            "no product was named", help="name a contract or a folder of them, or list `products` in policy-engine.toml"
        )
    found: dict[Path, None] = {}
    for product in products:
        for file in _files(product):
            found[file] = None
    return tuple(found)


def policy_files(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Files as they are; of a folder every policy file in it. No file twice, and never none."""
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"`{path}` does not exist", help="name a policy file or a folder of them")
        files = [file for file in files_below(path) if file.suffix == POLICY_SUFFIX] if path.is_dir() else [path]
        if not files:
            raise UsageError(f"no policy in `{path}`", help=f"policy files end in {POLICY_SUFFIX}")
        for file in files:
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


def with_progress(products: Iterable[T], count: int) -> Iterator[T]:
    """One by one; where there are many and somebody watches, with a line on stderr that says how far it is.

    The line goes away in the end, and is drawn ten times in a second at most.
    """
    watched = count >= MANY and sys.stderr.isatty()
    drawn = 0.0
    try:
        for number, product in enumerate(products, start=1):
            if watched and (monotonic() - drawn > _PAUSE or number == count):
                drawn = monotonic()
                click.echo(f"\r{number:,} of {count:,} products", nl=False, err=True)
            yield product
    finally:
        if watched:
            click.echo("\r\x1b[K", nl=False, err=True)


def _files(product: Path) -> list[Path]:
    if product.is_dir():
        files = [file for file in files_below(product) if file.name.endswith(_CONTRACTS)]
        if not files:
            names = ", ".join(f"*{ending}" for ending in _CONTRACTS)
            raise UsageError(
                f"no contract in `{product}`", help=f"contracts in a folder are called {names}; or name the file"
            )
        return files
    if any(sign in str(product) for sign in "*?[") and not product.exists():
        files = [Path(found) for found in sorted(glob(str(product), recursive=True)) if Path(found).is_file()]  # noqa: PTH207 - patterns may be absolute
        if files:
            return files
    if product.exists():
        return [product]
    raise UsageError(f"`{product}` does not exist", help="name a contract, a folder of contracts, or a glob")


def refuse_overwriting(output: Path | None, read: Iterable[Path | None]) -> None:
    """No result is written over what it was made from."""
    if output is None or not output.exists():
        return
    for file in read:
        if file is not None and file.exists() and (output.samefile(file) or _is_read_in(file, output)):
            raise UsageError(f"`{output}` is an input", help="name another file with -o; nothing is overwritten")


def _is_read_in(folder: Path, file: Path) -> bool:
    """Whether a folder is an input and the file something in it that is read: no report ends like these."""
    return folder.is_dir() and file.suffix in _READ and file.resolve().is_relative_to(folder.resolve())


def data_paths(given: Mapping[str, DataGiven]) -> list[Path]:
    """Where data is, as paths."""
    return [Path(one.location) for one in given.values()]
