"""A finding marks the exact cells of the exact line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.lines import split_lines
from cactions.model import Finding, Place, Severity
from cactions.render.findings import render_findings
from cactions.render.snippet import render_snippet
from cactions.render.text import to_plain_text
from cactions.render.width import measure_width
from cactions.rules import NAMES

MARGIN = len("   1 | ")


def drawn(line: str, start: int, end: int, width: int = 200) -> tuple[str, str]:
    """The line and its carets, without the margin; columns count from 1."""
    place = Place("a.yaml", 1, start, 1, end)
    text, carets = to_plain_text(render_snippet(place, [line], width)).split("\n")[:2]
    return text[MARGIN:], carets[MARGIN:]


@pytest.mark.parametrize(
    ("line", "text", "end", "shown", "carets"),
    [
        ("tier: gold", "gold", 0, "tier: gold", "      ^^^^"),
        ("\ttier: x", "tier", 0, "    tier: x", "    ^^^^"),
        ("a\tb", "b", 0, "a   b", "    ^"),
        ("a\tb", "\t", 0, "a   b", " ^^^"),
        ("名前: x", "x", 0, "名前: x", "      ^"),
        ("名前: x", "前", 0, "名前: x", "  ^^"),
        ("e\u0301: x", "x", 0, "e\u0301: x", "   ^"),
        ("e\u0301: x", "\u0301", 0, "e\u0301: x", " ^"),
        ("\x1b[0m: x", "x", 0, "\\x1b[0m: x", "         ^"),
        ("\x1b: x", "\x1b", 0, "\\x1b: x", "^^^^"),
        ("\u202e: x", "x", 0, "\\u202e: x", "        ^"),
        ("a: b", "b", 9, "a: b", "   ^"),
        ("👍: x", "x", 0, "👍: x", "    ^"),
    ],
)
def test_the_carets_are_under_the_span(
    line: str, text: str, end: int, shown: str, carets: str
) -> None:
    """Tabs, wide, combining, control and invisible characters before it or in it."""
    start = line.index(text) + 1
    assert (shown, carets) == drawn(line, start, min(end or 99, start + len(text)))


@pytest.mark.parametrize(
    ("start", "end", "carets"),
    [
        (1, 1, "^"),
        (3, 3, "  ^"),
        (4, 4, "   ^"),
        (7, 8, "      ^"),
        (2, 1, " ^"),
        (3, 9, "  ^^^^^^"),
    ],
)
def test_a_span_may_be_empty_or_beyond_the_end(start: int, end: int, carets: str) -> None:
    """There is always at least one caret, at the place of the error."""
    assert ("abc", carets) == drawn("abc", start, end)


@given(
    st.text(st.characters(exclude_characters="\n\r\x85\u2028\u2029"), min_size=1, max_size=300),
    st.data(),
    st.integers(30, 120),
)
def test_carets_match_the_text_wherever_the_line_is_cut(
    line: str, data: st.DataObject, width: int
) -> None:
    """The first caret is visible, under the first cell of the span's own character."""
    start = data.draw(st.integers(1, len(line)))
    place = Place("a.yaml", 1, start, 1, start + 1)
    (_, *text), (_, _, *carets) = render_snippet(place, [line], width)
    before = sum(part.cells for part in carets[:-1])
    page = max(width, 24 + MARGIN)
    assert before + carets[-1].cells + MARGIN <= page or carets[-1].cells == 1
    assert sum(part.cells for part in text) + MARGIN <= page


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("at", [0, 5, 50, 500, 995])
def test_a_long_line_is_cut_around_the_span(at: int, width: int) -> None:
    """The underlined text is exactly the span, completely visible."""
    line = "x" * at + "HERE" + "x" * (1000 - at)
    text, carets = drawn(line, at + 1, at + 5, width)
    assert "HERE" == text[carets.index("^") : len(carets)]
    assert MARGIN + measure_width(text) <= width


def test_wide_characters_at_the_cut_do_not_move_the_carets() -> None:
    """Half of a wide character becomes a space."""
    for extra in range(4):
        line = "x" * extra + "名" * 100 + "HERE" + "名" * 100
        text, carets = drawn(line, line.index("HERE") + 1, line.index("HERE") + 5, 50)
        start = carets.index("^")
        cells = "".join(char * measure_width(char) for char in text)
        assert "HERE" == cells[start : start + 4]


def test_a_span_of_several_lines_shows_its_end() -> None:
    """The first line is shown, underlined to its end."""
    lines = to_plain_text(
        render_snippet(Place("a", 2, 3, 4, 1), ["one", "  two: 2", "three"], 80)
    ).split("\n")
    assert ["   2 |   two: 2", "     |   ^^^^^^ to line 4", ""] == lines


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_end_as_in_git(end: str) -> None:
    """And nowhere else: a form feed is a character like any other."""
    source = f"one{end}t\x0cw\r\u2028o{end}three"
    assert (
        "   2 | t\\x0cw\\r\\u2028o"
        == to_plain_text(render_snippet(Place("a", 2, 1, 2, 2), split_lines(source), 80)).split(
            "\n"
        )[0]
    )


