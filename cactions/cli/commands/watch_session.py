"""One look at the files after another: what ``validate`` finds, and the tests of what has changed.

The files are validated as a whole each time, by what ``validate`` uses; only the trees of texts
that have not changed are kept. Rules are not run over a part of the actions: whose value reaches
which lookup follows from all of them, so that a part would need a second way to the same answer.
A test is replayed again when its action, the rest of its project, its recording or the files with
its people have changed. No service is called, and no vault is unlocked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from cactions.cli import wiring
from cactions.cli.commands.test_run import TestMode, run_actions
from cactions.cli.commands.validate_report import (
    ValidateOptions,
    build_report,
    lint_folders,
    load_folders,
)
from cactions.cli.live_options import LiveOptions
from cactions.cli.open_project import is_about_actions, open_loaded_project
from cactions.cli.project_folder import PULLED_PEOPLE
from cactions.cli.vault_choice import VAULT
from cactions.edges.files.action_files import list_folders
from cactions.edges.files.file_watch import FileStamp, FileStamps, WatchedFolder
from cactions.edges.store.people import FILE_NAME as PEOPLE_STORE
from cactions.logic.cassette.file_name import FOLDER, build_cassette_name
from cactions.logic.project import LoadedProject
from cactions.logic.project.load_tools import LoadTools
from cactions.logic.yaml.tree_cache import TreeCache
from cactions.model import (
    SNAPSHOT_FILE,
    Action,
    CactionsError,
    DefinitionError,
    Project,
    SuiteResult,
    TestReport,
    UnusedInteraction,
    WatchReport,
)

_REPLAY: Final = LiveOptions(replay=True)


class _WatchedProject(Struct, frozen=True):
    """What the files of one folder say now."""

    home: Path
    loaded: LoadedProject
    project: Project

    def list_test_files(self, action: Action) -> list[Path]:
        """The files that a replay reads beside the action files, whether they exist or not."""
        paths = [self.home / PULLED_PEOPLE, self.home / wiring.STATE / PEOPLE_STORE]
        if self.project.workspace.people_file:
            paths.append(self.home / self.project.workspace.people_file)
        return [*paths, *_find_recording(self.home, action)]


class _Definition(NamedTuple):
    """A value and its text, which tells numbers and truth values of equal worth apart.

    Digests would do the same, and take as long as the rules of leaks.
    """

    value: Action | Project
    text: str


class _ReplayBasis(Struct, frozen=True):
    """All that the tests of an action depend on."""

    action: _Definition
    project: _Definition
    files: tuple[FileStamp | None, ...]


class _KeptReplay(Struct, frozen=True):
    """How the tests of an action went last."""

    basis: _ReplayBasis
    reports: tuple[TestReport, ...]
    unused: tuple[UnusedInteraction, ...]


class WatchSession:
    """The folders that are watched, and how their tests went last."""

    def __init__(self, paths: Sequence[Path], environment: str | None) -> None:
        self._options = ValidateOptions(paths, environment)
        self._tools = LoadTools(TreeCache())
        self._kept: dict[tuple[Path, str], _KeptReplay] = {}
        self._projects: dict[Path, _Definition] = {}
        self.folders = set(_list_watched(paths))
        """What has to be watched, as far as it is known; each look may add to it."""

    def check_files(self, stamps: FileStamps) -> WatchReport:
        """Validate, and replay what has changed. ``stamps`` are those from before.

        Raises CactionsError where the files cannot be read.
        """
        loaded = lint_folders(self._options, load_folders(self._options), self._tools)
        report = WatchReport(build_report(self._options, loaded))
        for home, found in zip(list_folders(self._options.paths), loaded, strict=True):
            if found.partial:
                watched = _WatchedProject(home, found, found.partial)
                self.folders.update(_list_more_watched(watched))
                report = self._add_tests(report, watched, stamps)
        return report

    def _add_tests(
        self, report: WatchReport, watched: _WatchedProject, stamps: FileStamps
    ) -> WatchReport:
        """The report with the tests of one folder."""
        ready, waiting = _split_ready(watched)
        report = replace(report, waiting=(*report.waiting, *waiting))
        bases = dict(_build_bases(watched, ready, self._find_project(watched), stamps))
        kept = {name: self._kept.get((watched.home, name)) for name in bases}
        stale = [
            action
            for action in ready
            if (last := kept[action.name]) is None or last.basis != bases[action.name]
        ]
        try:
            new = _replay(watched, stale, bases)
        except CactionsError as error:
            return replace(report, error=error)
        self._kept.update({(watched.home, name): outcome for name, outcome in new.items()})
        return replace(
            report,
            suite=self._join_suite(report.suite, watched.home, ready),
            replayed=(*report.replayed, *new),
        )

    def _find_project(self, watched: _WatchedProject) -> _Definition:
        """The project without its actions: the one from before, where it says the same."""
        project = replace(watched.project, actions={}, statements=())
        found = _Definition(project, repr(project))
        if self._projects.get(watched.home) != found:
            self._projects[watched.home] = found
        return self._projects[watched.home]

    def _join_suite(self, suite: SuiteResult, home: Path, ready: Sequence[Action]) -> SuiteResult:
        """The suite with how the tests of a folder went last, and where they stand now."""
        kept = [self._kept[home, action.name] for action in ready]
        reports = (
            replace(report, place=test.place)
            for action, each in zip(ready, kept, strict=True)
            for report, test in zip(each.reports, action.tests, strict=True)
        )
        return replace(
            suite,
            reports=(*suite.reports, *reports),
            unused=(*suite.unused, *(item for each in kept for item in each.unused)),
        )


def _build_bases(
    watched: _WatchedProject, ready: Sequence[Action], project: _Definition, stamps: FileStamps
) -> Iterator[tuple[str, _ReplayBasis]]:
    for action in ready:
        files = tuple(stamps.get(str(path)) for path in watched.list_test_files(action))
        tests = tuple(replace(test, place=None) for test in action.tests)
        moved = replace(action, place=None, tests=tests)  # where it stands changes nothing
        yield action.name, _ReplayBasis(_Definition(moved, repr(moved)), project, files)


def _replay(
    watched: _WatchedProject, actions: Sequence[Action], bases: Mapping[str, _ReplayBasis]
) -> dict[str, _KeptReplay]:
    """How the tests of these actions go. Raises CactionsError where there are no people."""
    if not actions:
        return {}
    folder = open_loaded_project(watched.home, watched.loaded, watched.project, _REPLAY)
    outcome = run_actions(actions, folder, TestMode(_REPLAY))
    return {
        action.name: _KeptReplay(
            bases[action.name],
            tuple(report for report in outcome.reports if report.action == action.name),
            tuple(item for item in outcome.unused if item.action == action.name),
        )
        for action in actions
    }


def _split_ready(watched: _WatchedProject) -> tuple[list[Action], list[str]]:
    """The actions whose tests can be run, and the names of those that wait for an error."""
    ready, waiting = [], [*watched.loaded.broken]
    for action in watched.project.actions.values():
        if any(is_about_actions(error, [action.name]) for error in watched.loaded.errors):
            waiting.append(action.name)
        elif action.tests:
            ready.append(action)
    return ready, waiting


def _find_recording(home: Path, action: Action) -> Iterator[Path]:
    """The recording of an action; none where its name leaves the folder."""
    with suppress(DefinitionError):  # its tests say it
        yield home / build_cassette_name(action)


def _list_watched(paths: Sequence[Path]) -> Iterator[WatchedFolder]:
    """What is watched before a file is read."""
    for home in list_folders(paths):
        named = {path.name for path in paths if path.parent == home}
        ours = frozenset({SNAPSHOT_FILE, PULLED_PEOPLE, VAULT, *named})
        yield WatchedFolder(home, ours, holds_actions=True)
        yield WatchedFolder(home / FOLDER, holds_recordings=True)
        yield WatchedFolder(home / wiring.STATE, frozenset({PEOPLE_STORE}))


def _list_more_watched(watched: _WatchedProject) -> Iterator[WatchedFolder]:
    """What the files name: the file of their people, and recordings in folders of their own."""
    if watched.project.workspace.people_file:
        path = watched.home / watched.project.workspace.people_file
        yield WatchedFolder(path.parent, frozenset({path.name}))
    for action in watched.project.actions.values():
        for path in _find_recording(watched.home, action):
            yield WatchedFolder(path.parent, holds_recordings=True)
