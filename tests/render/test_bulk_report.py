"""Reports of a run: complete, without redacted values, and harmless whatever a value holds."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from cactions.model import (
    ChangeKind,
    Outcome,
    OutcomeReason,
    PlanSummary,
    RunEntry,
    Transition,
    UsageError,
    WorkspaceName,
)
from cactions.render.bulk_report import ReportForm, choose_report_form, write_report
from cactions.render.entry_selection import EntrySelection, is_noteworthy
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
from tests.render.test_preview import PLANS, TEXTS, VALUES
from tests.strategies import builds

GOLDEN = Path(__file__).parent / "golden"
FORMS = pytest.mark.parametrize("form", ReportForm)
HOSTILE_TEXTS = TEXTS | st.sampled_from(
    ["</script><script>x()</script>", '" onload="x()', "<img src=x onerror=x()>", "=1+1", "a;-1",
     "|x|", "`x`", "[x](javascript:x())", "@all", "&lt;", "\r\n- x", "</style>", "--><b>"]
)  # fmt: skip
ENTRIES = st.lists(builds(RunEntry, PLANS, st.none(), HOSTILE_TEXTS), max_size=1).map(tuple)
SUMMARIES = builds(
    replace,
    st.sampled_from([SUMMARY, STRANGE_SUMMARY]),
    alarms=st.tuples(HOSTILE_TEXTS),
    ignored_columns=st.tuples(HOSTILE_TEXTS),
    reasons=st.tuples(
        builds(OutcomeReason, st.just(Outcome.HELD), HOSTILE_TEXTS, st.just(7), st.tuples(TEXTS))
    ),
    transitions=st.tuples(
        builds(Transition, HOSTILE_TEXTS, st.just(ChangeKind.ADD), st.just(7), VALUES, VALUES)
    ),
)


def write(
    form: ReportForm,
    entries: tuple[RunEntry, ...] = to_entries(PLANNED, written=False),
    summary: PlanSummary = SUMMARY,
    workspace: WorkspaceName = ACME,
) -> str:
    """The whole report."""
    return "".join(write_report(entries, summary, workspace, form))


STRANGE_ENTRIES = to_entries([STRANGE, STRANGE_HELD], written=False)


@FORMS
def test_a_report_matches_its_golden_file(form: ReportForm) -> None:
    """CACTIONS_GOLDEN=1 rewrites the files; review the difference before committing it."""
    assert_golden(GOLDEN / f"report{form.value}", write(form).replace("\r\n", "\n"))
    strange = write(form, STRANGE_ENTRIES, STRANGE_SUMMARY, STRANGE_WORKSPACE).replace("\r\n", "\n")
    assert_golden(GOLDEN / f"report_hostile{form.value}", strange)


@FORMS
def test_redacted_values_are_withheld(form: ReportForm) -> None:
    """The samples' redacted values all begin with "hidden"."""
    assert "hidden-" not in write(form)


@FORMS
@given(entries=ENTRIES, summary=SUMMARIES)
def test_a_report_is_printable(
    form: ReportForm, entries: tuple[RunEntry, ...], summary: PlanSummary
) -> None:
    """For any content; the mark at the beginning of a table tells spreadsheets its encoding."""
    text = write(form, entries, summary).removeprefix("\ufeff").encode().decode()
    assert re.sub("[\r\n\u3000]", "", text).isprintable()


