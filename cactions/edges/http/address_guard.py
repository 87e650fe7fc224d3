"""Where a request may go: to public addresses, and to those that the operator allows by name.

The YAML file was checked before. Here the exact text that is sent is checked again, and every
address that its host resolves to. One address that is not public blocks the request.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.dns import Resolve, SystemResolver
from cactions.edges.http.errors import (
    NetworkFault,
    Phase,
    build_blocked,
    build_failure,
    build_unsendable,
)
from cactions.logic.network.origin import DEFAULT_PORT, HIGHEST_PORT, find_host_fault
from cactions.logic.network.special_addresses import find_special_range
from cactions.model import AllowedAddress, RequestFailed, UsageError

_URL: Final = re.compile(r"(https://)?([^/?]*)(/[^?]*)?(\?.*)?")
_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:@\[\]]+)(?::([0-9]{1,5}))?")
_UNSENDABLE: Final = re.compile(r"[^!-~]|[#\\]")  # a URL is printable ASCII; # is never sent
_HTTPS_HINT: Final = "Secrets and personal data are sent over https only."
_USER_HINT: Final = "Put credentials into a token."
_UNKNOWN_NAME_ERRORS: Final = {
    socket.EAI_NONAME,
    getattr(socket, "EAI_NODATA", socket.EAI_NONAME),
}
_PROXY: Final = re.compile(r"http://([^/:@\[\]?#]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})/?")


class NetworkRules(Struct, frozen=True):
    """How to reach the services, as the operator configures it.

    ``proxy`` is ``http://host:port``, or empty. A proxy looks names up itself: their addresses are
    then not checked. Raises UsageError for an address or a proxy that cannot be used.
    """

    allowed: tuple[AllowedAddress, ...] = ()
    resolve: Resolve = field(default_factory=SystemResolver)
    ca_file: Path | None = None
    proxy: str = ""

    def __post_init__(self) -> None:
        for entry in self.allowed:
            if not _is_address(entry.address):
                raise UsageError(
                    f'the address allowed for {entry.host} is "{entry.address}",'
                    " which is not an IP address",
                    hint="Write it as 10.0.0.5 or fd00::5.",
                )
        if self.proxy and not _PROXY.fullmatch(self.proxy):
            raise UsageError(  # without its text, which may hold a password
                "the proxy is not written as http://host:port",
                hint="Only this form is used, without user name and path.",
            )

    @property
    def proxy_at(self) -> tuple[str, int] | None:
        """Host and port of the proxy."""
        match = _PROXY.fullmatch(self.proxy)
        return (match[1].strip("[]"), int(match[2])) if match else None


class Target(Struct, frozen=True):
    """Where a URL leads. ``path``: all after the origin. ``address``: no look-up is needed."""

    host: str
    port: int
    path: str
    address: str = ""


def resolve_target(url: str, allowed: Iterable[AllowedAddress]) -> Target:
    """Where this exact URL leads. Raises RequestFailed (FORBIDDEN_ADDRESS) if it is blocked."""
    parts = _URL.fullmatch(url)
    if parts is None or _UNSENDABLE.search(url):
        raise build_unsendable(
            "the URL holds a character that URLs cannot hold", "Percent-encode it."
        )
    scheme, authority, path, query = parts.groups()
    if not scheme:
        raise build_blocked("the URL", "it does not begin with https://", _HTTPS_HINT)
    if "@" in authority:
        raise build_blocked("the URL", "it holds a user name", _USER_HINT)
    host, port = _parse_authority(authority)
    path = (path or "/") + (query or "")
    for entry in allowed:
        if entry.port == port and entry.host.lower().strip("[]") == host.strip("[]"):
            return Target(host.strip("[]"), port, path, entry.address)
    if fault := find_host_fault(host):
        raise build_blocked(host, fault[0], fault[1])
    return Target(host, port, path)


def _parse_authority(authority: str) -> tuple[str, int]:
    match = _AUTHORITY.fullmatch(authority)
    if match is None or not 0 < int(match[2] or DEFAULT_PORT) <= HIGHEST_PORT:
        raise build_blocked("the URL", "its host and port cannot be read", "Check `url`.")
    return match[1].lower(), int(match[2] or DEFAULT_PORT)


def check_addresses(
    target: Target, network: NetworkRules, budget: ExchangeBudget
) -> tuple[str, ...]:
    """All addresses of the host, looked up once. Raises RequestFailed where one is not public."""
    if target.address:
        return (target.address,)
    addresses = look_up(target.host, target.port, network, budget)
    for address in addresses:
        if kind := find_special_range(address):
            raise _build_not_public(target.host, address, kind)
    return addresses


def look_up(host: str, port: int, network: NetworkRules, budget: ExchangeBudget) -> tuple[str, ...]:
    """All addresses of the host, unchecked. Raises RequestFailed."""
    budget.phase = Phase.LOOKING_UP
    try:
        addresses = tuple(network.resolve(host, port, budget.require_seconds()))
    except TimeoutError:
        raise budget.build_timeout() from None
    except OSError as error:
        if error.errno in _UNKNOWN_NAME_ERRORS:
            raise build_failure(NetworkFault.NO_ADDRESS, host) from None
        raise build_failure(NetworkFault.NO_NAME_SERVER, host) from None
    if not addresses:
        raise build_failure(NetworkFault.NO_ADDRESS, host)
    return addresses


def _build_not_public(host: str, address: str, kind: str) -> RequestFailed:
    shown = address if _is_address(address.partition("%")[0]) else "an address"
    return build_blocked(host, f"it resolves to {shown} ({kind}), which is not public")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
