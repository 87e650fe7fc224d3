"""Where a request may go: to public addresses, and to those that an operator gave by name.

The author's file was checked before; here the very text that is sent is checked again, and every
address that its host leads to. One bad address refuses all of them.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from cactions.edges.http import errors
from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.dns import Resolve, SystemResolver
from cactions.logic.network.origin import DEFAULT_PORT, HIGHEST_PORT, find_host_fault
from cactions.logic.network.special_addresses import find_special_range
from cactions.model import AllowedAddress, RequestFailed, UsageError

_URL: Final = re.compile(r"(https://)?([^/?]*)(/[^?]*)?(\?.*)?")
_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:@\[\]]+)(?::([0-9]{1,5}))?")
_UNSENDABLE: Final = re.compile(r"[^!-~]|[#\\]")  # a URL is printable ASCII; # is never sent
_PROXY: Final = re.compile(r"http://([^/:@\[\]?#]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})/?")


class NetworkRules(Struct, frozen=True):
    """What lies between us and the third parties, as the operator says.

    ``proxy`` is ``http://host:port``, or empty: it looks names up, and what they lead to is not
    checked. Raises UsageError for what cannot be used.
    """

    allowed: tuple[AllowedAddress, ...] = ()
    resolve: Resolve = field(default_factory=SystemResolver)
    ca_file: Path | None = None
    proxy: str = ""

    def __post_init__(self) -> None:
        for entry in self.allowed:
            if not _is_address(entry.address):
                raise UsageError(
                    f'the address allowed for {entry.host} is "{entry.address}", which is none',
                    hint="Write it as 10.0.0.5 or fd00::5.",
                )
        if self.proxy and not _PROXY.fullmatch(self.proxy):
            raise UsageError(  # without its text: people write passwords there
                "the proxy is not written as http://host:port",
                hint="Only this form is used, without user name and path.",
            )

    @property
    def proxy_at(self) -> tuple[str, int] | None:
        """Its host and port."""
        found = _PROXY.fullmatch(self.proxy)
        return (found[1].strip("[]"), int(found[2])) if found else None


class Target(Struct, frozen=True):
    """Where a URL leads. ``path`` is what follows the origin; ``address``: nothing is looked up."""

    host: str
    port: int
    path: str
    address: str = ""


def resolve_target(url: str, allowed: Iterable[AllowedAddress]) -> Target:
    """Whither this very URL leads. Raises RequestFailed (FORBIDDEN_ADDRESS) where it may not."""
    parts = _URL.fullmatch(url)
    if parts is None or _UNSENDABLE.search(url):
        raise errors.unfit("the URL holds a character that no URL holds", "Percent-encode it.")
    scheme, authority, path, query = parts.groups()
    if not scheme:
        raise errors.forbidden("the URL", "it does not begin with https://", _HTTPS_HINT)
    if "@" in authority:
        raise errors.forbidden("the URL", "it holds a user name", _USER_HINT)
    host, port = _host_and_port(authority)
    path = (path or "/") + (query or "")
    for entry in allowed:
        if entry.port == port and entry.host.lower().strip("[]") == host.strip("[]"):
            return Target(host.strip("[]"), port, path, entry.address)
    if fault := find_host_fault(host):
        raise errors.forbidden(host, f"{fault[0]}", fault[1])
    return Target(host, port, path)


_HTTPS_HINT: Final = "Secrets and people's data travel over https only."
_USER_HINT: Final = "Put credentials into a token."


def _host_and_port(authority: str) -> tuple[str, int]:
    found = _AUTHORITY.fullmatch(authority)
    if found is None or not 0 < int(found[2] or DEFAULT_PORT) <= HIGHEST_PORT:
        raise errors.forbidden("the URL", "its host and port cannot be read", "Look at `url`.")
    return found[1].lower(), int(found[2] or DEFAULT_PORT)


def check_addresses(
    target: Target, network: NetworkRules, allowance: ExchangeBudget
) -> tuple[str, ...]:
    """All that the host leads to, looked up once. Raises RequestFailed where one is not public."""
    if target.address:
        return (target.address,)
    found = look_up(target.host, target.port, network, allowance)
    for address in found:
        if kind := find_special_range(address):
            raise _not_public(target.host, address, kind)
    return found


def look_up(
    host: str, port: int, network: NetworkRules, allowance: ExchangeBudget
) -> tuple[str, ...]:
    """What the name server says, unchecked. Raises RequestFailed."""
    allowance.doing = errors.LOOKING_UP
    try:
        found = tuple(network.resolve(host, port, allowance.seconds()))
    except TimeoutError:
        raise allowance.late() from None
    except OSError as error:
        if error.errno in _NO_NAME:
            raise errors.no_address(host) from None
        raise errors.no_name_server(host) from None
    if not found:
        raise errors.no_address(host)
    return found


_NO_NAME: Final = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def _not_public(host: str, address: str, kind: str) -> RequestFailed:
    named = address if _is_address(address.partition("%")[0]) else "something"
    return errors.forbidden(host, f"it leads to {named} ({kind}), which is not public")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
