"""`policy-engine verify`: the auditor's command. Offline, fail closed; runs no compiler and reads no values of data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_engine.errors import InputError, UsageError

if TYPE_CHECKING:
    from policy_engine.attestation import Conclusion
    from policy_engine.data.model import Manifest
    from policy_engine.plan.layer import Layer, LayerFiles
    from policy_engine.reporting.verification import Checked

_PATH = click.Path(path_type=Path)


@click.command(name="verify")
@click.argument("attestations", nargs=-1, required=True, type=_PATH, metavar="ATTESTATION...")
@click.option(
    "--keyring", required=True, type=_PATH, metavar="FILE|DIR", help="the keys you trust: .pub, .json or a folder"
)
@click.option("--product", type=_PATH, metavar="FILE", help="the contract that should have been judged")
@click.option("--previous", type=_PATH, metavar="FILE", help="the earlier contract it should have been compared with")
@click.option("--data", multiple=True, metavar="DATASET=PATH", help="the data of one dataset; repeatable")
@click.option(
    "--global",
    "global_paths",
    multiple=True,
    type=_PATH,
    metavar="PATH",
    help="the council's policies, or `starter`; repeatable",
)
@click.option(
    "--local", "local_paths", multiple=True, type=_PATH, metavar="PATH", help="the domain's policies; repeatable"
)
@click.option(
    "--waivers", "waiver_paths", multiple=True, type=_PATH, metavar="PATH", help="the council's waivers; repeatable"
)
@click.option(
    "--require",
    multiple=True,
    type=click.Choice(["data", "previous", "log", "time", "replay"]),
    help="insist on a step that is else optional; repeatable",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text by default")
@click.option("-o", "output", type=_PATH, metavar="FILE", help="write the result to FILE")
@click.option("--quiet", "is_quiet", is_flag=True, help="text: the first line only")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
def command(
    attestations: tuple[Path, ...],
    keyring: Path,
    product: Path | None,
    previous: Path | None,
    data: tuple[str, ...],
    global_paths: tuple[Path, ...],
    local_paths: tuple[Path, ...],
    waiver_paths: tuple[Path, ...],
    require: tuple[str, ...],
    form: str,
    output: Path | None,
    is_quiet: bool,
    is_plain: bool,
) -> int:
    """Verify attestations offline, trusting only the keys you bring.

    What you give is compared with what was attested; what you do not give is reported as not checked. The contract and
    the policies must be given, and the council's waivers where one of them took effect. `verified` says that the
    attestation is genuine; whether the product met the policies is the attested verdict, on the line below.

    \b
    Example:
      policy-engine verify payroll.attestation.json --keyring council.pub \\
          --product payroll.odcs.yaml --global policies/global

    Exit codes: 0 verified, 1 refused, 2 could not answer, 3 something required was not checked.
    """
    from policy_engine.attestation import REQUIRED_BY_DEFAULT, Requirement, examine
    from policy_engine.cli.main import complain
    from policy_engine.cli.output import emit, is_coloured
    from policy_engine.plan.layer import Layer
    from policy_engine.reporting.verification import Checked, render_json, render_text, worst
    from policy_engine.trust import load_keyring

    trusted = load_keyring(keyring)
    contract = None if product is None else _read(product)
    earlier = None if previous is None else _read(previous)
    manifests = _manifests(data)
    council, domain = _layer(Layer.GLOBAL, global_paths), _layer(Layer.DOMAIN, local_paths)
    waivers = _layer(Layer.WAIVERS, waiver_paths)
    required = REQUIRED_BY_DEFAULT | {Requirement(each) for each in require}

    def check(file: Path) -> Checked:
        try:
            content = _read_attestation(file)
        except InputError as error:
            complain(error)
            return Checked(str(file), None, str(error))
        done = examine(
            content,
            trusted,
            product=contract,
            data=manifests,
            global_files=council,
            local_files=domain,
            waiver_files=waivers,
            previous=earlier,
            require=required,
        )
        return Checked(str(file), done)

    checked = tuple(check(file) for file in attestations)
    coloured = is_coloured(output, is_plain=is_plain)
    text = render_json(checked) if form == "json" else render_text(checked, colour=coloured, quiet=is_quiet)
    emit(text, output, coloured=coloured)
    return _exit_code(worst(checked))


def _exit_code(conclusion: Conclusion | None) -> int:
    from policy_engine.attestation import Conclusion
    from policy_engine.cli.main import CANNOT_ANSWER, INDETERMINATE, NO, YES

    match conclusion:
        case None:
            return CANNOT_ANSWER
        case Conclusion.REFUSED:
            return NO
        case Conclusion.INCOMPLETE:
            return INDETERMINATE
        case Conclusion.VERIFIED:
            return YES


def _manifests(options: tuple[str, ...]) -> dict[str, Manifest]:
    if not options:
        return {}
    from policy_engine.data.manifest import fingerprint
    from policy_engine.data.source import open_source

    found: dict[str, Manifest] = {}
    for option in options:
        dataset, equals, location = option.partition("=")
        if not (dataset and equals and location):
            raise UsageError(f"`--data {option}` names no dataset and path", help="write it as --data DATASET=PATH")
        if dataset in found:
            raise UsageError(
                f"the data of `{dataset}` is given twice", help="one folder or pattern can hold many files"
            )
        found[dataset] = fingerprint(open_source(dataset, location))
    return found


def _layer(layer: Layer, paths: tuple[Path, ...]) -> LayerFiles | None:
    from policy_engine._resources import layer_root
    from policy_engine.plan.layer import read_layer

    return read_layer(layer, tuple(layer_root(path) for path in paths)) if paths else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror}") from error


def _read_attestation(path: Path) -> bytes:
    from policy_engine.trust.strict_json import MAX_BYTES

    try:
        with path.open("rb") as file:
            # one byte more than is accepted, so that the step on limits sees it
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror}") from error
