"""The settings of the workspace server: what differs between workspaces, or is not proven.

``python -m tests.workspace --help`` shows each of them with its text below.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

VERSIONS = (
    *(f"1.{minor}" for minor in range(5)),
    *(f"2.{minor}" for minor in range(18)),
    "Preview",
    "Unstable",
)
"""The values of ``Intercom-Version`` that the platform knows, oldest first."""


def compare_versions(version: str, other: str) -> int:
    """Positive where ``version`` is newer; ``Preview`` is newer than every number."""
    return VERSIONS.index(version) - VERSIONS.index(other)


class Settings(Struct, frozen=True, kw_only=True):
    """One workspace and the behavior of its API."""

    token: Annotated[str, Meta(description="accepted bearer token")] = "test-token-0123456789"
    other_tokens: Annotated[
        tuple[str, ...], Meta(description="more bearer tokens, each an app of its own")
    ] = ()
    scopes: Annotated[
        tuple[str, ...] | None,
        Meta(description="scopes of every token; without this, all. A missing scope answers 403"),
    ] = None
    default_version: Annotated[
        str, Meta(description="API version of the app, used when the request names none")
    ] = "2.16"

    region: Annotated[str, Meta(description="region that /me tells: US, EU or AU")] = "US"
    app_id: Annotated[str, Meta(description="id_code of the workspace")] = "abc12345"
    app_name: Annotated[str, Meta(description="name of the workspace")] = "Example workspace"
    timezone: Annotated[
        str, Meta(description="zone of the workspace; searches compare dates by its days")
    ] = "America/Los_Angeles"
    identity_verification: Annotated[
        bool, Meta(description="whether /me tells that identity verification is on")
    ] = True
    admins: Annotated[
        tuple[str, ...], Meta(description="ids of the teammates; the first owns the token")
    ] = ("991267459", "991267460")

    index_lag: Annotated[
        float, Meta(description="seconds until a search finds what was written")
    ] = 0
    in_maximum: Annotated[int, Meta(description="values that IN and NIN may hold")] = 50
    folds_case: Annotated[bool, Meta(description="whether searches ignore the case of letters")] = (
        True
    )

    custom_attributes: Annotated[
        Literal["merge", "replace"],
        Meta(description="what a PUT does with the custom attributes that it does not send"),
    ] = "merge"
    check_options: Annotated[
        bool, Meta(description="whether a value outside a list attribute's options answers 400")
    ] = False
    check_types: Annotated[
        bool, Meta(description="whether a value of another type than its attribute answers 400")
    ] = True
    unwritable: Annotated[
        Literal["refuse", "ignore"],
        Meta(description="what a write to a custom attribute without api_writable does"),
    ] = "refuse"
    unique_emails: Annotated[
        bool, Meta(description="whether a second user with the same e-mail address answers 409")
    ] = False
    updated_at_moves: Annotated[
        int, Meta(description="seconds after a write at which updated_at moves by as much")
    ] = 0
    newer_keys: Annotated[
        bool, Meta(description="contacts with the keys of 2.11 and later, beyond the 44")
    ] = False
    unarchive_deleted_status: Annotated[
        Literal[400, 500], Meta(description="status for unarchiving a deleted contact")
    ] = 400

    messenger_writable_since: Annotated[
        str, Meta(description="first API version whose attributes tell messenger_writable")
    ] = "2.11"

    missing_version: Annotated[
        Literal["not_found", "other"],
        Meta(description="answer where a connector has no version of the state_version asked"),
    ] = "not_found"
    patch_changes: Annotated[
        Literal["draft", "live"],
        Meta(description="version of a live connector that a PATCH without state changes"),
    ] = "draft"
    versions: Annotated[bool, Meta(description="whether /data_connectors/{id}/versions exists")] = (
        False
    )
    extra_states: Annotated[
        tuple[str, ...], Meta(description="states that PATCH accepts beside draft and live")
    ] = ()

    limit: Annotated[int, Meta(description="calls in one window of one app")] = 1666
    workspace_limit: Annotated[
        int, Meta(description="calls in one window of all apps; 0 for no such limit")
    ] = 0
    window: Annotated[int, Meta(description="seconds of a window")] = 10
    phase: Annotated[
        float, Meta(description="seconds after a multiple of the window at which windows begin")
    ] = 0
    reset_offset: Annotated[
        int, Meta(description="seconds by which X-RateLimit-Reset is later than the next window")
    ] = 0
    remaining: Annotated[
        Literal["before", "after"],
        Meta(description="whether X-RateLimit-Remaining leaves out or includes the call itself"),
    ] = "before"
    skew: Annotated[
        int, Meta(description="seconds by which Date is ahead of the clock that counts calls")
    ] = 0
    sliding: Annotated[bool, Meta(description="sliding windows in place of fixed ones")] = False
    others: Annotated[
        float, Meta(description="share of the limit that other clients take, evenly over a window")
    ] = 0
    rate_headers: Annotated[bool, Meta(description="whether answers tell the rate limit")] = True
    retry_after: Annotated[
        int, Meta(description="seconds of Retry-After with a 429; 0 for no such header")
    ] = 0

    request_ids: Annotated[bool, Meta(description="whether error bodies hold a request_id")] = True
    error_body: Annotated[
        Literal["list", "json", "text", "html", "empty"],
        Meta(description="form of error bodies: an error.list, or something else"),
    ] = "list"
    old_unauthorized: Annotated[
        bool, Meta(description="the 401 of 2018: code token_unauthorized")
    ] = False

    gzip: Annotated[bool, Meta(description="compress bodies when the client accepts gzip")] = True
    chunked: Annotated[
        bool, Meta(description="bodies in chunks, as the platform does, not with a length")
    ] = True
    cookies: Annotated[bool, Meta(description="Set-Cookie on every fourth answer")] = True
    latency: Annotated[float, Meta(description="seconds that every answer takes")] = 0
    calls_per_connection: Annotated[
        int, Meta(description="calls after which a connection is closed; 0 for no maximum")
    ] = 0
    control: Annotated[
        bool, Meta(description="POST /_control/METHOD calls a method of WorkspaceServer")
    ] = False

    def __post_init__(self) -> None:
        """Refuse what cannot be served."""
        if not 0 <= self.phase < self.window:
            raise ValueError("phase is at least 0 and less than the window")
        if not 0 <= self.others < 1:
            raise ValueError("others is at least 0 and less than 1")
        for version in (self.default_version, self.messenger_writable_since):
            if version not in VERSIONS:
                raise ValueError(f"{version!r} is no API version")

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every accepted bearer token."""
        return (self.token, *self.other_tokens)
