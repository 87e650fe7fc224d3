"""People of a made-up file, and what a third party knows of them, in the shapes that APIs use."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.expressions.json_path import parse_path
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    BreakerLimits,
    Person,
    PersonField,
    SamePerson,
    Template,
)
from tests.builders import mapping

KEY_STYLES = ("prefixed", "digits", "long", "uuid")
TIERS = ("bronze", "silver", "gold", "platinum")

Customer = dict[str, Any]


class Shape(Struct, frozen=True):
    """Which identifiers a response shows, and how it is built.

    ``record``: its ``id`` is "opaque" (the third party's own), the "key", or not there.
    """

    form: str
    record: str
    email: bool

    @property
    def root(self) -> str:
        return {"flat": "$", "nested": "$.data.customer", "list": "$.results[0]"}[self.form]

    def __str__(self) -> str:
        return f"{self.form}-{self.record or 'no'}-id{'-email' if self.email else ''}"


SHAPES = [
    Shape(form, record, email)
    for form in ("flat", "nested", "list")
    for record in ("opaque", "key", "")
    for email in (True, False)
]


def make_keys(style: str, count: int, random: Random) -> list[str]:
    """Keys of people, as shops give them."""
    numbers = random.sample(range(10_000, 10_000 + 20 * count), count)
    match style:
        case "prefixed":
            return [f"u-{number}" for number in numbers]
        case "digits":
            return [str(number) for number in numbers]
        case "long":
            return [str(4_000_000_000_000 + 7919 * number) for number in numbers]
    return [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(count)]


def make_people(count: int, style: str, random: Random) -> list[Person]:
    """People with a key as their user_id, and an e-mail address."""
    numbers = random.sample(range(10**6, 10**7), count)
    return [
        Person(
            f"65f0{random.getrandbits(80):020x}",
            {
                "user_id": key,
                "email": f"{random.choice(('ada', 'max', 'li', 'noor'))}{number}@example.com",
                "name": "Ada",
                "phone": f"+44 79{random.randrange(10**8):08}",
            },
        )
        for key, number in zip(make_keys(style, count, random), numbers, strict=True)
    ]


def make_customer(person: Person, random: Random) -> Customer:
    """What the third party knows of a person."""
    return {
        "key": person.fields["user_id"],
        "opaque": f"{random.choice('abcdefgh')}{random.getrandbits(60):x}",
        "email": person.fields.get("email"),
        "tier": random.choice(TIERS),
        "points": random.randrange(5000),
        "since": f"20{random.randrange(10, 26)}-0{random.randrange(1, 10)}-11",
    }


def build_body(shape: Shape, known: Customer, more: Customer | None = None) -> Any:
    """The response about a customer."""
    found = {name: known[name] for name in ("tier", "points", "since")}
    if shape.record:
        found = {"id": known[shape.record], **found}
    if shape.email:
        found["email"] = known["email"]
    found.update(more or {})
    match shape.form:
        case "nested":
            return {"ok": True, "data": {"customer": found}, "meta": {"version": 3}}
        case "list":
            return {"count": 1, "results": [found]}
    return found


def build_action(shape: Shape, proof: str = "", limits: BreakerLimits | None = None) -> Action:
    """An action that finds people by user_id; ``proof``: what ``same_person`` compares."""
    root = shape.root
    same_person = {
        "email": SamePerson(parse_path(f"{root}.email"), PersonField("email")),
        "key": SamePerson(parse_path(f"{root}.id"), PersonField("user_id")),
        "": None,
    }[proof]
    url = Template(("https://api.shop.example/customers/", PersonField("user_id")))
    mapped = (
        mapping("tier", path=f"{root}.tier"),
        mapping("points", "integer", path=f"{root}.points"),
    )
    made = Action(
        "loyalty",
        "user_id",
        ActionRequest("GET", url),
        ActionResponse(mapping=mapped, same_person=same_person),
    )
    return replace(made, breakers=limits) if limits else made


def find_proof(shape: Shape) -> str:
    """The best proof that a shape allows."""
    return "email" if shape.email else "key" if shape.record == "key" else ""
