"""What one response shows about whose it is, kept small so that the response can be dropped.

``gather_evidence`` runs in the thread that called the third party. It never fails for a body: one
that is no JSON shows nothing. A value is kept as a digest, never as itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from cactions.logic.bulk.identifiers import (
    compute_digest,
    find_kind,
    get_prefix,
    get_text,
    is_short_number,
    normalize_identifier,
)
from cactions.logic.bulk.names import IdentifierKind, list_record_names, mask_name
from cactions.logic.bulk.request_keys import (
    PersonReference,
    has_shared_keys,
    list_identity_references,
)
from cactions.logic.exchange.verify import ReferenceValues, meets_conditions
from cactions.logic.expressions.json_path import query_all
from cactions.logic.expressions.references import resolve_reference
from cactions.model import (
    ABSENT,
    Action,
    Json,
    Person,
    PersonField,
    Response,
    Scalar,
    Segment,
    Value,
)

_MOST_SHOWN: Final = 16
_MOST_NODES: Final = 200
_MOST_ELEMENTS: Final = 3
_MOST_MEMBERS: Final = 100
_DECODER: Final = Decoder()
"""About 20 times as fast as the strict reader, which has refused what it may not accept."""

_FIELDS: Final = (PersonField("id"), PersonField("user_id"), PersonField("email"))
_PHONE: Final = PersonField("phone")


class ShownIdentifier(Struct, frozen=True):
    """An identifier in a response. ``path`` has ``[*]`` for an element of a list.

    ``is_own``: it is the person's. ``is_similar``: it is not, but has the prefix of their own one,
    as ``cus_12`` and ``cus_77`` have. ``is_short``: it may be equal to another one by chance.
    """

    path: str
    kind: IdentifierKind
    digest: int
    is_own: bool = False
    is_similar: bool = False
    is_short: bool = False


class Evidence(Struct, frozen=True):
    """What a response shows. ``record`` tells the third party's record; None where nothing does.

    ``own`` are the digests of the person's own identifiers.
    """

    own: tuple[int, ...] = ()
    record: int | None = None
    shown: tuple[ShownIdentifier, ...] = ()


class _ActionReader(Struct, frozen=True):
    """What of an action matters here, worked out once."""

    action: Action
    references: tuple[PersonReference, ...]
    record_path: tuple[Segment, ...]
    has_records: bool


class _OwnIdentifiers(Struct, frozen=True):
    texts: Mapping[str, None]
    prefixes: Mapping[str, int]


_READERS: Final[dict[int, _ActionReader]] = {}
_MOST_READERS: Final = 50


def gather_evidence(
    action: Action,
    person: Person,
    response: Response | None,
    inputs: Mapping[str, Scalar] | None = None,
) -> Evidence:
    """What the response shows; only the person's own identifiers where there is no success."""
    reader = _get_reader(action)
    own = _list_own(reader, person)
    digests = tuple(map(compute_digest, own.texts))
    root = _find_root(action, ReferenceValues(person, inputs or {}), response)
    if not isinstance(root, dict | list):
        return Evidence(digests)
    record = _find_record(reader, root, own) if reader.has_records else None
    return Evidence(digests, record, tuple(_list_shown(root, own)))


def _get_reader(action: Action) -> _ActionReader:
    kept = _READERS.get(id(action))
    if kept is not None and kept.action is action:
        return kept
    if len(_READERS) >= _MOST_READERS:
        _READERS.clear()
    references = (*_FIELDS, *list_identity_references(action))
    has_records = not (action.breakers.shared_records or has_shared_keys(action))
    paths = [mapping.path.segments[:-1] for mapping in action.response.mapping]
    record_path = tuple(_list_common(paths)) if paths else ()
    reader = _ActionReader(action, tuple(dict.fromkeys(references)), record_path, has_records)
    _READERS[id(action)] = reader
    return reader


def _list_common(paths: list[tuple[Segment, ...]]) -> Iterator[Segment]:
    for steps in zip(*paths, strict=False):
        if any(step != steps[0] for step in steps):
            return
        yield steps[0]


