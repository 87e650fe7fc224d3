"""The review page of a run: complete, harmless whatever a value holds, and flat in memory."""

from __future__ import annotations

import json
import re
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from cactions import __version__
from cactions.model import PlanSummary, Run, RunEntry, RunHead, RunKind, WorkspaceName
from cactions.render.entry_selection import describe_entry
from cactions.render.page import people
from cactions.render.page.entry_row import build_row, render_row
from cactions.render.page.row_data import ROWS_IN_BLOCK
from cactions.render.page.run_page import RunPage, write_run_page
from tests.golden import assert_golden
from tests.render.bulk_samples import (
    PLANNED,
    STRANGE,
    STRANGE_HELD,
    STRANGE_SUMMARY,
    SUMMARY,
    to_entries,
)
from tests.render.samples import ACME, LOYALTY, STRANGE_WORKSPACE
from tests.render.test_bulk_report import ENTRIES, HOSTILE_TEXTS, SUMMARIES

GOLDEN = Path(__file__).parent / "golden"
STRANGE_ENTRIES = to_entries([STRANGE, STRANGE_HELD], written=False)
OWN = re.compile(r"<(style|script)>.*?</\1>", re.DOTALL)
"""The style and the script, which are files of their own."""


def write(
    entries: tuple[RunEntry, ...] = to_entries(PLANNED, written=False),
    summary: PlanSummary = SUMMARY,
    workspace: WorkspaceName = ACME,
    action: str = "loyalty",
    run: Run | None = None,
) -> str:
    """The whole page."""
    return "".join(write_run_page(entries, RunPage(summary, workspace, action, run)))


class HtmlReader(HTMLParser):
    """The tags and attributes of a page, the texts of its tags, and the data of its rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.bodies: dict[str, str] = {}
        self.data: list[str] = []
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self._within = "data" if attributes.get("type") == "application/json" else tag
        if self._within == "data":
            self.data.append("")

    def handle_data(self, data: str) -> None:
        if self._within == "data":
            self.data[-1] += data
        elif self._within in ("script", "style"):
            self.bodies[self._within] = self.bodies.get(self._within, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The blocks of rows."""
        return [json.loads(text) for text in self.data[1:]]


def test_a_page_matches_its_golden_file() -> None:
    """CACTIONS_GOLDEN=1 rewrites the files; review the difference before committing it."""
    assert_golden(GOLDEN / "run.html", strip(write()))
    strange = write(STRANGE_ENTRIES, STRANGE_SUMMARY, STRANGE_WORKSPACE)
    assert_golden(GOLDEN / "run_hostile.html", strip(strange))


def strip(page: str) -> str:
    """Without the version, and what the policy names by its hash."""
    page = page.replace(f"Made by cactions {__version__}.", "Made by cactions.")
    return re.sub(r"sha256-[^']+", "sha256-…", OWN.sub(r"<\1></\1>", page))


def test_redacted_values_are_withheld() -> None:
    """The samples' redacted values all begin with "hidden"."""
    assert "hidden-" not in write()


@given(entries=ENTRIES, summary=SUMMARIES)
def test_a_page_is_printable(entries: tuple[RunEntry, ...], summary: PlanSummary) -> None:
    text = write(entries, summary).encode().decode()
    assert re.sub("[\n\u3000]", "", text).isprintable()


TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "nav",
    "a", "h1", "h2", "p", "strong", "span", "dl", "dt", "dd", "br", "div", "table", "caption",
    "thead", "tbody", "tr", "th", "td", "bdi", "ul", "li", "form", "label", "input", "select",
    "option", "button", "output", "script", "svg", "rect",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "scope", "type", "href",
    "autocomplete", "hidden", "value", "min", "aria-live", "aria-label", "aria-labelledby",
    "aria-hidden", "role", "tabindex", "data-rows", "data-step", "width", "height", "rx",
    "focusable",
}  # fmt: skip


@given(ENTRIES, SUMMARIES, HOSTILE_TEXTS)
def test_no_content_becomes_html(
    entries: tuple[RunEntry, ...], summary: PlanSummary, text: str
) -> None:
    """Only our own tags, one script and one style, and data that stays data."""
    page = HtmlReader(write(entries, replace(summary, alarms=(text,)), action=text))
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    assert {"#main"} == {each["href"] for tag, each in page.tags if tag == "a"}
    own = [tag for tag, each in page.tags if tag in ("script", "style") and "type" not in each]
    assert ["script", "style"] == sorted(own)
    assert len(entries) == sum(len(block["rows"]) for block in page.rows)


