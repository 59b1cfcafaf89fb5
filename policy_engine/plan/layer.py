"""A layer as files: which belong to it, their bytes and their digest. Needs no compiler, so that verifiers can use it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from policy_engine.errors import UsageError
from policy_engine.folders import files_below
from policy_engine.plan.canonical import Digest, canonical, digest

POLICY_SUFFIX: Final = ".policy"
TABLE_SUFFIX: Final = ".csv"
_SUFFIXES: Final = (POLICY_SUFFIX, TABLE_SUFFIX)
MAX_FILE_BYTES: Final = 8 * 1024 * 1024
MAX_FILES: Final = 10_000


class Layer(StrEnum):
    """Where a policy or waiver comes from. Decided by the caller, never by what a file says of itself.

    `WAIVERS` are the council's waivers: files beside its policies, which may come from somebody else and more often.
    """

    GLOBAL = "global"
    WAIVERS = "waivers"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a layer: its path relative to the layer's root with `/`, where it is now, and its bytes."""

    path: str
    location: Path
    content: bytes


@dataclass(frozen=True, slots=True)
class LayerFiles:
    """All policy files and reference tables of one layer, sorted by path."""

    layer: Layer
    members: tuple[Member, ...]

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical list of (path, digest, size) of all members."""
        return digest(
            canonical([{"path": m.path, "sha256": digest(m.content), "size": len(m.content)} for m in self.members])
        )


def read_layer(layer: Layer, roots: tuple[Path, ...]) -> LayerFiles:
    """All `.policy` and `.csv` files below the roots; a root may also be one policy file.

    Raises UsageError where a root does not exist, holds no policy or a symbolic link, or a path occurs twice.
    """
    members: dict[str, Member] = {}
    for root in roots:
        for path, location in _files(root, layer):
            if path in members:
                raise UsageError(
                    f"the {layer} layer has two files called `{path}`: {members[path].location} and {location}",
                    help="give each root of a layer its own file names",
                )
            members[path] = Member(path, location, _read(location))
    return LayerFiles(layer, tuple(members[path] for path in sorted(members)))


def _files(root: Path, layer: Layer) -> list[tuple[str, Path]]:
    if root.is_file() and root.suffix == POLICY_SUFFIX:
        return [(root.name, root)]
    if not root.is_dir():
        kind = "is no .policy file" if root.exists() else "does not exist"
        raise UsageError(f"`{root}` {kind}", help="name a folder of .policy files, or one such file")
    files = list(files_below(root))
    for file in files:
        suffix = file.suffix.strip().lower()
        if suffix in _SUFFIXES and suffix != file.suffix:
            raise UsageError(
                f"`{file}` would not be read", help=f"its name has to end in `{suffix}`, as it stands here"
            )
    found = [(file.relative_to(root).as_posix(), file) for file in files if file.suffix in _SUFFIXES]
    if not any(path.endswith(POLICY_SUFFIX) for path, _ in found):
        help_ = "a layer without policies checks nothing: is this the folder?"
        if layer is Layer.WAIVERS:
            help_ = "is this the folder? where there are no waivers, leave out --waivers"
        raise UsageError(f"no .policy file in `{root}`", help=help_)
    if len(found) > MAX_FILES:
        raise UsageError(
            f"`{root}` holds {len(found)} files, more than {MAX_FILES}", help="name the policy folder itself"
        )
    return found


def _read(location: Path) -> bytes:
    try:
        if location.stat().st_size > MAX_FILE_BYTES:
            raise UsageError(f"`{location}` is larger than {MAX_FILE_BYTES} bytes", help="split the file")
        return location.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read `{location}`: {error.strerror}") from error
