"""A binary stream under which a scrubber lies: whatever is written passes it on its way out."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import BinaryIO

from cactions.cli.streams import write_whole
from cactions.logic.secrets.scrubber import Scrubber


class Scrubbed(io.BufferedIOBase):
    """Writes to ``below``; what may be the beginning of a secret waits for the rest of it."""

    def __init__(self, below: BinaryIO, scrubber: Scrubber) -> None:
        self.scrubber = scrubber
        self._below = below

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Take all of it. Raises OSError where it cannot go."""
        taken = bytes(data)
        write_whole(self._below, self.scrubber.feed(taken))
        return len(taken)

    def flush(self) -> None:
        """What is clean goes out; what is not yet known to be clean never does.

        A stream that was closed below has nothing to send: then the interpreter flushes this one
        once more when it deletes it.
        """
        if not self._below.closed:
            self._below.flush()

    def release(self) -> None:
        """No more comes: what waited was no secret."""
        with suppress(OSError, ValueError):  # the reader has gone, which was reported before
            write_whole(self._below, self.scrubber.end())
            self._below.flush()

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """That of the stream below."""
        return self._below.fileno()

    def isatty(self) -> bool:
        """Whether the stream below is a terminal."""
        return self._below.isatty()
