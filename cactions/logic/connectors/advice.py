"""What a finding means for a live connector: where in Intercom, and the smallest change there.

The rules speak of action files. Here the same finding speaks of the connector, its data inputs and
the settings of the workspace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.connectors.action_file import PulledConnector
from cactions.logic.connectors.pulled_project import PulledWorkspace
from cactions.model import Connector, Finding, Severity

_SETTINGS: Final = "in the settings of the workspace"
_VERIFIED: Final = "{{user.user_id}} or {{user.email}}"
_ADVICE: Final[Mapping[str, str]] = {
    "CA102": f"look up by {_VERIFIED}, which no customer can choose, not by what another connector"
    " has written",
    "CA103": f"find the attribute {_SETTINGS}, and decide whether end users can change it",
    "CA106": "make the data input required, and remove its default value or fallback",
    "CA107": "ask for one record by its id, and map fields of that record, not of a list",
    "CA108": "send the value in a parameter of its own that takes nothing else",
    "CA201": f"send {_VERIFIED} with the request, unless the answer is about no person",
    "CA202": "remove this mapping; map the value onto a custom attribute that end users cannot"
    " change",
    "CA208": "map each onto an attribute of its own",
    "CA209": f"forbid end users to change the attribute, {_SETTINGS}",
    "CA301": "put the credential into a token, attach that to the connector, and replace the"
    " credential at its service: it was readable",
    "CA302": "put the credential into a token, which travels in a header, and replace it at its"
    " service: URLs stand in logs",
    "CA304": "remove this mapping: a credential never belongs on a person",
    "CA401": "write https:// and the host out in the URL",
    "CA402": "begin the URL with https://",
    "CA403": "use the public name of the service",
    "CA405": "send the value as a member of a JSON body, or as a query parameter",
}
_CHOSEN_INPUT: Final = (
    f"send {_VERIFIED} with it, so that the service answers for this customer's own records only"
)
_CHOSEN_ATTRIBUTE: Final = (
    f"look up by {_VERIFIED}; or forbid end users to change the attribute, {_SETTINGS}"
)
_CHOSEN_FIELD: Final = f"look up by {_VERIFIED}: name and phone are whatever people say they are"
_LEADS: Final = (
    "take leads and visitors out of its audience, or turn on customer authentication (a code by"
    " e-mail) and look up by {{user.email}}"
)
_UNVERIFIED: Final = (
    "turn on identity verification for the workspace, or customer authentication for this connector"
)
_MESSAGES: Final[Mapping[str, str]] = {
    "CA301": "a credential stands there in plain text, for everyone who can open the connector",
}
_LIGHT: Final = frozenset({"CA208"})
"""What is no leak by itself, and would name connectors that do nothing wrong."""
_PLACES: Final = (
    (r"\.request\.url\b", "the URL"),
    (r"\.request\.query\.([^#]+)", "the query parameter {}"),
    (r"\.request\.headers\.([^#]+)", "the header {}"),
    (r"\.request\.(?:json|form)\.([^#]+)", "the body, {}"),
    (r"\.request\.(?:json|form|text)\b", "the body"),
    (r"\.response\.mapping\.([^#]+)", "the mapping onto {}"),
    (r"\.response\.mapping\b", "the mapping"),
    (r"\.audiences\b", "the audience"),
)
_OURS: Final = re.compile(
    r'person\.attributes\.|person\.attributes\["([^"\\]*)"\]|person\.|(?<!data_)inputs\.'
)
_PATH: Final = "the path: "
_ARROW: Final = " -> "
_ACTOR: Final = re.compile(r'"?([^"\s]+)"?(?= (?:writes|looks it up)\b)')
_NAME: Final = re.compile(r"(?<![\w.\"])[A-Za-z0-9]*_\w+(?![\w.]\w)")
_FIELD: Final = re.compile(r"\bperson\.([a-z_]+)\b(?!\.)")
_RANK: Final = {severity: number for number, severity in enumerate(Severity)}


class ConnectorFindings(Struct, frozen=True):
    """The findings of a connector, the worst first; ``connector`` is None for the workspace."""

    connector: Connector | None
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity:
        """How bad the worst is."""
        return min((finding.severity for finding in self.findings), key=_RANK.__getitem__)


def group_findings(
    findings: Iterable[Finding], pulled: PulledWorkspace
) -> tuple[ConnectorFindings, ...]:
    """The findings in Intercom's terms, by connector: worst first, then by the number of them."""
    by_file = {each.file: each for each in pulled.connectors}
    labels = {each.key: each.connector.label for each in pulled.connectors}
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        file = finding.place.file if finding.place else ""
        groups.setdefault(file if file in by_file else "", []).append(finding)
    found = [_build_group(group, by_file.get(file), labels) for file, group in groups.items()]
    return tuple(sorted(found, key=_get_group_rank))


