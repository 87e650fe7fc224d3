"""Checks that hosts can be reached, with the live sender's own parts: DNS, addresses, TLS.

No request, personal data or secret is sent. Hosts are probed in parallel, so that one that hangs
does not delay the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from msgspec.structs import replace

from cactions.edges.http.address_guard import NetworkRules, check_addresses, resolve_target
from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.client import HttpSender
from cactions.edges.http.connection import connect
from cactions.edges.http.tls import build_tls_context
from cactions.logic.follow import Follow, follow_silently
from cactions.logic.network.hosts import Host
from cactions.logic.network.reachability import HostProbe
from cactions.model import Limits, MaskedText, Request, RequestFailed

PROBE_LIMITS: Final = Limits(connect=4, total=4, retries=0)
"""For the look-up, for the connection, and for the response: each has this long."""

_MAX_THREADS: Final = 64


class SocketProber:
    """A HostProber over the network. Raises UsageError where the CA file cannot be used."""

    def __init__(
        self,
        network: NetworkRules,
        limits: Limits = PROBE_LIMITS,
        follow: Follow = follow_silently,
    ) -> None:
        self._network, self._limits, self._follow = network, limits, follow
        self._tls_context = build_tls_context(network.ca_file)

    def probe(self, hosts: Sequence[Host]) -> list[HostProbe]:
        """The results for all hosts, in their order."""
        with ThreadPoolExecutor(_MAX_THREADS) as pool:
            found = pool.map(self._probe_host, hosts)
            return [*self._follow(found, "Checking", "hosts", len(hosts))]

    def get_date(self, host: Host) -> str:
        """The ``Date`` of the response to a bare HEAD; empty where there is none."""
        sender = HttpSender(self._network)
        request = Request("HEAD", MaskedText.of_plain(host.url), limits=self._limits)
        try:
            return next(iter(sender.send(request).get_headers("date")), "")
        except RequestFailed:
            return ""
        finally:
            sender.close()

    def _probe_host(self, host: Host) -> HostProbe:
        addresses: tuple[str, ...] = ()
        try:
            target = resolve_target(host.url, self._network.allowed)
            network = self._network
            if not network.proxy:  # a proxy looks names up itself
                addresses = check_addresses(target, network, self._start_budget(host))
                network = replace(network, resolve=lambda *_: addresses)  # one look-up
            connect(target, network, self._tls_context, self._start_budget(host)).close()
        except RequestFailed as error:
            bare = RequestFailed(str(error), reason=error.reason, hint=error.hint)
            if addresses or self._network.proxy:
                return HostProbe(host, addresses, None, bare)
            return HostProbe(host, (), bare)
        return HostProbe(host, addresses)

    def _start_budget(self, host: Host) -> ExchangeBudget:
        return ExchangeBudget(self._limits, host.host)
