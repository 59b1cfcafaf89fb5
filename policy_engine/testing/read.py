"""A page of tests -> its cases. The only module of the tests that reads files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from policy_engine._resources import layer_root
from policy_engine.diagnostics import nearest
from policy_engine.folders import files_below
from policy_engine.plan.layer import POLICY_SUFFIX
from policy_engine.testing.blocks import KINDS, blocks, misspelt, wrong
from policy_engine.testing.model import (
    Block,
    Case,
    Contract,
    Document,
    LayerGiven,
    Layers,
    Page,
    Stored,
    TestFileError,
    Written,
)
from policy_engine.testing.settings import read_metrics, read_options, read_settings

ANONYMOUS: Final = "global/acme.policy"
_LAYERS: Final = ("global", "local")
_NAMED: Final = (*_LAYERS, "waivers")
_DATA: Final = (".csv", ".jsonl")
#: In bytes; what file systems take.
_LONGEST_NAME: Final = 200
#: A file that a case refers to is copied; what is larger is no test data.
MAX_BYTES: Final = 64 * 1024 * 1024


def read_page(path: Path, otherwise: Layers | None = None) -> Page:
    """The cases of a page; `otherwise` are the policies of cases that name none. Raises TestFileError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise TestFileError(f"`{path.as_posix()}` is no UTF-8 text", help="save the page as UTF-8") from error
    except OSError as error:
        raise TestFileError(
            f"cannot read `{path.as_posix()}`: {error.strerror}", help="name a page of tests"
        ) from error
    reader = _Reader(path, otherwise)
    cases = tuple(reader.cases(text))
    return Page(path, text, cases, tuple(block for block in reader.given if id(block) not in reader.read))


