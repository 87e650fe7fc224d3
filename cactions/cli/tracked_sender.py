"""A sender whose requests are counted; after the first, no error says that nothing was sent."""

from __future__ import annotations

from cactions.cli import progress
from cactions.edges.http.client import HttpSender
from cactions.model import Request, Response


class TrackedSender:
    """Sends as the live sender does."""

    source = HttpSender.source

    def __init__(self, live: HttpSender) -> None:
        self._live = live

    def send(self, request: Request) -> Response:
        """The response. Raises RequestFailed."""
        progress.mark_sent()
        progress.report_request()
        return self._live.send(request)
