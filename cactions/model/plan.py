"""What would change for one person, or why nothing may.

The plan has all the authority: whoever commits reads nothing else, and ``Change.before`` is a
promise that is checked again at that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cactions.model.enums import Kind
from cactions.model.frozen import noun
from cactions.model.json_value import ABSENT, Value, is_empty, same
from cactions.model.person import DataType

if TYPE_CHECKING:
    from cactions.model.enums import Caution, Reason, Why
    from cactions.model.exchange import Proof
    from cactions.model.person import PersonQuery
    from cactions.model.template import PersonAttribute, PersonField


@noun
class Change:
    """One attribute of one person: what is there, what would be there, where it came from.

    ``source`` is the response path. Values are of the attribute's ``data_type``, a date in
    Unix seconds. ``redacted`` values are never shown to anybody.
    """

    attribute: str
    before: Value
    after: Value
    source: str = ""
    data_type: DataType = DataType.STRING
    redacted: bool = False
    cautions: tuple[Caution, ...] = ()

    @property
    def kind(self) -> Kind:
        """Empty and empty are the same: null, ``""`` and absent differ for nobody who reads."""
        if same(self.before, self.after) or (is_empty(self.before) and is_empty(self.after)):
            return Kind.SAME
        if is_empty(self.before):
            return Kind.ADD
        return Kind.CLEAR if is_empty(self.after) else Kind.OVERWRITE


@noun
class Left:
    """A mapped attribute that is left as it is, and why.

    ``refused`` means that a value came and was turned down; otherwise the old one is kept by
    policy. ``detail`` completes the sentence in words that hold no value of the person.
    """

    attribute: str
    before: Value
    why: Why
    refused: bool = False
    got: Value = ABSENT
    detail: str = ""
    source: str = ""
    data_type: DataType = DataType.STRING
    redacted: bool = False


@noun
class Subject:
    """Whom a plan is about: the contact id, how they were matched, and what to call them."""

    person_id: str
    matched: PersonQuery
    label: str = ""


@noun
class Premise:
    """Something about the person that the plan rests on; it must still hold at the commit."""

    reference: PersonField | PersonAttribute
    value: Value


@noun
class Call:
    """The one request behind a plan, for the preview's head.

    ``source`` is empty for a live call, else the file that it was replayed from.
    """

    line: str
    status: int | None = None
    source: str = ""


@noun
class Plan:
    """All changes for one person. Attributes stand in ``changes`` or in ``left``, never in both.

    ``premises`` make it a plan for this person and nobody else.
    """

    action: str
    subject: Subject
    call: Call
    changes: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()
    proof: Proof | None = None
    premises: tuple[Premise, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether its call was about to be made, and no answer to it is known."""
        return bool(self.call.line) and self.call.status is None

    @property
    def effective(self) -> tuple[Change, ...]:
        """The changes that change something."""
        return tuple(change for change in self.changes if change.kind is not Kind.SAME)

    @property
    def refused(self) -> tuple[Left, ...]:
        """The attributes whose response value was turned down."""
        return tuple(left for left in self.left if left.refused)


@noun
class Failed:
    """No plan, and nothing may be written: the reason, in words and with both values if known."""

    action: str
    subject: Subject
    reason: Reason
    message: str
    hint: str = ""
    call: Call | None = None
    proof: Proof | None = None


@noun
class TestReport:
    """How one of the file's ``tests:`` went: every expectation that did not hold, in words."""

    action: str
    test: str
    result: Plan | Failed
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every stated expectation held."""
        return not self.problems
