"""Makes text printable on one line: control characters become escapes."""

from __future__ import annotations

from typing import Final

MAX_CHARACTERS: Final = 120


def escape_control(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The text on one line, control characters as escapes, cut after ``limit`` characters."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
