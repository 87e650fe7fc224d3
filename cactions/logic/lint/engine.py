"""Applies every rule to a project as one graph, and removes suppressed findings.

Only errors of the format keep the rules from looking. A suppression holds for one rule at one
place until its day; one that is expired suppresses nothing, and one that nothing needs is told.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import starmap
from typing import Final, TypeAlias

from msgspec.structs import replace

from cactions.logic.fixes.from_rules import fix_from_suggestion
from cactions.logic.lint.line_comments import collect_comments
from cactions.logic.lint.proof_strength import annotate_proofs
from cactions.logic.lint.records import is_element_proven, is_proof_of_another, is_same_record
from cactions.logic.lint.taint_flow import TaintResult, analyze_taint, build_source_label
from cactions.logic.lint.vocabulary import is_contact_address, is_justification
from cactions.logic.project import LoadedProject
from cactions.logic.project.load_tools import LoadTools
from cactions.logic.project.source_map import SourceMap
from cactions.logic.yaml.tree_cache import TreeCache
from cactions.model import (
    Finding,
    Label,
    Project,
    Severity,
    SuppressedFinding,
    Suppression,
)
from cactions.rules import CHECKED, LAST
from cactions.rules.rule import ActionAnalysis, Rule, RuleContext, RuleMatch

_LONGEST_DAYS: Final = 400
"""A statement is looked at again within this time."""

_BARE: Final = "Intercom runs this connector without same_person"


def lint(shaped: LoadedProject, now: float, tools: LoadTools | None = None) -> LoadedProject:
    """The same with what the rules find. ``now`` is in Unix seconds; ``tools`` of the loading."""
    project = shaped.draft
    if project is None:
        return shaped
    return _Linter(shaped, project, now, tools or LoadTools(TreeCache(0))).build_result()


Match: TypeAlias = tuple[Rule, RuleMatch]
Key: TypeAlias = tuple[str, str, int]
"""A suppressed rule with its route, or with its file and line."""


class _Linter:
    def __init__(
        self, shaped: LoadedProject, project: Project, now: float, tools: LoadTools
    ) -> None:
        self.shaped = shaped
        self.project = project
        self.places = SourceMap(shaped.sources, shaped.homes, project.actions, tools.trees)
        self.follow = tools.follow
        self.today = time.strftime("%Y-%m-%d", time.gmtime(now))
        self.last_day = time.strftime("%Y-%m-%d", time.gmtime(now + _LONGEST_DAYS * 86_400))
        self.now = now
        self.comments = collect_comments(shaped.sources)
        self.answers: dict[Key, Suppression] = {}
        self.used: set[Key] = set()

    def build_result(self) -> LoadedProject:
        live = [
            suppression
            for suppression in self.project.statements
            if self.today <= suppression.expires <= self.last_day
        ]
        trusted = frozenset(suppression.where for suppression in live if not suppression.rule)
        for suppression in (*live, *self.comments.sound):
            self.answers.setdefault(_build_key(suppression), suppression)
        found = analyze_taint(self.project, trusted)
        view = self._build_context(self.project, found, trusted)
        findings: list[Finding] = []
        suppressed: list[SuppressedFinding] = []
        rules = self.follow(CHECKED, "Checking", "rules", len(CHECKED))
        matches = [*_list_matches(rules, view)]
        matches += self._list_more_at_intercom(view, matches)
        for finding in starmap(self._build_finding, matches):
            by = self._find_suppression(finding)
            if by:
                suppressed.append(SuppressedFinding(finding, by))
            else:
                findings.append(finding)
        fired = frozenset(reported.rule for reported in findings)
        view = replace(
            view,
            unused_suppressions=tuple(self._list_unused_suppressions(found)),
            fired_rules=fired,
        )
        findings += starmap(self._build_finding, _list_matches((LAST,), view))
        found_all = sorted(findings, key=_get_sort_key)
        return self._replace_findings(found.facts, found_all, tuple(suppressed))

    def _list_more_at_intercom(
        self, view: RuleContext, matches: Iterable[Match]
    ) -> Iterator[Match]:
        """What more is found where Intercom runs a connector: it does not know ``same_person``."""
        bare = {
            name: replace(action, response=replace(action.response, same_person=None))
            for name, action in self.project.actions.items()
            if action.connector_id and action.response.same_person
        }
        if not bare:
            return
        project = replace(self.project, actions={**self.project.actions, **bare})
        known = {(rule.id, match.route) for rule, match in matches}
        there = self._build_context(project, analyze_taint(project, view.trusted), view.trusted)
        for rule, match in _list_matches(CHECKED, there):
            if (rule.id, match.route) not in known:
                yield rule, replace(match, notes=(*match.notes, _BARE))

    def _build_context(
        self, project: Project, found: TaintResult, trusted: frozenset[str]
    ) -> RuleContext:
        return RuleContext(
            project,
            found.facts,
            found.flows.find_paths,
            found.doubts.writers,
            self.places.is_declared,
            partial(build_source_label, doubts=found.doubts),
            is_contact_address,
            is_justification,
            is_same_record,
            is_proof_of_another,
            is_element_proven,
            trusted,
            self.now,
        )

    def _replace_findings(
        self,
        facts: Iterable[ActionAnalysis],
        findings: list[Finding],
        suppressed: tuple[SuppressedFinding, ...],
    ) -> LoadedProject:
        actions = annotate_proofs(self.project.actions, facts, findings, suppressed)
        annotated = replace(self.project, actions=actions)
        has_errors = any(finding.severity is Severity.ERROR for finding in findings)
        return replace(
            self.shaped,
            project=None if has_errors or self.shaped.project is None else annotated,
            partial=annotated,
            findings=(*self.shaped.findings, *findings),
            suppressed=suppressed,
        )

    def _build_finding(self, rule: Rule, match: RuleMatch) -> Finding:
        return Finding(
            rule.id,
            match.message,
            match.hint,
            match.place or self.places.place(match.route),
            match.route.partition("#")[0],
            match.severity or rule.severity,
            tuple(self._build_label(label) for label in match.labels),
            match.notes,
            fix_from_suggestion(match.fix, self.places, match.place) if match.fix else None,
            match.paths,
        )

    def _build_label(self, label: Label) -> Label:
        place = label.place or self.places.place(label.route)
        return Label(label.message, place, label.route.partition("#")[0])

    def _find_suppression(self, finding: Finding) -> Suppression | None:
        """Who answers for it; every statement that would is used."""
        place = finding.place
        keys: list[Key] = [(finding.rule, finding.route, 0)]
        if place:
            keys.append((finding.rule, place.file, place.line))
        self.used.update(keys)
        return next((self.answers[key] for key in keys if key in self.answers), None)

    def _is_trust_used(self, where: str, found: TaintResult) -> bool:
        """Whether a trust statement for a location makes a difference."""
        attribute = self.project.attributes.get(where.removeprefix("attributes."))
        return where in found.doubts.values.used or (
            attribute is not None and attribute.user_editable
        )

    def _list_unused_suppressions(
        self, found: TaintResult
    ) -> Iterator[tuple[Suppression, str, str]]:
        """Each with why it is of no use, and what to do."""
        for suppression, why in self._list_unneeded(found):
            yield suppression, why, "remove it"
        for idle in self.comments.idle:
            yield idle.suppression, idle.why, idle.hint

    def _list_unneeded(self, found: TaintResult) -> Iterator[tuple[Suppression, str]]:
        for suppression in self.project.statements:
            if suppression.expires < self.today:
                yield suppression, f"expired on {suppression.expires}, and no longer holds"
            elif suppression.expires > self.last_day:
                why = f"ends in more than {_LONGEST_DAYS} days, and holds nothing back"
                yield suppression, why
            elif not (
                _build_key(suppression) in self.used
                if suppression.rule
                else self._is_trust_used(suppression.where, found)
            ):
                yield suppression, "is not needed: nothing is found there"
        for suppression in self.comments.sound:
            if _build_key(suppression) not in self.used:
                yield suppression, "is not needed: nothing is found on this line"


def _list_matches(rules: Iterable[Rule], view: RuleContext) -> Iterator[Match]:
    for rule in rules:
        for match in rule.check(view) if rule.check else ():
            yield rule, match


def _build_key(suppression: Suppression) -> Key:
    """What a statement answers for: a place that it names, or the line that it stands on."""
    if suppression.owner or suppression.place is None:
        return suppression.rule, suppression.where, 0
    return suppression.rule, suppression.place.file, suppression.place.line


def _get_sort_key(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (*where, finding.rule, finding.route, finding.message)
