"""Reads a pasted line for whichever shell it was written."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from cactions.logic.curl_line.cmd_words import split_cmd_words
from cactions.logic.curl_line.curl_arguments import read_arguments
from cactions.logic.curl_line.curl_request import build_curl_request
from cactions.logic.curl_line.pasted_request import PastedRequest
from cactions.logic.curl_line.posix_words import split_posix_words
from cactions.logic.curl_line.powershell_words import split_powershell_words
from cactions.logic.curl_line.web_request import CALLS, build_web_request
from cactions.logic.curl_line.words import PastedLineError, check_characters

LONGEST: Final = 256 * 1024
"""Characters of a line that is read."""
_PROMPT: Final = re.compile(r"\s*(?:\$ |PS [^>\n]*> ?|[A-Za-z]:\\[^>\n]*>)?\s*")
_CURL: Final = re.compile(r"(?:\S*[/\\])?curl(?:\.exe)?", re.IGNORECASE)
_CARETS: Final = re.compile(r"\^\n|\^\"")
_TICKS: Final = re.compile(r"`\n")


class LineShell(Enum):
    """The shell for which a line is written."""

    BASH = "bash"
    CMD = "cmd"
    POWERSHELL = "powershell"


def parse_line(text: str, shell: LineShell | None = None) -> PastedRequest:
    """The request of a line. Raises PastedLineError; a line end counts as one character."""
    if len(text) > LONGEST:
        raise PastedLineError("the text is too long for a command", "Paste one command.", LONGEST)
    text = text.replace("\r\n", "\n")
    check_characters(text)
    prompt = _PROMPT.match(text)
    start = prompt.end() if prompt else 0
    blank = " " * start + text[start:].rstrip()
    chosen = shell or guess_shell(blank)
    if chosen is LineShell.POWERSHELL and not _CURL.match(blank, start):
        return build_web_request(blank)
    split = {
        LineShell.BASH: split_posix_words,
        LineShell.CMD: split_cmd_words,
        LineShell.POWERSHELL: split_powershell_words,
    }[chosen]
    words = split(blank)
    if not words or not _CURL.fullmatch(words[0].text):
        hint = "Paste a line that begins with curl, or with Invoke-WebRequest."
        raise PastedLineError("this is no curl command", hint, words[0].start if words else start)
    return build_curl_request(read_arguments(words))


def guess_shell(text: str) -> LineShell:
    """The shell that the signs of a line belong to; bash where none tells."""
    first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    if first in CALLS or first.startswith("$") or _TICKS.search(text):
        return LineShell.POWERSHELL
    return LineShell.CMD if _CARETS.search(text) else LineShell.BASH


def looks_like_line(text: str) -> bool:
    """Whether a text is a line rather than the name of a file."""
    words = text.split(maxsplit=1)
    return len(words) > 1 and (
        _CURL.fullmatch(words[0]) is not None
        or words[0] == "$"
        or guess_shell(text) is not LineShell.BASH
    )
