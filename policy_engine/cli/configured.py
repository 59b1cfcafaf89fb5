"""What commands take from `policy-engine.toml` where the command line does not say."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from policy_engine._resources import layer_root
from policy_engine.cli.inputs import PATH
from policy_engine.errors import UsageError

if TYPE_CHECKING:
    from policy_engine.configuration import Configuration, Own

#: By parameter, the attribute of a configuration that it is taken from, and the key's name in the file.
_TAKEN: Final = {
    "global_paths": ("global_", "global"),
    "local_paths": ("local", "local"),
    "waiver_paths": ("waivers", "waivers"),
    "data": ("data", "data"),
    "sampled": ("sampled", "sampled"),
    "previous": ("previous", "previous"),
    "stage": ("stage", "stage"),
    "baseline": ("baseline", "baseline"),
    "title": ("title", "title"),
}
#: Parameters that replace each other: data that is given makes other data no sample.
_TOGETHER: Final = {"data": "sampled", "sampled": "data"}
#: What excuses a product. Who names the council's policies does not take it from a file that merely lies beside them,
#: which whoever is judged can change.
_EXCUSES: Final = frozenset({"waiver_paths", "baseline"})
_META: Final = "policy_engine.configured"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The configuration of this call, and which parameters the command line gave itself."""

    configuration: Configuration | None
    given: frozenset[str]

    @property
    def has_own(self) -> bool:
        """Is there something that one product only has?"""
        return self.configuration is not None and bool(self.configuration.own)

    def is_given(self, *names: str) -> bool:
        """Did the command line give one of these parameters?"""
        return not self.given.isdisjoint(names)

    def own(self, id_: str) -> Own:
        """What the file says of one product, without what the command line said."""
        from policy_engine.configuration import Own

        own = dict(self.configuration.own).get(id_, Own()) if self.configuration is not None else Own()
        return Own(
            local=None if "local_paths" in self.given else own.local,
            data=None if "data" in self.given else own.data,
            sampled=None if "data" in self.given else own.sampled,
            previous=None if "previous" in self.given else own.previous,
            earlier=None if "earlier" in self.given else own.earlier,
        )


def configured(
    *,
    always_told: bool = False,
    paths_are_policies: bool = False,
    unless: Callable[[dict[str, Any]], bool] = lambda _: False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A command that takes what it was not given from the configuration file; `--verbose` tells what that was.

    `unless` the options say that nothing in it could matter.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        has_verbose = "verbose" in inspect.signature(function).parameters

        @functools.wraps(function)
        def run(config: Path | None, no_config: bool, **options: Any) -> Any:
            verbose = options["verbose"] if has_verbose else options.pop("verbose")
            given = _given(options, paths_are_policies=paths_are_policies)
            return function(
                **fill(config, options, given, is_off=no_config or unless(options), is_told=verbose or always_told)
            )

        add = [
            click.option("--config", type=PATH, metavar="FILE", help="the configuration; default: policy-engine.toml"),
            click.option("--no-config", is_flag=True, help="take nothing from a configuration file"),
        ]
        if not has_verbose:
            add.append(click.option("--verbose", is_flag=True, help="say what was taken from the configuration file"))
        wrapped: Callable[..., Any] = run
        for option in reversed(add):
            wrapped = option(wrapped)
        return wrapped

    return decorate


def chosen() -> Chosen:
    """What the running command took."""
    found = click.get_current_context().meta.get(_META)
    return found if isinstance(found, Chosen) else Chosen(None, frozenset())


def authored() -> tuple[Path, ...]:
    """The policies that are written here, as the file says. Raises UsageError where there is nothing to say so."""
    configuration = chosen().configuration
    return _needed(() if configuration is None else configuration.authored)


def tested() -> tuple[Path, ...]:
    """The pages of tests, likewise."""
    configuration = chosen().configuration
    return _needed(() if configuration is None else configuration.tested)


def _needed(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    own = tuple(path for path in paths if layer_root(path) == path)
    if not own:
        raise UsageError("no PATH was given", help="name files or folders, or policies in policy-engine.toml")
    return own


def fill(
    config: Path | None, options: dict[str, Any], given: frozenset[str], *, is_off: bool, is_told: bool
) -> dict[str, Any]:
    """The options, those that were not given from the file, if there is one."""
    configuration = _configuration(config, _starts(options, given), is_off=is_off)
    click.get_current_context().meta[_META] = Chosen(configuration, given)
    if configuration is None:
        return options
    filled = dict(options)
    taken = []
    is_only_found = config is None and "global_paths" in given
    for name, (attribute, key) in _TAKEN.items():
        value = getattr(configuration, attribute)
        if name not in options or name in given or not value:
            continue
        if is_only_found and name in _EXCUSES:
            click.echo(f"note: `{key}` of {configuration.file} is not taken beside --global: give --{key}", err=True)
        else:
            filled[name] = value
            taken.append(key)
    if "products" in options and "products" not in given and configuration.products:
        filled["products"] = configuration.products
        taken.append("products")
    if "forms" in options and not given & {"forms", "outputs"} and configuration.outputs:
        taken.append("output")
    if is_told:
        own = [f'product."{id_}"' for id_, _ in configuration.own] if {"products", "product"} & set(options) else []
        click.echo(f"note: from {configuration.file}: {', '.join([*taken, *own]) or 'nothing'}", err=True)
    return filled


def _given(options: Iterable[str], *, paths_are_policies: bool) -> frozenset[str]:
    """The parameters that the command line gave, with those that they replace."""
    context = click.get_current_context()
    given = {name for name in options if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    given |= {_TOGETHER[name] for name in given if name in _TOGETHER}
    if paths_are_policies and "paths" in given:  # what is in the file was meant for other policies
        given |= {"global_paths", "local_paths", "waiver_paths"}
    return frozenset(given)


def _starts(options: dict[str, Any], given: frozenset[str]) -> tuple[Path, ...]:
    """The paths from which the file is looked for: what is judged, else the working folder."""
    for name in ("products", "product", "paths"):
        value = options.get(name)
        if name in given and value:
            return tuple(Path(one) for one in value) if isinstance(value, tuple) else (Path(value),)
    return (Path(),)


def _configuration(config: Path | None, starts: tuple[Path, ...], *, is_off: bool) -> Configuration | None:
    from policy_engine.configuration import find

    if is_off:
        if config is not None:
            raise UsageError("--config and --no-config contradict each other", help="give one of them")
        return None
    found = {find(start): start for start in reversed(starts)} if config is None else {config: Path()}
    if len(found) > 1:
        places = " and ".join(
            f"`{start}` ({'none' if file is None else file})" for file, start in list(found.items())[:2]
        )
        raise UsageError(
            f"the products are configured by different files: {places}", help="name one with --config, or --no-config"
        )
    file = next(iter(found))
    if file is None:
        return None
    from policy_engine.configuration.read import read

    return read(file)
