"""The address of a PostgreSQL database as its library takes it: ``postgresql://…``, ``key=value``.

It is read here only for what is secret in it: to show the rest of it and to hide its passwords,
without that library, and also where that library refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from cactions.model import MASK

_SECRET: Final = frozenset(
    {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}
)
_SHOWN: Final = frozenset(
    {
        "application_name", "channel_binding", "connect_timeout", "dbname", "host", "hostaddr",
        "port", "require_auth", "service", "sslmode", "sslrootcert", "target_session_attrs",
    }
)  # fmt: skip
"""Only these are shown: what is misspelt or new may be secret."""

_URI: Final = re.compile(r"\s*[\w+.-]*://")
_PAIR: Final = re.compile(r"\s*([^\s=]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s\\]|\\.)*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def mask_connection_string(address: str) -> str:
    """The address without its user and passwords, nor anything that is not known to be public."""
    if uri := _URI.match(address):
        # Before the last "@" is more than the user where one in a password is not escaped.
        _, at, rest = address[uri.end() :].rpartition("@")
        place, mark, query = (f"{MASK}@{rest}" if at else rest).partition("?")
        pairs = (_mask_pair(*part.partition("=")[::2]) for part in query.split("&"))
        return f"{uri[0]}{place}{mark}{'&'.join(pairs) if query else ''}"
    return " ".join(_mask_pair(name, value) for name, value in _list_pairs(address))


def find_passwords(address: str) -> frozenset[str]:
    """Every password of the address, as it is written there and as it is meant."""
    uri = _URI.match(address)
    found = _list_uri_passwords(address[uri.end() :]) if uri else _list_pair_passwords(address)
    return frozenset(filter(None, found))


def _list_uri_passwords(text: str) -> Iterator[str]:
    """The library takes the first ``@`` for the end of a password, the user may mean the last."""
    whole = text.rpartition("@")[0]
    users = {whole, whole.partition("@")[0]}
    written = [user.partition(":")[2] for user in users]
    for part in text.partition("?")[2].split("&"):
        name, _, value = part.partition("=")
        if unquote(name) in _SECRET:
            written.append(value)
    yield from written
    yield from map(unquote, written)


def _list_pair_passwords(text: str) -> Iterator[str]:
    for name, value in _list_pairs(text):
        if not name or name in _SECRET:
            inner = value.removeprefix("'").removesuffix("'")
            yield from (value, inner, _ESCAPE.sub(r"\1", inner))


def _list_pairs(text: str) -> Iterator[tuple[str, str]]:
    """The pairs, up to the first thing that is none; the rest has no name."""
    end = 0
    while pair := _PAIR.match(text, end):
        yield pair[1], pair[2]
        end = pair.end()
    if rest := text[end:].strip():
        yield "", rest


def _mask_pair(name: str, value: str) -> str:
    return f"{name}={value}" if name in _SHOWN else MASK
