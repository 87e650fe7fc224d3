"""How an answer is read, as its author wrote it: success, rows, the proof, and the mapping."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field

from cactions.model.json_value import ABSENT, Scalar, Value
from cactions.model.person import Attribute, DataType
from cactions.model.request import BodyCheck, Success
from cactions.model.template import Path, Reference
from cactions.model.trust import ProofStrength


class AnswerFormat(Enum):
    """What the body of an answer is written in."""

    JSON = "json"
    XML = "xml"


class WhenEmpty(Enum):
    """What a missing or null response value does to the attribute."""

    KEEP = "keep"
    CLEAR = "clear"
    REFUSE = "refuse"


class Overwrite(Enum):
    """When a value that is already there may be replaced.

    IF_OURS: the present value is the last one that our journal applied.
    """

    ALWAYS = "always"
    IF_EMPTY = "if_empty"
    IF_OURS = "if_ours"
    NEVER = "never"


class DateForm(Enum):
    """How the third party writes a date."""

    ISO8601 = "iso8601"
    ISO8601_DATE = "iso8601_date"
    """A calendar day without a time; the attribute holds its midnight, in UTC or in the zone."""
    RFC2822 = "rfc2822"
    UNIX_S = "unix_s"
    UNIX_MS = "unix_ms"
    PATTERN = "pattern"
    """As ``DateFormat.pattern`` says, in the directives of ``datetime.strptime``."""


class DateFormat(Struct, frozen=True):
    """A form of dates. ``zone`` is that of times without an offset: an IANA name, or ``+01:00``."""

    form: DateForm
    zone: str = ""
    pattern: str = ""


class Order(Enum):
    """Which of several rows is meant: by a date, or by a number."""

    NEWEST = "newest"
    OLDEST = "oldest"
    FIRST = "first"
    """The lowest number."""
    LAST = "last"


class RowOrder(Struct, frozen=True):
    """The row that comes first by ``path``, which starts at the row; a tie is refused.

    ``date`` is how dates are written there; None for ISO 8601, or numbers of Unix time.
    """

    order: Order
    path: Path
    date: DateFormat | None = None


class Rows(Struct, frozen=True):
    """Where the candidate rows are and which of them is meant; exactly one must remain.

    ``literals`` pairs a path in the row with the value that must stand there.
    """

    path: Path
    where: tuple[tuple[Path, Reference], ...] = ()
    literals: tuple[tuple[Path, Scalar], ...] = ()
    order: RowOrder | None = None

    @property
    def has_choice(self) -> bool:
        """Whether something else than values of the person chooses among them."""
        return bool(self.literals or self.order)


class SamePerson(Struct, frozen=True):
    """The proof that the answer belongs to the matched person. ``path`` starts at the row.

    ``any_case``: the service folds capitals, so that texts may differ in them. ``strength`` and
    ``basis`` (why it is no more) are those of the leak analysis.
    """

    path: Path
    equals: Reference
    verified: str = ""
    redacted: bool = False
    strength: ProofStrength = ProofStrength.PROVEN
    basis: str = ""
    any_case: bool = False


class Aggregate(Enum):
    """What is made of all elements of a list."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"


class AttributeMapping(Struct, frozen=True):
    """One response value onto one attribute, and the policies that keep it safe.

    ``path`` is where the value stands. It goes through ``elements.path`` where one element of a
    list is meant, and through every element for an ``aggregate``. With ``text`` it is the first of
    its paths. ``parse`` is a path in the JSON of the text that stands at ``path``.

    ``values`` pairs a response text with the attribute's value, and ``otherwise`` is that of every
    other text; ``type`` forces a conversion that would otherwise be refused. ``empty`` are values
    that count as null. ``cut``: a text beyond ``max_length`` is cut, not refused. ``verified``: why
    what the service has there is true. ``unique``: no two people may have the same value.
    """

    attribute: Attribute
    path: Path
    elements: Rows | None = None
    aggregate: Aggregate | None = None
    text: tuple[str | Path, ...] = ()
    parse: Path | None = None
    join: str | None = None
    type: DataType | None = None
    divide: int | None = None
    max_length: int | None = None
    cut: bool = False
    one_of: tuple[Scalar, ...] = ()
    values: tuple[tuple[str, Scalar], ...] = ()
    otherwise: Value = ABSENT
    any_case: bool = False
    date: DateFormat | None = None
    empty: tuple[Scalar, ...] = ()
    redacted: bool = False
    verified: str = ""
    on_missing: WhenEmpty = WhenEmpty.KEEP
    on_null: WhenEmpty = WhenEmpty.KEEP
    overwrite: Overwrite = Overwrite.ALWAYS
    unique: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every place that a value is taken from."""
        return tuple(part for part in self.text if isinstance(part, Path)) or (self.path,)

    @property
    def element_path(self) -> Path:
        """The path from the element of a list, or the whole one where there is no element."""
        start = len(self.elements.path.segments) if self.elements else 0
        return Path("", self.path.segments[start:]) if start else self.path

    @property
    def value_paths(self) -> tuple[Path, ...]:
        """The same, as far as the value itself: into the JSON of a text, too."""
        inner = self.parse.segments if self.parse else ()
        if not inner:
            return self.paths
        return tuple(Path(path.text, (*path.segments, *inner)) for path in self.paths)

    @property
    def source(self) -> str:
        """Where the value comes from, as it is shown."""
        if self.text:
            parts = (part if isinstance(part, str) else f"{{{{ {part} }}}}" for part in self.text)
            return "".join(parts)
        text = str(self.path)
        if self.aggregate:
            text = f"{self.aggregate.value} of {text}"
        if self.parse:
            text += f", parsed, {self.parse}"
        return text + (describe_choice(self.elements) if self.elements else "")


class NotFound(Struct, frozen=True):
    """What tells that the service has nothing about a person: all that is stated must hold.

    ``empty`` is the path of a list or an object that has nothing in it.
    """

    statuses: tuple[int, ...] = ()
    body: tuple[BodyCheck, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    empty: Path | None = None


class ActionResponse(Struct, frozen=True):
    """How to read the answer. Paths start at the row where ``rows`` is given, else at the root.

    ``on_nothing`` is what becomes of the mapped attributes where ``nothing_when`` holds.
    """

    success_when: Success = field(default_factory=Success)
    rows: Rows | None = None
    same_person: SamePerson | None = None
    mapping: tuple[AttributeMapping, ...] = ()
    format: AnswerFormat = AnswerFormat.JSON
    nothing_when: NotFound | None = None
    on_nothing: WhenEmpty = WhenEmpty.KEEP

    @property
    def is_body_read(self) -> bool:
        """Whether anything of an answer's body matters."""
        return bool(self.success_when.body or self.rows or self.same_person or self.mapping)


def describe_choice(rows: Rows) -> str:
    """Which row is meant, to complete its path: ``, where $.key is "tier"``."""
    words = [f"{path} is {reference}" for path, reference in rows.where]
    words += [f"{path} is {_quote(value)}" for path, value in rows.literals]
    text = f", where {' and '.join(words)}" if words else ""
    return text + (f", {rows.order.order.value} by {rows.order.path}" if rows.order else "")


def _quote(value: Scalar) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)
