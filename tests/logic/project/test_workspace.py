"""The workspace in the file: local or at Intercom, and what contradicts it."""

from __future__ import annotations

import pytest

from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.model import IntercomConnection, PersonQuery, Region, SecretRef

HEAD = "version: 1\nactions: {}\nworkspace:\n"


def load(text: str):  # noqa: ANN201
    indented = "".join(f"  {line}\n" for line in text.strip().splitlines())
    return load_project([SourceFile("actions.yaml", (HEAD + indented).encode())])


def test_a_connection_has_the_host_of_its_region() -> None:
    """The rest has defaults."""
    loaded = load("kind: intercom\nregion: eu\ntoken: {secret: intercom_token}")
    assert () == loaded.findings
    assert loaded.project
    assert (
        IntercomConnection(
            "https://api.eu.intercom.io", "api.eu.intercom.io", Region.EU,
            SecretRef("intercom_token"),
        )
        == loaded.project.workspace.intercom
    )  # fmt: skip


def test_everything_else_of_a_connection_is_a_setting() -> None:
    """Version, share of the rate limit, test people."""
    loaded = load(
        'kind: intercom\napi_version: "2.15"\nlimits: {share: 0.8}\n'
        "test_people: [{email: ada@example.com}, {user_id: u-1}]"
    )
    assert loaded.project
    connection = loaded.project.workspace.intercom
    assert connection
    assert ("2.15", 0.8) == (connection.api_version, connection.share)
    people = (PersonQuery("email", "ada@example.com"), PersonQuery("user_id", "u-1"))
    assert people == connection.test_people


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind: intercom\npeople: []", 'a workspace of kind intercom has no "people"'),
        ("region: eu", 'a workspace of kind local has no "region"'),
        ("token: {secret: x}", 'a workspace of kind local has no "token"'),
        ("kind: intercom\ntoken: abc", "a secret never stands in the file"),
        ("kind: intercom\nregion: us\nurl: https://x.example", "exclude each other"),
        ("kind: intercom\nurl: http://x.example", 'the scheme is "http"'),
        ("kind: intercom\nurl: https://127.0.0.1:8443", "is an address"),
        ("kind: intercom\nurl: https://x.example/v1", "has a path"),
        ("kind: intercom\nurl: https://user@x.example", "holds a user name"),
        ("kind: intercom\nregion: mars", "not one of the words"),
        ("kind: intercom\napi_version: newest", "is no API version"),
        ("kind: intercom\nlimits: {share: 0}", "is no share"),
        ("kind: intercom\nlimits: {share: 1.5}", "is no share"),
        ("kind: intercom\nlimits: {share: true}", "is no share"),
        ("kind: intercom\ntest_people: [{}]", "does not name one person"),
        ("kind: intercom\ntest_people: [{email: a@b.example, id: x}]", "does not name one person"),
        ("kind: intercom\ntest_people: [{name: Ada}]", "name"),
    ],
)
def test_what_contradicts_is_a_finding_at_its_place(text: str, words: str) -> None:
    """With a line of the workspace, and the next step."""
    loaded = load(text)
    findings = [f for f in loaded.findings if words in f"{f.message} {f.hint}"]
    assert findings, [f.message for f in loaded.findings]
    assert all(found.place and found.place.line > 3 for found in findings)
    assert loaded.project is None


def test_the_workspace_is_known_although_an_action_is_broken() -> None:
    """An attribute that is not pulled yet must not keep it from being pulled."""
    text = HEAD.replace("actions: {}", "actions: {x: {match: name}}") + "  kind: intercom\n"
    loaded = load_project([SourceFile("actions.yaml", text.encode())])
    assert loaded.project is None
    assert loaded.partial
    assert loaded.partial.workspace.intercom == IntercomConnection()
