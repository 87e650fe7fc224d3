"""Headers and tokens of a connector in our terms: Intercom shows none of their values.

A header that carries a credential becomes a token whose value must be sealed; what every client
sends unasked is left out; any other header is told, since it cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.logic.connectors.notes import ConnectorNote, NoteKind, SecretToSeal
from cactions.logic.name_grammar import NAME
from cactions.logic.request.checks import HEADER_NAME
from cactions.logic.yaml.writer import YamlValue
from cactions.model import Connector
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.credentials import Name, mask_secrets, suggests_secret

_HARMLESS: Final = frozenset(
    {"accept", "accept-language", "accept-encoding", "cache-control", "content-type",
     "content-length", "connection", "date", "host", "origin", "pragma", "referer",
     "user-agent", "transfer-encoding", "expect", "te", "trailer", "upgrade", "keep-alive",
     "proxy-connection"}
)  # fmt: skip
_AUTHORIZATION: Final = "authorization"
_LONGEST_PART: Final = 40


class ConnectorCredentials(Struct, frozen=True):
    """``own`` are tokens of this connector alone, ``shared`` ids of tokens at Intercom."""

    own: Mapping[str, YamlValue]
    shared: tuple[str, ...]
    seals: tuple[SecretToSeal, ...]
    notes: tuple[ConnectorNote, ...]


def read_credentials(connector: Connector, key: str, host: str) -> ConnectorCredentials:
    """What a connector sends as credentials; ``key`` names the action."""
    own: dict[str, YamlValue] = {}
    seals: list[SecretToSeal] = []
    notes: list[ConnectorNote] = []
    for name in _list_headers(connector, notes):
        if not host or not _is_credential(name):
            notes.append(_hide(f"the value of the header {mask_secrets(name)} is not shown"))
            continue
        word = build_token_name(key, name)
        if word in own:
            continue
        own[word] = build_token(word, name, [host])
        seals.append(SecretToSeal(word, host, f"the header {name} of {connector.label}"))
    ids = tuple(dict.fromkeys(token_id for token_id in connector.token_ids if token_id))
    if ids and any(name.lower() == _AUTHORIZATION for name, _ in connector.headers):
        notes.append(_tell_token("its tokens are left out: the header Authorization is there too"))
        ids = ()
    if ids and not host:
        notes.append(_tell_token("its tokens are left out: the host is not literal"))
        ids = ()
    notes += [
        _tell_token(f"the token {token_id} is left out: which header has it?")
        for token_id in ids[1:]
    ]
    return ConnectorCredentials(own, ids[:1], tuple(seals), tuple(notes))


def build_token_name(key: str, header: str) -> str:
    """A name for the token of an action's header."""
    return NAME.propose(f"{key[:_LONGEST_PART]}_{plain(header)[:20]}")


def build_shared_name(token_id: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The name of a token of the workspace; ``names`` are those that files have given, by id."""
    if token_id in names:
        return names[token_id]
    if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", token_id):
        return f"intercom_token_{token_id}"
    return f"intercom_token_x{sha256(token_id.encode('utf-8', 'replace')).hexdigest()[:16]}"


def build_token(
    secret: str, header: str, hosts: Sequence[str], token_id: str = ""
) -> dict[str, YamlValue]:
    """A token whose value is sealed under a name."""
    named: dict[str, YamlValue] = {"token_id": token_id} if token_id else {}
    return {
        "type": "text",
        "value": {"secret": secret},
        "header": header,
        "hosts": [*hosts],
        **named,
    }


def _list_headers(connector: Connector, notes: list[ConnectorNote]) -> Iterator[str]:
    """The names that are worth a word, each once."""
    seen: set[str] = set()
    for name, _ in connector.headers:
        if name.lower() in _HARMLESS or name.lower() in seen:
            continue
        seen.add(name.lower())
        if HEADER_NAME.fullmatch(name) and name.lower() != "proxy-authorization":
            yield name
        else:
            notes.append(_hide("a header has a name that cannot be sent, and was left out"))


def _is_credential(name: str) -> bool:
    return plain(name) in CARRIERS or suggests_secret(name) >= Name.CREDENTIAL


def _hide(text: str) -> ConnectorNote:
    return ConnectorNote(NoteKind.HEADER, text)


def _tell_token(text: str) -> ConnectorNote:
    return ConnectorNote(NoteKind.TOKEN, text)
