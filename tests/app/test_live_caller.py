"""Calls over real sockets: tokens, retries, and many workers at once."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any

import pytest

from cactions.app.live_caller import LiveCaller, RetryBudget
from cactions.app.token_cache import TokenCache
from cactions.app.vault.manage import UNSEALED
from cactions.edges.clock import SystemSleeper
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.logic.project import SourceFile, load_project
from cactions.logic.request.call import CallSpec
from cactions.logic.vault.token_binding import TokenBinding, list_binders
from cactions.model import Action, DefinitionError, FailureReason, PlanningError, Response, Token
from cactions.model.secret import Credentials, Secret
from cactions.model.vault import Entry, Purpose
from tests.builders import person
from tests.fakes import FakeClock
from tests.projects import SECRET, project
from tests.run_report import REPORT
from tests.servers import HOST, Server, Talk, answering, serving

MANY = 50


class Held:
    """Secrets, all with the same value, for any host; it records which was opened for which host.

    ``bound`` are the hosts of every token.
    """

    def __init__(self, *bound: str) -> None:
        self.asked: list[tuple[tuple[str, ...], str]] = []
        self._bound = bound or (HOST,)

    def find_binding(self, token: Token) -> TokenBinding:
        hosts = () if token.is_user_token else (HOST,)
        meta = {"hosts": hosts, "token_hosts": self._bound}
        held = {n: Entry(Purpose.SECRET, n, 1, meta, UNSEALED) for n in list_binders(token)}
        return TokenBinding(token, held)

    def open(
        self, names: Sequence[str], host: str, *, fetches: bool = False
    ) -> Mapping[str, Secret]:
        self.asked.append((tuple(names), host))
        return {name: Secret(name, SECRET) for name in names}


class FakeSleeper:
    """Waits that take no time and are recorded."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.keys = 0

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    def draw_jitter(self) -> float:
        return 0.5

    def new_idempotency_key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"


Make = Callable[..., LiveCaller]


@pytest.fixture
def calling() -> Iterator[Make]:
    """Creates callers of a server; their connections are closed when the test ends."""
    lives: list[HttpSender] = []

    def make(
        server: Server, pauses: FakeSleeper | None = None, held: Held | None = None
    ) -> LiveCaller:
        lives.append(HttpSender(NetworkRules((server.allowed(),), ca_file=server.ca_file)))
        return LiveCaller(
            lives[-1], held or Held(), TokenCache(FakeClock()), pauses or FakeSleeper()
        )

    yield make
    for live in lives:
        live.close()


def action_of(server: Server, **parts: Any) -> Action:
    found = load_project([SourceFile("a.yaml", json.dumps(project(server, **parts)).encode())])
    assert found.project, found.findings
    return found.project.actions["loyalty"]


def call(by: LiveCaller, action: Action, number: int = 1) -> Response:
    who = person({"user_id": f"u-{number}", "email": "ada@example.com"})
    asked = CallSpec(action, who, {}, "key-1")
    return by.call(asked, asked.build_request(Credentials()))


class Service:
    """A token endpoint and an API that accepts only its newest token; everything is counted.

    ``expire`` invalidates the newest token.
    """

    def __init__(self) -> None:
        self.fetched = 0
        self.calls: Counter[str] = Counter()
        self.denied = 0
        self._good = ""
        self._lock = Lock()

    def expire(self) -> None:
        with self._lock:
            self._good = "expired"

    def behave(self, talk: Talk) -> None:
        while request := talk.request():
            talk.send(self._answer(request.decode()))

    def _answer(self, request: str) -> bytes:
        with self._lock:
            if request.startswith("POST /token"):
                assert f"client_secret={SECRET}" in request
                self.fetched += 1
                self._good = f"token-number-{self.fetched}"
                return _written("200 OK", {"access_token": self._good, "expires_in": 3600})
            path = request.split()[1]
            token = re.search(r"(?i)\r\nauthorization: Bearer (\S+)", request)
            if not token or token[1] != self._good:
                self.denied += 1
                return _written("401 Unauthorized", {})
            self.calls[path] += 1
            return _written("200 OK", {"email": "ada@example.com", "tier": "gold"})


def _written(status: str, body: Any) -> bytes:
    data = json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def test_each_secret_is_sent_only_to_its_own_endpoint(calling: Make) -> None:
    """The client's secret to the token endpoint, the token to the API; secrets by host."""
    service, held = Service(), Held()
    with serving(service.behave) as server:
        by = calling(server, held=held)
        assert 200 == call(by, action_of(server, tokens=["crm"])).status
    assert [((), "api.test"), (("crm_secret",), "api.test")] == held.asked
    assert (1, 1) == (service.fetched, service.calls.total())


def test_fifty_workers_send_no_token_to_a_forbidden_host(calling: Make) -> None:
    """Nothing is fetched or sent, however many workers ask at once; preparing reports it too."""
    service = Service()
    with serving(service.behave) as server:
        by, action = calling(server, held=Held("elsewhere.test")), action_of(server, tokens=["crm"])
        barrier = Barrier(MANY)

        def work(number: int) -> str:
            barrier.wait(30)
            with pytest.raises(DefinitionError) as caught:
                call(by, action, number)
            return str(caught.value)

        with ThreadPoolExecutor(MANY) as pool:
            said = set(pool.map(work, range(MANY)))
        assert {'the token "crm" may not be sent to api.test; it was not sent'} == said
        with pytest.raises(DefinitionError):
            by.prepare(action)
        assert (0, []) == (service.fetched, server.received)
    REPORT.append(f"tokens: {MANY} workers with a token that may not go there: 0 requests")


