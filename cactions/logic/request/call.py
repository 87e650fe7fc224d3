"""What is asked of a third party for one person, before anything secret is in it."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.logic.request.builder import bind
from cactions.model import Action, Person, Request, Scalar, noun
from cactions.model.secret import Credentials


@noun
class Asked:
    """One action for one person, to be written with whatever credentials are at hand.

    ``key`` makes a repeated call count once, where the action asks for one.
    """

    action: Action
    person: Person
    inputs: Mapping[str, Scalar]
    key: str = ""

    def request(self, held: Credentials) -> Request:
        """The request. Raises what ``bind`` raises."""
        return bind(self.action, self.person, self.inputs, held, self.key)
