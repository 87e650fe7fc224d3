"""``cactions test --record`` against a real server: what the file holds, and what it does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

import httpx
import pexpect
import pytest
import vcr

from cactions.cli.exit_codes import Exit
from cactions.model import MASK
from tests.cli.conftest import KEY, ROOT, Say
from tests.edges.cassette.test_vcrpy_interop import STRICT, asked, no_network, send
from tests.encodings import ENCODINGS
from tests.projects import project, write
from tests.servers import HOST, Behaviour, Server, Talk, answering, authority, serving

RECORD = "test --record"
CANARY = "canary/7d1f+e02a '\"&<% x"
FORMS = {name: encode(CANARY) for name, encode in ENCODINGS.items()}
ADA = {"email": "ada@example.com", "tier": "gold"}


def seen(data: bytes) -> list[str]:
    """The encodings of the canary secret that the bytes contain."""
    return [name for name, form in FORMS.items() if form in data]


class World:
    """A project whose third-party service answers as the test defines."""

    def __init__(self, home: Path, say: Say, stack: ExitStack) -> None:
        self.home, self.say, self._stack = home, say, stack
        self.server: Server | None = None

    def served(self, behaviour: Behaviour, **action: Any) -> dict[str, Any]:
        """The project's document, for a server that runs until the test ends."""
        self.server = self._stack.enter_context(serving(behaviour))
        document = project(self.server, **action)
        self.write(document)
        return document

    def write(self, document: dict[str, Any]) -> None:
        """Write the action file and delete earlier recordings."""
        write(self.home, document)
        for path in (self.home / "cassettes").glob("*"):
            path.unlink()

    def sealed(self, value: str = CANARY, name: str = "shop_token") -> None:
        """Store a secret that the action sends, or that fetches a token for it."""
        if not (self.home / "cactions.vault").exists():
            assert Exit.CLEAN == self.say("vault init --name ada").code
        bound = "" if name == "shop_token" else f" --token-host {HOST}"
        assert Exit.CLEAN == self.say(f"vault seal {name} --host {HOST}{bound}", value).code

    @property
    def cassette(self) -> Path:
        return self.home / "cassettes" / "loyalty.json"

    @property
    def interactions(self) -> list[Any]:
        return json.loads(self.cassette.read_text())["interactions"]

    @property
    def asked(self) -> int:
        """The number of requests that the server received."""
        assert self.server
        return len(self.server.received)


