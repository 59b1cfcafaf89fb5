"""The entry of linking: gather packages, resolve imports, keep the layers apart, find what domains set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from policy_engine.diagnostics import Diagnostic, Label, nearest
from policy_engine.linking.formerly import former_names
from policy_engine.linking.model import Declared, LinkedSet, Package, Setting, Unit
from policy_engine.linking.schedules import check_schedules
from policy_engine.linking.waivers import link_waivers
from policy_engine.plan.layer import Layer
from policy_engine.syntax import ast
from policy_engine.verdict import ENGINE

#: The order in which names are settled: a domain's come last.
_LAYERS: Final = tuple(Layer)


def link(units: Iterable[Unit]) -> tuple[LinkedSet, list[Diagnostic]]:
    """One policy set of all files of all layers, and what keeps them from fitting together."""
    ordered = sorted(units, key=lambda unit: (_LAYERS.index(unit.layer), unit.file.source_name))
    layers = _layers(ordered)
    diagnostics = [d for unit in ordered for d in (*_intrusion(unit, layers), *_reserved(unit))]
    lost = _lost(ordered)
    declared: list[Declared] = []
    for unit in ordered:
        imports, problems = _imports(unit, layers)
        diagnostics += problems
        lost.update({name: None for name in imports.values() if name not in layers})
        package = unit.file.package.text
        declared += [Declared(package, unit.layer, node, imports, unit.tables) for node in unit.file.declarations]
    packages, duplicates = _packages(declared, {**dict.fromkeys(lost, Layer.GLOBAL), **layers})
    attributes, clashes = _attributes(declared)
    settings, misplaced = _settings(declared, packages, lost)
    former, claims = former_names(packages)
    waivers, misused = link_waivers(declared, packages, former, lambda path: _is_lost(path, lost))
    diagnostics += [*duplicates, *_nested(packages), *clashes, *misplaced, *check_schedules(declared)]
    diagnostics += [*claims, *misused]
    return LinkedSet(packages, attributes, settings, waivers, lost, tuple(ordered)), diagnostics


def _lost(units: Sequence[Unit]) -> dict[str, frozenset[str] | None]:
    """The names of each package whose declarations could not be read."""
    lost: dict[str, frozenset[str] | None] = {}
    for unit in units:
        lost[unit.file.package.text] = (lost.get(unit.file.package.text) or frozenset()) | unit.file.lost
    return lost


def _layers(units: Sequence[Unit]) -> dict[str, Layer]:
    """Which layer each package is of; global wins where a domain intrudes, which is diagnosed."""
    layers: dict[str, Layer] = {}
    for unit in units:
        layers.setdefault(unit.file.package.text, unit.layer)
    return layers


def _intrusion(unit: Unit, layers: Mapping[str, Layer]) -> list[Diagnostic]:
    if unit.layer is not Layer.DOMAIN:
        return []
    package = unit.file.package
    for name, layer in layers.items():
        if layer is not Layer.DOMAIN and f"{package.text}.".lower().startswith(f"{name}.".lower()):
            what = "global package" if layer is Layer.GLOBAL else "package of the council's waivers"
            message = f"a domain's package `{package.text}` lies in the {what} `{name}`"
            return [
                Diagnostic(
                    "LNK005", message, package.span, "the council's", "give the package a name of the domain's own"
                )
            ]
    return []


def _reserved(unit: Unit) -> list[Diagnostic]:
    """No package or policy is called `attributes`, as the rules of typed attributes are, and none begins with `engine`."""
    policies = [node.name for node in unit.file.declarations if isinstance(node, ast.Policy)]
    taken = [unit.file.package, *policies]
    message, help_ = "`attributes` is what the rules of typed attributes are called", "choose another name"
    found = [
        Diagnostic("LNK014", message, ident.span, help=help_)
        for ident in taken
        if "attributes" in ident.text.split(".")
    ]
    if unit.file.package.text.split(".")[0].lower() == ENGINE:
        message = f"`{ENGINE}` is what the engine's own rules are called"
        found.append(Diagnostic("LNK014", message, unit.file.package.span, help=help_))
    return found


def _imports(unit: Unit, layers: Mapping[str, Layer]) -> tuple[dict[str, str], list[Diagnostic]]:
    """The packages this file sees: itself, and what it imports under alias or last segment."""
    seen: dict[str, str] = {}
    places: dict[str, ast.Import] = {}
    diagnostics: list[Diagnostic] = []
    for imported in unit.file.imports:
        problem = _import_problem(unit, imported, layers)
        if problem is not None:
            diagnostics.append(problem)
        alias = imported.alias.text if imported.alias is not None else imported.package.text.rpartition(".")[2]
        if alias in seen and seen[alias] != imported.package.text:
            diagnostics.append(
                Diagnostic(
                    "LNK002",
                    f"two imports are both called `{alias}`",
                    imported.package.span,
                    help="add `as other_name` to one of them",
                    related=(Label(places[alias].package.span, "the other one"),),
                )
            )
            continue
        seen[alias] = imported.package.text
        places[alias] = imported
        if imported.package.text not in layers and (meant := nearest(imported.package.text, layers)) is not None:
            seen.setdefault(meant.rpartition(".")[2], meant)  # who uses it spelt right is not told that it is unknown
    return seen, diagnostics


def _import_problem(unit: Unit, imported: ast.Import, layers: Mapping[str, Layer]) -> Diagnostic | None:
    name = imported.package.text
    layer = layers.get(name)
    if layer is None:
        near = nearest(name, layers)
        help_ = f"did you mean `{near}`?" if near else "no file of the layers given declares this package"
        return Diagnostic("LNK001", f"no package `{name}`", imported.package.span, help=help_)
    if unit.layer is not Layer.DOMAIN and layer is Layer.DOMAIN:
        what = "a global file" if unit.layer is Layer.GLOBAL else "a file of the council's waivers"
        help_ = "what the council says never rests on what a domain says: move what it needs into a global package"
        return Diagnostic("LNK004", f"{what} imports the domain's package `{name}`", imported.package.span, help=help_)
    return None


def _packages(declared: Sequence[Declared], layers: Mapping[str, Layer]) -> tuple[dict[str, Package], list[Diagnostic]]:
    """Every package of `layers`, also those that declare nothing or are not there."""
    found: dict[str, dict[str, Declared]] = {name: {} for name in layers}
    diagnostics: list[Diagnostic] = []
    for item in declared:
        names = found[item.package]
        if isinstance(item.node, ast.Attribute | ast.Set):
            continue
        ident = item.node.name
        if ident.text in names:
            first = names[ident.text].node
            assert not isinstance(first, ast.Set)
            diagnostics.append(
                Diagnostic(
                    "LNK002",
                    f"`{item.package}` declares `{ident.text}` twice",
                    ident.span,
                    "again here",
                    "give one of them another name",
                    (Label(first.name.span, "first here"),),
                )
            )
            continue
        names[ident.text] = item
    packages = {name: Package(name, layers[name], dict(sorted(found[name].items()))) for name in sorted(found)}
    return packages, diagnostics


def _nested(packages: Mapping[str, Package]) -> list[Diagnostic]:
    """No policy is called like a package: what they declare could not be told apart by name."""
    return [
        Diagnostic(
            "LNK002",
            f"policy `{declared.node.name.text}` is called like the package `{declared.name}`",
            declared.node.name.span,
            "their rules and parameters would have the same names",
            "give the policy another name",
        )
        for package in packages.values()
        for declared in package.declarations.values()
        if isinstance(declared.node, ast.Policy) and _clashes(package, packages.get(declared.name))
    ]


def _clashes(package: Package, named_alike: Package | None) -> bool:
    """A domain's package below a global one has its message already."""
    return named_alike is not None and not (package.layer is Layer.GLOBAL and named_alike.layer is Layer.DOMAIN)