def _build_group(
    group: Iterable[Finding], pulled: PulledConnector | None, labels: Mapping[str, str]
) -> ConnectorFindings:
    terms = _Terms(labels, pulled.spellings if pulled else {})
    findings = tuple(sorted((_translate(f, terms) for f in group), key=_get_rank))
    return ConnectorFindings(pulled.connector if pulled else None, findings)


def _get_rank(finding: Finding) -> tuple[int, str]:
    return _RANK[finding.severity], finding.rule


def _get_group_rank(group: ConnectorFindings) -> tuple[object, ...]:
    errors = sum(finding.severity is Severity.ERROR for finding in group.findings)
    connector = group.connector
    name = (connector.name, connector.id) if connector else ("", "")
    return connector is None, _RANK[group.worst], -errors, name


def _translate(finding: Finding, terms: _Terms) -> Finding:
    return replace(
        finding,
        message=_MESSAGES.get(finding.rule) or terms.format_message(finding.message),
        severity=Severity.INFO if finding.rule in _LIGHT else finding.severity,
        hint=terms.format_names(choose_change(finding)),
        notes=tuple(terms.show_path(note) for note in _list_paths(finding)),
        labels=tuple(
            replace(label, message=terms.format_message(label.message)) for label in finding.labels
        ),
        fix=None,
    )


def _list_paths(finding: Finding) -> Iterator[str]:
    """Only the path of a value: what proves an answer is no question for a connector."""
    yield from (note for note in finding.notes if note.startswith(_PATH))


class _Terms(Struct, frozen=True):
    """Intercom's names: of connectors in the place of actions, and of variables."""

    labels: Mapping[str, str]
    spellings: Mapping[str, str]

    def format_message(self, text: str) -> str:
        """A message. An action stands at its beginning, in front of what it does."""
        named = _ACTOR.match(text)
        if named and named[1] in self.labels:
            text = f'"{self.labels[named[1]]}"{text[named.end() :]}'
        return self.format_names(text)

    def show_path(self, text: str) -> str:
        """The path of a value, step by step: a variable is none of the actions."""
        steps = text.removeprefix(_PATH).split(_ARROW)
        return _PATH + _ARROW.join(
            self.format_names(step) if _OURS.match(step) else self.labels.get(step, step)
            for step in steps
        )

    def format_names(self, text: str) -> str:
        """A text with the variables as they are spelled at Intercom."""
        plain = _OURS.sub(lambda found: found[1] or "", text)
        return _NAME.sub(lambda found: self.spellings.get(found[0], found[0]), plain)


def choose_change(finding: Finding) -> str:
    """The smallest change in Intercom."""
    if finding.rule == "CA101":
        if finding.severity is not Severity.ERROR:
            return _FIELD.sub(r"{{user.\1}}", finding.hint)
        if any("typed by the customer" in label.message for label in finding.labels):
            return _CHOSEN_INPUT
        field = finding.route.rpartition("#person.")[2] in ("name", "phone", "avatar")
        by_name = any("whatever the person says" in label.message for label in finding.labels)
        return _CHOSEN_FIELD if field or by_name else _CHOSEN_ATTRIBUTE
    if finding.rule == "CA104":
        leads = any(label.route.endswith(".audiences") for label in finding.labels)
        return _LEADS if leads else _UNVERIFIED
    return _ADVICE.get(finding.rule, finding.hint)


def describe_place(finding: Finding) -> str:
    """Where in the connector it is; empty where that is not known."""
    route = finding.route.partition("#")[0]
    for pattern, words in _PLACES:
        if found := re.search(pattern, route):
            return words.format(*found.groups())
    return ""
