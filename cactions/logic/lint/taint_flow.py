"""Follows user-controlled values over the graph of all actions.

Laws: an action that writes nothing which others read changes nothing about them; neither the
order of actions nor that of files counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from msgspec import Struct

from cactions.logic.lint.records import Writer, is_people_search
from cactions.logic.lint.trust import TrustAnalysis
from cactions.logic.lint.value_trust import TYPED
from cactions.model import (
    Action,
    AttributeMapping,
    Flow,
    Input,
    Label,
    PersonAttribute,
    Project,
    Reference,
)
from cactions.rules.rule import ActionAnalysis, LookupKey

_END: Final = 10
"""Actions of a way that are told at its beginning and at its end; the others are counted."""


_Edges = Mapping[str, list[Writer]]
_Readers = Mapping[str, list[tuple[LookupKey, Action]]]


class TaintResult(Struct, frozen=True):
    """What was found out of each action, and how unproven values get into each attribute."""

    facts: tuple[ActionAnalysis, ...]
    flows: TaintPaths
    doubts: TrustAnalysis


def analyze_taint(project: Project, trusted: frozenset[str]) -> TaintResult:
    """The whole analysis. ``trusted`` are the routes that are declared trusted today."""
    doubts = TrustAnalysis(project, trusted)
    analysis = tuple(
        ActionAnalysis(
            action,
            doubts.keys[name],
            doubts.find_identity_gap(action),
            doubts.list_trust(action),
            doubts.list_chosen(action),
            doubts.is_anchored(action),
            doubts.echoes[name],
            doubts.list_unclear(action),
            doubts.find_weak_anchor(action),
            is_people_search(action),
        )
        for name, action in project.actions.items()
    )
    return TaintResult(analysis, TaintPaths(doubts), doubts)


class _Step(Struct, frozen=True):
    """How an attribute came to hold a value: by which mapping, looked up by which key of whom.

    ``before`` is the dirty attribute that was the key; empty where the way begins here.
    """

    writer: Writer
    key: LookupKey | None = None
    before: str = ""


class TaintPaths:
    """The shortest path into each tainted attribute, from where its value can be chosen.

    Those into which no such way leads begin at an answer that nothing proves. Ties go by name.
    """

    def __init__(self, doubts: TrustAnalysis) -> None:
        self.doubts = doubts
        self.steps: dict[str, _Step] = {}
        self.first: dict[str, tuple[str, ...]] = {}
        self.chosen: dict[str, LookupKey | None] = {}
        self.length: dict[str, int] = {}
        if doubts.dirty:
            self._find()

    def find_paths(self, name: str) -> Flow:
        """The hops into an attribute; none where it holds only what was proven."""
        if name not in self.steps:
            return ()
        first = self.first[name]
        last = list(islice(self._walk_back(name), max(0, self.length[name] - len(first))))[:_END]
        missing = self.length[name] - len(first) - len(last)
        gap = (Label(f"… and {missing:,} more actions"),) if missing else ()
        before, after = (
            [hop for text in names for hop in self._build_hops(self.steps[text])]
            for names in (first, reversed(last))
        )
        return (*before, *gap, *after)

    def _walk_back(self, name: str) -> Iterator[str]:
        """From an attribute to where its way begins."""
        while name in self.steps:
            yield name
            name = self.steps[name].before

    def _put(self, name: str, step: _Step) -> None:
        first = self.first.get(step.before, ())
        self.steps[name] = step
        self.length[name] = self.length.get(step.before, 0) + 1
        self.first[name] = first if len(first) == _END else (*first, name)

    def _find(self) -> None:
        edges = {
            name: [
                writer for writer in self.doubts.writers[name] if self.doubts.is_tainted_by(*writer)
            ]
            for name in sorted(self.doubts.dirty)
        }
        readers = self._find_readers(edges)
        looked_up = {action.name for several in readers.values() for _, action in several}
        self._spread_taint(
            {name: self._find_seed(writers) for name, writers in edges.items()}, readers, edges
        )
        roots = {
            name: next(
                (_Step(writer) for writer in writers if writer[0].name not in looked_up), None
            )
            for name, writers in edges.items()
        }
        self._spread_taint(roots, readers, edges)
        for name, writers in edges.items():
            if name not in self.steps:
                self._put(name, _Step(writers[0]))

    def _spread_taint(
        self, front: Mapping[str, _Step | None], readers: _Readers, edges: _Edges
    ) -> None:
        """Breadth first, so that every way is the shortest; each action is gone through once."""
        targets = _group_by_writer(edges)
        found = {name: item for name, item in front.items() if item and name not in self.steps}
        while found:
            for name, step in found.items():
                self._put(name, step)
            names, found = sorted(found), {}
            for name in names:
                for key, action in readers.get(name, ()):
                    for writer in targets.pop(action.name, ()):
                        target = writer[1].attribute.name
                        if target not in self.steps and target not in found:
                            found[target] = _Step(writer, key, name)

    def _find_seed(self, writers: list[Writer]) -> _Step | None:
        """A writer whose lookup uses a user-controlled value."""
        found = ((writer, self._find_user_controlled_key(writer[0])) for writer in writers)
        return next((_Step(writer, key) for writer, key in found if key), None)

    def _find_user_controlled_key(self, action: Action) -> LookupKey | None:
        """The first lookup key of an action that is user-controlled."""
        if action.name not in self.chosen:
            keys = self.doubts.list_chosen(action)
            tainted = (
                key for key in keys if self.doubts.values.get_trust(key.reference, action).tainted
            )
            self.chosen[action.name] = next(tainted, None)
        return self.chosen[action.name]

    def _list_tainted_keys(self, action: Action) -> Iterator[tuple[str, LookupKey]]:
        for key in self.doubts.keys[action.name]:
            reference = key.reference
            if isinstance(reference, PersonAttribute) and reference.name in self.doubts.dirty:
                yield reference.name, key

    def _find_readers(self, edges: _Edges) -> _Readers:
        """By the dirty attribute that is looked up: which of those who write do so, and by what."""
        found: dict[str, list[tuple[LookupKey, Action]]] = {}
        actions = {action.name: action for writers in edges.values() for action, _ in writers}
        for _, action in sorted(actions.items()):
            for name, key in self._list_tainted_keys(action):
                found.setdefault(name, []).append((key, action))
        return found

    def _build_hops(self, step: _Step) -> Flow:
        (action, mapping), key = step.writer, step.key
        what, why = PersonAttribute(mapping.attribute.name), self.doubts.find_doubt(action, mapping)
        route = _build_mapping_route(action, mapping)
        if key is None:
            return (Label(f"{action.name} writes {what}: {why}", route=route),)
        source = build_source_label(key.reference, action, self.doubts)
        return (
            *(() if step.before else (source,)),
            Label(f"{action.name} looks it up in {key.part.value}", route=key.spot),
            Label(f"and writes {what}: {why}", route=route),
        )


def _group_by_writer(edges: _Edges) -> dict[str, list[Writer]]:
    """By action: what it writes of all these."""
    found: dict[str, list[Writer]] = {}
    for writers in edges.values():
        for writer in writers:
            found.setdefault(writer[0].name, []).append(writer)
    return found


def _build_mapping_route(action: Action, mapping: AttributeMapping) -> str:
    return f"actions.{action.name}.response.mapping.{mapping.attribute.name}#"


def build_source_label(reference: Reference, action: Action, doubts: TrustAnalysis) -> Label:
    """Where a user-controlled value comes from, and who controls it."""
    if isinstance(reference, Input):
        number = doubts.input_numbers[action.name].get(reference.name, 0)
        route = f"actions.{action.name}.data_inputs[{number}]"
        return Label(f"{reference} is typed by the customer", route=route)
    if isinstance(reference, PersonAttribute):
        known = doubts.project.attributes.get(reference.name)
        sure = known is not None and known.messenger_writable
        who = "end users can change it" if sure else "it is unknown whether end users can change it"
        return Label(f"{reference}: {who}", route=f"attributes.{reference.name}#")
    if reference.name in TYPED:
        return Label(f"{reference} is whatever the person says it is")
    if set(action.audiences) != {"users"}:
        who = "leads and visitors choose it, and it is not verified"
        return Label(f"{reference}: {who}", route=f"actions.{action.name}.audiences")
    return Label(
        f"{reference}: without identity verification, any visitor can claim it",
        route="workspace.identity_verification",
    )
