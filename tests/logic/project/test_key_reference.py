"""The page of all keys says what the file format says, and has every key."""

from __future__ import annotations

from pathlib import Path

from tests.golden import assert_golden
from tests.key_reference import collect_records, write_key_reference
from tests.run_report import REPORT

PAGE = Path(__file__).parents[3] / "cactions" / "help" / "keys.md"


def test_the_page_is_made_of_the_file_format() -> None:
    """Written anew by CACTIONS_GOLDEN=1; never by hand."""
    assert_golden(PAGE, write_key_reference())


def test_every_place_has_one_title_or_is_named_below_one() -> None:
    """So that a reader who looks for a place in the file finds its keys."""
    page = PAGE.read_text()
    places = [path for _, paths in collect_records() for path in paths if path]
    assert len(places) == len({*places})
    assert [] == [path for path in places if f"`{path}`" not in page]
    keys = [name for record, _ in collect_records() for name in record.fields]
    assert [] == [name for name in keys if f"`{name}`" not in page]
    REPORT.append(f"keys of the file format: {len(keys)} in {len(places)} places")
