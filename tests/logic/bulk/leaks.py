"""Third parties that return the data of other people, each in its own way."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from msgspec.structs import replace

from cactions.model import Person, Response
from tests.builders import answer
from tests.logic.bulk.population import Customer, Shape, build_body, make_customer

Answer = Callable[[int], Response]

LEAKS = (
    "one_person", "off_by_one", "permuted", "shared_key", "swapped_tenant", "echoed_key",
    "ignored_key",
)  # fmt: skip


def leak(
    kind: str, people: list[Person], shape: Shape, random: Random
) -> tuple[Answer, Callable[[int], bool]]:
    """The answer for each person by index, and whether it is another person's."""
    customers = [make_customer(person, random) for person in people]
    count = len(people)
    order = list(range(count))
    match kind:
        case "one_person":
            order = [random.randrange(count)] * count
        case "ignored_key":
            order = [0] * count
        case "off_by_one":
            order = [*order[1:], 0]
        case "permuted" | "echoed_key":
            random.shuffle(order)
        case "shared_key":
            sharing = random.sample(order, max(3, count // 3))
            for number in sharing:
                order[number] = sharing[0]
        case "swapped_tenant":
            customers = [swap_tenant(person, random) for person in people]
    echo = kind == "echoed_key"

    def respond(index: int) -> Response:
        more: dict[str, Any] = {}
        if echo:
            key = people[index].fields["user_id"]
            more = {"id" if shape.record == "key" else "customer": key}
        return answer(build_body(shape, customers[order[index]], more))

    return respond, lambda index: kind == "swapped_tenant" or order[index] != index


def swap_tenant(person: Person, random: Random) -> Customer:
    """The customer of another tenant who has the same key there."""
    email = f"zoe{random.randrange(10**7)}@tenant.example"
    return make_customer(replace(person, fields={**person.fields, "email": email}), random)


def is_visible(kind: str, shape: Shape) -> bool:
    """Whether a response shows anything that tells that it is another person's.

    An opaque id tells nothing where every person gets another one, nor does the person's own key.
    """
    match kind:
        case "one_person" | "shared_key":
            return bool(shape.record or shape.email)
        case "off_by_one" | "permuted":
            return shape.email or shape.record == "key"
        case "ignored_key":
            return True  # by the random-key probe
    return shape.email
