"""Probing real servers: each problem has its message, and slow servers do not block."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from time import monotonic, sleep
from typing import Any

import pytest

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.probe import SocketProber
from cactions.logic.network.hosts import Host
from cactions.logic.network.reachability import HostProbe, build_checks
from cactions.model import AllowedAddress, Health, HealthCheck, Limits
from tests.servers import (
    HERE,
    HOST,
    Server,
    Talk,
    answering,
    authority,
    refusing,
    serving,
    tls_for,
    tls_with,
)

QUICK = Limits(connect=0.6, total=0.6, retries=0)
"""For what never answers."""

PATIENT = Limits(connect=30, total=30, retries=0)
"""For what answers, however busy the machine is."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


def prober(*servers: Server, resolve: Any = None, limits: Limits = PATIENT) -> SocketProber:
    """A prober that may reach these servers, by one allowed-host entry each."""
    allowed = tuple(server.allowed() for server in servers)
    more = {"resolve": resolve} if resolve else {}
    return SocketProber(NetworkRules(allowed, ca_file=authority().ca_file, **more), limits)


def site(server: Server) -> Host:
    return Host(HOST, server.port, ("loyalty",), server.allowed())


def checks(probed: HostProbe) -> list[HealthCheck]:
    return [*build_checks(probed)]


def hang(talk: Any) -> None:
    while talk.socket.recv(65536):
        pass


def valid(begin: int, end: int) -> ssl.SSLContext:
    """A certificate that is valid for these days, relative to now."""
    return tls_with(authority().certify(HOST, days=(begin, end)))


BAD: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "expired": ("has expired", lambda: {"context": valid(-9, -2)}),
    "not yet": ("is not valid yet", lambda: {"context": valid(2, 9)}),
    "wrong name": ("is for another name", lambda: {"context": tls_for("other.test")}),
    "common name only": (
        "is for another name",
        lambda: {"context": tls_with(authority().certify(HOST, alternatives=False))},
    ),
    "unknown": (
        "comes from an unknown authority",
        lambda: {"context": tls_with(authority("Another").certify(HOST))},
    ),
    "hanging": ("the TLS handshake was going on", lambda: {"secure": False}),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_tls_problem_is_reported_with_its_cause(stack: ExitStack, fault: str) -> None:
    """The name is known to be right, and there is a next step."""
    words, parts = BAD[fault]
    behaviour = hang if fault == "hanging" else answering()
    server = stack.enter_context(serving(behaviour, **parts()))
    limits = QUICK if fault == "hanging" else PATIENT
    [probed] = prober(server, limits=limits).probe([site(server)])
    name, connection = checks(probed)
    assert (Health.OK, Health.PROBLEM) == (name.health, connection.health)
    assert words in connection.message
    assert connection.hint
    assert not probed.is_open


def test_a_good_host_gets_no_request(stack: ExitStack) -> None:
    """Only a handshake is made; the allowed-host entry is shown with its reason."""
    server = stack.enter_context(serving(answering()))
    [probed] = prober(server).probe([site(server)])
    name, connection = checks(probed)
    assert [Health.OK] * 2 == [name.health, connection.health]
    assert "TLS with a certificate for this very name; asked by loyalty" == connection.message
    assert f"is {HERE} by `network.allow` (a test); not looked up" == name.message
    assert (1, []) == (server.connections, server.received)


def test_a_closed_port_is_a_problem() -> None:
    """As where a server has stopped."""
    with refusing() as port:
        server = Server(port, authority().ca_file)
        [probed] = prober(server).probe([site(server)])
    assert f"{HOST} refuses the connection on port {port}" == checks(probed)[1].message


def resolving(*found: str, seconds: float = 0.0) -> Any:
    def resolve(_host: str, _port: int, patience: float) -> Sequence[str]:
        if seconds > patience:
            sleep(patience)
            raise TimeoutError
        return found

    return resolve


