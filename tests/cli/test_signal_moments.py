"""A signal at every call of a command: one sentence and one document, or the command's own end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import choose_number
from tests.cli.scenes import edited
from tests.cli.signal_moments import Moment, interrupt_calls
from tests.run_report import REPORT

DIFF = "cactions diff loyalty --person u-1 --replay --json"
SENTENCE = "Interrupted. Nothing was sent and nothing was written.\n"

misspelt = edited("actions.yaml", ("match: user_id", "macth: user_id"))


def is_interrupted(moment: Moment) -> bool:
    """Whether it ended as an interrupted command does, and said nothing else."""
    if (moment.code, moment.err) != (Exit.INTERRUPTED, SENTENCE):
        return False
    return bool("interrupted" == json.loads(moment.out).get("kind"))


@pytest.mark.hostile
@pytest.mark.parametrize("fault", [False, True])
def test_a_signal_at_any_call_leaves_one_document(home: Path, *, fault: bool) -> None:
    """Once the document leaves, of a plan or of an error, the signal changes nothing any more.

    Nor does one in the last module that loads, if the command ends before it is looked at again.
    """
    if fault:
        misspelt(home)
    [whole] = interrupt_calls(home, DIFF, step=10**9)[1]
    assert (Exit.NOTHING_DONE if fault else Exit.CLEAN) == whole.code
    number, moments = interrupt_calls(home, DIFF, step=choose_number(397, 7))
    interrupted = [*filter(is_interrupted, moments)]
    own = [each for each in moments if each[1:] == whole[1:]]
    assert [] == [each for each in moments if each not in (*interrupted, *own)]
    assert is_interrupted(moments[0])
    assert 0 < len(own) < len(interrupted)
    REPORT.append(
        f"a signal at {len(moments)} of {number} calls: {len(interrupted)} interrupted,"
        f" {len(own)} had ended"
    )


@pytest.mark.parametrize("name", ["__set_name__", "cb"])
def test_a_signal_while_a_module_loads_waits_for_its_end(home: Path, name: str) -> None:
    """Where a class names its attributes, and where the lock of a module is let go."""
    number, moments = interrupt_calls(home, DIFF, name=name)
    assert number > 0
    assert [] == [each for each in moments if not is_interrupted(each)]
