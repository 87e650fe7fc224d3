"""From a request to its reply: token, version, rate limit, fault, answer, and the log."""

from __future__ import annotations

import json
import secrets
import string
import time
from collections.abc import Callable
from threading import Event, RLock

from msgspec import Struct, field

from tests.workspace.errors import (
    REASONS,
    ApiError,
    build_error_list,
    build_other_body,
    build_usual_error,
)
from tests.workspace.faults import Fault, Faults
from tests.workspace.messages import Answer, LoggedRequest, Request
from tests.workspace.rate_limit import RateLimits, build_rate_headers
from tests.workspace.router import Router
from tests.workspace.settings import VERSIONS
from tests.workspace.workspace import Workspace

JSON = "application/json; charset=utf-8"
COOKIE_EVERY = 4
LETTERS = string.digits + string.ascii_lowercase
ID_LENGTH = 20


class Reply(Struct, kw_only=True):
    """What goes to the client: an answer, or what a fault makes of it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    payload: bytes = b""
    fault: Fault | None = None


class Application:
    """Answers requests one after another; delays happen outside the lock."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.lock = RLock()
        self.stopping = Event()
        """Ends every delay when the server closes."""
        self.faults = Faults()
        self.log: list[LoggedRequest] = workspace.ledger.storage.read_requests()
        self.limits = RateLimits(workspace.settings)
        self._settings = workspace.settings
        self._router = Router(workspace.settings)

    def answer(self, request: Request) -> Reply:
        """The reply, after everything that it tells of is committed."""
        begin = time.perf_counter()
        with self.lock:
            reply = self._answer(request)
        pause = self._settings.latency + (reply.fault.delay if reply.fault else 0)
        if pause:
            self.stopping.wait(pause)
        if reply.status:
            reply.headers["X-Runtime"] = f"{time.perf_counter() - begin:.6f}"
        return reply

    def _answer(self, request: Request) -> Reply:
        ledger = self.workspace.ledger
        request.number = ledger.request = len(self.log) + 1
        request_id = _make_request_id()
        headers = self._begin_headers(request, request_id)
        fault: Fault | None = None
        try:
            self._open(request, headers)
            fault = self.faults.take(request)
            answer = self._apply(request, fault)
            reply = _encode_answer(answer, headers)
        except ApiError as error:
            reply = self._refuse(error, request_id, headers)
        if fault is not None:
            reply = self._spoil(reply, fault, request_id)
        self._close(request, reply)
        return reply

    def _begin_headers(self, request: Request, request_id: str) -> dict[str, str]:
        sent = request.headers.get("intercom-version", self._settings.default_version)
        request.version = sent if sent in VERSIONS else self._settings.default_version
        headers = {"X-Request-Id": request_id, "Intercom-Version": request.version}
        if self._settings.cookies and request.number % COOKIE_EVERY == 0:
            headers["Set-Cookie"] = f"intercom-session={request_id}; path=/; secure; HttpOnly"
        return headers

    def _open(self, request: Request, headers: dict[str, str]) -> None:
        """What a call passes before it reaches the workspace; adds the rate limit's headers."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in self._settings.tokens:
            if self._settings.old_unauthorized:
                raise ApiError(401, "token_unauthorized", "Not authorized to access resource")
            raise build_usual_error(401)
        request.token = token
        quota = self.limits.take(token, self.workspace.ledger.now())
        if self._settings.rate_headers:
            headers |= build_rate_headers(quota)
        if not quota.allowed:
            raise self.limits.refuse(quota)
        if request.headers.get("intercom-version", request.version) != request.version:
            message = "The requested version could not be found"
            raise ApiError(400, "intercom_version_invalid", message)
        if not _accepts_json(request.headers.get("accept", "*/*")):
            message = "The Accept header should send a media type of application/json"
            raise ApiError(406, "media_type_not_acceptable", message, with_request_id=False)

    def _apply(self, request: Request, fault: Fault | None) -> Answer:
        if fault is None or fault.applies:
            return self._router.route(self.workspace, request)
        return Answer(status=fault.status or 0)

    def _refuse(self, error: ApiError, request_id: str, headers: dict[str, str]) -> Reply:
        headers = {**headers, **error.headers}
        form = self._settings.error_body
        if form != "list":
            media, payload = build_other_body(form, error.status)
            return Reply(
                status=error.status, headers={**headers, "Content-Type": media}, payload=payload
            )
        shown = request_id if self._settings.request_ids else ""
        content = build_error_list(error, shown)
        return _encode_answer(Answer(status=error.status, content=content), headers)

    def _spoil(self, reply: Reply, fault: Fault, request_id: str) -> Reply:
        """The reply as the fault wants it."""
        if fault.status is not None and fault.body is None and fault.status >= 400:
            reply = self._refuse(build_usual_error(fault.status), request_id, _plain(reply.headers))
        reply.status = 0 if fault.drop else fault.status or reply.status
        if fault.body is not None:
            reply.headers["Content-Type"], reply.payload = fault.build_body()
        reply.headers |= fault.headers
        reply.fault = fault
        return reply

    def _close(self, request: Request, reply: Reply) -> None:
        """Log and commit; after this the client may know."""
        storage = self.workspace.ledger.storage
        logged = LoggedRequest(
            number=request.number,
            time=self.workspace.ledger.now(),
            method=request.method,
            path=request.path,
            query=request.query_text,
            headers=request.headers,
            body=request.body,
            status=reply.status,
            wrote=storage.wrote,
            token=request.token,
        )
        storage.append(logged)
        storage.commit()
        self.workspace.ledger.request = 0
        self.log.append(logged)

    def call(self, function: Callable[[Workspace], object]) -> object:
        """Do something with the workspace that is no call of the API, and commit it."""
        with self.lock:
            found = function(self.workspace)
            self.workspace.ledger.storage.commit()
            return found


def _encode_answer(answer: Answer, headers: dict[str, str]) -> Reply:
    payload = json.dumps(answer.content, separators=(",", ":"), ensure_ascii=False).encode()
    added = {"Content-Type": JSON, **answer.headers}
    if answer.status < 300:
        added["ETag"] = f'W/"{hash(payload) & 0xFFFFFFFFFFFFFFFF:016x}"'
    return Reply(status=answer.status, headers={**headers, **added}, payload=payload)


def _plain(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "ETag"}


def _accepts_json(accept: str) -> bool:
    names = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return not names.isdisjoint({"application/json", "application/*", "*/*", ""})


def _make_request_id() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(ID_LENGTH))


def describe_status(status: int) -> str:
    """Number and reason, as the platform repeats them in the header ``Status``."""
    return f"{status} {REASONS.get(status, 'Unknown')}"
