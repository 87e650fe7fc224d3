"""Who may choose each value that an action reads, over all actions at once, to a fixpoint.

An attribute that end users cannot write is as good as the actions that map onto it. A mapping is
good where a sound ``same_person`` proves the answer *and* what the third party holds is vouched
for: whoever signs up there with somebody else's number has it in a record that is truly theirs.

Laws: an action that writes nothing which others read changes nothing about them; neither the
order of actions nor that of files counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cactions.logic.keys import keys_of
from cactions.model import (
    Action,
    AttributeMapping,
    Flow,
    Input,
    Label,
    PersonAttribute,
    PersonField,
    Project,
    Reference,
    SamePerson,
    Trust,
)
from cactions.rules.rule import Facts, Key

Writer = tuple[Action, AttributeMapping]

_CLAIMED: Final = ("email", "user_id")
_TYPED: Final = ("phone", "name", "avatar")
_TELLING: Final = ("id", *_CLAIMED)
_REACHED: Final = re.compile(
    r"(^|[^a-z])(e?[-_ ]?mail|phone|tel|telephone|mobile|msisdn|sms|whatsapp|fax|cell|number)s?"
    r"([^a-z]|$)|mail|phone|address",
    re.IGNORECASE,
)
"""What people are reached by; they type it wherever they sign up."""
_ASSIGNED: Final = re.compile(
    r"(^|[-_. ])(id|ids|uuid|guid|key|ref|reference)$|[a-z](Id|ID|Key|Ref|Uuid|UUID)$",
    re.IGNORECASE | re.ASCII,
)
"""Names of what a third party assigns."""


@dataclass(slots=True)
class Taint:
    """What was found out. ``flows`` tells of each attribute how unproven values get into it."""

    project: Project
    facts: tuple[Facts, ...]
    flows: Mapping[str, Flow]
    writers: Mapping[str, tuple[Writer, ...]]
    trusting: frozenset[str] = field(default_factory=frozenset)


def taint(project: Project, trusted: frozenset[str]) -> Taint:
    """The whole analysis. ``trusted`` are the routes that somebody vouches for today."""
    return _Tainter(project, trusted).result()


def is_reached(name: str) -> bool:
    """Whether a name speaks of an address or a number that people are reached by."""
    return bool(_REACHED.search(name))


def rests_on_reach(proof: SamePerson) -> bool:
    """Whether a proof compares an address or a number, which anybody may have typed there."""
    return is_reached(proof.equals.name) or is_reached(_last(proof.path.segments))


class _Tainter:
    def __init__(self, project: Project, trusted: frozenset[str]) -> None:
        self.project = project
        self.trusted = trusted
        self.used: set[str] = set()
        self.keys = {name: keys_of(action) for name, action in project.actions.items()}
        self.writers = _writers(project.actions.values())
        self.dirty: set[str] = set()

    def result(self) -> Taint:
        self._settle()
        flows = self._flows()
        facts = tuple(
            Facts(action, self.keys[name], self._unproven(action), self._trusts(action))
            for name, action in self.project.actions.items()
        )
        return Taint(self.project, facts, flows, self.writers, frozenset(self.used))

    def _settle(self) -> None:
        """Attributes that hold what nobody has proven: round by round, until nothing is added."""
        while True:
            found = {
                name
                for name, writers in self.writers.items()
                if name not in self.dirty and any(self._taints(*writer) for writer in writers)
            }
            if not found:
                return
            self.dirty |= found

    def _taints(self, action: Action, mapping: AttributeMapping) -> bool:
        """Whether a mapping may bring in what an attacker has chosen."""
        if mapping.values or mapping.one_of or mapping.attribute.options:
            return False  # only what the author has written down comes through
        if not self._doubt(action, mapping):
            return False
        return not self._vouched(f"actions.{action.name}.response.mapping.{mapping.attribute.name}")

    def _doubt(self, action: Action, mapping: AttributeMapping) -> str:
        """Why a mapped value may not be what it seems; empty where there is no doubt."""
        proof = action.response.same_person
        if proof is None or (why := self._unproven(action)):
            return "nothing proves its answer" if proof is None else why
        if proof.verified:
            return ""
        if rests_on_reach(proof):
            return "nobody says that the third party verifies what the proof rests on"
        last = _last(mapping.path.segments)
        if _ASSIGNED.search(last) and not is_reached(last):
            return ""
        return "people may have typed it at the third party"

    def _unproven(self, action: Action) -> str:
        """Why an answer is not shown to be the person's; empty where it is."""
        proof = action.response.same_person
        if proof is None:
            return "nothing proves that the answer is theirs"
        if any(key.reference == proof.equals for key in self.keys[action.name] if key.is_sent):
            return f"{proof.equals} is sent in the request, and comes back whoever it is about"
        if _is_common(proof.equals, self.project):
            return f"{proof.equals} is the same for many people"
        if self._trust(proof.equals, action).tainted:
            return f"the person may have chosen {proof.equals} themselves"
        if isinstance(proof.equals, PersonAttribute) and proof.equals.name in self.dirty:
            return f"{proof.equals} is written by an action that proves nothing"
        return ""

    def _trusts(self, action: Action) -> dict[Reference, Trust]:
        read = [key.reference for key in self.keys[action.name]]
        proof = action.response.same_person
        return {
            one: self._trust(one, action) for one in (*read, *((proof.equals,) if proof else ()))
        }

    def _trust(self, reference: Reference, action: Action) -> Trust:
        if isinstance(reference, Input):
            return Trust.USER_WRITABLE
        if isinstance(reference, PersonField):
            return self._of_field(reference.name, action)
        attribute = self.project.attributes.get(reference.name)
        if attribute is None:
            return Trust.USER_WRITABLE
        if attribute.user_editable and not self._vouched(f"attributes.{reference.name}"):
            return Trust.USER_WRITABLE
        return Trust.DERIVED if reference.name in self.writers else Trust.OPERATOR

    def _of_field(self, name: str, action: Action) -> Trust:
        if name in _TYPED:
            return Trust.USER_WRITABLE
        if name not in _CLAIMED:
            return Trust.SYSTEM
        if action.audiences != ("users",) and set(action.audiences) != {"users"}:
            return Trust.ANONYMOUS
        verified = self.project.workspace.identity_verification
        return Trust.VERIFIED if verified else Trust.USER_WRITABLE

    def _vouched(self, route: str) -> bool:
        if route in self.trusted:
            self.used.add(route)
            return True
        return False

    def _flows(self) -> dict[str, Flow]:
        """The shortest way into each dirty attribute, from where somebody may have chosen it.

        Those into which no such way leads begin at an answer that nothing proves.
        """
        flows: dict[str, Flow] = {}
        edges = {name: [one for one in self.writers[name] if self._taints(*one)]
                 for name in sorted(self.dirty)}  # fmt: skip
        seeds = {name: self._seed(writers) for name, writers in edges.items()}
        self._spread(flows, {name: flow for name, flow in seeds.items() if flow}, edges)
        roots = {
            name: self._answer(writer)
            for name in edges
            if name not in flows and (writer := self._root(edges[name]))
        }
        self._spread(flows, roots, edges)
        return flows | {name: self._answer(edges[name][0]) for name in edges if name not in flows}

    def _root(self, writers: list[Writer]) -> Writer | None:
        """A writer that looks nothing up by what others have written."""
        return next((one for one in writers if not self._dirty_keys(one[0])), None)

    def _dirty_keys(self, action: Action) -> list[Key]:
        return [
            key
            for key in self.keys[action.name]
            if isinstance(key.reference, PersonAttribute) and key.reference.name in self.dirty
        ]

    def _seed(self, writers: list[Writer]) -> Flow:
        for action, mapping in writers:
            for key in self.keys[action.name]:
                if self._trust(key.reference, action).tainted:
                    source = source_label(key.reference, action, self.project)
                    return (source, *self._hops(key, action, mapping))
        return ()

    def _spread(
        self, flows: dict[str, Flow], front: dict[str, Flow], edges: Mapping[str, list[Writer]]
    ) -> None:
        """Breadth first, so that every way is the shortest; ties go by name."""
        readers = self._readers(edges)
        flows |= front
        while front:
            found: dict[str, Flow] = {}
            for name in sorted(front):
                for key, action, mapping in readers.get(name, ()):
                    target = mapping.attribute.name
                    if target not in flows and target not in found:
                        found[target] = (*front[name], *self._hops(key, action, mapping))
            flows |= found
            front = found

    def _readers(
        self, edges: Mapping[str, list[Writer]]
    ) -> dict[str, list[tuple[Key, Action, AttributeMapping]]]:
        """By the dirty attribute that is looked up: who writes what with the answer."""
        found: dict[str, list[tuple[Key, Action, AttributeMapping]]] = {}
        for writers in edges.values():
            for action, mapping in writers:
                for key in self._dirty_keys(action):
                    assert isinstance(key.reference, PersonAttribute)
                    found.setdefault(key.reference.name, []).append((key, action, mapping))
        return found

    def _hops(self, key: Key, action: Action, mapping: AttributeMapping) -> Flow:
        doubt = self._doubt(action, mapping)
        name = mapping.attribute.name
        written = f"actions.{action.name}.response.mapping.{name}#"
        return (
            Label(f"{action.name} looks it up in {key.part.value}", route=key.spot),
            Label(f"and writes {PersonAttribute(name)}: {doubt}", route=written),
        )

    def _answer(self, writer: Writer) -> Flow:
        action, mapping = writer
        name = mapping.attribute.name
        written = f"actions.{action.name}.response.mapping.{name}#"
        message = f"{action.name} writes {PersonAttribute(name)}: {self._doubt(action, mapping)}"
        return (Label(message, route=written),)


