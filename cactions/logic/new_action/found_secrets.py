"""Secrets of a pasted request: each is taken out, and gets a name under which it is sealed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from cactions.logic.curl_line.words import VARIABLE
from cactions.logic.name_grammar import NAME
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.credentials import (
    Name,
    has_secret_segment,
    is_authorization,
    looks_like_secret,
    suggests_secret,
)

_QUERY_KEYS: Final = frozenset(
    {"appid", "apikey", "hapikey", "accesskey", "licensekey", "userkey", "authkey", "appkey",
     "consumerkey", "consumersecret", "clientid", "secretkey", "code", "sid"}
)  # fmt: skip
"""Parameters of services that carry a credential, though no word in them says so."""
_PUBLIC_LABELS: Final = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "ne", "or"})
_LEAST_VALUE: Final = 6
_INNER: Final = re.compile(
    r"""(?<![\w-])([\w-]+)[\\"']{0,4}\s*([=:])\s*([\\"']{0,4})(?=([^\s"'&;,<>()\[\]{}\\]{1,200}))"""
)
"""A name and its value in a text of another format: JSON, a form, a query, GraphQL."""
_FEW_LABELS: Final = 2


class FoundSecret(Struct, frozen=True):
    """``value`` is empty where the line has a variable. ``what`` says where it was found."""

    name: str
    host: str
    value: str
    what: str


class SecretMark(Struct, frozen=True):
    """Stands in a request in the place of a secret."""

    name: str


class SecretNames:
    """Names by value: the same value has one name. ``taken`` are names that mean another value."""

    def __init__(self, host: str, taken: Mapping[str, Collection[str]]) -> None:
        self.host = host
        self.base = build_base_name(host)
        self._taken = taken
        self.found: dict[str, FoundSecret] = {}
        self.reused: set[str] = set()

    def take(self, value: str, role: str, what: str, host: str = "") -> SecretMark:
        """The mark of a value, which is named by its role. ``host`` is that of the request."""
        if value not in self.found:
            name = self._find_free(NAME.propose(f"{self.base}_{role}"), host or self.host)
            known = "" if VARIABLE.search(value) else value
            self.found[value] = FoundSecret(name, host or self.host, known, what)
        return SecretMark(self.found[value].name)

    def _find_free(self, name: str, host: str) -> str:
        used = {secret.name for secret in self.found.values()}
        number, free = 1, name
        while free in used or host not in self._taken.get(free, (host,)):
            number += 1
            free = f"{name}_{number}"
        return free

    @property
    def new(self) -> list[FoundSecret]:
        """Those that must be sealed: a token of the project holds the others."""
        return [secret for value, secret in self.found.items() if value not in self.reused]

    @property
    def values(self) -> list[str]:
        """What must not stand in any file."""
        return [secret.value for secret in self.found.values() if secret.value]


def build_base_name(host: str) -> str:
    """The name of a service, by its host: ``stripe`` of ``api.stripe.com``."""
    labels = host.partition(":")[0].lower().split(".")
    if len(labels) > _FEW_LABELS and labels[-2] in _PUBLIC_LABELS:
        labels = labels[:-1]
    name = labels[-2] if len(labels) >= _FEW_LABELS else labels[0]
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_") or "service"


def is_secret_header(name: str, value: str) -> bool:
    """Whether a header carries a credential, by its name or its value.

    What a header without a telling name has is the same for everyone: an account, or its key.
    """
    says = suggests_secret(name)
    if plain(name) in CARRIERS or says >= Name.CREDENTIAL:
        return True
    kind = Name.CONSTANT if says is Name.NEUTRAL else says
    return is_authorization(value) or looks_like_secret(value, kind)


def is_secret_parameter(name: str, value: str) -> bool:
    """Whether a parameter of a query carries a credential."""
    if plain(name) in _QUERY_KEYS or plain(name) in CARRIERS:
        return True
    says = suggests_secret(name)
    return says >= Name.CREDENTIAL or looks_like_secret(value, says)


def is_secret_member(name: str, value: str, siblings: Collection[str]) -> bool:
    """Whether a member of a body carries a credential; ``siblings`` are the names beside it."""
    if plain(name) in CARRIERS:
        return True
    if plain(name) == "clientid" and any(plain(each) == "clientsecret" for each in siblings):
        return True
    says = suggests_secret(name)
    if says is Name.SECRET or looks_like_secret(value, says):
        return True
    drawn = len(value) >= _LEAST_VALUE and re.search("[0-9]", value) is not None
    return says is Name.CREDENTIAL and (drawn or VARIABLE.search(value) is not None)


def has_named_secret(text: str) -> bool:
    """Whether a text has parts of its own, and one of them carries a credential by its name."""
    return any(
        _is_inner_secret(*found.groups()) for found in _INNER.finditer(unquote(text.rstrip()))
    )


def _is_inner_secret(name: str, mark: str, quote: str, value: str) -> bool:
    if value.startswith("$"):  # a variable of the shell or of GraphQL
        return False
    says = suggests_secret(name)
    if looks_like_secret(value, says) and says >= Name.CREDENTIAL:
        return True
    is_type = mark == ":" and not quote and re.search("[0-9]", value) is None
    return says is Name.SECRET and len(value) >= _LEAST_VALUE and not is_type


def has_secret_path(path: str) -> bool:
    """Whether a segment of a path is a credential, such as ``bot123:…`` of Telegram."""
    if has_secret_segment(VARIABLE.sub("", path)):
        return True
    pattern = r"(?:^|/)bot\w*:?[^/]{3,}|(?:^|/)(?:key|token|apikey)[=:/][^/]{6,}"
    return re.search(pattern, path) is not None


def is_plain_user(name: str) -> bool:
    """Whether a user name is no secret: an address, or a word such as ``api``."""
    return (
        re.fullmatch(r"[a-z]{1,16}|[^@\s:]+@[A-Za-z0-9.-]+\.[A-Za-z]+(/token)?", name) is not None
    )
