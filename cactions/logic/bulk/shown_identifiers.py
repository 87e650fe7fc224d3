"""Collects the identifiers in the body of a response, as digests. The work is bounded."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final

from msgspec import Struct

from cactions.logic.bulk.identifiers import (
    LONGEST,
    compute_digest,
    get_prefix,
    get_text,
    is_email,
    is_short_number,
    normalize_phone,
)
from cactions.logic.bulk.names import IdentifierKind, find_named_kind, mask_name, write_path
from cactions.logic.expressions.json_path import query_one
from cactions.model import ABSENT, Json, Path, Segment

_MOST_SHOWN: Final = 16
_MOST_NODES: Final = 200
_MOST_ELEMENTS: Final = 3
_MOST_MEMBERS: Final = 100
_LENGTHS: Final = 2
"""How many characters two ids of one numbering may differ in length."""


class ShownIdentifier(Struct, frozen=True):
    """An identifier in a response. ``path`` has ``[*]`` for an element of a list.

    ``is_own``: it is the person's. ``is_similar``: it is not, but has the prefix of their own one,
    as ``cus_12`` and ``cus_77`` have. ``is_short``: it may be equal to another one by chance.
    ``is_comparable``: the person has an identifier of this kind.
    """

    path: str
    kind: IdentifierKind
    digest: int
    is_own: bool = False
    is_similar: bool = False
    is_short: bool = False
    is_comparable: bool = True


class IdentifierReader:
    """Reads the body of one response for a person with these identifiers."""

    def __init__(self, own: dict[str, int]) -> None:
        self._own = own
        self._shown: dict[str, ShownIdentifier] = {}
        self._nodes: deque[tuple[str, Json]] = deque()
        self._prefixes: dict[str, int] | None = None

    def list_shown(self, root: Json, element: tuple[Segment, ...]) -> list[ShownIdentifier]:
        """One identifier for each path: first those of the element of a list that is mapped.

        Those near the root come first.
        """
        nodes = self._nodes
        mapped = query_one(Path("", element), root) if element else ABSENT
        if mapped is not ABSENT:
            nodes.append((write_path(element), mapped))
        nodes.append(("$", root))
        for _ in range(_MOST_NODES):
            if not nodes or len(self._shown) >= _MOST_SHOWN:
                break
            path, node = nodes.popleft()
            if isinstance(node, dict):
                self._read_object(path, node)
            elif isinstance(node, list):
                items = (item for item in node[:_MOST_ELEMENTS] if item is not mapped)
                nodes.extend((f"{path}[*]", item) for item in items)
        return [*self._shown.values()][:_MOST_SHOWN]

    def _read_object(self, path: str, node: dict[str, Json]) -> None:
        for name, value in islice(node.items(), _MOST_MEMBERS):
            if isinstance(value, dict | list):
                self._nodes.append((f"{path}.{mask_name(name)}", value))
            elif isinstance(value, str) and "@" in value:
                if len(value) <= LONGEST and is_email(value):
                    self._add(path, name, IdentifierKind.EMAIL, value.lower())
            elif (kind := find_named_kind(name)) is not None and (text := get_text(value)):
                if kind is IdentifierKind.PHONE:
                    self._add(path, name, kind, normalize_phone(text))
                elif len(text) <= LONGEST and " " not in text:
                    self._add(path, name, kind, text.lower())

    def _add(self, path: str, name: str, kind: IdentifierKind, text: str) -> None:
        where = f"{path}.{mask_name(name)}"
        known = self._shown.get(where)
        if known is not None and known.is_own:
            return
        is_short = kind is IdentifierKind.ID and is_short_number(text)
        digest = self._own.get(text)
        if digest is not None:
            shown = ShownIdentifier(where, kind, digest, is_own=True, is_short=is_short)
        elif kind is IdentifierKind.ID:
            similar = self._is_similar(text)
            digest = compute_digest(text)
            shown = ShownIdentifier(where, kind, digest, is_similar=similar, is_short=is_short)
        else:
            comparable = kind is IdentifierKind.EMAIL and any("@" in own for own in self._own)
            shown = ShownIdentifier(where, kind, compute_digest(text), is_comparable=comparable)
        self._shown[where] = shown

    def _is_similar(self, text: str) -> bool:
        """Whether an id has the prefix, and about the length, of one of the person's own."""
        if self._prefixes is None:
            self._prefixes = {get_prefix(own): len(own) for own in self._own if "@" not in own}
        prefix = get_prefix(text)
        length = self._prefixes.get(prefix) if prefix else None
        return length is not None and abs(length - len(text)) <= _LENGTHS
