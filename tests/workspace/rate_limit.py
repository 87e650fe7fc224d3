"""Counts calls in windows and tells the numbers that the platform's headers tell."""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from tests.workspace.errors import ApiError
from tests.workspace.settings import Settings


class Quota(Struct, frozen=True):
    """What the headers of one answer tell, and whether the call was within the limit."""

    limit: int
    remaining: int
    reset: int
    allowed: bool


class RateLimit:
    """The windows of one app, or of the workspace.

    ``Remaining`` is told before the call is counted: the first answer of a window tells the whole
    limit. ``Reset`` is the beginning of the next window, plus an offset.
    """

    def __init__(self, settings: Settings, limit: int) -> None:
        self._settings = settings
        self._limit = limit
        self._start = 0.0
        self._used = 0
        self._calls: deque[float] = deque()

    def take(self, now: float) -> Quota:
        """Count a call, unless it is beyond the limit."""
        if self._settings.sliding:
            return self._take_sliding(now)
        window = self._settings.window
        start = now - (now - self._settings.phase) % window
        if start != self._start:
            self._start, self._used = start, 0
        taken = self._used + self._count_others((now - start) / window)
        self._used += taken < self._limit
        return self._tell(taken, start + window)

    def spend(self, now: float, calls: int) -> None:
        """Count calls that another client of the same app makes now."""
        for _ in range(calls):
            self.take(now)

    def _take_sliding(self, now: float) -> Quota:
        while self._calls and self._calls[0] <= now - self._settings.window:
            self._calls.popleft()
        taken = len(self._calls) + self._count_others(1)
        if taken < self._limit:
            self._calls.append(now)
        oldest = self._calls[0] if self._calls else now
        return self._tell(taken, oldest + self._settings.window)

    def _count_others(self, elapsed: float) -> int:
        return int(self._settings.others * self._limit * elapsed)

    def _tell(self, taken: int, roll_over: float) -> Quota:
        own = 1 if self._settings.remaining == "after" else 0
        return Quota(
            limit=self._limit,
            remaining=max(self._limit - taken - own, 0),
            reset=int(roll_over) + self._settings.reset_offset,
            allowed=taken < self._limit,
        )


class RateLimits:
    """A limit for each app, and one for all of them together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._apps = {token: RateLimit(settings, settings.limit) for token in settings.tokens}
        total = settings.workspace_limit
        self._all = RateLimit(settings, total) if total else None

    def take(self, token: str, now: float) -> Quota:
        """Count a call of the app; the quota of the workspace where that is used up."""
        quota = self._apps[token].take(now)
        if not quota.allowed or self._all is None:
            return quota
        whole = self._all.take(now)
        return quota if whole.allowed else whole

    def spend(self, token: str, now: float, calls: int) -> None:
        """Count calls of other clients of the app."""
        self._apps[token].spend(now, calls)

    def refuse(self, quota: Quota) -> ApiError:
        """The 429 for a call that was not allowed."""
        wait = self._settings.retry_after
        return ApiError(
            429,
            "rate_limit_exceeded",
            f"Exceeded rate limit of {quota.limit} in {self._settings.window}_seconds",
            headers={"Retry-After": str(wait)} if wait else None,
        )


def build_rate_headers(quota: Quota) -> dict[str, str]:
    """The three headers of every authenticated answer."""
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": str(quota.reset),
    }
