"""Searches for people: many values in one call, by conditions, or the whole workspace.

The longest ``IN`` is not documented. The first refusal of a list is remembered, and groups of 15
filters take its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cactions.edges.intercom.client import IntercomClient
from cactions.edges.intercom.listed_people import ListedPeople
from cactions.edges.intercom.pacer import MonotonicClock
from cactions.logic.intercom.api import ApiCall, ApiReply, build_error
from cactions.logic.intercom.contacts import parse_contact
from cactions.logic.intercom.search import (
    LARGEST_GROUP,
    LARGEST_LIST,
    LARGEST_PAGE,
    build_condition_filter,
    build_filter,
    build_group_filter,
    build_list_filter,
    build_search,
    split,
)
from cactions.logic.people.lookup import build_lookup_key, list_lookup_keys
from cactions.model import (
    Condition,
    Json,
    Person,
    PersonQuery,
    Role,
    UsageError,
    WorkspaceError,
)

_PATH: Final = "/contacts/search"
_EVERYONE: Final = ApiCall("GET", "/contacts", {"per_page": str(LARGEST_PAGE)})
_REFUSED: Final = (400, 422)
_MORE_PAGES: Final = 10
"""Pages by which a list of people may grow while it is read, beside doubling."""


class PeopleSearch:
    """Finds people by the search index; what it finds may be old for about a minute."""

    def __init__(self, client: IntercomClient) -> None:
        self._client = client
        self._takes_lists = True
        self._listed = ListedPeople(MonotonicClock())

    def find_ids(self, query: PersonQuery) -> list[tuple[str, Role]]:
        """The id and the role of everyone whom the index has with exactly this value."""
        people = self._search(build_filter(query))
        key = build_lookup_key(query.field, query.value)
        same = (each for each in people if list_lookup_keys(each)[query.field] == key)
        return [(person.id, person.role) for person in _drop_repeated(same)]

    def find(self, queries: Sequence[PersonQuery]) -> Mapping[PersonQuery, Sequence[Person]]:
        """The people of each query, as the index has them; who was just listed is known."""
        wanted: dict[tuple[str, str], list[PersonQuery]] = {}
        for query in queries:
            if key := build_lookup_key(query.field, query.value):
                wanted.setdefault((query.field, key), []).append(query)
        found: dict[PersonQuery, list[Person]] = {}
        for person in self._list_people([*self._take_listed(queries, found)]):
            for field, value in list_lookup_keys(person).items():
                for query in wanted.get((field, value or ""), ()):
                    found.setdefault(query, []).append(person)
        return {query: _drop_repeated(people) for query, people in found.items()}

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        """Everyone for whom all conditions hold; without conditions, everyone.

        Raises UsageError where Intercom refuses the search, WorkspaceError for a list without end.
        """
        call = _EVERYONE
        if conditions:
            call = ApiCall("POST", _PATH, body=build_search(build_condition_filter(conditions)))
        first = self._client.send(call)
        if conditions and first.status in _REFUSED:
            raise UsageError(
                f"Intercom refuses this search: {'; '.join(first.messages) or 'it says no more'}",
                hint="Compare it with the fields and operators of `cactions help many-people`.",
            )
        if not first.is_success:
            raise build_error(call, first)
        for page in _check_end(self._client.list_pages(call, first)):
            people = [*_parse_page(page)]
            self._listed.add(people)
            yield from people

    def _take_listed(
        self, queries: Sequence[PersonQuery], found: dict[PersonQuery, list[Person]]
    ) -> Iterator[PersonQuery]:
        """Add those who were just listed to ``found``; the queries for all others."""
        for query in queries:
            person = self._listed.take(query.value) if query.field == "id" else None
            if person:
                found[query] = [person]
            else:
                yield query

    def _list_people(self, queries: Sequence[PersonQuery]) -> Iterator[Person]:
        """Everyone who may match, by the fewest calls."""
        by_field: dict[str, dict[str, None]] = {}
        for query in queries:
            if build_lookup_key(query.field, query.value):
                by_field.setdefault(query.field, {})[query.value] = None
        batches = sum(-(-len(values) // LARGEST_LIST) for values in by_field.values())
        if batches > 1:
            pages = self._client.list_pages(_EVERYONE)
            first = next(pages)
            if _count_pages(first) - 1 <= batches:
                yield from _parse_page(first)
                for page in pages:
                    yield from _parse_page(page)
                return
        for field, values in by_field.items():
            yield from self._search_values(field, list(values))

    def _search_values(self, field: str, values: Sequence[str]) -> Iterator[Person]:
        for batch in split(values, LARGEST_LIST):
            if self._takes_lists:
                call = ApiCall("POST", _PATH, body=build_search(build_list_filter(field, batch)))
                reply = self._client.send(call)
                if reply.is_success:
                    yield from self._read_all(call, reply)
                    continue
                if reply.status not in _REFUSED:
                    raise build_error(call, reply)
                self._takes_lists = False
            for group in split(batch, LARGEST_GROUP):
                yield from self._search(build_group_filter(field, group))

    def _search(self, query: Mapping[str, Json]) -> Iterator[Person]:
        yield from self._read_all(ApiCall("POST", _PATH, body=build_search(dict(query))))

    def _read_all(self, call: ApiCall, first: ApiReply | None = None) -> Iterator[Person]:
        for page in self._client.list_pages(call, first):
            yield from _parse_page(page)


def _check_end(pages: Iterator[ApiReply]) -> Iterator[ApiReply]:
    """The pages. Raises WorkspaceError where they repeat, or are far more than there should be."""
    most, cursor = 0, ""
    for number, page in enumerate(pages, 1):
        most = most or 2 * _count_pages(page) + _MORE_PAGES
        if number > most:
            raise _build_endless(f"does not end after {most:,} pages", page)
        yield page
        cursor, last = page.get_next_cursor(), page
    if cursor:
        raise _build_endless("repeats a page", last)


def _build_endless(what: str, page: ApiReply) -> WorkspaceError:
    return WorkspaceError(
        f"Intercom's list of people {what}, so that it was not read to its end",
        hint="Try again later; if it stays, give Intercom's support the request id.",
        status=page.status,
        request_id=page.request_id,
    )


def _parse_page(page: ApiReply) -> Iterator[Person]:
    return map(parse_contact, page.list_items())


def _count_pages(page: ApiReply) -> int:
    """How many pages the workspace has."""
    total = page.get_object().get("total_count")
    return -(-total // LARGEST_PAGE) if type(total) is int else 1_000_000


def _drop_repeated(people: Iterable[Person]) -> list[Person]:
    """Each person once: an index may list one on two pages when it changes between them."""
    return list({person.id: person for person in people}.values())
