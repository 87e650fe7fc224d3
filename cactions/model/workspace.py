"""Where people live: the store beside the files, or a workspace at Intercom."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.model.person import Person, PersonQuery
from cactions.model.template import SecretRef


class IdentityVerification(Enum):
    """What Intercom verifies of a user who opens the Messenger.

    HMAC signs the user id or the e-mail (the user id where both are sent), a JWT signs both.
    UNSPECIFIED is the ``true`` of older files: it stands for whichever of them an action needs.
    """

    OFF = "off"
    USER_ID = "user_id"
    EMAIL = "email"
    JWT = "jwt"
    UNSPECIFIED = "true"

    @classmethod
    def from_flag(cls, flag: bool | None) -> IdentityVerification:
        """What a workspace says that only knows on and off."""
        return cls.UNSPECIFIED if flag else cls.OFF

    def is_signed(self, field: str) -> bool:
        """Whether a user's ``email`` or ``user_id`` is signed."""
        return self not in (self.OFF, self.USER_ID if field == "email" else self.EMAIL)


class Region(Enum):
    """Where Intercom hosts a workspace; each has an API host of its own."""

    US = "us"
    EU = "eu"
    AU = "au"


API_HOSTS: Final[Mapping[Region, str]] = MappingProxyType(
    {
        Region.US: "api.intercom.io",
        Region.EU: "api.eu.intercom.io",
        Region.AU: "api.au.intercom.io",
    }
)

LOCAL: Final = "local"
INTERCOM: Final = "intercom"
"""The kinds of workspaces, as the keys of their names begin."""

API_VERSION: Final = "2.16"
"""The default of ``Intercom-Version``; without the header, Intercom uses the app's own."""


class IntercomConnection(Struct, frozen=True):
    """How a workspace at Intercom is reached.

    ``origin`` is ``https://host[:port]``. ``region`` is None where the file gives a ``url``, as for
    a test server. ``token`` names the sealed access token; None where it is typed for one command.
    ``share``: the part of the rate limit that cactions may use, from above 0 to 1.
    """

    origin: str = f"https://{API_HOSTS[Region.US]}"
    host: str = API_HOSTS[Region.US]
    region: Region | None = Region.US
    token: SecretRef | None = None
    api_version: str = API_VERSION
    share: float = 1.0
    test_people: tuple[PersonQuery, ...] = ()


class WorkspaceIdentity(Struct, frozen=True):
    """What ``GET /me`` tells of a workspace; ``region`` and ``version`` are empty if unknown.

    ``version`` is the API version that answered.
    """

    app_id: str
    name: str = ""
    region: str = ""
    timezone: str = ""
    identity_verification: bool | None = None
    version: str = ""

    def __str__(self) -> str:
        """Name, id, region and the API version that answered."""
        parts = [self.name or "a workspace without a name", f"id {self.app_id or 'unknown'}"]
        parts += [f"region {self.region or 'unknown'}"]
        parts += [f"API {self.version}"] if self.version else []
        return ", ".join(parts)


class WorkspaceName(Struct, frozen=True):
    """Which workspace people are in, as runs keep it; two with the same ``key`` are the same.

    ``key`` is ``local``, ``intercom:ID``, or ``intercom`` where the id is not known. ``name`` is
    what Intercom calls the workspace, so any text; empty where that is not known.
    """

    key: str = LOCAL
    name: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is the store beside the files."""
        return self.key == LOCAL

    @property
    def app_id(self) -> str:
        """Its id at Intercom; empty if unknown."""
        return self.key.partition(":")[2]


class Workspace(Struct, frozen=True):
    """The home of the people: the local store, or ``intercom``.

    ``people`` are those that stand in the YAML, ``people_file`` names the file of others
    (relative to the YAML's folder; empty where there is none).
    """

    identity_verification: IdentityVerification = IdentityVerification.OFF
    people: tuple[Person, ...] = ()
    people_file: str = ""
    intercom: IntercomConnection | None = None
