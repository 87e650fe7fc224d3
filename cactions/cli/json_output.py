"""The one JSON document of a command with ``--json``: it is kept until the command has ended.

- Nothing else goes to stdout then: what is said beside the document goes to stderr.
- An error becomes the document; what the command had finished before it stands in it.
- A command that ends without a document of its own has its sentences as one.
- Only what is written into a file in the place of stdout, and what ``--follow`` prints line by
  line, leaves at once.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Final, TypeAlias

from cactions.cli import streams
from cactions.model import Json
from cactions.render.escape import escape_json

_FORMATTED: Final = ("validate", "test", "audit")
"""The commands whose ``--format json`` means the same as ``--json``."""

_MOST_NOTES: Final = 100


class _Output:
    """The output of the present command."""

    def __init__(self, *, asked: bool = False) -> None:
        self.asked = asked
        self.document: dict[str, Json] | None = None
        self.notes: deque[str] = deque(maxlen=_MOST_NOTES)
        self.elsewhere = False
        self.left = False


ErrorBuilder: TypeAlias = Callable[[dict[str, Json] | None, Sequence[str]], dict[str, Json]]
"""Makes the document of an error, with what the command had finished, and what it had said."""

_outputs: Final[list[_Output]] = [_Output()]
"""One: that of the present command."""


def start(words: Sequence[str]) -> None:
    """A command begins, with these words."""
    _outputs[:] = [_Output(asked=wants_json(words))]


def wants_json(words: Sequence[str]) -> bool:
    """Whether the words ask for JSON, also where they do not fit otherwise."""
    own = [*words[: words.index("--")]] if "--" in words else [*words]
    formatted = ("--format", "json") in pairwise(own) or "--format=json" in own
    return "--json" in own or (formatted and own[0] in _FORMATTED)


def is_asked() -> bool:
    """Whether stdout is for one document."""
    return _outputs[-1].asked


def is_open() -> bool:
    """Whether the document is asked for and has not left."""
    return is_asked() and not _outputs[-1].left


def write(document: dict[str, Json]) -> None:
    """Keep the document of a command; without ``--json``, or for a file, it is written at once."""
    output = _outputs[-1]
    if streams.is_captured():
        output.elsewhere = True
    elif output.asked:
        output.document = document
        return
    streams.write_text(_format(document))


def write_line(text: str) -> None:
    """A line of an output that has no end, and so is no document."""
    _outputs[-1].elsewhere = True
    streams.write_text(text)


def add_note(text: str) -> None:
    """Something that is said beside the document."""
    if is_asked():
        _outputs[-1].notes.append(text)


def leave(build_notes: Callable[[Sequence[str]], dict[str, Json]] | None = None) -> None:
    """The command has come to its end: its document leaves.

    ``build_notes`` makes one of what was said; None where no document is needed. Raises OSError
    where it cannot go.
    """
    output = _outputs[-1]
    if not is_open():
        return
    document = output.document
    if document is None and build_notes and not output.elsewhere:
        document = build_notes([*output.notes])
    if document is not None:
        output.document = None  # if it cannot be written, the error has to do without it
        text = _format(document)
        output.left = True
        streams.write_text(text)


def leave_error(build: ErrorBuilder) -> None:
    """The error leaves as the document, unless one has left; see ``ErrorBuilder``."""
    output = _outputs[-1]
    if not is_open():
        return
    for result in (output.document, None):
        with suppress(ValueError, TypeError, RecursionError, MemoryError):
            document = build(result, [*output.notes])
            text = f"{json.dumps(_mask(document))}\n" if output.elsewhere else _format(document)
            break
    else:
        return  # the words on stderr are left
    output.left = True
    with suppress(OSError, ValueError):
        streams.write_text(text)


def _format(document: dict[str, Json]) -> str:
    """What a terminal would obey or hide stands in it as escapes."""
    text = json.dumps(_mask(document), ensure_ascii=False, indent=2, allow_nan=False)
    return escape_json(text) + "\n"


def _mask(document: dict[str, Json]) -> Json:
    return streams.mask_document(document)
