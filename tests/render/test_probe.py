"""Every kind of attack and every verdict of a probe has words, and a leak names what it takes."""

from __future__ import annotations

import itertools

import pytest

from cactions import model as m
from cactions.render.probe import render_probe
from cactions.render.text import to_plain_text
from tests.render.probe_samples import BASELINE, CHECK, NOW, REFUSED, THEIRS


def draw(*cases: m.ProbeCase, source: str = "", check: str = CHECK) -> str:
    report = m.ProbeReport("loyalty", "0a", NOW, BASELINE, cases, check=check)
    return " ".join(to_plain_text(render_probe(report, source)(100)).split())


@pytest.mark.parametrize("verdict", m.ProbeVerdict)
def test_each_attack_with_each_verdict_can_be_drawn(verdict: m.ProbeVerdict) -> None:
    for variant, seen, key in itertools.product(
        m.ProbeVariant, (THEIRS, REFUSED), ("person.email", m.EVERY_KEY, "")
    ):
        case = m.ProbeCase(key, variant, True, seen, verdict, attributes=("tier",))
        text = draw(case)
        assert "loyalty FAILED" in text or "loyalty passed" in text, (variant, seen)
        if verdict.is_leak:
            assert seen.line in text
            assert "Next: " in text
            assert seen.failure or "(tier)" in text


def test_the_next_step_fits_what_got_through() -> None:
    """The rule that explains it, or whose fault it is."""
    leak = m.ProbeCase(
        "person.email", m.ProbeVariant.VICTIM_KEY, True, THEIRS, m.ProbeVerdict.VICTIM_DATA
    )
    assert "cactions explain CA201" in draw(leak, check="")
    assert "cactions explain CA205" in draw(leak)
    mixed = m.ProbeCase("", m.ProbeVariant.TWO_RECORDS, True, THEIRS, m.ProbeVerdict.VICTIM_DATA)
    assert "cactions explain CA107" in draw(mixed)
    late = m.ProbeCase(
        "inputs.order", m.ProbeVariant.VICTIM_KEY, True, REFUSED, m.ProbeVerdict.TOO_LATE
    )
    assert "cactions explain CA101" in draw(late)
    kept = m.ProbeCase(
        "person.email", m.ProbeVariant.RANDOM_KEY, True, REFUSED, m.ProbeVerdict.ANSWERED
    )
    assert "the identity check keeps it back" in draw(kept)
    assert "corrected there" in draw(kept)


def test_a_replay_names_its_file_and_its_day() -> None:
    case = m.ProbeCase(
        "person.email", m.ProbeVariant.RANDOM_KEY, True, REFUSED, m.ProbeVerdict.STOPPED
    )
    assert "Replayed from a.probe.json, of 2027-01-15." in draw(case, source="a.probe.json")
