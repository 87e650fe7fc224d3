"""Puts the files of one folder together into a Project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from cactions.logic.expressions.template import TemplateError, parse_reference
from cactions.logic.follow import Follow, follow_silently
from cactions.logic.project import (
    actions,
    network,
    people,
    requests,
    suppressions,
    tokens,
    workspace,
)
from cactions.logic.project.load_tools import LoadTools
from cactions.logic.project.scope import Scope, list_declared
from cactions.logic.project.source_file import ParsedFile, SourceFile
from cactions.logic.source_mask import mask_values
from cactions.logic.suggest import suggest
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import TWICE, Diagnostics
from cactions.logic.yaml.tree_cache import TreeCache
from cactions.model import (
    AllowedAddress,
    Attribute,
    Finding,
    IdentityVerification,
    PersonAttribute,
    Project,
    Reference,
    Severity,
    Snapshot,
    SuppressedFinding,
    Suppression,
    UsageError,
    Workspace,
)

_FORMAT: Final = "CA0"
"""What begins so is wrong with the format itself, and nothing can be concluded from the rest."""

T = TypeVar("T")


class LoadedProject(Struct, frozen=True):
    """What the files say. ``project`` is None where an error was found.

    ``draft`` is there while no more is wrong than what the rules of leaks speak of. ``partial`` is
    always there, without what is broken; ``broken`` are the names of the actions that it lacks.
    ``homes``: the file in which a thing stands that a folder has once.
    """

    project: Project | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]
    draft: Project | None = None
    partial: Project | None = None
    broken: tuple[str, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)
    suppressed: tuple[SuppressedFinding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the project from being used."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def load_project(
    files: Iterable[SourceFile],
    environment: str | None = None,
    snapshot: Snapshot | None = None,
    redacted: frozenset[Reference] = frozenset(),
    tools: LoadTools | None = None,
) -> LoadedProject:
    """All files as one project, in one environment (the first that the first server names).

    ``redacted`` is hidden although these files do not say so. ``tools`` keep what is parsed.
    Raises UsageError for an environment that no server has.
    """
    kept, tools = tuple(files), tools or LoadTools(TreeCache(0))
    drafts = [ParsedFile(file, tools.trees) for file in kept]
    project = (shaper := _ProjectLoader(drafts, environment, snapshot, redacted)).load(tools.follow)
    findings = tuple(finding for parsed_file in drafts for finding in parsed_file.faults.found)
    unusable = any(reported.rule.startswith(_FORMAT) for reported in findings)
    return LoadedProject(
        None if findings else project,
        findings,
        {
            file.name: file.text if draft.ours else mask_values(file.text)
            for file, draft in zip(kept, drafts, strict=True)
        },
        None if unusable else project,
        project,
        shaper.broken,
        shaper.homes,
    )


class _ProjectLoader:
    """Declarations first, then the actions that refer to them, across all files."""

    def __init__(
        self,
        drafts: list[ParsedFile],
        environment: str | None,
        snapshot: Snapshot | None,
        redacted: frozenset[Reference],
    ) -> None:
        self.drafts, self.snapshot, self.redacted = drafts, snapshot, redacted
        self.homes: dict[str, str] = {}
        self.broken: tuple[str, ...] = ()
        self.environment = self._choose_environment(environment)

    def load(self, follow: Follow) -> Project:
        redacted = self.redacted | frozenset(self._list_redacted())
        attributes = self._build_attributes(redacted)
        allowed = self._build_allowed()
        ways = frozenset((each.host, each.port) for each in allowed)
        hosts = frozenset(allowed_address.host for allowed_address in allowed)
        scope = Scope(
            Diagnostics(""), attributes, redacted=redacted, allowed=ways, allowed_hosts=hosts
        )
        servers = self._collect("servers", "server", self._build_server, scope)
        scope = replace(scope, servers=servers)
        named = self._collect("tokens", "token", tokens.build_token, scope)
        scope = replace(scope, tokens=named)
        home = self._build_workspace(scope)
        known = people.merge_snapshot(home.people)
        scope = replace(scope, people=known, at_intercom=home.intercom is not None)
        shaped = self._collect("actions", "action", actions.build_action, scope, follow)
        self.broken = tuple(name for name, action in shaped.items() if action is None)
        return Project(
            home,
            _drop_broken(attributes),
            _drop_broken(shaped),
            self.environment,
            redacted=redacted,
            tokens=_drop_broken(named),
            allowed=allowed,
            statements=tuple(self._build_suppressions(scope)),
            snapshot=self.snapshot,
            sandboxes=self._build_sandboxes(),
        )

    def _build_sandboxes(self) -> frozenset[str]:
        found = self._find_single("sandboxes")
        if found is None:
            return frozenset()
        return requests.build_sandboxes(found[1], self._list_environments(), found[0].faults)

    def _list_environments(self) -> list[str]:
        """Every environment of a server, in the order of the files."""
        servers = [at for d in self.drafts if (s := d.get("servers")) for _, at in s.items()]
        return list(dict.fromkeys(name for at in servers for name in list_declared(at)))

    def _choose_environment(self, wanted: str | None) -> str:
        known = self._list_environments()
        if wanted is not None and known and wanted not in known:
            raise UsageError(
                f'no server has an environment "{wanted}"', hint=suggest(wanted, known)
            )
        return wanted or (known[0] if known else "")

    def _build_server(self, _name: str, at: LocatedValue, scope: Scope) -> str | None:
        return requests.build_server(at, self.environment, scope)

    def _find_single(self, key: str) -> tuple[ParsedFile, LocatedValue] | None:
        """The one place of a key that a folder has once."""
        found = [(draft, at) for draft in self.drafts if (at := draft.get(key))]
        for draft, at in found[1:]:
            message = f'"{key}" stands in {found[0][0].faults.file} already'
            hint = "one folder has one of it"
            draft.faults.add(TWICE, at.key, message, hint=hint, route=at.route)
        if found:
            self.homes[key] = found[0][0].faults.file
        return found[0] if found else None

    def _list_redacted(self) -> Iterator[Reference]:
        """What any place hides: an attribute, one of its mappings, or a proof by it."""
        for draft in self.drafts:
            if draft.may_hide:
                yield from _list_hidden(draft.get("attributes"))
                actions = draft.get("actions")
                for _, action in actions.items() if actions else ():
                    response = action.get("response")
                    if response:
                        yield from _list_hidden(response.get("mapping"))
                        yield from _list_hidden_proof(response.get("same_person"))

    def _build_attributes(self, redacted: frozenset[Reference]) -> dict[str, Attribute | None]:
        """Those of the files; those of the snapshot where the files do not declare them."""
        known: dict[str, Attribute | None] = {
            name: replace(attribute, redacted=PersonAttribute(name) in redacted)
            for name, attribute in (self.snapshot.attributes.items() if self.snapshot else ())
            if not attribute.archived
        }
        found = self._find_single("attributes")
        if found is None:
            return known
        scope = Scope(found[0].faults, redacted=redacted)
        shaped = {name: people.build_attribute(name, at, scope) for name, at in found[1].items()}
        return known | {name: shaped.get(name) for name in list_declared(found[1])}

    def _build_allowed(self) -> tuple[AllowedAddress, ...]:
        found = self._find_single("network")
        return network.build_allowed_addresses(found[1], Scope(found[0].faults)) if found else ()

    def _build_workspace(self, scope: Scope) -> Workspace:
        found = self._find_single("workspace")
        flag = self.snapshot.identity_verification if self.snapshot else None
        if found is None:
            return Workspace(IdentityVerification.from_flag(flag))
        shaped = workspace.build_workspace(found[1], replace(scope, faults=found[0].faults))
        if flag is None or found[1].has("identity_verification"):
            return shaped
        return replace(shaped, identity_verification=IdentityVerification.from_flag(flag))

    def _build_suppressions(self, scope: Scope) -> Iterator[Suppression]:
        for draft in self.drafts:
            if draft.declares and draft.typed:
                yield from suppressions.build_suppressions(
                    draft.typed, replace(scope, faults=draft.faults)
                )

    def _collect(
        self,
        key: str,
        what: str,
        form: Callable[[str, LocatedValue, Scope], T | None],
        scope: Scope,
        follow: Follow = follow_silently,
    ) -> dict[str, T | None]:
        """Named things of all files; a name stands once in the folder."""
        found: dict[str, T | None] = {}
        homes: dict[str, str] = {}
        for draft in follow(self.drafts, "Reading", "files", len(self.drafts)):
            at = draft.get(key)
            if at is None:
                continue
            inside = scope.enter(draft.faults)
            for name, item in at.items():
                if name in homes:
                    message = f'{what} "{name}" stands in {homes[name]} already'
                    draft.faults.add(TWICE, item.key, message, hint="rename one", route=item.route)
                    continue
                homes[name] = draft.faults.file
                found[name] = form(name, item, inside)
            found |= {name: None for name in list_declared(at) if name not in found}
        if key != "actions":  # an action knows its place itself
            self.homes |= {f"{key}.{name}": file for name, file in homes.items()}
        return found


def _list_hidden(named: LocatedValue | None) -> Iterator[Reference]:
    for name, at in named.items() if named else ():
        if isinstance(at.value, dict) and at.scalar("redacted"):
            yield PersonAttribute(name)


def _list_hidden_proof(at: LocatedValue | None) -> Iterator[Reference]:
    if at and at.scalar("redacted"):
        with suppress(TemplateError):  # it is told where the proof is shaped
            yield parse_reference(at.scalar("equals", ""))


def _drop_broken(shaped: Mapping[str, T | None]) -> dict[str, T]:
    return {name: item for name, item in shaped.items() if item is not None}
