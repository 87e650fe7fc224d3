"""The review page in a headless Chromium: nothing runs, everything is found, all can use it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cactions.model import (
    Finding,
    LeakStep,
    LintReport,
    Place,
    SuppressedFinding,
    Suppression,
)
from cactions.render.entry_selection import describe_entry
from cactions.render.page.entry_row import build_row, render_row
from cactions.render.page.findings_page import write_findings_page
from cactions.render.page.run_page import RunPage, write_run_page
from tests.browser import MISSING, BrowserPage, open_browser
from tests.render.bulk_samples import PLANNED, SUMMARY, to_entries
from tests.render.page.hostile_values import VALUES, list_hostile_entries, spoil
from tests.render.page.test_run_page import TAGS, list_many
from tests.render.samples import ACME

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

FOLDER = tuple[BrowserPage, Path]
TREE = {
    "banner", "main", "contentinfo", "region", "heading", "table", "caption", "form", "searchbox",
    "combobox", "button", "status",
}  # fmt: skip
"""Roles that a page of people has."""


NUMBERS = pytest.mark.parametrize("number", [60, pytest.param(500, marks=pytest.mark.hostile)])


def choose_values(number: int) -> list[str]:
    """So many hostile values, spread over all kinds."""
    return [VALUES[at * len(VALUES) // number] for at in range(number)]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserPage]:
    with open_browser(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def people(browser: BrowserPage, tmp_path: Path) -> BrowserPage:
    """The page of the samples, open."""
    entries = to_entries(PLANNED, written=False)
    return open_page(browser, tmp_path / "people.html", write_run_page(entries, PAGE))


PAGE = RunPage(SUMMARY, ACME, "loyalty")


def open_page(browser: BrowserPage, path: Path, pieces: Iterator[str]) -> BrowserPage:
    path.write_text("".join(pieces))
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    browser.show()
    browser.open(path.as_uri())
    assert [f"request: {path.as_uri()}"] == browser.messages
    return browser


class Tokens(HTMLParser):
    """What a piece of HTML says, whoever has written it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.found and isinstance(self.found[-1], list):
            self.found[-1][0] += data
        else:
            self.found.append([data])


ROWS = "[...document.querySelectorAll('#rows tbody tr')].map(row => row.outerHTML)"
COUNT = "document.querySelectorAll('#rows tbody tr').length"
PRESS = "document.querySelector('[data-step={}]').click()"


