"""Hides in an answer what is about other people than the matched one; names of members stay.

About another person is:

- everything, where ``same_person`` compares a value that is not theirs;
- each row of ``rows.path`` that ``rows.where`` does not pick, or whose proof fails;
- an object with e-mail addresses of which none is theirs, unless it holds their proof.

In text that is no JSON, it is every e-mail address that is not theirs.
"""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.bulk.identifiers import is_email
from cactions.logic.bulk.names import mask_name
from cactions.logic.exchange.identity_proof import proves_identity
from cactions.logic.exchange.row_choice import ReferenceValues, meets_conditions
from cactions.logic.expressions.json_path import query_all, query_one
from cactions.logic.request.call import CallSpec
from cactions.model import ActionResponse, Json, Path, is_empty

HIDDEN: Final = "(hidden: of another person)"
_CHARACTER: Final = r"""[^\s@<>"'(),;:\[\]=&?/\\]"""
_EMAIL: Final = re.compile(rf"{_CHARACTER}{{1,64}}@{_CHARACTER}{{1,255}}")


def hide_other_people(document: Json, spec: CallSpec) -> Json:
    """The document with ``HIDDEN`` in the place of each value of another person."""
    reader = _OtherPeople(spec)
    return reader.hide(document)


def hide_other_addresses(text: str, spec: CallSpec) -> str:
    """The text with ``HIDDEN`` in the place of each e-mail address of another person."""
    own = _get_email(spec)
    return _EMAIL.sub(lambda found: found[0] if found[0].casefold() == own else HIDDEN, text)


class _OtherPeople:
    def __init__(self, spec: CallSpec) -> None:
        self._response: ActionResponse = spec.action.response
        self._values = ReferenceValues(spec.person, spec.inputs)
        self._own = _get_email(spec)

    def hide(self, document: Json) -> Json:
        rows = self._response.rows
        if rows is None:
            return self._hide_record(document)
        found = query_all(rows.path, document)
        own = [row for row in found if meets_conditions(rows, self._values, row)]
        keep = {id(row) for row in own if len(own) == 1 or rows.where}
        return self._hide_rows(document, {id(row) for row in found}, keep)

    def _hide_rows(self, node: Json, rows: set[int], keep: set[int]) -> Json:
        """``rows`` and ``keep`` are identities of objects and lists of the document."""
        if isinstance(node, dict | list) and id(node) in rows:
            return self._hide_record(node) if id(node) in keep else _hide_all(node)
        if isinstance(node, dict):
            if self._is_other(node):
                return _hide_all(node)
            return {name: self._hide_rows(item, rows, keep) for name, item in node.items()}
        if isinstance(node, list):
            return [self._hide_rows(item, rows, keep) for item in node]
        return node

    def _hide_record(self, root: Json) -> Json:
        """What is about one person, by its proof if there is one."""
        check = self._response.same_person
        if check is None:
            return self._hide_objects(root, own=0)
        found = query_one(check.path, root)
        if proves_identity(check, self._values.get_value(check.equals), found):
            holder = query_one(Path("", check.path.segments[:-1]), root)
            return self._hide_objects(root, own=id(holder))
        return self._hide_objects(root, own=0) if is_empty(found) else _hide_all(root)

    def _hide_objects(self, node: Json, own: int) -> Json:
        """``own``: the identity of the object that holds the proof."""
        if isinstance(node, dict):
            if id(node) != own and self._is_other(node):
                return _hide_all(node)
            return {name: self._hide_objects(item, own) for name, item in node.items()}
        if isinstance(node, list):
            return [
                HIDDEN if self._is_other_address(item) else self._hide_objects(item, own)
                for item in node
            ]
        return node

    def _is_other(self, node: dict[str, Json]) -> bool:
        addresses = [item for item in node.values() if isinstance(item, str) and is_email(item)]
        return bool(self._own and addresses) and self._own not in map(str.casefold, addresses)

    def _is_other_address(self, item: Json) -> bool:
        is_address = isinstance(item, str) and is_email(item)
        return is_address and bool(self._own) and str(item).casefold() != self._own


def _get_email(spec: CallSpec) -> str:
    email = spec.person.get_field("email")
    return email.casefold() if isinstance(email, str) else ""


def _hide_all(node: Json) -> Json:
    """The structure alone; a name of a member that may be a value is hidden, too."""
    if isinstance(node, dict):
        names = {name: mask_name(name) for name in node}
        return {shown: _hide_all(node[name]) for name, shown in names.items()}
    if isinstance(node, list):
        return [_hide_all(item) for item in node]
    return node if node is None else HIDDEN
