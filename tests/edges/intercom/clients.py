"""A client of a workspace server, with the waits before repeated calls left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.edges.intercom.client import ApiSender, IntercomClient
from cactions.edges.intercom.pacer import Pacer
from cactions.edges.intercom.people import IntercomPeople
from cactions.model import AllowedAddress, IntercomConnection, PersonQuery, Request, Response
from cactions.model.secret import Secret
from tests.workspace import WorkspaceServer

API = "api.intercom.test"


class SkippingClock:
    """A clock that waits by going forward; the waits of a test take no time."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def get_time(self) -> float:
        return time.monotonic() + self.skipped

    def wait(self, seconds: float) -> None:
        self.skipped += seconds

    def draw_jitter(self) -> float:
        return 0.5


class MeetingSender:
    """A sender whose writes meet another program's: it acts right before or after each of them."""

    def __init__(
        self,
        sender: ApiSender,
        before: Callable[[], object] = lambda: None,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self._sender = sender
        self._before = before
        self._after = after

    def send(self, request: Request) -> Response:
        if request.method != "PUT":
            return self._sender.send(request)
        self._before()
        try:
            return self._sender.send(request)
        finally:
            self._after()


@contextmanager
def client_of(
    server: WorkspaceServer,
    version: str = "2.16",
    wrap: Callable[[HttpSender], ApiSender] = lambda sender: sender,
) -> Iterator[IntercomClient]:
    """A client with the server's token, over the guarded sender, which ``wrap`` may look at."""
    allowed = AllowedAddress(API, "127.0.0.1", server.port, "a test")
    sender = HttpSender(NetworkRules((allowed,), ca_file=server.ca_file))
    connection = IntercomConnection(server.url, API, None, api_version=version)
    token = Secret("intercom_token", server.token)
    clock = SkippingClock()
    pacer = Pacer(clock, clock, None)
    try:
        yield IntercomClient(connection, lambda: token, wrap(sender), pacer, clock)
    finally:
        sender.close()


@contextmanager
def people_of(
    server: WorkspaceServer, test_people: Sequence[PersonQuery] = ()
) -> Iterator[IntercomPeople]:
    """The people of the server's workspace."""
    with client_of(server) as client:
        yield IntercomPeople(client, test_people)
