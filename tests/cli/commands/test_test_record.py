"""``cactions test --record`` against a real server: what stands in the file, and what does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pexpect
import pytest
import vcr

from cactions.cli.exit_codes import Exit
from cactions.model import MASK
from tests.cli.commands.test_vault import KEY, Say, say
from tests.cli.conftest import ROOT
from tests.edges.cassette.test_vcrpy_interop import STRICT, asked, no_network, send
from tests.encodings import ENCODINGS
from tests.projects import project, write
from tests.servers import HOST, Behaviour, Server, answering, authority, serving

__all__ = ["say"]

RECORD = "test --record"
CANARY = "canary/7d1f+e02a '\"&<% x"
FORMS = {name: encode(CANARY) for name, encode in ENCODINGS.items()}
ADA = {"email": "ada@example.com", "tier": "gold"}


def seen(data: bytes) -> list[str]:
    """The encodings of the canary that stand in the bytes."""
    return [name for name, form in FORMS.items() if form in data]


class World:
    """A project whose third party answers as a test says."""

    def __init__(self, home: Path, say: Say, stack: ExitStack) -> None:
        self.home, self.say, self._stack = home, say, stack
        self.server: Server | None = None

    def served(self, behaviour: Behaviour, **action: Any) -> dict[str, Any]:
        """The project's document, for a server that is there until the test ends."""
        self.server = self._stack.enter_context(serving(behaviour))
        document = project(self.server, **action)
        self.write(document)
        return document

    def write(self, document: dict[str, Any]) -> None:
        """Its file, and nothing that was recorded before."""
        write(self.home, document)
        for path in (self.home / "cassettes").glob("*"):
            path.unlink()

    def sealed(self, value: str = CANARY, name: str = "shop_token") -> None:
        """A secret that the action sends, or that fetches a token for it."""
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
        """How often the server was asked."""
        assert self.server
        return len(self.server.received)


