"""The pages of the documentation do what they say: their commands, scripts, options, names and links.

On a page, blocks are taken in order. A block with a title is a file, written where the title says. In a `console`
block, each line `$ policy-engine …` is run in the page's own empty folder; below it stands exactly what it prints, and
`[exit N]` where it does not end with 0. `…` alone in a line stands for the rest. A `python` block is run, and the
`output` block behind it is what it prints. Two things differ from run to run, and are replaced: the ids of keys made on
the page become `KEY_ID`, and the time of signing becomes `SIGNED`. Everything else, digests included, is compared.

With GOLDEN=1 in the environment, what is printed is written into the page instead of being compared: read the diff.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
import pytest
import yaml

import policy_engine
from policy_engine.cli import main
from policy_engine.testing.blocks import blocks
from policy_engine.testing.model import Block
from policy_engine.trust import load_public

GOLDEN: Final = bool(os.environ.get("GOLDEN"))
ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
COMMANDS: Final = DOCS / "reference/commands.md"
PYTHON: Final = DOCS / "reference/python.md"
CI: Final = DOCS / "how-to/check-in-ci.md"
AUDIT: Final = DOCS / "how-to/verify-an-attestation.md"
PAGES: Final = [*(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
RUN: Final = [
    page
    for page in PAGES
    if any(block.kind in {"console", "python"} for block in blocks(page.read_text(encoding="utf-8")))
]

KEY_ID: Final = "fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2"
SIGNED: Final = "2027-01-15T09:30:00Z"
REST: Final = "…"
_SIGNED_LINE: Final = re.compile(r"(?<=  signed            )\S+(?=, by)")


# ---------------------------------------------------------------- commands and scripts on a page


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_what_a_page_runs_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICY_ENGINE_PASSPHRASE", raising=False)
    monkeypatch.setenv("POLICY_ENGINE_CACHE", "off")
    PREPARED.get(page, lambda: None)()
    found = _printed(page)
    if GOLDEN:
        _rewrite(page, found)
    else:
        assert [block.text for block, _ in found] == [text for _, text in found]


def _printed(page: Path) -> list[tuple[Block, str]]:
    """Every block that shows what is printed, with what is printed."""
    found = []
    names: dict[str, object] = {}
    printed = ""
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.title is not None:
            path = Path(block.title)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            found.append((block, "\n".join(_run(command, shown) for command, shown in _steps(block.text))))
        elif block.kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(block.text, str(page), "exec"), names)
            printed = stream.getvalue()
        elif block.kind == "output":
            found.append((block, printed))
    return found


def _steps(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a `console` block as they are written, each with what stands below it."""
    for step in re.split(r"^(?=\$ )", text, flags=re.MULTILINE):
        if not step.startswith("$ "):
            assert not step.strip(), f"a console block begins with a command: {step}"
            continue
        command = re.match(r"(?:.*\\\n)*.*\n", step)
        assert command is not None
        yield command[0], step[command.end() :].strip("\n")


def _run(command: str, shown: str) -> str:
    """The command and what it prints, as the page should show it."""
    program, *args = shlex.split(command.removeprefix("$ ").replace("\\\n", " "))
    assert program == "policy-engine", f"only policy-engine is run: {command}"
    with contextlib.redirect_stdout(io.StringIO()) as stream, contextlib.redirect_stderr(stream):
        code = main.invoke(args)
    printed = _alike(stream.getvalue().rstrip("\n"))
    lines = shown.splitlines()
    if lines and lines[-1].strip() == REST:
        printed = "\n".join([*printed.splitlines()[: len(lines) - 1], lines[-1]])
    ending = [f"[exit {code}]"] if code else []
    return "".join(f"{line}\n" for line in (command.rstrip("\n"), *filter(None, [printed]), *ending))


#: How long before the signing the policies were applied: that differs from day to day.
_NOTE_LINE: Final = re.compile(r"^  note              policies were applied .*\n", re.MULTILINE)


def _alike(text: str) -> str:
    """The text with what differs from run to run replaced."""
    for public in sorted(Path().rglob("*.pub")):
        made = load_public(public).id
        text = text.replace(made, KEY_ID).replace(made[:12], KEY_ID[:12])
    return _NOTE_LINE.sub("", _SIGNED_LINE.sub(SIGNED, text))


def _rewrite(page: Path, found: list[tuple[Block, str]]) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    for block, text in reversed(found):
        lines[block.start : block.end] = text.splitlines()
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _silently(line: str, code: int) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as stream, contextlib.redirect_stderr(stream):
        found = main.invoke(shlex.split(line))
    assert found == code, stream.getvalue()