NAMES = {
    "private": (resolving("10.0.0.5"), "it resolves to 10.0.0.5"),
    "one of two": (resolving("93.184.216.34", "::1"), "it resolves to ::1"),
    "metadata": (resolving("169.254.169.254"), "it resolves to 169.254.169.254"),
    "nowhere": (resolving(), "no address is known for shop.example"),
    "slow": (resolving("93.184.216.34", seconds=9), "its address was being looked up"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_with_a_forbidden_address_is_a_problem(kind: str) -> None:
    """No connection is tried, and the message says so; no socket is opened."""
    resolve, words = NAMES[kind]
    host = Host("shop.example", 443, ("loyalty",))
    [probed] = prober(resolve=resolve, limits=QUICK).probe([host])
    name, connection = checks(probed)
    assert (Health.PROBLEM, Health.UNKNOWN) == (name.health, connection.health)
    assert words in name.message


def test_hosts_are_probed_in_parallel(stack: ExitStack) -> None:
    """Twenty hanging hosts take about as long as one."""
    server = stack.enter_context(serving(hang, secure=False))
    start = monotonic()
    found = prober(server, limits=QUICK).probe([site(server)] * 20)
    assert monotonic() - start < 15 * QUICK.total
    assert [False] * 20 == [probed.is_open for probed in found]


NOON = "Sun, 22 Nov 2026 12:00:00 GMT"
DATES = {
    "a date": (b"HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: 9\r\n\r\n" % NOON.encode(), NOON),
    "none": (b"HTTP/1.1 200 OK\r\n\r\n", ""),
    "an error": (b"HTTP/1.1 405 No\r\ndate: %s\r\n\r\n" % NOON.encode(), NOON),
    "no answer": (b"", ""),
}


@pytest.mark.parametrize("kind", DATES)
def test_the_time_request_holds_no_secret(stack: ExitStack, kind: str) -> None:
    """By a HEAD request for the root; an invalid answer gives no time."""
    head, expected = DATES[kind]

    def behave(talk: Any) -> None:
        while talk.request():
            talk.send(head)

    server = stack.enter_context(serving(behave))
    limits = PATIENT if head else QUICK
    assert expected == prober(server, limits=limits).get_date(site(server))
    [request] = server.received
    assert request.startswith(b"HEAD / HTTP/1.1\r\n")
    names = {line.split(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
    assert names <= {b"host", b"user-agent", b"accept-encoding", b"connection"}


def test_an_allowed_host_entry_applies_to_its_port_only(stack: ExitStack) -> None:
    """The address guard is that of every live call."""
    server = stack.enter_context(serving(answering()))
    entry = AllowedAddress(HOST, HERE, server.port + 1, "x")
    found = SocketProber(NetworkRules((entry,), resolve=resolving(HERE)), PATIENT)
    [probed] = found.probe([Host(HOST, server.port, ("loyalty",))])
    assert (0, f"it resolves to {HERE}" in str(probed.no_name)) == (server.connections, True)


def test_behind_a_proxy_no_name_is_resolved_locally(stack: ExitStack) -> None:
    """There may be no name server: the proxy resolves the name, and TLS verifies the host."""

    def proxy(talk: Talk) -> None:
        assert talk.request().startswith(b"CONNECT a.example:443 ")
        talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
        talk.context = tls_for("a.example", "b.example")
        talk.secure()

    server = stack.enter_context(serving(proxy, secure=False))
    looked_up: list[str] = []

    def resolve(host: str, *_: object) -> tuple[str, ...]:
        looked_up.append(host)
        return (HERE,)

    through = f"http://{HERE}:{server.port}"
    network = NetworkRules((), resolve, authority().ca_file, through)
    [probed] = SocketProber(network, PATIENT).probe([Host("a.example", 443, ("loyalty",))])
    assert [HERE] == looked_up
    assert [(Health.OK, "is looked up by the proxy, unchecked")] == [
        (check.health, check.message) for check in checks(probed)[:1]
    ]
    assert probed.is_open
