"""Live calls from the command line against real servers: what is shown, and what is sent."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Done, Say
from tests.cli.test_golden import GOLDEN, steady
from tests.definitions import NEXT_YEAR
from tests.golden import assert_golden
from tests.projects import ABOUT_ADA, SECRET, project, write
from tests.servers import Behaviour, Server, Talk, answering, serving
from tests.written_files import read_files

DIFF = "diff loyalty --person u-1"
RUN = "run loyalty --person u-1 --yes"
WRITE = {"http_method": "post", "json": {"reason": "{{ person.name }}"}}

LIVE_GOLDEN = GOLDEN / "live"

Live = Callable[..., Done]


@pytest.fixture
def live(say: Say, home: Path, monkeypatch: pytest.MonkeyPatch) -> Live:
    """``live("diff …")`` with sealed secrets and bound tokens, and the test CA trusted."""
    for name, bound in (("shop_token", ""), ("crm_secret", " --token-host api.test")):
        if not (home / "cactions.vault").exists():
            assert say("vault init --name ada").code == Exit.CLEAN
        sealed = say(f"vault seal {name} --host api.test{bound}", SECRET)
        assert sealed.code == Exit.CLEAN
    assert say("vault bind jwt --user --token-host api.test").code == Exit.CLEAN

    def call(words: str, server: Server, stdin: str = "") -> Done:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
        return say(words, stdin)

    return call


def about_ada(talk: Talk) -> None:
    answering(ABOUT_ADA)(talk)


def silent(talk: Talk) -> None:
    """Receives the request, then closes the connection."""
    talk.request()


def line_of(request: bytes) -> str:
    return request.decode().split("\r\n")[0]


def test_a_diff_sends_the_sealed_token_to_the_service(live: Live, home: Path) -> None:
    """Live is the default; the preview says so, and what is sent is listed on stderr."""
    with serving(about_ada) as server:
        write(home, project(server))
        done = live(DIFF, server)
        [request] = server.received
    assert (Exit.CLEAN, "GET /v1/customers/u-1 HTTP/1.1") == (done.code, line_of(request))
    assert f"X-Shop-Token: {SECRET}".encode() in request
    assert "200 (live)" in done.out
    assert re.search(r"~ overwrite\s+tier\s+silver → gold", done.out)
    assert "Only the authorities of the CA file are trusted" in " ".join(done.err.split())
    assert SECRET not in done.out + done.err


def test_a_run_writes_the_values_of_the_service(live: Live, home: Path, say: Say) -> None:
    """An undo restores the old values without any request."""
    with serving(about_ada) as server:
        write(home, project(server))
        assert Exit.CLEAN == live(RUN, server).code
        assert "gold" in say("people show u-1").out
        assert Exit.CLEAN == say("runs undo last --yes").code
        assert 1 == len(server.received)
    assert "silver" in say("people show u-1").out


def test_a_secret_in_the_query_is_sent_and_kept_nowhere(live: Live, home: Path, say: Say) -> None:
    """Not shown, journalled or recorded, also where the service repeats the URL; it replays."""
    query = {"key": {"secret": "shop_token"}, "f": ["a", "b"]}
    echo = json.dumps({**json.loads(ABOUT_ADA), "self": f"https://api.test/?key={SECRET}"}).encode()
    with serving(answering(echo)) as server:
        document = project(server, query=query, tokens=[])
        for allowed in (False, True):
            if allowed:
                document["allow"] = [
                    {"rule": "CA302", "where": "actions.loyalty.request.query.key",
                     "reason": "the service takes its key nowhere else", "owner": "ada@example.com",
                     "expires": NEXT_YEAR}]  # fmt: skip
            write(home, document)
            done = live(RUN, server)
            assert (allowed, "CA302" in done.out + done.err) == (
                done.code == Exit.CLEAN,
                not allowed,
            )
        shown = [done, live("test --record --yes", server), say("test"), say(f"{DIFF} --replay")]
        requests = {line_of(request) for request in server.received}
    assert {f"GET /v1/customers/u-1?key={SECRET}&f=a&f=b HTTP/1.1"} == requests
    assert [Exit.CLEAN] * 4 == [each.code for each in shown], [each.err for each in shown]
    assert not [each for each in shown if SECRET in each.out + each.err]
    files = read_files(home)
    assert len(files) > 3
    assert [] == [path for path, data in files.items() if SECRET.encode() in data]


def test_tests_call_the_service_only_with_live(live: Live, home: Path, say: Say) -> None:
    """Without --live a recording must answer, and nothing is sent."""
    with serving(about_ada) as server:
        write(home, project(server))
        assert "not_recorded" in say("test").out
        assert [] == server.received
        done = live("test --live", server)
    assert (Exit.CLEAN, 1) == (done.code, len(server.received))
    assert "1 test: 1 ok." in done.out


def test_live_and_replay_exclude_each_other(say: Say) -> None:
    """Giving both is an error, so it is always clear which one is used."""
    done = say(f"{DIFF} --live --replay")
    assert (Exit.MISUSE, "") == (done.code, done.out)
    assert "exclude each other" in done.err


def test_a_service_that_does_not_answer_is_reported(live: Live, home: Path) -> None:
    """With the host and Intercom's own term for it; nothing is written."""
    with serving(about_ada) as server:
        write(home, project(server))
    done = live(DIFF, server)
    assert Exit.FINDINGS == done.code
    assert "no response (faraday_error)" in done.out
    assert "api.test" in done.out


