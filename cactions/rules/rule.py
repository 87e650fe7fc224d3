"""What a rule is, and all that it may look at.

A rule is one file: its docstring is its page, ``check`` goes through a view of the project and
yields spots, ``RULE`` names it. Rules never count lines: a spot names a route of keys. Behind a
``#`` stands which part of the text is meant; a bare ``#`` means the key itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from cactions.model import (
    Action,
    AttributeMapping,
    Flow,
    Label,
    LeakPath,
    Path,
    Place,
    Project,
    Reference,
    Severity,
    Suppression,
    Template,
    Trust,
)
from cactions.rules.operations import find_change


class RequestPart(Enum):
    """Where in a request a value goes, or that it chooses a row of the answer."""

    URL = "the URL"
    QUERY = "the query"
    HEADER = "a header"
    BODY = "the body"
    WHERE = "the choice of the row"


class KeyRole(Enum):
    """What a value in a request does there."""

    SELECTOR = "selector"
    """It finds a record."""
    UNKNOWN = "unknown"
    FILTER = "filter"
    """It narrows, orders or formats the answer."""
    CONTENT = "content"
    """It is what a message or a record says."""


class LookupKey(Struct, frozen=True):
    """A value in a request, or in the choice of the row.

    ``name`` is the innermost key that it stands under; empty in a URL and in a text body.
    ``template`` is the text that holds it; None where nothing but the reference can stand.
    """

    reference: Reference
    part: RequestPart
    route: str
    name: str = ""
    template: Template | None = None
    role: KeyRole = KeyRole.SELECTOR

    @property
    def is_sent(self) -> bool:
        """Whether it goes to the third party, and may come back from there unchanged."""
        return self.part is not RequestPart.WHERE

    @property
    def spot(self) -> str:
        """The route to the reference itself."""
        return f"{self.route}#{self.reference}"


class ActionAnalysis(Struct, frozen=True):
    """What is known of an action.

    ``identity_gap``: why its answer is not shown to be the person's; empty where it is. ``echo``:
    the identifier that was sent, where the proof is only that it comes back. ``trust`` is what each
    value that it reads is worth. ``chosen`` are the values that find the record and that an
    attacker can choose. ``is_anchored``: the request also names the person by what no one can
    choose, or carries their own token. ``unclear`` are the chosen values of a read that select
    something, and nothing says whether that is the same for everyone. ``weak_anchor``: what names
    the person by what no one can choose, at a place that does not say that the record is theirs.
    ``searches_people``: it asks for people, by what does not stand in the path.
    """

    action: Action
    keys: tuple[LookupKey, ...]
    identity_gap: str
    trust: Mapping[Reference, Trust]
    chosen: tuple[LookupKey, ...] = ()
    is_anchored: bool = False
    echo: str = ""
    unclear: tuple[LookupKey, ...] = ()
    weak_anchor: LookupKey | None = None
    searches_people: bool = False

    @property
    def route(self) -> str:
        """Where the action stands."""
        return f"actions.{self.action.name}"

    @property
    def is_unproven_connector(self) -> bool:
        """Whether it is a data connector of Intercom, which has no way to prove an answer."""
        return bool(self.action.connector_id) and self.action.response.same_person is None

    @property
    def is_exposed(self) -> bool:
        """Whether a chosen value decides whose data comes back, or whose record is changed.

        A proof comes too late for a call that changes something, and there is none where the
        service answers that it has nothing.
        """
        if self.action.request.is_read:
            return bool(self.exposure) and not self.has_user_token
        return not self.is_anchored

    @property
    def exposure(self) -> str:
        """Why nothing stops the data of another person; empty where something does."""
        clears = self.action.response.on_nothing.value == "clear"
        return self.identity_gap or ("on_nothing: clear needs no proof" if clears else "")

    @property
    def is_owner_unclear(self) -> bool:
        """Whether the service may compare the record with the person, and nothing says so."""
        maps = bool(self.action.response.mapping) and not self.is_unproven_connector
        return self.weak_anchor is not None and not (maps and self.action.request.is_read)

    @property
    def has_user_token(self) -> bool:
        """Whether the service sees the end user's own token, and answers for that user only."""
        return any(token.is_user_token for token in self.action.request.tokens)

    @property
    def consequence(self) -> str:
        """What an attacker does who chooses the value that finds the record."""
        if self.action.request.is_read:
            return "gets"
        unclear = self.is_unproven_connector and self.action.request.http_method == "post"
        return "gets or changes" if unclear and not find_change(self.action.request) else "changes"


class RuleContext(Struct, frozen=True):
    """The project as rules see it.

    ``find_flows``: how an unproven value gets into an attribute through other actions.
    ``writers``: attribute onto the mappings that write it. ``is_declared``: whether a route of keys
    is in the files. ``describe_source``: where a value comes from, and who may choose it.
    ``trusted``: the routes that are declared trusted today.
    ``is_justification``: whether a ``verified`` statement says why something is true.
    ``is_same_record`` and its neighbours: whether a proof is about another value of the
    answer. ``now`` is in Unix seconds. The last two are for the last rule: statements of no use and
    why, and the rules with findings that are not suppressed.
    """

    project: Project
    facts: tuple[ActionAnalysis, ...]
    find_flows: Callable[[str], Flow]
    writers: Mapping[str, tuple[tuple[Action, AttributeMapping], ...]]
    is_declared: Callable[[str], bool]
    describe_source: Callable[[Reference, Action], Label]
    is_contact_address: Callable[[str], bool]
    is_justification: Callable[[str], bool]
    is_same_record: Callable[[Path, Path], bool]
    is_proof_of_another: Callable[[Path, Path], bool]
    is_element_proven: Callable[[Path, Path, int], bool]
    trusted: frozenset[str]
    now: float
    unused_suppressions: tuple[tuple[Suppression, str, str], ...] = ()
    fired_rules: frozenset[str] = frozenset()

    def find_flow(self, analysis: ActionAnalysis, key: LookupKey) -> Flow:
        """How an unproven value gets into a lookup key through other actions."""
        derived = analysis.trust[key.reference] is Trust.DERIVED
        return self.find_flows(key.reference.name) if derived else ()


class EditKind(Enum):
    """What a suggested fix does with the text at its route."""

    REPLACE = "replace"
    """The value, or the part of it, is another."""
    INSERT = "insert"
    """A key is added to the map that stands there."""
    REMOVE = "remove"
    """What answers for a rule is taken out: an item of ``allow:``, or the rule in a comment."""


class SuggestedFix(Struct, frozen=True):
    """The smallest change that fixes a finding. ``safe``: no other change can be meant."""

    title: str
    route: str
    kind: EditKind
    text: str
    safe: bool = False


class RuleMatch(Struct, frozen=True):
    """Where a rule fires, and what is to be said there.

    ``place`` is given by the few who speak of what has no route, ``severity`` where it is not that
    of the rule.
    """

    route: str
    message: str
    hint: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: SuggestedFix | None = None
    place: Place | None = None
    severity: Severity | None = None
    paths: tuple[LeakPath, ...] = ()


Check = Callable[[RuleContext], Iterator[RuleMatch]]


class Rule(Struct, frozen=True):
    """An identifier that never changes its meaning, how bad it is, and what finds it."""

    id: str
    name: str
    severity: Severity
    check: Check | None = None


ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
INFO: Final = Severity.INFO
