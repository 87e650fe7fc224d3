"""What a piece of YAML may refer to, and how its texts become templates, paths and references."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct, field

from cactions.logic.expressions.json_path import PathError, parse_path
from cactions.logic.expressions.template import TemplateError, parse_reference, parse_template
from cactions.logic.name_grammar import SECRET_NAME, describe_refusal
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import (
    BAD_PATH,
    BAD_TEMPLATE,
    CONTRADICTION,
    UNKNOWN_NAME,
    WRONG_VALUE,
    Diagnostics,
)
from cactions.logic.yaml.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    SourceSpan,
    parse_json_scalar,
)
from cactions.model import (
    Attribute,
    Filter,
    Input,
    JsonTemplate,
    Path,
    PersonAttribute,
    Reference,
    SecretRef,
    Template,
    Token,
)


class Scope(Struct, frozen=True):
    """The names in reach. A name onto None is declared, but broken: it is known, and of no use.

    ``people``: what tells those who stand in the YAML, in lower case, by the field it stands in.
    ``allowed``: host and port of what may be no public name. ``personless``: what is read here is
    the same for everybody, so that nothing of a person may stand in it. ``at_intercom``: where the
    people are.
    """

    faults: Diagnostics
    attributes: Mapping[str, Attribute | None] = field(default_factory=dict)
    servers: Mapping[str, str | None] = field(default_factory=dict)
    tokens: Mapping[str, Token | None] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)
    redacted: frozenset[Reference] = frozenset()
    allowed: frozenset[tuple[str, int]] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
    personless: bool = False
    at_intercom: bool = False

    def enter(self, faults: Diagnostics) -> Scope:
        """The same names, in another file; ``replace`` would take longer than most actions do."""
        return Scope(
            faults, self.attributes, self.servers, self.tokens, self.inputs, self.people,
            self.redacted, self.allowed, self.allowed_hosts, self.personless, self.at_intercom,
        )  # fmt: skip

    def add_fault(self, rule: str, at: LocatedValue, message: str, hint: str = "") -> None:
        """Note a fault of a value."""
        self.faults.add(rule, at.span, message, hint=hint, route=at.route)

    def refuse_key(self, at: LocatedValue, message: str) -> None:
        """Note that a key contradicts what stands beside it."""
        self.faults.add(CONTRADICTION, at.key, message, hint="remove it", route=at.route)

    def list_known(self, what: str, name: str, names: Collection[str], at: LocatedValue) -> bool:
        """Whether a name is declared; a fault where it is not."""
        if name in names:
            return True
        hint = self.faults.suggest_name(name, names) or f"declare it under {what}s:"
        self.add_fault(UNKNOWN_NAME, at, f'there is no {what} "{name}"', hint)
        return False

    def parse_template(self, at: LocatedValue, *, in_url: bool = False) -> Template | None:
        """The parsed template of a text whose references all exist."""
        return self._parse_whole_template(at.value, at.node, at.route, in_url=in_url)

    def _parse_whole_template(
        self, text: str, node: Node, route: str, *, in_url: bool = False
    ) -> Template | None:
        try:
            parsed = parse_template(text)
        except TemplateError as error:
            span = _narrow_span(node, error.start, error.end)
            self.faults.add(BAD_TEMPLATE, span, error.message, hint=error.hint, route=route)
            return None
        known = [
            self._check(reference, _narrow_span(node, start, end), route)
            for reference, start, end in parsed.spans
        ]
        slashed = any(hole.filter is Filter.ENCODE_SLASH for hole in parsed.template.filtered)
        if slashed and not in_url:
            hint = "leave it out: values are encoded here anyway"
            self.faults.add(
                CONTRADICTION, node.span, "encode_slash is for url alone", hint=hint, route=route
            )
        return parsed.template if all(known) else None

    def parse_reference(self, at: LocatedValue) -> Reference | None:
        """The parsed ``person.email`` of an ``equals:`` or ``where:``."""
        try:
            reference = parse_reference(at.value)
        except TemplateError as error:
            span = at.get_part(error.start, error.end)
            self.faults.add(BAD_TEMPLATE, span, error.message, hint=error.hint, route=at.route)
            return None
        return reference if self._check(reference, at.span, at.route) else None

    def _check(self, reference: Reference, span: SourceSpan, route: str) -> bool:
        names: Collection[str]
        if self.personless:
            message = "a token is fetched for everybody: nothing of a person may stand here"
            self.faults.add(CONTRADICTION, span, message, hint="remove it", route=route)
            return False
        if isinstance(reference, PersonAttribute):
            what, names = "attribute", self.attributes
        elif isinstance(reference, Input):
            what, names = "data input", self.inputs
        else:
            return True
        if reference.name in names:
            return True
        hint = self.faults.suggest_name(reference.name, names)
        hint = hint or f"declare it under {what.replace(' ', '_')}s:"
        message = f'there is no {what} "{reference.name}"'
        self.faults.add(UNKNOWN_NAME, span, message, hint=hint, route=route)
        return False

    def parse_path(self, at: LocatedValue, *, rows: bool = False) -> Path | None:
        """The parsed response path."""
        return self.parse_path_text(at.value, at.node, at.route, rows=rows)

    def parse_path_text(
        self, text: str, node: Node, route: str, *, rows: bool = False
    ) -> Path | None:
        """The parsed response path of a text that stands at a node."""
        try:
            return parse_path(text, rows=rows)
        except PathError as error:
            span = _narrow_span(node, error.start, error.end)
            self.faults.add(BAD_PATH, span, error.message, hint=error.hint, route=route)
            return None

    def parse_json_template(self, node: Node, route: str) -> JsonTemplate:
        """A JSON body: texts become templates, ``{secret: NAME}`` a reference to a secret.

        A broken text stands as null; its fault keeps the action from being used.
        """
        if isinstance(node, ListNode):
            items = enumerate(node.items)
            return [self.parse_json_template(item, f"{route}[{index}]") for index, item in items]
        if isinstance(node, MapNode):
            return self._parse_secret(node, route) or {
                key.text: self.parse_json_template(value, f"{route}.{key.text}")
                for key, value in node.entries
            }
        if not isinstance(node, ScalarNode):
            return None
        value = parse_json_scalar(node)
        return self._parse_whole_template(value, node, route) if isinstance(value, str) else value

    def _parse_secret(self, node: MapNode, route: str) -> SecretRef | None:
        if [key.text for key, _ in node.entries] != ["secret"]:
            return None
        name = node.entries[0][1]
        if isinstance(name, ScalarNode) and SECRET_NAME.fits(name.text):
            return SecretRef(name.text)
        message, hint = "{secret: NAME} takes the name of a sealed value", ""
        if isinstance(name, ScalarNode) and name.text:
            message, hint = describe_refusal(name.text, SECRET_NAME)
        self.faults.add(WRONG_VALUE, name.span, message, hint=hint, route=route)
        return SecretRef("?")


def list_declared(at: LocatedValue | None) -> list[str]:
    """Every name that a map declares, the broken ones too."""
    if at is None or not isinstance(at.node, MapNode):
        return []
    return [key.text for key, _ in at.node.entries]


def parse_secret_name(at: LocatedValue) -> SecretRef | None:
    """``{secret: NAME}``; None where it is broken."""
    name = at.scalar("secret")
    return SecretRef(name) if name else None


def parse_secret_or_text(at: LocatedValue) -> SecretRef | str | None:
    """A text, or ``{secret: NAME}``; None where that is broken."""
    return at.value if isinstance(at.value, str) else parse_secret_name(at)


def _narrow_span(node: Node, start: int, end: int) -> SourceSpan:
    return node.get_part(start, end) if isinstance(node, ScalarNode) else node.span
