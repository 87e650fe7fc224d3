"""The connectors of a workspace as one project: what they share stands in one file.

Nothing is read or written here; the texts are checked by the same reader and the same rules as an
author's own files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct, field

from cactions.logic.connectors.action_file import PulledConnector, name_connectors, pull_connector
from cactions.logic.connectors.credentials import build_shared_name, build_token
from cactions.logic.connectors.notes import NoteKind, SecretToSeal
from cactions.logic.lint.engine import lint
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.yaml.writer import YamlValue, write_yaml
from cactions.model import (
    API_VERSION,
    Attribute,
    Connector,
    DataType,
    IntercomConnection,
    Snapshot,
)

ADDED_FILE: Final = "actions.shared.yaml"
SHARED_FILE: Final = "actions.workspace.yaml"
"""Where the workspace stands, and what several connectors use."""
_AUTHORIZATION: Final = "Authorization"


class KnownNames(Struct, frozen=True):
    """The names that files have given already: to actions by connector id, to tokens by id.

    ``others`` are actions without a connector id, and files that hold none of a connector.
    ``homes``: the file in which each thing stands that a folder has once.
    """

    actions: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)

    def is_elsewhere(self, thing: str) -> bool:
        """Whether it stands in another file than the shared one."""
        return self.homes.get(thing, SHARED_FILE) != SHARED_FILE

    def is_declared(self, token: str) -> bool:
        """Whether any file declares a token of this name."""
        return f"tokens.{token}" in self.homes


class PulledWorkspace(Struct, frozen=True):
    """Every connector as a file, and the file that they share.

    ``added`` is a file of the tokens and attributes that no file declares yet, for where the shared
    file is there already, and is its author's.
    """

    connectors: tuple[PulledConnector, ...]
    shared: str
    added: str = ""

    @property
    def files(self) -> dict[str, str]:
        """The texts by name; a connector without a request has none."""
        found = {pulled.file: pulled.text for pulled in self.connectors if pulled.text}
        return found | ({SHARED_FILE: self.shared} if self.shared else {})

    @property
    def seals(self) -> tuple[SecretToSeal, ...]:
        """What must be sealed before the actions can run, each once for each host."""
        own = [seal for pulled in self.connectors for seal in pulled.seals]
        return tuple(dict.fromkeys([*own, *_list_shared_seals(self.connectors)]))

    def count_notes(self) -> dict[NoteKind, int]:
        """How much is unknown or left out, by kind."""
        counts = Counter(note.kind for pulled in self.connectors for note in pulled.notes)
        shared = {token_id for pulled in self.connectors for token_id in pulled.shared}
        counts[NoteKind.TOKEN] += len(shared)
        return {kind: counts[kind] for kind in NoteKind if counts[kind]}


def pull_workspace(
    connectors: Iterable[Connector],
    attributes: Mapping[str, Attribute],
    connection: IntercomConnection | None = None,
    *,
    verification: bool | None = True,
    names: KnownNames | None = None,
) -> PulledWorkspace:
    """The files of a workspace, beside the files that are there.

    ``connection`` None leaves the workspace out of the shared file, as does one that stands in
    another file. ``verification`` None means that the workspace does not tell whether it verifies
    identities.
    """
    listed = tuple(connectors)
    known = names or KnownNames()
    named = name_connectors(listed, known.actions, known.others)
    pulled = tuple(
        pull_connector(each, named[each.id], attributes, known.tokens) for each in listed
    )
    tokens = build_tokens(pulled, known.tokens)
    undeclared = {name: token for name, token in tokens.items() if not known.is_declared(name)}
    shared = build_shared_file(pulled, build_workspace(connection, verification), tokens, known)
    if "attributes" in known.homes:
        added = _write_parts({"tokens": undeclared})
    else:
        added = _write_parts({"attributes": _build_attributes(pulled), "tokens": undeclared})
    return PulledWorkspace(pulled, shared, added)


def build_tokens(
    pulled: Sequence[PulledConnector], names: Mapping[str, str] = MappingProxyType({})
) -> dict[str, YamlValue]:
    """The tokens of the workspace by name; their values must be sealed."""
    found: dict[str, YamlValue] = {}
    for token_id, hosts in _group_hosts(pulled).items():
        name = build_shared_name(token_id, names)
        found[name] = build_token(name, _AUTHORIZATION, hosts, token_id)
    return found


def build_shared_file(
    pulled: Sequence[PulledConnector],
    workspace: Mapping[str, YamlValue],
    tokens: Mapping[str, YamlValue],
    known: KnownNames,
) -> str:
    """The workspace, attributes that it does not list, and tokens of several connectors.

    What stands in another file is left out: a folder has it once.
    """
    parts: dict[str, YamlValue] = {
        "workspace": dict(workspace),
        "attributes": _build_attributes(pulled),
        "tokens": {
            name: token
            for name, token in tokens.items()
            if not known.is_elsewhere(f"tokens.{name}")
        },
    }
    return _write_parts({key: part for key, part in parts.items() if not known.is_elsewhere(key)})


def _build_attributes(pulled: Iterable[PulledConnector]) -> YamlValue:
    """Those that the workspace does not list; their type is not known."""
    kind: YamlValue = {"data_type": DataType.STRING.value}
    return dict.fromkeys(sorted({name for each in pulled for name in each.missing}), kind)


def _write_parts(parts: Mapping[str, YamlValue]) -> str:
    stated = {key: part for key, part in parts.items() if part}
    return write_yaml({"version": 1, **stated}) if stated else ""


def build_workspace(
    connection: IntercomConnection | None, verification: bool | None
) -> dict[str, YamlValue]:
    """What a file says of the workspace; empty where there is nothing to say."""
    found: dict[str, YamlValue] = {}
    if verification is None:
        found["identity_verification"] = "true"
    if connection is None:
        return found
    found = {"kind": "intercom"}
    if connection.region is None:
        found["url"] = connection.origin
    else:
        found["region"] = connection.region.value
    if connection.token is not None:
        found["token"] = {"secret": connection.token.name}
    if connection.api_version != API_VERSION:
        found["api_version"] = connection.api_version
    if verification is None:
        found["identity_verification"] = "true"
    return found


def _group_hosts(pulled: Iterable[PulledConnector]) -> dict[str, list[str]]:
    """By token of the workspace, the hosts that it is sent to."""
    found: dict[str, dict[str, None]] = {}
    for each in pulled:
        for token_id in each.shared:
            found.setdefault(token_id, {})[each.host] = None
    return {token_id: sorted(hosts) for token_id, hosts in sorted(found.items())}


def _list_shared_seals(pulled: Iterable[PulledConnector]) -> Iterator[SecretToSeal]:
    for token_id, hosts in _group_hosts(pulled).items():
        for host in hosts:
            what = f"the token {token_id} of Intercom"
            yield SecretToSeal(build_shared_name(token_id), host, what)


def lint_workspace(pulled: PulledWorkspace, snapshot: Snapshot, now: float) -> LoadedProject:
    """What the rules find in all connectors together."""
    files = [SourceFile(name, text.encode()) for name, text in pulled.files.items()]
    return lint(load_project(files, snapshot=snapshot), now)
