"""Shapes the ways to addresses that are not public."""

from __future__ import annotations

from ipaddress import ip_address

from cactions.logic.network.origin import DEFAULT_PORT, is_host_name
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import TWICE, WRONG_VALUE
from cactions.model import AllowedAddress


def build_allowed_addresses(at: LocatedValue | None, scope: Scope) -> tuple[AllowedAddress, ...]:
    """The entries of ``network.allow``; broken ones are left out."""
    entries = at.get("allow") if at else None
    found: dict[tuple[str, int], AllowedAddress] = {}
    for item in entries.value if entries else ():
        entry = _build_entry(item, scope)
        if entry and (entry.host, entry.port) in found:
            message = f"{entry.host}:{entry.port} stands here twice"
            scope.add_fault(TWICE, item.get("host"), message, "keep the entry that is meant")
        elif entry:
            found[entry.host, entry.port] = entry
    return tuple(found.values())


def _build_entry(at: LocatedValue, scope: Scope) -> AllowedAddress | None:
    host, address, reason = (at.get(key) for key in ("host", "address", "reason"))
    if host and not is_host_name(host.value):
        scope.add_fault(
            WRONG_VALUE, host, f'"{host.value}" is no host name', "write it as in the URL"
        )
        return None
    if address and not _is_address(address.value):
        scope.add_fault(WRONG_VALUE, address, f'"{address.value}" is no IP address')
        return None
    if not (host and address and reason):
        return None
    port = at.scalar("port", DEFAULT_PORT)
    return AllowedAddress(host.value.lower(), address.value, port, reason.value)


def _is_address(text: str) -> bool:
    """Without a zone: a scope id names an interface of one machine."""
    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False
