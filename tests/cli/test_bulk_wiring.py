"""The progress of a run for many people, while they are read and while they are planned."""

from __future__ import annotations

from cactions.cli.bulk_wiring import follow_planning, follow_reading
from cactions.logic.people.job_rows import JobRows
from cactions.model import JobRow, PersonQuery
from cactions.render.progress_display import ProgressDisplay, ProgressState


class StateList:
    """A canvas that keeps what it is told to show."""

    def __init__(self) -> None:
        self.states: list[ProgressState] = []

    def draw(self, state: ProgressState) -> None:
        self.states.append(state)

    def erase(self) -> None:
        """Nothing is shown."""


def test_reading_is_followed_row_by_row_and_changes_no_row() -> None:
    """Until all are read, it is not known how many there are; the names of columns are kept."""
    canvas = StateList()
    display = ProgressDisplay("Planning", 0, canvas, 0)
    rows = [JobRow(number, PersonQuery("id", f"p{number}")) for number in range(1, 4)]
    ignored = {"tier": None}
    followed = follow_reading(JobRows(iter(rows), ignored), display)
    assert rows == [*followed]
    assert ("tier",) == followed.ignored
    assert ["1 person read", "2 people read", "3 people read"] == [s.note for s in canvas.states]
    follow_planning(display)(1, 3, {"planned": 1})
    assert [(0, 0)] * 3 + [(1, 3)] == [(state.done, state.total) for state in canvas.states]
    assert "" == canvas.states[-1].note
