"""The rows of a file of people that an action runs for."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from cactions.model.json_value import Scalar
from cactions.model.person import PersonQuery
from cactions.model.plan import Precondition


class JobRow(Struct, frozen=True):
    """One person to run an action for, and the data inputs with defaults and checked types.

    ``line`` counts from 1: where the row begins in the file; for XLSX and Parquet, the row; for
    another attempt, the entry of the earlier run. ``premises``: what a search found the person by,
    which must still hold at the commit. ``key`` is the idempotency key of the earlier attempt.
    """

    line: int
    query: PersonQuery
    inputs: Mapping[str, Scalar] = field(default_factory=dict)
    premises: tuple[Precondition, ...] = ()
    key: str = ""


class BadRow(Struct, frozen=True):
    """A row that the action cannot run for. The message shows no value of the row."""

    line: int
    message: str
    hint: str = ""