@pytest.mark.parametrize("way", ["-", "descriptor"])
def test_the_users_token_is_read_from_stdin_or_a_descriptor(
    live: Live, home: Path, way: str
) -> None:
    """It is sent unchanged except for one trailing line break, and never shown."""
    with serving(about_ada) as server:
        write(home, project(server, tokens=["jwt"]))
        if way == "-":
            done = live(f"{DIFF} --user-token jwt=-", server, "eyJ.user.token\n")
        else:
            reader, writer = os.pipe()
            os.write(writer, b"eyJ.user.token\n")
            os.close(writer)
            done = live(f"{DIFF} --user-token jwt={reader}", server)
            os.close(reader)
        [request] = server.received
    assert b"X-User: eyJ.user.token\r\n" in request
    assert Exit.CLEAN == done.code
    assert "eyJ.user" not in done.out + done.err


@pytest.mark.parametrize(
    "given",
    ["jwt", "jwt=", "jwt=eyJ.user.token", "eyJ.user.token", "=-", "jwt=-1", "jwt=9999",
     "jwt=99999999999999999999", "jwt=٣"],
)  # fmt: skip
def test_a_users_token_is_refused_as_an_argument(live: Live, home: Path, given: str) -> None:
    """A value that is not a descriptor is refused before sending, and not repeated."""
    with serving(about_ada) as server:
        write(home, project(server, tokens=["jwt"]))
        done = live(f"{DIFF} --user-token {given}", server)
        assert (Exit.MISUSE, []) == (done.code, server.received)
        assert "eyJ" not in done.out + done.err


@pytest.mark.parametrize(
    ("name", "words"), [("jtw", 'Did you mean "jwt"?'), ("shop", 'no user token "shop"')]
)
def test_only_user_tokens_defined_in_the_file_are_accepted(
    live: Live, home: Path, name: str, words: str
) -> None:
    """A misspelt name is reported before anything is read or sent."""
    with serving(about_ada) as server:
        write(home, project(server, tokens=["jwt"]))
        done = live(f"{DIFF} --user-token {name}=-", server, "eyJ.user.token")
        assert (Exit.MISUSE, []) == (done.code, server.received)
    assert words in done.err


