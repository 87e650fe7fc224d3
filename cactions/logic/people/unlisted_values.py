"""Values of people that are none of the options of their attribute.

They are taken, since options are archived while people keep them; an answer with such a value would
be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cactions.logic.printable import escape_control
from cactions.logic.strict_json import dump_json
from cactions.logic.suggest import join_names
from cactions.model import MASK, Attribute, Person, is_empty, is_same

_MOST: Final = 5


class UnlistedValues:
    """Passes people on, and notes what of them is outside the options."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self._attributes = {name: each for name, each in attributes.items() if each.options}
        self._messages: list[str] = []
        self._count = 0

    def observe(self, people: Iterable[Person]) -> Iterator[Person]:
        """The same people, counted from 1."""
        for number, person in enumerate(people, start=1):
            for name, attribute in self._attributes.items():
                value = person.attributes.get(name)
                if is_empty(value) or any(is_same(value, known) for known in attribute.options):
                    continue
                self._count += 1
                if self._count <= _MOST:
                    shown = MASK if attribute.redacted else escape_control(dump_json(value), 60)
                    options = join_names(escape_control(str(each)) for each in attribute.options)
                    self._messages.append(
                        f"Person {number}: {name} is {shown}, which is none of its options"
                        f" ({options})."
                    )
            yield person

    def list_messages(self) -> Iterator[str]:
        """What was found, the first ones in words."""
        yield from self._messages
        if self._count > _MOST:
            yield f"… and {self._count - _MOST:,} more values that are none of the options."
