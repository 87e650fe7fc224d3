"""No request reaches a non-public address, however that address is introduced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.logic.project import SourceFile, load_project
from cactions.model import (
    AllowedAddress,
    FailureReason,
    Limits,
    MaskedText,
    Request,
    RequestFailed,
    Response,
    UsageError,
)
from tests.edges.traps import Trap, trapped
from tests.run_report import REPORT
from tests.servers import Talk, answering, serving
from tests.special_addresses import PUBLIC, SPECIAL

FORBIDDEN = FailureReason.FORBIDDEN_ADDRESS
SHOP = "https://api.shop.example/v1"
PATIENT = Limits(connect=30, total=30)


@pytest.fixture
def trap() -> Iterator[Trap]:
    with trapped() as set_trap:
        yield set_trap


def send(url: str, *answers: str, **network: object) -> Response | RequestFailed:
    """The result of a GET with a name server that gives this answer."""
    known = NetworkRules(resolve=lambda *_: answers, **network)  # type: ignore[arg-type]
    live = HttpSender(known)
    try:
        return live.send(Request("GET", MaskedText.of_plain(url), limits=PATIENT))
    except RequestFailed as error:
        return error
    finally:
        live.close()


def literal(spelling: str) -> str:
    """As the host of a URL."""
    return f"[{spelling}]" if ":" in spelling else spelling


DEFINITION = """\
version: 1
attributes: {{tier: {{data_type: string}}}}
actions:
  loyalty:
    match: user_id
    request: {{http_method: get, url: "https://{host}/v1"}}
    response:
      same_person: {{path: $.email, equals: person.email}}
      mapping: {{tier: $.tier}}
