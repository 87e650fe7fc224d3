"""Action files, read, shaped and held against the rules: what every command begins with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cactions.edges import action_files
from cactions.logic.linting import lint
from cactions.logic.shaping import Shaped, shape
from cactions.model import Snapshot

SNAPSHOT: Final = "attributes.lock.json"


def checked(
    paths: Sequence[Path],
    environment: str | None,
    known: Callable[[Path], Snapshot],
    *,
    leaks: bool,
) -> list[Shaped]:
    """What the files of each folder say. ``known`` reads a snapshot; ``leaks``: with all rules."""
    found: list[Shaped] = []
    for home, group in action_files.find(paths).items():
        file = home / SNAPSHOT
        snapshot = known(file) if os.path.lexists(file) else None
        one = shape(action_files.load(group), environment, snapshot)
        found.append(lint(one, time.time()) if leaks else one)
    return found
