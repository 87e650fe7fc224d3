"""The columns of a file that an action runs for: its key, its data inputs, and what has neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final, TypeVar

from cactions.logic.people.column_names import LONGEST_NAME, ColumnNames
from cactions.logic.people.from_record import ALIASES
from cactions.logic.source_mask import is_key, mask_text
from cactions.logic.suggest import find_closest, join_names
from cactions.model import Action, UsageError

INPUTS: Final = "inputs."

Item = TypeVar("Item")


class JobColumns:
    """What the columns of a file may be for one action; ``names`` finds it by their names."""

    def __init__(self, action: Action) -> None:
        self._action = action
        inputs = [item.name for item in action.inputs]
        aliases = [alias for alias, name in ALIASES.items() if name == action.match]
        self._keys = (action.match, *(alias for alias in aliases if alias not in inputs))
        self.inputs: dict[str, tuple[str, ...]] = {
            name: (INPUTS + name, name) if name != action.match else (INPUTS + name,)
            for name in inputs
        }
        self.names = ColumnNames([*self._keys, *chain.from_iterable(self.inputs.values())])

    def find_key(self, members: Mapping[str, Item]) -> Item | None:
        """What is there under a name of the action's match; None where there is none."""
        return next((members[name] for name in self._keys if name in members), None)

    def find_inputs(self, members: Mapping[str, Item]) -> dict[str, Item]:
        """What is there for each input, under the first of its names that is there."""
        found: dict[str, Item] = {}
        for name, names in self.inputs.items():
            for column in names:
                if column in members:
                    found[name] = members[column]
                    break
        return found

    def has_key(self, written: Mapping[str, object]) -> bool:
        """Whether one of these names of a file is that of the key."""
        return any(self.names.match(name) in self._keys for name in written)

    def place_columns(self, columns: Sequence[str], others: Sequence[str]) -> dict[str, int]:
        """The place of each known column. Raises UsageError without the key, or for a second one.

        ``others`` are columns of the file that were not read.
        """
        places: dict[str, int] = {}
        for place, column in enumerate(columns):
            name = self.names.match(column)
            if name in places:
                first = columns[places[name]]
                both = f'"{column}"' if first == column else f'"{first}" and "{column}"'
                raise UsageError(
                    f"the file has two columns {both}, and each is {name}",
                    hint="Keep one of them.",
                )
            if name:
                places[name] = place
        if self.find_key(places) is None:
            raise self.build_key_error([*columns, *others])
        return places

    def build_key_error(self, columns: Sequence[str]) -> UsageError:
        """The error for a file with these columns, of which none says who a row is."""
        match = self._action.match
        alike = {name.strip().lower(): name for name in columns}
        close = alike.get(find_closest(match, alike), "")
        shown = [
            name if name == close or is_key(name) else mask_text(name[:LONGEST_NAME])
            for name in columns
        ]
        hint = (
            f'Rename the column "{close}" to {match}.'
            if close
            else f"Add the column {' or '.join(self._keys)}."
        )
        return UsageError(
            f"the file has no column {match}, by which {self._action.name} finds people; "
            f"its columns: {join_names(shown)}",
            hint=hint,
        )
