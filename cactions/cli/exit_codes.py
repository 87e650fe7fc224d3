"""Exit codes: one table, told in the README and tested against it."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """How a command ended."""

    CLEAN = 0
    FINDINGS = 1
    MISUSE = 2
    NOTHING_DONE = 3
    OUTCOME_UNKNOWN = 4
    CHANGES = 5
    INTERNAL = 70
    INTERRUPTED = 130
    UNREAD = 141
    TERMINATED = 143


MEANINGS: Final = {
    Exit.CLEAN: "clean",
    Exit.FINDINGS: "findings, failed tests, a gate that is not passed, people refused or failed,"
    " or stopped after something was written",
    Exit.MISUSE: "usage error, or no test is chosen",
    Exit.NOTHING_DONE: "nothing was done: a definition, a store or the output is unusable, or the"
    " answer to the question was no",
    Exit.OUTCOME_UNKNOWN: "the outcome of a write, or of a write request, is unknown",
    Exit.CHANGES: "changes (`--exit-code` only)",
    Exit.INTERNAL: "internal error",
    Exit.INTERRUPTED: "interrupted",
    Exit.UNREAD: "broken pipe",
    Exit.TERMINATED: "terminated",
}

_RANKING: Final = (
    Exit.INTERNAL, Exit.INTERRUPTED, Exit.UNREAD, Exit.TERMINATED, Exit.OUTCOME_UNKNOWN,
    Exit.NOTHING_DONE, Exit.MISUSE, Exit.FINDINGS, Exit.CHANGES, Exit.CLEAN,
)  # fmt: skip


def choose_most_severe(*codes: Exit) -> Exit:
    """The one that is told when several apply; CLEAN where none does."""
    return min(codes, key=_RANKING.index, default=Exit.CLEAN)
