"""The rate limit as the platform's headers tell it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client, Got
from tests.workspace.moments import Moment


def tell(found: Got) -> tuple[int, int, int]:
    """Limit, Remaining and Reset."""
    names = ("Limit", "Remaining", "Reset")
    return tuple(int(found.headers[f"X-RateLimit-{name}"]) for name in names)  # type: ignore[return-value]


def call_for(
    settings: Settings, clock: Moment, seconds: float, every: float
) -> list[tuple[float, int, int, int]]:
    """Call in even steps; the time, status, Remaining and Reset of each answer."""
    found = []
    with WorkspaceServer(settings, clock=clock) as server, Client(server) as client:
        start = clock.now
        while clock.now < start + seconds:
            answer = client.get("/me")
            _, remaining, reset = tell(answer)
            found.append((clock.now - start, answer.status, remaining, reset - int(start)))
            clock.wait(every)
    return found


@pytest.mark.parametrize("limit", [83, 166, 167, 1666])
def test_the_first_answer_of_a_window_tells_the_whole_limit(limit: int) -> None:
    """``Remaining`` is told before the call is counted, and then falls by one a call."""
    found = call_for(Settings(limit=limit), Moment(), 10, 1)
    assert list(range(limit, limit - 10, -1)) == [remaining for _, _, remaining, _ in found]


def test_remaining_may_be_told_after_the_call_is_counted() -> None:
    """A setting, since no newer recording shows which of both it is."""
    found = call_for(Settings(limit=83, remaining="after"), Moment(), 3, 1)
    assert [82, 81, 80] == [remaining for _, _, remaining, _ in found]


@pytest.mark.parametrize("remaining", ["before", "after"])
def test_exactly_the_limit_is_allowed_in_a_window(remaining: Literal["before", "after"]) -> None:
    """Whichever way it is told."""
    settings = Settings(limit=5, remaining=remaining)
    found = call_for(settings, Moment(), 20, 1)
    assert [*[200] * 5, *[429] * 5] * 2 == [status for _, status, _, _ in found]
    assert {0} == {left for _, status, left, _ in found if status == 429}


@pytest.mark.parametrize("phase", [0, 3, 9])
def test_windows_are_fixed(phase: float) -> None:
    """They roll over ``phase`` seconds after the tens, however the calls lie."""
    found = call_for(Settings(limit=100, phase=phase), Moment(), 30, 0.5)
    jumps = [
        moment for (_, _, before, _), (moment, _, after, _) in pairwise(found) if after > before
    ]
    assert [phase + 10 * n for n in range(3) if 0 < phase + 10 * n < 30] == jumps


@pytest.mark.parametrize("offset", [0, 2, 6])
def test_reset_is_not_the_roll_over(offset: int) -> None:
    """It is the beginning of the next window plus an offset, in every answer of a window."""
    found = call_for(Settings(reset_offset=offset), Moment(), 20, 1)
    assert [10 + offset] * 10 + [20 + offset] * 10 == [reset for _, _, _, reset in found]


def test_a_429_has_the_observed_form() -> None:
    """No ``Retry-After``; the other headers are there as always."""
    with WorkspaceServer(Settings(limit=1), clock=Moment()) as server, Client(server) as client:
        client.get("/me")
        found = client.get("/me")
    message = "Exceeded rate limit of 1 in 10_seconds"
    assert (429, "rate_limit_exceeded", message) == found.error
    assert (1, 0) == tell(found)[:2]
    assert "Retry-After" not in found.headers
    assert found.content["request_id"] == found.headers["X-Request-Id"]


def test_retry_after_is_a_setting() -> None:
    """No recording has it, and the platform's own CLI reads it."""
    settings = Settings(limit=1, retry_after=7)
    with WorkspaceServer(settings, clock=Moment()) as server, Client(server) as client:
        assert "Retry-After" not in client.get("/me").headers
        assert "7" == client.get("/me").headers["Retry-After"]


def test_a_refused_call_writes_nothing() -> None:
    """It does not reach the contact."""
    with WorkspaceServer(Settings(limit=1), clock=Moment()) as server, Client(server) as client:
        key = server.add_contact(name="Old")
        client.get("/me")
        assert 429 == client.put(f"/contacts/{key}", {"name": "New"}).status
        assert "Old" == server.get_contact(key)["name"]
        assert [False, False] == [line.wrote for line in server.log]


def test_date_may_be_ahead_of_the_count() -> None:
    """One second of skew: the Date of the first answer of a window is not a multiple of ten."""
    with WorkspaceServer(Settings(skew=1), clock=Moment()) as server, Client(server) as client:
        assert client.get("/me").headers["Date"].endswith(":01 GMT")


def test_a_sliding_window_counts_the_last_ten_seconds() -> None:
    """An alternative that the platform may have one day."""
    found = call_for(Settings(limit=4, sliding=True), Moment(), 16, 2)
    assert [200, 200, 200, 200, 429, 200, 200, 200] == [status for _, status, _, _ in found]


def test_others_take_their_share_evenly() -> None:
    """Half of the limit, over the window."""
    found = call_for(Settings(limit=20, others=0.5), Moment(), 10, 1)
    assert [20, 18, 16, 14, 12, 10, 8, 6, 4, 2] == [remaining for _, _, remaining, _ in found]


def test_others_may_call_at_once() -> None:
    """A burst of another client of the same app."""
    with WorkspaceServer(Settings(limit=20), clock=Moment()) as server, Client(server) as client:
        client.get("/me")
        server.spend_calls(15)
        assert 4 == tell(client.get("/me"))[1]


def test_each_app_has_a_limit_of_its_own() -> None:
    """And the workspace has one for all of them."""
    settings = Settings(limit=2, other_tokens=("second", "third"), workspace_limit=4)
    statuses: list[Any] = []
    with WorkspaceServer(settings, clock=Moment()) as server:
        for token in (server.token, "second", "third"):
            with Client(server, Authorization=f"Bearer {token}") as client:
                statuses += [[client.get("/me").status for _ in range(3)]]
    assert [[200, 200, 429], [200, 200, 429], [429, 429, 429]] == statuses


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/me", 200),
        ("GET", "/contacts/none", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/contacts/x", 404),
        ("POST", "/contacts", 400),
        ("POST", "/contacts/search", 400),
    ],
)
def test_every_authenticated_answer_tells_the_limit(method: str, path: str, status: int) -> None:
    """3,077 of 3,077 answers did, whatever their status."""
    with WorkspaceServer() as server, Client(server) as client:
        found = client.call(method, path, {})
        assert (status, 1666) == (found.status, tell(found)[0])


def test_an_answer_without_a_valid_token_tells_no_limit() -> None:
    """Nor is it counted."""
    with WorkspaceServer() as server, Client(server) as client:
        found = client.get("/me", Authorization="Bearer wrong")
        assert [] == [name for name in found.headers if name.startswith("X-RateLimit")]
        assert 1666 == tell(client.get("/me"))[1]


def test_the_headers_can_be_turned_off() -> None:
    """So that a client shows what it does without them."""
    with WorkspaceServer(Settings(rate_headers=False)) as server, Client(server) as client:
        assert "X-RateLimit-Limit" not in client.get("/me").headers
