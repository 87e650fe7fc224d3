"""A canary secret is sent to services that echo it in every way, and is never shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Done, Say
from tests.cli.test_canary import written
from tests.encodings import ENCODINGS, beginning
from tests.projects import project, write
from tests.run_report import REPORT
from tests.servers import Behaviour, Talk, serving, tls_for

CANARY = "canary/7d1f+e02a'\"&<%x~"
"""A header can hold it unchanged; all other places have to encode it."""
FETCHED = "fetched/canary+9b2c'\"&<%y~"
FORMS = {
    f"{what} {name}": encode(text)
    for what, text in (("sealed", CANARY), ("fetched", FETCHED))
    for name, encode in ENCODINGS.items()
}
BEGINNINGS = {
    f"{what} {name}": beginning(text, encode)
    for what, text in (("sealed", CANARY), ("fetched", FETCHED))
    for name, encode in ENCODINGS.items()
}
EVERY = " | ".join(form.decode() for form in FORMS.values())


def seen(data: bytes) -> list[str]:
    """The encodings of a canary, or of its first twelve characters, that the bytes contain."""
    return [name for name, form in BEGINNINGS.items() if form in data]


def http_answer(status: str, body: bytes, *headers: str) -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""))
    return head.encode("latin-1", "replace") + body


def echoing(**members: Any) -> Callable[[bytes], bytes]:
    """A JSON answer about Ada, with these members."""
    body = {"email": "ada@example.com", **members}
    return lambda _: http_answer("200 OK", json.dumps(body).encode())


ANSWERS: dict[str, Callable[[bytes], bytes]] = {
    "mapped": echoing(tier=CANARY),
    "mapped, in the middle": echoing(tier=f"a {CANARY} b"),
    "mapped, fetched": echoing(tier=FETCHED),
    "mapped, every form": echoing(tier=EVERY),
    "mapped, escaped": lambda _: http_answer(
        "200 OK",
        b'{"email": "ada@example.com", "tier": "%s"}'
        % "".join(f"\\u{ord(sign):04x}" for sign in CANARY).encode(),
    ),
    "beside": echoing(tier="gold", debug=EVERY),
    "as a key": lambda _: http_answer(
        "200 OK", json.dumps({"email": "ada@example.com", CANARY: FETCHED}).encode()
    ),
    "proof": lambda _: http_answer(
        "200 OK", json.dumps({"email": CANARY, "tier": FETCHED}).encode()
    ),
    "no JSON": lambda _: http_answer("200 OK", EVERY.encode()),
    "twice": lambda _: http_answer(
        "200 OK",
        b'{"email": "ada@example.com", %s: 1, %s: 2}' % ((json.dumps(CANARY).encode(),) * 2),
    ),
    "error": lambda _: http_answer("500 Oops", EVERY.encode()),
    "reason": lambda _: http_answer(f"500 {CANARY} {FETCHED}", b""),
    "denied": lambda _: http_answer("401 No", EVERY.encode(), f"WWW-Authenticate: {CANARY}"),
    "redirect": lambda _: http_answer(
        "302 Found", b"", f"Location: https://evil.example/?t={CANARY}&u={FETCHED}"
    ),
    "redirect, host": lambda _: http_answer("302 Found", b"", f"Location: https://{CANARY}/"),
    "redirect, no URL": lambda _: http_answer("302 Found", b"", f"Location: https://[{CANARY}"),
    "header": lambda _: http_answer(
        "200 OK", b"{}", f"X-Debug: {CANARY}", f"Retry-After: {FETCHED}"
    ),
    "broken header": lambda _: f"HTTP/1.1 200 OK\r\n{CANARY} {FETCHED}\r\n\r\n".encode(),
    "broken status": lambda _: f"{CANARY} {FETCHED}\r\n\r\n".encode(),
    "coding": lambda _: http_answer("200 OK", b"x", f"Content-Encoding: {CANARY}"),
    "length": lambda _: f"HTTP/1.1 200 OK\r\nContent-Length: {CANARY}\r\n\r\n".encode(),
    "chunk": lambda _: (
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n".encode()
    ),
    "cut": lambda _: http_answer("200 OK", EVERY.encode())[:-9],
    "the request itself": lambda request: http_answer("200 OK", request),
    "the request as JSON": lambda request: http_answer(
        "200 OK", json.dumps(request.decode()).encode()
    ),
}
TOKENS: dict[str, Callable[[bytes], bytes]] = {
    "given": lambda _: http_answer("200 OK", json.dumps({"access_token": FETCHED}).encode()),
    "error": lambda request: http_answer("400 Bad", request),
    "elsewhere": lambda _: http_answer(
        "200 OK", json.dumps({"token": FETCHED, "e": CANARY}).encode()
    ),
    "unfit": lambda _: http_answer("200 OK", json.dumps({"access_token": f"{FETCHED}\n"}).encode()),
}
SHOW = "--show-answer --show-others"
COMMANDS = (
    f"diff loyalty --person u-1 {SHOW}", f"run loyalty --person u-1 --yes {SHOW}",
    f"test --record --yes {SHOW}",
)  # fmt: skip


def service(answer: Callable[[bytes], bytes], token: Callable[[bytes], bytes]) -> Behaviour:
    def behave(talk: Talk) -> None:
        while request := talk.request():
            talk.send((token if request.startswith(b"POST /token") else answer)(request))

    return behave


@pytest.fixture
def armed(say: Say, home: Path) -> Say:
    """The sealed canary."""
    assert say("vault init --name ada").code == Exit.CLEAN
    for name, bound in (("shop_token", ""), ("crm_secret", " --token-host api.test")):
        sealed = say(f"vault seal {name} --host api.test{bound}", CANARY)
        assert sealed.code == Exit.CLEAN
    return say


def checked(done: Done, home: Path, what: tuple[str, ...]) -> None:
    assert (what, []) == (what, seen((done.out + done.err).encode()))
    assert (what, []) == (what, seen(written(home)))
    assert Exit.INTERNAL != done.code, (what, done.err)


@pytest.mark.parametrize("debug", ["", " --debug"])
def test_no_echoing_service_makes_the_canary_visible_or_stored(
    armed: Say, home: Path, debug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer, every token endpoint, every command; in the output and in every file.

    --debug adds the same for all commands, so it is tested with one of them.
    """
    number = 0
    pairs = [(name, "given") for name in ANSWERS] + [("mapped", name) for name in TOKENS]
    for answer, token in pairs:
        with serving(service(ANSWERS[answer], TOKENS[token])) as server:
            monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
            limits = {"retries": 0, "total_seconds": 1}
            document = project(server, tokens=["shop", "crm"], limits=limits)
            document["actions"]["loyalty"]["response"]["mapping"]["tier"] = "$.tier"
            write(home, document)
            every = (*COMMANDS, "tokens test crm --show-answer")
            for words in COMMANDS[:1] if debug else every:
                checked(armed(words + debug), home, (answer, token, words))
                number += 1
    for words in ("runs list --json", "runs show last --json", "people list --json"):
        checked(armed(words + debug), home, ("afterwards", words))
    REPORT.append(f"live canary{debug}: {number} commands x {len(FORMS)} encodings, nothing seen")


