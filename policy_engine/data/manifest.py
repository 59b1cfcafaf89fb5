"""Which bytes were read: the SHA-256 of every file and of their list. Needs no data library, so verifiers use it too."""

from __future__ import annotations

import hashlib
from pathlib import Path

from policy_engine.data.model import DataFile, Manifest
from policy_engine.data.source import Source
from policy_engine.errors import DataError
from policy_engine.plan.canonical import canonical, digest


def fingerprint(source: Source) -> Manifest:
    """The manifest of `source`: the same bytes under the same relative names give the same digest on every machine.

    The path of a single file is `.`: what it is called where it lies does not matter.
    """
    files = tuple(_file(path, source.root) for path in source.files)
    listed = [{"digest": file.digest, "path": file.path, "size": file.size} for file in files]
    content = canonical({"files": listed, "format": source.format})
    return Manifest(source.dataset, source.format, files, digest(content), source.sampled)


def _file(path: Path, root: Path) -> DataFile:
    try:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256")
            size = stream.tell()
    except OSError as error:
        raise DataError(f"`{path}` cannot be read", help="check that the file exists and may be read") from error
    return DataFile(path.relative_to(root).as_posix(), size, content.hexdigest())
