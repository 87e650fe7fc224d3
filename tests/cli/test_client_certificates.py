"""Mutual TLS as its users meet it: what a service receives, and what nobody may see."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.logic.connectors.faults import list_push_faults
from cactions.logic.project import SourceFile, load_project
from cactions.model import Health
from tests.cli.conftest import Cli, Done, Say
from tests.cli.test_live_calls import DIFF, RUN
from tests.client_certificates import Pair, expect_certificates, make_pair, names_of
from tests.documents import checks_from_json
from tests.projects import ABOUT_ADA, project, write
from tests.servers import HOST, Server, Talk, serving
from tests.written_files import read_files

TOKEN = "fetched-token-0123456789-abcdef"
OURS = make_pair("ours")


class Bank:
    """A token endpoint and an API; it keeps path and certificate. ``echo`` stands in answers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str | None]] = []
        self.echo: tuple[str, ...] = ()

    def behave(self, talk: Talk) -> None:
        while request := talk.request():
            path = request.split()[1].decode()
            self.seen.append((path.partition("?")[0].rsplit("/", 1)[0] or path, names_of(talk)))
            answer: dict[str, Any] = {"access_token": TOKEN}
            if path != "/token":
                answer = json.loads(ABOUT_ADA)
            body = json.dumps({**answer, "note": self.echo})
            talk.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def server(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(bank.behave, expect_certificates(HOST)) as server:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
        yield server


def present(pair: Pair) -> dict[str, Any]:
    return {"certificate": pair.presented.certificate, "key": {"secret": "bank_key"}}


def seal(say: Say, key: str = OURS.key, options: str = f"--host {HOST}") -> Done:
    assert say("vault init --name ada").code == Exit.CLEAN
    return say(f"vault seal bank_key {options}", key)


def test_an_action_and_the_fetch_of_its_token_present_it(
    say: Say, home: Path, server: Server, bank: Bank
) -> None:
    document = project(server, tokens=["bank"], client_certificate=present(OURS))
    fetch = {"http_method": "post", "url": server.url("/token")}
    document["tokens"]["bank"] = {
        "type": "http_request",
        "request": {**fetch, "client_certificate": present(OURS)},
        "token_path": "$.access_token",
        "header": "Authorization",
        "prefix": "Bearer ",
        "hosts": [HOST],
    }
    write(home, document)
    assert seal(say, options=f"--host {HOST} --token-host {HOST}").code == Exit.CLEAN
    done = say(DIFF)
    assert (Exit.CLEAN, True) == (done.code, "silver → gold" in done.out), done.err
    assert [("/token", "ours"), ("/v1/customers", "ours")] == bank.seen


def test_nothing_shows_the_key(say: Say, home: Path, server: Server, bank: Bank) -> None:
    """No output and no file, not even where the service repeats it line by line."""
    lines = OURS.key.splitlines()[1:-1]
    write(home, project(server, tokens=[], client_certificate=present(OURS)))
    texts = [seal(say)]
    bank.echo = (OURS.key, "".join(lines), *lines)
    commands = (
        DIFF, f"{DIFF} --show-answer --show-others", f"{DIFF} --json", RUN, "test --live",
        "request loyalty --person u-1", "request loyalty --person u-1 --json",
        "request loyalty --person u-1 --curl", "runs show last --json", "vault list", "validate",
        "test --record --yes",
    )  # fmt: skip
    texts += [say(command) for command in commands]
    assert {0} == {done.code for done in texts}, [done.err for done in texts if done.code]
    assert {"ours"} == {name for _, name in bank.seen}
    assert len(bank.seen) >= 5
    shown = "".join(done.out + done.err for done in texts)
    files = b"".join(read_files(home).values())
    for text in (OURS.key, "".join(lines), *(line for line in lines if len(line) > 20)):
        encoded = base64.b64encode(text.encode()).decode()[2:-4]
        for form in (text, json.dumps(text)[1:-1], encoded):
            assert form not in shown
            assert form.encode() not in files


def change_nothing(_: dict[str, Any]) -> None:
    pass


def send_it(document: dict[str, Any]) -> None:
    """The key where a secret is sent."""
    action = document["actions"]["loyalty"]["request"]
    del action["client_certificate"]
    action |= {"http_method": "post", "effect": "read", "form": {"key": {"secret": "bank_key"}}}


OTHER, LATE, EARLY = make_pair("other"), make_pair("late", "", (-9, -2)), make_pair("x", "", (2, 9))
REFUSED = (
    (OURS, OTHER.key, HOST, change_nothing, "does not belong to the private key"),
    (LATE, LATE.key, HOST, change_nothing, "expired on 2"),
    (EARLY, EARLY.key, HOST, change_nothing, "is not valid before 2"),
    (OURS, "a text and no key", HOST, change_nothing, "is no private key"),
    (OURS, OURS.key, "other.example", change_nothing, f"may not be sent to {HOST}"),
    (OURS, OURS.key, HOST, send_it, "is a private key, which signs and is never sent"),
)


@pytest.mark.parametrize(("pair", "key", "host", "change", "words"), REFUSED)
def test_what_cannot_be_presented_is_told_before_any_connection(  # noqa: PLR0913, PLR0917
    pair: Pair,
    key: str,
    host: str,
    change: Callable[[dict[str, Any]], None],
    words: str,
    say: Say,
    home: Path,
    server: Server,
) -> None:
    document = project(server, tokens=[], client_certificate=present(pair))
    change(document)
    write(home, document)
    assert seal(say, key, f"--host {host}").code == Exit.CLEAN
    done = say(DIFF)
    assert done.code != Exit.CLEAN
    assert words in " ".join(done.err.split())
    assert server.connections == 0
    assert [line for line in key.splitlines()[1:-1] if line in done.out + done.err] == []


def test_a_request_without_one_is_told_what_the_service_wants(
    say: Say, home: Path, server: Server, bank: Bank
) -> None:
    write(home, project(server, tokens=[]))
    done = say(DIFF)
    assert done.code != Exit.CLEAN
    said = " ".join((done.out + done.err).split())
    assert "requires a client certificate, and the request has none" in said
    assert bank.seen == []


def test_a_replay_and_a_check_need_no_key(say: Say, home: Path, server: Server) -> None:
    """The vault is away, and there is no server."""
    write(home, project(server, tokens=[], client_certificate=present(OURS)))
    assert seal(say).code == Exit.CLEAN
    assert say("test --record --yes").code == Exit.CLEAN
    (home / "cactions.vault").unlink()
    connections = server.connections
    for command in ("validate", "test"):
        assert say(command).code == Exit.CLEAN, say(command).err
    assert connections == server.connections


def test_the_command_of_curl_names_a_file(say: Say, home: Path, server: Server) -> None:
    """And the request says that something is presented."""
    write(home, project(server, tokens=[], client_certificate=present(OURS)))
    curl = say("request loyalty --person u-1 --curl").out
    assert '--cert "${BANK_KEY_FILE:?}"' in curl
    assert '--key "${BANK_KEY_FILE:?}"' in curl
    assert "# BANK_KEY_FILE: a PEM file with the client certificate and its private key" in curl
    shown = say("request loyalty --person u-1").out
    assert "TLS presents a client certificate; its key is bank_key" in shown


HEALTHS = (
    (OURS, Health.OK, "is valid until 2"),
    (LATE, Health.PROBLEM, "expired on 2"),
    (make_pair("far", "", (-1, 300)), Health.OK, "is valid until 2"),
)


@pytest.mark.parametrize(("pair", "health", "words"), HEALTHS)
def test_doctor_tells_until_when_it_is_valid(  # noqa: PLR0913, PLR0917
    pair: Pair, health: Health, words: str, cli: Cli, home: Path, server: Server
) -> None:
    """Without its key; a month before its end it says that another one is needed."""
    write(home, project(server, tokens=[], client_certificate=present(pair)))
    checks = checks_from_json(cli("doctor", "--json").json)
    [found] = [check for check in checks if check.topic == "certificate"]
    assert (health, "bank_key") == (found.health, found.subject)
    assert words in found.message
    assert (pair is OURS) == ("ask for a new one" in found.message)


def test_intercom_is_not_given_an_action_that_needs_one(home: Path, server: Server) -> None:
    """Its connectors present none, so that the calls would be refused there."""
    path = write(home, project(server, tokens=[], client_certificate=present(OURS)))
    loaded = load_project([SourceFile(path.name, path.read_bytes())], None).project
    assert loaded
    faults = list_push_faults(loaded.actions["loyalty"])
    assert "request.client_certificate" in [fault.where for fault in faults]
