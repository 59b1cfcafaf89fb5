"""`policy-engine attest`: judge products as `check` does, and sign what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from policy_engine.cli.configured import configured
from policy_engine.cli.inputs import PATH, product_options
from policy_engine.errors import UsageError

_ENDING: Final = re.compile(r"(\.odcs)?\.(yaml|yml|json)$")


@click.command(name="attest")
@product_options
@click.option("--key", required=True, type=PATH, metavar="FILE", help="the private key to sign with")
@click.option(
    "--passphrase-file", type=PATH, metavar="FILE", help="the key's passphrase; else POLICY_ENGINE_PASSPHRASE"
)
@click.option(
    "-o", "output", type=PATH, metavar="FILE|DIR",
    help="where the attestation goes; of several products, a folder; default: beside the contract",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="one line for each product")
@click.option("--no-color", "is_plain", is_flag=True, help="no colours, as with NO_COLOR")
@configured(always_told=True)
def command(
    products: tuple[Path, ...],
    global_paths: tuple[Path, ...],
    local_paths: tuple[Path, ...],
    waiver_paths: tuple[Path, ...],
    data: tuple[str, ...],
    sampled: tuple[str, ...],
    previous: str | None,
    earlier: tuple[Path, ...],
    keyring: Path | None,
    stage: str | None,
    as_of: str | None,
    key: Path,
    passphrase_file: Path | None,
    output: Path | None,
    quiet: bool,
    is_plain: bool,
) -> int:
    """Judge products, and sign the verdict: an attestation that anybody can verify offline, years later.

    A product that does not comply is attested too: the attestation says so. It holds digests, outcomes and counts,
    never values of data. --global must be given, so that nobody signs under policies that were not meant.

    \b
    Example:
      policy-engine attest orders.odcs.yaml --global policies/global --local policies/sales \\
          --data orders=data/orders.parquet --key keys/sales-ci.key -o orders.attestation.json

    Exit codes: 0 compliant, 1 not compliant, 2 could not answer, 3 indeterminate; signed in all cases but 2.
    """
    from policy_engine.attestation import sign
    from policy_engine.cli import inputs
    from policy_engine.cli.check import exit_code
    from policy_engine.cli.keys import signing_key
    from policy_engine.cli.output import screen, write_whole
    from policy_engine.cli.per_product import JudgedBy, PerProduct
    from policy_engine.engine import check
    from policy_engine.reporting.as_text import headline
    from policy_engine.verdict import Stage

    if not global_paths:
        raise UsageError(
            "no global policies were given",
            help="name them with --global, such as --global policies/global, or in policy-engine.toml",
        )
    files = inputs.product_files(products)
    given = inputs.data_from(data, sampled)
    before = inputs.previous_from(previous, files)
    attested, trusted = inputs.earlier_from(earlier, keyring, files)
    policies = inputs.policies_from(global_paths, local_paths, waiver_paths, anew=True)
    judged = PerProduct(
        JudgedBy(policies, given, before, attested),
        lambda local: inputs.policies_from(global_paths, local, waiver_paths, anew=True),
    )
    judged.refuse_strangers(files)
    targets = _targets(files, output)
    read = [*files, *inputs.data_paths(given), *global_paths, *local_paths, *waiver_paths, *attested, key]
    for target in targets.values():
        inputs.refuse_overwriting(target, [*read, *judged.paths()])
    signer = signing_key(key, passphrase_file)
    moment = inputs.time_from(as_of)
    terminal = screen(None, is_plain=is_plain)
    verdicts = []
    for file in inputs.with_progress(files, len(files)):
        by = judged.of(file)
        report = check(
            file,
            by.policies,
            data=by.data,
            previous=by.previous,
            stage=None if stage is None else Stage(stage),
            as_of=moment,
            earlier=by.earlier,
            keyring=trusted,
        )
        envelope = sign(
            report,
            signer,
            time_evaluated=inputs.time_from(None),
            global_files=by.policies.global_files,
            local_files=by.policies.local_files,
            waiver_files=by.policies.waiver_files,
        )
        write_whole(targets[file], envelope)
        verdicts.append(report.verdict)
        lines = list(headline(report, terminal))
        if quiet:
            lines = lines[:1]
        else:
            lines.append(f"signed with key {signer.public.id[:12]}…: {targets[file]}")
        click.echo("\n".join(lines))
    return exit_code(verdicts)


def _targets(files: Sequence[Path], output: Path | None) -> dict[Path, Path]:
    """Where the attestation of each contract goes, each to a place of its own."""
    targets: dict[Path, Path] = {}
    for file in files:
        target = _target(file, output, several=len(files) > 1)
        other = next((one for one, place in targets.items() if place == target), None)
        if other is not None:
            raise UsageError(
                f"the attestations of `{other}` and `{file}` would both be `{target}`", help="attest them one by one"
            )
        targets[file] = target
    return targets


def _target(file: Path, output: Path | None, *, several: bool) -> Path:
    name = f"{_ENDING.sub('', file.name)}.attestation.json"
    if output is None:
        return file.with_name(name)
    if output.is_dir():
        return output / name
    if several:
        raise UsageError(
            f"`{output}` is no folder, and there are several products", help="name an existing folder with -o"
        )
    return output
