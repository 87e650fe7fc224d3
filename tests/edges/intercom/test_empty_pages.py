"""Lists that go on and on: each one ends with its last page, or with an error that says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any

import pytest

from cactions.app.connectors.catalog import list_connectors
from cactions.app.connectors.logs import ExecutionQuery, list_executions
from cactions.app.connectors.revisions import list_revisions
from cactions.edges.intercom.client import IntercomClient
from cactions.edges.intercom.pacer import Pacer
from cactions.edges.intercom.people_search import PeopleSearch
from cactions.model import IntercomConnection, PersonQuery, Request, Response, WorkspaceError
from cactions.model.secret import Secret
from tests.edges.intercom.clients import API, SkippingClock


class PagingSender:
    """Answers with one page after another: each holds so many items, and all but the last go on."""

    def __init__(self, sizes: Iterable[int], build: Callable[[int], Any]) -> None:
        self._sizes, self._build = iter(sizes), build
        self._next: int | None = next(self._sizes)
        self.calls = 0

    def send(self, _request: Request) -> Response:
        self.calls += 1
        size, self._next = self._next or 0, next(self._sizes, None)
        data = [self._build(self.calls * 100 + number) for number in range(size)]
        goes_on = {"next": {"starting_after": f"cursor-{self.calls}"}}
        pages = {"type": "pages", **({} if self._next is None else goes_on)}
        body = json.dumps({"data": data, "pages": pages, "total_count": 10_000}).encode()
        return Response(200, (("Content-Type", "application/json"),), body)


def build_contact(number: int) -> Any:
    return {"id": f"p{number}", "email": "ada@example.com", "custom_attributes": {}}


def build_item(number: int) -> Any:
    return {"id": str(number), "name": f"c{number}", "entity_version_id": number,
            "created_at": "2026-01-01T00:00:00Z", "status": "live"}  # fmt: skip


READERS: dict[str, tuple[Callable[[IntercomClient], Iterable[Any]], Callable[[int], Any]]] = {
    "contacts": (
        lambda api: PeopleSearch(api).find_ids(PersonQuery("email", "ada@example.com")),
        build_contact,
    ),
    "connectors": (list_connectors, build_item),
    "executions": (
        lambda api: list_executions(api, "1", ExecutionQuery(limit=1_000)), build_item,
    ),
    "versions": (lambda api: list_revisions(api, "1"), build_item),
}  # fmt: skip


def read(name: str, sizes: Iterable[int]) -> tuple[int, int]:
    """How many items were read, and by how many calls."""
    reader, build = READERS[name]
    sender = PagingSender(sizes, build)
    clock = SkippingClock()
    client = IntercomClient(
        IntercomConnection(f"https://{API}", API, None),
        lambda: Secret("intercom_token", "abc"),
        sender,
        Pacer(clock, clock, None),
        clock,
    )
    try:
        return len(list(reader(client))), sender.calls
    except WorkspaceError:
        assert sender.calls < 20
        raise


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "sizes", [[0], [2], [0, 2], [2, 0, 0, 2], [0, 0, 2, 0, 0, 2], [2, 0, 0], [0, 0, 0], [1] * 9]
)
def test_a_list_with_some_empty_pages_is_read_to_its_end(name: str, sizes: list[int]) -> None:
    """Two in a row are passed over, and so is a third one that is the last."""
    assert (sum(sizes), len(sizes)) == read(name, sizes)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("begin", [[], [2], [0, 0, 2], [2, 0, 2, 0, 0, 1]])
def test_a_list_that_goes_on_with_empty_pages_ends_with_an_error(
    name: str, begin: list[int]
) -> None:
    """After three of them, each with a new cursor; what was read is not taken for the whole."""
    with pytest.raises(WorkspaceError, match="goes on after 3 empty pages in a row"):
        read(name, chain(begin, repeat(0)))
