"""Core dumps, which would hold every secret of the process, are switched off."""

from __future__ import annotations

import ctypes
import resource
import sys
from contextlib import suppress
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""From <linux/prctl.h>; also keeps other processes of the same user from tracing this one."""


def forbid_core_dumps() -> None:
    """As far as the system allows it, and without a word where it does not."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
