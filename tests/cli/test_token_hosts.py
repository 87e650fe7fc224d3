"""A changed YAML cannot send a live token to another host: the vault lists the allowed hosts."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Done, Say
from tests.cli.test_live_calls import DIFF, RUN, tokens
from tests.projects import SECRET, project, write
from tests.run_report import REPORT
from tests.servers import HOST, Server, answering, serving, tls_for

USERS = "eyJ.users.own.token"
EVIL, BEHIND, SUB = "evil.test", "api.test.evil.test", "sub.api.test"
COMMANDS = (DIFF, RUN, "test --live", "test --record --yes")

Document = dict[str, Any]


class World:
    """Our service, an attacker's service, and a project with one token on its action."""

    def __init__(self, home: Path, say: Say, ours: Server, theirs: Server) -> None:
        self.home, self.ours, self.theirs = home, ours, theirs
        self._say = say

    def say(self, words: str, stdin: str = "") -> Done:
        return self._say(words, stdin)

    def sealed(self, bound: str = f"--token-host {HOST}") -> None:
        """A vault with the client's secret; the user's token is bound like the fetched ones."""
        assert Exit.CLEAN == self.say("vault init --name ada").code
        done = self.say(f"vault seal crm_secret --host {HOST} {bound}", SECRET)
        assert Exit.CLEAN == done.code
        if bound:
            assert Exit.CLEAN == self.say(f"vault bind jwt --user {bound}").code

    def document(self, name: str) -> Document:
        """The project as the team defines it, with the token of that name on its action."""
        document = project(self.ours, tokens=[name])
        document["tokens"]["own"] = {
            "type": "http_request", "header": "X-Token", "prefix": "Key ", "hosts": [HOST],
            "token_path": "$.access_token",
            "request": {"http_method": "post", "url": self.ours.url("/token"),
                        "json": {"client": "support", "key": {"secret": "crm_secret"}}},
        }  # fmt: skip
        return document

    def lead(self, document: Document, *hosts: str, host: str = "") -> None:
        """Point the action and all tokens to a host of the attacker."""
        host = host or hosts[-1]
        here = {"host": host.lower(), "address": "127.0.0.1", "port": self.theirs.port}
        document["network"]["allow"].append({**here, "reason": "our new gateway"})
        document["actions"]["loyalty"]["request"]["url"] = self.theirs.url(
            "/v1/customers/{{ person.user_id }}", host
        )
        for token in document["tokens"].values():
            token["hosts"] = [*hosts]

    @property
    def received(self) -> tuple[int, int]:
        """Requests to our service, connections to the attacker."""
        return len(self.ours.received), self.theirs.connections


