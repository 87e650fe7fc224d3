"""Any value on one line, so that what is read is what is there.

A text stands bare only where nothing else can be meant; otherwise it stands in double quotes,
spelled like JSON: empty, blank at an end, cut, holding anything invisible, or looking like a
number, a date, a keyword, a list or one of our own marks. What stands outside the quotes is
ours. No value is ``(empty)``, a redacted one is dots.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from msgspec import Struct

from cactions.model import ABSENT, MASK, DataType, InvalidText, Value, is_empty, is_same
from cactions.render.escape import (
    Speller,
    escape_terminal,
    split_ascii,
    split_escaped,
    split_quoted,
)
from cactions.render.text import Span, Style, StyledLine, count_cells, dim, span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[-+]?[\d.,_]*\d[\d.,_]*([eE][-+]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "none", "nan", "inf"})
_OURS = re.compile(r"""["\\→…]|••|->|  |\.\.\.|^[ (\[{']| $""")
_LEAD = 12  # cells that are repeated before the first difference of two long texts
_LARGEST = 10  # cells of the longest escape
_FRAME = 4  # cells of quotes and ellipses
_MOST_NOTE = 24  # cells of the longest note about a length
_ROOMY = 40  # with less room, the note about the length may fall onto the next line


class ValueStyle(Struct, frozen=True):
    """How to look at a value: its type, whether it may be seen, and how many cells it may take.

    ``raw``: a date is followed by the seconds that it stands for; ``sized``: a cut value by its
    length.
    """

    data_type: DataType = DataType.STRING
    redacted: bool = False
    width: int = 60
    raw: bool = True
    sized: bool = True


_LOOK = ValueStyle()


def render_value(value: Value, value_style: ValueStyle = _LOOK) -> StyledLine:
    """The value as it may be shown; long ones are cut and say how long they are."""
    if value is ABSENT or value is None or (value_style.redacted and is_empty(value)):
        return span("(empty)", Style.NOTHING)
    if value_style.redacted:
        return span(MASK, Style.VALUE)
    if isinstance(value, str):
        return _render_text(value, value_style)
    if (
        value_style.data_type is DataType.DATE
        and isinstance(value, int | float)
        and value is not True
        and value is not False
    ):
        return _render_date(value, raw=value_style.raw)
    return _excerpt_json(_to_json_text(value)).format_line(value_style)


def render_pair(
    before: Value, after: Value, value_style: ValueStyle
) -> tuple[StyledLine, StyledLine]:
    """Both values, cut so that their first difference can be seen."""
    excerpt: Callable[[str, int], _Excerpt] = _excerpt_json
    if value_style.redacted or type(before) is not type(after) or is_same(before, after):
        return render_value(before, value_style), render_value(after, value_style)
    if isinstance(before, str) and isinstance(after, str):
        twins = _look_alike(before, after)
        excerpt = partial(_Excerpt, spell=split_ascii) if twins else _Excerpt
        if (
            not twins
            and excerpt(before, 0).fits(value_style)
            and excerpt(after, 0).fits(value_style)
        ):
            return render_value(before, value_style), render_value(after, value_style)
    elif isinstance(before, list | dict):
        before, after = _to_json_text(before), _to_json_text(after)
    else:
        return render_value(before, value_style), render_value(after, value_style)
    return _render_sides(before, str(after), excerpt, value_style)


def _render_sides(
    before: str, after: str, excerpt: Callable[[str, int], _Excerpt], value_style: ValueStyle
) -> tuple[StyledLine, StyledLine]:
    start = 0
    if not (excerpt(before, 0).fits(value_style) and excerpt(after, 0).fits(value_style)):
        start = _measure_common_start(before, after)
        start -= _measure_lead(before[max(0, start - _LEAD) : start], value_style)
    return excerpt(before, start).format_line(value_style), excerpt(after, start).format_line(
        value_style
    )


def _measure_lead(shared: str, value_style: ValueStyle) -> int:
    """How many of the shared characters leave room for the first one that differs."""
    beside = _FRAME + (_MOST_NOTE if value_style.width >= _ROOMY else 0)
    width = min(_LEAD, value_style.width - beside - _LARGEST)
    number = 0
    for char in reversed(shared):
        shown, size = next(split_escaped(char))
        width -= size
        if shown != char or width < 0:
            break
        number += 1
    return number


def format_utc(seconds: float) -> str:
    """A moment of our own, in UTC and to the second: ``2026-11-22 11:29:00``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def is_unambiguous(text: str) -> bool:
    """Whether a text can be mistaken for nothing else, so that it needs no quotes."""
    return bool(text) and not (
        escape_terminal(text) != text
        or _OURS.search(text)
        or _NUMBER.fullmatch(text)
        or _DATE.fullmatch(text)
        or text.lower() in _WORDS
    )


def _render_text(text: str, value_style: ValueStyle) -> StyledLine:
    if isinstance(text, InvalidText):  # it holds its escapes already
        return _excerpt_json(f'"{text}"').format_line(value_style)
    if (
        len(text) <= value_style.width
        and is_unambiguous(text)
        and count_cells(span(text)) <= value_style.width
    ):
        return span(text, Style.VALUE)
    return _Excerpt(text).format_line(value_style)


def _to_json_text(value: Value) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "(a number too long to be written)"


def _excerpt_json(text: str, start: int = 0) -> _Excerpt:
    return _Excerpt(text, start, quotes=False, spell=split_escaped)


def _render_date(seconds: float, *, raw: bool) -> StyledLine:
    written = _to_json_text(seconds)
    try:
        text = (_EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError):
        return (Span(written, Style.VALUE), *dim(" (no date)"))
    return (Span(text, Style.VALUE), *dim(f" ({written})" if raw else ""))


class _Excerpt(Struct, frozen=True):
    """A text from its ``start`` on, in ``quotes`` or not, spelled in one way or another."""

    text: str
    start: int = 0
    quotes: bool = True
    spell: Speller = split_quoted

    def fits(self, value_style: ValueStyle) -> bool:
        """Whether all of it can be shown."""
        return self._take_fitting(value_style.width - 2 * self.quotes)[1]

    def format_line(self, value_style: ValueStyle) -> StyledLine:
        """As much of it as there is room for, and how long the whole is."""
        frame = 2 * self.quotes + bool(self.start)
        shown, whole = self._take_fitting(value_style.width - frame)
        note = "" if whole and not self.start else f" ({len(self.text):,} characters)"
        note = note if value_style.sized else ""
        if not whole:
            beside = len(note) if value_style.width >= _ROOMY else 0
            shown, _ = self._take_fitting(value_style.width - frame - 1 - beside)
        mark = '"' if self.quotes else ""
        return (
            *dim("…" if self.start else ""),
            Span(f"{mark}{shown}{mark}", Style.VALUE),
            *dim("" if whole else "…"),
            *dim(note),
        )

    def _take_fitting(self, width: int) -> tuple[str, bool]:
        """The spelled beginning, and whether it is everything."""
        taken: list[str] = []
        for shown, size in self.spell(islice(self.text, self.start, None)):
            width -= size
            if width < 0 and taken:
                return "".join(taken), False
            taken.append(shown)
        return "".join(taken), True


def _measure_common_start(left: str, right: str) -> int:
    """The length of the longest common beginning."""
    most = min(len(left), len(right))
    return bisect_left(range(most), x=True, key=lambda n: left[: n + 1] != right[: n + 1])


def _look_alike(left: str, right: str) -> bool:
    """Whether two different texts may look the same, as composed and decomposed accents do."""
    return unicodedata.normalize("NFKC", left) == unicodedata.normalize("NFKC", right)