def _payroll() -> None:
    """What an auditor of the how-to has been sent, and has obtained."""
    files = {
        "payroll.odcs.yaml": "apiVersion: v3.1.0\nkind: DataContract\nid: payroll\nversion: 1.2.0\nstatus: active\n"
        "domain: finance\nschema:\n- name: employees\n  properties:\n  - name: id\n    logicalType: string\n",
        "policies/global/rules.policy": 'package council\n\npolicy owned\n  owner "council"\n{\n  rule named\n'
        "    require product.owner is present\n}\n",
        "policies/domains/finance/rules.policy": 'package finance\n\npolicy filled\n  owner "finance"\n{\n  rule somebody\n'
        '    require dataset("employees").row_count > 0\n}\n',
        "employees.csv": "id\n1\n",
    }
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    _silently("keys generate council", 0)
    _silently(
        "attest payroll.odcs.yaml --global policies/global --local policies/domains/finance"
        " --data employees=employees.csv --as-of 2026-03-01 --key council.key",
        1,
    )


#: Pages that speak of files which they do not show.
PREPARED: Final[dict[Path, Callable[[], None]]] = {AUDIT: _payroll}


def test_an_attestation_verifies_by_hand_as_the_how_to_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _payroll()
    (script,) = (block.text for block in blocks(AUDIT.read_text(encoding="utf-8")) if block.kind == "sh")

    def by_hand() -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False)

    done = by_hand()
    assert done.returncode == 0, done.stderr
    first, *subjects, contract = done.stdout.splitlines()
    assert first == "Signature Verified Successfully"
    assert [line.split("  ")[1] for line in subjects] == ["finance/payroll@1.2.0", "data/employees"]
    assert contract.endswith(subjects[0].split("  ")[0])
    attestation = Path("payroll.attestation.json")
    attestation.write_bytes(attestation.read_bytes().replace(b'"payload":"eyJ', b'"payload":"eyK'))
    assert by_hand().returncode != 0


# ---------------------------------------------------------------- commands and options


def _leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command by its words, groups included."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _leaves(found, (*path, name))


ALL: Final = [pytest.param(path, command, id=" ".join(path) or "itself") for path, command in _leaves(main.main)]


def _section(page: str, heading: str) -> str:
    """The text below a heading, up to the next heading of its level or above."""
    level = len(heading.partition(" ")[0])
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no `{heading}`"
    return found[1]


@pytest.mark.parametrize(("path", "command"), ALL)
def test_the_reference_has_every_command_and_option(path: tuple[str, ...], command: click.Command) -> None:
    page = COMMANDS.read_text(encoding="utf-8")
    section = _section(page, f"## {' '.join(('policy-engine', *path))}") if path else page
    if path in {("check",), ("attest",), ("explain",)}:
        section += _section(page, "## What `check` and `attest` take")
    options = [option for one in command.params if isinstance(one, click.Option) for option in one.opts]
    assert [option for option in options if not re.search(rf"`{option}[` ]", section)] == []
    choices = [choice for one in command.params if isinstance(one.type, click.Choice) for choice in one.type.choices]
    assert [choice for choice in choices if f"`{choice}`" not in section] == []


@pytest.mark.parametrize(("path", "command"), ALL)
def test_the_reference_has_no_option_that_a_command_lacks(path: tuple[str, ...], command: click.Command) -> None:
    if not path:
        return
    section = _section(COMMANDS.read_text(encoding="utf-8"), f"## {' '.join(('policy-engine', *path))}")
    rows = re.findall(r"^\| `(--?[a-z-]+)", section, re.MULTILINE)
    known = {option for one in command.params for option in one.opts}
    assert set(rows) <= known