@pytest.fixture
def world(home: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with (
        serving(tokens) as ours,
        serving(answering(), tls_for(EVIL, BEHIND, SUB)) as theirs,
    ):
        monkeypatch.setenv("CACTIONS_CA_FILE", str(ours.ca_file))
        yield World(home, say, ours, theirs)


def given(name: str) -> str:
    """The option that gives a user's token."""
    return f" --user-token {name}=-"


def output(done: Done) -> str:
    return " ".join((done.out + done.err).split())


# The attack


def _renamed(world: World, document: Document, name: str) -> str:
    world.lead(document, EVIL)
    document["tokens"]["fresh"] = document["tokens"].pop(name)
    document["actions"]["loyalty"]["request"]["tokens"] = ["fresh"]
    return "fresh"


def _by_environment(world: World, document: Document, name: str) -> str:
    world.lead(document, HOST, EVIL)
    document["servers"] = {"api": {"live": world.theirs.url("", EVIL)}}
    request = document["actions"]["loyalty"]["request"]
    request |= {"server": "api", "url": "/v1/customers/{{ person.user_id }}"}
    return name


def _posted(world: World, document: Document, name: str) -> str:
    world.lead(document, EVIL)
    request = document["actions"]["loyalty"]["request"]
    request |= {"http_method": "post", "effect": "read", "json": {"id": "{{ person.user_id }}"}}
    return name


def _other_header(world: World, document: Document, name: str) -> str:
    world.lead(document, EVIL)
    token = document["tokens"][name]
    if token["type"] != "oauth_client_credentials":
        token |= {"header": "authorization", "prefix": "Bearer "}
    return name


def _beside(world: World, document: Document, name: str) -> str:
    world.lead(document, EVIL)
    both = {"crm": ["crm", "jwt"], "own": ["crm", "own"], "jwt": ["jwt", "own"]}
    document["actions"]["loyalty"]["request"]["tokens"] = both[name]
    return name


def _led(*hosts: str, host: str = "") -> Callable[[World, Document, str], str]:
    def change(world: World, document: Document, name: str) -> str:
        world.lead(document, *hosts, host=host)
        return name

    return change


WAYS: dict[str, Callable[[World, Document, str], str]] = {
    "the attacker's host alone": _led(EVIL),
    "the attacker's beside ours": _led(HOST, EVIL),
    "in capitals": _led("EVIL.TEST"),
    "ours in front of theirs": _led(BEHIND),
    "a name below ours": _led(SUB),
    "an environment": _by_environment,
    "another name of the token": _renamed,
    "a request with a body": _posted,
    "another header": _other_header,
    "beside another token": _beside,
}


@pytest.mark.parametrize("name", ["crm", "own", "jwt"])
def test_a_changed_yaml_sends_no_token_to_an_attacker(world: World, name: str) -> None:
    """Whatever the YAML says: no byte is sent, no token is fetched, read or shown."""
    world.sealed()
    counts: Counter[str] = Counter()
    for way, change in WAYS.items():
        document = world.document(name)
        called = change(world, document, name)
        write(world.home, document)
        early = output(world.say("validate"))
        assert ("error" in early, "CA305" in early, ".test" in early) == (False, True, True), way
        option = given(called) if name == "jwt" else ""
        for words in COMMANDS:
            done = world.say(words + option, USERS)
            said = output(done)
            assert (Exit.NOTHING_DONE, (0, 0)) == (done.code, world.received), (way, words)
            assert re.search(r'oken "\w+" may not be sent to \S*\.test; it was not sent', said)
            assert "`cactions vault bind " in said
            assert (0, False) == (sys.stdin.buffer.tell() if option else 0, USERS in said)
            counts[words] += 1
    tried = counts.total()
    assert len(WAYS) * len(COMMANDS) == tried
    REPORT.append(f"tokens: {tried} changed YAMLs ({name}): 0 bytes sent, 0 tokens fetched or read")


@pytest.mark.parametrize("name", ["crm", "own", "jwt"])
def test_a_token_is_sent_to_a_host_bound_in_the_vault(world: World, name: str) -> None:
    """Control test: a token that is bound to the attacker's host does arrive there."""
    world.sealed(f"--token-host {EVIL} --token-host {HOST}")
    document = world.document(name)
    world.lead(document, EVIL)
    write(world.home, document)
    world.say(DIFF + (given("jwt") if name == "jwt" else ""), USERS)
    [request] = world.theirs.received
    value = USERS if name == "jwt" else "fetched-token-1"
    assert value.encode() in request


@pytest.mark.parametrize("name", ["crm", "own", "jwt"])
def test_a_refused_changing_call_is_not_in_the_journal(world: World, name: str) -> None:
    """So that the journal has no call with unknown outcome."""
    world.sealed()
    document = world.document(name)
    world.lead(document, EVIL)
    document["actions"]["loyalty"]["request"] |= {"http_method": "post", "json": {}}
    write(world.home, document)
    done = world.say(RUN + (given("jwt") if name == "jwt" else ""), USERS)
    assert (Exit.NOTHING_DONE, (0, 0)) == (done.code, world.received)
    assert [] == world.say("runs list --json").json["runs"]


@pytest.mark.parametrize("name", ["crm", "own", "jwt"])
def test_a_redirect_gets_no_token(world: World, name: str) -> None:
    """It is reported, and not followed."""
    world.sealed()
    away = [f"Location: {world.theirs.url('/', EVIL)}"]
    with serving(answering(b"", "302 Found", away)) as leading:
        document = world.document(name)
        document["network"]["allow"][0]["port"] = leading.port
        document["network"]["allow"] += [
            {**document["network"]["allow"][0], "port": world.ours.port},
            {"host": EVIL, "address": "127.0.0.1", "port": world.theirs.port, "reason": "a test"},
        ]
        document["actions"]["loyalty"]["request"]["url"] = leading.url("/v1")
        write(world.home, document)
        done = world.say(DIFF + (given("jwt") if name == "jwt" else ""), USERS)
        assert (1, 0) == (len(leading.received), world.theirs.connections)
    assert f"leads to {EVIL}" in output(done)


@pytest.mark.parametrize("new", [f'["{HOST}","{EVIL}"]', f'["{EVIL}"]', f'["{EVIL}","zz.test"]'])
@pytest.mark.parametrize("name", ["crm", "jwt"])
def test_a_vault_changed_without_a_key_sends_nothing(world: World, name: str, new: str) -> None:
    """Neither to the attacker nor to our service."""
    world.sealed()
    document = world.document(name)
    world.lead(document, EVIL)
    write(world.home, document)
    file = world.home / "cactions.vault"
    file.write_text(file.read_text().replace(f'"token_hosts":["{HOST}"]', f'"token_hosts":{new}'))
    done = world.say(DIFF + (given("jwt") if name == "jwt" else ""), USERS)
    assert (Exit.NOTHING_DONE, (0, 0)) == (done.code, world.received)
    assert "changed without its key" in output(done)


def test_the_yaml_may_narrow_the_allowed_hosts(world: World) -> None:
    """A host that only the vault names is refused before the vault is read."""
    world.sealed(f"--token-host {EVIL} --token-host {HOST}")
    document = world.document("crm")
    write(world.home, document)
    assert Exit.CLEAN == world.say(DIFF).code
    before = len(world.ours.received)
    hosts = deepcopy(document["tokens"]["crm"]["hosts"])
    world.lead(document, EVIL)
    document["tokens"]["crm"]["hosts"] = hosts
    write(world.home, document)
    done = world.say(DIFF)
    assert (Exit.NOTHING_DONE, (before, 0)) == (done.code, world.received)
    assert "CA303" in output(done)


# The fix


def commands_in(done: Done) -> list[str]:
    """The commands in an error message, without the program name."""
    return re.findall(r"`cactions (vault (?:init|bind)[^`]*)`", output(done))


@pytest.mark.parametrize("name", ["crm", "own"])
def test_a_secret_of_an_older_vault_is_not_sent_until_it_is_bound(world: World, name: str) -> None:
    """The error gives the exact command; it does not need the secret's value."""
    world.sealed("")
    write(world.home, world.document(name))
    done = world.say(DIFF)
    assert (Exit.NOTHING_DONE, (0, 0)) == (done.code, world.received)
    assert "It may go to no host yet" in output(done)
    [command] = commands_in(done)
    assert f"vault bind crm_secret --token-host {HOST}" == command
    assert Exit.CLEAN == world.say(command).code
    assert (Exit.CLEAN, (2, 0)) == (world.say(DIFF).code, world.received)
    assert "CA305" not in output(world.say("validate"))


@pytest.mark.parametrize("has_vault", [True, False])
def test_a_users_token_needs_a_binding(world: World, has_vault: bool) -> None:
    """Without a vault, and without an entry in it, it is not even read."""
    write(world.home, world.document("jwt"))
    if has_vault:
        world.sealed("")
    done = world.say(DIFF + given("jwt"), USERS)
    code = Exit.NOTHING_DONE if has_vault else Exit.MISUSE
    assert (code, (0, 0), 0) == (done.code, world.received, sys.stdin.buffer.tell())
    assert re.search(r"should get it|which hosts may get", output(done))
    commands = commands_in(done)
    assert f"vault bind jwt --user --token-host {HOST}" == commands[-1]
    assert ([] if has_vault else ["vault init"]) == commands[:-1]
    for command in commands:
        assert Exit.CLEAN == world.say(command).code
    assert (Exit.CLEAN, (1, 0)) == (world.say(DIFF + given("jwt"), USERS).code, world.received)


def test_a_token_can_be_fetched_before_it_is_bound(world: World) -> None:
    """The output says that it cannot be sent yet, and how to change that."""
    world.sealed("")
    write(world.home, world.document("crm"))
    done = world.say("tokens test crm")
    assert (Exit.CLEAN, (1, 0)) == (done.code, world.received)
    assert re.search(r"Sent to +no host yet", done.out)
    assert [f"vault bind crm_secret --token-host {HOST}"] == commands_in(done)
    document = world.say("tokens test crm --json").json
    assert ([HOST], []) == (document["hosts"], document["bound_hosts"])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["json", "form", "tokens"])