def _list_own(reader: _ActionReader, person: Person) -> _OwnIdentifiers:
    """The identifiers of the person, as they are compared, and the prefixes of those with one."""
    texts: dict[str, None] = {}
    prefixes: dict[str, int] = {}
    for reference in reader.references:
        value = resolve_reference(reference, person, {})
        text = "" if value is ABSENT else get_text(value).lower()
        if not text:
            continue
        texts[text] = None
        if "@" not in text and (prefix := get_prefix(text)):
            prefixes[prefix] = len(text)
    phone = person.fields.get("phone")
    if isinstance(phone, str) and (number := normalize_identifier(IdentifierKind.PHONE, phone)):
        texts[number] = None
    return _OwnIdentifiers(texts, prefixes)


def _find_root(action: Action, asker: ReferenceValues, response: Response | None) -> Value:
    """Where the mapping's paths start; ABSENT where no success can be read."""
    if response is None or response.status not in action.response.success_when.statuses:
        return ABSENT
    try:
        document: Json = _DECODER.decode(response.body)
        rows = action.response.rows
        if rows is None:
            return document
        fitting = [
            row for row in query_all(rows.path, document) if meets_conditions(rows, asker, row)
        ]
    except (DecodeError, RecursionError, UnicodeError, ValueError):
        return ABSENT
    return fitting[0] if len(fitting) == 1 else ABSENT


def _find_record(reader: _ActionReader, root: Json, own: _OwnIdentifiers) -> int | None:
    """The identity of the innermost object around the mapped values that has one.

    An id that is the person's own may be an echo of the request: another one is preferred.
    """
    own_record = None
    for holder in _list_holders(reader.record_path, root):
        if len(holder) > _MOST_MEMBERS:
            continue
        for name in list_record_names(tuple(holder)):
            text = get_text(holder[name]).lower()
            record = f"{name}:{text}"
            if text and text not in own.texts:
                return compute_digest(record)
            own_record = own_record or (record if text else None)
    return compute_digest(own_record) if own_record else None


def _list_holders(path: tuple[Segment, ...], root: Json) -> list[dict[str, Json]]:
    """The objects on the way to the mapped values, the innermost first."""
    holders: list[dict[str, Json]] = []
    node: Any = root
    for step in (*path, None):
        if isinstance(node, dict):
            holders.insert(0, node)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return holders


def _list_shown(root: Json, own: _OwnIdentifiers) -> list[ShownIdentifier]:
    """Every identifier, those near the root first; one for each path."""
    shown: dict[str, ShownIdentifier] = {}
    nodes: deque[tuple[str, Json]] = deque([("$", root)])
    for _ in range(_MOST_NODES):
        if not nodes or len(shown) >= _MOST_SHOWN:
            break
        path, node = nodes.popleft()
        if isinstance(node, dict):
            _read_object(path, node, own, shown, nodes)
        elif isinstance(node, list):
            nodes.extend(
                (f"{path}[*]", item)
                for item in node[:_MOST_ELEMENTS]
                if isinstance(item, dict | list)
            )
    return [*shown.values()][:_MOST_SHOWN]


def _read_object(
    path: str,
    node: dict[str, Json],
    own: _OwnIdentifiers,
    shown: dict[str, ShownIdentifier],
    nodes: deque[tuple[str, Json]],
) -> None:
    for number, (name, value) in enumerate(node.items()):
        if number >= _MOST_MEMBERS:
            return
        if isinstance(value, dict | list):
            nodes.append((f"{path}.{mask_name(name)}", value))
            continue
        text = get_text(value)
        kind = find_kind(name, text) if text else None
        if kind is not None:
            where = f"{path}.{mask_name(name)}"
            known = shown.get(where)
            if known is None or not known.is_own:
                shown[where] = _build_shown(where, kind, text, own)


def _build_shown(
    path: str, kind: IdentifierKind, text: str, own: _OwnIdentifiers
) -> ShownIdentifier:
    normal = normalize_identifier(kind, text)
    is_own = normal in own.texts
    is_similar = False
    if not is_own and kind is IdentifierKind.ID and (prefix := get_prefix(normal)):
        length = own.prefixes.get(prefix)
        is_similar = length is not None and abs(length - len(normal)) <= 2  # noqa: PLR2004
    short = kind is IdentifierKind.ID and is_short_number(normal)
    return ShownIdentifier(path, kind, compute_digest(normal), is_own, is_similar, short)
