"""Tokens that are held in memory: fetched when first needed, shared, fetched again when denied.

However many threads wait for a token, one fetches it, and all get what it got.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Final

from cactions.app.ports import Clock
from cactions.logic.exchange.token_response import FetchedToken
from cactions.logic.shell import quote_word
from cactions.model import FailureReason, PlanningError, Token
from cactions.model.secret import Secret

_MARGIN: Final = 60.0
"""Seconds before its end at which a token counts as expired; a tenth of a short life."""


@dataclass(slots=True)
class _Kept:
    secret: Secret
    until: float


class TokenCache:
    """``texts`` are the end user's own tokens, by name; ``know`` gets every fetched value."""

    def __init__(
        self,
        clock: Clock,
        texts: Mapping[str, Secret] | None = None,
        know: Callable[[Secret], Secret] = lambda secret: secret,
    ) -> None:
        self._clock, self._given, self._know = clock, texts or {}, know
        self._lock = Lock()
        self._kept: dict[str, _Kept] = {}
        self._fetching: dict[str, Future[Secret]] = {}

    def get(
        self, token: Token, stale: Secret | None, fetch: Callable[[Token], FetchedToken]
    ) -> Secret:
        """The token, never ``stale``. Raises PlanningError (NO_TOKEN), or as ``fetch`` does."""
        if token.is_user_token:
            return self._get_user_token(token)
        with self._lock:
            kept = self._kept.get(token.name)
            if kept and kept.secret is not stale and self._clock.get_time() < kept.until:
                return kept.secret
            under_way = self._fetching.get(token.name)
            mine = under_way or self._fetching.setdefault(token.name, Future())
        return _wait_for(under_way) if under_way else self._fetch(token, mine, fetch)

    def _fetch(
        self, token: Token, mine: Future[Secret], fetch: Callable[[Token], FetchedToken]
    ) -> Secret:
        secret = None
        why = "the fetch of a token was interrupted"
        error: Exception = PlanningError(FailureReason.NO_TOKEN, why)
        try:
            fetched_token = fetch(token)
            secret = self._know(fetched_token.secret)
            with self._lock:
                self._kept[token.name] = _Kept(secret, self._compute_end(fetched_token.expires_in))
        except Exception as failure:
            error = failure
            raise
        finally:
            with self._lock:
                del self._fetching[token.name]
            if secret:
                mine.set_result(secret)
            else:
                mine.set_exception(error)
        return secret

    def _compute_end(self, expires_in: float | None) -> float:
        if expires_in is None:
            return float("inf")
        return self._clock.get_time() + expires_in - min(_MARGIN, expires_in / 10)

    def _get_user_token(self, token: Token) -> Secret:
        if token.name in self._given:
            return self._given[token.name]
        raise PlanningError(
            FailureReason.NO_TOKEN,
            f'the token "{token.name}" is the end user\'s own, and was not given',
            hint=f"Say `--user-token {quote_word([f'{token.name}=-'])}` and give it on stdin.",
        )


def _wait_for(fetch: Future[Secret]) -> Secret:
    """The result of a fetch by another thread; each thread raises an error of its own."""
    try:
        return fetch.result()
    except PlanningError as error:
        raise PlanningError(error.reason, str(error), hint=error.hint) from None
