"""Who may choose a value that an action reads: a data input, a contact field, an attribute."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from cactions.model import Action, Input, PersonField, Project, Reference, Trust

CLAIMED: Final = ("email", "user_id")
TYPED: Final = ("phone", "name", "avatar")
"""Contact fields that are whatever people say they are."""


class ValueTrust:
    """What each value is worth, apart from what other actions write into it.

    ``used`` are the trusted routes that made a difference; ``written`` the attributes onto which an
    action maps.
    """

    def __init__(self, project: Project, trusted: frozenset[str], written: Collection[str]) -> None:
        self.project = project
        self.trusted = trusted
        self.used: set[str] = set()
        self._written = written
        self._assigned = {
            name: {each.name for each in action.inputs if each.is_assigned}
            for name, action in project.actions.items()
        }

    def get_trust(self, reference: Reference, action: Action) -> Trust:
        if isinstance(reference, Input):
            assigned = reference.name in self._assigned[action.name]
            return Trust.SYSTEM if assigned else Trust.USER_WRITABLE
        if isinstance(reference, PersonField):
            return self._of_field(reference.name, action)
        attribute = self.project.attributes.get(reference.name)
        if attribute is None:
            return Trust.USER_WRITABLE
        if attribute.user_editable and not self.is_vouched(f"attributes.{reference.name}"):
            return Trust.USER_WRITABLE
        return Trust.DERIVED if reference.name in self._written else Trust.OPERATOR

    def _of_field(self, name: str, action: Action) -> Trust:
        if name in TYPED:
            return Trust.USER_WRITABLE
        if name not in CLAIMED:
            return Trust.SYSTEM
        if name == "email" and action.connector_id and action.customer_authentication:
            return Trust.VERIFIED
        if set(action.audiences) != {"users"}:
            return Trust.ANONYMOUS
        verification = self.project.workspace.identity_verification
        return Trust.VERIFIED if verification.is_signed(name) else Trust.USER_WRITABLE

    def is_vouched(self, route: str) -> bool:
        self.used.update({route} & self.trusted)
        return route in self.trusted
