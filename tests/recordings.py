"""Requests, answers and recordings of them, for everybody who tests replaying."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.edges.cassette.reader import Replay
from cactions.edges.cassette.writer import write_cassette
from cactions.model import NoPlan, Reason, Rendered, Request, Response

BASE = "https://api.shop.example"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def ask(
    url: str = BASE, method: str = "GET", body: str | Rendered | None = None, kind: str = ""
) -> Request:
    headers = (("Content-Type", Rendered.plain(kind)),) if kind else ()
    rendered = Rendered.plain(body) if isinstance(body, str) else body
    return Request(method, Rendered.plain(url), headers, rendered)


def post(body: str | Rendered, kind: str = JSON) -> Request:
    return ask(method="POST", body=body, kind=kind)


def reply(text: str) -> Response:
    return Response(200, (("Content-Type", JSON),), text.encode())


def replay(tmp_path: Path, *recorded: Request) -> Replay:
    """A Replay of these requests; each is answered by its number."""
    path = tmp_path / "shop.json"
    write_cassette(path, ((one, reply(str(number))) for number, one in enumerate(recorded)))
    return Replay(path, "cassettes/shop.json")


def refusal(sender: Replay, request: Request) -> str:
    with pytest.raises(NoPlan) as caught:
        sender.send(request)
    assert Reason.NOT_RECORDED is caught.value.reason
    return str(caught.value)
