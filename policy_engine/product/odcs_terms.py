"""What an ODCS contract says of the product as a whole: owner, ports, SLAs, retention, support, custom properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from policy_engine.plan.values import Duration
from policy_engine.product.blank import is_blank
from policy_engine.product.dates import read_date
from policy_engine.product.durations import read_duration
from policy_engine.product.model import Owner, Sla, Value
from policy_engine.product.part import Part, describe

_SLA: Final = {
    "name": "property",
    "value": "value",
    "unit": "unit",
    "element": "element",
    "driver": "driver",
    "description": "description",
    "schedule": "schedule",
}
RETENTION: Final = "retention"


@dataclass(frozen=True, slots=True)
class Custom:
    """The custom properties of one element, and where each is stated, as `custom.` and its name."""

    values: Mapping[str, Value]
    pointers: dict[str, str]


def read_custom(part: Part) -> Custom:
    """`customProperties` as a mapping. Of two with one name the first counts, with a remark."""
    values: dict[str, Value] = {}
    pointers: dict[str, str] = {}
    if "customProperties" not in part.entries:
        return Custom(MappingProxyType(values), pointers)
    for entry in part.parts("customProperties"):
        name = entry.name("property", "a custom property")
        if name in values:
            part.notes.remark(entry.pointer, f"a second custom property `{name}`; the first one counts")
            continue
        values[name] = entry.entries.get("value")
        pointers[f"custom.{name}"] = entry.at("value") if "value" in entry.entries else entry.pointer
    return Custom(MappingProxyType(values), pointers)


def read_description(contract: Part) -> str | None:
    """A text, or purpose, usage and limitations, a paragraph each."""
    if not isinstance(contract.entries.get("description"), Mapping):
        return contract.text("description")
    part = contract.part("description")
    assert part is not None
    texts = (part.text(key) for key in ("purpose", "usage", "limitations"))
    return "\n\n".join(text for text in texts if text) or None


def read_owner(contract: Part, custom: Custom) -> Owner | None:
    """The first team member who has not left and whose role has the word `owner`; else the custom property `owner`."""
    for member in members_of(contract):
        role = member.text("role")
        name = member.text("name") or member.text("username")
        if role and name and "owner" in _words(role) and not member.states("dateOut"):
            stated = member.stated({"name": "name" if member.text("name") else "username", "role": "role"})
            return Owner(name=name, role=role, pointer=member.pointer, pointers=stated)
    value = custom.values.get("owner")
    if isinstance(value, str) and not is_blank(value):
        pointer = custom.pointers["custom.owner"]
        return Owner(name=value, pointer=pointer, pointers={"name": pointer})
    return None


def members_of(contract: Part) -> tuple[Part, ...]:
    """ODCS 3.0 lists the members; since 3.1 a team is a mapping that has members."""
    if isinstance(contract.entries.get("team"), Mapping):
        team = contract.part("team")
        return team.parts("members") if team else ()
    return contract.parts("team")


def _words(role: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in role.casefold()).split()


def read_support(contract: Part) -> tuple[str, ...]:
    """The channels, in the contract's order."""
    return tuple(entry.name("channel", "a support channel") for entry in contract.parts("support"))


def read_slas(contract: Part) -> tuple[Sla, ...]:
    """The SLA properties, in the contract's order; `slaDefaultElement` is the element of those that name none."""
    default = contract.text("slaDefaultElement")
    return tuple(_sla(part, default, contract) for part in contract.parts("slaProperties"))


def _sla(part: Part, default: str | None, contract: Part) -> Sla:
    name = part.name("property", "an SLA property")
    duration = read_duration(part.entries.get("value"), part.entries.get("unit"))
    day = read_date(part.entries.get("value"))
    stated = part.stated(_SLA)
    if "element" not in stated and default:
        stated["element"] = contract.at("slaDefaultElement")
    if duration is not None:
        stated["duration"] = stated["value"]
    if day is not None:
        stated["date"] = stated["value"]
    return Sla(
        name=name,
        value=part.scalar("value"),
        unit=part.text("unit"),
        element=part.text("element") or default,
        driver=part.text("driver"),
        description=part.text("description"),
        schedule=part.text("schedule"),
        duration=duration,
        date=day,
        pointer=part.pointer,
        pointers=stated,
    )


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the data is kept, and the pointer of what states it."""

    duration: Duration
    pointer: str


def product_retention(contract: Part, slas: Iterable[Sla], custom: Custom) -> Retention | None:
    """From the SLA `retention` that names no element of its own; else from the custom property `retention`."""
    for sla in slas:
        if _is_retention(sla) and sla.pointers.get("element", "") != f"{sla.pointer}/element":
            return _of_sla(sla, contract)
    return custom_retention(contract, custom)


def dataset_retentions(contract: Part, slas: Iterable[Sla], names: Mapping[str, str]) -> dict[str, Retention]:
    """Dataset -> what the SLAs say of it through `element`. `names`: names and physical names -> datasets."""
    found: dict[str, Retention] = {}
    for sla in slas:
        if not _is_retention(sla) or sla.element is None:
            continue
        for element in (text.strip() for text in sla.element.split(",")):
            dataset = _dataset_of(element, names)
            if dataset is None:
                contract.notes.remark(
                    sla.pointers["element"], f"`{element}` names no dataset, so this retention applies to nothing"
                )
            elif dataset in found:
                contract.notes.remark(sla.pointer, f"a second retention for `{dataset}`; the first one counts")
            elif retention := _of_sla(sla, contract):
                found[dataset] = retention
    return found


def custom_retention(part: Part, custom: Custom) -> Retention | None:
    """From the custom property `retention` of a product or dataset."""
    value = custom.values.get(RETENTION)
    if value is None:
        return None
    pointer = custom.pointers[f"custom.{RETENTION}"]
    duration = read_duration(value)
    if duration is None:
        part.notes.remark(pointer, f"the retention is {describe(value)}, which is no duration such as `7y`")
        return None
    return Retention(duration, pointer)


def _is_retention(sla: Sla) -> bool:
    return sla.name.casefold() == RETENTION


def _of_sla(sla: Sla, contract: Part) -> Retention | None:
    if sla.duration is None:
        pointer = sla.pointers.get("value", sla.pointer)
        shown = " ".join(text for text in (sla.value, sla.unit) if text) or "nothing"
        contract.notes.remark(
            pointer, f"the retention is `{shown}`, which is no duration such as `7` with the unit `y`"
        )
        return None
    return Retention(sla.duration, sla.pointers["duration"])


def _dataset_of(element: str, names: Mapping[str, str]) -> str | None:
    """The dataset whose name is the element, or its longest beginning that ends at a dot."""
    while element not in names and "." in element:
        element = element.rpartition(".")[0]
    return names.get(element)
