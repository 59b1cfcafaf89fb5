"""From the text of a configuration file to what it says, or to everything that is wrong with it."""

from __future__ import annotations

import glob
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from policy_engine._resources import STARTER
from policy_engine.configuration.document import EXPECTED, Document, OutputDocument, OwnDocument
from policy_engine.configuration.lines import line_of
from policy_engine.configuration.model import Configuration, Output, Own
from policy_engine.diagnostics import nearest
from policy_engine.errors import ConfigurationError

MAX_BYTES: Final = 1024 * 1024
_HELP: Final = "the keys are listed in the reference of the configuration file"


def read(file: Path) -> Configuration:
    """The configuration in a file, its paths as seen from the working folder. Raises ConfigurationError."""
    shown = _shown(file)
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read `{shown}`: {error.strerror}", help="name a file with --config"
        ) from error
    return parse(content, shown)


def parse(content: bytes, file: Path) -> Configuration:
    """The same from bytes; `file` is what paths are relative to, and what errors name."""
    if len(content) > MAX_BYTES:
        raise ConfigurationError(f"`{file}` is larger than {MAX_BYTES} bytes", help=_HELP)
    try:
        text = content.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"`{file}` is not UTF-8", help="save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(
            f"`{file}` is no TOML: {str(error)[:1].lower()}{str(error)[1:]}", help=_HELP
        ) from error
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        problems = sorted({_problem(one, text) for one in error.errors(include_url=False)})
        lines = "\n".join(f"  line {line}: {what}" for line, what in problems)
        raise ConfigurationError(f"`{file}` cannot be used:\n{lines}", help=_HELP) from None
    return _configuration(document, file)


def _shown(file: Path) -> Path:
    """The file as seen from the working folder, where both are on one drive."""
    try:
        return Path(os.path.relpath(file))
    except ValueError:
        return file


def _problem(error: ErrorDetails, text: str) -> tuple[int, str]:
    names = tuple(part for part in error["loc"] if isinstance(part, str))
    line, key = line_of(text, names), _written(names)
    match error["type"]:
        case "extra_forbidden":
            near = nearest(names[-1], _known(names[:-1]))
            return line, f"there is no key `{key}`" + (f"; did you mean `{near}`?" if near else "")
        case "missing":
            return line, f"`{key}` is missing: {EXPECTED[names[-1]]}"
        case _:
            expected = next((EXPECTED[name] for name in reversed(names) if name in EXPECTED), "something else")
            if _is_table_of_product(names):
                expected = 'a table, written below `[product."ID"]`'
            return line, f"`{key}` has to be {expected}; it is {_kind(error['input'])}"


def _is_table_of_product(names: tuple[str, ...]) -> bool:
    return len(names) == 2 and names[0] == "product"


def _known(around: tuple[str, ...]) -> list[str]:
    match around:
        case ():
            model: type[Document | OwnDocument | OutputDocument] = Document
        case ("output",):
            model = OutputDocument
        case _:
            model = OwnDocument
    return [field.alias or name for name, field in model.model_fields.items()]


def _written(names: tuple[str, ...]) -> str:
    bare = (name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"' for name in names)
    return ".".join(bare)


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case "":
            return "an empty text"
        case str():
            return f"`{value[:40]}`"
        case int() | float():
            return "a number"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"


def _configuration(document: Document, file: Path) -> Configuration:
    base = file.parent
    return Configuration(
        file=file,
        global_=tuple(_layer(base, text) for text in document.global_),
        local=_paths(base, document.local),
        waivers=_paths(base, document.waivers),
        products=_paths(base, document.products),
        tests=_paths(base, document.tests),
        data=_data(base, document.data),
        sampled=_data(base, document.sampled),
        previous=_previous(base, document.previous),
        stage=document.stage,
        baseline=None if document.baseline is None else base / document.baseline,
        title=document.title,
        outputs=tuple(Output(one.format, base / one.file) for one in document.output),
        own=tuple((id_, _own(base, own)) for id_, own in document.product.items()),
    )


def _own(base: Path, own: OwnDocument) -> Own:
    return Own(
        local=None if own.local is None else _paths(base, own.local),
        data=None if own.data is None else _data(base, own.data),
        sampled=None if own.sampled is None else _data(base, own.sampled),
        previous=_previous(base, own.previous),
        earlier=None if own.previous_attestation is None else _paths(base, own.previous_attestation),
    )


def _layer(base: Path, text: str) -> Path:
    is_library = text == STARTER and not (base / text).exists()
    return Path(text) if is_library else base / text


def _paths(base: Path, texts: Iterable[str]) -> tuple[Path, ...]:
    return tuple(_path(base, text) for text in texts)


def _path(base: Path, text: str) -> Path:
    """The path; where it is a glob, the folder that it is relative to is none."""
    is_glob = bool(set("*?[") & set(text)) and not (base / text).exists()
    return (Path(glob.escape(str(base))) if is_glob else base) / text


def _data(base: Path, data: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{dataset}={_path(base, text)}" for dataset, text in data.items())


def _previous(base: Path, text: str | None) -> str | None:
    return text if text is None or text == "none" else str(base / text)