def test_without_the_users_token_nothing_is_sent(live: Live, home: Path) -> None:
    """The next step says how to give it."""
    with serving(about_ada) as server:
        write(home, project(server, tokens=["jwt"]))
        done = live(DIFF, server)
        assert (Exit.FINDINGS, []) == (done.code, server.received)
    assert "--user-token jwt=-" in done.out
    assert "token_refresh_error" in done.out


# Tokens


def tokens(talk: Talk) -> None:
    while request := talk.request():
        body = json.dumps({"access_token": "fetched-token-1", "expires_in": 3600}).encode()
        body = body if request.startswith(b"POST /token") else ABOUT_ADA
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def test_a_fetched_token_is_used_and_never_shown(live: Live, home: Path) -> None:
    """Neither in the preview nor in any file."""
    with serving(tokens) as server:
        write(home, project(server, tokens=["crm"]))
        done = live(RUN, server)
        asked, called = server.received
    assert b"Authorization: Bearer fetched-token-1\r\n" in called
    assert f"client_secret={SECRET}".encode() in asked
    assert Exit.CLEAN == done.code
    kept = b"".join(read_files(home).values())
    assert b"fetched-token-1" not in kept + (done.out + done.err).encode()


def test_a_token_can_be_tested(live: Live, home: Path) -> None:
    """Status, place and structure; never the value."""
    with serving(tokens) as server:
        write(home, project(server))
        done, as_json = live("tokens test crm", server), live("tokens test crm --json", server)
    assert (Exit.CLEAN, Exit.CLEAN) == (done.code, as_json.code)
    for part in ("POST to api.test", "200", "$.access_token, a text of 15 characters", "3,600"):
        assert part in done.out
    assert ("cactions.token/1", 3600.0) == (as_json.json["format"], as_json.json["expires_in"])
    assert "fetched-token" not in done.out + as_json.out


@pytest.mark.parametrize(
    ("name", "words"),
    [("shop", "sealed in the vault"), ("jwt", "given for each run"), ("crn", 'Did you mean "crm"')],
)
def test_only_fetched_tokens_can_be_tested(live: Live, home: Path, name: str, words: str) -> None:
    """A misspelt name is reported."""
    with serving(tokens) as server:
        write(home, project(server))
        done = live(f"tokens test {name}", server)
        assert (Exit.MISUSE, []) == (done.code, server.received)
    assert words in done.err


def test_a_token_that_cannot_be_fetched_is_a_finding(live: Live, home: Path) -> None:
    """With the reason."""
    with serving(answering(status="401 Unauthorized")) as server:
        write(home, project(server))
        done = live("tokens test crm", server)
    assert Exit.FINDINGS == done.code
    assert "was not fetched" in done.err
    assert "person" not in done.err


# Calls that change data


def test_a_diff_of_a_changing_action_needs_live_and_confirmation(live: Live, home: Path) -> None:
    """It is refused without --live; with --live it is refused without a terminal."""
    with serving(about_ada) as server:
        write(home, project(server, **WRITE))
        for words in (DIFF, f"{DIFF} --live", "test --live"):
            done = live(words, server)
            assert (Exit.MISUSE, "") == (done.code, done.out), words
        assert [] == server.received


def test_a_run_makes_a_changing_call_once_and_records_it(live: Live, home: Path, say: Say) -> None:
    """--yes answers for a script."""
    with serving(about_ada) as server:
        write(home, project(server, **WRITE))
        done = live(RUN, server)
        assert (Exit.CLEAN, 1) == (done.code, len(server.received))
        assert b'{"reason":"Ada"}' == server.received[0].split(b"\r\n\r\n")[1]
    assert "Applied: Ada" in done.out
    assert "finished" in say("runs list").out


