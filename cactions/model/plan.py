"""What would change for one person, or why nothing may.

The plan has all the authority: a commit reads nothing else, and ``Change.before`` is a
promise that is checked again at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.model.enums import ChangeKind, ChangeWarning, FailureReason, KeepReason
from cactions.model.exchange import Proof, ShownAnswer
from cactions.model.finding import Place
from cactions.model.json_value import ABSENT, Scalar, Value, is_empty, is_same
from cactions.model.person import DataType, PersonQuery
from cactions.model.template import PersonAttribute, PersonField


class Change(Struct, frozen=True):
    """One attribute of one person: what is there, what would be there, where it came from.

    ``source`` is the response path. Values are of the attribute's ``data_type``, a date in
    Unix seconds. ``redacted`` values are never shown.
    """

    attribute: str
    before: Value
    after: Value
    source: str = ""
    data_type: DataType = DataType.STRING
    redacted: bool = False
    cautions: tuple[ChangeWarning, ...] = ()

    @property
    def kind(self) -> ChangeKind:
        """All empty values are equal: null, ``""`` and absent mean the same to a reader."""
        if self.before is self.after:  # most changes of most runs
            return ChangeKind.SAME
        was_empty, becomes_empty = is_empty(self.before), is_empty(self.after)
        if was_empty or becomes_empty:
            if was_empty and becomes_empty:
                return ChangeKind.SAME
            return ChangeKind.ADD if was_empty else ChangeKind.CLEAR
        return ChangeKind.SAME if is_same(self.before, self.after) else ChangeKind.OVERWRITE


class KeptAttribute(Struct, frozen=True):
    """A mapped attribute that is left as it is, and why.

    ``refused`` means that a value came and was turned down; otherwise the old one is kept by
    policy. ``detail`` completes the sentence in words that hold no value of the person.
    """

    attribute: str
    before: Value
    reason: KeepReason
    refused: bool = False
    received: Value = ABSENT
    detail: str = ""
    source: str = ""
    data_type: DataType = DataType.STRING
    redacted: bool = False


class Subject(Struct, frozen=True):
    """Whom a plan is about: the contact id, how they were matched, and what to call them."""

    person_id: str
    matched: PersonQuery
    label: str = ""


class Precondition(Struct, frozen=True):
    """Something about the person that the plan rests on; it must still hold at the commit."""

    reference: PersonField | PersonAttribute
    value: Value


class SentCall(Struct, frozen=True):
    """The one request behind a plan, for the preview's head.

    ``source`` is empty for a live call, else the file that it was replayed from. ``key`` is the
    header by which the service recognizes a repeated write request, name and value; empty for none.
    """

    line: str
    status: int | None = None
    source: str = ""
    key: str = ""


class Plan(Struct, frozen=True):
    """All changes for one person. Attributes stand in ``changes`` or in ``left``, never in both.

    ``premises`` make it a plan for this person only. ``from_search``: the old values are those of a
    search index, which may be up to two minutes older than the plan. ``inputs`` are the data inputs
    of its call, for another attempt; None where they were not kept.
    """

    action: str
    subject: Subject
    call: SentCall
    changes: tuple[Change, ...] = ()
    left: tuple[KeptAttribute, ...] = ()
    proof: Proof | None = None
    premises: tuple[Precondition, ...] = ()
    from_search: bool = False
    inputs: Mapping[str, Scalar] | None = None

    @property
    def pending(self) -> bool:
        """Whether its call was about to be made, and no answer to it is known."""
        return bool(self.call.line) and self.call.status is None

    @property
    def effective(self) -> tuple[Change, ...]:
        """The changes that change something."""
        return tuple([change for change in self.changes if change.kind is not ChangeKind.SAME])

    @property
    def has_nothing(self) -> bool:
        """Whether the service has said that it has nothing about the person."""
        cautions = {caution for change in self.changes for caution in change.cautions}
        reasons = {kept.reason for kept in self.left}
        return ChangeWarning.NOTHING in cautions or KeepReason.NOTHING in reasons

    @property
    def refused(self) -> tuple[KeptAttribute, ...]:
        """The attributes whose response value was turned down."""
        return tuple(left for left in self.left if left.refused)


class PlanFailure(Struct, frozen=True):
    """No plan, and nothing may be written: the reason, in words and with both values if known."""

    action: str
    subject: Subject
    reason: FailureReason
    message: str
    hint: str = ""
    call: SentCall | None = None
    proof: Proof | None = None


class TestReport(Struct, frozen=True):
    """How one of the file's ``tests:`` went: every expectation that did not hold, in words.

    ``hint`` is the next step, such as a command; ``seconds`` is the time that the test took.
    ``answer`` is shown where that was asked for; ``place`` is where the test stands.
    """

    action: str
    test: str
    result: Plan | PlanFailure
    problems: tuple[str, ...] = ()
    hint: str = ""
    seconds: float = 0.0
    answer: ShownAnswer | None = None
    place: Place | None = None

    @property
    def passed(self) -> bool:
        """Whether every stated expectation held."""
        return not self.problems
