"""The review page of what ``validate`` finds: the leak paths, and each finding with its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from cactions.model import Finding, LintReport, Severity, SuppressedFinding
from cactions.render.findings import render_finding_head, render_findings_one_by_one
from cactions.render.messages import count_noun
from cactions.render.page.document import write_page, write_search, write_section, write_select
from cactions.render.page.leak_graph import list_paths, write_paths
from cactions.render.page.table import PageCell, write_table
from cactions.render.page.text import escape_html, render_html
from cactions.render.severity import ONE, by_severity, count_by_severity
from cactions.render.text import StyledLine
from cactions.rules import NAMES

MOST_FINDINGS: Final = 1_000
"""Findings that are shown; the JSON document has all."""

_ROOM: Final = 100
"""Cells of a quoted line."""
_STYLES: Final = {Severity.ERROR: "bad", Severity.WARNING: "caution", Severity.INFO: "quiet"}


def write_findings_page(review: LintReport, relative: Callable[[str], str | None]) -> Iterator[str]:
    """The page. ``relative`` gives a file's name from the root of the repository on, or None."""
    count = count_by_severity(review.findings, len(review.suppressed))
    return write_page(f"Leak detection: {count}", (), _write_main(review, relative))


def _write_main(review: LintReport, relative: Callable[[str], str | None]) -> Iterator[str]:
    files = count_noun(len(review.sources), "file was", "files were")
    actions = f" {count_noun(review.actions, 'action')} can be used." if review.actions else ""
    yield from write_section("facts", "Summary", [f"<p>{files} checked.{actions}</p>\n"])
    if paths := list_paths(review.findings):
        yield from write_section("paths", "Leak paths", write_paths(paths))
    if review.findings:
        found = _write_findings(review.findings, review.sources, relative)
        yield from write_section("findings", "Findings", found)
    if review.suppressed:
        titles = ("Rule", "Where", "What", "Reason", "By", "Until")
        rows = (_list_suppressed(each, relative) for each in review.suppressed)
        table = write_table("Findings that someone answers for", titles, rows, ())
        yield from write_section("suppressed", "Suppressed", table)


def _write_findings(
    findings: Sequence[Finding],
    sources: Mapping[str, str],
    relative: Callable[[str], str | None],
) -> Iterator[str]:
    found = by_severity(findings)
    yield _write_filter(found)
    if len(found) > MOST_FINDINGS:
        yield (
            f"<p><strong>{MOST_FINDINGS:,} of {len(found):,} findings are shown, the most severe"
            " ones</strong>; <code>cactions validate --json</code> lists all of them.</p>\n"
        )
    # all of them are given: only all can tell which lines hold a secret
    shown = render_findings_one_by_one(found, sources, _ROOM)
    for (finding, lines), _ in zip(shown, range(MOST_FINDINGS), strict=False):
        yield _write_finding(finding, lines, relative)


def _write_finding(
    finding: Finding, lines: Iterable[StyledLine], relative: Callable[[str], str | None]
) -> str:
    grade = f'<span class="{_STYLES[finding.severity]}">{ONE[finding.severity]}</span>'
    where = _locate(finding, relative)
    at = f' at <bdi class="code">{escape_html(where)}</bdi>' if where else ""
    head = len(render_finding_head(finding, _ROOM))  # it stands above already
    text = "\n".join(map(render_html, islice(lines, head, None)))
    return (
        f'<article data-severity="{finding.severity.value}" data-rule="{finding.rule}">\n'
        f"<h3>{grade} {finding.rule} {NAMES[finding.rule]}{at}</h3>\n"
        f"<p>{escape_html(finding.message)}</p>\n"
        f'<pre role="group" tabindex="0" aria-label="{finding.rule} in full">{text}\n</pre>\n'
        "</article>\n"
    )


def _list_suppressed(
    suppressed: SuppressedFinding, relative: Callable[[str], str | None]
) -> list[PageCell]:
    finding, by = suppressed.finding, suppressed.by
    texts = (finding.rule, _locate(finding, relative), finding.message)
    return [*map(escape_html, (*texts, by.reason, by.owner, by.expires))]


def _locate(finding: Finding, relative: Callable[[str], str | None]) -> str:
    place = finding.place
    if place is None:
        return ""
    return f"{relative(place.file) or place.file}:{place.line}:{place.column}"


def _write_filter(found: Iterable[Finding]) -> str:
    rules = sorted({finding.rule for finding in found})
    return (
        '<form id="findings-filter" aria-label="Filter the findings" hidden>\n'
        + write_search("Search", "search")
        + write_select("Severity", "severity", ((s.value, ONE[s]) for s in Severity))
        + write_select("Rule", "rule", ((rule, f"{rule} {NAMES[rule]}") for rule in rules))
        + '<button type="reset">Clear filters</button>\n'
        '<output id="shown" aria-live="polite"></output>\n</form>\n'
    )
