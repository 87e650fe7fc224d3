"""Sealed cells of a run or an index: the bytes of one cell, and what binds it to its place.

A cell is ``cactions-sealed/1 KEY`` and a line feed in ASCII, where KEY names the purpose's key;
then 32 bytes of salt and the ciphertext, as the vault seals. Its associated data is
``L(cactions-sealed/1, purpose, …place)``, so that no cell can be moved to another place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cactions.logic.vault.associated_data import join_fields
from cactions.model.vault import AuthenticationFailed, Ciphertext, Purpose

FORMAT: Final = "cactions-sealed/1"

_HEAD: Final = re.compile(rb"cactions-sealed/1 ([0-9a-f]{32}\.[1-9][0-9]{0,15})\n")
_SALT: Final = 32
_PERSON: Final = join_fields(FORMAT, "person")


def format_cell(key_name: str, sealed: Ciphertext) -> bytes:
    """The bytes of a cell."""
    return f"{FORMAT} {key_name}\n".encode() + sealed.salt + sealed.data


def parse_cell(data: bytes) -> tuple[str, Ciphertext]:
    """The key's name and the ciphertext. Raises AuthenticationFailed if this is no cell."""
    head = _HEAD.match(data)
    if not head:
        raise AuthenticationFailed("this is no sealed cell")
    body = data[head.end() :]
    return head[1].decode(), Ciphertext(body[:_SALT], body[_SALT:])


def build_place_data(purpose: Purpose, place: tuple[str | int, ...]) -> bytes:
    """The associated data that binds a cell to its place."""
    return _begin_place(purpose, place[0]) + join_fields(*place[1:])


@lru_cache(maxsize=64)
def _begin_place(purpose: Purpose, first: str | int) -> bytes:
    """What the cells of one run have in common."""
    return join_fields(FORMAT, purpose.value, first)


def build_pseudonym_data(person_id: str) -> bytes:
    """The data whose MAC is a person's pseudonym."""
    return _PERSON + join_fields(person_id)


MARK_LABEL: Final = join_fields(FORMAT, "mark")
"""HKDF's info for the key of pseudonyms."""
