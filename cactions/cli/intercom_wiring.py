"""The workspace at Intercom, put together: token, network, pacer, people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from cactions.app.ports import Journal
from cactions.app.read_workspace import WorkspaceAttributes, read_attributes, read_identity
from cactions.app.recent_writes import find_recently_written
from cactions.app.vault.open_vault import VaultContext
from cactions.app.vault.secret_provider import VaultSecrets
from cactions.cli import output_scrubber, progress
from cactions.cli.live_options import LiveOptions
from cactions.cli.tracked_sender import TrackedSender
from cactions.edges.clock import SystemClock, SystemSleeper
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.edges.intercom.client import IntercomClient
from cactions.edges.intercom.lease_pacer import LeasePacer
from cactions.edges.intercom.pacer import FileSharedState, MonotonicClock, Pacer, SharedState
from cactions.edges.intercom.people import IntercomPeople
from cactions.logic.intercom.attribute_check import check_mapping
from cactions.logic.intercom.connection_check import list_cautions, require_workspace_name
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import build_workspace_name
from cactions.model import (
    Action,
    AllowedAddress,
    IntercomConnection,
    Project,
    UsageError,
    WorkspaceIdentity,
    WorkspaceName,
)
from cactions.model.secret import Secret


class SharedLimit(SharedState, Protocol):
    """The state of a rate limit in a database."""

    def close(self) -> None:
        """Close the connection."""


def open_client(
    connection: IntercomConnection,
    get_token: Callable[[], Secret],
    options: LiveOptions,
    pacer: Pacer,
    allowed: Sequence[AllowedAddress] = (),
) -> IntercomClient:
    """The client of a workspace; nothing is sent yet.

    Raises UsageError where proxy or CA file cannot be used.
    """
    sender = HttpSender(NetworkRules(tuple(allowed), ca_file=options.ca_file, proxy=options.proxy))
    progress.add_closing_hook(sender.close)
    return IntercomClient(connection, get_token, TrackedSender(sender), pacer, SystemSleeper())


def create_pacer(connection: IntercomConnection, shared: SharedState | None) -> Pacer:
    """What lets calls pass, within the limit that ``shared`` tells of."""
    return Pacer(MonotonicClock(), SystemSleeper(), shared, connection.share)


class IntercomSession:
    """One command's work with a workspace: everything is opened and read at its first use."""

    def __init__(
        self,
        project: Project,
        state: Path,
        vault: Callable[[], VaultContext],
        options: LiveOptions,
        say: Callable[[str], None],
        open_limit: Callable[[str], SharedLimit | None] = lambda _key: None,
    ) -> None:
        """``open_limit``: the rate limit that machines share, by its key; None for none."""
        assert project.workspace.intercom, "a local workspace has no session"
        self.connection = project.workspace.intercom
        self._project, self._state, self._options, self._say = project, state, options, say
        self._open_limit = open_limit
        self._people: IntercomPeople | None = None
        self._secrets = VaultSecrets(vault, output_scrubber.register_secret)

    @cached_property
    def client(self) -> IntercomClient:
        """The client; the token is opened at its first call."""
        pacer, allowed = self._create_pacer(), self._project.allowed
        return open_client(self.connection, self._open_token, self._options, pacer, allowed)

    def _create_pacer(self) -> Pacer:
        """For the limit that machines share; else for that of the processes of this machine."""
        origin = self.connection.origin
        limit = self._open_limit(origin)
        if limit is None:
            return create_pacer(self.connection, FileSharedState(self._state, origin))
        pacer = LeasePacer(MonotonicClock(), SystemSleeper(), limit, self.connection.share)
        progress.add_closing_hook(limit.close)
        progress.add_closing_hook(pacer.close)  # first: it gives back what it holds
        return pacer

    @cached_property
    def identity(self) -> WorkspaceIdentity:
        """Who the workspace is. What is wrong with region or version is said once."""
        found = read_identity(self.client)
        for caution in list_cautions(self._project.workspace, found):
            self._say(caution)
        return found

    def require_workspace_name(self) -> WorkspaceName:
        """The name of the workspace in the heads of runs. Raises WorkspaceError if unknown."""
        return require_workspace_name(self.identity)

    def find_workspace_name(self) -> WorkspaceName:
        """The same for what writes to no person, also where Intercom tells no id."""
        return build_workspace_name(self.identity)

    @cached_property
    def attributes(self) -> WorkspaceAttributes:
        """The attributes of the workspace."""
        return read_attributes(self.client)

    def open_people(self, open_journal: Callable[[], Journal]) -> IntercomPeople:
        """The people of the workspace; the journal knows whom we wrote a moment ago."""
        if self._people is None:
            self._people = IntercomPeople(
                self.client,
                self.connection.test_people,
                lambda ids: find_recently_written(ids, open_journal(), SystemClock()),
            )
        return self._people

    def report_identity(self) -> None:
        """Say what is not as the file says, unless it was said already."""
        _ = self.identity

    def check_action(self, action: Action) -> Action:
        """The action with the workspace's options. Raises DefinitionError where it does not fit."""
        return check_mapping(action, self.attributes.known, self.attributes.unknown_types)

    def _open_token(self) -> Secret:
        token = self.connection.token
        if token is None:
            options = ("--host", self.connection.host)
            seal = join_command(("vault", "seal"), "intercom_token", options=options)
            raise UsageError(
                "the file names no access token for Intercom",
                hint="Write `token: {secret: intercom_token}` under `workspace`, then seal it:"
                f" `{seal}`.",
            )
        return self._secrets.open([token.name], self.connection.host)[token.name]
