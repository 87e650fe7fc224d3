"""A data connector as an action file that our own reader reads back without an error of the format.

What the file cannot say, and what Intercom does not tell, stands as comments at its top.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.logic.connectors.body import METHODS
from cactions.logic.connectors.creations import list_contents
from cactions.logic.connectors.credentials import (
    ConnectorCredentials,
    build_shared_name,
    read_credentials,
)
from cactions.logic.connectors.json_body import (
    ConnectorContent,
    cut_body,
    group_parameters,
    read_body,
)
from cactions.logic.connectors.notes import ConnectorNote, NoteKind, SecretToSeal
from cactions.logic.connectors.read_only import is_read_only
from cactions.logic.connectors.targets import ConnectorTargets, read_targets
from cactions.logic.connectors.texts import ConnectorTexts
from cactions.logic.connectors.url import ConnectorUrl, read_url
from cactions.logic.yaml.parser import MAX_BYTES
from cactions.logic.yaml.writer import YamlValue, write_comment, write_yaml
from cactions.model import Attribute, Connector, ConnectorInput, InputType, Template

_AUDIENCES: Final = ("users", "leads", "visitors")
_STATES: Final = ("live", "draft")
_CODE: Final = "code_block_transformation"
_CLIENT: Final = "client_side"
_FLAGS: Final = (
    "customer_authentication", "bypass_authentication", "validate_missing_attributes",
    "direct_fin_usage",
)  # fmt: skip
_LONGEST_KEY: Final = 48
_LONGEST_TEXT: Final = 2_000
_LONGEST_NAME: Final = 500
_OTHER_FILES: Final = ("workspace", "shared", "example")
"""Keys whose files hold something else than a connector."""
_INPUT_TYPES: Final = {kind.value for kind in InputType}


class PulledConnector(Struct, frozen=True):
    """A connector and its action file; ``text`` is empty where there is no request to judge.

    ``key`` names the action. ``shared`` are the ids of the workspace's tokens that it attaches,
    with ``host``. ``missing`` are attributes that the workspace does not list. ``spellings`` are
    the variables at Intercom of the inputs that have another name in the file.
    """

    connector: Connector
    key: str
    text: str = ""
    notes: tuple[ConnectorNote, ...] = ()
    seals: tuple[SecretToSeal, ...] = ()
    shared: tuple[str, ...] = ()
    host: str = ""
    missing: tuple[str, ...] = ()
    spellings: Mapping[str, str] = MappingProxyType({})

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"actions.{self.key}.yaml"


def name_connectors(
    connectors: Iterable[Connector],
    known: Mapping[str, str] | None = None,
    others: Iterable[str] = (),
) -> dict[str, str]:
    """The key of each connector's action by its id: unique, and the same for the same workspace.

    ``known`` are keys that connectors have already, in files that were pulled before; ``others``
    are those of actions that no connector has.
    """
    keys = dict(known or {})
    taken = {key.lower() for key in (*keys.values(), *others, *_OTHER_FILES)}
    for connector in sorted(connectors, key=lambda each: (len(each.id), each.id)):
        if connector.id not in keys:
            bare = _build_key(connector.name) or f"connector_{_build_key(connector.id) or 'x'}"
            key, number = bare, 1
            while key in taken:
                number += 1
                key = f"{bare}_{number}"
            taken.add(key)
            keys[connector.id] = key
    return keys


def _build_key(name: str) -> str:
    from_name = re.sub(r"[^a-z0-9]+", "_", name.lower()[:500]).strip("_")
    return from_name[:_LONGEST_KEY].strip("_")


def pull_connector(
    connector: Connector,
    key: str,
    attributes: Mapping[str, Attribute],
    token_names: Mapping[str, str] = MappingProxyType({}),
) -> PulledConnector:
    """The action file of a connector; ``token_names`` are the names of known tokens, by id."""
    texts = ConnectorTexts(connector, attributes)
    url = read_url(texts.read(connector.url))
    reason = _find_reason(connector) or url.reason
    if reason:
        note = ConnectorNote(NoteKind.UNJUDGED, f"there is no request to judge: {reason}")
        return PulledConnector(connector, key, notes=(*_list_state_notes(connector), note))
    body = texts.read(connector.body)
    content = read_body(body)
    targets = read_targets(connector, attributes)
    pulled = _assemble(connector, key, targets, (texts, url, content), token_names)
    if len(pulled.text.encode()) > MAX_BYTES:
        pulled = _assemble(connector, key, targets, (texts, url, cut_body(body)), token_names)
    return pulled


def _find_reason(connector: Connector) -> str:
    if connector.execution_type == _CLIENT:
        return "it runs in the browser of the customer"
    if not connector.url.strip():
        return "it has no URL"
    return "" if connector.http_method in METHODS else "its HTTP method is not known"


def _assemble(
    connector: Connector,
    key: str,
    targets: ConnectorTargets,
    parts: tuple[ConnectorTexts, ConnectorUrl, ConnectorContent],
    token_names: Mapping[str, str],
) -> PulledConnector:
    texts, url, content = parts
    credentials = read_credentials(connector, key, url.host)
    notes = [*_list_state_notes(connector), *texts.list_notes(), *url.notes, *content.notes]
    notes += [*targets.notes, *credentials.notes]
    if content.form and connector.http_method == "get":
        notes.append(ConnectorNote(NoteKind.BODY, "a GET has no body here: it was left out"))
        content = ConnectorContent()
    action: dict[str, YamlValue] = {
        "connector_id": connector.id,
        "connector_name": connector.name if len(connector.name) <= _LONGEST_NAME else "",
        "description": _cut(connector.description),
        "audiences": [name for name in _AUDIENCES if name in connector.audiences],
        **{flag: getattr(connector, flag) for flag in _FLAGS},
        "match": texts.choose_match(),
        "fallbacks": [{"of": name, "text": text} for name, text in texts.fallbacks.items() if text],
        "data_inputs": _list_inputs(connector, texts, url.template, content),
    }
    action = {name: value for name, value in action.items() if value not in ("", None, [])}
    action["request"] = _build_request(
        connector, url, content, _list_token_names(credentials, token_names)
    )
    action["response"] = {"mapping": dict(targets.mapping)} if targets.mapping else {}
    document: dict[str, YamlValue] = {"version": 1}
    if credentials.own:
        document["tokens"] = dict(credentials.own)
    document["actions"] = {key: action}
    head = "".join(f"{write_comment(_cut(note.text, 300))}\n" for note in notes)
    return PulledConnector(
        connector,
        key,
        f"{head}{write_yaml(document)}",
        tuple(notes),
        credentials.seals,
        credentials.shared,
        url.host,
        targets.missing,
        texts.spellings,
    )


def _list_state_notes(connector: Connector) -> list[ConnectorNote]:
    notes = []
    if connector.state not in _STATES:
        notes.append(ConnectorNote(NoteKind.STATE, f"its state is {connector.state or 'not told'}"))
    if connector.data_transformation_type == _CODE:
        notes.append(ConnectorNote(NoteKind.CODE, "code at Intercom transforms the response"))
    if not any(name in _AUDIENCES for name in connector.audiences):
        notes.append(ConnectorNote(NoteKind.AUDIENCE, "its audience is not told; read as users"))
    unknown = (f"the field {name} is not known here" for name in connector.unknown)
    return [*notes, *(ConnectorNote(NoteKind.KEY, text) for text in unknown)]


def _build_request(
    connector: Connector,
    url: ConnectorUrl,
    content: ConnectorContent,
    tokens: list[YamlValue],
) -> YamlValue:
    request: dict[str, YamlValue] = {"http_method": connector.http_method}
    if connector.http_method == "post" and is_read_only(url.template, content):
        request["effect"] = "read"
    request["url"] = url.text
    if url.query:
        request["query"] = group_parameters((name, str(text)) for name, text in url.query)
    if content.form:
        request[content.form] = content.content
    if tokens:
        request["tokens"] = tokens
    return request


def _list_token_names(
    credentials: ConnectorCredentials, names: Mapping[str, str]
) -> list[YamlValue]:
    shared = (build_shared_name(token_id, names) for token_id in credentials.shared)
    return [*credentials.own, *shared]


def _list_inputs(
    connector: Connector, texts: ConnectorTexts, url: Template, content: ConnectorContent
) -> list[YamlValue]:
    """The declared inputs, and those that its texts name without declaring them."""
    asks = is_read_only(url, content)
    contents = frozenset() if asks else list_contents(connector, url, content.content)
    found: dict[str, YamlValue] = {}
    for declared in connector.inputs:
        name = texts.inputs[declared.name]
        if name not in found:
            found[name] = _build_input(declared, name, texts, contents)
    for name in texts.implicit:
        implicit = ConnectorInput(name, required=True)
        found[name] = _build_input(implicit, name, texts, contents)
    return list(found.values())


def _build_input(
    declared: ConnectorInput, name: str, texts: ConnectorTexts, contents: Collection[str]
) -> YamlValue:
    kind = declared.type if declared.type in _INPUT_TYPES else InputType.STRING.value
    entry: dict[str, YamlValue] = {"name": name, "type": kind, "required": declared.required}
    if declared.description:
        entry["description"] = _cut(declared.description)
    default = _read_default(declared.default_value or texts.defaults.get(name, ""), kind)
    if default is not None:
        entry["default_value"] = default
    if name in texts.assigned:
        entry["role"] = "assigned"
    elif name in contents:
        entry["role"] = "content"
    return entry


def _read_default(text: str, kind: str) -> str | int | float | bool | None:
    """The default in the type of the input; None where there is none of that type."""
    if not text or kind == InputType.STRING.value:
        return text or None
    if kind == InputType.BOOLEAN.value:
        return {"true": True, "false": False}.get(text.lower())
    with suppress(ValueError):
        if kind == InputType.INTEGER.value and re.fullmatch(r"-?[0-9]{1,18}", text):
            return int(text)
        if kind == InputType.DECIMAL.value and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
            return float(text)
    return None


def _cut(text: str, longest: int = _LONGEST_TEXT) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
