"""Reads the execution results of a connector: the newest ones, or each new one as it appears."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from msgspec import Struct

from cactions.app.connectors.catalog import PATH
from cactions.app.intercom_port import IntercomApi
from cactions.app.ports import Clock
from cactions.logic.connectors.reader import parse_execution
from cactions.logic.intercom.api import ApiCall, encode_segment
from cactions.model import ConnectorExecution

POLL_SECONDS: Final = 5.0
OVERLAP_SECONDS: Final = 60
"""A result may be listed this much later than the time that it has."""

_PAGE: Final = 30


class PollSleeper(Protocol):
    """Waiting, as a parameter."""

    def wait(self, seconds: float) -> None:
        """Return after this many seconds."""


class ExecutionQuery(Struct, frozen=True):
    """Which results. ``since`` is Unix seconds; None is Intercom's default, the last hour."""

    success: bool | None = None
    error_type: str = ""
    since: int | None = None
    bodies: bool = False
    limit: int = 100


def list_executions(
    api: IntercomApi, connector_id: str, query: ExecutionQuery
) -> tuple[ConnectorExecution, ...]:
    """The newest results, oldest first. Raises WorkspaceError."""
    found = islice(_read_all(api, connector_id, query), query.limit)
    return tuple(reversed(list(found)))


def follow_executions(
    api: IntercomApi,
    connector_id: str,
    query: ExecutionQuery,
    clock: Clock,
    sleeper: PollSleeper,
) -> Iterator[tuple[ConnectorExecution, ...]]:
    """First what is there, then each new result, once, without an end. Raises WorkspaceError."""
    began = int(clock.get_time())
    fresh = list_executions(api, connector_id, query)
    seen: dict[str, float] = {}
    while True:
        seen |= {found.id: read_time(found, began) for found in fresh}
        newest = max(seen.values(), default=began)
        seen = {key: moment for key, moment in seen.items() if moment >= newest - OVERLAP_SECONDS}
        yield fresh
        sleeper.wait(POLL_SECONDS)
        since = _since(query, int(newest) - OVERLAP_SECONDS)
        found = list(_read_all(api, connector_id, since))
        fresh = tuple(item for item in reversed(found) if item.id not in seen)


def read_time(execution: ConnectorExecution, otherwise: float) -> float:
    """Unix seconds of an ISO 8601 text."""
    try:
        return datetime.fromisoformat(execution.created_at).timestamp()
    except (ValueError, OverflowError):
        return otherwise


def _since(query: ExecutionQuery, moment: int) -> ExecutionQuery:
    since = max(moment, query.since or moment)
    return ExecutionQuery(query.success, query.error_type, since, query.bodies, query.limit)


def _read_all(
    api: IntercomApi, connector_id: str, query: ExecutionQuery
) -> Iterator[ConnectorExecution]:
    """Newest first, page by page as they are needed."""
    path = f"{PATH}/{encode_segment(connector_id)}/execution_results"
    for page in api.list_pages(ApiCall("GET", path, _build_parameters(query))):
        yield from map(parse_execution, page.list_items())


def _build_parameters(query: ExecutionQuery) -> dict[str, str]:
    parameters = {"per_page": str(max(1, min(_PAGE, query.limit)))}
    if query.success is not None:
        parameters["success"] = "true" if query.success else "false"
    if query.error_type:
        parameters["error_type"] = query.error_type
    if query.since is not None:
        parameters["start_ts"] = str(query.since)
    if query.bodies:
        parameters["include_bodies"] = "true"
    return parameters
