"""The data connectors of the workspace: each has a draft version, a live version, or both."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from tests.workspace.connector_fields import DEFAULTS, HIDDEN, clean_fields
from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.ledger import Ledger
from tests.workspace.messages import Document

Which: TypeAlias = Literal["draft", "live"]

WHICH: tuple[Which, Which] = ("live", "draft")
OTHER: dict[Which, Which] = {"live": "draft", "draft": "live"}
FIRST_ID = 12345
FIRST_VERSION_ID = 9821


class Connectors:
    """A connector has ``draft`` and ``live``, null where there is no such version."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._documents = dict(ledger.storage.load("connector"))

    def find(self, key: str) -> Document:
        """A connector; raises the 404."""
        found = self._documents.get(key)
        if found is None:
            raise ApiError(404, "data_connector_not_found", "Data connector not found")
        return found

    def list_all(self) -> list[Document]:
        """Every connector, the most recently updated first."""
        return sorted(self._documents.values(), key=rank, reverse=True)

    def read_version(self, key: str, which: Which) -> Document:
        """A version; without it, a 404 or the other one, as the setting says."""
        connector = self.find(key)
        found = connector[which]
        if found is None and self._ledger.settings.missing_version == "other":
            found = connector[OTHER[which]]
        if found is None:
            raise ApiError(404, "data_connector_not_found", "Data connector not found")
        return dict(found)

    def create(self, body: Document) -> Document:
        """A new draft, as a POST makes it."""
        if not body.get("name"):
            raise ApiError(422, "parameter_not_found", "Name is required")
        fields = clean_fields(body)
        self._refuse_taken(fields["name"], "")
        return self.add({"draft": fields})

    def add(self, versions: Document, *, in_use: bool = False) -> Document:
        """A connector with these versions, whatever their fields are."""
        now, admin = self._ledger.now(), self._ledger.settings.admins[0]
        key = str(max((int(known) for known in self._documents), default=FIRST_ID - 1) + 1)
        connector: Document = {
            "id": key,
            "draft": _build_version(versions.get("draft"), "draft"),
            "live": _build_version(versions.get("live"), "live"),
            "in_use": in_use,
            "created_by": admin,
            "updated_by": admin,
            "created_at": now,
            "updated_at": now,
            "history": [],
        }
        if connector["live"] is not None:
            connector = self._add_history(connector)
        return self._save(connector)

    def update(self, key: str, body: Document) -> tuple[Document, Which]:
        """The connector after a PATCH, and the version that it changed."""
        connector = self.find(key)
        fields = clean_fields(body)
        self._refuse_taken(fields.get("name"), key)
        state = body.get("state")
        if state not in {None, "draft", "live", *self._ledger.settings.extra_states}:
            raise refuse_parameter("Invalid state. Must be one of: draft, live", status=422)
        which = self._choose(connector)
        if fields:
            held = connector[which] or connector[OTHER[which]]
            connector = {**connector, which: {**held, **fields, "state": which}}
        if state is not None:
            connector, which = self._set_state(connector, state)
        return self._save(connector), which

    def delete(self, key: str) -> None:
        """Remove a draft that is not in use."""
        connector = self.find(key)
        if connector["live"] is not None:
            message = "Data connector must be in draft state to be deleted"
            raise ApiError(409, "conflict", message)
        self._refuse_used(connector, "deleted")
        self.drop(key)

    def drop(self, key: str) -> None:
        """Remove a connector in any state."""
        del self._documents[key]
        self._ledger.drop("connector", key)

    def edit(self, key: str, which: Which | None, changes: Document) -> None:
        """Change a version, or ``in_use``, whatever can be written."""
        connector = self.find(key)
        used = bool(changes.pop("in_use", connector["in_use"]))
        which = which or ("live" if connector["live"] is not None else "draft")
        held = connector[which] or {**connector[OTHER[which]], "state": which}
        self._save({**connector, "in_use": used, which: _check_names({**held, **changes})})

    def set_note(self, key: str, version: int, note: str | None) -> None:
        """The only thing of a former version that can be written."""
        connector = self.find(key)
        history = [
            {**entry, "note": note} if entry["id"] == version else entry
            for entry in connector["history"]
        ]
        self._save({**connector, "history": history}, touch=False)

    def _choose(self, connector: Document) -> Which:
        """The version that a PATCH changes."""
        if self._ledger.settings.patch_changes == "live" and connector["live"] is not None:
            return "live"
        return "draft"

    def _set_state(self, connector: Document, state: str) -> tuple[Document, Which]:
        versions: Document = {}
        if state == "draft":
            if connector["live"] is not None:
                self._refuse_used(connector, "set to draft")
            held = connector["draft"] or connector["live"]
            versions = {"draft": {**held, "state": "draft"}, "live": None}
            return {**connector, **versions}, "draft"
        held = connector["draft"] or connector["live"]
        versions = {"draft": None, "live": {**held, "state": state}}
        is_new = connector["draft"] is not None
        connector = {**connector, **versions}
        return (self._add_history(connector) if is_new else connector), "live"

    def _add_history(self, connector: Document) -> Document:
        total = sum(len(known["history"]) for known in self._documents.values())
        entry = {
            "id": FIRST_VERSION_ID + total,
            "created_at": self._ledger.now(),
            "note": None,
            "version": connector["live"],
        }
        return {**connector, "history": [entry, *connector["history"]]}

    def _save(self, connector: Document, *, touch: bool = True) -> Document:
        if touch:
            connector = {**connector, "updated_at": self._ledger.now()}
        self._documents[connector["id"]] = connector
        self._ledger.save("connector", connector["id"], connector)
        return connector

    def _refuse_used(self, connector: Document, wanted: str) -> None:
        if connector["in_use"]:
            message = f"Data connector is in use by other resources and cannot be {wanted}"
            raise ApiError(409, "data_connector_in_use", message)

    def _refuse_taken(self, name: str | None, key: str) -> None:
        for connector in self._documents.values():
            names = {connector[which]["name"] for which in WHICH if connector[which]}
            if name in names and connector["id"] != key:
                raise refuse_parameter("Name has already been taken", status=422)


def rank(connector: Document) -> list[Any]:
    """The place of a connector in the list, which is also its cursor."""
    return [float(connector["updated_at"]), int(connector["id"])]


def _build_version(fields: Document | None, state: Which) -> Document | None:
    return None if fields is None else _check_names({**DEFAULTS, "state": state, **fields})


def _check_names(version: Document) -> Document:
    unknown = version.keys() - DEFAULTS.keys() - {HIDDEN}
    if unknown:
        raise ValueError(f"a connector has no {sorted(unknown)}")
    return version
