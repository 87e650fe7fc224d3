"""Documented curl lines, written as requests, are sent as curl sends them."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import pytest

from cactions.logic.project import SourceFile, load_project
from cactions.logic.request.builder import build_request, build_token_request
from cactions.model import Person, Project, Request
from cactions.model.secret import Credentials, Secret
from tests.run_report import REPORT
from tests.servers import Server, answering, serving
from tests.services.curl_lines import LINES, NOT_EXPRESSED, SPELLED

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")

ADA = Person(
    "p1",
    {
        "user_id": "u-1",
        "email": "ada@example.com",
        "name": "Ada Lovelace",
        "phone": "+441234567890",
    },
    {"plan": "gold", "project": "group/project"},
)
WORDS = {
    "KEY": "k3y-made-up", "USER": "us3r", "REFRESH": "r3fresh",
    "SHA256": hashlib.sha256(b"ada@example.com").hexdigest(),
}  # fmt: skip
HELD = Credentials(
    {name.lower(): Secret(name.lower(), WORDS[name]) for name in ("KEY", "USER", "REFRESH")}
)
COMMANDS = {name: line for name, _, line in (line.partition(": ") for line in LINES)}
UNSENT = ("user-agent", "accept-encoding", "host", "content-length", "connection", "accept")
"""What clients send unasked; ``accept`` is compared where a line has it."""


@pytest.fixture(scope="module")
def project() -> Project:
    path = Path(__file__).parent / "requests.yaml"
    loaded = load_project([SourceFile(path.name, path.read_bytes())], None)
    assert [] == [f"{found.place}: {found.message}" for found in loaded.findings]
    assert loaded.project
    return loaded.project


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(answering(b"{}")) as found:
        yield found


def fill(line: str) -> list[str]:
    """The words of a command, with values for those that stand for them."""
    text = re.sub(r"\b(KEY|USER|REFRESH|SHA256)\b", lambda found: WORDS[found[1]], line)
    return shlex.split(text)


def build(project: Project, name: str) -> Request:
    token = project.tokens.get(name)
    if name.endswith("_token") and token and token.fetch:
        return build_token_request(token.fetch, HELD)
    action = project.actions[name]
    inputs = {data_input.name: "cus_1" for data_input in action.inputs}
    return build_request(action, ADA, inputs, HELD, "key-1")


def ask_curl(name: str, server: Server) -> tuple[str, str, dict[str, str], bytes]:
    """Method, target, headers and body as a real curl sends them."""
    program, *words = fill(COMMANDS[name])
    server.received.clear()
    route = ("--connect-to", f"::127.0.0.1:{server.port}", "--insecure", "--http1.1", "--silent")
    subprocess.run([program, "-q", *route, *words], check=False, capture_output=True, timeout=20)
    head, _, body = server.received[-1].partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    method, target, _ = line.split(" ")
    pairs = (each.partition(":") for each in lines)
    return method, target, {name.lower(): value.strip() for name, _, value in pairs}, body


def unify_boundary(kind: str, body: bytes) -> tuple[str, bytes]:
    found = re.search("boundary=(.*)", kind)
    if not found:
        return kind, body
    return kind.replace(found[1], "-"), body.replace(found[1].encode(), b"-")


@needs_curl
@pytest.mark.parametrize("name", COMMANDS)
def test_a_request_is_sent_as_curl_sends_its_documented_line(
    project: Project, server: Server, name: str
) -> None:
    """Method, path, query, headers and body, byte for byte; a few differ in their spelling."""
    ours = build(project, name)
    method, target, theirs, sent = ask_curl(name, server)
    url = urlsplit(ours.url.reveal())
    headers = {key.lower(): value.reveal() for key, value in ours.headers}
    body = (ours.body.reveal() if ours.body else "").encode()
    assert (method, True) == (ours.method, f"//{url.hostname}/" in COMMANDS[name])
    headers["content-type"], body = unify_boundary(headers.get("content-type", ""), body)
    theirs["content-type"], sent = unify_boundary(theirs.get("content-type", ""), sent)
    query = f"?{url.query}" if url.query else ""
    pairs = [(f"{url.path}{query}", target), (body.decode(), sent.decode())]
    assert all(unquote_plus(one) == unquote_plus(other) for one, other in pairs)
    same = all(one == other for one, other in pairs)
    assert same != (name in SPELLED), "only these differ in their spelling"
    skipped = {*UNSENT} - ({"accept"} if re.search("(?i) '?\"?accept:", COMMANDS[name]) else set())
    assert {key: text for key, text in theirs.items() if key not in skipped} == {
        key: text for key, text in headers.items() if key not in skipped
    }


def test_lines_and_requests_belong_together(project: Project) -> None:
    """Each line has its action or its token; what cannot be expressed is named with the reason."""
    tokens = {name for name in project.tokens if name.endswith("_token")}
    assert {*COMMANDS} == {*project.actions} | tokens
    hosts = {urlsplit(word).hostname for line in COMMANDS.values() for word in fill(line)
             if word.startswith("https://") and "acme.example/" not in word}  # fmt: skip
    REPORT.append(
        f"curl lines: {len(COMMANDS)} of {len(hosts)} hosts,"
        f" {len(COMMANDS) - len(SPELLED)} byte for byte, {len(SPELLED)} spelled otherwise,"
        f" {len(NOT_EXPRESSED)} not expressed"
    )
    assert len(COMMANDS) >= 60
    assert len(hosts) >= 25
    assert all(reason for reason in NOT_EXPRESSED.values())
