"""Lines as git counts them: each ends with a line feed, or with a carriage return before it.

``str.splitlines`` and the YAML parser know further line ends. Action files cannot hold these, see
``hiding``, so that all three agree about every file that is used.
"""

from __future__ import annotations

import re
from typing import Final

LINE_ENDS: Final = ("\r\n", "\n")

_END: Final = re.compile("(\r?\n)")


def split_lines(text: str) -> list[str]:
    """The lines without their ends; an empty one behind the last end."""
    return _END.split(text)[::2]


def split_lines_keeping_ends(text: str) -> list[str]:
    """The lines with their ends."""
    parts = _END.split(text)
    return [line + end for line, end in zip(parts[::2], [*parts[1::2], ""], strict=True)]


def find_line_end(text: str) -> str:
    """The line end of the text's first line; a line feed where it has only one line."""
    found = _END.search(text)
    return found[0] if found else "\n"
