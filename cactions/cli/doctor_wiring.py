"""What ``doctor`` looks at, put together with the pieces of the live sender."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cactions.app.doctor import examine
from cactions.cli.live_options import Answers
from cactions.cli.vault_check import missing_in
from cactions.edges.clock import SystemClock
from cactions.edges.http.address_guard import Network
from cactions.edges.http.probe import Doors
from cactions.edges.http.tls import trust
from cactions.logic.network.hosts import sites_of
from cactions.logic.network.reachability import failed
from cactions.model import Check, Health, OperatorError, Project
from cactions.render.messages import count


def examined(project: Project | None, answers: Answers, vault: Path | None) -> list[Check]:
    """Vault, trust, proxy, then every host and the clock; where trust or proxy fail, no host.

    Without a vault beside the files nothing is said of one.
    """
    found = [*_vault(vault, project)] if vault and project else []
    doors = None
    try:
        trusted = trust(answers.ca_file)
        told = f"{count(trusted.authorities, 'authority', 'authorities')} of {trusted.told}"
        found.append(Check("trust", "", Health.OK, told))
        network = Network(
            project.allowed if project else (), ca_file=answers.ca_file, proxy=answers.proxy
        )
        found.append(_proxy(answers))
        doors = Doors(network)
    except OperatorError as error:
        topic = "proxy" if any(one.topic == "trust" for one in found) else "trust"
        found.append(failed(topic, "", error))
    if doors is None:
        return found
    return [*found, *examine(sites_of(project) if project else (), doors, SystemClock())]


def _vault(vault: Path, project: Project) -> Iterator[Check]:
    """What live calls would miss of the vault, as its file reads without a key."""
    if not os.path.lexists(vault):
        return
    found = missing_in(vault, project)
    for one in found:
        yield Check("vault", one.route, Health.PROBLEM, one.message, one.hint)
    if not found:
        yield Check("vault", "", Health.OK, "has what the calls need, as it reads without its key")


def _proxy(answers: Answers) -> Check:
    if not answers.proxy:
        return Check("proxy", "", Health.OK, "none; hosts are called directly")
    return Check("proxy", "", Health.OK, f"hosts are called through {answers.proxy}")
