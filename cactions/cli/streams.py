"""What leaves: the three standard streams, and the mask over everything once a secret is known.

- Streams may be closed, full, or have lost their reader.
- They have a net of their own, which sees bytes. A page is masked after it is laid out and before
  it is drawn, where no line break and no style stands within a secret; a document before it is
  written, where nothing is escaped. Until a secret is known there is no mask, and nothing to load.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from msgspec import Struct

from cactions.model import Json, UsageError

if TYPE_CHECKING:
    from cactions.render.text import View

NOWHERE: Final = Path(os.devnull)


class Mask(Struct, frozen=True):
    """Takes known secrets, whole or by their beginning, out of what it is given."""

    text: Callable[[str], str]
    document: Callable[[Json], Json]
    view: Callable[[View], View]


_masks: Final[list[Callable[[], Mask]]] = []
"""None or one: the last one knows every secret. It is made when it is first needed."""


def put_mask(make: Callable[[], Mask]) -> None:
    """From now on everything that leaves passes this mask."""
    _masks[:] = [cache(make)]


def remove_mask() -> None:
    """The command has ended."""
    _masks.clear()


def mask_text(text: str) -> str:
    """The text of a file without known secrets."""
    return _masks[-1]().text(text) if _masks else text


def mask_document(document: Json) -> Json:
    """The document without known secrets in its keys, texts and numbers."""
    return _masks[-1]().document(document) if _masks else document


def mask_view(view: View) -> View:
    """The view without known secrets, also where a line breaks within one."""
    return _masks[-1]().view(view) if _masks else view


def prepare() -> None:
    """Occupy what is closed, so that no file of ours gets its number.

    A closed stdin reads as empty, a closed stderr swallows. Raises UsageError where there is
    no stdout: it would be a question without an answer.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(NOWHERE, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = NOWHERE.open(encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = NOWHERE.open("w", encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = NOWHERE.open("w", encoding="utf-8")
        raise UsageError("the output is closed", hint="Send it to a file, or to /dev/null.")


def write_text(text: str) -> None:
    """Text for a program on stdout, in UTF-8 whatever the locale says."""
    write_bytes(text.encode())


def write_bytes(data: bytes) -> None:
    """Bytes for a program on stdout, as they are."""
    sys.stdout.flush()
    write_whole(sys.stdout.buffer, data)
    sys.stdout.buffer.flush()


def write_whole(stream: BinaryIO, data: bytes) -> None:
    """All of it, also where no buffer is between (PYTHONUNBUFFERED) and a signal cuts a write off.

    Raises BlockingIOError where the stream takes nothing now and does not wait.
    """
    rest = memoryview(data)
    while rest:
        taken = stream.write(rest)
        if taken is None:
            raise BlockingIOError("the stream takes nothing now")
        rest = rest[taken:]


_captures: Final[list[io.BytesIO]] = []
"""What stdout is redirected to, the innermost last."""


def capture_stdout(write: Callable[[], None]) -> str:
    """What ``write`` puts onto stdout, in the place of putting it there."""
    data = io.BytesIO()
    _captures.append(data)
    try:
        with io.TextIOWrapper(data, encoding="utf-8", newline="") as stdout:
            with redirect_stdout(stdout):
                write()
            stdout.flush()
            return data.getvalue().decode()
    finally:
        _captures.remove(data)


def is_captured() -> bool:
    """Whether stdout is redirected into a file at the moment."""
    return bool(_captures)


@contextmanager
def ignore_full_stderr() -> Iterator[None]:
    """A full stderr swallows, as a closed one: what is said about an outcome does not change it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError:
        give_up(sys.stderr)


def finish() -> None:
    """Whatever is still on its way out. Raises OSError where it cannot go."""
    sys.stdout.flush()
    with ignore_full_stderr():
        sys.stderr.flush()


def give_up(*streams: TextIO) -> None:
    """Let what is stuck go nowhere, so that the interpreter does not try it again at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(NOWHERE, os.O_WRONLY)
        for stream in streams:
            os.dup2(nowhere, stream.fileno())
