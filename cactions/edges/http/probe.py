"""Knocks at hosts as the live sender does, and with its own pieces: names, addresses, TLS.

Nothing of a request, of a person or of a secret is sent. Hosts are asked side by side, so that one
that hangs costs its own few seconds and nobody else's.
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
from cactions.edges.http.tls import context_for
from cactions.logic.network.hosts import Host
from cactions.logic.network.reachability import HostProbe
from cactions.model import Limits, MaskedText, Request, RequestFailed

PATIENCE: Final = Limits(connect=4, total=4, retries=0)
"""For a name, for a connection, and for an answer: each has this long."""

_SIDE_BY_SIDE: Final = 64


class SocketProber:
    """Where requests would go. Raises UsageError where the network's CA file is unusable."""

    def __init__(self, network: NetworkRules, patience: Limits = PATIENCE) -> None:
        self._network, self._patience = network, patience
        self._context = context_for(network.ca_file)

    def probe(self, sites: Sequence[Host]) -> list[HostProbe]:
        """At all of them, in their order."""
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            return [*pool.map(self._knock, sites)]

    def date(self, site: Host) -> str:
        """The ``Date`` of its answer to a bare HEAD; empty where there is none."""
        live = HttpSender(self._network)
        request = Request("HEAD", MaskedText.of_plain(site.url), limits=self._patience)
        try:
            return next(iter(live.send(request).header("date")), "")
        except RequestFailed:
            return ""
        finally:
            live.close()

    def _knock(self, site: Host) -> HostProbe:
        found: tuple[str, ...] = ()
        try:
            target = resolve_target(site.url, self._network.allowed)
            once = self._network
            if not once.proxy:  # which looks names up itself
                found = check_addresses(target, once, self._allowance(site))
                once = replace(once, resolve=lambda *_: found)  # one look-up, as ever
            connect(target, once, self._context, self._allowance(site)).close()
        except RequestFailed as error:
            bare = RequestFailed(str(error), reason=error.reason, hint=error.hint)
            known = found or self._network.proxy
            return HostProbe(site, found, None, bare) if known else HostProbe(site, (), bare)
        return HostProbe(site, found)

    def _allowance(self, site: Host) -> ExchangeBudget:
        allowance = ExchangeBudget(self._patience)
        allowance.host = site.host
        return allowance
