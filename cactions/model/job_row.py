"""The rows of a file of people that an action is to run for."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.model.json_value import Scalar
from cactions.model.person import PersonQuery


class JobRow(Struct, frozen=True):
    """One person of the file, with the data inputs; ``line`` counts from 1."""

    line: int
    query: PersonQuery
    inputs: Mapping[str, Scalar]


class BadRow(Struct, frozen=True):
    """A row that cannot be used, with the reason."""

    line: int
    message: str
    hint: str = ""