def test_no_broken_connection_or_proxy_makes_the_canary_visible(
    armed: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS failures, resets, and a proxy that echoes what it was sent."""

    def proxy(talk: Talk) -> None:
        data = talk.socket.recv(65536)
        talk.send(http_answer("407 No", data + EVERY.encode(), f"X-Debug: {CANARY}"))

    behaviours: dict[str, Behaviour] = {
        "reset": Talk.reset,
        "garbage": lambda talk: talk.send(EVERY.encode()),
        "proxy": proxy,
    }
    for name, behaviour in behaviours.items():
        with serving(behaviour, secure=False) as server:
            monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
            write(home, project(server, tokens=["shop"], limits={"retries": 0}))
            through = f" --proxy http://127.0.0.1:{server.port}" if name == "proxy" else ""
            for debug in ("", " --debug"):
                done = armed(f"{COMMANDS[0]}{through}{debug}")
                checked(done, home, (name, debug))
                assert Exit.FINDINGS == done.code


def test_a_certificate_for_another_name_gets_no_secret(
    armed: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handshake fails before anything is sent."""
    with serving(service(ANSWERS["mapped"], TOKENS["given"]), tls_for("other.test")) as server:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
        write(home, project(server, tokens=["shop"]))
        done = armed(COMMANDS[0])
        assert (Exit.FINDINGS, []) == (done.code, server.received)
    checked(done, home, ("wrong name",))