@pytest.fixture
def world(home: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With a vault, and with trust in the test servers' certificates."""
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    with ExitStack() as stack:
        yield World(home, say, stack)


def speaking(body: object, *headers: str, status: str = "200 OK") -> Behaviour:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answering(data, status, headers)


def test_a_recording_holds_only_what_the_action_reads(world: World) -> None:
    """No other part of the answer, no token and no unneeded header."""
    more = {**ADA, "phone": "+44", "orders": [{"id": 1}]}
    world.served(speaking(more, "Content-Type: application/json", "Set-Cookie: a=1", "Date: x"))
    world.sealed()
    done = world.say(RECORD)
    assert (Exit.CLEAN, True) == (done.code, "loyalty.json was recorded: 1 interaction" in done.err)
    [one] = world.interactions
    assert {"Accept": ["application/json"]} == one["request"]["headers"]
    assert {"Content-Type": ["application/json"]} == one["response"]["headers"]
    assert ADA == json.loads(one["response"]["body"]["string"])
    assert [] == seen(world.cassette.read_bytes())


def test_a_recording_replays_without_the_server(world: World) -> None:
    """And without the vault."""
    world.served(speaking(ADA))
    world.sealed()
    live = world.say(f"{RECORD} --json")
    (world.home / "cactions.vault").unlink()
    asked = world.asked
    again = world.say("test --json")
    assert (Exit.CLEAN, asked) == (again.code, world.asked)
    [ours], [theirs] = live.json["tests"], again.json["tests"]
    assert ours["result"]["changes"] == theirs["result"]["changes"]


BAD = {
    "not_success": speaking({"error": "canary"}, status="404 Not Found"),
    "not_json": speaking(b"<html>canary</html>"),
    "not_same_person": speaking({"email": "canary@example.com", "tier": "gold"}),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_recorded_failure_replays_as_the_same_failure(world: World, reason: str) -> None:
    """The service's error message is not recorded; the exit code is that of failed tests."""
    world.served(BAD[reason])
    world.sealed()
    live, again = world.say(f"{RECORD} --json"), world.say("test --json")
    assert [Exit.FINDINGS] * 2 == [live.code, again.code]
    reasons = [done.json["tests"][0]["result"]["reason"] for done in (live, again)]
    assert [reason, reason] == reasons
    assert b"canary" not in world.cassette.read_bytes()


def test_only_test_people_are_recorded(world: World) -> None:
    """Checked before anything is sent; the error names the test."""
    document = world.served(speaking(ADA))
    document["actions"]["loyalty"]["tests"].append(
        {"name": "of Bob", "person": {"user_id": "u-2"}, "expect": {"status": 200}}
    )
    world.write(document)
    world.sealed()
    done = world.say(RECORD)
    assert (Exit.NOTHING_DONE, 0, False) == (done.code, world.asked, world.cassette.exists())
    message = " ".join(done.err.split())
    for words in ('"of Bob"', "bob@example.com", "test: true", "actions.yaml:1:"):
        assert words in message
    assert "nothing was written" in message


def test_replacing_a_recording_needs_confirmation(world: World) -> None:
    """Without a terminal, --yes confirms it; nothing is sent before the confirmation."""
    world.served(speaking(ADA))
    world.sealed()
    world.cassette.write_text("mine")
    refused = world.say(RECORD)
    assert (Exit.MISUSE, 0, "mine") == (refused.code, world.asked, world.cassette.read_text())
    assert "--yes" in refused.err
    assert Exit.CLEAN == world.say(f"{RECORD} --yes").code
    assert 1 == len(world.interactions)


@pytest.mark.parametrize("linked", ["cassettes", "cassettes/loyalty.json"])
def test_nothing_is_sent_if_the_recording_path_is_a_link(
    world: World, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    """And nothing is written to the target of the link."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "loyalty.json").write_text("theirs")
    world.served(speaking(ADA))
    world.sealed()
    (world.home / "cassettes").rmdir()
    world.home.joinpath(linked).parent.mkdir(exist_ok=True)
    world.home.joinpath(linked).symlink_to(outside / "loyalty.json" if "/" in linked else outside)
    done = world.say(f"{RECORD} --yes")
    assert (Exit.NOTHING_DONE, 0) == (done.code, world.asked)
    assert f"The symbolic link {linked} lies in the project" in done.err
    assert ["loyalty.json"] == [one.name for one in outside.iterdir()]
    assert "theirs" == (outside / "loyalty.json").read_text()


def test_a_call_without_an_answer_does_not_change_the_recording(world: World) -> None:
    """All tests of an action are recorded, or none."""
    world.served(lambda talk: talk.reset(), limits={"retries": 0})
    world.sealed()
    world.cassette.write_text("mine")
    done = world.say(f"{RECORD} --yes")
    assert (Exit.FINDINGS, "mine") == (done.code, world.cassette.read_text())
    assert "loyalty was not recorded: a call has no answer." in done.err


def test_a_call_that_changes_data_must_be_confirmed_interactively(world: World) -> None:
    """--yes confirms replacing the file, not changing data at the third party."""
    world.served(speaking(ADA), http_method="post")
    world.sealed()
    done = world.say(f"{RECORD} --yes")
    assert (Exit.MISUSE, 0, False) == (done.code, world.asked, world.cassette.exists())


@pytest.mark.parametrize("words", ["--record --replay", "--record --cassette x.json"])
def test_record_and_replay_exclude_each_other(world: World, words: str) -> None:
    """Giving both options is a usage error."""
    world.served(speaking(ADA))
    done = world.say(f"test loyalty {words}")
    assert (Exit.MISUSE, True) == (done.code, "exclude each other" in done.err)


def test_two_tests_with_the_same_request_are_recorded_once(world: World) -> None:
    """The answer is the same for both."""
    document = world.served(speaking(ADA))
    tests = document["actions"]["loyalty"]["tests"]
    tests.append({**tests[0], "name": "gold again"})
    world.write(document)
    world.sealed()
    assert Exit.CLEAN == world.say(RECORD).code
    assert (2, 1) == (world.asked, len(world.interactions))
    assert Exit.CLEAN == world.say("test").code


def test_changing_answers_are_recorded_in_order(world: World) -> None:
    """Two tests get two answers, and the same two on replay."""

    def behave(talk: Any) -> None:
        tiers = iter(("gold", "silver"))
        while talk.request():
            data = json.dumps({**ADA, "tier": next(tiers)}).encode()
            talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data)

    document = world.served(behave)
    tests = document["actions"]["loyalty"]["tests"]
    tests.append({**tests[0], "name": "then", "expect": {"attributes": {"tier": "silver"}}})
    world.write(document)
    world.sealed()
    assert [Exit.CLEAN] * 2 == [world.say(RECORD).code, world.say("test").code]
    assert 2 == len(world.interactions)


def test_plain_vcrpy_replays_the_recording(world: World) -> None:
    """A real client under ``use_cassette`` gets the recorded answer; no network is needed."""
    world.served(speaking(ADA, "Content-Type: application/json"))
    world.sealed()
    assert Exit.CLEAN == world.say(RECORD).code
    assert world.server
    recorder = vcr.VCR(serializer="json", record_mode="none", match_on=STRICT)
    with (
        no_network(),
        httpx.Client(trust_env=False) as client,
        recorder.use_cassette(str(world.cassette)),
    ):
        got = send(client, asked("GET", world.server.url("/v1/customers/u-1")))
    assert (200, ADA, "application/json") == (
        got.status_code, got.json(), got.headers["content-type"]
    )  # fmt: skip


@pytest.mark.parametrize(("answer", "count"), [("y", 1), ("n", 0)])
def test_the_terminal_asks_before_the_first_request(world: World, answer: str, count: int) -> None:
    """The question names the files; "no" stops the command."""
    world.served(speaking(ADA))
    world.sealed()
    world.cassette.write_text("mine")
    environment = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TERM": "dumb", "HOME": str(world.home),
        "COLUMNS": "100", "LANG": "C.UTF-8", "USER": "somebody", KEY: "ada.key",
        "CACTIONS_CA_FILE": str(authority().ca_file),
        "XDG_CONFIG_HOME": str(world.home / "config"),
    }  # fmt: skip
    child = pexpect.spawn(
        sys.executable, ["-m", "cactions", *RECORD.split()], cwd=str(world.home),
        env=environment, encoding="utf-8", timeout=30,
    )  # fmt: skip
    child.expect(r"Ask live, and replace cassettes/loyalty.json\? \[y/N\] ")
    assert 0 == world.asked
    child.sendline(answer)
    child.expect("was recorded: 1 interaction" if count else "Nothing was sent")
    child.expect(pexpect.EOF)
    assert count == world.asked
    assert ("mine" != world.cassette.read_text()) == bool(count)


# Secrets


def test_a_fetched_token_is_not_recorded(world: World) -> None:
    """Neither in the request nor in the response; the fetch itself is not recorded at all."""

    def behave(talk: Any) -> None:
        while got := talk.request():
            fetching = got.startswith(b"POST /token")
            body = {"access_token": CANARY} if fetching else {**ADA, "tier": CANARY}
            data = json.dumps(body).encode()
            talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data)

    world.served(behave, tokens=["crm"])
    world.sealed("a client's secret", "crm_secret")
    done = world.say(RECORD)
    assert (2, 1, []) == (
        world.asked, len(world.interactions), seen(world.cassette.read_bytes())
    )  # fmt: skip
    assert [] == seen((done.out + done.err).encode())
    assert {**ADA, "tier": MASK} == json.loads(world.interactions[0]["response"]["body"]["string"])


@pytest.mark.parametrize("encoding", FORMS)
def test_a_secret_echoed_by_the_service_is_masked_in_the_recording(
    world: World, encoding: str
) -> None:
    """In a header, at a path that is not read, and at a path that is mapped."""
    text = FORMS[encoding].decode()
    echo = {**ADA, "tier": f"x{text}x", "echo": text}
    document = world.served(speaking(echo, f"Content-Type: a/{FORMS['hex'].decode()}"))
    document["actions"]["loyalty"]["response"]["mapping"]["tier"]["max_length"] = 255
    world.write(document)
    world.sealed()
    done = world.say(RECORD)
    assert [] == seen(world.cassette.read_bytes())
    assert [] == seen(world.interactions[0]["response"]["body"]["string"].encode())
    body = json.loads(world.interactions[0]["response"]["body"]["string"])
    assert {**ADA, "tier": f"x{MASK}x"} == body
    assert [] == seen((done.out + done.err).encode())


def test_a_secret_written_in_the_request_is_refused_by_name(world: World) -> None:
    """The request cannot be masked, since it would not match on replay. Nothing is written."""
    assert world.served(speaking(ADA), query={"campaign": "tok-7d1f-e02a"})
    world.sealed("tok-7d1f-e02a")
    world.cassette.write_text("mine")
    done = world.say(f"{RECORD} --yes")
    assert (Exit.FINDINGS, "mine") == (done.code, world.cassette.read_text())
    assert 'it would hold the secret "shop_token"' in " ".join(done.err.split())
    assert "tok-7d1f-e02a" not in done.out + done.err


def test_a_number_equal_to_a_secret_is_masked(world: World) -> None:
    """Like a text: neither the test output nor the recording shows it."""
    document = world.served(speaking({**ADA, "tier": 1234567890}))
    document["actions"]["loyalty"]["response"]["mapping"]["tier"]["type"] = "string"
    world.write(document)
    world.sealed("1234567890")
    done = world.say(RECORD)
    assert (Exit.FINDINGS, True) == (done.code, world.cassette.exists())
    assert "1234567890" not in done.out + done.err + world.cassette.read_text()


def test_live_tests_that_only_read_run_at_the_same_time(world: World) -> None:
    """As many as were asked for, in the order of the file; a recording of them is in order, too."""
    lock, here, most = Lock(), [0], [0]

    def behave(talk: Talk) -> None:
        while talk.request():
            with lock:
                here[0] += 1
                most[0] = max(most[0], here[0])
            until = monotonic() + 30
            while most[0] < wanted and monotonic() < until:
                sleep(0.005)
            with lock:  # first: the next request may come as soon as this one is answered
                here[0] -= 1
            talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    body, wanted = json.dumps(ADA).encode(), 4
    document = world.served(behave)
    [test] = document["actions"]["loyalty"]["tests"]
    document["actions"]["loyalty"]["tests"] = [{**test, "name": f"n{n}"} for n in range(8)]
    world.write(document)
    world.sealed()
    done = world.say("test --live -j 4 --json")
    assert (Exit.CLEAN, 4, 8) == (done.code, most[0], world.asked)
    assert [f"n{n}" for n in range(8)] == [test["test"] for test in done.json["tests"]]
    most[0], wanted = 0, 1
    assert Exit.CLEAN == world.say(f"{RECORD} -j 4").code
    assert 1 == most[0]


@pytest.mark.parametrize("words", ["--name gold", "--tag smoke"])
def test_a_part_of_the_tests_is_not_recorded(world: World, words: str) -> None:
    """It would drop the answers of the others."""
    document = world.served(speaking(ADA))
    document["actions"]["loyalty"]["tests"][0]["tags"] = ["smoke"]
    world.write(document)
    world.sealed()
    assert (Exit.MISUSE, 0) == (world.say(f"{RECORD} {words}").code, world.asked)


def test_a_call_without_an_answer_names_the_next_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the other commands do: that of the vault, and that of an unknown authority."""
    world.served(speaking(ADA))
    missing = world.say(RECORD)
    assert (Exit.FINDINGS, True) == (
        missing.code,
        "Next: Make one with `cactions vault init`" in missing.out,
    )
    world.sealed()
    monkeypatch.delenv("CACTIONS_CA_FILE")
    unknown = world.say(RECORD)
    assert (Exit.FINDINGS, True) == (unknown.code, "`--ca-file FILE`" in unknown.out)
    assert not world.cassette.exists()
