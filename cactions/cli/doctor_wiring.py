"""What ``doctor`` looks at, put together with the pieces of the live sender."""

from __future__ import annotations

from collections.abc import Iterable

from cactions.app.doctor import check_hosts
from cactions.app.workspace_doctor import check_workspace
from cactions.cli.certificate_health import check_certificates
from cactions.cli.live_options import LiveOptions
from cactions.edges.clock import SystemClock
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.probe import SocketProber
from cactions.edges.http.tls import load_trust_store
from cactions.edges.intercom.client import IntercomClient
from cactions.logic.follow import Follow
from cactions.logic.network.hosts import list_hosts
from cactions.logic.network.reachability import build_failed_check
from cactions.model import Health, HealthCheck, Project, UsageError
from cactions.render.messages import count_noun


def run_health_checks(
    project: Project | None,
    options: LiveOptions,
    follow: Follow,
    local: Iterable[HealthCheck] = (),
    client: IntercomClient | None = None,
) -> list[HealthCheck]:
    """What is ``local``, certificates, trust, proxy, hosts, the clock; where trust fails, no host.

    ``client`` is that of the workspace at Intercom, which is looked at last.
    """
    found = [*local]
    if project:
        found += check_certificates(project, SystemClock().get_time())
    doors = None
    try:
        trusted = load_trust_store(options.ca_file)
        text = f"{count_noun(trusted.authorities, 'authority', 'authorities')} of {trusted.source}"
        found.append(HealthCheck("trust", "", Health.OK, text))
        network = NetworkRules(
            project.allowed if project else (), ca_file=options.ca_file, proxy=options.proxy
        )
        found.append(_report_proxy(options))
        doors = SocketProber(network, follow=follow)
    except UsageError as error:
        topic = "proxy" if any(health_check.topic == "trust" for health_check in found) else "trust"
        found.append(build_failed_check(topic, "", error))
    if doors is None:
        return found
    found += check_hosts(list_hosts(project) if project else (), doors, SystemClock())
    if client and project:
        found += check_workspace(client, project, SystemClock())
        found.append(_report_limit(client))
    return found


def _report_limit(client: IntercomClient) -> HealthCheck:
    """What the workspace's answers say of its rate limit."""
    seen = client.pacer.get_figures().seen
    if not seen.limit:
        return HealthCheck("limit", "", Health.UNKNOWN, "no answer told one")
    left = "" if seen.remaining is None else f", {seen.remaining:,} left in this window"
    text = f"{count_noun(seen.limit, 'call')} in 10 s{left}"
    return HealthCheck("limit", "", Health.OK, text)


def _report_proxy(options: LiveOptions) -> HealthCheck:
    if not options.proxy:
        return HealthCheck("proxy", "", Health.OK, "none; hosts are called directly")
    return HealthCheck("proxy", "", Health.OK, f"hosts are called through {options.proxy}")