def test_a_lost_answer_is_listed_as_outcome_unknown_and_not_sent_again(
    live: Live, home: Path, say: Say
) -> None:
    """Neither by resume nor by a new run, unless the operator confirms having checked it."""
    with serving(silent) as server:
        write(home, project(server, **WRITE))
        done = live(RUN, server)
        assert (Exit.OUTCOME_UNKNOWN, 1) == (done.code, len(server.received))
        assert "? outcome unknown: the call may have" in done.out
        listed = say("runs list").out
        assert "1 outcome unknown" in listed
        assert "cut off" not in listed
        again = live(RUN, server)
        assert (Exit.MISUSE, 1) == (again.code, len(server.received))
        assert "--again" in again.err
        assert Exit.OUTCOME_UNKNOWN == live(f"{RUN} --again", server).code
        assert 2 == len(server.received)


@pytest.mark.parametrize("done", [False, True])
def test_what_is_found_out_about_a_lost_answer_is_recorded(
    live: Live, home: Path, say: Say, *, done: bool
) -> None:
    """Nothing is sent; and it is retried only if it was not carried out."""
    with serving(silent) as server:
        write(home, project(server, **WRITE))
        assert Exit.OUTCOME_UNKNOWN == live(RUN, server).code
        for words in ("last", "last --done --not-done", "last --done --entry 7"):
            assert Exit.MISUSE == say(f"runs settle {words} --yes").code
        option = "--done" if done else "--not-done"
        assert Exit.CLEAN == say(f"runs settle last {option} --yes").code
        assert 1 == len(server.received)
        listed = say("runs list").out
        assert ("1 unchanged" if done else "1 failed") in listed
        assert "unknown" not in listed
        outcome = "was carried out" if done else "was not carried out"
        assert outcome in " ".join(say("runs show last").out.split())
        assert Exit.MISUSE == say(f"runs settle last {option} --yes").code
        assert "silver" in say("people show u-1").out
    with serving(about_ada) as server:
        write(home, project(server, **WRITE))
        again = live("runs retry last --yes --at-most-once", server)
        assert (0 if done else 1) == len(server.received), again


