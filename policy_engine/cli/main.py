"""`policy-engine`: finds the command, runs it, turns what goes wrong into one message and a stable exit code."""

from __future__ import annotations

import difflib
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import click

from policy_engine.errors import PolicyEngineError

#: Each command is the `command` of the module of that name, imported only when it is run.
COMMANDS: Final = {
    "attest": "evaluate products and sign what was found",
    "check": "evaluate products; say what is wrong, where, and how to fix it",
    "demo": "the whole story on real input, in seconds, with nothing configured",
    "docs": "the policies as a site and as Markdown, for people to read",
    "explain": "what a code means, and how to mend it",
    "fmt": "one layout for all policy text",
    "init": "a repository to start from, for a domain or a council",
    "keys": "make and show signing keys",
    "lint": "diagnostics of policy text",
    "test": "run the tests of policies, which are written in Markdown",
    "verify": "verify attestations offline, trusting nobody",
}

YES, NO, CANNOT_ANSWER, INDETERMINATE = 0, 1, 2, 3


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found = importlib.import_module(f"policy_engine.cli.{name}").command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            raise click.UsageError(f"no command `{args[0]}`" + (f"; did you mean `{near[0]}`?" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="policy-engine", prog_name="policy-engine")
def main() -> None:
    """Policy as code for federated data governance.

    The council writes global policies, domains add local ones; `check` judges a product's contract and data against
    both, `attest` signs the verdict, `verify` lets anybody check it later, offline.

    \b
    Start here:
      policy-engine demo
      policy-engine init domain

    Exit codes: 0 yes, 1 no, 2 could not answer, 3 indeterminate (evidence is missing).
    """


def run(args: Sequence[str] | None = None) -> None:
    """The process's entry: runs the command and exits with its code."""
    gc.set_threshold(50_000, 50, 50)  # large policy sets are large trees, and walking them again and again takes long
    sys.exit(invoke(args))


def invoke(args: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. A command returns its code, or None for 0."""
    try:
        code = main.main(args=args, prog_name="policy-engine", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return CANNOT_ANSWER
    except click.ClickException as error:
        error.show()
        return CANNOT_ANSWER
    except PolicyEngineError as error:
        complain(error, is_quiet="--quiet" in (sys.argv[1:] if args is None else args))
        return CANNOT_ANSWER
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was left half-written", err=True)
        return CANNOT_ANSWER
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT_ANSWER
    except Exception:  # noqa: BLE001 - the last resort: a bug is said to be one, with what is needed to report it
        traceback.print_exc()
        click.echo("this is a bug in policy-engine, not in your input; please report it with the lines above", err=True)
        return CANNOT_ANSWER
    return code if isinstance(code, int) else YES


def complain(error: PolicyEngineError, *, is_quiet: bool = False) -> None:
    """Say on stderr what went wrong and what to do; of policies with errors, each error."""
    diagnostics = getattr(error, "diagnostics", ())
    more = None
    if diagnostics:
        from policy_engine.cli.output import is_coloured, styler, width
        from policy_engine.diagnostics import draw, pointer

        click.echo(draw(diagnostics, styler(coloured=is_coloured(None, is_plain=False)), width()), err=True)
        more = None if is_quiet else pointer(diagnostics)
    click.echo(f"{click.style('error', fg='red', bold=True)}[{error.code}]: {error}", err=True)
    if error.help:
        click.echo(f"  help: {error.help}", err=True)
    if more:
        click.echo(more, err=True)
