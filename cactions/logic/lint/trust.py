"""Who may choose each value that an action reads, and what a mapping brings in, to a fixpoint.

An attribute that end users cannot write is as good as the actions that map onto it. A mapping is
good where a sound ``same_person`` proves the answer *and* what the third party holds is vouched
for: an attacker can sign up there with another person's number, and has it in a real record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cactions.logic.lint.lookup_keys import list_lookup_keys
from cactions.model import (
    Action,
    AttributeMapping,
    Input,
    PersonAttribute,
    PersonField,
    Project,
    Reference,
    SamePerson,
    Trust,
)

Writer = tuple[Action, AttributeMapping]

_CLAIMED: Final = ("email", "user_id")
TYPED: Final = ("phone", "name", "avatar")
"""Contact fields that are whatever people say they are."""
_TELLING: Final = ("id", *_CLAIMED)
_REACHED: Final = (
    r"(^|[^a-z])(e?[-_ ]?mail|phone|tel|telephone|mobile|msisdn|sms|whatsapp|fax|cell|number)s?"
    r"([^a-z]|$)|mail|phone|address"
)
"""What people are reached by; they type it wherever they sign up."""
_ASSIGNED: Final = (
    r"(^|[-_. ])(id|ids|uuid|guid|key|ref|reference)$|[a-z](Id|ID|Key|Ref|Uuid|UUID)$"
)
"""Names of what a third party assigns."""


def is_contact_address(name: str) -> bool:
    """Whether a name speaks of an address or a number that people are reached by."""
    return bool(re.search(_REACHED, name, re.IGNORECASE))


def rests_on_contact_address(proof: SamePerson) -> bool:
    """Whether an identity check compares an address or a number, which anyone may have entered."""
    return is_contact_address(proof.equals.name) or is_contact_address(
        _get_last_name(proof.path.segments)
    )


class TrustAnalysis:
    """What of a project may not be what it seems.

    ``dirty`` are the attributes that other actions fill with unproven values, ``writers``
    all mappings onto each attribute, ``used`` the trusted routes that made a difference.
    """

    def __init__(self, project: Project, trusted: frozenset[str]) -> None:
        self.project = project
        self.trusted = trusted
        self.used: set[str] = set()
        self.keys = {name: list_lookup_keys(action) for name, action in project.actions.items()}
        self.sent = {
            name: frozenset(key.reference for key in keys if key.is_sent)
            for name, keys in self.keys.items()
        }
        self.writers = _group_writers(project.actions.values())
        self._numbers: dict[str, dict[str, int]] = {}
        self.dirty: set[str] = set()
        self._settle()

    def _settle(self) -> None:
        """Attributes with unproven values, and then those that are proven by these."""
        proven_by: dict[str, list[Action]] = {}
        for action in self.project.actions.values():
            proof = action.response.same_person
            if proof and isinstance(proof.equals, PersonAttribute):
                proven_by.setdefault(proof.equals.name, []).append(action)
        waiting = [writer for writers in self.writers.values() for writer in writers]
        while waiting:
            action, mapping = waiting.pop()
            name = mapping.attribute.name
            if name not in self.dirty and self.is_tainted_by(action, mapping):
                self.dirty.add(name)
                again = proven_by.get(name, ())
                waiting += [
                    (writing_action, attribute_mapping)
                    for writing_action in again
                    for attribute_mapping in writing_action.response.mapping
                ]

    def is_tainted_by(self, action: Action, mapping: AttributeMapping) -> bool:
        """Whether a mapping may bring in what an attacker has chosen."""
        if mapping.values or mapping.one_of or mapping.attribute.options:
            return False  # only what the author has written down comes through
        if not self.find_doubt(action, mapping):
            return False
        return not self._is_vouched(
            f"actions.{action.name}.response.mapping.{mapping.attribute.name}"
        )

    def find_doubt(self, action: Action, mapping: AttributeMapping) -> str:
        """Why a mapped value may not be what it seems; empty where there is no doubt."""
        proof = action.response.same_person
        if proof is None or (why := self.find_identity_gap(action)):
            return "nothing proves its answer" if proof is None else why
        if proof.verified:
            return ""
        if rests_on_contact_address(proof):
            return "nothing declares that the service verifies what the identity check compares"
        last = _get_last_name(mapping.path.segments)
        if re.search(_ASSIGNED, last, re.IGNORECASE) and not is_contact_address(last):
            return ""
        return "people may have typed it at the third party"

    def find_identity_gap(self, action: Action) -> str:
        """Why an answer is not shown to be the person's; empty where it is."""
        proof = action.response.same_person
        if proof is None:
            return "nothing proves that the answer is theirs"
        if proof.equals in self.sent[action.name]:
            return f"{proof.equals} is sent in the request, and comes back for any person"
        if _is_common(proof.equals, self.project):
            return f"{proof.equals} is the same for many people"
        if self.get_trust(proof.equals, action).tainted:
            return f"the person may have chosen {proof.equals} themselves"
        if isinstance(proof.equals, PersonAttribute) and proof.equals.name in self.dirty:
            return f"{proof.equals} is written by an action that proves nothing"
        return ""

    def list_trust(self, action: Action) -> dict[Reference, Trust]:
        read = [key.reference for key in self.keys[action.name]]
        proof = action.response.same_person
        return {
            reference: self.get_trust(reference, action)
            for reference in (*read, *((proof.equals,) if proof else ()))
        }

    def get_trust(self, reference: Reference, action: Action) -> Trust:
        if isinstance(reference, Input):
            return Trust.USER_WRITABLE
        if isinstance(reference, PersonField):
            return self._of_field(reference.name, action)
        attribute = self.project.attributes.get(reference.name)
        if attribute is None:
            return Trust.USER_WRITABLE
        if attribute.user_editable and not self._is_vouched(f"attributes.{reference.name}"):
            return Trust.USER_WRITABLE
        return Trust.DERIVED if reference.name in self.writers else Trust.OPERATOR

    def _of_field(self, name: str, action: Action) -> Trust:
        if name in TYPED:
            return Trust.USER_WRITABLE
        if name not in _CLAIMED:
            return Trust.SYSTEM
        if action.audiences != ("users",) and set(action.audiences) != {"users"}:
            return Trust.ANONYMOUS
        verified = self.project.workspace.identity_verification
        return Trust.VERIFIED if verified else Trust.USER_WRITABLE

    def get_input_number(self, action: Action, name: str) -> int:
        """Where an input stands in its list."""
        if action.name not in self._numbers:
            numbers = {data_input.name: number for number, data_input in enumerate(action.inputs)}
            self._numbers[action.name] = numbers
        return self._numbers[action.name].get(name, 0)

    def _is_vouched(self, route: str) -> bool:
        if route in self.trusted:
            self.used.add(route)
            return True
        return False


def _group_writers(actions: Iterable[Action]) -> dict[str, tuple[Writer, ...]]:
    found: dict[str, list[Writer]] = {}
    for action in actions:
        for mapping in action.response.mapping:
            found.setdefault(mapping.attribute.name, []).append((action, mapping))
    return {name: tuple(sorted(writers, key=_get_action_name)) for name, writers in found.items()}


def _get_action_name(writer: Writer) -> str:
    return writer[0].name


def _is_common(reference: Reference, project: Project) -> bool:
    if isinstance(reference, PersonField):
        return reference.name not in _TELLING
    if isinstance(reference, Input):
        return False
    attribute = project.attributes.get(reference.name)
    return attribute is not None and bool(
        attribute.options or attribute.data_type.value not in ("string", "integer")
    )


def _get_last_name(segments: tuple[object, ...]) -> str:
    names = [item for item in segments if isinstance(item, str)]
    return names[-1] if names else ""
