"""Answers calls from a recording; none of what live calls need is loaded for it."""

from __future__ import annotations

from cactions.app.ports import Sender
from cactions.logic.request.call import CallSpec
from cactions.model import Action, Request, Response


class ReplayCaller:
    """The Caller that answers from a recording: no secret is opened, no token fetched."""

    def __init__(self, sender: Sender) -> None:
        self.source = sender.source
        self._sender = sender

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, _asked: CallSpec, sealed: Request) -> Response:
        """The recorded answer."""
        return self._sender.send(sealed)
