"""Finds who answers a request, and which scope that takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote

from msgspec import Struct

from tests.workspace import attribute_routes, connector_routes, contact_routes
from tests.workspace.errors import ApiError
from tests.workspace.messages import Answer, Request
from tests.workspace.settings import Settings, compare_versions
from tests.workspace.workspace import Workspace

Handler: TypeAlias = Callable[..., Answer]

PART = "([^/]+)"
NOT_IN_VERSION = "Requested resource is not available in current API version."


class Route(Struct, frozen=True):
    """A call of the API; ``{}`` in its path stands for an id."""

    method: str
    path: str
    handler: Handler
    scope: str = ""
    since: str = "1.0"


READ, WRITE = "read_users", "write_users"
ATTRIBUTES, MAKE_ATTRIBUTES = "read_data_attributes", "write_data_attributes"
CONNECTORS, MAKE_CONNECTORS = "read_data_connectors", "write_data_connectors"
VERSIONS, MAKE_VERSIONS = "read_data_connector_versions", "read_write_data_connector_versions"
CONNECTORS_SINCE = "2.16"

ROUTES = (
    Route("GET", "/me", attribute_routes.read_me),
    Route("GET", "/contacts", contact_routes.list_contacts, READ),
    Route("POST", "/contacts", contact_routes.create_contact, WRITE),
    Route("POST", "/contacts/search", contact_routes.search_contacts, READ),
    Route("POST", "/contacts/merge", contact_routes.merge_contacts, WRITE),
    Route("GET", "/contacts/find_by_external_id/{}", contact_routes.find_contact, READ),
    Route("GET", "/contacts/{}", contact_routes.read_contact, READ),
    Route("PUT", "/contacts/{}", contact_routes.update_contact, WRITE),
    Route("DELETE", "/contacts/{}", contact_routes.delete_contact, WRITE),
    Route("POST", "/contacts/{}/archive", contact_routes.archive_contact, WRITE),
    Route("POST", "/contacts/{}/unarchive", contact_routes.unarchive_contact, WRITE),
    Route("GET", "/data_attributes", attribute_routes.list_attributes, ATTRIBUTES),
    Route("POST", "/data_attributes", attribute_routes.create_attribute, MAKE_ATTRIBUTES),
    Route("PUT", "/data_attributes/{}", attribute_routes.update_attribute, MAKE_ATTRIBUTES),
    *(
        Route(method, f"/data_connectors{path}", handler, scope, CONNECTORS_SINCE)
        for method, path, handler, scope in (
            ("GET", "", connector_routes.list_connectors, CONNECTORS),
            ("POST", "", connector_routes.create_connector, MAKE_CONNECTORS),
            ("GET", "/{}", connector_routes.read_connector, CONNECTORS),
            ("PATCH", "/{}", connector_routes.update_connector, MAKE_CONNECTORS),
            ("DELETE", "/{}", connector_routes.delete_connector, MAKE_CONNECTORS),
            ("GET", "/{}/execution_results", connector_routes.list_executions, CONNECTORS),
            ("GET", "/{}/execution_results/{}", connector_routes.read_execution, CONNECTORS),
        )
    ),
)
VERSION_ROUTES = tuple(
    Route(method, f"/data_connectors/{{}}/versions{path}", handler, scope, CONNECTORS_SINCE)
    for method, path, handler, scope in (
        ("GET", "", connector_routes.list_versions, VERSIONS),
        ("GET", "/{}", connector_routes.read_version, VERSIONS),
        ("PATCH", "/{}", connector_routes.update_version, MAKE_VERSIONS),
    )
)
"""Only where the setting ``versions`` turns them on; elsewhere a wrong path, as in 2.16."""


class Router:
    """Routes in their order: the first that fits answers."""

    def __init__(self, settings: Settings) -> None:
        self._scopes = settings.scopes
        self._routes = [
            (route, re.compile(re.escape(route.path).replace(r"\{\}", PART)))
            for route in (*ROUTES, *(VERSION_ROUTES if settings.versions else ()))
        ]

    def route(self, workspace: Workspace, request: Request) -> Answer:
        """The answer of the workspace."""
        for route, pattern in self._routes:
            found = pattern.fullmatch(request.path)
            if found and route.method == request.method:
                self._check(route, request)
                return route.handler(workspace, request, *map(unquote, found.groups()))
        raise ApiError(404, "not_found", "The requested resource does not exist")

    def _check(self, route: Route, request: Request) -> None:
        if compare_versions(request.version, route.since) < 0:
            raise ApiError(400, "intercom_version_invalid", NOT_IN_VERSION)
        if self._scopes is not None and route.scope and route.scope not in self._scopes:
            message = f"You do not have the required scope ({route.scope}) to access this resource"
            raise ApiError(403, "forbidden", message)
