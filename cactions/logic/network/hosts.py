"""Every host that the actions of a project ask, and who asks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from cactions.logic.network.origin import OriginError, parse_origin
from cactions.model import ActionRequest, AllowedAddress, Project

Ways: TypeAlias = Mapping[tuple[str, int], AllowedAddress]
"""The entries of ``network.allow`` by host and port."""


class Host(Struct, frozen=True):
    """Where requests go. ``asked_by`` says which; ``entry`` is the one of ``network.allow``."""

    host: str
    port: int
    asked_by: tuple[str, ...]
    entry: AllowedAddress | None = None

    @property
    def url(self) -> str:
        """Its root."""
        return f"https://{self.host}:{self.port}/"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def list_hosts(project: Project) -> tuple[Host, ...]:
    """Each host and port once, in the order of the files.

    A request whose host cannot be used is left out: that is an error of the file.
    """
    ways = {(entry.host, entry.port): entry for entry in project.allowed}
    found: dict[tuple[str, int], list[str]] = {}
    for name, request in _list_requests(project):
        try:
            origin = parse_origin(request.base or str(request.url), ways)
        except OriginError:
            continue
        found.setdefault((origin.host, origin.port), []).append(name)
    for at, name in _find_api_host(project, ways):
        found.setdefault(at, []).append(name)
    return tuple(Host(*at, tuple(names), ways.get(at)) for at, names in found.items())


def _find_api_host(project: Project, ways: Ways) -> Iterator[tuple[tuple[str, int], str]]:
    """The API of a workspace at Intercom."""
    if connection := project.workspace.intercom:
        origin = parse_origin(connection.origin, ways)
        yield (origin.host, origin.port), "the workspace"


def _list_requests(project: Project) -> Iterator[tuple[str, ActionRequest]]:
    for action in project.actions.values():
        yield action.name, action.request
    for token in project.tokens.values():
        if token.fetch:
            yield f"the token {token.name}", token.fetch.request