@FORMS
def test_every_piece_ends_with_a_line(form: ReportForm) -> None:
    """So that a secret is masked within one piece, and a piece is written whole."""
    pieces = [*write_report(to_entries(PLANNED, written=True), SUMMARY, ACME, form)]
    assert all(piece.endswith("\n") for piece in pieces if form is not ReportForm.JSON)
    assert pieces[-1].endswith("\n")


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 20))
def test_a_selection_has_room_for_both(started: list[bool], most: int) -> None:
    """Of those that need attention and of the others, at least half the room each."""
    selection = EntrySelection(most)
    for at, flag in enumerate(started, start=1):
        selection.add(RunEntry(LOYALTY, number=at, started=flag))
    chosen = selection.choose()
    assert min(most, len(started)) == len(chosen)
    assert [number for number, _ in chosen] == sorted(number for number, _ in chosen)
    urgent = sum(is_noteworthy(entry) for _, entry in chosen)
    assert urgent >= min(most // 2, sum(started))
    assert len(chosen) - urgent >= min(most // 2, len(started) - sum(started))


def read_table(text: str) -> list[dict[str, str]]:
    """The lines as a spreadsheet reads them."""
    return [*csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]


def test_a_table_has_a_line_for_each_person() -> None:
    """With the values of each attribute before and after; what is kept stays."""
    rows = read_table(write(ReportForm.CSV))
    assert len(PLANNED) == len(rows)
    first = rows[0]
    assert ("1", "Person 1", "planned") == (first["entry"], first["person"], first["outcome"])
    assert ("overwrite", "silver", "gold") == tuple(
        first[f"tier ({title})"] for title in ("change", "before", "after")
    )
    assert ("kept", "Countess", "Countess") == tuple(
        first[f"nickname ({title})"] for title in ("change", "before", "after")
    )
    assert "(redacted)" == first["pin (after)"]
    assert "2025-12-08T09:00:00Z" == first["due (after)"]


@given(ENTRIES, SUMMARIES, st.lists(HOSTILE_TEXTS, min_size=1, max_size=3))
def test_no_cell_is_a_formula(
    entries: tuple[RunEntry, ...], summary: PlanSummary, texts: list[str]
) -> None:
    """Nor a part of a cell, where a spreadsheet splits at semicolons; and no value ends a line."""
    entries = tuple(
        replace(entry, plan=replace(entry.plan, subject=replace(entry.plan.subject, label=text)))
        for entry, text in zip(entries, texts, strict=False)
    )
    text = write(ReportForm.CSV, entries, summary)
    assert 1 + len(entries) == text.count("\r\n") == text.count("\n")
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        for cell in row:
            for part in cell.split(";"):
                is_number = re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?", part.strip())
                assert is_number or part.lstrip()[:1] not in {*"=+-@\uff1d\uff0b\uff0d\uff20"} - {
                    ""
                }


def test_a_document_holds_everyone() -> None:
    """With all that a plan says but its redacted values."""
    document = json.loads(write(ReportForm.JSON))
    assert "cactions.report/1" == document["format"]
    assert [entry.number for entry in PLANNED] == [entry["entry"] for entry in document["entries"]]
    assert 35 == document["summary"]["people"]
    assert [] == json.loads(write(ReportForm.JSON, (), SUMMARY))["entries"]


def read_markdown(text: str) -> tuple[set[str], set[str], list[str]]:
    """The kinds of tokens, the HTML within lines, and the blocks of HTML."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    every = [inner for token in tokens for inner in (token, *(token.children or ()))]
    inline = {token.content for token in every if token.type == "html_inline"}
    blocks = [token.content for token in every if token.type == "html_block"]
    return {token.type for token in every}, inline, blocks


FOLDED = ("Most common changes", "Not written", "People")


@given(ENTRIES, SUMMARIES)
def test_no_content_becomes_markdown(entries: tuple[RunEntry, ...], summary: PlanSummary) -> None:
    """What comes from outside stands in code, with every sign as a reference."""
    text = write(ReportForm.MARKDOWN, entries, summary)
    kinds, inline, blocks = read_markdown(text)
    assert not kinds & {"link_open", "image", "fence", "code_block", "code_inline"}
    assert inline <= {"<code>", "</code>"}
    own = {f"<details><summary>{name}</summary>\n" for name in FOLDED} | {"</details>\n"}
    assert {*blocks} <= own
    assert "@" not in text


def test_totals_come_first_and_details_are_folded() -> None:
    """What a reviewer must see stands open."""
    text = write(ReportForm.MARKDOWN)
    opened, *folded = text.split("<details>")
    assert [*FOLDED] == [part.split("<")[1].split(">")[1] for part in folded]
    assert opened.index("ALARM") < opened.index("To write: **22**") < opened.index("By attribute")
    assert all(part.rstrip().endswith("</details>") for part in folded)


def test_a_comment_is_never_too_long_and_counts_what_is_cut() -> None:
    """GitHub refuses one of more than 65,536 characters."""
    sign = "@[<|`" * 30
    crowd = [
        RunEntry(replace(LOYALTY, subject=replace(LOYALTY.subject, label=f"{at}{sign}")), number=at)
        for at in range(1, 501)
    ]
    [first, *_] = SUMMARY.attributes
    transition = Transition(sign, ChangeKind.ADD, 7, sign, sign)
    summary = replace(
        SUMMARY,
        alarms=(sign,) * 50,
        ignored_columns=(sign,) * 50,
        attributes=tuple(replace(first, attribute=f"{sign}{at}") for at in range(400)),
        transitions=(transition,) * 200,
        reasons=tuple(
            OutcomeReason(Outcome.HELD, f"{at}{sign}", 7, (sign,) * 5) for at in range(40)
        ),
    )
    text = write(ReportForm.MARKDOWN, tuple(crowd), summary)
    assert 50_000 < len(text) <= 60_000
    said = re.findall(r"^([\d,]+) ([a-z ]+) not listed here\.$", text, re.MULTILINE)
    cut = {noun: int(number.replace(",", "")) for number, noun in said}
    assert ["attributes are", "other changes are", "reasons are", "people are"] == [*cut]
    rows = [part.count("\n| ") - 1 for part in re.split("<details>|### ", text)[1:]]
    assert [400, 200 * 7 + summary.other_transitions, 40, 500] == [
        cut["attributes are"] + rows[0],
        cut["other changes are"] + 7 * rows[1],
        cut["reasons are"] + rows[2],
        cut["people are"] + rows[3],
    ]
    assert min(rows) > 0


@FORMS
def test_a_report_is_a_stream(form: ReportForm) -> None:
    """Twice as many people take hardly more memory."""

    def measure(number: int) -> int:
        def list_entries() -> Iterator[RunEntry]:
            for at in range(1, number + 1):
                yield RunEntry(replace(LOYALTY, action=f"a{at}"), number=at, started=False)

        tracemalloc.start()
        for _ in write_report(list_entries(), SUMMARY, ACME, form):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    measure(10)
    assert measure(3_000) < 1.2 * measure(1_500) + 100_000


@pytest.mark.parametrize("name", ["a.md", "a.JSON", "b/c.csv", "x.y.md"])
def test_the_ending_chooses_the_form(name: str) -> None:
    """In any case of letters."""
    assert choose_report_form(Path(name)).value == Path(name).suffix.lower()


@pytest.mark.parametrize("name", ["a", "a.txt", ".md", "a.html"])
def test_another_ending_is_refused(name: str) -> None:
    """With those that are known."""
    with pytest.raises(UsageError) as caught:
        choose_report_form(Path(name))
    assert ".md, .json or .csv; `--html FILE`" in caught.value.hint
