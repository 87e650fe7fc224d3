"""Calls of a push that are answered in every wrong way, and what is true afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from cactions.edges.intercom.client import ApiSender
from cactions.model import FailureReason, Request, RequestFailed, Response


class WrongAnswer(Struct, frozen=True):
    """What comes in place of an answer; ``status`` None: the connection ends without one.

    ``done``: the call was carried out all the same.
    """

    status: int | None
    body: bytes = b""
    done: bool = True

    @property
    def label(self) -> str:
        """As a failing test names it."""
        return f"{self.status} {self.body.decode()[:12]!r} {'done' if self.done else 'not done'}"


_BODIES: Final = (b"", b"<html>Welcome</html>", b"[]", b"{}", b'{"id": 7}', b'{"id": "other"}')
_STRANGE: Final = (301, 302, 304, 307, 405, 408, 413, 418, 451, 500, 502, 503, 504, 520, 599, None)
_REFUSALS: Final = (400, 401, 403, 404, 406, 409, 410, 422, 429)

WRITE_ANSWERS: Final = (
    *(WrongAnswer(status, body) for status in (200, 201, 202) for body in _BODIES),
    WrongAnswer(204),
    *(WrongAnswer(status, done=done) for status in _STRANGE for done in (True, False)),
    *(WrongAnswer(status, done=False) for status in _REFUSALS),
)
"""After a write. A success that was not carried out is none of them: a read shows it."""

READ_ANSWERS: Final = (
    *(WrongAnswer(status) for status in (302, 401, 403, 418, 500, 520, None)),
    *(WrongAnswer(200, body) for body in _BODIES[:4]),
)
"""After a read. 404 is none of them: it says that there is no such version."""


class WrongSender:
    """Answers one call wrongly, or this and all that follow; the others as the server does."""

    def __init__(self, sender: ApiSender) -> None:
        self._sender = sender
        self._is_wrong: Callable[[int], bool] = lambda _number: False
        self._answer: WrongAnswer | None = None
        self.methods: list[str] = []

    def arm(self, answer: WrongAnswer | None, number: int, *, lasting: bool = False) -> None:
        """From now on, call ``number`` gets this answer; ``lasting``: and every later one."""
        self.methods = []
        self._answer = answer
        self._is_wrong = lambda call: call >= number if lasting else call == number

    def disarm(self) -> list[str]:
        """Every call is answered by the server again; the methods of those since ``arm``."""
        methods, self.methods, self._answer = self.methods, [], None
        return methods

    def send(self, request: Request) -> Response:
        """The server's answer, or the wrong one. Raises RequestFailed."""
        self.methods.append(request.method)
        if self._answer is None or not self._is_wrong(len(self.methods) - 1):
            return self._sender.send(request)
        if self._answer.done or request.method == "GET":
            self._sender.send(request)
        if self._answer.status is None:
            reason = FailureReason.NO_ANSWER
            raise RequestFailed("the connection was closed", reason=reason, sent=True)
        return Response(self._answer.status, (), self._answer.body)


def list_answers(method: str) -> tuple[WrongAnswer, ...]:
    """The wrong answers to a call of this method."""
    return READ_ANSWERS if method == "GET" else WRITE_ANSWERS


def list_combinations(methods: list[str]) -> Iterator[tuple[int, WrongAnswer]]:
    """Every wrong answer to every call."""
    for number, method in enumerate(methods):
        for answer in list_answers(method):
            yield number, answer
