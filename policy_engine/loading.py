"""Files of policies to what is evaluated: read, parsed, linked, checked, compiled, in this order, or taken as kept.

Policies are loaded once and used for many products.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from policy_engine import plan_cache
from policy_engine.diagnostics import Diagnostic, Level, PolicyTextError
from policy_engine.errors import UsageError
from policy_engine.evaluation.model import PoliciesUsed
from policy_engine.plan.canonical import Digest
from policy_engine.plan.codec import plan_digest
from policy_engine.plan.layer import POLICY_SUFFIX, TABLE_SUFFIX, Layer, LayerFiles, read_layer
from policy_engine.plan.model import LANGUAGE, Plan
from policy_engine.plan.origins import Origins

if TYPE_CHECKING:
    from policy_engine.checking.model import CheckedSet
    from policy_engine.linking import LinkedSet


@dataclass(frozen=True, slots=True)
class Policies:
    """Compiled policies of both layers with the waivers, and the files they came from.

    `origins` tells where the plan's expressions were written; a plan that was kept between runs has forgotten it.
    """

    plan: Plan
    used: PoliciesUsed
    global_files: LayerFiles | None
    local_files: LayerFiles | None
    waiver_files: LayerFiles | None = None
    origins: Origins | None = field(default=None, compare=False)


def load_policies(
    global_: Sequence[Path], local: Sequence[Path] = (), waivers: Sequence[Path] = (), *, cache: Path | None = None
) -> Policies:
    """Compile the policies of both layers, or take the plan that was kept in `cache` for the very same sources.

    `waivers` are the council's; a domain's stand in its own files.
    Raises PolicyTextError where their text has errors, UsageError where there are none.
    """
    layers = _layers(global_, local, waivers)
    digests = tuple(None if files is None else files.digest for files in layers)
    name = None if cache is None else plan_cache.key(*digests)
    kept = plan_cache.find(cache, name) if cache is not None and name is not None else None
    if kept is not None:
        found, digest = kept
        return Policies(found, _used(layers, digest), *layers)
    plan, origins, diagnostics = _compiled(layers)
    if plan is None:
        raise PolicyTextError(tuple(diagnostics))
    if cache is not None and name is not None:
        plan_cache.keep(cache, name, plan)
    return _policies(plan, layers, origins)


def diagnose(
    global_: Sequence[Path],
    local: Sequence[Path] = (),
    waivers: Sequence[Path] = (),
    *,
    lint_as_of: date | None = None,
) -> tuple[Policies | None, list[Diagnostic]]:
    """Every diagnostic of the policies' text, and the compiled policies where none of them is an error.

    With `lint_as_of`, the linter's advice as of that day is among them, where there is no error.
    """
    return diagnose_layers(*_layers(global_, local, waivers), lint_as_of=lint_as_of)


def diagnose_layers(
    global_: LayerFiles | None,
    local: LayerFiles | None,
    waivers: LayerFiles | None = None,
    *,
    lint_as_of: date | None = None,
) -> tuple[Policies | None, list[Diagnostic]]:
    """The same for layers that were read already, or that are not in files."""
    layers = (global_, local, waivers)
    linked, checked, diagnostics = _understood(layers)
    plan, origins, diagnostics = _compile(checked, diagnostics)
    if plan is None:
        return None, diagnostics
    if lint_as_of is not None:
        from policy_engine.linting import lint

        diagnostics += lint(linked, checked, lint_as_of)
    return _policies(plan, layers, origins), diagnostics


@dataclass(frozen=True, slots=True)
class Authored:
    """Policies as their authors wrote them, beside what was compiled of them."""

    linked: LinkedSet
    checked: CheckedSet
    policies: Policies


def authored(global_: Sequence[Path], local: Sequence[Path] = (), waivers: Sequence[Path] = ()) -> Authored:
    """The policies of both layers with their syntax trees. Raises PolicyTextError where their text has errors."""
    layers = _layers(global_, local, waivers)
    linked, checked, diagnostics = _understood(layers)
    plan, origins, diagnostics = _compile(checked, diagnostics)
    if plan is None:
        raise PolicyTextError(tuple(diagnostics))
    return Authored(linked, checked, _policies(plan, layers, origins))


def names_today(policies: Policies, names: Iterable[str]) -> dict[str, str]:
    """What rules of these names are called today, by what their `formerly` says."""
    from policy_engine.linking import former_names, today

    linked, _ = _linked((policies.global_files, policies.local_files, None))
    former, _ = former_names(linked.packages)
    layers = (Layer.GLOBAL, Layer.DOMAIN)
    return {
        name: next((new for layer in layers if (new := today(name, layer, former)) != name), name) for name in names
    }


Layers = tuple[LayerFiles | None, LayerFiles | None, LayerFiles | None]


def _layers(global_: Sequence[Path], local: Sequence[Path], waivers: Sequence[Path]) -> Layers:
    if not global_ and not local:
        raise UsageError("no policies were given", help="name a folder of policies with --global, --local or both")
    return (
        read_layer(Layer.GLOBAL, tuple(global_)) if global_ else None,
        read_layer(Layer.DOMAIN, tuple(local)) if local else None,
        read_layer(Layer.WAIVERS, tuple(waivers)) if waivers else None,
    )


def _policies(plan: Plan, layers: Layers, origins: Origins) -> Policies:
    return Policies(plan, _used(layers, plan_digest(plan)), *layers, origins)


def _used(layers: Layers, plan: Digest) -> PoliciesUsed:
    council, domain, waivers = (None if files is None else files.digest for files in layers)
    return PoliciesUsed(council, domain, plan, LANGUAGE, waivers)


def _compiled(layers: Layers) -> tuple[Plan | None, Origins, list[Diagnostic]]:
    _, checked, diagnostics = _understood(layers)
    return _compile(checked, diagnostics)


def _compile(checked: CheckedSet, diagnostics: list[Diagnostic]) -> tuple[Plan | None, Origins, list[Diagnostic]]:
    from policy_engine.compilation import compile_policies

    origins = Origins()
    if any(diagnostic.level is Level.ERROR for diagnostic in diagnostics):
        return None, origins, diagnostics
    plan, problems = compile_policies(checked, origins)
    return (None if problems else plan), origins, [*diagnostics, *problems]


def _understood(layers: Layers) -> tuple[LinkedSet, CheckedSet, list[Diagnostic]]:
    from policy_engine.checking import check as check_types

    linked, diagnostics = _linked(layers)
    checked, problems = check_types(linked)
    return linked, checked, diagnostics + problems


def _linked(layers: Layers) -> tuple[LinkedSet, list[Diagnostic]]:
    from policy_engine.linking import Unit, link
    from policy_engine.syntax import parse

    units: list[Unit] = []
    diagnostics: list[Diagnostic] = []
    for files in (files for files in layers if files is not None):
        tables = {member.path: member.content for member in files.members if member.path.endswith(TABLE_SUFFIX)}
        for member in files.members:
            if member.path.endswith(POLICY_SUFFIX):
                tree, _, problems = parse(member.location.as_posix(), member.content)
                diagnostics += problems
                units += [] if tree is None else [Unit(files.layer, tree, tables)]
    linked, problems = link(units)
    return linked, diagnostics + problems