def test_a_killed_process_leaves_a_call_with_unknown_outcome(
    live: Live, home: Path, say: Say
) -> None:
    """Killed while the service is working: resume says so, and sends nothing."""

    def waiting(talk: Talk) -> None:
        talk.request()
        talk.socket.recv(1)

    with serving(waiting) as server:
        write(home, project(server, **WRITE))
        words = [*RUN.split(), "--ca-file", str(server.ca_file)]
        command = [sys.executable, "-m", "cactions", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + 30
        while not server.received and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.wait()
        listed = say("runs list").out
        assert "1 outcome unknown" in listed
        assert "cut off" in listed
        resumed = say("runs resume last --yes")
        assert Exit.OUTCOME_UNKNOWN == resumed.code
        assert "may have succeeded" in " ".join(resumed.out.split())
        assert 1 == len(server.received)
    assert "silver" in say("people show u-1").out


def answered_on_a_terminal(home: Path, server: Server, words: str, *lines: str) -> str:
    """The terminal output when these lines are typed, each after a question."""
    command = [sys.executable, "-m", "cactions", *words.split(), "--ca-file", str(server.ca_file)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"}
    child = pexpect.spawn(command[0], command[1:], cwd=str(home), env=environment, timeout=30)
    shown = b""
    for line in lines:
        child.expect(r"(to go ahead: |\[y/N\] )")
        shown += child.before + child.after
        child.sendline(line)
    child.expect(pexpect.EOF)
    child.close()
    return bytes(shown + child.before).decode()


def test_on_a_terminal_a_change_is_confirmed_by_typing_the_actions_name(
    live: Live, home: Path
) -> None:
    """Any other input sends nothing."""
    with serving(about_ada) as server:
        write(home, project(server, **WRITE))
        shown = answered_on_a_terminal(home, server, f"{DIFF} --live", "yes")
        assert "POST https://api.test" in shown.split("Type loyalty")[0]  # what would be sent
        assert '"reason": "Ada"' in shown.split("Type loyalty")[0]
        assert ("Nothing was sent." in shown, []) == (True, server.received)
        shown = answered_on_a_terminal(home, server, f"{DIFF} --live", "loyalty")
        assert 1 == len(server.received)
        assert "To apply it, without another call: cactions runs resume" in " ".join(shown.split())


def test_an_answer_without_changes_leaves_no_open_run(live: Live, home: Path, say: Say) -> None:
    """There is nothing to apply later, and the output does not suggest it."""
    body = json.dumps({"email": "ada@example.com", "tier": "silver"}).encode()
    with serving(answering(body)) as server:
        write(home, project(server, **WRITE))
        shown = answered_on_a_terminal(home, server, f"{DIFF} --live", "loyalty")
        assert 1 == len(server.received)
    assert "The call was made, and is recorded in run" in " ".join(shown.split())
    assert "runs resume" not in shown
    assert "1 unchanged" in say("runs list").out


def test_a_declined_answer_can_be_applied_later(live: Live, home: Path, say: Say) -> None:
    """The call was made; resume applies its answer, and makes no other call."""
    with serving(about_ada) as server:
        write(home, project(server, **WRITE))
        words = "run loyalty --person u-1"
        shown = answered_on_a_terminal(home, server, words, "loyalty", "n")
        assert 1 == len(server.received)
    assert "silver" in say("people show u-1").out
    assert "is kept in run" in " ".join(shown.split())
    assert Exit.CLEAN == say("runs resume last --yes").code
    assert "gold" in say("people show u-1").out


# The address guard, tested through the command line


@pytest.mark.parametrize(
    "answers", [b"HTTP/1.1 302 Found\r\nLocation: https://evil.example/x\r\n\r\n"]
)
def test_a_redirect_is_reported_and_not_followed(live: Live, home: Path, answers: bytes) -> None:
    """Only its host is shown."""

    def behave(talk: Talk) -> None:
        while talk.request():
            talk.send(answers.replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))

    behaviour: Behaviour = behave
    with serving(behaviour) as server:
        write(home, project(server))
        done = live(DIFF, server)
    assert Exit.FINDINGS == done.code
    assert "leads to evil.example" in done.out
    assert "3rd_party_error" in done.out


def test_an_allowed_host_needs_a_reason(say: Say, home: Path) -> None:
    """The author who allows a private address must say why."""
    with serving(about_ada) as server:
        document: dict[str, Any] = project(server)
        del document["network"]["allow"][0]["reason"]
        write(home, document)
        done = say("validate")
    assert Exit.FINDINGS == done.code
    assert '"reason" is missing' in done.out


# What users see


def cut_off(talk: Talk) -> None:
    while talk.request():
        talk.send(b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"email": ')
        return


def busy(talk: Talk) -> None:
    answering(b"{}", "503 Service Unavailable")(talk)


class Shown(NamedTuple):
    """Commands against such a server; ``parts`` are added to the action's request."""

    behave: Behaviour
    commands: tuple[str, ...]
    parts: Mapping[str, Any] = MappingProxyType({})


SCENES = {
    "diff": Shown(about_ada, (DIFF, f"{DIFF} --json", f"{DIFF} --proxy http://127.0.0.1:1")),
    "no_answer": Shown(silent, (DIFF, f"{DIFF} --json"), {"limits": {"retries": 0}}),
    "unusable_answer": Shown(cut_off, (DIFF, f"{DIFF} --json"), {"limits": {"retries": 0}}),
    "busy": Shown(busy, (DIFF,), {"limits": {"retries": 0}}),
    "no_token": Shown(busy, (DIFF, f"{DIFF} --json"), {"tokens": ["jwt"]}),
    "tokens": Shown(tokens, ("tokens test crm", "tokens test crm --json", "tokens test shop")),
    "in_doubt": Shown(
        silent, (f"{RUN} --json", RUN, f"{RUN} --again", "runs list", "runs show last"), WRITE
    ),
    "changing": Shown(about_ada, (DIFF, f"{DIFF} --live", RUN, "runs show last"), WRITE),
}


@pytest.mark.parametrize("name", SCENES)
def test_a_live_scene_matches_its_golden_file(live: Live, home: Path, say: Say, name: str) -> None:
    """Ports and run ids are replaced by fixed ones."""
    scene = SCENES[name]
    with serving(scene.behave) as server:
        write(home, project(server, **scene.parts))
        said = []
        for words in scene.commands:
            done = say(words) if words.startswith("runs") else live(words, server)
            parts = [f"$ cactions {words}\n", done.out]
            parts += [f"--- stderr\n{done.err}"] if done.err else []
            said.append("".join([*parts, f"--- exit {done.code}\n"]))
        text = steady("\n".join(said), home).replace(str(server.port), "44300")
    assert_golden(LIVE_GOLDEN / f"{name}.txt", text)


def test_a_test_makes_a_changing_call_once_and_records_it(live: Live, home: Path, say: Say) -> None:
    """Each call is in the journal as closed; a lost one blocks the next."""
    document_tests = [
        {"name": name, "person": {"user_id": "u-1"}, "expect": {"attributes": {"tier": "gold"}}}
        for name in ("one", "two")
    ]
    with serving(about_ada) as server:
        document = project(server, **WRITE)
        document["actions"]["loyalty"]["tests"] = document_tests
        write(home, document)
        shown = answered_on_a_terminal(home, server, "test --live", "loyalty")
        assert "2 tests: 2 ok." in " ".join(shown.split())
        assert 2 == len(server.received)
    runs = say("runs list --json").json["runs"]
    outcomes = [entry["receipt"]["outcome"] for run in runs for entry in run["entries"]]
    assert (["unchanged"] * 2, [True] * 2) == (outcomes, [run["finished"] for run in runs])
    assert "silver" in say("people show u-1").out
    with serving(silent) as server:
        document = project(server, **WRITE)
        document["actions"]["loyalty"]["tests"] = document_tests
        write(home, document)
        answered_on_a_terminal(home, server, "test --live", "loyalty")
        assert 1 == len(server.received)
        assert Exit.MISUSE == live(RUN, server).code
        assert 1 == len(server.received)


def test_prune_keeps_unknown_outcomes_and_forget_reports_lost_ones(
    live: Live, home: Path, say: Say
) -> None:
    """A call that is no longer recorded would be made again."""
    with serving(silent) as server:
        write(home, project(server, **WRITE))
        assert Exit.OUTCOME_UNKNOWN == live(RUN, server).code
        pruned = " ".join(say("runs prune --keep 0 --yes").err.split())
        assert "is kept: it has a request of unknown outcome" in pruned
        assert "No other run is old enough" in pruned
        assert Exit.MISUSE == live(RUN, server).code
        forgotten = say("runs forget --person user_id=u-1 --yes")
        assert "outcome of 1 call for them is unknown" in " ".join(forgotten.err.split())
        assert Exit.OUTCOME_UNKNOWN == live(RUN, server).code
        assert 2 == len(server.received)


def test_a_completed_call_is_always_reported(live: Live, home: Path) -> None:
    """Also if its answer cannot be used."""
    with serving(answering(b"<html>")) as server:
        write(home, project(server, **WRITE))
        done = live(RUN, server)
    assert Exit.FINDINGS == done.code
    assert "The call was made, and answered. No person was changed." in done.out


def test_a_token_fetch_has_its_own_limits(live: Live, home: Path) -> None:
    """For an endpoint that hangs, the timeout of the token applies."""

    def hanging(talk: Talk) -> None:
        talk.request()
        talk.socket.recv(1)

    with serving(hanging) as server:
        document = project(server)
        document["tokens"]["crm"]["limits"] = {"total_seconds": 1, "retries": 0}
        write(home, document)
        start = time.monotonic()
        done = live("tokens test crm", server)
        assert time.monotonic() - start < 12  # of the action, it would be 15 s
    assert "longer than 1 s" in done.err
