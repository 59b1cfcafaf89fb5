"""`policy-engine keys`: make a signing key, show a key. Private key material is never printed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from policy_engine.errors import KeyFileError

if TYPE_CHECKING:
    from policy_engine.trust import PrivateKey

PASSPHRASE_VARIABLE: Final = "POLICY_ENGINE_PASSPHRASE"  # noqa: S105 - a name, no password
MAX_PASSPHRASE_BYTES: Final = 1024


@click.group(name="keys")
def command() -> None:
    """Make and show signing keys.

    \b
    Example:
      policy-engine keys generate council -o keys
      policy-engine keys show keys/council.pub
    """


@command.command()
@click.argument("name")
@click.option(
    "-o", "folder", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="where to write the pair"
)
@click.option(
    "--passphrase-file", type=click.Path(path_type=Path), metavar="FILE", help="encrypt with the first line of FILE"
)
@click.option("--passphrase-prompt", "is_prompted", is_flag=True, help="encrypt with a passphrase that is asked for")
def generate(name: str, folder: Path, passphrase_file: Path | None, is_prompted: bool) -> None:
    """Make an Ed25519 pair: NAME.key, for you alone, and NAME.pub, for everybody.

    The private key is encrypted when a passphrase comes from one of the options or from POLICY_ENGINE_PASSPHRASE.
    Keys that exist are never overwritten.

    \b
    Example:
      policy-engine keys generate council -o keys
    """
    from policy_engine.trust import generate as make
    from policy_engine.trust import save

    if passphrase_file and is_prompted:
        raise click.UsageError("--passphrase-file and --passphrase-prompt exclude each other")
    passphrase = _prompted(is_new=True) if is_prompted else given_passphrase(passphrase_file)
    key = make()
    private, public = save(key, folder, name, passphrase)
    click.echo(f"key id   {key.public.id}")
    click.echo(f"private  {private} ({'encrypted' if passphrase else 'not encrypted'}; keep it to yourself)")
    click.echo(f"public   {public} (give it to whoever verifies)")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase-file", type=click.Path(path_type=Path), metavar="FILE", help="the passphrase of a private key"
)
def show(file: Path, passphrase_file: Path | None) -> None:
    """Show the id, algorithm and kind of the key in FILE.

    \b
    Example:
      policy-engine keys show keys/council.pub
    """
    from policy_engine.trust import load_public
    from policy_engine.trust.keys import ALGORITHM, is_private

    is_secret = is_private(file)
    public = signing_key(file, passphrase_file).public if is_secret else load_public(file)
    click.echo(f"key id     {public.id}")
    click.echo(f"algorithm  {ALGORITHM}")
    click.echo(f"kind       {'private' if is_secret else 'public'}")


def signing_key(file: Path, passphrase_file: Path | None = None) -> PrivateKey:
    """The private key of a file, with a passphrase from FILE, the environment or, at a terminal, from whoever sits there."""
    from policy_engine.trust import load_private
    from policy_engine.trust.keys import is_encrypted

    passphrase = given_passphrase(passphrase_file)
    if passphrase is None and is_encrypted(file) and sys.stdin.isatty():
        passphrase = _prompted(is_new=False)
    return load_private(file, passphrase)


def given_passphrase(file: Path | None) -> bytes | None:
    """The first line of the file, else the environment's POLICY_ENGINE_PASSPHRASE, else None. Never empty."""
    if file is None:
        found = os.environb.get(PASSPHRASE_VARIABLE.encode()) if os.supports_bytes_environ else None
        if found is None and (text := os.environ.get(PASSPHRASE_VARIABLE)) is not None:
            found = text.encode()
        origin = PASSPHRASE_VARIABLE
    else:
        found, origin = _first_line(file), str(file)
    if found == b"":
        raise KeyFileError(f"the passphrase in `{origin}` is empty", code="TRU005")
    return found


def _first_line(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_PASSPHRASE_BYTES + 1)
    except OSError as error:
        raise KeyFileError(f"cannot read `{file}`: {error.strerror}", code="TRU005") from error
    if len(content) > MAX_PASSPHRASE_BYTES:
        raise KeyFileError(f"`{file}` is too large to be a passphrase", code="TRU005")
    return content.partition(b"\n")[0].rstrip(b"\r")


def _prompted(*, is_new: bool) -> bytes:
    answer = click.prompt("passphrase", hide_input=True, confirmation_prompt=is_new, err=True)
    assert isinstance(answer, str)
    return answer.encode()
