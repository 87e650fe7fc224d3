"""A service that echoes secrets at any place and in any encoding never makes the tool show them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import COUNTS
from tests.cli.conftest import Say
from tests.cli.test_canary import written
from tests.cli.test_live_canary import http_answer
from tests.encodings import ENCODINGS, Encoded, beginning
from tests.projects import project, write
from tests.run_report import REPORT
from tests.servers import Server, Talk, serving

CANARY: Final = "Canary/7D1f+e02A'\"&<%x~9Zq"
FETCHED: Final = "Fetched/cAnary+9B2c'\"&<%y~"
SECRETS: Final = {"sealed": CANARY, "fetched": FETCHED}
BEGINNINGS: Final = {
    f"{what}, {name}": beginning(text, encode)
    for (what, text), (name, encode) in product(SECRETS.items(), ENCODINGS.items())
}


def seen(data: bytes) -> list[str]:
    """The encodings of a secret, or of its first twelve characters, that the bytes contain."""
    return [name for name, form in BEGINNINGS.items() if form in data]


def echoes(*encodings: Encoded) -> list[str]:
    """Both secrets, whole and cut off, in these encodings."""
    texts = [text[:stop] for text in SECRETS.values() for stop in (None, 12, 17)]
    return [encode(text).decode() for encode in encodings for text in texts]


ADA: Final = {"email": "ada@example.com"}
Place = Callable[[list[str]], bytes]


def answer(document: Any, *headers: str, status: str = "200 OK") -> bytes:
    return http_answer(status, json.dumps(document).encode(), *headers)


def named(text: str) -> str:
    """As much of the text as may be a header name."""
    return "".join(sign if sign.isalnum() or sign in "!#$%&'*+-.^_`|~" else "-" for sign in text)


def one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


PLACES: Final[dict[str, Place]] = {
    "keys": lambda texts: answer({**ADA, "tier": "gold", **dict.fromkeys(texts, 1)}),
    "a key that stands twice": lambda texts: http_answer(
        "200 OK", b"{%s}" % b", ".join(json.dumps(text).encode() + b": 1" for text in texts * 2)
    ),
    "keys of what is mapped": lambda texts: answer({**ADA, "tier": dict.fromkeys(texts, 1)}),
    "the mapped value": lambda texts: answer({**ADA, "tier": " | ".join(texts)}),
    "the proof": lambda texts: answer({"email": " | ".join(texts), "tier": "gold"}),
    "other values": lambda texts: answer({**ADA, "tier": "gold", "debug": texts}),
    "headers": lambda texts: answer(
        {**ADA, "tier": "gold"},
        *(f"X-{number}: {one_line(text)}" for number, text in enumerate(texts)),
        *(f"{named(text)}: 1" for text in texts),
    ),
    "where it redirects to": lambda texts: answer(
        {}, f"Location: https://{named(texts[0])}/{one_line(texts[-1])}", status="302 Found"
    ),
    "the status text": lambda texts: answer({}, status=f"500 {one_line(' '.join(texts))}"),
    "HTML": lambda texts: http_answer(
        "200 OK", "<p>".join(texts).encode(), "Content-Type: text/html"
    ),
    "invalid JSON": lambda texts: http_answer(
        "200 OK", f'{{"tier": {json.dumps(texts)},}}'.encode()
    ),
    "cut JSON": lambda texts: http_answer(
        "200 OK", json.dumps({**ADA, "tier": texts}).encode()[:-9]
    ),
    "another charset": lambda texts: http_answer(
        "200 OK", json.dumps({**ADA, "tier": texts}).encode("utf-16")
    ),
    "the same, cut as Latin": lambda texts: http_answer(
        "200 OK", "é".join(texts).encode("latin-1")
    ),
}
TOKENS: Final[dict[str, Place]] = {
    "an error": lambda texts: answer({"error": texts, texts[0]: 1}, status="400 Bad"),
    "its header": lambda texts: answer({}, f"Location: https://{named(texts[0])}/", status="302 F"),
    "its keys": lambda texts: answer(dict.fromkeys(texts, 1)),
    "HTML": lambda texts: http_answer("200 OK", "<p>".join(texts).encode()),
}
SHOWN: Final = ("the mapped value", "the proof", "a key that stands twice", "the mapped value")
COMMANDS: Final = (
    "diff loyalty --person u-1 --svg diff.svg",
    "diff loyalty --person u-1 --json",
    "run loyalty --person u-1 --yes --debug",
    "test --record --yes",
    "diff loyalty --person u-1 --show-answer --show-others",
)
MORE: Final = (
    "diff loyalty --person u-1 --debug",
    "run loyalty --person u-1 --yes --json",
    "test --live",
    "test --live --json",
    "test --live --show-answer --show-others",
    "request loyalty --person u-1 --curl",
    "doctor --json",
    "runs list --json",
    "runs show last",
)


class Service:
    """Gives tokens, and answers what the test defines."""

    def __init__(self) -> None:
        self.token = self.given = answer({"access_token": FETCHED})
        self.answer = b""

    def __call__(self, talk: Talk) -> None:
        while request := talk.request():
            talk.send(self.token if request.startswith(b"POST /token") else self.answer)


class World:
    """One server for all commands of a test, and a request counter."""

    def __init__(self, say: Say, home: Path, service: Service) -> None:
        self.say, self.home, self.service = say, home, service
        self.count = 0

    def check(self, what: str, words: str) -> None:
        """Run the command, and check everything that it printed and wrote."""
        done = self.say(words)
        assert (what, words, []) == (what, words, seen((done.out + done.err).encode()))
        assert (what, words, []) == (what, words, seen(written(self.home)))
        assert Exit.INTERNAL != done.code, (what, words, done.err)
        self.count += 1


@pytest.fixture
def world(say: Say, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Sealed secrets, and a service that knows them."""
    assert say("vault init --name ada").code == Exit.CLEAN
    for name in ("shop_token", "crm_secret"):
        assert say(f"vault seal {name} --host api.test", CANARY).code == Exit.CLEAN
    service = Service()
    with serving(service) as server:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
        write(home, _document(server))
        yield World(say, home, service)


