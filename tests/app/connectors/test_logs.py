"""Execution results: pages, filters, and each new one exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from cactions.app.connectors.logs import (
    POLL_SECONDS,
    ExecutionQuery,
    follow_executions,
    list_executions,
)
from cactions.model import EXECUTION_ERROR_TYPES, FailureReason
from tests.edges.intercom.clients import client_of
from tests.workspace import WorkspaceServer
from tests.workspace.executions import ERROR_TYPES

NOW = 1_790_000_000


class Workspace:
    """A server whose clock a test moves, with one connector."""

    def __init__(self, server: WorkspaceServer) -> None:
        self.server, self.moment = server, float(NOW)
        server.clock = self.get_time
        self.key = server.add_connector({"name": "loyalty"})
        self.waits: list[float] = []
        self.late: list[list[dict[str, Any]]] = []

    def get_time(self) -> float:
        return self.moment

    def add(self, **fields: Any) -> str:
        return self.server.add_execution(self.key, **fields)

    def wait(self, seconds: float) -> None:
        """Time passes, and executions that a test has planned appear."""
        self.waits.append(seconds)
        self.moment += seconds
        for fields in self.late.pop(0) if self.late else []:
            self.add(**fields)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with WorkspaceServer(tls=True) as server:
        yield Workspace(server)


def read_log(workspace: Workspace, **query: Any) -> list[str]:
    with client_of(workspace.server) as api:
        return [e.id for e in list_executions(api, workspace.key, ExecutionQuery(**query))]


@pytest.mark.parametrize(("limit", "calls"), [(1, 1), (30, 1), (31, 2), (65, 3), (100, 3)])
def test_the_newest_results_are_listed_oldest_first(
    workspace: Workspace, limit: int, calls: int
) -> None:
    """In as few pages as they need; a page holds at most 30."""
    ids = [workspace.add(created_at=NOW - 65 + number) for number in range(65)]
    assert ids[-limit:] == read_log(workspace, limit=limit)
    lines = [line for line in workspace.server.log if "execution_results" in line.path]
    assert calls == len(lines)
    assert all("include_bodies" not in line.query for line in lines)


def test_filters_are_those_of_the_api(workspace: Workspace) -> None:
    """Success, error_type, and a beginning before the last hour."""
    old = workspace.add(created_at=NOW - 7200)
    good = workspace.add(created_at=NOW - 3)
    bad = workspace.add(created_at=NOW - 2, success=False, error_type="faraday_error")
    worse = workspace.add(created_at=NOW - 1, success=False, error_type="3rd_party_error")
    assert [good, bad, worse] == read_log(workspace)
    assert [good] == read_log(workspace, success=True)
    assert [bad, worse] == read_log(workspace, success=False)
    assert [bad] == read_log(workspace, error_type="faraday_error")
    assert [old, good, bad, worse] == read_log(workspace, since=NOW - 8000)


def test_bodies_come_only_where_they_are_asked_for(workspace: Workspace) -> None:
    """They may hold personal data."""
    workspace.add(request_body="sent", response_body="answered")
    with client_of(workspace.server) as api:
        [without] = list_executions(api, workspace.key, ExecutionQuery())
        [with_them] = list_executions(api, workspace.key, ExecutionQuery(bodies=True))
    assert ("", "") == (without.request_body, without.response_body)
    assert ("sent", "answered") == (with_them.request_body, with_them.response_body)


def test_each_new_result_appears_once(workspace: Workspace) -> None:
    """Also one that is listed later than its time says, and 40 at once; nothing is lost."""
    first = workspace.add(created_at=NOW - 10)
    workspace.late = [
        [],
        [{}, {}],
        [{"created_at": NOW - 5}],
        [{"created_at": NOW + 20}] * 40,
        [],
    ]
    with client_of(workspace.server) as api:
        batches = follow_executions(api, workspace.key, ExecutionQuery(), workspace, workspace)
        found = [[execution.id for execution in batch] for batch in islice(batches, 7)]
    assert [1, 0, 2, 1, 40, 0, 0] == [len(batch) for batch in found]
    every = [key for batch in found for key in batch]
    assert (first, 44, 44) == (every[0], len(every), len(set(every)))
    assert [POLL_SECONDS] * 6 == workspace.waits


def test_following_nothing_finds_what_comes_first(workspace: Workspace) -> None:
    """There is no newest time to begin with."""
    workspace.late = [[], [{}]]
    with client_of(workspace.server) as api:
        batches = follow_executions(
            api, workspace.key, ExecutionQuery(success=True), workspace, workspace
        )
        assert [0, 0, 1, 0] == [len(batch) for batch in islice(batches, 4)]


def test_our_words_for_errors_are_those_of_intercom() -> None:
    """All eleven; each reason of ours is one of them."""
    assert ERROR_TYPES == EXECUTION_ERROR_TYPES
    assert set() == {reason.error_type for reason in FailureReason} - set(EXECUTION_ERROR_TYPES)
