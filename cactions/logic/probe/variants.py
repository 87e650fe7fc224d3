"""Lists the attacks on an action: each key of its request, replaced by what an attacker may try."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.bulk.probe import build_random_value
from cactions.logic.expressions.references import resolve_reference
from cactions.logic.probe.keys import ProbedKey, is_named_by_others
from cactions.logic.probe.values import list_values
from cactions.model import (
    ABSENT,
    EVERY_KEY,
    Input,
    Json,
    Person,
    PersonAttribute,
    PersonField,
    ProbeVariant,
    Reference,
    Scalar,
    Value,
    is_empty,
    is_same,
)


class Claim(Struct, frozen=True):
    """Who sends a request: a person, with the inputs that they give."""

    person: Person
    inputs: Mapping[str, Scalar]

    def replace_value(self, reference: Reference, value: Scalar) -> Claim:
        """With this value in the place of theirs."""
        match reference:
            case Input(name=name):
                return replace(self, inputs={**self.inputs, name: value})
            case PersonAttribute(name=name):
                attributes: dict[str, Json] = {**self.person.attributes, name: value}
                return replace(self, person=replace(self.person, attributes=attributes))
            case PersonField(name="id"):
                return replace(self, person=replace(self.person, id=str(value)))
            case PersonField(name=name):
                fields: dict[str, Json] = {**self.person.fields, name: value}
                return replace(self, person=replace(self.person, fields=fields))


class Attack(Struct, frozen=True):
    """One request to be sent, as ``sender``, and judged as a response about each of ``owners``.

    An owner has the replaced value too where an attacker can have it: an attribute that they write,
    or an account that they open under such an address. A verified key of the victim is theirs
    alone. ``key`` is as in ``ProbeCase``; without a sender, the attack cannot be made.
    """

    key: str
    variant: ProbeVariant
    is_chosen: bool
    is_named: bool = False
    is_sent: bool = True
    sender: Claim | None = None
    owners: tuple[Person, ...] = ()


class AttackPlan(Struct, frozen=True):
    """The keys of an action, its two people, and what its check compares if that can be chosen."""

    keys: tuple[ProbedKey, ...]
    attacker: Claim
    victim: Claim
    chosen_check: Reference | None = None

    def list_attacks(self, random: Random) -> Iterator[Attack]:
        """Every attack on one key, then those on all keys at the same time."""
        differing = frozenset(
            key.reference for key in self.keys
            if not is_same(self._resolve(key, self.attacker), self._resolve(key, self.victim))
        )  # fmt: skip
        for key in self.keys:
            named = is_named_by_others(key, self.keys, differing)
            yield from self._attack_key(key, named, random)
        yield from self._attack_all(differing, random)

    def list_owners(self, person: Person) -> tuple[Person, ...]:
        """The person, and how they are where they claim the value that the check compares."""
        reference = self.chosen_check
        if reference is None:
            return (person,)
        value = resolve_reference(reference, self.victim.person, self.victim.inputs)
        if is_empty(value) or not isinstance(value, str | int | float):
            return (person,)
        return (person, Claim(person, {}).replace_value(reference, value).person)

    def _attack_key(self, key: ProbedKey, named: bool, random: Random) -> Iterator[Attack]:
        wanted, own = self._resolve(key, self.victim), self._resolve(key, self.attacker)
        for variant, values in list_values(wanted, own, random):
            stays = variant is ProbeVariant.VICTIM_KEY and not key.is_chosen
            if stays and not key.is_sent:
                continue
            bare = Attack(str(key.reference), variant, key.is_chosen, named, key.is_sent)
            if not values:
                yield bare
            for value in values:
                sender = self.attacker.replace_value(key.reference, value)
                owner = self.attacker.person if stays else sender.person
                yield replace(bare, sender=sender, owners=self.list_owners(owner))

    def _attack_all(self, differing: frozenset[Reference], random: Random) -> Iterator[Attack]:
        """Where there are several keys: all that can be chosen, and a random value for each."""
        if not is_attacked_as_whole(self.keys):
            return
        chosen = [key for key in self.keys if key.is_chosen and key.reference in differing]
        claimed = self._replace_all(
            (key, self._resolve(key, self.victim)) for key in chosen
        )  # fmt: skip
        drawn = self._replace_all(
            (key, build_random_value(self._resolve(key, self.victim), random)) for key in self.keys
        )
        for variant, sender in (
            (ProbeVariant.ALL_KEYS, claimed if len(chosen) > 1 else None),
            (ProbeVariant.ALL_RANDOM, drawn),
        ):
            owners = self.list_owners(sender.person) if sender else ()
            yield Attack(EVERY_KEY, variant, True, sender=sender, owners=owners)

    def _replace_all(self, values: Iterable[tuple[ProbedKey, Value]]) -> Claim:
        claim = self.attacker
        for key, value in values:
            if value is not ABSENT and isinstance(value, str | int | float):
                claim = claim.replace_value(key.reference, value)
        return claim

    def _resolve(self, key: ProbedKey, claim: Claim) -> Value:
        return resolve_reference(key.reference, claim.person, claim.inputs)


def is_attacked_as_whole(keys: Iterable[ProbedKey]) -> bool:
    """Whether there are attacks on all keys at the same time."""
    return len([key for key in keys if not key.is_filter]) > 1
