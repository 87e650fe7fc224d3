"""The data attributes of the workspace: the standard ones, and those that teammates made."""

from __future__ import annotations

import re

from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.ledger import Ledger
from tests.workspace.messages import Document
from tests.workspace.settings import compare_versions
from tests.workspace.standard_attributes import STANDARD

NAME = re.compile(r"[\w\s$€£¥¢-]+")
TYPES = ("string", "integer", "float", "boolean", "date")
CREATABLE = {**{name: name for name in TYPES}, "datetime": "date", "options": "string"}
OPTIONS_MIN = 2
PREVIEW = ("Preview", "Unstable")


class Attributes:
    """Stored ones by id; an id is an integer."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._documents = {int(key): saved for key, saved in ledger.storage.load("attribute")}

    def find(self, name: str, model: str = "contact") -> Document | None:
        """The custom attribute of this name, unless it is archived."""
        for document in self._documents.values():
            is_meant = document["name"] == name and document["model"] == model
            if is_meant and document["custom"] and not document["archived"]:
                return document
        return None

    def list_all(self, model: str | None, *, archived: bool) -> list[Document]:
        """Standard attributes first; archived ones only where asked."""
        return [
            document
            for document in (*STANDARD, *self._documents.values())
            if document["model"] == model or model is None
            if archived or not document["archived"]
        ]

    def add(self, fields: Document) -> Document:
        """Store an attribute, whatever its fields are."""
        key = max(self._documents, default=40) + 1
        return self._save(key, {"id": key, **fields} if fields["custom"] else fields)

    def create(self, body: Document) -> Document:
        """Make a custom attribute as a POST does."""
        model = body.get("model")
        if model not in {"contact", "company"}:
            raise refuse_parameter(
                "The Data Attribute model field must be either contact or company"
            )
        name = body.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise refuse_parameter(
                "Your name for this attribute must only contain alphanumeric characters, "
                "currency symbols, and hyphens"
            )
        self._refuse_taken(name, model)
        if body.get("data_type") not in CREATABLE:
            raise refuse_parameter("Data Type isn't an option")
        others: Document = {name: body[name] for name in ("description",) if name in body}
        if body["data_type"] == "options":
            others["options"] = _read_options(body)
        return self.add(
            build_attribute(
                name,
                model=model,
                data_type=CREATABLE[body["data_type"]],
                now=self._ledger.now(),
                admin=self._ledger.settings.admins[0],
                messenger_writable=body.get("messenger_writable") is True,
                **others,
            )
        )

    def update(self, key: int, body: Document) -> Document:
        """Change description, options, archived or messenger_writable as a PUT does."""
        document = self._documents.get(key)
        if document is None:
            raise ApiError(404, "field_not_found", "We couldn't find that data attribute to update")
        names = ("archived", "description", "messenger_writable")
        changes = {name: body[name] for name in names if name in body}
        if "options" in body:
            changes["options"] = _read_options(body)
        return self._save(key, {**document, **changes, "updated_at": int(self._ledger.now())})

    def edit(self, key: int, changes: Document) -> None:
        """Change what the API cannot change."""
        self._save(key, {**self._documents[key], **changes})

    def shape(self, document: Document, version: str) -> Document:
        """An attribute as this version of the API answers it."""
        shaped = dict(document)
        since = self._ledger.settings.messenger_writable_since
        if compare_versions(version, since) < 0 or shaped.get("messenger_writable") is None:
            shaped.pop("messenger_writable", None)
        if version in PREVIEW and not document["custom"] and document["data_type"] == "date":
            shaped["data_type"] = "datetime"
        return shaped

    def _save(self, key: int, document: Document) -> Document:
        self._documents[key] = document
        self._ledger.save("attribute", str(key), document)
        return document

    def _refuse_taken(self, name: str, model: str) -> None:
        for document in self._documents.values():
            if document["name"].casefold() == name.casefold():
                held, new = (
                    "people" if kind == "contact" else kind for kind in (document["model"], model)
                )
                raise refuse_parameter(
                    f"You already have '{name}' in your {held} data. "
                    f"To save this as new {new} data, use a different name."
                )


def build_attribute(  # noqa: PLR0913
    name: str,
    *,
    model: str = "contact",
    data_type: str = "string",
    now: float,
    admin: str,
    custom: bool = True,
    **others: object,
) -> Document:
    """The fields of an attribute that a teammate made."""
    return {
        "type": "data_attribute",
        "name": name,
        "full_name": f"custom_attributes.{name}" if custom else name,
        "label": name,
        "data_type": data_type,
        "api_writable": True,
        "ui_writable": False,
        "messenger_writable": False,
        "custom": custom,
        "archived": False,
        "admin_id": admin,
        "created_at": int(now),
        "updated_at": int(now),
        "model": model,
        **others,
    }


def _read_options(body: Document) -> list[str]:
    options = body.get("options")
    if not isinstance(options, list):
        raise refuse_parameter("Options isn't an array")
    values = [entry.get("value") for entry in options if isinstance(entry, dict)]
    found = [value for value in values if isinstance(value, str)]
    if len(found) < max(OPTIONS_MIN, len(options)):
        raise refuse_parameter("At least two options are required")
    return found
