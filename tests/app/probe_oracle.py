"""An attacker who knows far more than a probe, and tries far more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from cactions.app.propose import Job, judge_response
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Person,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Project,
    Scalar,
)
from cactions.model.secret import Credentials
from tests.app.probe_cases import Lookup, Scene
from tests.app.service_shapes import ShopService


def finds_leak(
    project: Project, scene: Scene, make: Callable[[], ShopService], lookup: Lookup
) -> str:
    """How the first person gets what is another's, by trying far more than a probe does.

    An attacker has their own verified key, or one that is no other person's; a key that can be
    chosen may be any. Their calls mingle with those of the victim. A part of a key may be that of
    someone else, whose data is no leak. Empty where nothing comes back.
    """
    mine, theirs = (str(record["points"]) for record in scene.own[:2])
    service = make()
    for at in (0, 1, 0, 2, 0):
        taken = _call(project, scene, service, scene.people[at], scene.inputs[at])
        if taken and at < 2 and taken != str(scene.own[at]["points"]):
            return f"the own key of {at} gets {taken}"
    names = [*scene.records]
    for key in _list_keys(scene, Random(1)):
        if is_known(lookup, key, names) and not lookup.chosen:
            continue
        _call(project, scene, service, scene.people[1], scene.inputs[1])
        person, inputs = _claim(lookup, scene, key)
        taken = _call(project, scene, service, person, inputs)
        is_part = any(key in name for name in scene.keys)
        if taken and taken != mine and (not is_part or taken == theirs):
            return f"{key!r} gets {taken}"
    return ""


def is_known(lookup: Lookup, key: str, names: Sequence[str]) -> bool:
    """Whether a verified key is that of another person, or can be none."""
    if lookup.name == "email":
        return _fold_domain(key) in map(_fold_domain, names)
    if lookup.name == "number":
        return not (key.isascii() and key.isdecimal()) or str(int(key)) in names
    return key in names


def _fold_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _call(
    project: Project, scene: Scene, service: ShopService, person: Person,
    inputs: Mapping[str, Scalar],
) -> str:  # fmt: skip
    """The points that the person would get; empty for none."""
    action = project.actions["look"]
    spec = CallSpec(action, person, inputs)
    try:
        answer = service.call(spec, spec.build_request(Credentials()))
    except PlanningError:
        return ""
    job = Job(action, PersonQuery("id", person.id), inputs)
    result: Plan | PlanFailure = judge_response(job, person, answer)
    if isinstance(result, PlanFailure):
        return ""
    return next((str(c.after) for c in result.changes if c.attribute == "points"), "")


def _claim(lookup: Lookup, scene: Scene, key: str) -> tuple[Person, Mapping[str, Scalar]]:
    """The attacker with this key in the place of theirs."""
    person, inputs = scene.people[0], scene.inputs[0]
    if lookup.hole == "inputs.order":
        return person, {"order": key}
    fields, attributes = dict(person.fields), dict(person.attributes)
    place: dict[str, Any] = attributes if ".attributes." in lookup.hole else fields
    place[lookup.name] = int(key) if lookup.name == "number" and key.isdecimal() else key
    return Person(person.id, fields, attributes), inputs


def _list_keys(scene: Scene, chance: Random) -> Iterator[str]:
    """Keys of others, and what is like that of the victim, and the attacker's own."""
    yield from scene.records
    for name in scene.keys:
        yield from (name.upper(), name.lower(), name.swapcase(), name.title())
        yield from (f"{name} ", f" {name}", f"  {name}  ", f"{name}\t", f"{name}\u00a0")
        yield from (name[:at] for at in range(len(name)))
        yield from (name[at:] for at in range(1, len(name)))
        for mark in ("*", "%", "_", "?", ".", ".*", "[0-9]", "$", "+"):
            yield from (mark, name + mark, name[:-1] + mark, name[:2] + mark, mark + name[2:])
        yield from (f"0{name}", f"+{name}", f"{name}.0", f"{name}x", f"{name}0", f"{name}e0")
        yield from (name + "x" * 300, name + " " * 300 + "x", f"{name},{name}", f"x,{name}")
        yield from (name.replace("a", "á"), name.replace("e", "é"), name.replace("u", "ü"))
        yield from (name.replace("c", "ç"), name.replace("s", "ş"))
        yield "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)
    for name in scene.keys:
        local, mark, domain = name.rpartition("@")
        yield from (f"{local}+{tag}{mark}{domain}" for tag in ("x", "shop", "1") if mark)
        yield from (f"{local[:at]}.{local[at:]}{mark}{domain}" for at in (1, 2) if mark)
    yield from ("", " ", "   ", "0", "null", "x" * 500, "undefined", "zzzzzz", "~")
    yield from (f"{chance.getrandbits(64):x}" for _ in range(5))
