"""One call of an action for one person, before any secret is in it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.logic.request.builder import add_credentials, build_request
from cactions.model import Action, Person, Request, Scalar
from cactions.model.secret import Credentials


class CallSpec(Struct, frozen=True):
    """One action for one person; its request can be built with different credentials.

    ``key`` is the idempotency key, where the action asks for one.
    """

    action: Action
    person: Person
    inputs: Mapping[str, Scalar]
    key: str = ""

    def build_request(self, credentials: Credentials) -> Request:
        """The request. Raises what ``builder.build_request`` raises."""
        return build_request(self.action, self.person, self.inputs, credentials, self.key)

    def add_credentials(self, sealed: Request, credentials: Credentials) -> Request:
        """The request to be sent, from the one that was built without credentials.

        Raises what ``builder.build_request`` raises.
        """
        return add_credentials(sealed, self.action, self.person, self.inputs, credentials, self.key)
