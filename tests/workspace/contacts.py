"""The contacts of the workspace: who exists, who is archived, deleted or merged, and who is new."""

from __future__ import annotations

from typing import Literal, TypeAlias
from uuid import uuid4

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace

from tests.workspace.contact_shape import build_contact, clean_avatar
from tests.workspace.errors import ApiError
from tests.workspace.ledger import Ledger
from tests.workspace.messages import Document
from tests.workspace.search_index import SearchIndex

State: TypeAlias = Literal["active", "archived", "deleted", "merged"]

HOPS_MAX = 3
MERGED = "This contact has been merged. See the 'Link' header for the canonical contact."


class Merge(Struct, frozen=True):
    """A contact that was merged into another."""

    source_contact_id: str
    source_contact_role: str
    merged_at: int


class ContactRecord(Struct, frozen=True):
    """A contact with what the API does not show of it."""

    document: Document
    state: State = "active"
    merged_into: str | None = None
    moves_at: float = 0
    """When ``updated_at`` moves to this second by itself; 0 for never."""
    merges: tuple[Merge, ...] = ()

    @property
    def key(self) -> str:
        """The contact's id."""
        return str(self.document["id"])


class Contacts:
    """Every write goes through ``store``, which also feeds the index of searches."""

    def __init__(self, ledger: Ledger, index: SearchIndex) -> None:
        self._ledger = ledger
        self._index = index
        self._records: dict[str, ContactRecord] = {}
        self._external_ids: dict[str, str] = {}
        self._emails: dict[str, set[str]] = {}
        for key, saved in ledger.storage.load("contact"):
            self._keep(convert(saved, ContactRecord))
            if saved["state"] == "active":
                index.record(key, saved["document"], 0)

    def __len__(self) -> int:
        return len(self._records)

    def read(self, key: str) -> ContactRecord:
        """An active contact; raises what a GET of any other id answers."""
        record = self._records.get(key)
        if record is not None and record.state == "merged":
            raise self._refuse_merged(record)
        if record is None or record.state != "active":
            raise ApiError(404, "not_found", "User Not Found")
        return self._settle(record)

    def find(self, key: str) -> ContactRecord | None:
        """A contact in any state."""
        record = self._records.get(key)
        return record and self._settle(record)

    def read_user(self, external_id: str) -> ContactRecord:
        """The user with this external id; leads are not looked at."""
        key = self._external_ids.get(external_id)
        if key is None:
            raise ApiError(404, "not_found", "User Not Found")
        record = self.read(key)
        if record.document["role"] != "user":
            raise ApiError(404, "not_found", "User Not Found")
        return record

    def list_active(self) -> list[Document]:
        """Every contact that is not archived, deleted or merged, oldest first."""
        return [
            self._settle(record).document
            for record in self._records.values()
            if record.state == "active"
        ]

    def create(self, fields: Document, *, indexed: bool = False) -> ContactRecord:
        """A new contact. A lead gets an external id of the platform's own."""
        now = self._ledger.now()
        is_lead = fields.get("role") == "lead" and not fields.get("external_id")
        own = {"external_id": str(uuid4())} if is_lead else {}
        key = f"{int(now) & 0xFFFFFFFF:08x}{len(self._records) + 1:016x}"
        record = ContactRecord(build_contact(key, {**fields, **own}, now))
        self.store(record, visible_at=0 if indexed else None)
        return record

    def change(self, record: ContactRecord, changes: Document) -> ContactRecord:
        """The contact with these fields, written now."""
        now = self._ledger.now()
        moves = self._ledger.settings.updated_at_moves
        document = {**record.document, **clean_avatar(changes), "updated_at": int(now)}
        changed = replace(record, document=document, moves_at=now + moves if moves else 0)
        self.store(changed)
        return changed

    def set_state(self, record: ContactRecord, state: State) -> None:
        """Archive, unarchive or delete a contact."""
        self.store(replace(record, state=state))

    def merge(self, source: ContactRecord, target: ContactRecord) -> ContactRecord:
        """The target with what only the source had; the source is gone for searches at once."""
        self.store(replace(source, state="merged", merged_into=target.key))
        merge = Merge(source.key, source.document["role"], int(self._ledger.now()))
        held = {k: v for k, v in target.document["custom_attributes"].items() if v is not None}
        custom = {**source.document["custom_attributes"], **held}
        filled = {k: target.document[k] or source.document[k] for k in ("email", "phone", "name")}
        return self.change(
            replace(target, merges=(*target.merges, merge)), {"custom_attributes": custom, **filled}
        )

    def find_conflict(
        self, external_id: str | None, email: str | None, *, except_key: str = ""
    ) -> ContactRecord | None:
        """Another contact with this external id, or a user with this e-mail address."""
        key = self._external_ids.get(external_id) if external_id else None
        if key and key != except_key and self._records[key].state != "merged":
            return self._records[key]
        for other in sorted(self._emails.get(email.casefold(), ())) if email else ():
            record = self._records[other]
            if other != except_key and record.state != "merged":
                return record
        return None

    def store(self, record: ContactRecord, visible_at: float | None = None) -> None:
        """Write a contact; searches see it after the lag, or at the given time."""
        self._keep(record)
        self._ledger.save("contact", record.key, to_builtins(record))
        if record.state == "merged":
            self._index.forget(record.key)
            return
        lag = self._ledger.settings.index_lag
        seen = self._ledger.now() + lag if visible_at is None else visible_at
        document = record.document if record.state == "active" else None
        self._index.record(record.key, document, seen)
        if document is not None and record.moves_at:
            moved = {**document, "updated_at": int(record.moves_at)}
            self._index.record(record.key, moved, record.moves_at + lag)

    def _keep(self, record: ContactRecord) -> None:
        before = self._records.get(record.key)
        if before is not None:
            self._emails.get(_email_of(before), set()).discard(record.key)
            if self._external_ids.get(before.document["external_id"]) == record.key:
                del self._external_ids[before.document["external_id"]]
        self._records[record.key] = record
        if record.document["external_id"] is not None:
            self._external_ids[record.document["external_id"]] = record.key
        if record.document["role"] == "user" and record.document["email"]:
            self._emails.setdefault(_email_of(record), set()).add(record.key)

    def _settle(self, record: ContactRecord) -> ContactRecord:
        """The record with ``updated_at`` moved, if its time has come."""
        if not 0 < record.moves_at <= self._ledger.now():
            return record
        document = {**record.document, "updated_at": int(record.moves_at)}
        settled = replace(record, document=document, moves_at=0)
        self._records[record.key] = settled
        return settled

    def _refuse_merged(self, record: ContactRecord) -> ApiError:
        target = record
        for _ in range(HOPS_MAX):
            if target.merged_into is not None:
                target = self._records[target.merged_into]
        if target.state != "active":
            return ApiError(404, "not_found", "User Not Found")
        link = {"Link": f'</contacts/{target.key}>; rel="canonical"'}
        return ApiError(410, "contact_merged", MERGED, headers=link)


def _email_of(record: ContactRecord) -> str:
    return str(record.document["email"] or "").casefold()
