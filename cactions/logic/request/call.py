"""What is asked of a third party for one person, before anything secret is in it."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.logic.request.builder import build_request
from cactions.model import Action, Person, Request, Scalar, frozen
from cactions.model.secret import Credentials


@frozen
class CallSpec:
    """One action for one person, to be written with whatever credentials are at hand.

    ``key`` makes a repeated call count once, where the action asks for one.
    """

    action: Action
    person: Person
    inputs: Mapping[str, Scalar]
    key: str = ""

    def build_request(self, held: Credentials) -> Request:
        """The request. Raises what ``bind`` raises."""
        return build_request(self.action, self.person, self.inputs, held, self.key)
