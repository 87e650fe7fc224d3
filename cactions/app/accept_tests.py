"""Gives tests that fail the expectations that they would meet, as edits of their files.

- Only a test whose plan was made is changed; a failure is never accepted, expected or found. So no
  identity check that refuses, or that was expected to, is written off.
- No redacted value is written.
- The files with the edits are read again: the changed tests hold, and all else says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.expectations import (
    describe_outcome,
    find_problems,
    fits_change,
    get_value,
    list_outcomes,
)
from cactions.logic.fixes.expectation_edits import ExpectationUpdate, build_expectation_edits
from cactions.logic.fixes.text_edits import apply_edits
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.project import LoadedProject, SourceFile
from cactions.logic.project.source_map import SourceMap
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import to_json
from cactions.logic.yaml.parser import parse_yaml
from cactions.model import (
    ABSENT,
    Action,
    ActionTest,
    Edit,
    Expectation,
    ExpectedChange,
    FailureReason,
    Json,
    Plan,
    Scalar,
    TestReport,
)

Look: TypeAlias = Callable[[Sequence[SourceFile]], LoadedProject]
TestedCase: TypeAlias = "tuple[Action, ActionTest, TestReport]"

_BY_HAND: Final = "its layout leaves no small edit: change it by hand"


class AcceptedTests(Struct, frozen=True):
    """The files before and after, how many tests of each change, and why others do not."""

    changed: tuple[tuple[SourceFile, SourceFile], ...] = ()
    accepted: tuple[TestReport, ...] = ()
    left: tuple[tuple[TestReport, str], ...] = ()


class _Proposal(Struct, frozen=True):
    case: TestedCase
    route: str
    edits: tuple[Edit, ...]


def accept_tests(
    cases: Iterable[TestedCase], files: Sequence[SourceFile], look: Look
) -> AcceptedTests:
    """What accepting the tests that failed would change. ``look`` reads files as a project."""
    before = look(files)
    project = before.project
    failed = [case for case in cases if not case[2].passed]
    if project is None:
        return AcceptedTests(left=tuple((case[2], "its file has errors") for case in failed))
    places = SourceMap(before.sources, before.homes, project.actions)
    left: list[tuple[TestReport, str]] = []
    proposals: list[_Proposal] = []
    for case in failed:
        found = _propose(case, project.actions, places)
        if isinstance(found, str):
            left.append((case[2], found))
        else:
            proposals.append(found)
    proposals, after = _verify(proposals, files, look, left)
    changed = tuple((old, new) for old, new in zip(files, after, strict=True) if old != new)
    return AcceptedTests(changed, tuple(item.case[2] for item in proposals), tuple(left))


def _verify(
    proposals: list[_Proposal],
    files: Sequence[SourceFile],
    look: Look,
    left: list[tuple[TestReport, str]],
) -> tuple[list[_Proposal], Sequence[SourceFile]]:
    """Those that hold together, and the files with them; the others are added to ``left``."""
    while proposals:
        after = _apply(proposals, files)
        wrong = _find_wrong(proposals, files, after, look)
        if not wrong:
            return proposals, after
        left += [(item.case[2], _BY_HAND) for item in wrong]
        proposals = [item for item in proposals if item not in wrong]
    return [], files


def _apply(proposals: Iterable[_Proposal], files: Sequence[SourceFile]) -> list[SourceFile]:
    edits = [edit for item in proposals for edit in item.edits]
    return [
        replace(
            file,
            data=apply_edits(file.data, [edit for edit in edits if edit.place.file == file.name]),
        )
        for file in files
    ]


def _find_wrong(
    proposals: Sequence[_Proposal],
    files: Sequence[SourceFile],
    after: Sequence[SourceFile],
    look: Look,
) -> list[_Proposal]:
    """The proposals that do not hold; all of them where something else would change."""
    project = look(after).project
    routes = {item.route for item in proposals}
    if project is None or any(
        _read_without(old, routes) != _read_without(new, routes)
        for old, new in zip(files, after, strict=True)
    ):
        return [*proposals]
    return [item for item in proposals if not _holds(item, project.actions)]


def _holds(item: _Proposal, actions: Mapping[str, Action]) -> bool:
    action, _, report = item.case
    test = actions[action.name].tests[_get_number(item.route)]
    return not [*find_problems(replace(test.expect, request=None), report.result)]


def _get_number(route: str) -> int:
    return int(route.rpartition("[")[2].partition("]")[0])


def _read_without(file: SourceFile, routes: Iterable[str]) -> Json:
    """What the file says, without the expectations at these routes."""
    root = parse_yaml(file.data, Diagnostics(file.name))
    content = to_json(root) if root else None
    actions = content.get("actions") if isinstance(content, dict) else None
    for route in routes:
        name = route.removeprefix("actions.").rpartition(".tests[")[0]
        action = actions.get(name) if isinstance(actions, dict) else None
        tests = action.get("tests") if isinstance(action, dict) else None
        test = tests[_get_number(route)] if isinstance(tests, list) else None
        if isinstance(test, dict):
            test.pop("expect", None)
    return content


def _propose(case: TestedCase, actions: Mapping[str, Action], places: SourceMap) -> _Proposal | str:
    """The edits for a test, or why there are none."""
    action, test, report = case
    tests = actions[action.name].tests if action.name in actions else ()
    if test not in tests:
        return "its file was changed meanwhile"
    update = build_update(test.expect, report)
    if isinstance(update, str):
        return update
    route = f"actions.{action.name}.tests[{tests.index(test)}].expect"
    edits = build_expectation_edits(route, update, places)
    return _Proposal(case, route, edits) if edits else _BY_HAND


def build_update(expect: Expectation, report: TestReport) -> ExpectationUpdate | str:
    """What the test would have to expect, or why it is not accepted."""
    result = report.result
    if not isinstance(result, Plan):
        if result.reason is FailureReason.NOT_SAME_PERSON:
            return "its identity check failed, which is never accepted"
        return f"no plan was made ({result.reason.value})"
    if expect.failure is not None:
        return f"it expects {expect.failure}, and nothing stops its plan: change it by hand"
    others = sum(1 for _ in find_problems(replace(expect, request=None), result))
    if len(report.problems) > others:
        return "its request is another one: change it by hand"
    status = result.call.status
    update = ExpectationUpdate(
        status=status if expect.status is not None and expect.status != status else None,
        changes=dict(_list_changes(expect, result)),
        refused=_list_refused(expect, result),
    )
    values = dict(_list_values(expect, result))
    if None in values.values():
        return "a value of it is redacted, or is no single value: change it by hand"
    found = {name: value[0] for name, value in values.items() if value}
    return replace(update, attributes=found)


def _list_values(expect: Expectation, plan: Plan) -> Iterator[tuple[str, tuple[Scalar] | None]]:
    """Each expected value that another one was found for; None where it may not be written."""
    outcomes = list_outcomes(plan)
    for name, wanted in (expect.attributes or {}).items():
        outcome = outcomes[name]
        found = get_value(outcome)
        if is_equal_as(outcome.data_type, found, wanted):
            continue
        if found is ABSENT or found is None:
            yield name, (None,)
        elif outcome.redacted or not isinstance(found, str | int | float):
            yield name, None
        else:
            yield name, (found,)


def _list_changes(expect: Expectation, plan: Plan) -> Iterator[tuple[str, ExpectedChange]]:
    """Each kind that another one was found for; with its reason where a reason was expected."""
    outcomes = list_outcomes(plan)
    for name, change in (expect.changes or {}).items():
        found = describe_outcome(outcomes[name])
        if not fits_change(change, found):
            yield name, found if change.reason else replace(found, reason="")


def _list_refused(expect: Expectation, plan: Plan) -> tuple[str, ...] | None:
    """The list of refused attributes; None where it stays. ``changes`` says the others."""
    found = [left.attribute for left in plan.refused]
    kept = [name for name in expect.refused or () if name in found]
    stated = {*kept, *(expect.changes or {})}
    wanted = (*kept, *(name for name in found if name not in stated))
    return None if wanted == (expect.refused or ()) else wanted
