"""What a POST or PUT of a contact changes: which values are taken, ignored, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workspace.attributes import Attributes
from tests.workspace.contacts import ContactRecord, Contacts
from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.messages import Document
from tests.workspace.settings import Settings

TEXTS = ("phone", "name", "avatar")
TIMES = ("signed_up_at", "last_seen_at")
ROLES = {"user": "user", "contact": "user", "lead": "lead"}


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "float": lambda value: _is_integer(value) or isinstance(value, float),
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_integer,
}
"""What a value must be for each data type; other data types take everything."""


class ContactWriter:
    """Reads request bodies; nothing is written before all of a body is found good."""

    def __init__(self, settings: Settings, contacts: Contacts, attributes: Attributes) -> None:
        self._settings = settings
        self._contacts = contacts
        self._attributes = attributes

    def create(self, body: Document) -> ContactRecord:
        """The contact of a POST. The role ``contact`` is taken as user."""
        if not any(body.get(name) for name in ("email", "external_id", "role")):
            raise ApiError(400, "parameter_not_found", "email, external_id or role is required")
        role = self._read_role(body) or "user"
        fields = {**self._read_fields(body, role), "role": role}
        if role == "user":
            email_counts = self._settings.unique_emails or "external_id" not in fields
            self._refuse_conflict(fields, email_counts=email_counts)
        fields["custom_attributes"] = self._read_custom(body, {})
        return self._contacts.create(fields)

    def update(self, record: ContactRecord, body: Document) -> ContactRecord:
        """The contact after a PUT. Keys that the API does not know are ignored."""
        role = self._read_role(body) or record.document["role"]
        if record.document["role"] == "user" and role == "lead":
            message = "Contact with user role can't be converted to a lead"
            raise ApiError(400, "client_error", message)
        changes = {**self._read_fields(body, role), "role": role}
        if role == "user":
            self._refuse_conflict(
                changes, email_counts=self._settings.unique_emails, except_key=record.key
            )
        if body.get("custom_attributes") is not None:
            changes["custom_attributes"] = self._read_custom(
                body, record.document["custom_attributes"]
            )
        return self._contacts.change(record, changes)

    def _read_role(self, body: Document) -> str | None:
        role = body.get("role")
        if role is None:
            return None
        if role not in ROLES:
            raise refuse_parameter("role is invalid", "role")
        return ROLES[role]

    def _read_fields(self, body: Document, role: str) -> Document:
        """What is neither role nor custom. An external id of null, or of a lead, is ignored."""
        found: Document = {}
        if role == "user" and body.get("external_id") is not None:
            found["external_id"] = str(body["external_id"])
        if "email" in body:
            found["email"] = _read_text(body, "email") or None
        if body.get("email_verified") is not None and not body.get("email"):
            raise refuse_parameter("email_verified requires an email", "email_verified")
        found |= {name: _read_text(body, name) for name in TEXTS if name in body}
        found |= {name: _read_time(body, name) for name in TIMES if name in body}
        if "owner_id" in body:
            found["owner_id"] = self._read_owner(body["owner_id"])
        if body.get("unsubscribed_from_emails") is not None:
            found["unsubscribed_from_emails"] = bool(body["unsubscribed_from_emails"])
        return found

    def _read_owner(self, value: Any) -> str | None:
        if value is None or value == "":
            return None
        if str(value) not in self._settings.admins:
            raise refuse_parameter("The owner specified is not a member of the workspace")
        return str(value)

    def _refuse_conflict(
        self, fields: Document, *, email_counts: bool, except_key: str = ""
    ) -> None:
        """Refuse the external id, and perhaps the e-mail address, of another contact."""
        other = self._contacts.find_conflict(
            fields.get("external_id"),
            fields.get("email") if email_counts else None,
            except_key=except_key,
        )
        if other is not None:
            kind = "A" if other.state == "active" else "An archived"
            raise ApiError(
                409,
                "conflict",
                f"{kind} contact matching those details already exists with id={other.key}",
            )

    def _read_custom(self, body: Document, held: Document) -> Document:
        sent = body.get("custom_attributes") or {}
        if not isinstance(sent, dict):
            raise refuse_parameter("custom_attributes must be an object", "custom_attributes")
        taken = {name: _relate(name, v) for name, v in sent.items() if self._takes(name, v)}
        if self._settings.custom_attributes == "replace":
            return {**dict.fromkeys(held), **taken}
        return {**held, **taken}

    def _takes(self, name: str, value: Any) -> bool:
        attribute = self._attributes.find(name)
        if attribute is None:
            raise refuse_parameter(f"Custom attribute '{name}' does not exist")
        if not attribute["api_writable"]:
            if self._settings.unwritable == "ignore":
                return False
            raise refuse_parameter(f"Custom attribute '{name}' is not writable")
        fits = FITS.get(attribute["data_type"])
        if value is None:
            return True
        if self._settings.check_types and fits is not None and not fits(value):
            kind = attribute["data_type"]
            raise refuse_parameter(f"Custom attribute '{name}' must be of type {kind}")
        options = attribute.get("options")
        if self._settings.check_options and options and value not in options:
            raise refuse_parameter(f"Custom attribute '{name}' has no option '{value}'")
        return True


def _relate(name: str, value: Any) -> Any:
    """The value as it is read back: a list of custom objects becomes an object."""
    if not isinstance(value, list):
        return value
    instances = [{"type": name, "id": str(key)} for key in value]
    return {"type": f"{name}.list", "instances": instances}


def _read_text(body: Document, name: str) -> str | None:
    value = body[name]
    if value is not None and not isinstance(value, str):
        raise refuse_parameter(f"{name} must be a string", name)
    return value


def _read_time(body: Document, name: str) -> int | None:
    value = body[name]
    if value is not None and not _is_integer(value):
        raise refuse_parameter(f"{name} must be a Unix timestamp", name)
    return value if value is None else int(value)