def test_fifty_workers_with_an_expired_token_fetch_it_once(calling: Make) -> None:
    """Exactly one fetch; every call is answered, and none is executed twice."""
    service = Service()
    with serving(service.behave) as server:
        by, action = calling(server), action_of(server, tokens=["crm"])
        call(by, action, 0)
        service.expire()
        barrier = Barrier(MANY)

        def work(number: int) -> Response:
            barrier.wait(30)
            return call(by, action, number)

        with ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(work, range(1, MANY + 1)))
    assert {200} == {answer.status for answer in answers}
    assert 2 == service.fetched
    assert {1} == set(service.calls.values())
    assert MANY + 1 == len(service.calls)
    REPORT.append(f"expired token: {MANY} workers, {service.denied} denied, 1 fetch, 0 made twice")


def test_fifty_workers_fetch_the_first_token_once(calling: Make) -> None:
    """Only one fetch, and no call is denied."""
    service = Service()
    with serving(service.behave) as server:
        by, action = calling(server), action_of(server, tokens=["crm"])
        barrier = Barrier(MANY)

        def work(number: int) -> int:
            barrier.wait(30)
            return call(by, action, number).status

        with ThreadPoolExecutor(MANY) as pool:
            assert {200} == set(pool.map(work, range(MANY)))
    assert (1, 0, MANY) == (service.fetched, service.denied, service.calls.total())


def test_a_token_that_is_always_denied_is_refetched_once(calling: Make) -> None:
    """The second 401 is the final answer."""
    service = Service()
    service._answer = lambda request: (  # type: ignore[method-assign]
        _written("200 OK", {"access_token": "no-good-token"})
        if request.startswith("POST")
        else _written("401 Unauthorized", {})
    )
    with serving(service.behave) as server:
        assert 401 == call(calling(server), action_of(server, tokens=["crm"])).status
        paths = [one.split()[1] for one in server.received]
    assert [b"/token", b"/v1/customers/u-1"] * 2 == paths


def test_a_failing_token_endpoint_stops_the_call(calling: Make) -> None:
    """Nothing is sent to the API, and the message says why."""
    with serving(answering(status="500 Oops")) as server:
        with pytest.raises(PlanningError, match=r"was not fetched: .*500") as caught:
            call(calling(server), action_of(server, tokens=["crm"]))
        assert [b"/token"] == [one.split()[1] for one in server.received]
    assert FailureReason.NO_TOKEN is caught.value.reason


def test_a_safe_call_is_retried(calling: Make) -> None:
    """The service is busy twice, then answers."""
    answers = iter([b"503 Busy", b"429 Slow down", b"200 OK"])

    def behave(talk: Talk) -> None:
        while talk.request():
            talk.send(b"HTTP/1.1 " + next(answers) + b"\r\nContent-Length: 2\r\n\r\n{}")

    pauses = FakeSleeper()
    with serving(behave) as server:
        assert 200 == call(calling(server, pauses), action_of(server)).status
    assert [0.5, 1.0] == pauses.waited


@pytest.mark.parametrize("stage", ["reset", "close"])
def test_a_changing_call_with_a_lost_answer_is_sent_once(calling: Make, stage: str) -> None:
    """Its outcome is unknown; the server received it exactly once."""

    def behave(talk: Talk) -> None:
        talk.request()
        if stage == "reset":
            talk.reset()

    with serving(behave) as server:
        by = calling(server)
        with pytest.raises(PlanningError, match="not sent again") as caught:
            call(by, action_of(server, http_method="post", json={"a": 1}))
        assert 1 == len(server.received)
    assert FailureReason.OUTCOME_UNKNOWN is caught.value.reason


def test_a_changing_call_with_an_idempotency_key_is_retried_with_the_same_key(
    calling: Make,
) -> None:
    """So that it counts once."""
    left = [1]

    def behave(talk: Talk) -> None:
        while talk.request():
            if left and left.pop():
                return
            talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    keyed = {"http_method": "post", "json": {}, "idempotency": {"header": "Idempotency-Key"}}
    with serving(behave) as server:
        assert 200 == call(calling(server), action_of(server, **keyed)).status
        keys = [re.search(rb"(?i)idempotency-key: (\S+)", one) for one in server.received]
    assert [b"key-1", b"key-1"] == [key[1] for key in keys if key]


@pytest.mark.parametrize("effect", ["read", "write"])
def test_a_call_outside_a_run_gets_its_own_idempotency_key(calling: Make, effect: str) -> None:
    """A live test, or a search that needs one: a different key for each call."""
    keyed = {"http_method": "post", "idempotency": {"header": "Idempotency-Key"}, "effect": effect}
    with serving(answering()) as server:
        by, action = calling(server), action_of(server, **keyed)
        for _ in range(2):
            asked = CallSpec(action, person(), {})
            assert 200 == by.call(asked, asked.build_request(Credentials())).status
        keys = [re.search(rb"(?i)idempotency-key: (\S+)", one) for one in server.received]
    assert [b"key-1", b"key-2"] == [key[1] for key in keys if key]


def test_one_call_in_ten_may_be_retried() -> None:
    """And the first ten: a service that is down gets no flood of retries."""
    budget = RetryBudget()
    assert 10 == sum(budget.take() for _ in range(100))
    for _ in range(100):
        budget.add_share()
    assert 9 <= sum(budget.take() for _ in range(100)) <= 10
    for _ in range(10_000):
        budget.add_share()
    assert 10 == sum(budget.take() for _ in range(100))


def test_the_real_sleeper_waits_and_draws_jitter() -> None:
    """Seconds are seconds, and jitter is between 0 and 1."""
    pauses, start = SystemSleeper(), time.monotonic()
    pauses.wait(0.05)
    assert time.monotonic() - start >= 0.05
    assert all(0 <= pauses.draw_jitter() <= 1 for _ in range(100))
    assert 100 == len({pauses.new_idempotency_key() for _ in range(100)})
