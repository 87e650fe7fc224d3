"""The idempotency key of a write request: with the same one, a repeated request counts once.

What was sent is kept as the whole header. The key is used again only where the action still has a
header of this name: with another one, the service would not recognize it.
"""

from __future__ import annotations

from typing import Final

from cactions.model import Action, RunHead, SentCall

KEY_LIFETIME: Final = 24 * 3600.0
"""Seconds for which a service is trusted to recognize a key; several forget theirs after a day."""
CLOCK_SLACK: Final = 300.0
"""Seconds by which a clock may be put back while a run is looked at."""

_BETWEEN: Final = ": "


def build_key_header(action: Action, key: str) -> str:
    """The header that carries the key, name and value; empty where the action sends none."""
    name = action.request.idempotency
    return f"{name}{_BETWEEN}{key}" if name and key else ""


def find_sent_key(action: Action, call: SentCall) -> str:
    """The key by which the service recognizes a request that was sent; empty for none."""
    name, _, key = call.key.partition(_BETWEEN)
    return key if name and name == action.request.idempotency else ""


def build_entry_key(head: RunHead, number: int) -> str:
    """The key of the call for one entry of a run."""
    return f"{head.id}-{number}"
