"""What each product is judged by: what is given for all, and what the configuration file says of one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from policy_engine.cli import inputs
from policy_engine.cli.configured import Chosen, chosen
from policy_engine.errors import ConfigurationError, PolicyEngineError

if TYPE_CHECKING:
    from policy_engine.configuration import Own
    from policy_engine.engine import DataGiven
    from policy_engine.loading import Policies


@dataclass(frozen=True, slots=True)
class JudgedBy:
    """Policies, data and earlier versions, as the engine takes them."""

    policies: Policies
    data: Mapping[str, DataGiven]
    previous: Path | Literal["none"] | None
    earlier: tuple[Path, ...]


#: Local policies -> all policies, compiled.
Loader = Callable[[tuple[Path, ...]], "Policies"]


@dataclass(slots=True)
class PerProduct:
    """By file, what it is judged by. Contracts are read for their ids only where the file says something of one."""

    shared: JudgedBy
    load: Loader
    chosen: Chosen = field(default_factory=chosen)
    _loaded: dict[tuple[Path, ...], Policies] = field(default_factory=dict)

    def of(self, file: Path) -> JudgedBy:
        """What this product is judged by."""
        if not self.chosen.has_own:
            return self.shared
        own, shared = self.chosen.own(_id(file)), self.shared
        has_data = own.data is not None or own.sampled is not None
        return JudgedBy(
            policies=shared.policies if own.local is None else self._policies(own.local),
            data=inputs.data_from(own.data or (), own.sampled or ()) if has_data else shared.data,
            previous=shared.previous if own.previous is None else inputs.previous_from(own.previous, [file]),
            earlier=shared.earlier if own.earlier is None else own.earlier,
        )

    def refuse_strangers(self, files: Sequence[Path]) -> None:
        """Where all products of the file are judged, each of its tables has to be about one of them."""
        configuration = self.chosen.configuration
        if configuration is None or not configuration.own or "products" in self.chosen.given:
            return
        try:
            ids = {_id(file) for file in files}
        except PolicyEngineError:  # it is said where that product is judged
            return
        strangers = [id_ for id_, _ in configuration.own if id_ not in ids]
        if strangers:
            raise ConfigurationError(
                f'`{configuration.file}` has a table `product."{strangers[0]}"`, and no product has this id',
                help=f"the ids of its products: {', '.join(sorted(ids))}",
            )

    def paths(self) -> Iterator[Path]:
        """Everything that is read for single products."""
        for _, own in self.chosen.configuration.own if self.chosen.configuration is not None else ():
            yield from _paths(own)

    def _policies(self, local: tuple[Path, ...]) -> Policies:
        if local not in self._loaded:
            self._loaded[local] = self.load(local)
        return self._loaded[local]


def own_options(file: Path) -> dict[str, Any]:
    """The options that the configuration file has for one product, where it has some."""
    if not chosen().has_own:
        return {}
    own = chosen().own(_id(file))
    options: dict[str, Any] = {"local_paths": own.local, "previous": own.previous, "earlier": own.earlier}
    if own.data is not None or own.sampled is not None:
        options |= {"data": own.data or (), "sampled": own.sampled or ()}
    return {name: value for name, value in options.items() if value is not None}


def _paths(own: Own) -> Iterator[Path]:
    yield from own.local or ()
    yield from own.earlier or ()
    yield from inputs.data_paths(inputs.data_from(own.data or (), own.sampled or ()))
    if own.previous not in {None, "none"}:
        yield Path(str(own.previous))


def _id(file: Path) -> str:
    from policy_engine import document_cache, kept
    from policy_engine.product.read import read_product

    cache = kept.folder()
    return (read_product(file) if cache is None else document_cache.read_product(file, cache)).id
