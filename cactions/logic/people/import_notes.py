"""What is odd about the people of a file, and no reason to refuse them.

- A value is none of the options of its attribute: options are archived while people keep them. An
  answer with such a value would be refused.
- An address differs from that of another person in capitals only: both are taken, and each is found
  by its own spelling. One of the two has a capital, which is rare: only these are kept in memory,
  and compared with the addresses of everyone after the import.
- A text is a number that a spreadsheet has cut, or may be one. A key that is cut is refused before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cactions.logic.people.cut_numbers import CUT_HINT, is_cut_number, is_rounded_number
from cactions.logic.people.lookup import get_lookup_key
from cactions.logic.printable import escape_control
from cactions.logic.strict_json import dump_json
from cactions.logic.suggest import join_names
from cactions.model import (
    CONTACT_FIELDS,
    MASK,
    Attribute,
    DataType,
    Json,
    Person,
    PersonAttribute,
    PersonField,
    Reference,
    is_empty,
    is_same,
)

_MOST: Final = 5
_LONGEST: Final = 60
MOST_COMPARED: Final = 50_000
"""Addresses with capitals that are kept: about 15 MB."""
_IDENTIFIERS: Final = ("id", "user_id")
_OPTIONS: Final = "more values that are none of the options"
_CAPITALS: Final = "more addresses that differ in capitals only"
_CUT: Final = "more numbers that a spreadsheet has cut, or may have"


class ImportNotes:
    """Looks at the people of one import; ``most`` addresses with capitals are kept."""

    def __init__(
        self,
        attributes: Mapping[str, Attribute],
        redacted: Collection[Reference],
        most: int = MOST_COMPARED,
    ) -> None:
        self._most = most
        self._options = {name: each for name, each in attributes.items() if each.options}
        self._redacted = redacted
        self._capitals: dict[str, tuple[int, str]] = {}
        self._left_out = 0
        self._notes: dict[str, list[str]] = {_OPTIONS: [], _CAPITALS: [], _CUT: []}
        self._counts = dict.fromkeys(self._notes, 0)

    def observe(self, line: int, person: Person) -> None:
        """Look at a person, and at the line of the file where they stand."""
        self._check_options(line, person)
        self._keep_capitals(line, person)
        self._check_numbers(line, person)

    def compare_addresses(self, everyone: Iterable[str]) -> None:
        """Look for other spellings of what was imported; ``everyone`` is read only if needed."""
        for email in everyone if self._capitals else ():
            line, imported = self._capitals.get(email.lower(), (0, email))
            if imported != email:
                texts = [self._show(PersonField("email"), text) for text in (imported, email)]
                self._add(
                    _CAPITALS,
                    f"Line {line}: email {texts[0]} and {texts[1]} of another person differ in"
                    " capitals only.",
                )

    def list_messages(self) -> Iterator[str]:
        """What is odd, the first of each kind in words."""
        for kind, notes in self._notes.items():
            yield from notes
            if self._counts[kind] > _MOST:
                yield f"… and {self._counts[kind] - _MOST:,} {kind}."
        if self._left_out:
            yield (
                f"Addresses with capitals that were not compared: {self._left_out:,}. Only the"
                f" first {self._most:,} of a file are."
            )

    def _check_options(self, line: int, person: Person) -> None:
        for name, attribute in self._options.items():
            value = person.attributes.get(name)
            if is_empty(value) or any(is_same(value, known) for known in attribute.options):
                continue
            options = join_names(escape_control(str(each)) for each in attribute.options)
            shown = self._show(PersonAttribute(name), value)
            self._add(
                _OPTIONS,
                f"Line {line}: {name} is {shown}, which is none of its options ({options}).",
            )

    def _keep_capitals(self, line: int, person: Person) -> None:
        email = get_lookup_key(person, "email") or ""
        folded = email.lower()
        if folded == email:
            return
        if folded in self._capitals or len(self._capitals) < self._most:
            self._capitals.setdefault(folded, (line, email))
        else:
            self._left_out += 1

    def _check_numbers(self, line: int, person: Person) -> None:
        fields = {"id": person.id, **person.fields}
        for name in _IDENTIFIERS:
            if is_rounded_number(str(fields.get(name, ""))):
                shown = self._show(PersonField(name), fields[name])
                self._add(
                    _CUT,
                    f"Line {line}: {name} {shown} has zeros where a spreadsheet keeps no digits."
                    f" If it was another number: {CUT_HINT[0].lower()}{CUT_HINT[1:]}",
                )
        texts: list[tuple[Reference, Json]] = [
            (PersonField(name), value)
            for name, value in person.fields.items()
            if CONTACT_FIELDS[name] is DataType.STRING
        ]
        texts += [(PersonAttribute(name), value) for name, value in person.attributes.items()]
        for reference, value in texts:
            if isinstance(value, str) and is_cut_number(value):
                shown = self._show(reference, value)
                self._add(
                    _CUT,
                    f"Line {line}: {reference.name} is {shown}, a number that a spreadsheet has"
                    f" cut. {CUT_HINT}",
                )

    def _add(self, kind: str, note: str) -> None:
        self._counts[kind] += 1
        if self._counts[kind] <= _MOST:
            self._notes[kind].append(note)

    def _show(self, reference: Reference, value: Json) -> str:
        hidden = reference in self._redacted
        return MASK if hidden else escape_control(dump_json(value), _LONGEST)