@NUMBERS
def test_hostile_values_run_nothing_and_stay_in_their_place(
    browser: BrowserPage, tmp_path: Path, number: int
) -> None:
    """At every place of a page; what the script draws is what was written."""
    values = choose_values(number)
    entries = [*list_hostile_entries(values)]
    page = RunPage(spoil(SUMMARY, values), ACME, values[3])
    open_page(browser, tmp_path / "hostile.html", write_run_page(entries, page))
    drawn: list[str] = []
    for _ in range(-(-number // 100)):
        drawn += browser.run(ROWS)
        browser.run(PRESS.format("next"))
    assert number == len(entries) == len(drawn)
    for entry, row in zip(entries, drawn, strict=True):
        assert Tokens(render_row(build_row(entry.number, entry)).strip()).found == Tokens(row).found
    browser.run("document.querySelectorAll('*').forEach(e => e.dispatchEvent(new Event('focus')))")
    assert browser.run("window.hacked") is None
    assert [f"request: {(tmp_path / 'hostile.html').as_uri()}"] == browser.messages
    tags = browser.run("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]")
    assert {*tags} <= TAGS
    for width in (1200, 500):
        browser.show(width)
        assert browser.run("document.documentElement.scrollWidth") <= width


@NUMBERS
def test_hostile_findings_run_nothing(browser: BrowserPage, tmp_path: Path, number: int) -> None:
    """Messages, notes, names of files and of the graph."""
    findings = tuple(
        Finding(
            "CA101", text, text, Place("a.yaml", 1, 1, 1, 5), notes=(text,),
            paths=((LeakStep(text), LeakStep(text, is_action=True), LeakStep(f"{text}2")),),
        )
        for text in choose_values(number)
    )  # fmt: skip
    review = LintReport(findings, (), {"a.yaml": VALUES[0]}, 0)
    path = tmp_path / "findings.html"
    open_page(browser, path, write_findings_page(review, lambda name: name))
    assert browser.run("window.hacked") is None
    assert number == browser.run("document.querySelectorAll('article').length")
    assert [f"request: {path.as_uri()}"] == browser.messages
    browser.show(500)
    assert browser.run("document.documentElement.scrollWidth") <= 500


def choose(browser: BrowserPage, **values: str) -> tuple[str, int]:
    """The status and the number of rows with this filter."""
    set_them = ";".join(f"f.elements.{name}.value = '{text}'" for name, text in values.items())
    status = browser.run(
        f"(async () => {{ const f = document.getElementById('filter'); f.reset(); {set_them};"
        " f.dispatchEvent(new Event('input'));"
        " await new Promise(done => setTimeout(done, 200));"
        " return document.getElementById('shown').textContent; })()"
    )
    return status, browser.run(COUNT)


def test_people_are_found_by_outcome_attribute_change_and_words(people: BrowserPage) -> None:
    """Each number is counted from the samples."""
    entries = to_entries(PLANNED, written=False)
    rows = [build_row(entry.number, entry) for entry in entries]

    def count(status: str, number: int) -> tuple[str, int]:
        return f"{number} {status} (of {len(rows)})", number

    failed = sum(describe_entry(entry)[0] == "failed" for entry in entries)
    assert count("people", failed) == choose(people, outcome="failed")
    cleared = [row for row in rows if any(item.word == "clear" for item in row.items)]
    assert count("person", len(cleared)) == choose(people, kind="clear")
    tier = [row for row in rows if any("tier" in item.attributes for item in row.items)]
    assert count("people", len(tier)) == choose(people, attribute="tier")
    both = [
        row for row in tier if any(i.word == "same" and "tier" in i.attributes for i in row.items)
    ]
    assert count("people", len(both)) == choose(people, attribute="tier", kind="same")
    assert count("person", 1) == choose(people, person="u-21")
    assert count("people", 0) == choose(people, person="countess")
    assert choose(people, search="Countess")[1] > 5
    assert (f"{len(rows)} people", len(rows)) == choose(people)
    assert 3 < len({failed, len(cleared), len(tier), len(both)} | {1})


def test_pages_of_many_people(browser: BrowserPage, tmp_path: Path) -> None:
    """A hundred are in the document at a time, whatever their number."""
    open_page(browser, tmp_path / "many.html", write_run_page(list_many(2_345), PAGE))
    steps = []
    for step in ("next", "last", "previous", "first"):
        browser.run(PRESS.format(step))
        steps.append(browser.run("document.getElementById('shown').textContent"))
    assert [
        "101\u2013200 of 2,345 people", "2,301\u20132,345 of 2,345 people",
        "2,201\u20132,300 of 2,345 people", "1\u2013100 of 2,345 people",
    ] == steps  # fmt: skip
    assert 100 == browser.run(COUNT)
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert 1_000 == browser.run(COUNT)
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert 100 == browser.run(COUNT)


def test_it_is_read_without_a_script(people: BrowserPage) -> None:
    """The table stands there; what does nothing is not shown."""
    people.call("Emulation.setScriptExecutionDisabled", value=True)
    people.call("Page.reload")
    people.events.clear()
    while "Page.loadEventFired" not in people.events:
        people.call("Page.enable")
    people.call("Emulation.setScriptExecutionDisabled", value=False)
    assert len(PLANNED) == people.run(COUNT)
    assert people.run("getComputedStyle(document.getElementById('filter')).display") == "none"


def list_nodes(browser: BrowserPage) -> list[tuple[str, str, dict[str, Any]]]:
    """Role, name and properties of what a screen reader meets."""
    return [
        (
            node["role"]["value"], node.get("name", {}).get("value", ""),
            {each["name"]: each["value"].get("value") for each in node.get("properties", ())},
        )
        for node in browser.read_tree()
        if not node["ignored"]
    ]  # fmt: skip


NAMED = {
    "button", "searchbox", "combobox", "spinbutton", "textbox", "link", "region", "form", "table",
    "img", "navigation", "heading", "option",
}  # fmt: skip


def check_tree(browser: BrowserPage) -> set[str]:
    """The roles; what can be focused or jumped to has a name, and headings skip no level."""
    nodes = list_nodes(browser)
    nameless = [role for role, name, about in nodes if role in NAMED and not name.strip()]
    focusable = [
        role for role, name, about in nodes
        if about.get("focusable") and not name.strip() and role != "RootWebArea"
    ]  # fmt: skip
    levels = [about["level"] for role, _, about in nodes if role == "heading"]
    assert ([], []) == (nameless, focusable)
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [] == browser.run(
        "[...document.querySelectorAll('[id]')].map(e => e.id)"
        ".filter((id, at, all) => all.indexOf(id) !== at)"
    )
    assert [] == browser.run(
        "[...document.querySelectorAll('[aria-labelledby]')]"
        ".map(e => e.getAttribute('aria-labelledby')).filter(id => !document.getElementById(id))"
    )
    assert "en" == browser.run("document.documentElement.lang")
    assert browser.run("document.title")
    return {role for role, _, _ in nodes}


def test_a_screen_reader_has_names_for_everything(people: BrowserPage) -> None:
    roles = check_tree(people)
    assert TREE <= {role.lower() for role in roles}, sorted(roles)
    tables = people.run("[...document.querySelectorAll('table')].map(t => t.caption?.textContent)")
    assert len(tables) > 4
    assert all(tables)


def build_review() -> LintReport:
    """Two findings of one rule, one with two paths; and one that someone answers for."""
    steps = (LeakStep("person.name"), LeakStep("loyalty", is_action=True))
    paths = tuple((*steps, LeakStep(f"person.attributes.{name}")) for name in ("tier", "points"))
    finding = Finding("CA101", "a leak", place=Place("a.yaml", 1, 1, 1, 2), paths=paths)
    other = Finding("CA101", "another", place=Place("a.yaml", 1, 3, 1, 4))
    by = Suppression("", "it is known", "ada", "2027-01-01", "CA101")
    suppressed = SuppressedFinding(other, by)
    return LintReport((finding, other), (suppressed,), {"a.yaml": "x: 1\n"}, 1)


def test_the_graph_is_an_image_with_a_list_beside_it(browser: BrowserPage, tmp_path: Path) -> None:
    pieces = write_findings_page(build_review(), lambda name: name)
    open_page(browser, tmp_path / "f.html", pieces)
    roles = check_tree(browser)
    assert {"image", "list", "listitem", "article"} <= {role.lower() for role in roles}, roles
    listed = browser.run("[...document.querySelectorAll('.paths li')].map(e => e.textContent)")
    assert [
        "person.name → action loyalty → person.attributes.points (error, CA101)",
        "person.name → action loyalty → person.attributes.tier (error, CA101)",
    ] == listed
    assert 4 == browser.run("document.querySelectorAll('.graph g > rect').length")
    assert 3 == browser.run("document.querySelectorAll('.graph g > path').length")


AXE = os.environ.get("AXE_CORE", "")
"""The file ``axe.min.js`` of axe-core."""

FIND = (
    "axe.run({resultTypes: ['violations']}).then(found => [found.passes.length,"
    " found.violations.map(each => [each.id, each.nodes[0].html])])"
)


@pytest.mark.skipif(not AXE, reason="AXE_CORE names no axe.min.js: npm pack axe-core")
@pytest.mark.parametrize("kind", ["people", "findings"])
def test_axe_finds_nothing(browser: BrowserPage, tmp_path: Path, kind: str) -> None:
    """In light and dark, on a wide and on a narrow screen."""
    pages = {
        "people": write_run_page(to_entries(PLANNED, written=False), PAGE),
        "findings": write_findings_page(build_review(), lambda name: name),
    }
    open_page(browser, tmp_path / "page.html", pages[kind])
    browser.run(f"{Path(AXE).read_text()};1")
    for scheme, width in (("light", 1200), ("dark", 1200), ("light", 500)):
        browser.show(width, prefers_color_scheme=scheme)
        passed, violations = browser.run(FIND)
        assert [] == violations
        assert passed > 30


def test_the_keyboard_reaches_every_control(people: BrowserPage) -> None:
    """In the order of the page: first the link past the head, last the end of the filter."""
    wanted = people.run(
        "[...document.querySelectorAll('a, input, select, button, [tabindex]')]"
        ".filter(e => e.checkVisibility() && !e.disabled).length"
    )
    met = []
    for _ in range(wanted):
        people.press("Tab", 9)
        met.append(people.run("document.activeElement.name || document.activeElement.className"))
    assert ["skip", "scroll"] == met[:2]
    assert ["search", "person", "outcome", "attribute", "kind"] == met[-6:-1]
    assert wanted == len(met) > 8