def _attributes(declared: Sequence[Declared]) -> tuple[tuple[Declared, ...], list[Diagnostic]]:
    found: dict[tuple[str, str], tuple[Declared, ast.Attribute]] = {}
    diagnostics: list[Diagnostic] = []
    for item in declared:
        if not isinstance(item.node, ast.Attribute):
            continue
        node = item.node
        key = node.entity.text.capitalize(), node.name.text
        if key in found:
            other = found[key][1]
            message = f"`{node.entity.text}.{key[1]}` is typed twice"
            related = (Label(other.name.span, "first here"),)
            foreign = item.layer is not found[key][0].layer
            help_ = "the council typed it: use it as it is" if foreign else "keep one of them"
            diagnostics.append(Diagnostic("LNK012", message, node.name.span, "again here", help_, related))
            continue
        problem = _attribute_problem(item, node)
        diagnostics += [] if problem is None else [problem]
        found[key] = item, node
    return tuple(found[key][0] for key in sorted(found)), diagnostics


def _attribute_problem(item: Declared, node: ast.Attribute) -> Diagnostic | None:
    """A domain types only custom properties whose keys begin with its own package, in full or by its last name."""
    if item.layer is Layer.GLOBAL:
        return None
    own = f"{item.package.rpartition('.')[2]}."
    if node.custom is not None and node.custom.startswith((own, f"{item.package}.")):
        return None
    return Diagnostic(
        "LNK013",
        f"a domain types `{node.entity.text}.{node.name.text}`, which is not its own",
        node.name.span,
        help=f'a domain may type custom properties of its own: `from custom "{own}…"`',
    )


