"""Requests, answers and recordings of them, for tests of replaying."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from cactions.edges.cassette.reader import CassetteSender
from cactions.edges.cassette.writer import JsonCassetteWriter
from cactions.model import FailureReason, MaskedText, PlanningError, Request, Response

BASE = "https://api.shop.example"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def ask(
    url: str = BASE, method: str = "GET", body: str | MaskedText | None = None, kind: str = ""
) -> Request:
    headers = (("Content-Type", MaskedText.of_plain(kind)),) if kind else ()
    rendered = MaskedText.of_plain(body) if isinstance(body, str) else body
    return Request(method, MaskedText.of_plain(url), headers, rendered)


def post(body: str | MaskedText, kind: str = JSON) -> Request:
    return ask(method="POST", body=body, kind=kind)


def reply(text: str) -> Response:
    return Response(200, (("Content-Type", JSON),), text.encode())


def replay(tmp_path: Path, *recorded: Request) -> CassetteSender:
    """A Replay of these requests; each is answered with its number."""
    path = tmp_path / "shop.json"
    write_cassette(path, ((one, reply(str(number))) for number, one in enumerate(recorded)))
    return CassetteSender(path, "cassettes/shop.json")


def refusal(sender: CassetteSender, request: Request) -> str:
    with pytest.raises(PlanningError) as caught:
        sender.send(request)
    assert FailureReason.NOT_RECORDED is caught.value.reason
    return str(caught.value)


def write_cassette(path: Path, exchanges: Iterable[tuple[Request, Response]]) -> None:
    """Write a cassette that both cactions and plain vcrpy replay; atomically."""
    writer = JsonCassetteWriter(path)
    writer.save(writer.encode(exchanges))
