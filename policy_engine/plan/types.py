"""The types of the policy language. Missing is one of them: `Optional(T)` is a T that the product may not state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A built-in type without parts: Bool, Int, Decimal, String, Date, …"""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A closed vocabulary. `name` is qualified by its package; members compare by position where `ordered`."""

    name: str
    members: tuple[str, ...]
    ordered: bool

    def __str__(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of the governed world: Product, Dataset, Field, Change, …"""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Sequence:
    """`List<T>` or, where `distinct`, `Set<T>`."""

    of: Type
    distinct: bool = False

    def __str__(self) -> str:
        return f"{'Set' if self.distinct else 'List'}<{self.of}>"


@dataclass(frozen=True, slots=True)
class Optional:
    """`T?`: a T that may be missing. Never nested."""

    of: Type

    def __str__(self) -> str:
        return f"{self.of}?"


Type: TypeAlias = Scalar | Enumeration | Entity | Sequence | Optional

BOOL = Scalar("Bool")
INT = Scalar("Int")
DECIMAL = Scalar("Decimal")
STRING = Scalar("String")
DATE = Scalar("Date")
TIMESTAMP = Scalar("Timestamp")
DURATION = Scalar("Duration")
REGEX = Scalar("Regex")
VERSION = Scalar("Version")
#: A value out of a dataset, whose type is known only once a product's schema is bound.
COLUMN = Scalar("Column")
#: The type of `[]` and `{}`, and of an expression that already has a diagnostic: fits everywhere.
ANY = Scalar("Any")


def optional(of: Type) -> Type:
    """`of?`, without nesting."""
    return of if isinstance(of, Optional) else Optional(of)


def required(of: Type) -> Type:
    """`of` without its `?`."""
    return of.of if isinstance(of, Optional) else of
