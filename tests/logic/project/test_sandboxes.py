"""``sandboxes``: environments that a server has, and no others."""

from __future__ import annotations

from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile

HEAD = "version: 1\nactions: {}\n"
SERVERS = "servers: {shop: {live: 'https://a.example', staging: 'https://b.example'}}\n"


def test_a_sandbox_is_an_environment_of_a_server() -> None:
    text = f"{HEAD}{SERVERS}sandboxes: [staging]\n"
    found = load_project([SourceFile("actions.yaml", text.encode())])
    assert found.project
    assert {"staging"} == found.project.sandboxes


def test_an_unknown_sandbox_is_an_error_at_its_place() -> None:
    text = f"{HEAD}{SERVERS}sandboxes: [staging, stagin]\n"
    found = load_project([SourceFile("actions.yaml", text.encode())])
    [error] = found.errors
    assert "staging" in error.hint
    assert error.place
    assert (4, 22) == (error.place.line, error.place.column)
    assert load_project([SourceFile("a.yaml", f"{HEAD}sandboxes: [x]\n".encode())]).errors
