"""Numbers that a spreadsheet has cut: what is left of an identifier is that of no one.

Excel and its like show a long number as ``1.23457E+17`` and export what they show; they keep 15
digits, and fill the rest with zeros. A sign behind the E tells it from an identifier such as
``1e10``.
"""

from __future__ import annotations

import re
from typing import Final

CUT_HINT: Final = "Format the column as text in the spreadsheet, and export it again."

_CUT: Final = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE][+-][0-9]{2,3}")
_EXACT_DIGITS: Final = 15
_FEWEST_DIGITS: Final = 17
"""Below, zeros at the end are too often those of the number itself."""


def is_cut_number(text: str) -> bool:
    """Whether this is a number as a spreadsheet shows it, without most of its digits."""
    return text[-1:].isdigit() and _CUT.fullmatch(text) is not None


def is_rounded_number(text: str) -> bool:
    """Whether a long number has only zeros where a spreadsheet keeps no digits."""
    return (
        len(text) >= _FEWEST_DIGITS
        and text.isascii()
        and text.isdigit()
        and not text[_EXACT_DIGITS:].strip("0")
    )
