"""Moments on the command line: ``2h`` ago, or a date and time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from cactions.model import UsageError

_AGO: Final = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_since(text: str, now: float) -> int:
    """Unix seconds; a time without a zone is UTC. Raises UsageError."""
    if ago := _AGO.fullmatch(text.strip()):
        return max(0, int(now) - int(ago[1]) * _SECONDS[ago[2]])
    try:
        moment = datetime.fromisoformat(text.strip())
        return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        raise UsageError(
            f'"{text}" is no time', hint="Write 30m, 2h, 7d, or 2026-11-28T10:00 (UTC)."
        ) from None
