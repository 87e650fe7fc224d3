"""``cactions test --accept``: found values become expectations, after a look and a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.accept_tests import AcceptedTests, TestedCase, accept_tests
from cactions.cli import prompts, wiring
from cactions.cli.formats import Format
from cactions.cli.live_options import LiveOptions
from cactions.cli.load import ActionFolder, find_folders, lint_folder
from cactions.edges.files.file_io import replace_file
from cactions.logic.lines import split_lines
from cactions.logic.project import LoadedProject, SourceFile
from cactions.model import (
    Action,
    PersonAttribute,
    PersonField,
    Project,
    TestReport,
    UsageError,
    is_empty,
)
from cactions.render.messages import count_noun
from cactions.render.unified_diff import render_unified_diff
from cactions.rules.credentials import may_hold_secret


class AcceptOrder(Struct, frozen=True):
    """The files as they were before the tests, and how they are read."""

    folder: ActionFolder
    environment: str | None
    yes: bool

    def look(self, files: Sequence[SourceFile]) -> LoadedProject:
        """The project that these files make."""
        return lint_folder(replace(self.folder, files=tuple(files)), self.environment)


def prepare_acceptance(
    paths: Sequence[Path] | None,
    environment: str | None,
    options: LiveOptions,
    form: Format,
    *,
    record: bool,
    yes: bool,
) -> AcceptOrder:
    """Read the files, before any test runs. Raises UsageError for what does not go together."""
    if record or options.live:
        raise UsageError(
            "--accept takes recorded answers", hint="Record them first, then accept them."
        )
    if form is not Format.TEXT:
        raise UsageError("stdout is for the difference here", hint="Leave --format and --json out.")
    prompts.require_terminal(yes)
    wiring.find_folder(paths)  # the files of several folders are refused
    [folder] = find_folders(paths or (), wiring.load_snapshot, only=True)
    return AcceptOrder(folder, environment, yes)


def accept_reports(
    actions: Sequence[Action], reports: Sequence[TestReport], project: Project, order: AcceptOrder
) -> int:
    """Show what would change, ask, and write it; how many tests were accepted.

    Raises UsageError where a file was changed meanwhile; it is left alone.
    """
    tested = ((action, test) for action in actions for test in action.tests)
    cases: Iterator[TestedCase] = (
        (action, test, report) for (action, test), report in zip(tested, reports, strict=True)
    )
    found = accept_tests(cases, order.folder.files, order.look)
    output = wiring.create_output()
    for report, reason in found.left:
        output.info(f'Not accepted: "{report.test}" of {report.action}: {reason}.')
    if not found.accepted:
        output.info("There is nothing to accept.")
        return 0
    hide = partial(_list_hidden_lines, _list_redacted_texts(project))
    output.print(
        *(
            render_unified_diff(old.name, old.text, new.text, {*hide(old.text), *hide(new.text)})
            for old, new in found.changed
        )
    )
    names = " and ".join(old.name for old, _ in found.changed)
    count = count_noun(len(found.accepted), "test")
    if not prompts.confirm(f"Write what was found for {count} into {names}?", order.yes):
        output.info("Nothing was written.")
        return 0
    _write(found)
    output.info(f"{count} accepted in {names}.")
    return len(found.accepted)


def _write(found: AcceptedTests) -> None:
    for old, new in found.changed:
        replace_file(Path(old.name), old.data, new.data)


def _list_hidden_lines(redacted: frozenset[str], text: str) -> Iterator[str]:
    """The lines that hold a redacted value of the files, or look like a secret."""
    for line in split_lines(text):
        if may_hold_secret(line) or any(value in line for value in redacted):
            yield line


def _list_redacted_texts(project: Project) -> frozenset[str]:
    """The redacted values that the files hold: of their people, and of expectations."""
    people = project.workspace.people
    fields = {item.name for item in project.redacted if isinstance(item, PersonField)}
    attributes = {item.name for item in project.redacted if isinstance(item, PersonAttribute)}
    expected = (
        value
        for action in project.actions.values()
        for test in action.tests
        for name, value in (test.expect.attributes or {}).items()
        if name in attributes
    )
    values = chain(
        expected,
        (person.get_field(name) for person in people for name in fields),
        (person.get_attribute(name) for person in people for name in attributes),
    )
    return frozenset(str(value) for value in values if not is_empty(value))
