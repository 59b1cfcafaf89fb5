"""Where the data of one dataset lies: a file, a folder or a glob of files of one format."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
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
    mode = _mode(location)
    if mode is not None and stat.S_ISREG(mode):
        return location, [location]
    if mode is not None and stat.S_ISDIR(mode):
        return location, _walk(location)
    if mode is not None:
        raise DataError(f"`{location}` is neither a file nor a folder", help=_READ)
    parts = location.parts
    first = next((index for index, part in enumerate(parts) if _MAGIC & set(part)), None)
    if first is None:
        raise DataError(f"`{location}` does not exist", help="give a file, a folder, or a pattern such as `data/*.csv`")
    root = Path(*parts[:first])
    return root, _files_below(root, str(Path(*parts[first:])))


def _mode(location: Path) -> int | None:
    """What a path leads to; None where there is nothing."""
    try:
        return location.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        raise DataError(f"`{location}` cannot be reached", help="check that it may be read") from error


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder; whatever cannot be followed for sure is an error, so that nothing is left out."""
    try:
        with os.scandir(folder) as entries:
            found = [(Path(entry.path), entry.is_symlink(), entry.is_dir(), entry.is_file()) for entry in entries]
    except OSError as error:
        raise DataError(f"`{folder}` cannot be listed", help="check that the folder may be read") from error
    for path, is_link, is_folder, is_file in found:
        if path.name.startswith(".") or (path.name.startswith("_") and (is_folder or not _format(path))):
            continue
        if is_link or not (is_folder or is_file):
            what = "a symbolic link" if is_link else "no file that can be read"
            raise DataError(f"`{path}` is {what}", help="keep the files themselves in the folder")
        if is_folder:
            yield from _walk(path)
        else:
            yield path


def _files_below(root: Path, pattern: str) -> list[Path]:
    try:
        found = [path for path in root.glob(pattern) if not _is_hidden(path.relative_to(root))]
        links = [path for path in found if path.is_symlink()]
        if links:
            raise DataError(f"`{links[0]}` is a symbolic link", help="keep the files themselves in the folder")
        return [path for path in found if path.is_file()]
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
