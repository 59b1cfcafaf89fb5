"""Where the data of one dataset lies: a file, a folder or a glob of files of one format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from policy_engine.errors import DataError

Format: TypeAlias = Literal["parquet", "csv", "json-lines", "arrow"]

_FORMATS: Final[dict[str, Format]] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "json-lines",
    ".ndjson": "json-lines",
    ".json": "json-lines",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
_MAGIC: Final = frozenset("*?[")
_READ: Final = (
    "give Parquet (.parquet), CSV (.csv, .csv.gz), JSON lines (.jsonl .ndjson .json) or Arrow (.arrow .feather .ipc)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one dataset, all of one format, in the order in which they are read. `root` is what paths hang on."""

    dataset: str
    format: Format
    root: Path
    files: tuple[Path, ...]
    sampled: bool = False


def open_source(dataset: str, location: str | Path, *, sampled: bool = False) -> Source:
    """The source at `location`; `sampled` says that it is not all of the data. Raises DataError."""
    root, found = _find(Path(location))
    files = tuple(sorted(found, key=lambda file: file.parts))
    if not files:
        raise DataError(f"`{location}` holds no data for dataset `{dataset}`", help=_READ)
    formats = {_format(file): file for file in reversed(files)}
    if None in formats:
        raise DataError(f"`{formats[None]}` is of no format that can be read", help=_READ)
    if len(formats) > 1:
        first, second = list(formats.values())[:2]
        raise DataError(f"`{location}` mixes formats: `{first}`, `{second}`", help="keep one format per dataset")
    (format_,) = (each for each in formats if each is not None)
    _check_readable(files)
    return Source(dataset, format_, root, files, sampled)


def _find(location: Path) -> tuple[Path, Iterable[Path]]:
    if location.is_file():
        return location, [location]
    if location.is_dir():
        return location, _files_below(location, "**/*")
    parts = location.parts
    first = next((index for index, part in enumerate(parts) if _MAGIC & set(part)), None)
    if first is None:
        raise DataError(f"`{location}` does not exist", help="give a file, a folder, or a pattern such as `data/*.csv`")
    root = Path(*parts[:first])
    return root, _files_below(root, str(Path(*parts[first:])))


def _files_below(root: Path, pattern: str) -> list[Path]:
    try:
        return [path for path in root.glob(pattern) if path.is_file() and not _is_hidden(path.relative_to(root))]
    except (OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"`{root}` cannot be listed", help="check the pattern and the permissions") from error


def _is_hidden(path: Path) -> bool:
    """What begins with a dot, and what writers leave beside the data: `_SUCCESS`, `_delta_log/…`; never `_a.csv`."""
    if any(part.startswith(".") for part in path.parts):
        return True
    return any(part.startswith("_") for part in path.parts[:-1]) or (path.name.startswith("_") and not _format(path))


def _format(file: Path) -> Format | None:
    name = file.name.lower()
    return next((format_ for ending, format_ in _FORMATS.items() if name.endswith(ending)), None)


def _check_readable(files: Iterable[Path]) -> None:
    for file in files:
        try:
            with file.open("rb"):
                pass
        except OSError as error:
            raise DataError(f"`{file}` cannot be opened", help="check that the file may be read") from error
