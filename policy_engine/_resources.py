"""Where `grammar/` and `policies/` are: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE = Path(__file__).resolve().parent

#: The name of the policy library that ships, where a folder of that name does not exist.
STARTER: Final = "starter"


def resource(name: str) -> Path:
    """The path of a bundled file or folder, such as `grammar/policy.lark`."""
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.exists() else _PACKAGE.parent / name


def layer_root(path: str | Path) -> Path:
    """The folder or file that a layer's root means: as it is, or the library that ships."""
    return resource("policies/global") if str(path) == STARTER and not Path(path).exists() else Path(path)
