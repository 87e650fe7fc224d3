"""The lines of a text file or stream, in bounded memory: UTF-8, or UTF-16 where a mark says so.

What cannot be decoded comes as lone surrogates, so that the record that holds it can be refused.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import BufferedReader, TextIOWrapper
from typing import Final, TextIO

from cactions.logic.people.records import MAX_RECORD_CHARACTERS, TextLine

_MARK: Final = "\ufeff"
_UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNDECODABLE: Final = "\udcff"


def set_encoding(stream: TextIO, *, utf_16: bool = False) -> None:
    """Read the text as UTF-8 in any locale; as UTF-16 if that is allowed and its mark is there.

    A text that is decoded already stays as it is.
    """
    if not isinstance(stream, TextIOWrapper):
        return
    buffer = stream.buffer
    if utf_16 and isinstance(buffer, BufferedReader) and buffer.peek(2)[:2] in _UTF_16_MARKS:
        stream.reconfigure(encoding="utf-16", errors="surrogatepass", newline="")
    else:
        stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")


def read_lines(stream: TextIO) -> Iterator[TextLine]:
    """The lines; one that is too long in parts. A mark at the start is left out."""
    number, start = 1, _MARK
    try:
        while text := stream.readline(MAX_RECORD_CHARACTERS + 1):
            yield TextLine(number, text.removeprefix(start))
            start = ""
            if text.endswith(("\n", "\r")):
                number += 1
    except UnicodeError:  # UTF-16 that ends in half a character
        yield TextLine(number, _UNDECODABLE)
