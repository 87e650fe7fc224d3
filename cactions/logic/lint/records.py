"""Tells by two paths of an answer whether their values are about the same record.

A record may name its person in an object of its own: ``$.order.buyer.email`` says whose
``$.order.delivery.eta`` it is. It says nothing of ``$.order.recipient.phone``, who is
another person, nor of the first element of another list.
"""

from __future__ import annotations

from cactions.logic.lint.vocabulary import PEOPLE, WRAPPERS, is_contact_address, split_words
from cactions.model import Path, SamePerson


def is_same_record(proof: Path, other: Path) -> bool:
    """Whether what is proven by one value holds for the other."""
    owner, holder = proof.segments[:-1], other.segments[:-1]
    shared = _count_shared(owner, holder)
    if shared in (len(owner), len(holder)):
        return True
    apart = (owner[shared], holder[shared])
    if any(not isinstance(step, str) for step in apart):
        return False
    return not _is_person(str(apart[1]))


def is_element_proven(proof: Path, other: Path, position: int) -> bool:
    """Whether the element of a list at this position of a path is the proven person's.

    It is where the proof is in the same element, where the list is in the object of the proof, and
    where both are in one record that is more than the wrapper of the answer.
    """
    if other.segments[: position + 1] == proof.segments[: position + 1]:
        return True
    owner = proof.segments[:-1]
    shared = _count_shared(owner, other.segments[:position])
    if shared == len(owner):
        return True
    record = [step for step in owner[:shared] if step not in WRAPPERS]
    return bool(record) and is_same_record(proof, other)


def _is_person(name: str) -> bool:
    words = split_words(name)
    return bool(words) and not PEOPLE.isdisjoint({words[-1], words[-1].removesuffix("s")})


def get_last_name(path: Path) -> str:
    """The last name in a path; empty where it has none."""
    names = [step for step in path.segments if isinstance(step, str)]
    return names[-1] if names else ""


def rests_on_contact_address(proof: SamePerson) -> bool:
    """Whether an identity check compares an address or a number, which anyone may have entered."""
    return is_contact_address(proof.equals.name) or is_contact_address(get_last_name(proof.path))


def _count_shared(left: tuple[object, ...], right: tuple[object, ...]) -> int:
    pairs = zip(left, right, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
