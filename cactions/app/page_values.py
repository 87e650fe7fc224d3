"""What runs have written to the people of one page, read at once instead of for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from cactions.app.propose import PlanContext
from cactions.model import Value


class PageValues:
    """Implements ``AppliedValues`` of ``app/ports.py`` for the people who were asked about."""

    def __init__(self, values: Mapping[str, Mapping[str, Value]]) -> None:
        self._values = values

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        return self._values.get(person_id, {})

    def list_last_applied(self, _person_ids: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        return self._values


def read_page_values(context: PlanContext, person_ids: Sequence[str]) -> PlanContext:
    """The same context, which knows of these people without asking the journal again."""
    if context.journal is None:
        return context
    return replace(context, journal=PageValues(context.journal.list_last_applied(person_ids)))
