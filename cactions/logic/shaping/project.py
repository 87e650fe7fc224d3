"""Puts the files of one folder together into a Project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from cactions.logic.decoding import Typed, decode
from cactions.logic.faults import TWICE, UNREADABLE, Faults, nearest
from cactions.logic.file_format import FILE
from cactions.logic.nodes import Span
from cactions.logic.reading import read
from cactions.logic.shaping import actions, network, people, requests, tokens
from cactions.logic.shaping.scope import Scope, declared
from cactions.logic.templating import TemplateError, parse_reference
from cactions.model import (
    AllowedAddress,
    Attribute,
    Finding,
    OperatorError,
    PersonAttribute,
    Project,
    Reference,
    Severity,
    Workspace,
    noun,
)

T = TypeVar("T")


@noun
class SourceFile:
    """One action file as it was found: the name to show, and its bytes."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """The text that places point into; bytes that are no UTF-8 become replacement signs."""
        return self.data.decode("utf-8-sig", errors="replace")


@noun
class Shaped:
    """What the files say. ``project`` is None where an error was found."""

    project: Project | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]


@noun
class _Draft:
    """One decoded file."""

    faults: Faults
    typed: Typed


def shape(files: Iterable[SourceFile], environment: str | None = None) -> Shaped:
    """All files as one project, in one environment (the first that the first server names).

    Raises OperatorError for an environment that no server has.
    """
    kept = tuple(files)
    faults = {file.name: Faults(file.name) for file in kept}
    drafts = [draft for file in kept if (draft := _draft(file, faults[file.name]))]
    project = _Shaper(drafts, environment).project()
    findings = tuple(finding for one in faults.values() for finding in one.found)
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return Shaped(None if broken else project, findings, {file.name: file.text for file in kept})


def _draft(file: SourceFile, faults: Faults) -> _Draft | None:
    node = read(file.data, faults)
    if node is None:
        if not faults.found:
            hint = "begin with version: 1"
            faults.add(UNREADABLE, Span(0, 0, 0, 1), "the file is empty", hint=hint)
        return None
    typed = decode(node, FILE, faults)
    return _Draft(faults, typed) if typed else None


class _Shaper:
    """Declarations first, then the actions that refer to them, across all files."""

    def __init__(self, drafts: list[_Draft], environment: str | None) -> None:
        self.drafts = drafts
        self.environment = self._environment(environment)

    def project(self) -> Project:
        redacted = frozenset(self._redacted())
        attributes = self._attributes(redacted)
        allowed = self._allowed()
        ways = frozenset((one.host, one.port) for one in allowed)
        scope = Scope(Faults(""), attributes=attributes, redacted=redacted, allowed=ways)
        servers = self._collect("servers", "server", self._server, scope)
        scope = replace(scope, servers=servers)
        named = self._collect("tokens", "token", tokens.token, scope)
        scope = replace(scope, tokens=named)
        workspace = self._workspace(scope)
        scope = replace(scope, people=workspace.people)
        shaped = self._collect("actions", "action", actions.action, scope)
        return Project(
            workspace,
            _whole(attributes),
            _whole(shaped),
            self.environment,
            redacted=redacted,
            tokens=_whole(named),
            allowed=allowed,
        )

    def _environment(self, wanted: str | None) -> str:
        servers = [at for d in self.drafts if (s := d.typed.get("servers")) for _, at in s.items()]
        known = list(dict.fromkeys(name for at in servers for name in declared(at)))
        if wanted is not None and known and wanted not in known:
            raise OperatorError(
                f'no server has an environment "{wanted}"', hint=nearest(wanted, known)
            )
        return wanted or (known[0] if known else "")

    def _server(self, _name: str, at: Typed, scope: Scope) -> str | None:
        return requests.server(at, self.environment, scope)

    def _once(self, key: str) -> tuple[_Draft, Typed] | None:
        """The one place of a key that a folder has once."""
        found = [(draft, at) for draft in self.drafts if (at := draft.typed.get(key))]
        for draft, at in found[1:]:
            message = f'"{key}" stands in {found[0][0].faults.file} already'
            hint = "one folder has one of it"
            draft.faults.add(TWICE, at.key, message, hint=hint, route=at.route)
        return found[0] if found else None

    def _redacted(self) -> Iterator[Reference]:
        """What any place hides: an attribute, one of its mappings, or a proof by it."""
        for draft in self.drafts:
            yield from _hidden(draft.typed.get("attributes"))
            actions = draft.typed.get("actions")
            for _, action in actions.items() if actions else ():
                response = action.get("response")
                if response:
                    yield from _hidden(response.get("mapping"))
                    yield from _hidden_proof(response.get("same_person"))

    def _attributes(self, redacted: frozenset[Reference]) -> dict[str, Attribute | None]:
        found = self._once("attributes")
        if found is None:
            return {}
        scope = Scope(found[0].faults, redacted=redacted)
        shaped = {name: people.attribute(name, at, scope) for name, at in found[1].items()}
        return {name: shaped.get(name) for name in declared(found[1])}

    def _allowed(self) -> tuple[AllowedAddress, ...]:
        found = self._once("network")
        return network.allowed(found[1], Scope(found[0].faults)) if found else ()

    def _workspace(self, scope: Scope) -> Workspace:
        found = self._once("workspace")
        if found is None:
            return Workspace()
        return people.workspace(found[1], replace(scope, faults=found[0].faults))

    def _collect(
        self,
        key: str,
        what: str,
        form: Callable[[str, Typed, Scope], T | None],
        scope: Scope,
    ) -> dict[str, T | None]:
        """Named things of all files; a name stands once in the folder."""
        found: dict[str, T | None] = {}
        homes: dict[str, str] = {}
        for draft in self.drafts:
            at = draft.typed.get(key)
            inside = replace(scope, faults=draft.faults)
            for name, item in at.items() if at else ():
                if name in homes:
                    message = f'{what} "{name}" stands in {homes[name]} already'
                    draft.faults.add(TWICE, item.key, message, hint="rename one", route=item.route)
                    continue
                homes[name] = draft.faults.file
                found[name] = form(name, item, inside)
            found |= {name: None for name in declared(at) if name not in found}
        return found


def _hidden(named: Typed | None) -> Iterator[Reference]:
    for name, at in named.items() if named else ():
        if isinstance(at.value, dict) and at.plain("redacted"):
            yield PersonAttribute(name)


def _hidden_proof(at: Typed | None) -> Iterator[Reference]:
    if at and at.plain("redacted"):
        with suppress(TemplateError):  # it is told where the proof is shaped
            yield parse_reference(at.plain("equals", ""))


def _whole(shaped: Mapping[str, T | None]) -> dict[str, T]:
    return {name: one for name, one in shaped.items() if one is not None}