def test_the_policy_allows_our_script_and_style_only() -> None:
    """By their hashes, as a browser computes them; and nothing else at all."""
    page = HtmlReader(write())
    [policy] = [
        attributes["content"] or ""
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(None, 1) for rule in policy.split("; "))
    for name in ("script", "style"):
        digest = b64encode(sha256(page.bodies[name].encode()).digest()).decode()
        assert f"'sha256-{digest}'" == rules.pop(f"{name}-src")
    assert {
        "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'",
        "require-trusted-types-for": "'script'", "trusted-types": "'none'",
    } == rules  # fmt: skip
    assert "http:" not in page.bodies["script"] + page.bodies["style"]
    assert "url(" not in page.bodies["style"]
    assert not re.search(
        "innerHTML|outerHTML|insertAdjacentHTML|eval|Function|setAttribute", page.bodies["script"]
    )


def test_the_data_says_what_the_table_says() -> None:
    """Every text of a row is in its block, and everyone is in one."""
    entries = to_entries(PLANNED, written=True)
    [block] = HtmlReader(write(entries)).rows
    texts = block["texts"]
    assert [entry.number for entry in entries] == [row[0] for row in block["rows"]]
    for entry, packed in zip(entries, block["rows"], strict=True):
        row = build_row(entry.number, entry)
        assert (row.name, row.matched) == (texts[packed[1]], texts[packed[2]])
        assert describe_entry(entry)[0] == texts[packed[3]]
        assert [*row.notes] == [texts[note] for note in packed[6]]
        assert [item.word for item in row.items] == [texts[item[0]] for item in packed[7:]]
        for item, packed_item in zip(row.items, packed[7:], strict=True):
            assert "".join(part.text for part in item.line) == "".join(
                texts[text] for text in packed_item[3::2]
            )


def list_many(number: int) -> Iterator[RunEntry]:
    return (
        RunEntry(replace(LOYALTY, action=f"a{at}"), number=at, started=False)
        for at in range(1, number + 1)
    )


def test_the_plain_table_says_how_many_it_holds() -> None:
    """Where the script is not run; with it, everyone is there."""
    number = ROWS_IN_BLOCK + people.MOST_PLAIN
    text = "".join(write_run_page(list_many(number), RunPage(SUMMARY, ACME, "loyalty")))
    page = HtmlReader(text)
    assert [ROWS_IN_BLOCK, people.MOST_PLAIN] == [len(block["rows"]) for block in page.rows]
    table = text[text.index('id="rows"') :]
    assert people.MOST_PLAIN == table.count('<tr><td class="number">')
    assert f"{people.MOST_PLAIN:,} of {number:,} people are in this table" in text


def test_further_people_are_counted_and_those_who_need_attention_added(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A browser has no room for millions."""
    monkeypatch.setattr(people, "MOST_EMBEDDED", 10)
    monkeypatch.setattr(people, "MOST_NOTEWORTHY", 1)
    entries = to_entries(PLANNED, written=False)
    text = write(entries)
    [block] = HtmlReader(text).rows
    assert [*range(1, 11), 24] == [row[0] for row in block["rows"]]
    assert f"{len(entries) - 11} of {len(entries)} people are left out of this page" in text


def test_a_page_is_a_stream() -> None:
    """Twice as many people take hardly more memory."""

    def measure(number: int) -> int:
        tracemalloc.start()
        for _ in write_run_page(list_many(number), RunPage(SUMMARY, ACME, "loyalty")):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    measure(10)
    assert measure(4_000) < 1.2 * measure(2_000) + 100_000


def test_a_kept_run_tells_what_it_was() -> None:
    head = RunHead("r1", RunKind.APPLY, "loyalty", 1_790_000_000.0, "ada@desk", ACME)
    text = write(run=Run(head, to_entries(PLANNED, written=True), finished=True))
    assert '<dt>Run</dt><dd><bdi class="strong">r1</bdi>' in text
    assert "ada@desk" in text
    assert "To write" not in text


def test_a_row_of_the_table_is_the_row_of_its_entry() -> None:
    """One renderer for the table and the samples."""
    [entry, *_] = to_entries(PLANNED, written=False)
    assert render_row(build_row(1, entry)) in write()


def read_colors(style: str) -> dict[str, dict[str, str]]:
    """The variables of each palette."""
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    palettes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), palettes, strict=True))


def compute_contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it, from 1 to 21."""

    def compute_luminance(color: str) -> float:
        channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(c * w for c, w in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    high, low = sorted((compute_luminance(one), compute_luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
def test_every_text_has_enough_contrast(palette: str) -> None:
    """4.5 to 1 for each color of text on each ground, as WCAG AA asks."""
    colors = read_colors(HtmlReader(write()).bodies["style"])[palette]
    pairs = [
        (text, ground)
        for text in ("text", "quiet", "add", "overwrite", "bad", "code")
        for ground in ("back", "soft")
    ]
    weak = {pair for pair in pairs if compute_contrast(*(colors[name] for name in pair)) < 4.5}
    assert (set(), 12) == (weak, len(pairs))
