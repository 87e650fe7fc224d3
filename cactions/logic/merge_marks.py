"""The marks of an unfinished git merge: git-merge, "How conflicts are presented"."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

FINISH_HINT: Final = (
    "Keep the lines that are right, delete the marks (<<<<<<<, ======= and >>>>>>>), and add the"
    " file with `git add`. `git merge --abort` takes the merge back."
)

_SIDES: Final = r"(?m)^(?:<{7}|\|{7}|>{7})(?= )"
_ANY: Final = r"(?m)^(?:(?:<{7}|\|{7}|>{7})(?= |\r?$)|={7}(?=\r?$))"
_SIGNS: Final = ("<<<<<<< ", ">>>>>>> ", "||||||| ")


class MergeMark(Struct, frozen=True):
    """A mark at the start of a line; lines count from 1, ``start`` from 0 in the text."""

    line: int
    start: int
    size: int


def find_merge_mark(text: str, *, sure: bool = True) -> MergeMark | None:
    """The first mark; ``sure`` leaves out ======= and marks without a name of their side.

    These may be anything else in a text that can be read.
    """
    if sure and not any(sign in text for sign in _SIGNS):
        return None
    mark = re.search(_SIDES if sure else _ANY, text)
    if mark is None:
        return None
    return MergeMark(text.count("\n", 0, mark.start()) + 1, mark.start(), len(mark[0]))
