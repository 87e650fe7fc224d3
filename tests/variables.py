"""The environment variables that `cactions help config` lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def list_variables() -> Iterator[tuple[list[str], str]]:
    """The variables of each row, and what they are for."""
    page = (ROOT / "cactions" / "help" / "config.md").read_text()
    for names, meaning in re.findall(r"^\| (`[A-Z].*?) \| (.*) \|$", page, re.MULTILINE):
        yield re.findall(r"`([A-Z_…]+)`", names), meaning