@pytest.mark.parametrize("bound", [HOST, "elsewhere.test"])
def test_an_action_cannot_call_a_token_endpoint(
    world: World, command: str, place: str, bound: str
) -> None:
    """It would send the client's secret to the token endpoint, and map the token onto people."""
    world.sealed(f"--token-host {bound}")
    document = world.document("crm")
    action = document["actions"]["loyalty"]
    secret = {"secret": "crm_secret"}
    request = {"http_method": "post", "effect": "read", "url": world.ours.url("/token")}
    document["tokens"]["direct"] = {"type": "text", "value": secret, "header": "X-Key",
                                    "hosts": [HOST]}  # fmt: skip
    body = {"client_secret": secret}
    carried = {"json": {"json": body}, "form": {"form": body}, "tokens": {"tokens": ["direct"]}}
    action["request"] = request | carried[place]
    action["response"]["mapping"] = {
        "tier": "$.reference"
    }  # no rule knows this service's name for it
    write(world.home, document)
    done = world.say(command)
    assert Exit.NOTHING_DONE == done.code, output(done)
    assert '"crm_secret" fetches tokens' in output(done)
    assert (0, 0) == world.received


def test_a_fetch_without_a_secret_needs_only_the_yaml(world: World) -> None:
    """An attacker could fetch such a token as well, so no vault is needed."""
    document = world.document("own")
    document["tokens"]["own"]["request"]["json"] = {"client": "anybody"}
    write(world.home, document)
    assert (Exit.CLEAN, (2, 0)) == (world.say(DIFF).code, world.received)


