"""Tokens in memory: fetched once for all waiting threads, and again if denied or expired."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread

import pytest

from cactions.app.token_cache import TokenCache
from cactions.logic.exchange.token_response import FetchedToken, describe_missing_token
from cactions.model import FailureReason, PlanningError, StoreError, Token
from cactions.model.secret import Secret
from tests.fakes import FakeClock
from tests.logic.exchange.test_retry import CRM

MANY = 50


class Service:
    """Gives numbered tokens, each valid for this number of seconds."""

    def __init__(self, expires_in: float | None = None) -> None:
        self.given = 0
        self._expires_in = expires_in

    def fetch(self, token: Token) -> FetchedToken:
        self.given += 1
        return FetchedToken(Secret(token.name, f"token-{self.given}"), 200, self._expires_in)


def test_a_token_is_fetched_on_first_use_and_cached() -> None:
    """If the answer has no lifetime, it is valid until it is denied."""
    tokens, service, clock = TokenCache(FakeClock()), Service(), FakeClock()
    assert 0 == service.given
    first = tokens.get(CRM, None, service.fetch)
    clock.wait(10**9)
    assert first is tokens.get(CRM, None, service.fetch)
    assert 1 == service.given


def test_only_the_denied_token_is_replaced() -> None:
    """A caller that was denied with an older token gets the newer one without a fetch."""
    tokens, service = TokenCache(FakeClock()), Service()
    old = tokens.get(CRM, None, service.fetch)
    new = tokens.get(CRM, old, service.fetch)
    assert new is tokens.get(CRM, old, service.fetch)
    assert ("token-2", 2) == (new.reveal(), service.given)


@pytest.mark.parametrize(("expires_in", "good_for"), [(3600.0, 3540.0), (60.0, 54.0)])
def test_a_token_is_renewed_before_it_expires(expires_in: float, good_for: float) -> None:
    """A minute before, or a tenth of a short lifetime: a call takes time as well."""
    clock, service = FakeClock(), Service(expires_in)
    tokens = TokenCache(clock)
    tokens.get(CRM, None, service.fetch)
    clock.wait(good_for - 1)
    tokens.get(CRM, None, service.fetch)
    assert 1 == service.given
    clock.wait(2)
    assert "token-2" == tokens.get(CRM, None, service.fetch).reveal()


def test_a_token_without_a_lifetime_is_used_once() -> None:
    """Only the caller that requested it gets it."""
    tokens, service = TokenCache(FakeClock()), Service(0.0)
    both = [tokens.get(CRM, None, service.fetch).reveal() for _ in range(2)]
    assert ["token-1", "token-2"] == both


def test_a_token_is_registered_for_masking_before_it_is_returned() -> None:
    """The output mask must know the value first."""
    known: list[str] = []

    def know(secret: Secret) -> Secret:
        known.append(secret.reveal())
        return secret

    TokenCache(FakeClock(), know=know).get(CRM, None, Service().fetch)
    assert ["token-1"] == known


def together(act: Callable[[], object]) -> list[object]:
    """The results of many threads that start at the same moment."""
    barrier = Barrier(MANY)

    def one(_: int) -> object:
        barrier.wait(10)
        return act()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_many_threads_wait_for_one_fetch() -> None:
    """All get the same token."""
    tokens, service = TokenCache(FakeClock()), Service()
    got = together(lambda: tokens.get(CRM, None, service.fetch))
    assert (1, 1) == (service.given, len(set(map(id, got))))


def test_waiting_threads_share_a_failure_and_the_next_call_retries() -> None:
    """Fifty failures in sequence would make the last thread wait fifty times as long."""
    tokens, entered, go = TokenCache(FakeClock()), Event(), Event()
    tried: list[Token] = []

    def failing(token: Token) -> FetchedToken:
        tried.append(token)
        entered.set()
        go.wait(10)
        raise describe_missing_token(token, "status 500", "Look at it.")

    errors: list[PlanningError] = []

    def ask() -> None:
        with pytest.raises(PlanningError) as caught:
            tokens.get(CRM, None, failing)
        errors.append(caught.value)

    threads = [Thread(target=ask) for _ in range(10)]
    threads[0].start()
    entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    while sum(thread.is_alive() for thread in threads) < 10:
        pass
    go.set()
    for thread in threads:
        thread.join(10)
    assert 10 == len(errors)
    assert {"Look at it."} == {error.hint for error in errors}
    assert len(tried) < 10
    assert "token-1" == tokens.get(CRM, None, Service().fetch).reveal()


def test_a_vault_error_is_reported_unchanged() -> None:
    """It is not the service's fault."""

    def failing(_: Token) -> FetchedToken:
        raise StoreError("the vault is damaged")

    with pytest.raises(StoreError, match="damaged"):
        TokenCache(FakeClock()).get(CRM, None, failing)


def test_the_end_users_token_is_never_fetched() -> None:
    """If it is missing, the hint says how to give it."""
    users = Token("jwt", "X-User", ())
    given = Secret("jwt", "users-own-token")
    service = Service()
    assert given is TokenCache(FakeClock(), {"jwt": given}).get(users, None, service.fetch)
    with pytest.raises(PlanningError, match="was not given") as caught:
        TokenCache(FakeClock()).get(users, None, service.fetch)
    assert (FailureReason.NO_TOKEN, 0) == (caught.value.reason, service.given)
    assert "--user-token jwt=-" in caught.value.hint
