"""Notices: one document for each end of a scheduled run, as the page schedules.md shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cactions.logic.documents.notices import describe_moment, notice_to_json
from cactions.logic.documents.shapes.registry import build_document_schema
from cactions.model import OPEN_MOMENTS, DueMoment, MomentState, Notice

PAGE = Path(__file__).parents[3] / "cactions" / "help" / "schedules.md"
RUN = "20261130-030002-1f2e3d4c"
MOMENT = DueMoment(
    "loyalty", "production", 1_796_007_600, MomentState.HELD, RUN, workspace="intercom:abc12345"
)
WHY = "80 of 118 present values of tier would be overwritten"
ENDS = [state for state in MomentState if state not in OPEN_MOMENTS]


def test_the_page_shows_what_a_command_reads() -> None:
    [shown] = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    notice = Notice(MOMENT, {"planned": 120, "failed": 2}, WHY)
    assert json.loads(shown) == notice_to_json(notice)


@pytest.mark.parametrize("state", ENDS)
def test_each_end_has_a_document_and_a_sentence_of_its_own(state: MomentState) -> None:
    moment = DueMoment("loyalty", "", 1, state, "" if state is MomentState.MISSED else RUN)
    document = notice_to_json(Notice(moment, {"applied": 3}, "why"))
    Draft202012Validator(build_document_schema("notice")).validate(document)
    assert state.value == document["event"]
    others = [describe_moment(DueMoment("loyalty", "", 1, end, RUN), "") for end in ENDS]
    assert len(ENDS) == len({*others})
    assert document["run"] is None or RUN in str(document["text"])


def test_the_page_names_each_end() -> None:
    text = PAGE.read_text()
    assert [] == [state.value for state in ENDS if state.value not in text]
