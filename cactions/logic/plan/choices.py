"""What ``values``, ``options`` and ``one_of`` make of a response value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.logic import strict_json
from cactions.logic.plan.equality import normalize
from cactions.logic.values.dates import DateError
from cactions.model import (
    ABSENT,
    AttributeMapping,
    Json,
    KeepReason,
    Scalar,
    is_empty,
    is_same,
)

MAX_LISTED_CHOICES: Final = 8


def look_up_value(mapping: AttributeMapping, received: Json) -> Scalar:
    """The value that ``values`` gives for this text, or for the JSON text of another value.

    Raises DateError.
    """
    if isinstance(received, list | dict):
        kind = "a list" if isinstance(received, list) else "an object"
        raise DateError(KeepReason.WRONG_TYPE, f"one value is expected, not {kind}")
    text = received if isinstance(received, str) else strict_json.dump_json(received)
    if not isinstance(received, float):
        fold = str.casefold if mapping.any_case else str
        wanted = fold(text)
        for known, value in mapping.values:
            if fold(known) == wanted:
                return value
    if mapping.otherwise is not ABSENT:
        assert not isinstance(mapping.otherwise, list | dict)
        return mapping.otherwise
    listed = _list_choices(known for known, _ in mapping.values)
    raise DateError(KeepReason.NOT_IN_VALUES, f"known values: {listed}")


def check_choices(mapping: AttributeMapping, value: Scalar) -> None:
    """Refuse a value that is not listed. An empty value is only possible through ``values``.

    Raises DateError.
    """
    if not mapping.attribute.options and not mapping.one_of:
        return
    for choices, reason in (
        (mapping.attribute.options, KeepReason.NOT_AN_OPTION),
        (mapping.one_of, KeepReason.NOT_IN_ONE_OF),
    ):
        known = [normalize(mapping.attribute.data_type, choice) for choice in choices]
        if known and not is_empty(value) and not any(is_same(value, choice) for choice in known):
            raise DateError(reason, f"allowed values: {_list_choices(choices)}")


def _list_choices(choices: Iterable[Scalar]) -> str:
    """The first choices as JSON, and how many more there are."""
    words = [strict_json.dump_json(choice) for choice in choices]
    more = len(words) - MAX_LISTED_CHOICES
    return ", ".join(words[:MAX_LISTED_CHOICES]) + (f" and {more} more" if more > 0 else "")