def test_a_fetch_cannot_carry_another_token(world: World) -> None:
    """So that no chain exists in which one token fetches another."""
    document = world.document("own")
    document["tokens"]["own"]["request"]["tokens"] = ["jwt"]
    write(world.home, document)
    done = world.say(DIFF)
    assert (Exit.NOTHING_DONE, (0, 0)) == (done.code, world.received)
    assert 'unknown key "tokens"' in output(done)


# Early, without a key


@pytest.mark.parametrize("words", ["validate", "doctor"])
def test_an_unbound_token_is_reported_without_a_key(
    world: World, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the unverified file, which only the key can verify; `doctor` reports a problem."""
    world.sealed("")
    write(world.home, world.document("crm"))
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "nowhere.key")
    done = world.say(words)
    said = output(done)
    code = Exit.FINDINGS if words == "doctor" else Exit.CLEAN
    assert (code, True) == (done.code, "read without its key" in said)
    assert f'does not let the token "crm" go to {HOST}' in said
    assert f"vault bind crm_secret --token-host {HOST}" in commands_in(done)


def test_doctor_reports_a_complete_vault(world: World) -> None:
    """What it holds, and that it opens."""
    world.sealed()
    document = world.document("crm")
    write(world.home, document)
    checks = world.say("doctor --json").json["checks"]
    found = [(one["subject"], one["health"]) for one in checks if one["topic"] == "vault"]
    assert [("", "ok"), ("key", "ok")] == found


def test_a_binding_without_a_token_is_reported(world: World) -> None:
    """Like an unused secret; the token may have been renamed."""
    world.sealed()
    document = world.document("crm")
    del document["tokens"]["jwt"]
    write(world.home, document)
    done = world.say("validate")
    assert 'nothing in these files uses the binding of the user token "jwt"' in output(done)
    assert 'uses the secret "crm_secret"' not in output(done)


def test_doctor_reports_an_unreadable_vault(world: World) -> None:
    """And continues with the hosts."""
    write(world.home, world.document("crm"))
    (world.home / "cactions.vault").write_text("{}\n")
    checks = world.say("doctor --json").json["checks"]
    assert [("vault", "problem")] == [
        (one["topic"], one["health"]) for one in checks if one["topic"] == "vault"
    ]
    assert "connection" in {one["topic"] for one in checks}
