"""The entries of the review page as data for its script: blocks of JSON that no browser runs.

A block has a table of its texts and its rows as numbers into it, so that the texts of a run, which
are few, stand there once; blocks are written as they are filled, so that memory stays flat. Every
text is printable already, and ``<``, ``>`` and ``&`` are escaped: no text can end its block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from cactions.logic import strict_json
from cactions.model import Json
from cactions.render.escape import escape_terminal
from cactions.render.messages import OUTCOMES
from cactions.render.page.entry_row import MARKS, NOT_WRITTEN, EntryRow, RowItem
from cactions.render.page.text import CLASSES

ROWS_IN_BLOCK: Final = 1_000

_NUMBERS: Final = {style: number for number, style in enumerate(CLASSES, start=1)}
_ESCAPES: Final = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))

_Packed: TypeAlias = list[Json]


def write_legend() -> str:
    """What the numbers and words of the rows stand for: classes of styles, and signs of words."""
    return _write_block(
        {
            "classes": ["", *CLASSES.values()],
            "marks": {word: [mark, style] for word, (mark, style) in MARKS.items()},
            "unwritten": NOT_WRITTEN,
        },
        'id="legend"',
    )


def list_outcome_words() -> list[str]:
    """The words of all end states, as a filter offers them."""
    return ["planned", *(word for word, _ in OUTCOMES.values())]


def write_rows(rows: Iterable[EntryRow]) -> Iterator[str]:
    """The blocks, each one line."""
    rows = iter(rows)
    while several := [*islice(rows, ROWS_IN_BLOCK)]:
        texts: dict[str, int] = {}
        packed: list[Json] = [_pack_row(row, texts) for row in several]
        document: dict[str, Json] = {"texts": [*texts], "rows": packed}
        yield _write_block(document, f'class="rows" data-rows="{len(several)}"')


def _write_block(document: Json, attributes: str) -> str:
    text = strict_json.dump_json(document)
    for sign, escape in _ESCAPES:
        text = text.replace(sign, escape)
    return f'<script type="application/json" {attributes}>{text}</script>\n'


def _pack_row(row: EntryRow, texts: dict[str, int]) -> _Packed:
    name, matched = escape_terminal(row.name), escape_terminal(row.matched)
    return [
        row.number,
        _number(name, texts),
        _number(matched, texts),
        _number(row.outcome.text, texts),
        _NUMBERS.get(row.outcome.style, 0),
        int(row.is_unwritten),
        [_number(escape_terminal(note), texts) for note in row.notes],
        *(_pack_item(item, texts) for item in row.items),
    ]


def _pack_item(item: RowItem, texts: dict[str, int]) -> _Packed:
    spans = (
        number
        for part in item.line
        for number in (_NUMBERS.get(part.style, 0), _number(part.text, texts))
    )
    names: list[Json] = [_number(escape_terminal(name), texts) for name in item.attributes]
    return [_number(item.word, texts), names, *spans]


def _number(text: str, texts: dict[str, int]) -> int:
    return texts.setdefault(text, len(texts))
