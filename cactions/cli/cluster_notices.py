"""Tells an operator what became of scheduled runs, by the command of ``worker --notify``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread
from typing import Final

from cactions.cli.cluster_wiring import SharedDatabase
from cactions.edges.notice_command import run_notice_command
from cactions.logic import strict_json
from cactions.logic.documents.notices import notice_to_json
from cactions.model import StoreError

_LOOK_SECONDS: Final = 2.0
_LAST_SECONDS: Final = 10.0
"""At the end of a worker no notice is begun after that; another worker gives it."""


class Notifier:
    """Gives notices in a thread of its own, so that a command that hangs stops no run."""

    def __init__(
        self, shared: SharedDatabase, words: Sequence[str], say: Callable[[str], None]
    ) -> None:
        self._database = shared.connect()
        self._schedules = shared.open_schedules(self._database)
        self._words, self._say = words, say
        self._is_over = Event()
        self._thread = Thread(target=self._give_all, name="notices", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give what is there now, as far as it is soon done, then no more."""
        self._is_over.set()
        self._thread.join()
        self._database.close()

    def _give_all(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._is_over.wait(_LOOK_SECONDS)
            until = time.monotonic() + _LAST_SECONDS
            with suppress(StoreError):
                while self._give_next() and not (is_last and time.monotonic() > until):
                    pass

    def _give_next(self) -> bool:
        """Whether there was a notice to be given."""
        notice = self._schedules.take_notice()
        if notice is None:
            return False
        document = strict_json.dump_json(notice_to_json(notice))
        code = run_notice_command(self._words, document.encode() + b"\n", os.environ)
        if code:
            event, action = notice.moment.state.value, notice.moment.action
            self._say(f"The notice about {action} ({event}) failed: exit code {code}.")
        self._schedules.record_notice(notice.moment, code)
        return True