@pytest.mark.parametrize("line", [0, 4, 999])
def test_a_line_outside_the_file_is_not_shown(line: int) -> None:
    """The finding is shown without an excerpt."""
    assert [] == render_snippet(Place("a", line, 1, line, 2), ["one", "two", "three"], 80)


def report_lines(*found: Finding, sources: int = 1, actions: int | None = None) -> list[str]:
    """The lines of a report without excerpts."""
    files = {f"{number}.yaml": "" for number in range(sources)}
    return to_plain_text(render_findings(found, files, actions=actions)(100)).split("\n")[:-1]


def finding(file: str = "0.yaml", line: int = 9, severity: Severity = Severity.ERROR) -> Finding:
    """A finding in a line that its file does not have."""
    return Finding("CA001", "bad", place=Place(file, line, 1, line, 2), severity=severity)


def test_findings_are_sorted_by_place() -> None:
    """By file, line and column; those without a place come last."""
    found = [Finding("CA009", "nowhere"), finding("b", 10), finding("b", 9), finding("a", 11)]
    heads = [
        line.split(": bad")[0].split(": error")[0]
        for line in report_lines(*found)
        if "bad" in line or "nowhere" in line
    ]
    assert ["a:11:1", "b:9:1", "b:10:1", "error CA009 contradiction: nowhere"] == heads


@pytest.mark.parametrize(
    ("found", "closing"),
    [
        ([finding()], "1 error in 1 file."),
        ([finding(), finding()], "2 errors in 1 file."),
        ([finding(), finding("b")], "2 errors in 2 files."),
        ([finding(severity=Severity.WARNING)], "1 warning in 1 file."),
        (
            [finding(), finding(severity=Severity.INFO), finding(severity=Severity.WARNING)],
            "1 error, 1 warning and 1 note in 1 file.",
        ),
    ],
)
def test_the_report_ends_with_the_counts(found: list[Finding], closing: str) -> None:
    """By severity, and the number of files."""
    assert closing == report_lines(*found)[-1]


@pytest.mark.parametrize(
    ("sources", "actions", "closing"),
    [
        (1, 3, "No problems in 3 actions (1 file)."),
        (2, 1, "No problems in 1 action (2 files)."),
        (1, None, "No problems in 1 file."),
        (0, 0, "No problems in 0 actions (0 files)."),
    ],
)
def test_a_clean_report_names_what_was_checked(
    sources: int, actions: int | None, closing: str
) -> None:
    """Otherwise a forgotten file would look like a clean one."""
    assert [closing] == report_lines(sources=sources, actions=actions)


@given(st.sampled_from(sorted(NAMES)), st.text(), st.text(), st.text())
def test_a_hostile_finding_is_printable(rule: str, message: str, hint: str, source: str) -> None:
    """Messages quote the file, which may hold anything."""
    found = Finding(rule, message, hint, Place(hint, 1, 2, 1, 5))
    text = to_plain_text(render_findings([found], {hint: source})(60))
    assert text.replace("\n", "").replace("\u3000", "").isprintable()


def test_a_line_with_a_secret_is_never_quoted() -> None:
    """Neither its own finding nor a nearby one quotes it."""
    source = "url: https://bob:hunter2@host/, foo: 1\nbar: 2\n"
    found = [
        Finding("CA301", "the URL holds a user name", place=Place("a", 1, 14, 1, 30)),
        Finding("CA002", 'unknown key "foo"', place=Place("a", 1, 33, 1, 36)),
        Finding("CA002", 'unknown key "bar"', place=Place("a", 2, 1, 2, 4)),
    ]
    text = to_plain_text(render_findings(found, {"a": source})(80))
    assert "hunter2" not in text
    assert "   2 | bar: 2" in text


def test_only_the_first_hundred_findings_of_a_file_are_shown() -> None:
    """All are counted."""
    found = [Finding("CA002", f"no. {n}", place=Place("a", n, 1, n, 2)) for n in range(1, 103)]
    text = to_plain_text(
        render_findings([*found, Finding("CA009", "other", place=Place("b", 1, 1, 1, 2))], {})(80)
    )
    assert "no. 100" in text
    assert "no. 101" not in text
    assert (
        "… and 2 more in a; --json lists all of them.\n\nb:1:1: error CA009 contradiction: other"
        in text
    )
    assert text.rstrip().endswith("103 errors in 2 files.")
