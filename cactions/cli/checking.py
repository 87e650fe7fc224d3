"""What ``doctor`` looks at, put together with the pieces of the live sender."""

from __future__ import annotations

from cactions.app.examining import examine
from cactions.cli.answering import Answers
from cactions.edges.clock import SystemClock
from cactions.edges.guard import Network
from cactions.edges.knocking import Doors
from cactions.edges.tls import trust
from cactions.logic.checking import failed
from cactions.logic.hosts import sites_of
from cactions.model import Check, Health, OperatorError, Project
from cactions.render.words import count


def examined(project: Project | None, answers: Answers) -> list[Check]:
    """Trust, proxy, then every host and the clock; where the first two fail, no host is asked."""
    found: list[Check] = []
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
        topic = "proxy" if found else "trust"
        found.append(failed(topic, "", error))
    if doors is None:
        return found
    return [*found, *examine(sites_of(project) if project else (), doors, SystemClock())]


def _proxy(answers: Answers) -> Check:
    if not answers.proxy:
        return Check("proxy", "", Health.OK, "none; hosts are called directly")
    return Check("proxy", "", Health.OK, f"hosts are called through {answers.proxy}")
