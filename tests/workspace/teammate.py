"""What teammates do in the web page of a workspace: changes that are no calls of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.workspace.application import Application
from tests.workspace.attributes import build_attribute
from tests.workspace.connectors import Which
from tests.workspace.contact_shape import shape_contact
from tests.workspace.messages import Document
from tests.workspace.workspace import Workspace


class Teammate:
    """Sees everything as it is stored, and may change what the API cannot change."""

    def __init__(self, application: Application) -> None:
        self._application = application

    # Contacts

    def add_contact(
        self,
        *,
        custom_attributes: Document | None = None,
        indexed: bool = True,
        **fields: Any,
    ) -> str:
        """A contact, found by searches at once unless ``indexed`` is false; its id.

        Custom attributes must exist, as in the API; objects are taken as they are.
        """
        custom = custom_attributes or {}

        def create(workspace: Workspace) -> str:
            missing = [name for name in custom if not workspace.attributes.find(name)]
            if missing:
                raise ValueError(f"no attributes {missing}: add_attribute() first")
            found = {**fields, "custom_attributes": custom}
            return workspace.contacts.create(found, indexed=indexed).key

        return str(self._do(create))

    def get_contact(self, key: str) -> Document:
        """The true contact in any state, as a GET shows an active one; KeyError if unknown."""

        def show(workspace: Workspace) -> Document:
            record = workspace.contacts.find(key)
            if record is None:
                raise KeyError(key)
            settings = workspace.settings
            return shape_contact(record.document, settings, settings.default_version)

        return dict(self._do(show))

    def get_state(self, key: str) -> str:
        """``active``, ``archived``, ``deleted`` or ``merged``."""
        return str(self._do(lambda workspace: workspace.contacts.find(key)).state)

    def update_contact(self, key: str, **changes: Any) -> None:
        """A write by a teammate; custom attributes that are not named are kept."""

        def change(workspace: Workspace) -> None:
            record = workspace.contacts.find(key)
            if record is None:
                raise KeyError(key)
            held = record.document["custom_attributes"]
            custom = {**held, **changes.get("custom_attributes", {})}
            workspace.contacts.change(record, {**changes, "custom_attributes": custom})

        self._do(change)

    def archive_contact(self, key: str) -> None:
        """Archive a contact."""
        self._do(lambda w: w.contacts.set_state(w.contacts.read(key), "archived"))

    def delete_contact(self, key: str) -> None:
        """Delete a contact."""
        self._do(lambda w: w.contacts.set_state(w.contacts.read(key), "deleted"))

    def merge_contacts(self, source: str, target: str) -> None:
        """Merge the source into the target, whatever their roles are."""
        self._do(lambda w: w.contacts.merge(w.contacts.read(source), w.contacts.read(target)))

    # Attributes

    def add_attribute(  # noqa: PLR0913
        self,
        name: str,
        data_type: str = "string",
        options: Sequence[str] = (),
        *,
        messenger_writable: bool | None = False,
        custom: bool = True,
        archived: bool = False,
        api_writable: bool = True,
        **others: Any,
    ) -> int | None:
        """An attribute of contacts, also of a data type that is not described; its id.

        ``messenger_writable`` of null leaves the key out of every answer.
        """
        if options:
            others["options"] = list(options)

        def add(workspace: Workspace) -> Document:
            fields = build_attribute(
                name,
                data_type=data_type,
                now=workspace.ledger.now(),
                admin=workspace.settings.admins[0],
                custom=custom,
                messenger_writable=messenger_writable,
                archived=archived,
                api_writable=api_writable,
                **others,
            )
            return workspace.attributes.add(fields)

        key: int | None = self._do(add).get("id")
        return key

    def edit_attribute(self, key: int, **changes: Any) -> None:
        """Change an attribute, also what the API cannot change."""
        self._do(lambda workspace: workspace.attributes.edit(key, changes))

    # Data connectors

    def add_connector(
        self, definition: Document, *, live: bool = True, in_use: bool = False
    ) -> str:
        """A connector with one version; its id. Every field may be set, read-only ones too."""
        versions = {"live" if live else "draft": definition}
        return str(self._do(lambda w: w.connectors.add(versions, in_use=in_use)["id"]))

    def get_connector(self, key: str, version: Which | None = None) -> Document:
        """A version as it is stored, with its true header values; KeyError without it.

        Without ``version``: the live one, or else the draft.
        """
        connector = self._do(lambda workspace: workspace.connectors.find(key))
        found = connector[version] if version else connector["live"] or connector["draft"]
        if found is None:
            raise KeyError(f"{key} has no {version} version")
        return {"id": key, "in_use": connector["in_use"], **found}

    def list_connectors(self) -> list[Document]:
        """Every connector, with its id and both versions; null where there is no such version."""
        return list(self._do(lambda workspace: workspace.connectors.list_all()))

    def edit_connector(self, key: str, version: Which | None = None, **changes: Any) -> None:
        """Change any field of a version, or ``in_use``, as a teammate does in the web page."""
        self._do(lambda workspace: workspace.connectors.edit(key, version, changes))

    def remove_connector(self, key: str) -> None:
        """Delete a connector in any state."""
        self._do(lambda workspace: workspace.connectors.drop(key))

    def add_execution(self, connector_id: str, **fields: Any) -> str:
        """A run of the connector, now unless ``created_at`` says otherwise; its id.

        The headers of the connector are stored with it, unmasked except ``Authorization``.
        """
        headers = self.get_connector(connector_id)["headers"]
        return str(self._do(lambda w: w.executions.add(connector_id, headers, fields)))

    def get_execution(self, connector_id: str, key: str) -> Document:
        """A run as it is stored, with what no answer shows."""
        return dict(self._do(lambda workspace: workspace.executions.find(connector_id, key)))

    def _do(self, function: Callable[[Workspace], Any]) -> Any:
        return self._application.call(function)
