"""`policy-engine demo`: the whole story on real input, told by running the very commands that it prints."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from policy_engine._resources import resource
from policy_engine.cli.inputs import PATH
from policy_engine.errors import PolicyEngineError, UsageError

FOLDER: Final = "policy-engine-demo"

_CONTRACT: Final = "product/employee_payroll.odcs.yaml"
_DATA: Final = ("demo_employee_payroll", "demo_employee_list")
_SIGNED: Final = "payroll.attestation.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the story, and the exit code it has to end with. `told` is said before it."""

    told: str
    args: tuple[str, ...]
    code: int

    @property
    def line(self) -> str:
        """The command as a person types it."""
        return " ".join(("policy-engine", *self.args))


@dataclass(frozen=True, slots=True)
class Change:
    """One byte of a copy, changed: the first byte of `before`, which occurs in the file, becomes that of `after`."""

    file: str
    copy: str
    before: bytes
    after: bytes
    told: str


CHANGES: Final = (
    Change("product/demo_employee_payroll.csv", "changed/payroll.csv", b"93600", b"83600", "an amount in the data"),
    Change(
        _CONTRACT,
        "changed/contract.yaml",
        b"classification: confidential",
        b"blassification: confidential",
        "the contract",
    ),
    Change(
        "policies/global/pii_tagging.policy", "changed/global/pii_tagging.policy", b"require", b"sequire", "a policy"
    ),
    Change(_SIGNED, "changed/attestation.json", b'"payload":"eyJ', b'"payload":"fyJ', "the envelope"),
)


@click.command(name="demo")
@click.argument("folder", required=False, type=PATH, metavar="[DIR]")
def command(folder: Path | None) -> int:
    """The whole story on real input, in seconds: check, attest, verify, and four forgeries refused.

    A payroll contract and its data, published by others, are judged by the policy library that ships and by the HR
    domain's own rules. Everything is left in DIR (default: policy-engine-demo), to look into and to repeat.

    \b
    Example:
      policy-engine demo
    """
    where = _new_folder(folder)
    _lay_out(where)
    click.echo(f"files are in {where}; every command below runs there and can be repeated: cd {where}\n")
    for step in story():
        _run(step, where)
    for change, step in forgeries():
        _forge(change, where)
        _run(step, where)
    (where / "commands.sh").write_text(_script(), encoding="utf-8")
    click.echo("the attestation was verified, and all four changes were refused, each for its own reason")
    click.echo(f"look into {where}: product/, policies/, {_SIGNED}, changed/, and commands.sh with the commands above")
    return 0


def story() -> tuple[Step, ...]:
    """Check, make a key, attest, verify."""
    policies = ("--global", "policies/global", "--local", "policies/domains/hr")
    data = tuple(part for name in _DATA for part in ("--data", f"{name}=product/{name}.csv"))
    return (
        Step(
            "The HR domain's CI checks its contract and data against both layers of policies.",
            ("check", _CONTRACT, *policies, *data),
            1,
        ),
        Step(
            "A signing key for the domain's CI, and its public half for auditors.",
            ("keys", "generate", "hr-ci", "-o", "keys"),
            0,
        ),
        Step(
            "The verdict is signed. A product that does not comply is attested too: the attestation says so.",
            ("attest", _CONTRACT, *policies, *data, "--key", "keys/hr-ci.key", "-o", _SIGNED),
            1,
        ),
        Step("An auditor verifies it offline, with files and a key of their own.", verification(), 0),
    )


def verification(
    attestation: str = _SIGNED,
    contract: str = _CONTRACT,
    council: str = "policies/global",
    payroll: str = f"product/{_DATA[0]}.csv",
) -> tuple[str, ...]:
    """The auditor's command."""
    return (
        "verify", attestation, "--keyring", "keys/hr-ci.pub", "--product", contract, "--global", council,
        "--local", "policies/domains/hr", "--data", f"{_DATA[0]}={payroll}", "--data", f"{_DATA[1]}=product/{_DATA[1]}.csv",
    )  # fmt: skip


def forgeries() -> tuple[tuple[Change, Step], ...]:
    """One byte changed in the data, the contract, a policy and the envelope; each must be refused."""
    data, contract, policy, envelope = CHANGES
    tries = (
        (data, verification(payroll=data.copy)),
        (contract, verification(contract=contract.copy)),
        (policy, verification(council="changed/global")),
        (envelope, verification(attestation=envelope.copy)),
    )
    return tuple(
        (change, Step(f"One byte of {change.told} is changed ({change.copy}).", (*args, "--quiet"), 1))
        for change, args in tries
    )


def _new_folder(folder: Path | None) -> Path:
    """The folder asked for, which must be new or empty; else the first free one of the usual name."""
    if folder is not None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                f"`{folder}` is there already, and is not empty", help="name a new folder; nothing is overwritten"
            )
        return folder
    names = (Path(FOLDER if number == 1 else f"{FOLDER}-{number}") for number in range(1, 1_000))
    return next(name for name in names if not name.exists())


def _lay_out(where: Path) -> None:
    """The product, the policies and empty folders for keys and forgeries."""
    try:
        shutil.copytree(resource("policies/products/employee_payroll"), where / "product", dirs_exist_ok=True)
        shutil.copytree(resource("policies/global"), where / "policies/global", dirs_exist_ok=True)
        shutil.copytree(resource("policies/domains/hr"), where / "policies/domains/hr", dirs_exist_ok=True)
        (where / "keys").mkdir()
        (where / "changed").mkdir()
    except OSError as error:
        raise UsageError(
            f"cannot write in `{where}`: {error.strerror}", help="name a folder you may write to"
        ) from error


def _run(step: Step, where: Path) -> None:
    click.echo(click.style(f"# {step.told}", bold=True))
    click.echo(click.style(f"$ {step.line}", fg="cyan"))
    done = subprocess.run(
        [sys.executable, "-m", "policy_engine", *step.args], cwd=where, check=False, stdin=subprocess.DEVNULL
    )
    click.echo(f"exit code {done.returncode}\n")
    if done.returncode != step.code:
        raise PolicyEngineError(
            f"`{step.line}` ended with {done.returncode}, not {step.code}", help="please report this"
        )


def _forge(change: Change, where: Path) -> None:
    """A copy with one byte changed, in a copy of its folder where that is a layer."""
    copy = where / change.copy
    if copy.parent.name == "global":
        shutil.copytree((where / change.file).parent, copy.parent)
    content = (where / change.file).read_bytes()
    assert change.before in content, f"{change.file} no longer holds {change.before!r}"
    copy.write_bytes(content.replace(change.before, change.after, 1))


def _script() -> str:
    steps = [*story(), *(step for _, step in forgeries())]
    lines = [line for step in steps for line in (f"# {step.told}", step.line, "")]
    return "\n".join(lines)
