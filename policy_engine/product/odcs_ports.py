"""Where an ODCS contract says that the product is served: its servers, their addresses and regions."""

from __future__ import annotations

from typing import Final

from policy_engine.product.blank import is_blank
from policy_engine.product.model import Port
from policy_engine.product.odcs_people import read_roles
from policy_engine.product.odcs_terms import Custom, read_custom
from policy_engine.product.part import Part

_PORT: Final = {
    "name": "server",
    "type": "type",
    "environment": "environment",
    "format": "format",
    "description": "description",
    "roles": "roles",
}
#: A server's address: the first of these that is stated, else the second row's joined by `/`.
_ADDRESSES: Final = ("location", "path", "endpointUrl", "stagingDir")
_ADDRESS_PARTS: Final = ("host", "account", "project", "catalog", "database", "dataset", "schema")
_REGIONS: Final = ("region", "regionName")


def read_ports(contract: Part) -> tuple[Port, ...]:
    """The servers, in the contract's order."""
    return tuple(_port(server) for server in contract.parts("servers"))


def _port(server: Part) -> Port:
    custom = read_custom(server)
    address = _address(server)
    region = _region(server, custom)
    stated = server.stated(_PORT)
    stated |= {"location": server.at(address[1])} if address else {}
    stated |= {"region": region[1]} if region else {}
    return Port(
        name=server.name("server", "a server"),
        type=server.text("type"),
        environment=server.text("environment"),
        location=address[0] if address else None,
        format=server.text("format"),
        description=server.text("description"),
        region=region[0] if region else None,
        roles=read_roles(server),
        pointer=server.pointer,
        pointers=stated | custom.pointers,
        custom=custom.values,
    )


def _address(server: Part) -> tuple[str, str] | None:
    """The address and the key that states it."""
    for key in _ADDRESSES:
        if text := server.scalar(key):
            return text, key
    parts = {key: text for key in _ADDRESS_PARTS if (text := server.scalar(key))}
    if not parts:
        return None
    if "host" in parts and (port := server.scalar("port")):
        parts["host"] += f":{port}"
    return "/".join(parts.values()), next(iter(parts))


def _region(server: Part, custom: Custom) -> tuple[str, str] | None:
    """The region and the pointer of what states it; most kinds of server have only custom properties for it."""
    for key in _REGIONS:
        if text := server.text(key):
            return text, server.at(key)
    value = custom.values.get("region")
    return (value, custom.pointers["custom.region"]) if isinstance(value, str) and not is_blank(value) else None
