"""The people of a workspace at Intercom: found exactly, read by id, and written by one PUT.

- Search is an index with old content. It only names candidates: who a person is, and what they
  have, is read by id.
- A commit reads the person again, compares every ``before``, sends the changed attributes only,
  and compares what Intercom answers.
- There is no conditional write at Intercom: a change within the one round trip between reading and
  writing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Final, TypeAlias

from msgspec.structs import replace

from cactions.edges.intercom.client import IntercomClient
from cactions.edges.intercom.people_search import PeopleSearch
from cactions.logic.intercom.api import ApiCall, ApiReply, build_error, encode_segment
from cactions.logic.intercom.contacts import (
    align_empty_values,
    build_update,
    explain_unkept,
    list_lost,
    list_replaced,
    list_scalars,
    list_unkept,
    parse_contact,
)
from cactions.logic.people.lookup import (
    build_lookup_key,
    check_field,
    has_key,
    list_lookup_keys,
    require_one_person,
)
from cactions.logic.plan.compare_and_set import commit_plan, is_unchanged, list_conflicts
from cactions.model import (
    Condition,
    Json,
    Outcome,
    OutcomeUnknown,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    UsageError,
    WorkspaceError,
)

_GONE: Final = 404
_MERGED: Final = 410
_REFUSED: Final = (400, 409, 422)
"""What Intercom answers to a write that it cannot store; it concerns this person only."""

_HINT: Final = (
    "Check the value in Intercom. Someone who was created or changed within the last minutes may"
    " not be found by e-mail yet: name them by user_id or id."
)

FindRecent: TypeAlias = Callable[[Collection[str]], Collection[str]]


Check: TypeAlias = Callable[[], None]


class IntercomPeople:
    """Implements ``People`` of ``app/ports.py``. Every method raises StoreError (WorkspaceError).

    ``test_people`` are marked as such. ``find_recent`` tells whom of some people our journal wrote
    in the last minutes, since a search may be old; without it, our own writes are remembered.
    """

    def __init__(
        self,
        client: IntercomClient,
        test_people: Sequence[PersonQuery] = (),
        find_recent: FindRecent | None = None,
    ) -> None:
        self._client = client
        self._search = PeopleSearch(client)
        self._test_people = frozenset(
            (query.field, build_lookup_key(query.field, query.value)) for query in test_people
        )
        self._written: set[str] = set()
        self._find_recent = find_recent or self._written.intersection
        self._remembers = find_recent is None
        self._sends_all = False

    def find(self, query: PersonQuery) -> Person:
        check_field(query)
        if build_lookup_key(query.field, query.value) is None:
            return require_one_person(query, (), hint=_HINT)
        return require_one_person(query, self._list_candidates(query), hint=_HINT)

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterator[tuple[PersonQuery, Person | UsageError]]:
        """Each query with its person or the reason why there is not exactly one.

        People whom we wrote a moment ago are read by id, others are as the search index has them.
        """
        found = self._search.find(queries)
        recent = self._find_recent([person.id for people in found.values() for person in people])
        for query in queries:
            yield query, self._choose(query, found.get(query, ()), recent)

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        """Everyone for whom all conditions hold. Raises UsageError where Intercom refuses it."""
        return map(self._mark, self._search.search(conditions))

    def get(self, person_id: str) -> Person:
        person = self._read(person_id)
        return person or require_one_person(PersonQuery("id", person_id), (), hint=_HINT)

    batch_size = 1

    def open_batch(self, _person_ids: Sequence[str] = ()) -> AbstractContextManager[None]:
        return nullcontext()

    def commit(self, plan: Plan, check: Check = lambda: None) -> Receipt:
        """Write the effective changes, or none. Raises UsageError if the person is gone."""
        if idle := is_unchanged(plan):
            return idle
        before = self.get(plan.subject.person_id)
        plan = align_empty_values(plan, before)
        wanted, receipt = commit_plan(plan, before)
        if wanted is None:
            return receipt
        if self._remembers:
            self._written.add(before.id)
        try:
            after = self._write(plan, before, check)
        except OutcomeUnknown as error:
            return self._find_out(plan, before, error, check)
        return Receipt(before.id, Outcome.APPLIED, *explain_unkept(plan, before, after))

    def _list_candidates(self, query: PersonQuery) -> list[Person]:
        """Who has exactly this value now, each read by id."""
        if query.field == "id":
            person = self._read(query.value)
            return [person] if person else []
        if query.field == "user_id":
            return self._find_by_user_id(query.value)
        names = self._search.find_ids(query)
        if len(names) > 1 and query.role:
            names = [pair for pair in names if pair[1] is query.role] or names
        if len(names) > 1:
            return [Person(person_id, {"role": role.value}) for person_id, role in names]
        fresh = (self._read(person_id) for person_id, _ in names)
        return [person for person in fresh if person and has_key(person, query)]

    def _find_by_user_id(self, user_id: str) -> list[Person]:
        try:
            path = f"/contacts/find_by_external_id/{encode_segment(user_id)}"
        except ValueError:
            return []
        person = self._parse(self._client.send(ApiCall("GET", path)), ApiCall("GET", path))
        return [person] if person and has_key(person, PersonQuery("user_id", user_id)) else []

    def _choose(
        self, query: PersonQuery, people: Sequence[Person], recent: Collection[str]
    ) -> Person | UsageError:
        try:
            person = require_one_person(query, [*map(self._mark, people)], hint=_HINT)
            is_old = person.id in recent
            return self.get(person.id) if is_old else replace(person, from_search=True)
        except UsageError as error:
            return error

    def _read(self, person_id: str) -> Person | None:
        """The person as they are now; None where there is none. Raises UsageError for a merged."""
        try:
            call = ApiCall("GET", f"/contacts/{encode_segment(person_id)}")
        except (ValueError, UnicodeEncodeError):
            return None
        person = self._parse(self._client.send(call), call)
        return person if person and person.id == person_id else None

    def _parse(self, reply: ApiReply, call: ApiCall) -> Person | None:
        if reply.status == _MERGED:
            raise UsageError(
                "this contact was merged into another one; nothing was written to either",
                hint="Look at both in Intercom, and name the person who is left by id.",
            )
        if reply.status == _GONE:
            return None
        if not reply.is_success:
            raise build_error(call, reply)
        return self._mark(parse_contact(reply.get_object()))

    def _mark(self, person: Person) -> Person:
        """The person, marked as a test person where the file names them."""
        keys = list_lookup_keys(person).items()
        return replace(person, test=any(key in self._test_people for key in keys))

    def _write(self, plan: Plan, before: Person, check: Check) -> Person:
        """The person as the PUT answers, or as they are read again where that differs."""
        others = list_scalars(before) if self._sends_all else {}
        after = self._put(before.id, build_update(plan, others), check)
        if after.id != before.id or list_unkept(plan, after) or list_lost(before, after, plan):
            after = self._read_back(before.id)
        if lost := list_replaced(before, after, plan):
            # A workspace that replaces all attributes: restore them, and send all from now on.
            self._sends_all = True
            self._restore(plan, lost)
            after = self._read_back(before.id)
        return after

    def _put(
        self, person_id: str, values: Mapping[str, Json], check: Check = lambda: None
    ) -> Person:
        """The person as Intercom answers. Raises UsageError where the write was refused.

        Raises OutcomeUnknown for a success whose answer cannot be read.
        """
        path = f"/contacts/{encode_segment(person_id)}"
        body: dict[str, Json] = {"custom_attributes": dict(values)}
        call = ApiCall("PUT", path, body=body, is_read=False)
        reply = self._client.send(call, check)
        if reply.status in _REFUSED:
            raise UsageError(f"{build_error(call, reply)}; nothing was written")
        try:
            person = self._parse(reply, call)
        except WorkspaceError as error:
            if reply.is_success:
                raise _build_unverified(error) from error
            raise
        return person or require_one_person(PersonQuery("id", person_id), (), hint=_HINT)

    def _restore(self, plan: Plan, lost: Mapping[str, Json]) -> None:
        """Write back what a write has dropped, beside the changes: all that Intercom takes of it.

        What stays lost is found by the read that follows.
        """
        restored: dict[str, Json] = {}
        for part in (lost, *({name: value} for name, value in lost.items())):
            with suppress(UsageError, WorkspaceError, OutcomeUnknown):
                self._put(plan.subject.person_id, build_update(plan, {**restored, **part}))
                restored |= part
            if len(restored) == len(lost):
                return

    def _read_back(self, person_id: str) -> Person:
        """The person after a write. Raises OutcomeUnknown where they cannot be read."""
        try:
            return self.get(person_id)
        except (UsageError, WorkspaceError) as error:
            raise _build_unverified(error) from error

    def _find_out(self, plan: Plan, before: Person, error: OutcomeUnknown, check: Check) -> Receipt:
        """The receipt of a write without an answer: read the person, and write if nothing was.

        A write is whole: it was done if the person has one of the new values. Raises ``error``
        where neither the old values nor the new ones are there.
        """
        try:
            current = self.get(before.id)
            unkept = list_unkept(plan, current)
            if len(unkept) == len(plan.effective):
                if list_conflicts(plan, current):
                    raise error
                current = self._write(plan, current, check)
        except (UsageError, WorkspaceError, OutcomeUnknown):
            raise error from None
        return Receipt(before.id, Outcome.APPLIED, *explain_unkept(plan, before, current))


def _build_unverified(error: Exception) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"the write could not be verified: {error}",
        hint="Run the command again: it reads what is there before it writes.",
    )
