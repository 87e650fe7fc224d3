"""Puts back what a change has written into a live version, and tells what stands there in the end.

What is live is compared before it is written: nothing is written where it is as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NoReturn

from cactions.app.connectors.catalog import read_versions
from cactions.app.connectors.writes import AGAIN, patch_connector
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.body import build_body
from cactions.logic.connectors.drift import ConnectorVersions, describe_changes, is_live_same
from cactions.logic.shell import join_command
from cactions.model import (
    Action,
    CactionsError,
    Connector,
    ConnectorBody,
    OutcomeUnknown,
    RunAborted,
)

_ALLOW: Final = "Change it in the web page, or say --allow-live to change the live version at once."
_HIDDEN: Final = ("headers",)
_TRIES: Final = 3


class LiveVersion:
    """A connector that is live, as it was ``before`` the first change that an action makes."""

    def __init__(self, api: IntercomApi, before: ConnectorVersions, action: Action) -> None:
        assert before.live, "there is a live version"
        self._api, self._action = api, action
        self.before, self.connector = before, before.live

    def read(self) -> ConnectorVersions:
        """What is there now. Raises WorkspaceError."""
        return read_versions(self._api, self.connector.id)

    def patch(self, body: ConnectorBody) -> OutcomeUnknown | None:
        """As ``patch_connector``."""
        return patch_connector(self._api, self.connector.id, body, self._action)

    def restore(self, fields: Sequence[str]) -> NoReturn:
        """Put back these fields, which were seen changed.

        Raises RunAborted where it is known what is live in the end, else OutcomeUnknown.
        """
        now = self._put_back(fields, unseen=False)
        if not self._is_same(now):
            raise self._build_changed(now)
        hidden = [name for name in fields if name in _HIDDEN]
        unsure = f"; the values of its {hidden[0]} cannot be read, and may be new" if hidden else ""
        raise RunAborted(
            f"a change of {self.connector.label} goes into the live version at once in this"
            f" workspace; what was changed ({', '.join(fields)}) is as it was{unsure}",
            hint=_ALLOW,
        )

    def restore_unread(
        self, fields: Sequence[str], error: CactionsError, *, unseen: bool
    ) -> NoReturn:
        """Put back what a change may have done that could not be read, because of ``error``.

        ``unseen``: it is also put back where what is live still cannot be read. Always raises
        OutcomeUnknown.
        """
        now = self._put_back(fields, unseen=unseen)
        label = self.connector.label
        cause = f"a change of {label} was sent, and it could not be read afterwards ({error})"
        if self._is_same(now):
            state = "what is live is as it was, and the draft may be changed"
            raise OutcomeUnknown(f"{cause}; {state}", hint=AGAIN) from error
        changed = self._build_changed(now)
        raise OutcomeUnknown(f"{cause}; {changed}", hint=changed.hint) from error

    def _is_same(self, now: ConnectorVersions | None) -> bool:
        return now is not None and is_live_same(self.before, now)

    def _put_back(self, fields: Sequence[str], *, unseen: bool) -> ConnectorVersions | None:
        """What is there in the end; None where it cannot be read."""
        body = self._build_old_body(fields)
        for _ in range(_TRIES):
            now = self._try_read()
            if now and (now.live is None or _has(now.live, body)):
                return now
            if now or unseen:
                with suppress(CactionsError):
                    self.patch(body)
        return self._try_read()

    def _build_old_body(self, fields: Sequence[str]) -> ConnectorBody:
        return _build_body(self.connector, [name for name in fields if name not in _HIDDEN])

    def _try_read(self) -> ConnectorVersions | None:
        with suppress(CactionsError):
            return self.read()
        return None

    def _build_changed(self, now: ConnectorVersions | None) -> RunAborted | OutcomeUnknown:
        """What is live now, and what makes it right."""
        label, name = self.connector.label, self._action.name
        look = join_command(("connectors", "diff"), name)
        if now is None:
            return OutcomeUnknown(
                f"it is not known whether what is live of {label} is as it was",
                hint=f"`{look}` shows what is live, as soon as Intercom answers.",
            )
        if now.live is None:
            return _build_written(
                f"{label} is no longer live: Intercom took the change as a step back to a draft",
                "Look at its draft in the web page, and set it live there.",
            )
        push = join_command(("connectors", "push"), name, options=("--allow-live",))
        return _build_written(
            f"the live version of {label} was changed, and is not as it was:"
            f" {describe_changes(self.connector, now.live)}",
            f"`{push}` makes live what the file says; the earlier text can be entered in the web"
            f" page. `{look}` compares.",
        )


def _has(connector: Connector, body: ConnectorBody) -> bool:
    """Whether it says what ``body`` would write."""
    return _build_body(connector, tuple(body)) == body


def _build_body(connector: Connector, fields: Sequence[str]) -> ConnectorBody:
    body = build_body(connector, fields)
    return {**body, "description": connector.description} if "description" in fields else body


def _build_written(message: str, hint: str) -> RunAborted:
    error = RunAborted(message, hint=hint)
    error.written = True
    return error
