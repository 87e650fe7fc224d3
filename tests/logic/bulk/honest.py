"""Third parties that answer for the right person, with the variety of real data."""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from cactions.model import Action, Person, Response
from tests.builders import answer
from tests.logic.bulk.population import (
    KEY_STYLES,
    SHAPES,
    TIERS,
    Customer,
    Shape,
    build_action,
    build_body,
    make_customer,
    make_people,
)

NOT_FOUND = 0.15
ERRORS = 0.02
SECONDARY = 0.03
CHANGED = 0.05
FAMILY = 0.001
"""The share of people who share the record of another one: 2 of 1000 are one pair."""

STAFF = [f"manager{number}@shop.example" for number in range(4)]


class HonestService:
    """One service with a random selection of what is usual; it knows everyone's customer."""

    def __init__(self, size: int, random: Random) -> None:
        self.random = random
        self.style = random.choice(KEY_STYLES)
        self.shape: Shape = random.choice(SHAPES)
        self.people = make_people(size, self.style, random)
        self._vary_people()
        self.customers = [make_customer(person, random) for person in self.people]
        proof = random.choice(["", "key"]) if self.shape.record == "key" else ""
        self.secondary = random.random() < 0.5
        if self.shape.email and not self.secondary and random.random() < 0.5:
            proof = "email"
        self._vary_customers(exact=proof == "email")
        self.action: Action = build_action(self.shape, proof)
        self.extras = {name for name in EXTRAS if random.random() < 0.4}
        self.people = [self._import_before(n) for n in range(size)]

    def _vary_people(self) -> None:
        """Some have no e-mail address, and some write it in capitals."""
        random, without = self.random, self.random.choice([0, 0, 0.1, 0.6])
        for n, person in enumerate(self.people):
            fields: dict[str, Any] = {**person.fields}
            if random.random() < without:
                del fields["email"]
            elif random.random() < 0.1:
                fields["email"] = str(fields["email"]).title()
            self.people[n] = replace(person, fields=fields)

    def _vary_customers(self, *, exact: bool) -> None:
        """Secondary addresses, addresses in other capitals, families with one record, ids."""
        random = self.random
        if self.shape.record == "opaque" and self.shape.email and random.random() < 0.3:
            numbers = random.sample(range(10_000, 10_000 + 20 * len(self.people)), len(self.people))
            for customer, number in zip(self.customers, numbers, strict=True):
                customer["opaque"] = number
        for customer in self.customers:
            email = customer["email"]
            if email is None:
                customer["email"] = f"private{random.getrandbits(40)}@example.org"
            elif self.secondary and random.random() < SECONDARY:
                customer["email"] = f"second{random.getrandbits(40)}@example.org"
            elif not exact and random.random() < 0.5:
                customer["email"] = email.lower()
        for _ in range(int(FAMILY * len(self.people))):
            first, second = random.sample(range(len(self.people)), 2)
            self.customers[second]["opaque"] = self.customers[first]["opaque"]

    def _import_before(self, index: int) -> Person:
        """A first import finds nothing; a later one finds what is there, and little of it new."""
        person, customer = self.people[index], self.customers[index]
        if self.style == "prefixed":
            return person
        before = {"tier": customer["tier"], "points": customer["points"]}
        if self.random.random() < CHANGED:
            before["tier"] = next(tier for tier in TIERS if tier != customer["tier"])
        return replace(person, attributes=before)

    def respond(self, index: int) -> Response:
        """The answer for a person."""
        chance = self.random.random()
        if chance < ERRORS:
            return answer({"error": "internal", "request_id": "r-1"}, 503)
        if chance < ERRORS + NOT_FOUND:
            return answer({"error": "unknown customer", "support_email": "help@shop.example"}, 404)
        more: Customer = {}
        for name in sorted(self.extras):
            more.update(EXTRAS[name](self, index))
        return answer(build_body(self.shape, self.customers[index], more))

    def choose_other(self) -> Person:
        """Any person of the file."""
        return self.random.choice(self.people)


EXTRAS: dict[str, Any] = {
    "support": lambda *_: {"support_email": "help@shop.example"},
    "manager": lambda service, _: {"account_manager": {"email": service.random.choice(STAFF)}},
    "contact": lambda *_: {"contact": {"phone": "+44 20 7946 0018"}, "store": {"email": "s@x.org"}},
    "plan": lambda service, _: {"plan_id": f"p-{service.random.randrange(3)}"},
    "store": lambda service, _: {"store_id": service.random.randrange(1, 5), "store": {"id": 3}},
    "company": lambda service, n: {"company": {"id": n // 20}, "company_id": n // 7},
    "request": lambda service, _: {"request_id": f"r-{service.random.getrandbits(60):x}"},
    "tenant": lambda *_: {"tenant_id": "t-1", "org": {"id": 10_004}},
    "orders": lambda service, n: {
        "orders": [{"id": f"o-{n}-{i}", "product_id": i} for i in range(n % 4)]
    },
    "referrer": lambda service, _: {
        "referrer": {"email": service.choose_other().fields.get("email"), "id": 7},
        "referrer_id": service.choose_other().fields["user_id"],
    },
    "parent": lambda service, _: {"parent_account_id": service.choose_other().fields["user_id"]},
    "phone": lambda service, n: {"phone": service.people[n].fields["phone"]},
    "name": lambda *_: {"name": "Ada", "language": "en", "country": "GB"},
    "echo": lambda service, n: {"customer_id": service.people[n].fields["user_id"]},
    "address": lambda *_: {"address": {"street": "High Street", "postcode": "N1 9GU", "number": 1}},
    "card": lambda service, _: {"card_number": f"{service.random.randrange(10**9)}"},
    "version": lambda *_: {"version": 3, "updated_at": 1_764_000_000, "etag": "W/17"},
    "nothing": lambda *_: {"coupon": None, "nickname": "", "note": "to ada@example.com, please"},
}  # fmt: skip
"""What else stands in a response."""
