"""The people of a run on the review page: all of them for the script, and some as a plain table.

The data comes first, while the entries are read; the table is of those who were chosen of all.
Memory does not grow with the people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cactions.model import PlanSummary, RunEntry
from cactions.render.entry_selection import EntrySelection, is_noteworthy
from cactions.render.page.document import write_search, write_select
from cactions.render.page.entry_row import MARKS, EntryRow, build_row, render_row
from cactions.render.page.row_data import list_outcome_words, write_legend, write_rows

MOST_EMBEDDED: Final = 200_000
"""A page with more rows would be slow; of further people, those who need attention are added."""

MOST_NOTEWORTHY: Final = 50_000
"""Of these further ones."""

MOST_PLAIN: Final = 200
"""Rows that can be read without the script."""

_HEAD: Final = (
    '<thead><tr><th scope="col" class="number">Entry</th><th scope="col">Person</th>'
    '<th scope="col">Outcome</th><th scope="col">Changes</th></tr></thead>\n'
)
_PAGES: Final = (
    '<nav id="pages" aria-label="Pages of people" hidden>\n'
    '<button type="button" data-step="first">First</button>\n'
    '<button type="button" data-step="previous">Previous</button>\n'
    '<label>Page <input type="number" name="page" min="1" value="1"></label>\n'
    '<span id="of"></span>\n'
    '<button type="button" data-step="next">Next</button>\n'
    '<button type="button" data-step="last">Last</button>\n</nav>\n'
)


class _Counter:
    """The rows that are embedded, while the entries go by."""

    def __init__(self, entries: Iterable[RunEntry]) -> None:
        self.embedded = self._noteworthy = 0
        self.selection = EntrySelection(MOST_PLAIN)
        self._entries = entries

    def list_rows(self) -> Iterator[EntryRow]:
        """The rows for the script."""
        for entry in self._entries:
            self.selection.add(entry)
            if self.embedded >= MOST_EMBEDDED:
                if self._noteworthy >= MOST_NOTEWORTHY or not is_noteworthy(entry):
                    continue
                self._noteworthy += 1
            self.embedded += 1
            yield build_row(entry.number or self.selection.seen, entry)


def write_people(entries: Iterable[RunEntry], summary: PlanSummary) -> Iterator[str]:
    """The data, the filter, and the table."""
    counter = _Counter(entries)
    yield write_legend()
    yield from write_rows(counter.list_rows())
    seen, chosen = counter.selection.seen, counter.selection.choose()
    if left_out := seen - counter.embedded:
        yield (
            f"<p><strong>{left_out:,} of {seen:,} people are left out of this page</strong>; the"
            " CSV and JSON reports hold everyone.</p>\n"
        )
    yield _write_filter(summary)
    if len(chosen) < seen:
        yield (
            f'<p id="plain">{len(chosen):,} of {seen:,} people are in this table, those who need'
            " attention among them. With JavaScript, all of them can be searched here.</p>\n"
        )
    yield _PAGES
    yield from _write_table(
        (build_row(*numbered) for numbered in chosen), 'class="entries" id="rows"', "People"
    )


def write_sample_rows(rows: Iterable[EntryRow]) -> Iterator[str]:
    """One person for each combination of changes, as a table."""
    yield from _write_table(rows, 'class="entries"', "One person of each kind")


def _write_table(rows: Iterable[EntryRow], attributes: str, caption: str) -> Iterator[str]:
    yield f"<table {attributes}>\n<caption>{caption}</caption>\n{_HEAD}<tbody>\n"
    yield from map(render_row, rows)
    yield "</tbody></table>\n"


def _write_filter(summary: PlanSummary) -> str:
    """Shown by the script, since it does nothing without it."""
    names = [(counts.attribute, counts.attribute) for counts in summary.attributes]
    return (
        '<form id="filter" aria-label="Filter the people" hidden>\n'
        + write_search("Search", "search")
        + write_search("Person", "person")
        + write_select("Outcome", "outcome", ((word, word) for word in list_outcome_words()))
        + write_select("Attribute", "attribute", names)
        + write_select("Change", "kind", ((kind, kind) for kind in MARKS))
        + '<button type="reset">Clear filters</button>\n'
        '<output id="shown" aria-live="polite"></output>\n</form>\n'
    )
