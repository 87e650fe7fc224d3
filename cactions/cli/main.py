"""The one way in and out of the command line."""

from __future__ import annotations


def run() -> int:
    """Run the command line; the exit code."""
    return 0
