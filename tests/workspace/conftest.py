"""A workspace server whose clock a test moves, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workspace import WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.moments import Moment


@pytest.fixture
def clock() -> Moment:
    return Moment()


@pytest.fixture
def server(clock: Moment) -> Iterator[WorkspaceServer]:
    with WorkspaceServer(clock=clock) as server:
        yield server


@pytest.fixture
def client(server: WorkspaceServer) -> Iterator[Client]:
    with Client(server) as client:
        yield client
