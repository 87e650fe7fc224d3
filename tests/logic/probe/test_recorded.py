"""Which recordings of a probe say something of an action: whole, recent, and of this one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cactions.logic.probe.recorded import LIFETIME, judge_recording
from cactions.model import ProbeReport, ProbeVariant, Project
from tests.app.probe_cases import LOOKUPS, build_project
from tests.app.probe_pairs import HONEST
from tests.app.service_shapes import FIRST, SHAPES
from tests.probe_reports import build_passed_probe

NOW = 1_800_000_000.0
PROJECTS = [
    *(build_project(lookup, "query", shape, "email")
      for lookup in LOOKUPS[:6:2] for shape in (*SHAPES[::4], FIRST)),
    *(pair.build_project() for pair in [*HONEST.values()][::3]),
]  # fmt: skip


def explain(report: ProbeReport, project: Project, now: float = NOW) -> str:
    return judge_recording(report, project.actions["look"], project, now)[1]


@pytest.mark.parametrize("number", range(len(PROJECTS)))
def test_a_recording_without_any_one_of_its_attacks_is_refused(number: int) -> None:
    """Each attack that is due is looked for, and there is none beside them."""
    project = PROJECTS[number]
    report = build_passed_probe(project.actions["look"], project, NOW)
    assert (True, "") == (report.passed, explain(report, project))
    for at in range(len(report.cases)):
        left = report.cases[:at] + report.cases[at + 1 :]
        assert explain(replace(report, cases=left), project), report.cases[at]
        assert not explain(replace(report, cases=(*report.cases, report.cases[at])), project)
    strange = replace(report.cases[-1], key="person.attributes.nothing")
    assert explain(replace(report, cases=(*report.cases, strange)), project)


def test_a_recording_is_good_for_a_month_and_not_made_tomorrow() -> None:
    project = PROJECTS[0]
    report = build_passed_probe(project.actions["look"], project, NOW)
    assert "" == explain(report, project, NOW + LIFETIME - 1)
    assert "30 days" in explain(report, project, NOW + LIFETIME + 1)
    assert "" == explain(report, project, NOW - 3_600)
    assert "future" in explain(report, project, NOW - 90_000)


def test_what_decides_a_verdict_is_not_taken_from_the_recording() -> None:
    """Who can choose a key, whether another one names the person, and whose token is sent."""
    project = PROJECTS[0]
    report = build_passed_probe(project.actions["look"], project, NOW)
    for change in (
        {"is_chosen": True},
        {"is_named": True},
    ):
        cases = tuple(
            replace(case, **change) if case.variant is ProbeVariant.VICTIM_KEY else case
            for case in report.cases
        )
        assert explain(replace(report, cases=cases), project)
    baseline = replace(report.baseline, has_user_token=True)
    assert explain(replace(report, baseline=baseline), project)


def test_a_recording_of_another_action_is_named_so() -> None:
    project = PROJECTS[0]
    report = build_passed_probe(project.actions["look"], project, NOW)
    assert "another action" in explain(replace(report, action="other"), project)
    assert "changed" in explain(replace(report, definition="0" * 32), project)
