"""What ``doctor`` says of the client certificates of a project. No key is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from cactions.edges.keys.client_certificate import get_last_moment
from cactions.logic.network.reachability import build_failed_check
from cactions.model import ClientCertificate, DefinitionError, Health, HealthCheck, Project
from cactions.render.messages import count_noun

_TOPIC: Final = "certificate"
_SOON: Final = 30
"""In days: a new one has to be asked for in time."""


def check_certificates(project: Project, now: float) -> Iterator[HealthCheck]:
    """Each certificate that is presented, and until when it is valid."""
    requests = [action.request for action in project.actions.values()]
    fetches = [token.fetch.request for token in project.tokens.values() if token.fetch]
    found = (request.client_certificate for request in (*requests, *fetches))
    for presented in dict.fromkeys(filter(None, found)):
        yield _check_certificate(presented, datetime.fromtimestamp(now, UTC))


def _check_certificate(presented: ClientCertificate, now: datetime) -> HealthCheck:
    name = presented.key.name
    try:
        end = get_last_moment(presented)
    except DefinitionError as error:
        return build_failed_check(_TOPIC, name, error)
    days = (end - now).days
    if days < 0:
        hint = "Get a new certificate from the service, and replace `certificate` in the file."
        return HealthCheck(_TOPIC, name, Health.PROBLEM, f"expired on {end:%Y-%m-%d}", hint)
    text = f"is valid until {end:%Y-%m-%d}"
    text += f", for {count_noun(days, 'day')}: ask for a new one" if days < _SOON else ""
    return HealthCheck(_TOPIC, name, Health.OK, text)
