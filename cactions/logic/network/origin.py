"""Checks that an origin is literal, https and public, as far as its text alone can tell."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from msgspec import Struct

from cactions.logic.suggest import find_closest
from cactions.logic.yaml.diagnostics import (
    LITERAL_SECRET,
    PLAIN_HTTP,
    SPECIAL_HOST,
    TEMPLATED_HOST,
    WRONG_VALUE,
)

_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE | re.ASCII)
_NUMERIC: Final = re.compile(
    r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE | re.ASCII
)
"""ASCII: without it, ignoring case lets the long s and the Kelvin sign pass for s and k."""
_AUTHORITY_END: Final = re.compile(r"[/?#\\]")
_SPECIAL: Final = (".local", ".localhost", ".internal", ".home.arpa", ".onion")
_LONGEST_NAME: Final = 253
HIGHEST_PORT: Final = 65535
_LONGEST_PORT: Final = 5
DEFAULT_PORT: Final = 443


class OriginError(ValueError):
    """What is wrong with an origin; ``start`` and ``end`` are offsets into its text."""

    def __init__(self, rule: str, message: str, hint: str, start: int, end: int) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.start = start
        self.end = end


class Origin(Struct, frozen=True):
    """``text`` is ``https://host[:port]``; ``end`` is where it stops in the URL."""

    text: str
    host: str
    port: int
    end: int


def parse_origin(url: str, allowed: Collection[tuple[str, int]] = ()) -> Origin:
    """The origin of an https URL, whose path may hold templates. Raises OriginError.

    ``allowed``: hosts and ports that may be no public name.
    """
    scheme, mark, rest = url.partition("://")
    start = len(scheme) + len(mark) if mark else 0
    authority = _AUTHORITY_END.split(rest if mark else url, maxsplit=1)[0]
    end = start + len(authority)
    if "@" in authority:
        hint = "put credentials into a token"
        raise OriginError(LITERAL_SECRET, "the URL holds a user name", hint, start, end)
    if not mark or "{{" in scheme or "/" in scheme:
        if url.startswith("{{"):
            hint = "write https:// and the host out; one server an environment goes under `servers`"
            message = "it begins with a variable, whose value decides where the request goes"
            raise OriginError(TEMPLATED_HOST, message, hint, 0, len(url))
        hint = "write the whole URL, or name a `server` for a path"
        raise OriginError(WRONG_VALUE, "does not begin with https://", hint, 0, len(url))
    if scheme != "https":
        hint = "secrets and people's data travel over https only"
        raise OriginError(PLAIN_HTTP, f'the scheme is "{scheme}"', hint, 0, len(scheme))
    if "{{" in authority:
        hint = "write the host out; one server an environment goes under `servers`"
        message = "the host is templated, so that its value decides where secrets go"
        raise OriginError(TEMPLATED_HOST, message, hint, start, end)
    host, colon, port = authority.rpartition(":") if ":" in authority else (authority, "", "")
    good = port.isascii() and port.isdigit() and len(port) <= _LONGEST_PORT and int(port) > 0
    number = int(port) if good else DEFAULT_PORT
    if (host.lower(), number) not in allowed and (fault := find_host_fault(host)):
        hint = _describe_way(host.lower(), number, allowed, fault[1])
        raise OriginError(SPECIAL_HOST, fault[0], hint, start, end)
    if colon and not (good and number <= HIGHEST_PORT):
        raise OriginError(WRONG_VALUE, f'"{port}" is no port', "", start + len(host), end)
    return Origin(f"https://{authority.lower()}", host.lower(), number, end)


def describe_near_entry(host: str, port: int, allowed: Collection[tuple[str, int]]) -> str:
    """The entry of ``network.allow`` that fits but for its port, or its spelling; else empty."""
    ports = sorted(known for name, known in allowed if name == host)
    if ports:
        known = " and ".join(map(str, ports))
        return f"`network.allow` has {host} with port {known}, and this is port {port}"
    if near := find_closest(host, sorted({name for name, _ in allowed})):
        return f"`network.allow` has {near}, and this is {host}"
    return ""


def find_host_fault(host: str) -> tuple[str, str] | None:
    """Message and hint for a host that is no public name; None for one that may be."""
    if not host:
        return "the host is missing", "write https://host/path"
    if host.startswith("[") or _NUMERIC.fullmatch(host):
        return f'"{host}" is an address', "use the service's name"
    if not is_host_name(host):
        return f'"{host}" is no host name', "letters, digits and - between dots"
    if _is_private(host):
        return f'"{host}" is a name of a private network', "use the service's public name"
    return None


def _is_private(host: str) -> bool:
    return is_host_name(host) and ("." not in host or host.lower().endswith(_SPECIAL))


def _describe_way(host: str, port: int, allowed: Collection[tuple[str, int]], hint: str) -> str:
    """The entry that almost fits, or what an author adds; RFC 6761 says where localhost is."""
    if near := describe_near_entry(host, port, allowed):
        return near
    if not _is_private(host):
        return hint
    local = host == "localhost" or host.endswith(".localhost")
    address = "127.0.0.1" if local else "ADDRESS"
    entry = f"{{host: {host}, address: {address}, port: {port}, reason: a test service}}"
    way = f"add to `network.allow` {entry}" if allowed else f"write network: {{allow: [{entry}]}}"
    return f"{hint}; for one of your own, {way}"


def is_host_name(host: str) -> bool:
    """Whether it is spelled as a host name, public or not."""
    return len(host) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, host.split(".")))
