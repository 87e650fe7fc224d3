"""A gate is left out for a reason that says something, and that everyone may read."""

from __future__ import annotations

import pytest

from cactions.logic.definition.gates import build_waivers
from cactions.model import Gate, UsageError, Waiver

TELLING = ("the service has no second account", "é", "理由", "ticket 12")
UNFIT = {
    "absent": None,
    "empty": "",
    "blank": " \t\n",
    "of width zero": "\u200b \ufeff",
    "of an empty pattern": "\u2800",
    "punctuation": "...",
    "no text": "a\udce9",
    "long": "x" * 1001,
    "a credential": "use " + "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
}


@pytest.mark.parametrize("reason", TELLING)
def test_a_reason_is_kept_once_for_each_gate(reason: str) -> None:
    """A gate that is named twice is left out once."""
    found = build_waivers([Gate.PROBE, Gate.PROBE, Gate.TEST], f" {reason} ")
    assert (Waiver(Gate.PROBE, reason), Waiver(Gate.TEST, reason)) == found


@pytest.mark.parametrize("what", UNFIT)
def test_a_reason_that_is_none_leaves_no_gate_out(what: str) -> None:
    """Nor is it repeated in the message."""
    with pytest.raises(UsageError) as caught:
        build_waivers([Gate.PROBE], UNFIT[what])
    assert "4eC39" not in str(caught.value)
