"""Who may choose each value that an action reads, and what a mapping brings in, to a fixpoint.

An attribute that end users cannot write is as good as the actions that map onto it. A mapping is
good where a sound ``same_person`` proves the answer *and* what the third party holds is vouched
for: an attacker can sign up there with another person's number, and has it in a real record.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.logic.lint.anchors import (
    Anchors,
    RequestShape,
    has_row_of_owner,
    measure_anchors,
    read_graph,
)
from cactions.logic.lint.conditions import Grade
from cactions.logic.lint.graphql import GraphField
from cactions.logic.lint.key_roles import is_path_key
from cactions.logic.lint.lookup_keys import list_lookup_keys
from cactions.logic.lint.mapped_values import find_value_doubt
from cactions.logic.lint.public_data import Evidence, is_public, read_evidence
from cactions.logic.lint.records import (
    get_last_name,
    group_writers,
    is_common,
    is_personal,
    is_same_record,
)
from cactions.logic.lint.value_trust import CLAIMED, ValueTrust
from cactions.logic.lint.vocabulary import split_words
from cactions.model import (
    Action,
    AttributeMapping,
    PersonAttribute,
    PersonField,
    Project,
    Reference,
    SamePerson,
    Trust,
)
from cactions.rules.rule import KeyRole, LookupKey, RequestPart


class TrustAnalysis:
    """What of a project an attacker may have chosen.

    ``dirty`` are the attributes that other actions fill with unproven values, ``writers``
    all mappings onto each attribute.
    """

    def __init__(self, project: Project, trusted: frozenset[str]) -> None:
        self.project = project
        self.keys = {
            name: list_lookup_keys(action, project.attributes)
            for name, action in project.actions.items()
        }
        self.writers = group_writers(project.actions.values())
        self.values = ValueTrust(project, trusted, self.writers)
        self.dirty: set[str] = set()
        self.input_numbers = {
            name: {each.name: number for number, each in enumerate(action.inputs)}
            for name, action in project.actions.items()
        }
        self._gaps: dict[str, str] = {}
        self._evidence: dict[str, Evidence] = {}
        self._graphs: dict[str, tuple[GraphField, ...] | None] = {}
        self._chosen: dict[str, tuple[LookupKey, ...]] = {}
        self.echoes = {name: self._find_echo(action) for name, action in project.actions.items()}
        self.typed = frozenset(
            split_words(key.name)
            for action in project.actions.values()
            for key in self._list_written(action)
        )
        self._settle()

    def _settle(self) -> None:
        """Find the dirty attributes; no gap closes again, so no mapping is read three times."""
        readers = self._find_readers()
        waiting = [writer for writers in self.writers.values() for writer in writers]
        while waiting:
            action, mapping = waiting.pop()
            name = mapping.attribute.name
            if name in self.dirty or not self.is_tainted_by(action, mapping):
                continue
            sound = [each for each in readers.get(name, ()) if not self.find_identity_gap(each)]
            self.dirty.add(name)
            for reader in sound:
                del self._gaps[reader.name]
                self._chosen.pop(reader.name, None)
                if self.find_identity_gap(reader):
                    waiting += [(reader, each) for each in reader.response.mapping]
        self._gaps.clear()
        self._chosen.clear()

    def _find_readers(self) -> dict[str, list[Action]]:
        """By attribute, the actions whose proof it is, or whose echo it would make worthless."""
        readers: dict[str, list[Action]] = {}
        for action in self.project.actions.values():
            proof = action.response.same_person
            reads = self.echoes[action.name] or (action.connector_id and proof is None)
            keys = self.keys[action.name] if reads else ()
            read = {key.reference for key in keys} | ({proof.equals} if proof else set())
            for reference in read:
                if isinstance(reference, PersonAttribute):
                    readers.setdefault(reference.name, []).append(action)
        return readers

    def is_tainted_by(self, action: Action, mapping: AttributeMapping) -> bool:
        """Whether a mapping may bring in what an attacker has chosen."""
        if mapping.values or mapping.one_of or mapping.attribute.options:
            return False  # only what the author has written down comes through
        if not self.find_doubt(action, mapping):
            return False
        return not self.values.is_vouched(
            f"actions.{action.name}.response.mapping.{mapping.attribute.name}"
        )

    def find_doubt(self, action: Action, mapping: AttributeMapping) -> str:
        """Why a mapped value may not be what it seems; empty where there is no doubt."""
        proof = action.response.same_person
        if why := self.find_identity_gap(action):
            return "nothing proves its answer" if proof is None else why
        return find_value_doubt(mapping, proof, self.typed)

    def find_identity_gap(self, action: Action) -> str:
        """Why an answer is not shown to be the person's; empty where it is."""
        if action.name not in self._gaps:
            self._gaps[action.name] = self._find_gap(action)
        return self._gaps[action.name]

    def _find_gap(self, action: Action) -> str:
        proof = action.response.same_person
        if proof is None:
            own = bool(action.connector_id) and self.is_anchored(action)
            return "" if own else "nothing proves that the answer is theirs"
        if (sent := self.echoes[action.name]) and not self._is_matched(action, proof):
            return f"{sent} is sent in the request, and comes back for any person"
        if is_common(proof, self.project, self.writers):
            return f"{proof.equals} is the same for many people"
        if self.values.get_trust(proof.equals, action).tainted:
            return f"the person may have chosen {proof.equals} themselves"
        if isinstance(proof.equals, PersonAttribute) and proof.equals.name in self.dirty:
            return f"{proof.equals} is written by an action that proves nothing"
        return ""

    def _find_echo(self, action: Action) -> str:
        """The identifier that is sent and that comes back as the proof; empty if there is none."""
        proof = action.response.same_person
        if proof is None:
            return ""
        sent = {key.reference for key in self.keys[action.name] if key.is_sent}
        if proof.equals in sent:
            return str(proof.equals)
        if not isinstance(proof.equals, PersonAttribute):
            return ""
        sources = {
            split_words(get_last_name(path))
            for _, mapping in self.writers.get(proof.equals.name, ())
            for path in mapping.value_paths
        }
        copied = (each for each in sent if isinstance(each, PersonField) and each.name in CLAIMED)
        return next((str(each) for each in copied if split_words(each.name) in sources), "")

    def _is_matched(self, action: Action, proof: SamePerson) -> bool:
        """Whether no one can choose what is asked for, and data and proof are in one object.

        A row that is chosen by the compared value is the person's, whatever else is chosen.
        """
        rows = action.response.rows
        if rows and any(reference == proof.equals for _, reference in rows.where):
            return not self.is_choosable(proof.equals, action)
        mapped = (path for each in action.response.mapping for path in each.value_paths)
        apart = any(not is_same_record(proof.path, path) for path in mapped)
        return not apart and not self.list_chosen(action)

    def _list_written(self, action: Action) -> Iterator[LookupKey]:
        """What people have chosen in the body of a change, and may read back in their record."""
        for key in () if action.request.is_read else self.keys[action.name]:
            tainted = self.values.get_trust(key.reference, action).tainted
            if tainted and key.part is RequestPart.BODY and key.name:
                yield key

    def list_chosen(self, action: Action) -> tuple[LookupKey, ...]:
        """The values that find the record, and that an attacker can choose.

        One that only picks a row is none of them, if the request asks for the person's own rows:
        what is sent names the person, and no one can choose it.
        """
        if action.name not in self._chosen:
            self._chosen[action.name] = self._find_chosen(action)
        return self._chosen[action.name]

    def _find_chosen(self, action: Action) -> tuple[LookupKey, ...]:
        anchored = self.is_anchored(action)
        writes = bool(action.response.mapping) or not action.request.is_read or is_personal(action)
        chosen = tuple(
            key
            for key in self.keys[action.name]
            if key.role is KeyRole.SELECTOR
            or (key.role is KeyRole.UNKNOWN and writes and not anchored)
            if self.is_choosable(key.reference, action) and not self._is_public(action, key)
        )
        if any(key.is_sent for key in chosen) or not self.is_anchored(action, by_row=False):
            return chosen
        return ()

    def _is_public(self, action: Action, key: LookupKey) -> bool:
        """Whether a value of a read chooses among what is the same for everyone."""
        if not action.request.is_read or isinstance(key.reference, PersonField):
            return False
        if action.name not in self._evidence:
            self._evidence[action.name] = read_evidence(action)
        return is_public(self._evidence[action.name], key)

    def list_unclear(self, action: Action) -> tuple[LookupKey, ...]:
        """The values of a read that select something, and nothing says whose it is."""
        if self.list_chosen(action) or self.is_anchored(action):
            return ()
        return tuple(
            key
            for key in self.keys[action.name]
            if key.role is KeyRole.UNKNOWN and key.is_sent and not self._is_public(action, key)
            if self.is_choosable(key.reference, action)
        )

    def is_choosable(self, reference: Reference, action: Action) -> bool:
        """Whether an attacker can choose a value, by hand or through another action."""
        written = isinstance(reference, PersonAttribute) and reference.name in self.dirty
        return written or self.values.get_trust(reference, action).tainted

    def is_anchored(self, action: Action, *, by_row: bool = True) -> bool:
        """Whether the request names the person by what no one can choose, or has their token.

        ``by_row``: for a read, the choice of the row counts as well. Beside a key that is chosen,
        only a place that names the owner counts.
        """
        if any(token.is_user_token for token in action.request.tokens):
            return True
        shape = self._read_shape(action)
        grade = self.find_anchors(action).grade
        if grade is Grade.PROVEN or (grade is Grade.WEAK and not shape.finding):
            return True
        return by_row and action.request.is_read and has_row_of_owner(shape)

    def find_anchors(self, action: Action) -> Anchors:
        """How well the request names the owner of the record, and where."""
        return measure_anchors(self._read_shape(action))

    def find_weak_anchor(self, action: Action) -> LookupKey | None:
        """A verified value of which nothing says that it is the owner's, where none is better."""
        return None if self.is_anchored(action) else self.find_anchors(action).key

    def _read_shape(self, action: Action) -> RequestShape:
        keys = self.keys[action.name]
        if action.name not in self._graphs:
            self._graphs[action.name] = read_graph(action)
        choosable = [key for key in keys if self.is_choosable(key.reference, action)]
        finding = {
            key.reference
            for key in choosable
            if key.is_sent and (key.role is KeyRole.SELECTOR or is_path_key(key))
        }
        chosen = frozenset(key.reference for key in choosable)
        return RequestShape(action, keys, self._graphs[action.name], chosen, frozenset(finding))

    def list_trust(self, action: Action) -> dict[Reference, Trust]:
        read = [key.reference for key in self.keys[action.name]]
        proof = action.response.same_person
        return {
            reference: self.values.get_trust(reference, action)
            for reference in (*read, *((proof.equals,) if proof else ()))
        }