class _Reader:
    """One page. Inputs carry over inside a section."""

    def __init__(self, path: Path, otherwise: Layers | None) -> None:
        self.file = path.as_posix()
        self.folder = path.parent
        self.otherwise = otherwise
        #: The blocks of the page that cases may read, and the identities of those that a case does read.
        self.given: list[Block] = []
        self.read: set[int] = set()

    @cached_property
    def has_policies(self) -> bool:
        """Is there a policy in the page's folder?"""
        return any(file.suffix == POLICY_SUFFIX for file in files_below(self.folder))

    def cases(self, text: str) -> Iterator[Case]:
        found = list(blocks(text, self.file))
        if any(block.kind in KINDS for block in found):
            self._refuse_misspelt(found)
        names: dict[str, int] = {}
        given: list[Block] = []
        for block in found:
            given = [before for before in given if before.headings == block.headings[: len(before.headings)]]
            if block.kind != "expect":
                given += [block] if block.kind in KINDS else []
                self.given += [block] if block.kind in KINDS else []
                continue
            name = " / ".join(title for level, title in block.headings if level > 1) or PurePosixPath(self.file).stem
            names[name] = names.get(name, 0) + 1
            yield self._case(name if names[name] == 1 else f"{name} ({names[name]})", block, given)

    def _refuse_misspelt(self, found: Iterable[Block]) -> None:
        for block in found:
            near = misspelt(block)
            if near is not None:
                raise wrong(self.file, block.start, f"`{block.kind}` is no block of a test", f"did you mean `{near}`?")

    def _case(self, name: str, expect: Block, given: Sequence[Block]) -> Case:
        last = {(block.kind, block.title): block for block in given}
        sections = {(block.kind, block.headings): block for block in given if block.kind == "options"}
        self.read |= {id(block) for block in (*last.values(), *sections.values())}
        product, previous, metrics = (last.get((kind, None)) for kind in ("product", "previous", "metrics"))
        data = tuple(self._data(block) for (kind, _), block in last.items() if kind == "data" and not _table(block))
        options = read_options(sections.values(), self.file)
        self._refuse_unknown_samples(options.sampled, data, expect)
        case = Case(
            name=name,
            file=self.file,
            expect=expect,
            policies=self._policies(last),
            options=options,
            product=None if product is None else self._contract(product),
            previous=None if previous is None else self._previous(previous),
            data=data,
            earlier=read_metrics(metrics, self.file) if metrics is not None else (),
        )
        return self._whole(case)

    def _whole(self, case: Case) -> Case:
        """The case, if there is something to test."""
        line = case.expect.start
        if _both(case.policies) == (None, None):
            help_ = "write a `policy` block, put the page beside its policies, or name them in a `policies` block"
            raise wrong(self.file, line, "no policies are given for this `expect`", help_)
        if case.product is None and not any(isinstance(one, Written) for one in _both(case.policies)):
            raise wrong(self.file, line, "no product is given for this `expect`", "write a `product` block above it")
        return case

    def _refuse_unknown_samples(self, sampled: Iterable[str], data: Iterable[Document], expect: Block) -> None:
        datasets = [PurePosixPath(one.name).stem for one in data]
        for name in sampled:
            if name not in datasets:
                near = nearest(name, datasets)
                help_ = f"did you mean `{near}`?" if near else f'write a block ```data title="{name}.csv"'
                raise wrong(self.file, expect.start, f"`sampled` names `{name}`, of which no data is given", help_)

    # ------------------------------------------------------------ policies

    def _policies(self, last: Mapping[tuple[str, str | None], Block]) -> Layers:
        written = [block for (kind, _), block in last.items() if kind == "policy" or (kind == "data" and _table(block))]
        named = self._named(last[("policies", None)]) if ("policies", None) in last else Layers(None)
        given = (named, self.otherwise or Layers(None))
        stored = next((one for one in given if one.council or one.domain), None) or self._beside()
        council, domain = (self._written(layer, written) for layer in _LAYERS)
        waivers = self._waivers(block for (kind, _), block in last.items() if kind == "waivers")
        return Layers(
            council or stored.council, domain or stored.domain, waivers or given[0].waivers or given[1].waivers
        )

    def _waivers(self, written: Iterable[Block]) -> Written | None:
        """The council's waivers that are written on the page."""
        names = ((block.title or "waivers.policy", block) for block in written)
        files = tuple(Document(f"waivers/{name}", block.text.encode(), block.start) for name, block in names)
        return Written(files) if files else None

    def _written(self, layer: str, written: Iterable[Block]) -> Written | None:
        files = []
        for block in written:
            path = block.title or ANONYMOUS
            first, _, rest = path.partition("/")
            if first not in _LAYERS or not rest or ".." in rest.split("/"):
                help_ = 'write title="global/…" for the council\'s, title="local/…" for the domain\'s'
                raise wrong(self.file, block.start, f"the title `{path}` names no layer", help_)
            if block.kind == "policy" and not path.endswith(POLICY_SUFFIX):
                raise wrong(self.file, block.start, f"`{path}` is not called `….policy`", "give the title that ending")
            if first == layer:
                files.append(Document(path, block.text.encode(), block.start))
        return Written(tuple(files)) if any(file.name.endswith(POLICY_SUFFIX) for file in files) else None

    def _named(self, block: Block) -> Layers:
        roots: dict[str, list[Path]] = {layer: [] for layer in _NAMED}
        for layer, values, line in read_settings(block, _NAMED, self.file):
            for value in values:
                root = Path(os.path.normpath(self.folder / value))
                root = root if root.exists() else layer_root(value)
                if not root.exists():
                    help_ = "name a folder or a file, seen from where this page is"
                    raise wrong(self.file, line, f"`{value}` does not exist", help_)
                roots[layer].append(root)
        return Layers(*(stored(tuple(roots[layer])) for layer in _NAMED))

    def _beside(self) -> Layers:
        return Layers(Stored((self.folder,)) if self.has_policies else None)

    # ------------------------------------------------------------ products and data

    def _contract(self, block: Block) -> Contract:
        base = None if block.source is None else self._file(block)
        return Contract(Document(self.file, block.text.encode(), block.start), base)

    def _previous(self, block: Block) -> Contract | Literal["none"]:
        return "none" if block.source is None and block.text.strip() == "none" else self._contract(block)

    def _data(self, block: Block) -> Document:
        name = block.title or (PurePosixPath(block.source).name if block.source else None)
        if name is None:
            raise wrong(self.file, block.start, "this `data` block has no title", 'write ```data title="orders.csv"')
        is_name = "/" not in name and "\\" not in name and name.isprintable() and len(name.encode()) <= _LONGEST_NAME
        if not is_name or (block.source is None and not name.endswith(_DATA)):
            help_ = f"call it after its dataset, ending in {' or '.join(_DATA)}; tables are called `global/….csv`"
            raise wrong(self.file, block.start, f"`{name}` is no name of data", help_)
        if block.source is None:
            return Document(name, block.text.encode(), block.start)
        if block.text.strip():
            raise wrong(self.file, block.start, "data from a file has no lines of its own", "leave the block empty")
        return Document(name, self._file(block).content)

    def _file(self, block: Block) -> Document:
        """The file that a block refers to."""
        source = block.source or ""
        path = self.folder / source
        try:
            if path.exists() and not path.is_file():
                raise ValueError("no file")  # noqa: TRY301 - a device has no end
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no file"
            help_ = "name a file, seen from where this page is"
            raise wrong(self.file, block.start, f"cannot read `{source}`: {reason}", help_) from error
        if len(content) > MAX_BYTES:
            raise wrong(self.file, block.start, f"`{source}` has more than {MAX_BYTES} bytes", "refer to less")
        return Document(path.as_posix(), content)


def stored(roots: tuple[Path, ...]) -> Stored | None:
    """A layer in files, where there are any."""
    return Stored(roots) if roots else None


def _both(layers: Layers) -> tuple[LayerGiven, LayerGiven]:
    return layers.council, layers.domain


def _table(block: Block) -> bool:
    """Is it a reference table of a layer?"""
    return block.title is not None and block.title.partition("/")[0] in _LAYERS and "/" in block.title