@pytest.mark.parametrize(("path", "command"), ALL)
def test_every_help_has_an_example_that_the_command_line_accepts(path: tuple[str, ...], command: click.Command) -> None:
    text = inspect.cleandoc(command.help or "")
    assert re.search(r"^(Examples?|Start here):$", text, re.MULTILINE)
    for line in _command_lines(text):
        _accepted(line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_line_on_a_page_is_accepted(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.kind in {"sh", "console"}:
            for line in _command_lines(block.text):
                _accepted(line)


def _command_lines(text: str) -> Iterator[str]:
    """The lines that call policy-engine, continuation lines joined."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        found = re.search(r"(?:^|[\s/;&])policy-engine (?P<rest>.*)", line.strip().removeprefix("$ "))
        if found is not None:
            yield found["rest"].partition(" || ")[0].partition(" && ")[0]


def _accepted(line: str) -> None:
    """Parse a command line as the program would, without running it."""
    command: click.Command = main.main
    args = shlex.split(line.replace("…", ""))
    while isinstance(command, click.Group) and args and not args[0].startswith("-"):
        found = command.get_command(click.Context(command), args.pop(0))
        assert found is not None, line
        command = found
    if not isinstance(command, click.Group):
        command.make_context("policy-engine", args)


def test_the_snippets_for_ci_are_yaml_whose_command_lines_are_accepted() -> None:
    snippets = [yaml.safe_load(block.text) for block in blocks(CI.read_text(encoding="utf-8")) if block.kind == "yaml"]
    lines = [line for snippet in snippets for text in _texts(snippet) for line in _command_lines(text)]
    assert {line.split()[0] for line in lines} == {"check", "attest"}
    assert len(snippets) == 2
    for line in lines:
        _accepted(line)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            yield from (text for item in value for text in _texts(item))
        case dict():
            yield from (text for item in value.values() for text in _texts(item))
        case _:
            return


# ---------------------------------------------------------------- formats and calls


@pytest.mark.parametrize(
    "members",
    [
        pytest.param("as_json", id="report"),
        pytest.param("verification", id="verification"),
    ],
)
def test_the_reference_has_every_member_of_the_json_documents(members: str) -> None:
    source = (ROOT / f"policy_engine/reporting/{members}.py").read_text(encoding="utf-8")
    named = set(re.findall(r'^\s+"([a-z_]+)":', source, re.MULTILINE)) - {"compliant", "non_compliant", "indeterminate"}
    page = COMMANDS.read_text(encoding="utf-8")
    assert [name for name in sorted(named) if not re.search(rf"`[^`]*\b{name}\b[^`]*`", page)] == []


def test_the_reference_has_every_environment_variable() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "policy_engine").rglob("*.py"))
    used = set(re.findall(r'"(POLICY_ENGINE_[A-Z_]+|NO_COLOR)"', sources))
    page = COMMANDS.read_text(encoding="utf-8")
    assert {name for name in used if f"`{name}`" not in page} == set()


def _parameters(signature: str) -> list[tuple[str, bool, str | None]]:
    """Name, whether by keyword only, and default of every parameter that a page shows."""
    (function,) = ast.parse(f"def {signature}: ...").body
    assert isinstance(function, ast.FunctionDef)
    args = function.args
    defaults = [*([None] * (len(args.args) - len(args.defaults))), *args.defaults, *args.kw_defaults]
    by_keyword = [*([False] * len(args.args)), *([True] * len(args.kwonlyargs))]
    return [
        (arg.arg, only, None if default is None else ast.unparse(default))
        for arg, only, default in zip((*args.args, *args.kwonlyargs), by_keyword, defaults, strict=True)
    ]


@pytest.mark.parametrize("name", policy_engine.__all__)
def test_the_python_reference_has_every_public_name_as_it_is(name: str) -> None:
    section = _section(PYTHON.read_text(encoding="utf-8"), f"### `{name}`")
    found = getattr(policy_engine, name)
    if inspect.isfunction(found):
        shown = re.search(rf"^{name}\(.*?\) -> \w+$", section, re.MULTILINE | re.DOTALL)
        assert shown is not None
        assert _parameters(shown[0]) == [
            (one.name, one.kind is one.KEYWORD_ONLY, None if one.default is one.empty else repr(one.default))
            for one in inspect.signature(found).parameters.values()
        ]
    elif hasattr(found, "__members__"):
        assert all(f"`{member.value}`" in section for member in found)
    elif hasattr(found, "__dataclass_fields__"):
        assert all(f"`{field}`" in section for field in found.__dataclass_fields__)


# ---------------------------------------------------------------- links

_FENCED: Final = re.compile(r"^(`{3,}).*?^\1[ ]*$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _slugs(page: Path) -> set[str]:
    """The anchors of a page's headings, as code forges make them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path).resolve() if path else page
        is_there = target.exists() and (not anchor or anchor in _slugs(target))
        broken += [] if is_there else [link]
    assert broken == []


def test_every_page_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        links = _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
        waiting += [Path(os.path.normpath(page.parent / link.partition("#")[0])) for link in links if "://" not in link]
    assert [page for page in DOCS.rglob("*.md") if page not in seen] == []
