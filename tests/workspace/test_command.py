"""The server by hand: its options, what it prints, seed files and the control endpoint."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.__main__ import build_parser, main, read_settings
from tests.workspace.client import Client
from tests.workspace.moments import Moment
from tests.workspace.seeding import seed_workspace

ROOT = Path(__file__).parents[2]
SEED = {
    "attributes": [{"name": "plan", "options": ["Free", "Pro"]}],
    "contacts": [
        {"external_id": "u-1", "custom_attributes": {"plan": "Free"}},
        {"role": "lead", "email": "lea@example.com"},
    ],
    "connectors": [{"definition": {"name": "Orders"}, "live": False}],
    "executions": [{"connector": 0, "success": False, "error_type": "faraday_error"}],
}


def test_help_shows_every_setting() -> None:
    """With its text, its choices and its default."""
    shown = " ".join(build_parser().format_help().split())
    for name in Settings.__struct_fields__:
        assert f"--{name.replace('_', '-')} VALUE" in shown
    assert "merge or replace (default: merge)" in shown
    assert "(default: 1666)" in shown


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], Settings()),
        (["--index-lag", "30", "--limit", "83"], Settings(index_lag=30, limit=83)),
        (["--scopes", "a,b", "--sliding", "true"], Settings(scopes=("a", "b"), sliding=True)),
        (["--custom-attributes", "replace"], Settings(custom_attributes="replace")),
    ],
)
def test_options_become_settings(options: list[str], expected: Settings) -> None:
    """With the types that the settings have."""
    assert expected == read_settings(build_parser().parse_args(options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--limit", "many"], "at --limit"),
        (["--custom-attributes", "keep"], "at --custom-attributes"),
        (["--phase", "10"], "phase is at least 0"),
        (["--others", "1"], "others is at least 0"),
        (["--default-version", "9"], "'9' is no API version"),
    ],
)
def test_wrong_options_are_refused(
    capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    """Before a port is opened."""
    with pytest.raises(SystemExit, match="2"):
        main(options)
    assert message in capsys.readouterr().err


def test_a_seed_fills_the_workspace(tmp_path: Path) -> None:
    """And is counted."""
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(SEED))
    with WorkspaceServer() as server, Client(server) as client:
        counts = seed_workspace(server, path)
        assert {"attributes": 1, "contacts": 2, "connectors": 1, "executions": 1} == counts
        found = client.get("/contacts/find_by_external_id/u-1").content
        assert {"plan": "Free"} == found["custom_attributes"]


def test_a_seed_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    """A part that is spelled wrongly is not left out in silence."""
    path = tmp_path / "seed.json"
    path.write_text('{"contact": []}')
    with WorkspaceServer() as server, pytest.raises(ValueError, match="contact"):
        seed_workspace(server, path)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the example is a call of curl")
@pytest.mark.parametrize("options", [[], ["--tls"]])
def test_the_printed_call_works(tmp_path: Path, options: list[str]) -> None:
    """The example is run as it is printed; the server ends on SIGINT."""
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(SEED))
    command = [sys.executable, "-m", "tests.workspace", "--seed", str(path), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith("curl "):
            lines.append(process.stdout.readline())
        printed = "".join(lines)
        found = subprocess.run(["sh", "-c", lines[-1]], capture_output=True, text=True, check=False)
        process.send_signal(signal.SIGINT)
        assert 0 == process.wait(timeout=60)
    assert "1 attributes, 2 contacts, 1 connectors, 1 executions" in printed
    assert re.search(r"^Token  test-token-0123456789$", printed, re.MULTILINE)
    assert "abc12345" == json.loads(found.stdout)["app"]["id_code"]


# The control endpoint


def control(client: Client, method: str, /, **arguments: Any) -> Any:
    found = client.post(f"/_control/{method}", arguments)
    assert 200 == found.status, found.body
    return found.content["result"]


def test_other_processes_control_the_server() -> None:
    """By the methods of ``WorkspaceServer``; such a call is not in the log, and is not counted."""
    settings = Settings(control=True)
    with WorkspaceServer(settings, clock=Moment()) as server, Client(server) as client:
        control(client, "add_attribute", name="plan")
        key = control(client, "add_contact", custom_attributes={"plan": "Free"})
        control(client, "update_contact", key=key, name="Ada")
        assert ("Ada", {"plan": "Free"}) == tuple(
            control(client, "get_contact", key=key)[name] for name in ("name", "custom_attributes")
        )
        control(client, "fail", path="/me", status=503)
        found = [client.get("/me") for _ in range(2)]
        assert [503, 200] == [answer.status for answer in found]
        assert "1665" == found[1].headers["X-RateLimit-Remaining"]
        assert [("/me", 503), ("/me", 200)] == [
            (line["path"], line["status"]) for line in control(client, "log")
        ]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/_control/close", {}, 404),
        ("/_control/add_contact", {"Authorization": "Bearer wrong"}, 401),
        ("/_control/get_contact", {}, 400),
    ],
)
def test_control_has_limits(path: str, headers: dict[str, str], status: int) -> None:
    """It needs the token, and calls only what is listed."""
    with WorkspaceServer(Settings(control=True)) as server, Client(server) as client:
        assert status == client.post(path, {}, **headers).status


def test_control_is_off_by_default() -> None:
    """A client that guesses it gets the 404 of a wrong path."""
    with WorkspaceServer() as server, Client(server) as client:
        assert (404, "not_found") == client.post("/_control/add_contact", {}).error[:2]
        assert 1 == len(server.log)