def source_label(reference: Reference, action: Action, project: Project) -> Label:
    """Where a value that somebody may choose comes from, and who may."""
    if isinstance(reference, Input):
        number = next((n for n, one in enumerate(action.inputs) if one.name == reference.name), 0)
        return Label(f"{reference} is typed by the customer",
                     route=f"actions.{action.name}.data_inputs[{number}]")  # fmt: skip
    if isinstance(reference, PersonAttribute):
        known = project.attributes.get(reference.name)
        sure = known is not None and known.messenger_writable
        who = "end users can change it" if sure else "nobody knows that end users cannot change it"
        route = f"attributes.{reference.name}"
        return Label(f"{reference}: {who}", route=route if known else "")
    if reference.name in _TYPED:
        return Label(f"{reference} is whatever the person says it is")
    if set(action.audiences) != {"users"}:
        who = "leads and visitors say what it is, and nobody verifies it"
        return Label(f"{reference}: {who}", route=f"actions.{action.name}.audiences")
    return Label(
        f"{reference}: without identity verification, anybody may claim it",
        route="workspace.identity_verification",
    )


def _writers(actions: Iterable[Action]) -> dict[str, tuple[Writer, ...]]:
    found: dict[str, list[Writer]] = {}
    for action in actions:
        for mapping in action.response.mapping:
            found.setdefault(mapping.attribute.name, []).append((action, mapping))
    return {name: tuple(sorted(writers, key=_first)) for name, writers in found.items()}


def _first(writer: Writer) -> str:
    return writer[0].name


def _is_common(reference: Reference, project: Project) -> bool:
    if isinstance(reference, PersonField):
        return reference.name not in _TELLING
    if isinstance(reference, Input):
        return False
    attribute = project.attributes.get(reference.name)
    return attribute is not None and bool(
        attribute.options or attribute.data_type.value not in ("string", "integer")
    )


def _last(segments: tuple[object, ...]) -> str:
    names = [one for one in segments if isinstance(one, str)]
    return names[-1] if names else ""
