"""What a test of an action expects; None, or ABSENT, means not stated."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from cactions.model.json_value import ABSENT, Json, Value


class ExpectedKind(Enum):
    """What becomes of a mapped attribute: the kinds of a change, and the two ways to be left."""

    ADD = "add"
    OVERWRITE = "overwrite"
    CLEAR = "clear"
    SAME = "same"
    KEPT = "kept"
    REFUSED = "refused"


class ExpectedChange(Struct, frozen=True):
    """The kind for one attribute; ``reason`` is why it is kept or refused, empty for any."""

    kind: ExpectedKind
    reason: str = ""


class ExpectedRequest(Struct, frozen=True):
    """The request as it would be sent, with dots in the place of secrets.

    ``url`` is without its query; ``query``, with all values of a name in order, and ``json`` are
    compared as a whole, of the headers only those that are named, in any case.
    """

    url: str | None = None
    method: str | None = None
    query: Mapping[str, tuple[str, ...]] | None = None
    headers: Mapping[str, str] | None = None
    json: Value = ABSENT


class Expectation(Struct, frozen=True):
    """What must come out.

    ``attributes`` are the values that the action would write or find already there, ``refused``
    the attributes whose values must be refused, ``changes`` what becomes of attributes, ``failure``
    the Reason word of a failed call.
    """

    status: int | None = None
    attributes: Mapping[str, Json] | None = None
    refused: tuple[str, ...] | None = None
    failure: str | None = None
    changes: Mapping[str, ExpectedChange] | None = None
    request: ExpectedRequest | None = None
