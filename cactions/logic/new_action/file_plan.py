"""The files of a project with a new action: its own file, and where its attributes are declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic.fixes.from_rules import fix_from_suggestion
from cactions.logic.fixes.text_edits import apply_edits
from cactions.logic.lint.engine import lint
from cactions.logic.new_action.action_draft import DraftedAction
from cactions.logic.new_action.line_values import DECIDE
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.project.source_map import SourceMap
from cactions.logic.yaml.writer import YamlValue, write_yaml
from cactions.model import Finding, Snapshot
from cactions.rules.ca301_hardcoded_secret import RULE as SECRET_RULE
from cactions.rules.rule import EditKind, SuggestedFix

ATTRIBUTES: Final = "attributes"
_WORKSPACE: Final = "workspace"
_FORMAT: Final = "CA0"
_UNDECIDED: Final = "this is not decided yet"


_DECIDED: Final = {
    DECIDE: "{{ person.email }}",
    "same_person: {path: decide, equals: decide}": "same_person: {path: $.x, equals: person.email}",
    "mapping: {decide: decide}": "mapping: {}",
    "{decide: decide}": "{$.x: person.email}",
}
"""Something sound in the place of what is left to decide."""


class FilePlan(Struct, frozen=True):
    """``new`` is the file of the action; ``changed`` are the files before and after, by pairs.

    ``beside`` are the texts of other new files, by their path in the folder.
    """

    new: SourceFile
    changed: tuple[tuple[SourceFile, SourceFile], ...] = ()
    beside: Mapping[str, str] = {}

    def add_files(self, beside: Mapping[str, str]) -> FilePlan:
        """The same with other new files."""
        return FilePlan(self.new, self.changed, beside)


def plan_files(
    name: str, drafted: DraftedAction, loaded: LoadedProject, files: Sequence[SourceFile]
) -> FilePlan:
    """Attributes go where the project declares its own, else beside its workspace.

    Where neither can be changed in its layout, they stand in the file of the action.
    """
    new = SourceFile(name, drafted.text.encode())
    if not drafted.attributes:
        return FilePlan(new)
    home = loaded.homes.get(ATTRIBUTES) or loaded.homes.get(_WORKSPACE)
    before = next((file for file in files if file.name == home), None)
    if before is None:
        return FilePlan(SourceFile(name, _add_block(new.data, drafted.attributes)))
    if ATTRIBUTES in loaded.homes:
        after = _insert(before, drafted.attributes, loaded)
    else:
        after = SourceFile(before.name, _add_block(before.data, drafted.attributes))
    if after is None or _count_format_errors([after]) > _count_format_errors([before]):
        return FilePlan(SourceFile(name, _add_block(new.data, drafted.attributes)))
    return FilePlan(new, ((before, after),))


def _add_block(data: bytes, attributes: Mapping[str, YamlValue]) -> bytes:
    """With the declarations as a block of their own at the end."""
    gap = b"" if data.endswith(b"\n") or not data else b"\n"
    return data + gap + f"\n{write_yaml({ATTRIBUTES: dict(attributes)})}".encode()


def _insert(
    before: SourceFile, attributes: Mapping[str, YamlValue], loaded: LoadedProject
) -> SourceFile | None:
    """With the declarations before the first that is there."""
    file = before
    for name, declared in reversed([*attributes.items()]):
        line = write_yaml({name: declared}).rstrip("\n")
        places = SourceMap({**loaded.sources, file.name: file.text}, loaded.homes, {})
        fix = fix_from_suggestion(SuggestedFix("", ATTRIBUTES, EditKind.INSERT, line), places)
        if fix is None:
            return None
        file = SourceFile(file.name, apply_edits(file.data, fix.edits))
    return file


def _count_format_errors(files: Sequence[SourceFile]) -> int:
    found = load_project(files)
    return sum(1 for each in found.findings if each.rule.startswith(_FORMAT))


def find_unfit(
    plan: FilePlan, files: Sequence[SourceFile], snapshot: Snapshot | None
) -> Finding | None:
    """What is wrong with the new file beyond what is left to decide; None where nothing is."""
    changed = {before.name: after for before, after in plan.changed}
    whole = [changed.get(file.name, file) for file in files]
    loaded = load_project([*whole, plan.new], None, snapshot)
    for finding in loaded.findings:
        own = finding.place is not None and finding.place.file == plan.new.name
        is_open = finding.message == _UNDECIDED or "decide" in finding.message
        if own and not is_open and finding.rule.startswith(_FORMAT):
            return finding
    return _find_secret(plan, whole, snapshot)


def _find_secret(
    plan: FilePlan, files: Sequence[SourceFile], snapshot: Snapshot | None
) -> Finding | None:
    """A credential that was not recognised in the line; what is open stands aside for the rule."""
    text = plan.new.text
    for open_text, decided in _DECIDED.items():
        text = text.replace(open_text, decided)
    probe = SourceFile(plan.new.name, text.encode())
    found = lint(load_project([*files, probe], None, snapshot), 0)
    own = (each for each in found.findings if each.place and each.place.file == probe.name)
    return next((each for each in own if each.rule == SECRET_RULE.id), None)
