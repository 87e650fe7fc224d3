"""The client of Intercom's REST API: pace, send, try again where that is safe, explain.

- A read is sent again after 408, 429 and 5xx and after a lost connection.
- A write is sent again only where it certainly did nothing: after 429, and where no byte of it
  left. It was refused where Intercom documents a refusal; after anything else but a success its
  outcome is unknown, and the caller finds it out by reading.
- The access token is in no answer that leaves this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from cactions.edges.intercom.pacer import Pacer
from cactions.logic.exchange.retry import LONGEST_PAUSE
from cactions.logic.intercom.api import (
    ApiCall,
    ApiReply,
    build_api_request,
    build_error,
    read_reply,
)
from cactions.logic.secrets.leak_check import remove_secrets
from cactions.model import (
    IntercomConnection,
    Json,
    OutcomeUnknown,
    Request,
    RequestFailed,
    Response,
    WorkspaceError,
)
from cactions.model.secret import Secret

MOST_TRIES: Final = 6
MOST_PAGES: Final = 20_000
"""Three million people, 150 on a page."""
MOST_EMPTY_PAGES: Final = 3
"""In a row, of a list that says each time that it goes on."""

_TOO_MANY: Final = 429
_TRANSIENT: Final = (408, 429, 500, 502, 503, 504)
_REFUSALS: Final = (400, 401, 403, 404, 406, 409, 410, 422, 429)
"""Statuses by which Intercom refuses a write; any other one may come from something in between."""


class ApiSender(Protocol):
    """Sends one request, as ``Sender`` of ``app/ports.py``."""

    def send(self, request: Request) -> Response:
        """The response. Raises RequestFailed."""


class ApiSleeper(Protocol):
    """Waiting and randomness."""

    def wait(self, seconds: float) -> None:
        """Return after this many seconds."""

    def draw_jitter(self) -> float:
        """A random number from 0 to 1."""


class IntercomClient:
    """Calls one workspace; many threads may share it. ``get_token`` is asked at the first call."""

    def __init__(
        self,
        connection: IntercomConnection,
        get_token: Callable[[], Secret],
        sender: ApiSender,
        pacer: Pacer,
        sleeper: ApiSleeper,
    ) -> None:
        self.connection = connection
        self._get_token, self._sender = get_token, sender
        self.pacer, self._sleeper = pacer, sleeper
        self._token: Secret | None = None

    def call(self, call: ApiCall) -> ApiReply:
        """The successful answer.

        Raises WorkspaceError for any other answer, and for none; OutcomeUnknown where a write may
        have been done.
        """
        reply = self.send(call)
        if not reply.is_success:
            raise build_error(call, reply)
        return reply

    def send(self, call: ApiCall, check: Callable[[], None] = lambda: None) -> ApiReply:
        """The answer of any status, after the tries that are safe. Raises as ``call``.

        ``check`` is called right before each try, when all waiting is over.
        """
        failure: RequestFailed | None = None
        reply: ApiReply | None = None
        for turn in range(MOST_TRIES):
            outcome = self._send_once(call, check)
            failure = outcome if isinstance(outcome, RequestFailed) else None
            reply = None if isinstance(outcome, RequestFailed) else outcome
            if not _may_repeat(call, outcome):
                break
            if turn + 1 < MOST_TRIES:
                self._sleeper.wait(self._choose_pause(turn))
        if not call.is_read and _is_unknown(failure, reply):
            raise _build_unknown(call, failure, reply)
        if reply is None:
            raise WorkspaceError(
                f"Intercom could not be reached: {failure}",
                hint=(failure.hint if failure else "") or "`cactions doctor` shows what works.",
            )
        return reply

    def list_pages(self, call: ApiCall, first: ApiReply | None = None) -> Iterator[ApiReply]:
        """Every page of a list; ``first`` is the first, if known. Raises as ``call``."""
        reply, seen, empty = first or self.call(call), {""}, 0
        yield reply
        while (cursor := reply.get_next_cursor()) not in seen:
            empty = 0 if reply.has_items else empty + 1
            if empty == MOST_EMPTY_PAGES:
                raise _build_endless(f"goes on after {empty} empty pages in a row", reply)
            if len(seen) > MOST_PAGES:
                raise _build_endless(f"does not end after {MOST_PAGES:,} pages", reply)
            seen.add(cursor)
            reply = self.call(_turn_page(call, cursor))
            yield reply

    def _send_once(self, call: ApiCall, check: Callable[[], None]) -> ApiReply | RequestFailed:
        self._token = token = self._token or self._get_token()
        request = build_api_request(call, self.connection, token)
        permit = self.pacer.acquire()
        try:
            check()
            response = self._sender.send(request)
        except RequestFailed as failure:
            self.pacer.abandon(permit)
            return failure
        except BaseException:
            self.pacer.abandon(permit)
            raise
        self.pacer.observe(permit, response.status, response.headers)
        return read_reply(remove_secrets(response, [token]))

    def _choose_pause(self, turn: int) -> float:
        """Seconds before another try; what an answer asks for, the pacer waits as well."""
        return self._sleeper.draw_jitter() * min(LONGEST_PAUSE, 0.5 * 2.0**turn)


def _may_repeat(call: ApiCall, outcome: ApiReply | RequestFailed) -> bool:
    """Whether the same call may be sent again, and may do better then."""
    if isinstance(outcome, RequestFailed):
        return outcome.again if not outcome.sent else call.is_read
    return outcome.status in _TRANSIENT if call.is_read else outcome.status == _TOO_MANY


def _is_unknown(failure: RequestFailed | None, reply: ApiReply | None) -> bool:
    """Whether a write may have been done although nothing says so."""
    if failure is not None:
        return failure.sent
    return reply is not None and not reply.is_success and reply.status not in _REFUSALS


def _build_endless(what: str, reply: ApiReply) -> WorkspaceError:
    return WorkspaceError(
        f"Intercom's list {what}, so that it was not read to its end",
        hint="Try again later; if it stays, give Intercom's support the request id.",
        status=reply.status,
        request_id=reply.request_id,
    )


def _build_unknown(
    call: ApiCall, failure: RequestFailed | None, reply: ApiReply | None
) -> OutcomeUnknown:
    why = str(failure) if failure else str(build_error(call, reply)) if reply else ""
    return OutcomeUnknown(
        f"the outcome of a write to Intercom is unknown: {why}",
        hint="Run the command again: it reads what is there before it writes.",
    )


def _turn_page(call: ApiCall, cursor: str) -> ApiCall:
    """The call for the page of a cursor: in the query of a GET, in the body of a search."""
    if isinstance(call.body, dict):
        pagination = call.body.get("pagination")
        known: dict[str, Json] = pagination if isinstance(pagination, dict) else {}
        body: dict[str, Json] = {**call.body, "pagination": {**known, "starting_after": cursor}}
        return ApiCall(call.method, call.path, call.query, body, call.is_read)
    query = {**call.query, "starting_after": cursor}
    return ApiCall(call.method, call.path, query, call.body, call.is_read)
