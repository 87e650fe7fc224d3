"""The log of requests and the applied writes: what tests prove their counts by."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.workspace import WorkspaceServer, read_log, read_writes
from tests.workspace.client import Client

ROOT = Path(__file__).parents[2]


def test_a_line_has_everything_that_was_sent() -> None:
    """And the status that was answered."""
    with WorkspaceServer() as server, Client(server) as client:
        client.put("/contacts/x?a=1", {"name": "Ada"})
        line = server.log[0]
    assert ("PUT", "/contacts/x", "a=1") == (line.method, line.path, line.query)
    assert (b'{"name": "Ada"}', 404, False) == (line.body, line.status, line.wrote)
    assert f"Bearer {server.token}" == line.headers["authorization"]


@pytest.mark.parametrize(
    ("method", "path", "wrote"),
    [
        ("GET", "/contacts/{key}", False),
        ("GET", "/contacts/find_by_external_id/u", False),
        ("POST", "/contacts/search", False),
        ("GET", "/data_attributes", False),
        ("PUT", "/contacts/{key}", True),
        ("POST", "/contacts/{key}/archive", True),
        ("POST", "/contacts", True),
        ("DELETE", "/contacts/{key}", True),
        ("PUT", "/contacts/none", False),
    ],
)
def test_a_line_tells_whether_the_call_wrote(method: str, path: str, wrote: bool) -> None:
    """A search is no write, though it is a POST; a refused PUT is none either."""
    filters = {"field": "role", "operator": "=", "value": "user"}
    body = {"query": filters} if "search" in path else {"external_id": "new"}
    with WorkspaceServer() as server, Client(server) as client:
        key = server.add_contact(external_id="u")
        before = len(server.writes)
        client.call(method, path.format(key=key), None if method == "GET" else body)
        assert [wrote] == [line.wrote for line in server.log]
        assert wrote == (len(server.writes) > before)


def test_a_write_names_its_request() -> None:
    """0 for a teammate; the document is what was stored."""
    with WorkspaceServer() as server, Client(server) as client:
        key = server.add_contact()
        client.get("/me")
        client.put(f"/contacts/{key}", {"name": "Ada"})
        found = [
            (write.request, write.kind, write.id, (write.document or {})["document"]["name"])
            for write in server.writes
        ]
    assert [(0, "contact", key, None), (2, "contact", key, "Ada")] == found


def test_another_process_may_read_the_file(tmp_path: Path) -> None:
    """While the server runs."""
    path = tmp_path / "workspace.db"
    with WorkspaceServer(path=path) as server, Client(server) as client:
        key = server.add_contact()
        client.put(f"/contacts/{key}", {"name": "Ada"})
        assert server.log == read_log(path)
        assert server.writes == read_writes(path)


def test_a_server_goes_on_with_its_file(tmp_path: Path) -> None:
    """Contacts, attributes, connectors, executions and the log are those of before."""
    path = tmp_path / "workspace.db"
    with WorkspaceServer(path=path) as server, Client(server) as client:
        server.add_attribute("plan")
        keys = [server.add_contact(external_id=name) for name in "abc"]
        server.merge_contacts(keys[0], keys[1])
        server.archive_contact(keys[2])
        connector = server.add_connector({"name": "Orders"})
        execution = server.add_execution(connector)
        client.put(f"/contacts/{keys[1]}", {"custom_attributes": {"plan": "Pro"}})
        before = (server.log, server.writes, server.get_contact(keys[1]))
    with WorkspaceServer(path=path) as server, Client(server) as client:
        assert before == (server.log, server.writes, server.get_contact(keys[1]))
        assert [keys[1]] == client.find(("custom_attributes.plan", "=", "Pro"))
        assert [410, 200, 404] == [client.get(f"/contacts/{key}").status for key in keys]
        results = f"/data_connectors/{connector}/execution_results/{execution}"
        assert 200 == client.get(results).status
        assert keys[2] not in client.find(("role", "=", "user"))


def test_a_killed_server_has_every_answered_write(tmp_path: Path) -> None:
    """And at most as many more as were on their way: one for each client."""
    path = tmp_path / "workspace.db"
    with WorkspaceServer(path=path) as server:
        token, key = server.token, server.add_contact()
    command = [sys.executable, "-m", "tests.workspace", "--path", str(path), "--limit", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition(":")[2])
        with ThreadPoolExecutor(4) as pool:
            answers: list[int] = []
            clients = [pool.submit(write_until_killed, port, token, key, answers) for _ in range(4)]
            begin = time.monotonic()
            while len(answers) <= 200 and time.monotonic() - begin < 60:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
            for client in clients:
                client.result()
    written = [line for line in read_log(path) if line.wrote]
    assert len(answers) > 200
    assert 0 <= len(written) - len(answers) <= 4
    assert len(written) == sum(write.request > 0 for write in read_writes(path))


def write_until_killed(port: int, token: str, key: str, answers: list[int]) -> None:
    """Adds the number of each write that was answered."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    with suppress(OSError, HTTPException):
        for number in itertools.count():
            body = f'{{"name": "{number}"}}'
            headers = {"Authorization": f"Bearer {token}"}
            connection.request("PUT", f"/contacts/{key}", body, headers)
            found = connection.getresponse()
            found.read()
            if found.status == 200:
                answers.append(number)
    connection.close()


def test_concurrent_writes_are_applied_once_each() -> None:
    """400 writes by eight clients over TLS: none lost, none doubled."""
    with WorkspaceServer(tls=True) as server:
        server.add_attribute("count", "integer")
        keys = [server.add_contact() for _ in range(8)]

        def write(key: str) -> None:
            with Client(server) as client:
                for number in range(50):
                    body = {"custom_attributes": {"count": number}}
                    assert 200 == client.put(f"/contacts/{key}", body).status

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, keys))
        bodies = [(line.path, line.body) for line in server.log if line.wrote]
        assert (400, 400) == (len(bodies), len(set(bodies)))
        assert {49} == {server.get_contact(key)["custom_attributes"]["count"] for key in keys}
