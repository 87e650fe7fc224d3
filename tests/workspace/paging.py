"""Pages by cursor: an opaque text that stands for the last item of the page before."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, TypeVar

from tests.workspace.errors import ApiError

Item = TypeVar("Item")

WRONG_CURSOR = (
    "Invalid starting_after param. Please try again using a starting_after value from a "
    "paginated response"
)


def encode_cursor(values: list[Any]) -> str:
    """The cursor of these values."""
    return b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The values of a cursor; raises the platform's refusal of any other text."""
    try:
        values = json.loads(b64decode(cursor, validate=True))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise ApiError(400, "client_error", WRONG_CURSOR)
    return values


def read_clamped(text: str | None, default: int, maximum: int) -> int:
    """A page size: outside the range it is cut, and what is no integer is the default."""
    try:
        return min(max(int(text or default), 1), maximum)
    except ValueError:
        return default


def take_page(
    items: list[Item], cursor: str | None, size: int, sort: Callable[[Item], list[Any]]
) -> tuple[list[Item], str | None]:
    """The page after the cursor of items that are in descending order, and the next cursor.

    Items are found by their values, not by their place, so that a page neither repeats nor
    skips an item because of others that came or went.
    """
    if cursor:
        last = decode_cursor(cursor, 2)
        items = [item for item in items if sort(item) < last]
    page = items[:size]
    return page, encode_cursor(sort(page[-1])) if len(items) > size else None
