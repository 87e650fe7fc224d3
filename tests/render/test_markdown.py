"""Markdown: the author's text is shown unchanged, and never becomes markup."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from cactions.model import Finding, LintReport, Place, Severity
from cactions.render.escape import escape_terminal
from cactions.render.markdown import LONGEST, format_code, render_markdown
from cactions.render.severity import by_severity
from tests.reviews import NASTY, REVIEWS, relative

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {"h3", "table", "thead", "tbody", "tr", "th", "td", "strong", "code", "details", "summary",
        "pre", "p"}  # fmt: skip


class Drawn(HTMLParser):
    """What a browser renders: the elements, and the text within each ``code``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.codes: list[str] = []
        self.within = False
        self.feed(READER.render(text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))
        if tag == "code":
            self.within = True
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "code"

    def handle_data(self, data: str) -> None:
        if self.within:
            self.codes[-1] += data


@given(REVIEWS)
@settings(max_examples=100)
def test_no_text_becomes_markup(review: LintReport) -> None:
    """Only our own elements, without attributes except for the language of a code block."""
    drawn = Drawn(render_markdown(review, relative))
    assert {tag for tag, _ in drawn.elements} <= OURS
    assert [] == [
        attrs for _, attrs in drawn.elements if attrs not in ([], [("class", "language-text")])
    ]
    tags = [tag for tag, _ in drawn.elements]
    assert len(review.findings) == tags.count("details") == tags.count("pre")
    assert len(review.findings) + bool(review.findings) == tags.count("tr")
    for finding in by_severity(review.findings):
        if finding.message:
            assert escape_terminal(finding.message) in drawn.codes


@pytest.mark.parametrize("text", NASTY)
def test_a_text_is_rendered_unchanged(text: str) -> None:
    """In a cell, in a summary and in a paragraph; the raw text has no special character of it."""
    [drawn] = Drawn(f"so {format_code(text)} is").codes
    assert escape_terminal(text) == drawn
    assert not re.search(r"[@#$`*|<\\]", re.sub(r"</?code>|&#\d+;", "", format_code(text)))
    assert escape_terminal(text) == html.unescape(re.sub(r"</?code>", "", format_code(text)))


def test_a_comment_fits_the_limit_of_github() -> None:
    """The table lists a hundred, the blocks as many as fit."""
    found = tuple(
        Finding("CA101", "x" * 2_000, place=Place("a", n, 1, n, 2)) for n in range(1, 500)
    )
    text = render_markdown(LintReport(found, (), {"a": "y\n" * 500}), relative)
    assert len(text) <= LONGEST
    assert 100 == len(re.findall(r"^\| \*\*", text, re.MULTILINE))
    assert "\n… and 399 more; `cactions validate --json` lists all of them.\n" in text
    assert text.endswith("more; `cactions validate --json` lists all of them.\n")


def test_a_line_with_a_secret_is_never_quoted() -> None:
    """By any finding that points into it."""
    place = Place("a", 1, 1, 1, 5)
    found = (Finding("CA301", "literal", place=place), Finding("CA002", "other", place=place))
    assert "hunter2" not in render_markdown(
        LintReport(found, (), {"a": "key: hunter2\n"}), relative
    )


def test_a_comment_has_the_documented_form() -> None:
    """A table, then each finding in full, the most severe first."""
    note = Finding("CA207", "any text", place=Place("a.yaml", 2, 1, 2, 4), severity=Severity.INFO)
    error = Finding("CA101", "`a` | @b", "look", Place("a.yaml", 1, 1, 1, 4))
    text = render_markdown(
        LintReport((note, error), (), {"a.yaml": "url: 1\ntwo: ```\n"}), relative
    )
    assert (
        text
        == """\
### cactions: 1 error and 1 note

| | Rule | Where | What |
|---|---|---|---|
| **error** | CA101 | <code>a&#46;yaml&#58;1&#58;1</code> | <code>&#96;a&#96; &#124; &#64;b</code> |
| **note** | CA207 | <code>a&#46;yaml&#58;2&#58;1</code> | <code>any text</code> |

<details><summary>error CA101 <code>&#96;a&#96; &#124; &#64;b</code></summary>

```text
a.yaml:1:1: error CA101 user-controlled-lookup: `a` | @b
   1 | url: 1
     | ^^^
     hint: look
```

</details>

<details><summary>note CA207 <code>any text</code></summary>

````text
a.yaml:2:1: note CA207 unbounded-text: any text
   2 | two: ```
     | ^^^
````

</details>
"""
    )
