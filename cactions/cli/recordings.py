"""The recordings of a project, and who answers a call: a recording, or the live service."""

from __future__ import annotations

from cactions.app.ports import Caller
from cactions.app.propose import ReplayCaller
from cactions.cli import wiring
from cactions.cli.live_options import LiveOptions
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.cassette.reader import CassetteSender
from cactions.model import Action


def create_caller(home: ProjectFolder, action: Action, options: LiveOptions) -> Caller:
    """Who answers: the action's recording, or the live service."""
    if not options.replayed:
        return wiring.create_live_caller(home, options, [action])
    return ReplayCaller(open_recording(home, action, options))


def open_recording(home: ProjectFolder, action: Action, options: LiveOptions) -> CassetteSender:
    """The recording of an action. Raises DefinitionError where it is missing or unusable."""
    return CassetteSender(options.cassette or home.get_cassette_path(action))
