"""Reads what an author pastes: a line from an argument, a file, stdin or the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import read_text
from cactions.logic import strict_json
from cactions.logic.curl_line.line import LONGEST, LineShell, looks_like_line, parse_line
from cactions.logic.curl_line.pasted_request import PastedRequest
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.strict_json import StrictJsonError
from cactions.model import Json, Place, UsageError

STDIN: Final = "-"
_PASTED: Final = "the pasted line"
_OPEN: Final = "never closed"
_MARK: Final = "\ufeff"
"""Of the order of bytes; some editors put it in front of a text."""
_LONGEST_TYPED: Final = 1_024 if sys.platform == "darwin" else 4_096
"""Bytes of a line that is typed, with its end: a terminal takes no more."""
_LARGEST: Final = 2 * 1024 * 1024


class PastedLine:
    """A line, and the name of where it is from."""

    def __init__(self, source: str, *, json: bool) -> None:
        self.name = _PASTED
        if source == STDIN:
            self.name = "<stdin>"
            self.text = _read_terminal() if _is_terminal(json=json) else _read_stdin(LONGEST)
        elif looks_like_line(source):
            self.text = source
        else:
            self.name = source
            self.text = read_text(Path(source), limit=LONGEST * 4).removeprefix(_MARK)
        if not self.text.strip():
            raise UsageError("there is no line", hint="Paste a line that begins with curl.")

    def parse(self, shell: LineShell | None) -> PastedRequest:
        """The request of the line. Raises UsageError with its place."""
        with self.explain_errors():
            return parse_line(self.text, shell)

    @contextmanager
    def explain_errors(self) -> Iterator[None]:
        """Turn what is wrong with the line into an error with its place; no value is quoted."""
        try:
            yield
        except PastedLineError as error:
            before = self.text.replace("\r\n", "\n")[: error.position]
            line = before.count("\n") + 1
            column = len(before) - before.rfind("\n")
            place = Place(self.name, line, column, line, column + 1)
            raise UsageError(error.message, hint=error.hint, place=place) from None


def read_answer(source: str) -> Json:
    """A sample answer. Raises UsageError for what is no JSON."""
    text = _read_stdin(_LARGEST) if source == STDIN else read_text(Path(source), limit=_LARGEST)
    try:
        return strict_json.parse_json(text.removeprefix(_MARK))
    except StrictJsonError as error:
        place = Place(
            "<stdin>" if source == STDIN else source,
            error.line, error.column, error.line, error.column + 1,
        )  # fmt: skip
        raise UsageError(
            f"the answer is no JSON: {error.message}",
            hint="Save the body of the answer alone, as the service sends it.",
            place=place,
        ) from None


def _is_terminal(*, json: bool) -> bool:
    return not json and sys.stdin.isatty() and sys.stderr.isatty()


def _read_stdin(limit: int) -> str:
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise UsageError(f"stdin is longer than {limit:,} bytes", hint="Give only what is asked.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("stdin is not UTF-8 text", hint="Copy it as plain text.") from None


def _read_terminal() -> str:
    """Lines up to an empty one that is in no quotes, or the end of input."""
    sys.stderr.write("Paste the line, then press Enter on an empty line:\n")
    sys.stderr.flush()
    text = ""
    while line := sys.stdin.readline():
        if len(line.encode()) >= _LONGEST_TYPED:
            raise UsageError(
                "the terminal has cut a line that is too long for it",
                hint="Save the line in a file, and name that: --from-curl FILE.",
            )
        if not line.strip() and text.strip() and not _is_open(text):
            break
        text += line
    return text


def _is_open(text: str) -> bool:
    try:
        parse_line(text)
    except PastedLineError as error:
        return error.message.endswith(_OPEN)
    return False