def _settings(
    declared: Sequence[Declared], packages: Mapping[str, Package], lost: Mapping[str, frozenset[str] | None]
) -> tuple[dict[str, Setting], list[Diagnostic]]:
    settings: dict[str, Setting] = {}
    diagnostics: list[Diagnostic] = []
    for item in declared:
        if not isinstance(item.node, ast.Set):
            continue
        node = item.node
        parameter = _parameter(item, node, packages, lost)
        if not isinstance(parameter, str):
            diagnostics += [] if parameter is None else [parameter]
        elif parameter in settings:
            related = (Label(settings[parameter].node.span, "first here"),)
            message = f"`{parameter}` is set twice"
            diagnostics.append(Diagnostic("LNK010", message, node.path.span, "again here", "keep one of them", related))
        else:
            settings[parameter] = Setting(parameter, item, node)
    return dict(sorted(settings.items())), diagnostics


def _parameter(
    item: Declared, node: ast.Set, packages: Mapping[str, Package], lost: Mapping[str, frozenset[str] | None]
) -> str | Diagnostic | None:
    """The qualified name of the parameter that a `set` means; None where its declaration could not be read."""
    if item.layer is Layer.GLOBAL:
        help_ = "change the parameter's default instead"
        return Diagnostic("LNK006", "`set` in a global file", node.path.span, "only domains set parameters", help_)
    known = {
        f"{package.name}.{name}.{param.name.text}": param
        for package in packages.values()
        if package.layer is Layer.GLOBAL
        for name, declared in package.declarations.items()
        if isinstance(declared.node, ast.Policy)
        for param in declared.node.params
    }
    alias, _, rest = node.path.text.partition(".")
    path = f"{item.imports[alias]}.{rest}" if alias in item.imports and node.path.text not in known else node.path.text
    if path not in known and _is_lost(path, lost):
        return None
    if path not in known:
        near = nearest(path, known)
        full = "a path is package.policy.parameter, with the package imported or in full"
        help_ = f"did you mean `{near}`?" if near else full
        return Diagnostic("LNK007", f"no global policy has a parameter `{node.path.text}`", node.path.span, help=help_)
    if not known[path].freedoms:
        related = (Label(known[path].span, "no `domains may …` here"),)
        message = f"`{node.path.text}` is not delegated to domains"
        help_ = "ask the council, or add a rule of your own that is stricter"
        return Diagnostic("LNK008", message, node.path.span, "the council keeps it", help_, related)
    return path


def _is_lost(path: str, lost: Mapping[str, frozenset[str] | None]) -> bool:
    """Does the path lie in a policy, or name a parameter, whose text could not be read?"""
    for package, names in lost.items():
        if path.startswith(f"{package}.") and (names is None or not names.isdisjoint(path[len(package) :].split("."))):
            return True
    return False
