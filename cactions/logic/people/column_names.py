"""What the name of a column stands for: exact names first, then those of exports and spreadsheets.

- Intercom exports a contact's fields under its own labels: ``User ID``, ``Signed up``. A label in
  any capitals is that field.
- Another name is compared without capitals, and with ``_`` for blanks and hyphens: ``Loyalty
  Points`` is ``loyalty_points`` where only one known name is like it.
- A name in the form of our own keys is only ever itself: ``signed_up`` is no label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

MOST_NAMES: Final = 100
"""Names of a file that are kept, so that JSON with ever new names needs no more memory."""
LONGEST_NAME: Final = 64

_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "avatar_image_url": "avatar",
        "contact_role": "role",
        "e_mail": "email",
        "first_seen": "created_at",
        "last_seen": "last_seen_at",
        "signed_up": "signed_up_at",
    }
)
"""Labels of Intercom that are not the field's own name; and how some spreadsheets write e-mail."""
_JOINTS: Final = re.compile(r"[\s_-]+")


class ColumnNames:
    """Finds the known name that a file's name stands for."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_form: dict[str, str] = {}
        for name in self._known:
            form = normalize_name(name)
            self._by_form[form] = "" if form in self._by_form else name
        self._found: dict[str, str] = {}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.match(name))

    def match(self, name: str) -> str:
        """The known name; empty where there is none, or more than one."""
        if name in self._known:
            return name
        found = self._found.get(name)
        if found is None:
            found = self._match_form(name) if len(name) <= LONGEST_NAME else ""
            if len(self._found) < MOST_NAMES:
                self._found[name] = found
        return found

    def _match_form(self, name: str) -> str:
        form = normalize_name(name)
        if form == name:
            return ""
        label = _LABELS.get(form, "")
        return label if label in self._known else self._by_form.get(form, "")


def normalize_name(name: str) -> str:
    """The form in which names are compared."""
    return _JOINTS.sub("_", name.strip().casefold())


def remember_name(names: dict[str, None], name: str) -> None:
    """Keep a name of the file in order, while there is room."""
    if len(names) < MOST_NAMES:
        names[name[:LONGEST_NAME]] = None
