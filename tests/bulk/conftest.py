"""The third party of these tests, and a process that runs commands and can be killed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.bulk.child import SERVE
from tests.bulk.shop import Shop, open_shop
from tests.edges.processes import running


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture(scope="module")
def process(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    assert shop.server
    with running(SERVE, CACTIONS_CA_FILE=str(shop.server.ca_file)) as process:
        yield process