@pytest.fixture
def world(home: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With a vault, and trust in the servers of tests."""
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    with ExitStack() as stack:
        yield World(home, say, stack)


def speaking(body: object, *headers: str, status: str = "200 OK") -> Behaviour:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answering(data, status, headers)


def test_what_was_recorded_is_what_the_action_reads(world: World) -> None:
    """Nothing else of the answer, no token, no header that nobody needs."""
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


def test_what_was_recorded_replays_green_without_the_server(world: World) -> None:
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
def test_a_failure_is_recorded_as_the_same_failure(world: World, reason: str) -> None:
    """Without what the service said; the exit code is that of the tests."""
    world.served(BAD[reason])
    world.sealed()
    live, again = world.say(f"{RECORD} --json"), world.say("test --json")
    assert [Exit.FINDINGS] * 2 == [live.code, again.code]
    reasons = [done.json["tests"][0]["result"]["reason"] for done in (live, again)]
    assert [reason, reason] == reasons
    assert b"canary" not in world.cassette.read_bytes()


def test_nobody_but_test_people_is_recorded(world: World) -> None:
    """It is seen before anything is sent, and says which test it is."""
    document = world.served(speaking(ADA))
    document["actions"]["loyalty"]["tests"].append(
        {"name": "of Bob", "person": {"user_id": "u-2"}, "expect": {"status": 200}}
    )
    world.write(document)
    world.sealed()
    done = world.say(RECORD)
    assert (Exit.NOTHING_DONE, 0, False) == (done.code, world.asked, world.cassette.exists())
    told = " ".join(done.err.split())
    for words in ('"of Bob"', "bob@example.com", "test: true", "actions.yaml:1:"):
        assert words in told
    assert "nothing was written" in told


def test_a_recording_is_not_replaced_unasked(world: World) -> None:
    """Without a terminal, --yes says it; nothing is sent before that."""
    world.served(speaking(ADA))
    world.sealed()
    world.cassette.write_text("mine")
    refused = world.say(RECORD)
    assert (Exit.MISUSE, 0, "mine") == (refused.code, world.asked, world.cassette.read_text())
    assert "--yes" in refused.err
    assert Exit.CLEAN == world.say(f"{RECORD} --yes").code
    assert 1 == len(world.interactions)


@pytest.mark.parametrize("linked", ["cassettes", "cassettes/loyalty.json"])
def test_nothing_is_sent_where_a_link_is_in_the_way_of_a_recording(
    world: World, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    """Nor is anything written to where the link leads."""
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


def test_a_call_without_an_answer_leaves_the_recording_as_it_was(world: World) -> None:
    """All of an action's tests, or none."""
    world.served(lambda talk: talk.reset(), limits={"retries": 0})
    world.sealed()
    world.cassette.write_text("mine")
    done = world.say(f"{RECORD} --yes")
    assert (Exit.FINDINGS, "mine") == (done.code, world.cassette.read_text())
    assert "loyalty was not recorded: a call has no answer." in done.err


def test_a_call_that_changes_something_is_confirmed_by_hand(world: World) -> None:
    """--yes is for the file, not for the third party."""
    world.served(speaking(ADA), http_method="post")
    world.sealed()
    done = world.say(f"{RECORD} --yes")
    assert (Exit.MISUSE, 0, False) == (done.code, world.asked, world.cassette.exists())


@pytest.mark.parametrize("words", ["--record --replay", "--record --cassette x.json"])
def test_a_recording_is_of_live_answers(world: World, words: str) -> None:
    """Saying both is a mistake."""
    world.served(speaking(ADA))
    done = world.say(f"test loyalty {words}")
    assert (Exit.MISUSE, True) == (done.code, "exclude each other" in done.err)


def test_two_tests_that_ask_the_same_are_recorded_once(world: World) -> None:
    """The answer repeats."""
    document = world.served(speaking(ADA))
    tests = document["actions"]["loyalty"]["tests"]
    tests.append({**tests[0], "name": "gold again"})
    world.write(document)
    world.sealed()
    assert Exit.CLEAN == world.say(RECORD).code
    assert (2, 1) == (world.asked, len(world.interactions))
    assert Exit.CLEAN == world.say("test").code


def test_an_answer_that_changes_is_recorded_in_turn(world: World) -> None:
    """Two tests, two answers, and the same two on replay."""

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


def test_plain_vcrpy_replays_what_was_recorded(world: World) -> None:
    """A real client under ``use_cassette`` gets what we kept, and no network is needed."""
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
def test_on_a_terminal_the_question_comes_before_the_first_request(
    world: World, answer: str, count: int
) -> None:
    """It names the files; no is a no."""
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


def test_a_fetched_token_is_no_part_of_a_recording(world: World) -> None:
    """Neither where it is sent nor where it comes back; the fetch is not recorded at all."""

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
def test_a_service_that_sends_the_secret_back_is_recorded_with_dots(
    world: World, encoding: str
) -> None:
    """In a header, at a path that nobody reads, and at one that is mapped."""
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


def test_a_secret_that_the_author_wrote_into_the_request_is_refused_by_name(world: World) -> None:
    """A request cannot have dots for it: nothing would replay. Nothing is written."""
    assert world.served(speaking(ADA), query={"campaign": "tok-7d1f-e02a"})
    world.sealed("tok-7d1f-e02a")
    world.cassette.write_text("mine")
    done = world.say(f"{RECORD} --yes")
    assert (Exit.FINDINGS, "mine") == (done.code, world.cassette.read_text())
    assert 'it would hold the secret "shop_token"' in " ".join(done.err.split())
    assert "tok-7d1f-e02a" not in done.out + done.err


def test_a_number_that_is_a_secret_has_dots_in_its_place(world: World) -> None:
    """As a text has: neither the test nor the recording sees it."""
    document = world.served(speaking({**ADA, "tier": 1234567890}))
    document["actions"]["loyalty"]["response"]["mapping"]["tier"]["type"] = "string"
    world.write(document)
    world.sealed("1234567890")
    done = world.say(RECORD)
    assert (Exit.FINDINGS, True) == (done.code, world.cassette.exists())
    assert "1234567890" not in done.out + done.err + world.cassette.read_text()
