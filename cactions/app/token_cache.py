"""Tokens that are held in memory: fetched when first needed, shared, fetched again when denied.

Law: however many threads wait for a token, one fetches it, and all get what it got.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
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


@dataclass(slots=True)
class _PendingFetch:
    """A fetch that is under way, and what came of it."""

    done: Event = field(default_factory=Event)
    secret: Secret | None = None
    error: Exception | None = None


class TokenCache:
    """``given`` are the end user's own, by name; ``know`` is told of every value that comes."""

    def __init__(
        self,
        clock: Clock,
        texts: Mapping[str, Secret] | None = None,
        know: Callable[[Secret], Secret] = lambda secret: secret,
    ) -> None:
        self._clock, self._given, self._know = clock, texts or {}, know
        self._lock = Lock()
        self._kept: dict[str, _Kept] = {}
        self._fetching: dict[str, _PendingFetch] = {}

    def get(
        self, token: Token, stale: Secret | None, fetch: Callable[[Token], FetchedToken]
    ) -> Secret:
        """The token, never ``stale``. Raises PlanningError (NO_TOKEN), or as ``fetch`` does."""
        if token.is_user_token:
            return self._users(token)
        with self._lock:
            kept = self._kept.get(token.name)
            if kept and kept.secret is not stale and self._clock.get_time() < kept.until:
                return kept.secret
            under_way = self._fetching.get(token.name)
            mine = under_way or self._fetching.setdefault(token.name, _PendingFetch())
        if under_way:
            under_way.done.wait()
            return _outcome(under_way)
        return self._fetched(token, mine, fetch)

    def _fetched(
        self, token: Token, mine: _PendingFetch, fetch: Callable[[Token], FetchedToken]
    ) -> Secret:
        try:
            fetched_token = fetch(token)
            mine.secret = self._know(fetched_token.secret)
            with self._lock:
                self._kept[token.name] = _Kept(mine.secret, self._until(fetched_token))
        except Exception as error:
            mine.error = error
            raise
        finally:
            with self._lock:
                del self._fetching[token.name]
            mine.done.set()
        return mine.secret

    def _until(self, fetched_token: FetchedToken) -> float:
        if fetched_token.expires_in is None:
            return float("inf")
        return (
            self._clock.get_time()
            + fetched_token.expires_in
            - min(_MARGIN, fetched_token.expires_in / 10)
        )

    def _users(self, token: Token) -> Secret:
        if token.name in self._given:
            return self._given[token.name]
        raise PlanningError(
            FailureReason.NO_TOKEN,
            f'the token "{token.name}" is the end user\'s own, and was not given',
            hint=f"Say `--user-token {quote_word([f'{token.name}=-'])}` and give it on stdin.",
        )


def _outcome(fetched: _PendingFetch) -> Secret:
    """The result of a fetch by another thread."""
    if fetched.secret:
        return fetched.secret
    if isinstance(fetched.error, PlanningError):
        error = fetched.error
        raise PlanningError(error.reason, str(error), hint=error.hint)
    if fetched.error:
        raise fetched.error
    raise PlanningError(FailureReason.NO_TOKEN, "the fetch of a token was interrupted")
