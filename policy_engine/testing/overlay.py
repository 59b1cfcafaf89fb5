"""The contract of a case -> the product: what is left out is added, what is written is laid over the file it is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_engine.plan.canonical import digest
from policy_engine.product import Product, Value
from policy_engine.product.document import Document as Values
from policy_engine.product.document import Places, escape
from policy_engine.product.odcs import read_odcs
from policy_engine.product.text import read_document
from policy_engine.testing.model import Contract

#: What the contract of a case is called.
NAME: Final = "product.yaml"
#: What a contract has to have, and a test seldom says.
BOILERPLATE: Final[Mapping[str, str]] = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "product"}
#: What tells the members of a list apart; the first that all of them have.
_NAMES: Final = ("name", "property", "server", "username", "role")
_Positions = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class CaseProduct:
    """The product of a case. Its places are in `text`: the block, and behind it the file that the block refers to."""

    product: Product
    text: str


def product_of(contract: Contract, *, line: int = 0, name: str = NAME) -> CaseProduct:
    """The product that a contract describes; its first line is number `line + 1` of `name`. Raises ProductError."""
    own, base = contract.own, contract.base
    above = _read(own.content, line, name)
    if base is None:
        return CaseProduct(read_odcs(_completed(above), name, digest(own.content)), own.content.decode())
    below = read_document(base.content, base.name)
    values = _laid_over(above, below, contract.lines + line)
    product = read_odcs(values, name, digest(own.content + base.content))
    return CaseProduct(product, own.content.decode() + base.content.decode("utf-8-sig", "replace"))


def _read(content: bytes, line: int, name: str) -> Values:
    """The values of a block, with as many empty lines before it as it has lines above it."""
    if not content.strip():
        return Values({}, Places({"": (line, 0)}))
    return read_document(b"\n" * line + content, name)


def _completed(own: Values) -> Values:
    """The contract with what it has to have, where it says nothing of it."""
    missing = {key: value for key, value in BOILERPLATE.items() if key not in own.root}
    places = {pointer: (place.line - 1, place.column - 1) for pointer, place in own.places.items()}
    return Values({**missing, **own.root}, Places(places | {f"/{key}": places[""] for key in missing}))


def _laid_over(above: Values, below: Values, line: int) -> Values:
    merging = _Merging(below, above, line)
    value = merging.both("", "", "", below.root, above.root)
    assert isinstance(value, Mapping)
    return Values(value, Places(merging.positions))


class _Merging:
    """Lays one document over another, and keeps where everything stands."""

    def __init__(self, below: Values, above: Values, line: int) -> None:
        self.positions: _Positions = {}
        self._places = {True: below.places, False: above.places}
        self._line = line

    def both(self, to: str, at_below: str, at_above: str, below: Value, above: Value) -> Value:
        """What two values make together: mappings key by key, lists of named things by name, else the upper one."""
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            return self._mappings(to, at_below, at_above, below, above)
        named = _named(below)
        if named is not None:
            changes = _changes(above)
            if changes is not None:
                return self._lists(to, at_below, at_above, named, changes)
        return self._one(to, at_above, above, is_base=False)

    def _mappings(
        self, to: str, at_below: str, at_above: str, below: Mapping[str, Value], above: Mapping[str, Value]
    ) -> Value:
        self._stands(to, at_below, is_base=True)
        made: dict[str, Value] = {}
        for key in dict.fromkeys((*below, *above)):
            end = f"/{escape(key)}"
            if key not in above:
                made[key] = self._one(to + end, at_below + end, below[key], is_base=True)
            elif above[key] is None:
                continue
            elif key not in below:
                made[key] = self._one(to + end, at_above + end, above[key], is_base=False)
            else:
                made[key] = self.both(to + end, at_below + end, at_above + end, below[key], above[key])
        return made

    def _lists(
        self,
        to: str,
        at_below: str,
        at_above: str,
        below: tuple[str, dict[str, tuple[str, Value]]],
        above: dict[str, tuple[str, Value]],
    ) -> Value:
        """Members keep their order; new ones come behind."""
        self._stands(to, at_below, is_base=True)
        key, members = below
        made: list[Value] = []
        for name in dict.fromkeys((*members, *above)):
            end = f"/{len(made)}"
            if name not in above:
                made.append(self._one(to + end, at_below + members[name][0], members[name][1], is_base=True))
            elif above[name][1] is None:
                continue
            elif name not in members:
                made.append(self._added(to + end, at_above + above[name][0], key, name, above[name][1]))
            else:
                ends = at_below + members[name][0], at_above + above[name][0]
                made.append(self.both(to + end, *ends, members[name][1], above[name][1]))
        return tuple(made)

    def _added(self, to: str, at: str, key: str, name: str, value: Value) -> Value:
        """A new member; where it was written as `name: …`, it gets its name."""
        made = self._one(to, at, value, is_base=False)
        if not isinstance(made, Mapping) or key in made:
            return made
        self._stands(f"{to}/{key}", at, is_base=False)
        return {key: name, **made}

    def _one(self, to: str, at: str, value: Value, *, is_base: bool) -> Value:
        for end in _ends(value):
            self._stands(to + end, at + end, is_base=is_base)
        return value

    def _stands(self, to: str, at: str, *, is_base: bool) -> None:
        place = self._places[is_base][at]
        self.positions[to] = (place.line - 1 + (self._line if is_base else 0), place.column - 1)


def _ends(value: Value) -> Iterator[str]:
    """The pointers of a value and of everything in it, seen from the value."""
    yield ""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from (f"/{escape(key)}{end}" for end in _ends(member))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from (f"/{index}{end}" for end in _ends(member))


def _named(value: Value) -> tuple[str, dict[str, tuple[str, Value]]] | None:
    """The members of a list by name, with the key that names them; None where it is no list of named things."""
    if not isinstance(value, tuple) or not value:
        return None
    for key in _NAMES:
        names = [member.get(key) if isinstance(member, Mapping) else None for member in value]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return key, {str(name): (f"/{at}", value[at]) for at, name in enumerate(names)}
    return None


def _changes(value: Value) -> dict[str, tuple[str, Value]] | None:
    """What is laid over a list of named things: such a list, or a mapping from names; None where it is neither."""
    if isinstance(value, Mapping):
        return {name: (f"/{escape(name)}", member) for name, member in value.items()}
    named = _named(value)
    return None if named is None else named[1]