def _document(server: Server) -> dict[str, Any]:
    document = project(server, tokens=["shop", "crm"], limits={"retries": 0, "total_seconds": 1})
    document["actions"]["loyalty"]["response"]["mapping"]["tier"] = "$.tier"
    return document


def test_no_place_in_an_answer_reveals_a_secret_in_any_encoding(world: World) -> None:
    """Every place and encoding, whole and cut off; in output, pictures, recordings and stores."""
    texts = echoes(*ENCODINGS.values())
    for name, place in PLACES.items():
        world.service.answer = place(texts)
        for words in COMMANDS:
            world.check(name, words)
    for words in MORE:
        world.check("afterwards", words)
    world.service.answer = answer({**ADA, "tier": "gold"})
    for name, place in TOKENS.items():
        world.service.token = place(texts)
        world.check(f"token: {name}", "tokens test crm --debug")
        world.check(f"token: {name}", "tokens test crm --show-answer")
    report(world, len(PLACES) + len(TOKENS))


def report(world: World, places: int) -> None:
    REPORT.append(
        f"echoes: {world.count} commands, {places} places x {len(BEGINNINGS)} encodings, seen 0"
    )


def test_each_encoding_alone_is_hidden(world: World) -> None:
    """Another encoding could hide it by accident, so each is tested alone; places take turns."""
    for number, (name, encode) in enumerate(ENCODINGS.items()):
        where = SHOWN[number % len(SHOWN)]
        world.service.answer = PLACES[where](echoes(encode))
        world.check(f"{where}: {name}", "diff loyalty --person u-1 --svg diff.svg --json")
    report(world, len(SHOWN))


@pytest.mark.hostile
def test_each_encoding_is_hidden_at_each_place_by_each_command(world: World) -> None:
    """The long form of the test above."""
    if COUNTS.factor == 1:
        pytest.skip("in the long form: pytest -m hostile")
    for (where, place), (name, encode) in product(PLACES.items(), ENCODINGS.items()):
        world.service.answer = place(echoes(encode))
        for words in (*COMMANDS, *MORE[:4]):
            world.check(f"{where}: {name}", words)
    report(world, len(PLACES))
