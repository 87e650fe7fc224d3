"""The picture of a run for many people: the counts add up, and nothing important is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.bulk_summary import SummaryBuilder
from cactions.model import (
    AttributeCounts,
    ChangeKind,
    EntryState,
    Outcome,
    OutcomeReason,
    PlanSummary,
    Receipt,
    Run,
    RunCounts,
    RunEntry,
    RunKind,
    Transition,
    WorkspaceName,
)
from cactions.render.bulk import render_bulk_outcome, render_bulk_preview
from cactions.render.duration import format_duration, format_rate
from cactions.render.run_entries import MOST_ENTRIES, choose_entries
from cactions.render.runs import render_run
from cactions.render.text import View, to_plain_text
from tests.render.bulk_samples import ALARMS, PLANNED, SUMMARY, to_entries
from tests.render.samples import HOSTILE, LOYALTY
from tests.render.sheets import HEAD
from tests.render.test_preview import TEXTS, VALUES
from tests.strategies import builds


def read(view: View, width: int = 100) -> str:
    """The text, joined over line breaks."""
    return " ".join(to_plain_text(view(width)).split())


COUNTS = st.integers(0, 10**7)
KINDS = st.sampled_from(ChangeKind)
OUTCOMES = st.sampled_from(Outcome)
SUMMARIES = builds(
    PlanSummary,
    COUNTS,
    COUNTS,
    st.dictionaries(OUTCOMES, COUNTS, max_size=2),
    st.lists(
        builds(AttributeCounts, TEXTS, st.dictionaries(KINDS, COUNTS), COUNTS, COUNTS), max_size=2
    ).map(tuple),
    st.lists(
        builds(Transition, TEXTS, KINDS, COUNTS, VALUES, VALUES, st.booleans()), max_size=2
    ).map(tuple),
    COUNTS,
    st.lists(
        builds(OutcomeReason, OUTCOMES, TEXTS, COUNTS, st.lists(TEXTS, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    st.sampled_from([(), (LOYALTY,), (HOSTILE, LOYALTY)]),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
    COUNTS,
    COUNTS,
)


@given(SUMMARIES, st.integers(24, 140), TEXTS)
def test_no_summary_controls_the_terminal(summary: PlanSummary, width: int, name: str) -> None:
    """For any content, the output has only printable characters and newlines."""
    head = replace(HEAD, action=name, workspace=WorkspaceName("intercom:a", name))
    text = to_plain_text(render_bulk_preview(summary, head)(width))
    assert text.replace("\n", "").replace("\u3000", "").isprintable()


@pytest.mark.parametrize("width", [24, 40, 80, 120])
@pytest.mark.parametrize(
    "sentence",
    ["loyalty for 35 people", "22 people to write", "silver → gold", "1764579600", "hidden"],
)
def test_the_preview_shows_what_counts(sentence: str, width: int) -> None:
    """A date is shown as a date, and a redacted value is not shown."""
    text = read(render_bulk_preview(SUMMARY, HEAD), width)
    head = text.split("Samples")[0] + text.split("! ALARM")[-1]
    assert (sentence in head) is (sentence not in ("1764579600", "hidden"))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_alarms_stand_beside_the_question(width: int) -> None:
    """Whatever scrolled away: after everything else, and their number is at the top."""
    text = read(render_bulk_preview(SUMMARY, HEAD), width)
    assert "Alarms 2, at the end" in text
    end = text[text.index("! ALARM") :]
    assert 2 == end.count("! ALARM: ")
    assert "Samples" not in end
    assert all(alarm.split(",")[0].lower() in end.lower() for alarm in ALARMS)


@pytest.mark.parametrize("word", ["add", "overwrite", "clear", "same", "kept", "refused"])
def test_a_narrow_page_names_every_number(word: str) -> None:
    """Where there is no room for a table."""
    counts = AttributeCounts("tier", dict.fromkeys(ChangeKind, 5), 5, 5)
    summary = replace(SUMMARY, attributes=(counts,))
    text = read(render_bulk_preview(summary, HEAD), 30)
    assert (
        f"5 {'to ' if word in ('add', 'overwrite', 'clear') else 'the ' * (word == 'same')}{word}"
        in text
    )


RUN_COUNTS = builds(
    RunCounts,
    st.dictionaries(OUTCOMES, COUNTS),
    COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS,
)  # fmt: skip


@given(RUN_COUNTS, COUNTS, st.floats(0, 1e7), st.booleans(), st.sampled_from(RunKind))
def test_the_tally_adds_up_to_the_people(
    counts: RunCounts, people: int, seconds: float, finished: bool, kind: RunKind
) -> None:
    """Everyone who was handed in ends in exactly one line."""
    head = replace(HEAD, people=people, kind=kind)
    run = Run(head, (), finished, stored_counts=counts)
    lines = to_plain_text(render_bulk_outcome(run, seconds=seconds)(100)).split("\n")
    start = lines.index("") + 1
    tally = [
        int(line.split()[0].replace(",", "")) for line in lines[start : lines.index("", start)]
    ]
    assert run.people == tally[-1] == sum(tally[:-1])


@pytest.mark.parametrize(
    ("finished", "outcome", "kind", "commands"),
    [
        (True, Outcome.APPLIED, RunKind.APPLY, ["show", "undo"]),
        (False, Outcome.APPLIED, RunKind.APPLY, ["show", "resume", "undo"]),
        (True, Outcome.FAILED, RunKind.APPLY, ["show"]),
        (True, Outcome.APPLIED, RunKind.UNDO, ["show"]),
    ],
)
def test_the_next_commands_are_those_that_make_sense(
    finished: bool, outcome: Outcome, kind: RunKind, commands: list[str]
) -> None:
    """No undo of nothing, and no resuming of what is finished."""
    run = Run(
        replace(HEAD, kind=kind), (RunEntry(LOYALTY, Receipt("", outcome)),), finished=finished
    )
    text = read(render_bulk_outcome(run, seconds=1), 200)
    assert commands == [verb for verb in ("show", "resume", "undo") if f"runs {verb} " in text]


class Counted:
    """Entries that count how many of them were read."""

    def __init__(self, entries: tuple[RunEntry, ...]) -> None:
        self.entries, self.read = entries, 0

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry: object) -> bool:
        return entry in self.entries

    def __iter__(self) -> Iterator[RunEntry]:
        for entry in self.entries:
            self.read += 1
            yield entry

    def list_in(self, states: Collection[EntryState]) -> Iterator[RunEntry]:
        for entry in self.entries:
            if entry.state in states:
                self.read += 1
                yield entry


def build_run(number: int, *bad: int) -> Run:
    """A stored run of so many people; the outcome of the ``bad`` ones is a failure."""
    entries = tuple(
        RunEntry(
            LOYALTY,
            Receipt("", Outcome.FAILED if at in bad else Outcome.APPLIED),
            number=at,
        )
        for at in range(1, number + 1)
    )
    counts = RunCounts({Outcome.APPLIED: number - len(bad), Outcome.FAILED: len(bad)})
    return Run(replace(HEAD, people=number), Counted(entries), True, stored_counts=counts)


def test_entries_that_need_attention_come_first() -> None:
    """And no more are read than are needed."""
    run = build_run(5_000, 70, 4_999)
    chosen = choose_entries(run)
    assert [70, 4_999, *range(1, MOST_ENTRIES - 1)] == [entry.number for entry in chosen]
    assert MOST_ENTRIES == run.entries.read  # type: ignore[attr-defined]


@pytest.mark.parametrize("bad", [0, 3, 49, 50, 51, 400])
def test_a_large_run_is_shown_in_a_few_lines(bad: int) -> None:
    """With the command that gives all of them."""
    text = to_plain_text(render_run(build_run(400, *range(1, bad + 1)))(100))
    assert len(text.split("\n")) < MOST_ENTRIES + 20
    assert min(bad, MOST_ENTRIES) == text.count("\nfailed ")
    assert "50 of 400 people are listed" in text
    assert f"cactions runs export {HEAD.id} --out run.jsonl" in text


def test_a_run_of_a_few_people_is_shown_in_full() -> None:
    """As it always was."""
    text = to_plain_text(render_run(build_run(20))(100))
    assert 20 == text.count("Applied: Ada Lovelace.")
    assert "export" not in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0.0 s"), (0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (59.7, "1 min 00 s"),
        (185, "3 min 05 s"), (3600, "1 h 00 min"), (7620, "2 h 07 min"), (3.6e7, "10,000 h 00 min"),
    ],
)  # fmt: skip
def test_a_duration_is_read_at_a_glance(seconds: float, text: str) -> None:
    """Never 60 seconds of a minute."""
    assert text == format_duration(seconds)


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0, ""), (0.02, "1.2 people per minute"),
     (0.26, "0.3 people per second"), (83.4, "83 people per second"),
     (1234, "1,234 people per second")],
)  # fmt: skip
def test_a_rate_is_in_people(rate: float, text: str) -> None:
    """None where nothing was measured."""
    assert text == format_rate(rate)


def test_the_sample_run_is_counted_as_its_preview() -> None:
    """What was to be written was written."""
    builder = SummaryBuilder()
    for entry in PLANNED:
        builder.add(entry)
    run = Run(HEAD, to_entries(PLANNED, written=True))
    assert builder.build().writing == run.counts.outcomes[Outcome.APPLIED]