"""


def test_a_special_address_in_a_definition_is_a_finding(trap: Trap) -> None:
    """Each spelling is a finding, so the file is not used."""
    good = load_project([SourceFile("a.yaml", DEFINITION.format(host="api.shop.example").encode())])
    assert (True, ()) == (good.project is not None, good.findings)
    for spelling in SPECIAL:
        text = DEFINITION.format(host=literal(spelling)).encode()
        shaped = load_project([SourceFile("a.yaml", text)])
        assert None is shaped.project, spelling
        assert "CA403" in {finding.rule for finding in shaped.findings}, spelling
    assert ([], []) == (trap.tried, trap.asked)


def forbidden(outcomes: Sequence[tuple[str, Response | RequestFailed]]) -> None:
    for spelling, outcome in outcomes:
        assert isinstance(outcome, RequestFailed), spelling
        assert (FORBIDDEN, False, False) == (outcome.reason, outcome.sent, outcome.again), outcome
        assert outcome.hint


def test_a_url_with_a_special_address_is_not_sent(trap: Trap) -> None:
    """The sender checks the final URL, whatever checks were made before."""
    live = HttpSender(NetworkRules(resolve=lambda *_: ("8.8.8.8",)))
    for spelling in SPECIAL:
        with pytest.raises(RequestFailed) as caught:
            live.send(
                Request("GET", MaskedText.of_plain(f"https://{literal(spelling)}/"), limits=PATIENT)
            )
        assert caught.value.reason in {FORBIDDEN, FailureReason.UNFIT_VALUE}, spelling
        assert not caught.value.sent
    assert ([], []) == (trap.tried, trap.asked)


@pytest.mark.parametrize(
    "answers",
    [
        lambda one: (one,),
        lambda one: ("8.8.8.8", one),
        lambda one: (one, "2606:4700::1111"),
        lambda one: ("8.8.8.8", "2606:4700::1111", one, "1.1.1.1"),
    ],
    ids=["alone", "after a public one", "before a public one", "amid public ones"],
)
def test_a_name_that_resolves_to_a_special_address_is_refused(
    answers: Callable[[str], tuple[str, ...]], trap: Trap
) -> None:
    """One bad address refuses all of them, A or AAAA."""
    asked: list[str] = []
    current = [""]

    def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
        asked.append(host)
        return answers(current[0])

    live = HttpSender(NetworkRules(resolve=resolve))
    for spelling in SPECIAL:
        current[0] = spelling
        with pytest.raises(
            RequestFailed, match=r"blocked request to api\.shop\.example: it resolves"
        ) as caught:
            live.send(Request("GET", MaskedText.of_plain(SHOP), limits=PATIENT))
        assert (FORBIDDEN, False) == (caught.value.reason, caught.value.sent)
    assert ([], [], len(SPECIAL)) == (trap.tried, trap.asked, len(asked))
    a, aaaa = sum(":" not in s for s in SPECIAL), sum(":" in s for s in SPECIAL)
    REPORT.append(f"guard: {a} A and {aaaa} AAAA answers: {len(trap.tried)} connections")


def test_a_redirect_to_a_special_address_is_not_followed(trap: Trap) -> None:
    """It is an answer with a status, and no connection goes to its target."""
    spellings = iter(SPECIAL)

    def redirecting(talk: Talk) -> None:
        while talk.request():
            place = f"https://{literal(next(spellings))}/v1".encode()
            head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
            talk.send(head + place + b"\r\n\r\n")

    with serving(redirecting) as server:
        live = HttpSender(NetworkRules((server.allowed(),), ca_file=server.ca_file))
        asked = Request("GET", MaskedText.of_plain(server.url()))
        assert {302} == {live.send(asked).status for _ in SPECIAL}
        live.close()
        assert [("127.0.0.1", server.port)] == trap.tried
    assert [] == trap.asked
    REPORT.append(
        f"guard: {len(SPECIAL)} spellings as URL, answer (4 ways) and redirect: "
        f"{len(trap.tried) - 1} connections to them"
    )


def test_a_name_is_resolved_only_once(trap: Trap) -> None:
    """The connection uses the checked address."""
    said = iter([("93.184.215.14", "2606:2800::1"), ("127.0.0.1",), ("10.0.0.1",)])
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
        asked.append((host, port))
        return next(said)

    live = HttpSender(NetworkRules(resolve=resolve))
    with pytest.raises(RequestFailed, match=r"api\.shop\.example refuses the connection") as caught:
        live.send(Request("GET", MaskedText.of_plain(SHOP), limits=PATIENT))
    assert [("api.shop.example", 443)] == asked
    assert [("93.184.215.14", 443), ("2606:2800::1", 443)] == trap.tried
    assert (True, False) == (caught.value.again, caught.value.sent)


def test_all_public_addresses_of_a_name_are_tried(trap: Trap) -> None:
    """In the order of the name server."""
    outcome = send(SHOP, *PUBLIC)
    assert isinstance(outcome, RequestFailed)
    assert FailureReason.NO_ANSWER is outcome.reason
    assert [(address, 443) for address in PUBLIC] == trap.tried


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.shop.example/", "does not begin with https://"),
        ("HTTPS://api.shop.example/", "does not begin with https://"),
        ("ftp://api.shop.example/", "does not begin with https://"),
        ("//api.shop.example/", "does not begin with https://"),
        ("https://ada@api.shop.example/", "holds a user name"),
        ("https://ada:pw@api.shop.example/", "holds a user name"),
        ("https://api.shop.example:0/", "host and port cannot be read"),
        ("https://api.shop.example:65536/", "host and port cannot be read"),
        ("https://api.shop.example:x/", "host and port cannot be read"),
        ("https://:443/", "host and port cannot be read"),
        ("https:///v1", "host and port cannot be read"),
        ("https://[::1/", "host and port cannot be read"),
        ("https://[::1]x/", "host and port cannot be read"),
        ("https://localhost/", "a name of a private network"),
        ("https://intranet:8443/", "a name of a private network"),
        ("https://printer.local/", "a name of a private network"),
        ("https://metadata.google.internal/", "a name of a private network"),
        ("https://a.localhost/", "a name of a private network"),
        ("https://api.shop.example./", "is no host name"),
        ("https://api_shop.example/", "is no host name"),
    ],
)
def test_a_url_without_a_literal_public_https_host_is_not_sent(
    url: str, words: str, trap: Trap
) -> None:
    """There is no DNS look-up for it."""
    outcome = send(url, "8.8.8.8")
    assert isinstance(outcome, RequestFailed)
    assert (FORBIDDEN, False, False) == (outcome.reason, outcome.sent, outcome.again)
    assert words in str(outcome)
    assert "pw" not in str(outcome)
    assert ([], []) == (trap.tried, trap.asked)


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", " ", "\t", "é", "\\", "#", "\x7f"])
def test_an_invalid_url_is_not_sent(sign: str, trap: Trap) -> None:
    """A line break in it would add a header."""
    outcome = send(f"{SHOP}/a{sign}b", "8.8.8.8")
    assert isinstance(outcome, RequestFailed)
    assert (FailureReason.UNFIT_VALUE, []) == (outcome.reason, trap.tried)


@pytest.mark.parametrize("host", ["localhost", "intranet", "127.0.0.1", "[::1]", "db.internal"])
def test_an_allowed_address_is_used_without_a_dns_look_up(host: str, trap: Trap) -> None:
    """For any host; other ports of it are not allowed."""
    with serving(answering()) as server:
        allowed = (AllowedAddress(host.strip("[]"), "127.0.0.1", server.port, "a test"),)
        inside = send(f"https://{host}:{server.port}/", allowed=allowed, ca_file=server.ca_file)
        assert isinstance(inside, RequestFailed)
        assert "is for another name" in str(
            inside
        )  # the server was contacted, and has the test's certificate
        assert ([("127.0.0.1", server.port)], []) == (trap.tried, trap.asked)
        outside = send(f"https://{host}:{server.port + 1}/", allowed=allowed)
        assert isinstance(outside, RequestFailed)
        assert (FORBIDDEN, 1) == (outside.reason, len(trap.tried))


@pytest.mark.parametrize("address", ["", "localhost", "10.0.0", "010.0.0.1", "api.shop.example"])
def test_an_allowed_address_must_be_an_ip_address(address: str) -> None:
    """A name would be resolved."""
    with pytest.raises(UsageError, match="which is not an IP address"):
        NetworkRules((AllowedAddress("api.test", address, 443, "a test"),))
