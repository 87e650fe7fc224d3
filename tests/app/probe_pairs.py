"""Actions that send several values, and services that use them well or badly.

``GET /customers?user_id=…&email=…``: a service gets the values by name, and yields records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.logic.request.call import CallSpec
from cactions.model import Action, Person, Project, Request, Response
from tests.app.probe_cases import Scene
from tests.app.service_finds import Record
from tests.definitions import BY_EMAIL, EDITABLE, FIXED, PLAIN_URL, action, file, request, response

Crowd: TypeAlias = "tuple[Record, ...]"
Answer: TypeAlias = "Callable[[Mapping[str, str], Crowd], Iterator[Record]]"

HOLES = {
    "user_id": "person.user_id",
    "email": "person.email",
    "name": "person.name",
    "tenant": "person.attributes.tenant",
    "shop": "person.attributes.shop",
    "number": "person.attributes.shop_number",
    "locale": "person.attributes.locale",
    "order": "inputs.order",
}
"""What stands under each name of the query."""


@dataclass(frozen=True)
class Pair:
    """Several values that are sent; ``mapped`` are the names of what is taken of the answer."""

    names: tuple[str, ...]
    answer: Answer
    proof: bool = True
    mapped: tuple[str, ...] = ("tier", "points")

    def build_project(self) -> Project:
        query = {name: f"{{{{ {HOLES[name]} }}}}" for name in self.names}
        inputs = [{"name": "order", "type": "string", "required": True}]
        parts: dict[str, Any] = {"data_inputs": inputs} if "order" in self.names else {}
        mapping = {name: f"$.{name}" for name in self.mapped}
        text = file(
            action(
                request(PLAIN_URL, query=query),
                response(proof=BY_EMAIL if self.proof else None, mapping=mapping),
                **parts,
            ),
            attributes={
                "tenant": FIXED, "shop": EDITABLE, "shop_number": EDITABLE, "locale": EDITABLE,
                "label": FIXED,
            },
        )  # fmt: skip
        found = load_project([SourceFile("actions.yaml", text.encode())])
        assert found.draft, found.findings
        return found.draft


class PairService:
    """The Caller of a service that gets several values."""

    source = ""

    def __init__(self, records: Crowd, answer: Answer) -> None:
        self._records, self._answer = records, answer

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, _spec: CallSpec, sealed: Request) -> Response:
        query = dict(parse_qsl(urlsplit(sealed.url.reveal()).query, keep_blank_values=True))
        found = next(self._answer(query, self._records), None)
        return Response(200 if found else 404, (), json.dumps(found or {}).encode())


def build_pair_scene(seed: int) -> Scene:
    """Six customers of two tenants, each of a shop of their own, with orders of their own."""
    people, own, inputs = [], [], []
    for at in range(6):
        big = 7_000_000 + seed * 997 + at
        record: Record = {
            "user_id": f"u-{big}", "email": f"ada{seed}.{at}@example.com", "name": f"Ada {at}",
            "tenant": f"t-{(at + seed) % 2}", "shop": f"s-{at}",
            "number": str(at % 2 + 1), "order": f"A-{big}",
            "tier": ("silver", "gold")[at % 2], "points": 1_000 + at,
        }  # fmt: skip
        attributes = {
            "tenant": record["tenant"], "shop": record["shop"], "shop_number": record["number"],
            "locale": ("de", "en", "fr")[(at + seed // 2) % 3],
        }  # fmt: skip
        fields = {name: record[name] for name in ("user_id", "email", "name")}
        people.append(Person(f"p{at}", fields, attributes))  # type: ignore[arg-type]
        own.append(record)
        inputs.append({"order": str(record["order"])})
    order = [*own[seed % 6 :], *own[: seed % 6]]
    records = {str(record["user_id"]): record for record in order}
    return Scene(tuple(people), tuple(inputs), records, tuple(own), ("", ""))


def select(records: Crowd, query: Mapping[str, str], *names: str) -> Iterator[Record]:
    """Those who have all of these values."""
    return (each for each in records if all(each[name] == query[name] for name in names))


# Honest ones


def demand_all(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    return select(records, query, *(name for name in query if name != "locale"))


def use_user_id(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    """What else is sent is not needed."""
    return select(records, query, "user_id")


def fall_back(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    """By user id, or else by e-mail address."""
    yield from select(records, query, "user_id")
    yield from select(records, query, "email")


_LABELS = {"de": ("Silber", "Gold!"), "fr": ("Argent", "Or")}


def translate(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    """In the language that is asked for, or in English."""
    for record in select(records, query, "user_id"):
        silver, gold = _LABELS.get(query["locale"], ("Silver", "Gold"))
        yield {**record, "label": gold if record["tier"] == "gold" else silver}


HONEST = {
    "both must fit": Pair(("user_id", "email"), demand_all),
    "the user id is enough": Pair(("user_id", "email"), use_user_id),
    "the user id is enough, without a check": Pair(("user_id", "email"), use_user_id, proof=False),
    "one or the other": Pair(("user_id", "email"), fall_back),
    "a language": Pair(("user_id", "locale"), translate, mapped=("label", "points")),
    "only a language": Pair(("user_id", "locale"), translate, mapped=("label",)),
    "a tenant": Pair(("tenant", "email"), demand_all),
    "a tenant, without a check": Pair(("tenant", "user_id"), demand_all, proof=False),
    "a shop and a number": Pair(("shop", "number"), demand_all),
    "an order of one's own": Pair(("user_id", "order"), demand_all),
    "a name": Pair(("email", "name"), demand_all),
}


# Faulty ones


def echo_address(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    """The data of the order, with the address that was sent."""
    key = "order" if "order" in query else "user_id"
    yield from ({**each, "email": query["email"]} for each in select(records, query, key))


def echo_folded(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    wanted = query["user_id"].lower()
    found = (each for each in records if str(each["user_id"]).lower() == wanted)
    yield from ({**each, "email": query["email"]} for each in found)


def ignore_email(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    return select(records, query, "tenant")


def take_any(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    """The first of all, where neither value is known."""
    yield from fall_back(query, records)
    yield from records


def forget_unknown_language(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    return translate(query, records) if query["locale"] in ("de", "en", "fr") else iter(records)


def show_related(query: Mapping[str, str], records: Crowd) -> Iterator[Record]:
    """The customer's own record, with the points of the order's owner."""
    for record in select(records, query, "user_id"):
        for other in select(records, query, "order"):
            yield {**record, "points": other["points"]}


FAULTY = {
    "two keys that can be chosen": Pair(("shop", "number"), demand_all, proof=False),
    "an order of anyone": Pair(("email", "order"), echo_address),
    "folds case, and echoes the address": Pair(("user_id", "email"), echo_folded),
    "the first of the tenant": Pair(("tenant", "email"), ignore_email, proof=False),
    "the first of all": Pair(("user_id", "email"), take_any, proof=False),
    "an unknown language": Pair(
        ("user_id", "locale"), forget_unknown_language, proof=False, mapped=("tier", "points")
    ),
    "a related record": Pair(("user_id", "order"), show_related),
}  # fmt: skip
