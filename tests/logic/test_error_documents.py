"""The document of an error: what it names, and that every kind of error has one."""

from __future__ import annotations

import pytest

from cactions.logic.error_documents import error_to_json, notes_to_json
from cactions.logic.shell import list_commands
from cactions.model import ErrorFault, ErrorKind, ErrorReport, Place
from tests.json_documents import list_faults


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_says_whose_fault_it_is(kind: ErrorKind) -> None:
    """And fits the schema, with a place and a result or without."""
    place = Place("actions.yaml", 2, 3, 2, 9)
    full = ErrorReport(kind, "it fails", "try `cactions doctor`", place)
    result = notes_to_json(["Half of it is done."])
    for report, done in ((ErrorReport(kind, "it fails"), None), (full, result)):
        document = error_to_json(report, code=3, not_done="Nothing.", result=done)
        assert [] == [*list_faults(document)]
        assert ErrorFault(document["fault"]) is kind.fault


def test_the_commands_of_all_sentences_are_listed_once() -> None:
    """In backticks, or behind a colon at the end of a sentence."""
    document = error_to_json(
        ErrorReport(ErrorKind.INTERRUPTED, "interrupted"),
        code=130,
        not_done="`cactions runs list` tells how far it came.",
        notes=["To go on: cactions runs resume r-1", "`cactions runs list` shows it."],
    )
    assert ["cactions runs resume r-1", "cactions runs list"] == document["commands"]


@pytest.mark.parametrize("text", ["", "no command", "`cactionsx`", "Usage: cactions", "`other x`"])
def test_what_is_no_command_of_ours_is_not_listed(text: str) -> None:
    """Nor the name of the program alone."""
    assert [] == list_commands(text)
