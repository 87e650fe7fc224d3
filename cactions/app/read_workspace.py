"""Reads what a workspace at Intercom says of itself: its identity and its attributes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.app.intercom_port import IntercomApi
from cactions.app.ports import Clock
from cactions.logic.intercom.api import ApiCall
from cactions.logic.intercom.data_attributes import parse_attributes, parse_identity
from cactions.model import Attribute, Snapshot, WorkspaceIdentity


class WorkspaceAttributes(Struct, frozen=True):
    """The custom attributes of contacts by name; ``unknown_types`` names those left out."""

    known: Mapping[str, Attribute]
    unknown_types: tuple[str, ...] = ()


def read_identity(api: IntercomApi) -> WorkspaceIdentity:
    """Who the workspace is. Raises WorkspaceError."""
    return parse_identity(api.call(ApiCall("GET", "/me")))


def read_attributes(api: IntercomApi) -> WorkspaceAttributes:
    """All custom attributes of contacts, archived ones too. Raises WorkspaceError."""
    query = {"model": "contact", "include_archived": "true"}
    reply = api.call(ApiCall("GET", "/data_attributes", query))
    known, unknown = parse_attributes(reply.list_items())
    return WorkspaceAttributes(known, tuple(unknown))


def take_snapshot(api: IntercomApi, clock: Clock, file: str) -> Snapshot:
    """What is known of the workspace's attributes now. Raises WorkspaceError."""
    return build_snapshot(read_identity(api), read_attributes(api), clock.get_time(), file)


def build_snapshot(
    identity: WorkspaceIdentity, attributes: WorkspaceAttributes, now: float, file: str
) -> Snapshot:
    """What was read of a workspace, as the content of ``file``; ``now`` in seconds since 1970."""
    return Snapshot(
        file,
        now,
        attributes.known,
        identity.identity_verification,
        identity,
        attributes.unknown_types,
    )
