"""Reads the texts of one connector as templates, and remembers what their variables are."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cactions.logic.connectors.notes import ConnectorNote, NoteKind
from cactions.logic.connectors.template import name_inputs, parse_template
from cactions.model import Connector, Input, PersonField, Reference, Template


class ConnectorTexts:
    """The templates of a connector in our terms; each is read once.

    ``inputs`` maps the names of its data inputs to ours. ``implicit`` are the inputs that it does
    not declare, ``assigned`` those of them that Intercom fills in, ``defaults`` the fallbacks of
    inputs, ``fallbacks`` those of values of the person, ``spellings`` the variables of inputs at
    Intercom where those are spelled otherwise.
    """

    def __init__(self, connector: Connector, attributes: Collection[str]) -> None:
        self.inputs = name_inputs(data_input.name for data_input in connector.inputs)
        self.implicit: dict[str, None] = {}
        self.assigned: set[str] = set()
        self.defaults: dict[str, str] = {}
        self.spellings: dict[str, str] = {}
        self._attributes = attributes
        self._declared = frozenset(self.inputs.values())
        self._unknown: dict[str, None] = {}
        self.fallbacks: dict[str, str] = {}
        self._read: list[Template] = []

    def read(self, text: str) -> Template:
        """The template of a text."""
        found = parse_template(text, self.inputs, self._attributes)
        self._read.append(found.template)
        self.assigned.update(found.assigned)
        self.spellings.update(found.spellings)
        self._unknown.update(dict.fromkeys(found.unknown))
        for reference, value in found.fallbacks:
            if isinstance(reference, Input):
                self.defaults.setdefault(reference.name, value)
            else:
                self.fallbacks.setdefault(str(reference), value)
        for reference in found.template.references:
            if isinstance(reference, Input) and reference.name not in self._declared:
                self.implicit[reference.name] = None
        return found.template

    def choose_match(self) -> str:
        """How a person is found: by what the requests send of them, else by user id."""
        sent = {reference for template in self._read for reference in template.references}
        fields: tuple[Reference, ...] = tuple(map(PersonField, ("user_id", "email", "id")))
        return next((field.name for field in fields if field in sent), "user_id")

    def list_notes(self) -> Iterator[ConnectorNote]:
        """What is to be said of the variables."""
        for name in self._unknown:
            text = f"the source of the variable {name} is not known"
            yield ConnectorNote(NoteKind.VARIABLE, text)
