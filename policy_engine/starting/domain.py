"""The repository of a domain: its configuration fits what is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date

from policy_engine.starting.survey import Contract, Found
from policy_engine.starting.templates import PIPELINES, template

_EXAMPLE = "contracts/example.odcs.yaml"


def domain_files(
    found: Found, name: str, council: Sequence[str], ci: str | None, engine: str, day: date
) -> dict[str, str]:
    """By path, what a domain starts with; an example of a contract where there is none."""
    package = package_name(name)
    values = {
        "DOMAIN": name,
        "PACKAGE": package,
        "ENGINE": engine,
        "REVIEW": f"{day.year + 1}-{day.month:02}-01",
        "BLOCK": f"{day.year + 1}-07-01",
    }
    made = {
        f"policies/{package}.policy": "domain/domain.policy",
        f"policies/{package}.md": "domain/domain.md",
        "README.md": "domain/README.md",
    }
    if ci is not None:
        made[PIPELINES[ci]] = f"{ci}/domain.yml"
    if not found.contracts:
        made[_EXAMPLE] = "domain/example.odcs.yaml"
    files = {path: template(name, values) for path, name in made.items()}
    return {"policy-engine.toml": "\n".join(_configuration(found, package, council)) + "\n", **files}


def package_name(text: str) -> str:
    """A domain's name as the name of a package."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")
    return f"domain_{plain}".rstrip("_") if not re.match(r"[a-z]", plain) else plain


def _configuration(found: Found, package: str, council: Sequence[str]) -> Iterator[str]:
    yield "# What `policy-engine` commands are always given here. The command line wins; paths are relative to this file."
    yield f"global = {_toml(council)}"
    yield 'local = "policies"'
    files = [contract.file.as_posix() for contract in found.contracts] or [_EXAMPLE]
    yield f"products = {_toml(files)}"
    for contract in found.contracts:
        yield from _own(contract)
    if not found.contracts:
        yield ""
        yield f"[product.{_quoted(f'{package}.orders')}]"
        yield 'previous = "none"  # nothing was published before; later, the contract that was'


def _own(contract: Contract) -> Iterator[str]:
    if contract.previous is None and not contract.data:
        return
    yield ""
    yield f"[product.{_quoted(contract.product.id)}]"
    if contract.previous is not None:
        yield f"previous = {_quoted(contract.previous.as_posix())}"
    for dataset, file in contract.data:
        yield f"data.{_quoted(dataset)} = {_quoted(file.as_posix())}"


def _toml(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return _quoted(texts[0])
    return "[\n" + "".join(f"    {_quoted(text)},\n" for text in texts) + "]"


def _quoted(text: str) -> str:
    """A basic string of TOML; that of JSON is one, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
