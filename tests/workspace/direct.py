"""The workspace without a network: a sender whose requests it answers in this process."""

from __future__ import annotations

import time
import weakref
from urllib.parse import parse_qsl, urlsplit

from cactions.model import Request, Response
from tests.workspace.application import Application
from tests.workspace.messages import Request as ServerRequest
from tests.workspace.settings import Settings
from tests.workspace.storage import Storage
from tests.workspace.teammate import Teammate
from tests.workspace.workspace import Workspace


class DirectWorkspace(Teammate):
    """Has every method of ``WorkspaceServer`` that a teammate has, and ``send`` of a sender.

    Its storage is closed when it is garbage-collected.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        storage = Storage(None)
        weakref.finalize(self, storage.close)
        workspace = Workspace(settings, storage, time.time)
        self._server = Application(workspace)
        super().__init__(self._server)

    def send(self, request: Request) -> Response:
        """The answer to a request, whatever its host is."""
        url = urlsplit(request.url.reveal())
        reply = self._server.answer(
            ServerRequest(
                method=request.method,
                path=url.path,
                query_text=url.query,
                query=dict(parse_qsl(url.query, keep_blank_values=True)),
                headers={name.lower(): value.reveal() for name, value in request.headers},
                body=request.body.reveal().encode() if request.body else b"",
            )
        )
        return Response(reply.status, tuple(reply.headers.items()), reply.payload)
