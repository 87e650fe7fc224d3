"""Every request about connectors, and every answer that is accepted, fits the description."""

from __future__ import annotations

from itertools import islice

import pytest

from cactions.app.connectors.catalog import read_versions
from cactions.app.connectors.logs import ExecutionQuery, follow_executions, list_executions
from cactions.model import EXECUTION_ERROR_TYPES, DataInput, InputType, WorkspaceError
from tests.app.connectors.test_push import LIVE, loyalty, push
from tests.contract.test_client import checked
from tests.run_report import REPORT
from tests.workspace import WorkspaceServer


class NoClock:
    """Time stands still, and nothing waits."""

    def get_time(self) -> float:
        return 1_790_000_000.0

    def wait(self, seconds: float) -> None:
        """Return at once."""


def test_connectors_fit_the_description() -> None:
    """Lists, versions, creations, changes and their probes, refusals and logs, in 2.16."""
    with WorkspaceServer(tls=True) as server, checked(server, "2.16") as (client, sender):
        for number in range(60):
            server.add_connector({**LIVE, "name": f"c{number}"}, live=bool(number % 2))
        inputs = tuple(DataInput(kind.value, kind, default_value=1) for kind in InputType)
        flags = {"customer_authentication": True, "direct_fin_usage": False}
        created = push(client, loyalty(inputs=inputs, audiences=("leads", "visitors"), **flags))
        assert created.connector
        key = server.add_connector({**LIVE, "name": "live"})
        assert push(client, loyalty(connector_id=key), headers=True).is_verified
        server.fail("PATCH", status=422, body={
            "type": "error.list", "request_id": "test-uuid-replacement",
            "errors": [{"code": "parameter_invalid", "message": "Http Method isn't an option"}],
        })  # fmt: skip
        push(client, loyalty(connector_id=key, description="Again."))
        with pytest.raises(WorkspaceError):
            read_versions(client, "999")
        for word in EXECUTION_ERROR_TYPES:
            server.add_execution(key, success=False, error_type=word, request_body="{}")
        for query in (
            ExecutionQuery(),
            ExecutionQuery(success=True, since=1, limit=1),
            ExecutionQuery(success=False, bodies=True, limit=3),
            *(ExecutionQuery(error_type=word) for word in EXECUTION_ERROR_TYPES),
        ):
            list_executions(client, key, query)
        polls = follow_executions(client, key, ExecutionQuery(), NoClock(), NoClock())
        assert 2 == len(list(islice(polls, 2)))
    assert [] == sender.problems
    assert {"GET data_connectors", "POST data_connectors", "PATCH data_connectors"} == set(
        sender.operations
    )
    REPORT.append(f"connectors against 2.16: {sum(sender.operations.values())} exchanges fit")
