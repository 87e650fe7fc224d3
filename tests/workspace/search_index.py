"""The index that searches read: it has the contacts as they were ``index_lag`` seconds ago.

A written contact is found with its old content, and by its old content, until the lag has passed.
A new contact is missing until then. A merged contact is never found again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from tests.workspace.messages import Document


class Version(Struct, frozen=True):
    """The content from a moment on; none after a removal."""

    visible_at: float
    document: Document | None


def read_field(document: Document, name: str) -> Any:
    """The value of a field by its name in a search, such as ``location.country``."""
    value: Any = document
    for part in name.split(".", 1):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def fold_value(value: Any) -> str:
    """A value as a key that is equal for all values which a search may take as equal."""
    return str(value).casefold()


class SearchIndex:
    """The versions of every contact, and for some fields, who ever had which value."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Version]] = {}
        self._fields: dict[str, dict[str, set[str]]] = {}

    def record(self, key: str, document: Document | None, visible_at: float) -> None:
        """Add the content that searches find from that moment on."""
        self._versions.setdefault(key, []).append(Version(visible_at, document))
        if document is not None:
            for name, holders in self._fields.items():
                holders[fold_value(read_field(document, name))].add(key)

    def forget(self, key: str) -> None:
        """No search finds this contact any more, from now on."""
        self._versions.pop(key, None)

    def iterate(self, keys: Iterable[str] | None, now: float) -> Iterator[Document]:
        """The contacts that a search sees now: all, or those among the keys."""
        for key in self._versions if keys is None else keys:
            document = self._find(key, now)
            if document is not None:
                yield document

    def narrow(self, name: str, values: Iterable[Any]) -> set[str]:
        """Every contact that ever had such a value, and perhaps some that had not."""
        if name not in self._fields:
            self._fields[name] = self._collect(name)
        holders = self._fields[name]
        return set().union(*(holders.get(fold_value(value), ()) for value in values))

    def _find(self, key: str, now: float) -> Document | None:
        versions = self._versions.get(key, [])
        visible = [n for n, version in enumerate(versions) if version.visible_at <= now]
        if not visible:
            return None
        del versions[: visible[-1]]
        return versions[0].document

    def _collect(self, name: str) -> dict[str, set[str]]:
        holders: dict[str, set[str]] = defaultdict(set)
        for key, versions in self._versions.items():
            for version in versions:
                if version.document is not None:
                    holders[fold_value(read_field(version.document, name))].add(key)
        return holders
