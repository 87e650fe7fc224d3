"""``--show-answer`` of diff, run, test and tokens test; what is told of errors and retries."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli, Done
from tests.cli.test_live_calls import Live, live  # noqa: F401 - a fixture
from tests.projects import ABOUT_ADA, SECRET, project, write
from tests.servers import Behaviour, Talk, answering, serving

DIFF = ("diff", "loyalty", "--person", "u-1", "--replay")
RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")
TEST = ("test", "loyalty")
LIVE = "diff loyalty --person u-1"


def flat(text: str) -> str:
    return " ".join(text.split())


def change(home: Path, old: str, new: str) -> None:
    path = home / "actions.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize("words", [DIFF, RUN, TEST], ids=lambda words: words[0])
def test_the_answer_is_shown_where_that_is_asked_for(cli: Cli, words: tuple[str, ...]) -> None:
    """Else no line of it is."""
    plain, shown = cli(*words), cli(*words, "--show-answer")
    assert (Exit.CLEAN, Exit.CLEAN) == (plain.code, shown.code)
    assert '"nickname": "Ada"' not in plain.out
    assert '"nickname": "Ada"' in shown.out
    assert "200, application/json" in shown.out


@pytest.mark.parametrize("words", [DIFF, RUN, TEST], ids=lambda words: words[0])
def test_other_people_are_shown_with_a_second_option(cli: Cli, words: tuple[str, ...]) -> None:
    """The answer to Alan's call is about Ada; ``test`` has the same case."""
    words = tuple(word.replace("u-1", "u-3") for word in words)
    hidden = cli(*words, "--show-answer").out
    assert "(hidden: of another person)" in hidden
    assert "--show-others shows them" in flat(hidden)
    shown = cli(*words, "--show-answer", "--show-others").out
    assert "(hidden" not in shown
    assert '"email": "ada@example.com"' in shown


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("diff", "loyalty", "--all", "--replay", "--show-answer"), "is for one person"),
        (("run", "loyalty", "--all", "--replay", "--yes", "--show-answer"), "is for one person"),
        ((*DIFF, "--json", "--show-answer"), "not for programs"),
        ((*RUN, "--json", "--show-answer"), "not for programs"),
        ((*TEST, "--format", "junit", "--show-answer"), "not for programs"),
        (("tokens", "test", "crm", "--json", "--show-answer"), "not for programs"),
        ((*DIFF, "--show-others"), "needs --show-answer"),
    ],
)
def test_misuse_does_nothing(cli: Cli, words: tuple[str, ...], expected: str) -> None:
    """The option is for one person, and for reading; stdout has nothing but the error as JSON."""
    done = cli(*words)
    assert Exit.MISUSE == done.code
    if "--json" in words:
        error = done.json
        assert ("cactions.error/1", None) == (error["format"], error["result"])
        assert expected in error["message"]
    else:
        assert done.out == ""
    assert expected in flat(done.err)


def test_a_near_miss_is_named_in_the_preview_and_in_a_failed_test(cli: Cli, home: Path) -> None:
    """For the proof; and for a mapping, without a failure."""
    change(home, "path: $.email", "path: $.mail")
    for words in (DIFF, TEST):
        done = cli(*words)
        assert Exit.FINDINGS == done.code
        assert "The answer has $.email" in flat(done.out)
    assert "--show-answer shows the answer" in flat(cli(*DIFF).out)
    assert "--show-answer shows" not in flat(cli(*DIFF, "--show-answer").out)
    change(home, "path: $.mail", "path: $.email")
    change(home, "$.points", "$.Point")
    assert "the answer has $.points" in flat(cli(*DIFF).out)


def http(status: str, *headers: str, body: bytes = b"{}") -> Behaviour:
    return answering(body, status, headers)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (http("429 Slow", "Retry-After: 3600"), "Retry-After: 3600 s"),
        (http("401 No", "Content-Type: text/html", body=b"<html>Sign in</html>"),
         "It begins: <html>Sign in</html>. HTML, not JSON: is this a login page?"),
        (http("404 No", body=b'{"detail": "no such customer"}'), '{"detail":"no such customer"}'),
    ],
    ids=["429", "401", "404"],
)  # fmt: skip
def test_an_error_status_is_explained(
    live: Live,  # noqa: F811
    home: Path,
    behaviour: Behaviour,
    words: str,
) -> None:
    """In the preview, with the header or the line that tells why."""
    with serving(behaviour) as server:
        write(home, project(server, limits={"retries": 0}))
        done = live(LIVE, server)
    assert Exit.FINDINGS == done.code
    assert words in flat(done.out)


def test_further_tries_are_told_while_they_happen(live: Live, home: Path) -> None:  # noqa: F811
    """Each with its reason and its pause, before it is made."""
    left = [b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"] * 2

    def busy(talk: Talk) -> None:
        while talk.request():
            good = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ABOUT_ADA), ABOUT_ADA)
            talk.send(left.pop() if left else good)

    with serving(busy) as server:
        write(home, project(server))
        done = live(LIVE, server)
    assert (Exit.CLEAN, 3) == (done.code, len(server.received))
    assert 2 == len(re.findall(r"The service answered 503\. Another try in \d\.\d s\.", done.err))


def test_a_refused_connection_names_the_port(live: Live, home: Path) -> None:  # noqa: F811
    """It is what is wrong, often."""
    with serving(answering()) as server:
        write(home, project(server, limits={"retries": 1}))
    done = live(LIVE, server)
    assert f"api.test refuses the connection on port {server.port}" in flat(done.out)
    assert f"on port {server.port}. Another try in" in flat(done.err)


def run_token_test(live: Live, home: Path, body: bytes) -> Done:  # noqa: F811
    with serving(answering(body)) as server:
        write(home, project(server, tokens=["shop", "crm"]))
        return live("tokens test crm --show-answer", server)


def test_the_answer_of_a_token_shows_names_and_no_token(live: Live, home: Path) -> None:  # noqa: F811
    """Where the path to the token is wrong, the names tell the right one."""
    body = {"data": {"access_token": "tok-canary-1"}, "expires_in": 60, "echo": SECRET}
    done = run_token_test(live, home, json.dumps(body).encode())
    assert Exit.FINDINGS == done.code
    assert '"access_token": "••••••"' in done.out
    assert '"expires_in": 60' in done.out
    assert "the answer has $.data.access_token" in flat(done.err)
    assert not [text for text in ("tok-canary", SECRET) if text in done.out + done.err]
    done = run_token_test(live, home, b'{"access_token": "tok-canary-1"}')
    assert Exit.CLEAN == done.code
    assert "tok-canary" not in done.out + done.err
