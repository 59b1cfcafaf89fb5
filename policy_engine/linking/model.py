"""A linked policy set: packages, what they declare, and the parameters that domains have set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policy_engine.plan.layer import Layer
from policy_engine.syntax import ast


@dataclass(frozen=True, slots=True)
class Unit:
    """One parsed file and the layer that carries it. `tables` maps file names of the layer to their bytes."""

    layer: Layer
    file: ast.File
    tables: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration where it belongs. `imports` are the packages that its file sees, by the name it sees them under."""

    package: str
    layer: Layer
    node: ast.Declaration
    imports: Mapping[str, str]
    tables: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """The qualified name; an attribute's says what it types."""
        match self.node:
            case ast.Attribute(entity=entity, name=name):
                return f"{self.package}.attributes.{entity.text}.{name.text}"
            case ast.Set(path=path):
                return f"{self.package}.set.{path.text}"
            case node:
                return f"{self.package}.{node.name.text}"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of one layer: its named declarations."""

    name: str
    layer: Layer
    declarations: Mapping[str, Declared]


@dataclass(frozen=True, slots=True)
class Setting:
    """A domain's `set` of a global parameter, by the parameter's qualified name."""

    parameter: str
    declared: Declared
    node: ast.Set


@dataclass(frozen=True, slots=True)
class LinkedWaiver:
    """A waiver and what it names: a policy, and those of its rules that are meant. Who may grant it was looked at."""

    declared: Declared
    node: ast.Waiver
    policy: Declared
    rules: tuple[ast.Rule, ...]


@dataclass(frozen=True, slots=True)
class LinkedSet:
    """All packages of all layers. Iteration orders are sorted by name, so that the order of files does not matter.

    `lost` are the names, by package, whose declarations could not be read; None where the whole package is not there.
    What is wrong with them was said once, so that nothing is said of their uses.
    """

    packages: Mapping[str, Package]
    attributes: tuple[Declared, ...]
    settings: Mapping[str, Setting]
    waivers: tuple[LinkedWaiver, ...]
    lost: Mapping[str, frozenset[str] | None]
    units: tuple[Unit, ...] = ()

    def declared(self, package: str, name: str) -> Declared | None:
        """What `package` declares under `name`."""
        found = self.packages.get(package)
        return None if found is None else found.declarations.get(name)

    def is_lost(self, package: str, name: str) -> bool:
        """Would `package` perhaps declare `name` if all its text could be read?"""
        names = self.lost.get(package, frozenset())
        return names is None or name in names

    def is_lost_attribute(self, entity: str, name: str) -> bool:
        """The same for an `attribute`, which any package may declare."""
        spelled = f"{entity}.{name}".casefold()
        return any(spelled == lost.casefold() for names in self.lost.values() for lost in names or ())
