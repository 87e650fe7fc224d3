"""The table of schedules, and what is said of those that an operator should look at."""

from __future__ import annotations

import pytest

from cactions.model import (
    ClusterStatus,
    DueMoment,
    MomentState,
    NoticeState,
    ScheduleState,
)
from cactions.render.cluster import render_cluster
from cactions.render.text import to_plain_text

RUN = "20261130-030002-1f2e3d4c"
UNTOLD = NoticeState()


def draw(*schedules: ScheduleState) -> str:
    status = ClusterStatus("the database a on b", (), (), schedules)
    return " ".join(to_plain_text(render_cluster(status)(100)).split())


def build(state: MomentState, text: str = "", notice: NoticeState = UNTOLD) -> ScheduleState:
    moment = DueMoment("loyalty", "", 1_796_007_600, state, RUN)
    return ScheduleState("loyalty", "", "0 3 * * *", 1_796_094_000, moment, text, notice)


def test_a_schedule_has_its_next_and_its_last_moment_in_utc() -> None:
    shown = draw(build(MomentState.FINISHED))
    assert "loyalty 0 3 * * * 2026-12-01 03:00 2026-11-30 03:00 finished" in shown
    never = draw(ScheduleState("points", "staging", "*/10 * * * *", 1_796_094_000))
    assert "points (staging) */10 * * * * 2026-12-01 03:00 never" in never


@pytest.mark.parametrize("state", ["held", "stopped", "skipped", "missed"])
def test_what_an_operator_should_look_at_has_its_reason(state: str) -> None:
    shown = draw(build(MomentState(state), "why it is so"))
    assert state == "missed" or ("why it is so" in shown and RUN in shown)
    assert state != "missed" or "no worker was alive" in shown
    assert state != "held" or f"cactions runs resume {RUN} --cluster" in shown


def test_a_notice_that_failed_is_told_with_its_exit_code() -> None:
    failed = draw(build(MomentState.FINISHED, notice=NoticeState(3, 124, 1.0)))
    assert "exit code 124" in failed
    assert "exit code" not in draw(build(MomentState.FINISHED, notice=NoticeState(1, 0, 1.0)))


def test_without_a_schedule_that_is_said() -> None:
    assert "No published action has a schedule" in draw()
