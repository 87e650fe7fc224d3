"""Which points an action has, and which of them its tests meet."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.coverage import measure_coverage
from cactions.model import (
    ActionResponse,
    Change,
    DataInput,
    FailureReason,
    Input,
    InputType,
    KeepReason,
    KeptAttribute,
    PersonAttribute,
    PersonField,
    PersonQuery,
    Plan,
    PlanFailure,
    SentCall,
    Subject,
    SuiteResult,
    Template,
)
from cactions.model import TestReport as Report  # pytest would collect it
from tests.builders import action, mapping, rows

WHO = Subject("p1", PersonQuery("user_id", "u-1"))
ACTION = action(mapping("tier"), mapping("points"), rows=rows("$.data[*]"))


def points(of: Any, *reports: Report) -> dict[str, bool]:
    [found] = measure_coverage([of], reports)
    return {point.name: point.met for point in found.points}


def met(*reports: Report) -> list[str]:
    return [name for name, is_met in points(ACTION, *reports).items() if is_met]


def planned(*changes: Change, left: tuple[KeptAttribute, ...] = ()) -> Report:
    return Report("loyalty", "t", Plan("loyalty", WHO, SentCall(""), changes, left))


def failed(reason: FailureReason) -> Report:
    return Report("loyalty", "t", PlanFailure("loyalty", WHO, reason, ""))


@pytest.mark.parametrize(
    ("report", "names"),
    [
        (planned(Change("tier", "silver", "gold")), ["attribute tier"]),
        (planned(Change("tier", "gold", "gold")), ["attribute tier"]),
        (planned(Change("tier", "gold", None)), []),
        (planned(left=(KeptAttribute("tier", "a", KeepReason.MISSING),)), []),
        (planned(left=(KeptAttribute("tier", "a", KeepReason.NOT_EMPTY, received="b"),)),
         ["attribute tier"]),
        (planned(left=(KeptAttribute("tier", "a", KeepReason.TOO_LONG, True, "b"),)),
         ["attribute tier"]),
        (failed(FailureReason.NOT_SUCCESS), ["success_when refuses"]),
        (failed(FailureReason.NO_ROW), ["rows refuses none"]),
        (failed(FailureReason.MANY_ROWS), ["rows refuses many"]),
        (failed(FailureReason.NOT_SAME_PERSON), ["same_person refuses"]),
        (failed(FailureReason.NOT_JSON), ["failure not_json"]),
        (failed(FailureReason.NOT_RECORDED), []),
    ],
)  # fmt: skip
def test_each_point_is_met_by_its_own_kind_of_result(report: Report, names: list[str]) -> None:
    """And by nothing else; a test that fails, or of another action, meets none."""
    assert names == met(report)
    assert [] == met(replace(report, problems=("no",)))
    assert [] == met(replace(report, action="billing"))


@pytest.mark.parametrize(
    ("reference", "counts"),
    [
        (PersonField("user_id"), False),
        (PersonField("id"), False),
        (PersonField("email"), True),
        (PersonAttribute("tier"), True),
        (Input("required"), False),
        (Input("default"), False),
        (Input("optional"), True),
    ],
    ids=str,
)
def test_a_missing_value_is_a_point_where_it_can_be_missing(reference: Any, counts: bool) -> None:
    """The field of ``match`` and the inputs that have a value cannot."""
    inputs = (
        DataInput("required", InputType.STRING, required=True),
        DataInput("default", InputType.STRING, default_value="a"),
        DataInput("optional", InputType.STRING),
    )
    url = Template(("https://api.shop.example/", reference))
    changed = replace(ACTION, request=replace(ACTION.request, url=url), inputs=inputs)
    assert counts is ("failure no_value" in points(changed))


def test_an_action_that_reads_no_body_has_one_point() -> None:
    """Its success."""
    assert {"success_when refuses": False} == points(replace(ACTION, response=ActionResponse()))


def test_the_share_is_that_of_all_points() -> None:
    """Without points, nothing is missing."""
    coverage = measure_coverage([ACTION], [planned(Change("tier", None, "gold"))])
    assert 100 / 7 == pytest.approx(SuiteResult((), coverage=coverage).coverage_percent)
    assert 100 == SuiteResult((), coverage=()).coverage_percent
