"""Tells by two paths of an answer whether their values are about the same record.

A record may name its person in an object of its own: ``$.order.buyer.email`` says whose
``$.order.delivery.eta`` it is. It says nothing of ``$.order.recipient.phone``, who is
another person, nor of the first element of another list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cactions.logic.lint.vocabulary import (
    OTHERS,
    PARTS,
    PEOPLE,
    PERSONAL_STEMS,
    PLACES,
    SELECTORS,
    WRAPPERS,
    is_contact_address,
    is_shared,
    split_words,
)
from cactions.model import (
    Action,
    AttributeMapping,
    DataType,
    Input,
    Path,
    PersonField,
    Project,
    SamePerson,
)

Writer = tuple[Action, AttributeMapping]
"""An action, and its mapping onto an attribute."""
_TELLING = ("id", "email", "user_id")


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

    It is where the proof is in the same element, where the list is in the object of the proof,
    where both are in one record that is more than the wrapper of the answer, and where the list has
    the name of a part, such as shipments.
    """
    if other.segments[: position + 1] == proof.segments[: position + 1]:
        return True
    owner = proof.segments[:-1]
    shared = _count_shared(owner, other.segments[:position])
    if shared == len(owner):
        return True
    record = [step for step in owner[:shared] if step not in WRAPPERS]
    return is_same_record(proof, other) and (bool(record) or _is_part(proof, other, position))


def _is_part(proof: Path, other: Path, position: int) -> bool:
    """Whether a list is a part of a record, as shipments are of an order, and holds no hits."""
    counted = any(isinstance(step, int) for step in proof.segments)
    words = split_words(str(other.segments[position - 1])) if position else ()
    last = words[-1].removesuffix("s") if words else ""
    return last in PARTS and not counted


def is_proof_of_another(proof: Path, other: Path) -> bool:
    """Whether a proof names someone in the record whom it is not about, such as a referrer."""
    owner = proof.segments[:-1]
    inside = bool(owner) and other.segments[: len(owner)] == owner
    words = {word for step in proof.segments for word in split_words(str(step))}
    return not inside and not OTHERS.isdisjoint(words)


def is_personal(action: Action) -> bool:
    """Whether the path of a request names records of people: ``/patients``, ``/bookings``."""
    path = "".join(part for part in action.request.url.parts if isinstance(part, str))
    steps = path.split("/")[3 if "://" in path else 0 :]
    return any(is_personal_name(step.partition("?")[0]) for step in steps)


def is_people_search(action: Action) -> bool:
    """Whether a request asks a list of people for some: ``/customers?email=…``."""
    url = action.request.url
    text = "".join(part for part in url.parts if isinstance(part, str)).partition("?")[0]
    steps = [step for step in text.split("/") if step]
    words = split_words(steps[-1]) if steps else ()
    return not url.references and not {*PEOPLE, "people"}.isdisjoint(
        {form for word in words for form in (word, word.removesuffix("s"))}
    )


def is_personal_name(name: str) -> bool:
    """Whether a name speaks of people, or of records that belong to one."""
    words = split_words(name)
    if len(words) > 1 and words[-1].removesuffix("s") in PLACES:
        return False
    singular = {word.removesuffix("s") for word in words} - {"shop", "file", "document", "line"}
    known = not (PEOPLE | SELECTORS).isdisjoint(singular - {"me", "id", "no", "key", "ref"})
    return known or any(word.startswith(PERSONAL_STEMS) for word in words)


def is_common(
    proof: SamePerson, project: Project, writers: Mapping[str, tuple[Writer, ...]]
) -> bool:
    """Whether many people have the value that is compared: a plan, a company, one of a list."""
    reference = proof.equals
    if isinstance(reference, PersonField):
        return reference.name not in _TELLING
    attribute = project.attributes.get(reference.name)
    if isinstance(reference, Input) or attribute is None:
        return False
    written = writers.get(reference.name, ())
    return bool(
        (written and all(mapping.values or mapping.one_of for _, mapping in written))
        or is_shared(reference.name)
        or attribute.options
        or attribute.data_type not in (DataType.STRING, DataType.INTEGER)
    )


def group_writers(actions: Iterable[Action]) -> dict[str, tuple[Writer, ...]]:
    """By attribute, the mappings that write it, in the order of their actions' names."""
    found: dict[str, list[Writer]] = {}
    for action in actions:
        for mapping in action.response.mapping:
            found.setdefault(mapping.attribute.name, []).append((action, mapping))
    return {
        name: tuple(sorted(writers, key=lambda writer: writer[0].name))
        for name, writers in found.items()
    }


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
