"""What the use cases need of Intercom's API, as a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cactions.logic.intercom.api import ApiCall, ApiReply
from cactions.model import IntercomConnection


class IntercomApi(Protocol):
    """Calls the API of one workspace at Intercom, within its rate limit."""

    connection: IntercomConnection
    """Which workspace, and which version of the API."""

    def call(self, call: ApiCall) -> ApiReply:
        """The successful answer.

        Raises WorkspaceError for any other answer and for none, OutcomeUnknown where a write may
        have been done.
        """

    def send(self, call: ApiCall) -> ApiReply:
        """The answer of any status. Raises WorkspaceError and OutcomeUnknown if there is none."""

    def list_pages(self, call: ApiCall, first: ApiReply | None = None) -> Iterator[ApiReply]:
        """Every page of a list. Raises as ``call``."""
