"""Serves a review page to one browser of this machine."""

from __future__ import annotations

from cactions.edges.http.page_server import LOOPBACK, PageServer
from cactions.model import UsageError
from cactions.render.messages import count_noun
from cactions.render.output import PlainOutput


def serve_page(page: bytes, port: int, minutes: int, output: PlainOutput) -> None:
    """Serve a page on loopback for so long, and say where. Raises UsageError for a taken port."""
    try:
        server = PageServer(page, port)
    except OSError as error:
        raise UsageError(
            f"port {port} of {LOOPBACK} cannot be used", hint="Leave --port out, for a free one."
        ) from error
    with server:
        output.info(f"Open this address, which works once: {server.address}")
        output.info(f"It ends after {count_noun(minutes, 'minute')}, or with Ctrl-C.")
        server.serve_for(minutes * 60)
    output.info("The page was opened." if server.is_used else "The page was not opened.")
