"""Who is at work, when, and under which id: the head of a run."""

from __future__ import annotations

import getpass
import os
import platform
import secrets
import time

from msgspec.structs import replace

from cactions.model import RunHead


def get_user_name() -> str:
    """Who is at work; ``uid-1234`` where the system has no name for them, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the one until Python 3.12, the other since
        return f"uid-{os.getuid()}"


def get_operator() -> str:
    """Who is at work, and on which machine."""
    return f"{get_user_name()}@{platform.node()}"


def build_run_head(run: RunHead) -> RunHead:
    """A run's head with its id, its start and its operator filled in."""
    started = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(started))
    number = secrets.token_hex(4)
    return replace(run, id=f"{stamp}-{number}", started=started, operator=get_operator())
