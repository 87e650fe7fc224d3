"""A new action in a project: what its author has is read, asked about, checked and written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.cli import output_scrubber, wiring
from cactions.cli.load import ActionFolder, find_folders
from cactions.cli.new_openapi import ApiSource, OpenApiFile
from cactions.cli.new_questions import ask_choices, ask_meanings, is_attended
from cactions.cli.options import parse_person_query
from cactions.cli.pasted_text import PastedLine, read_answer
from cactions.edges.files import action_files
from cactions.logic.cassette.file_name import FOLDER
from cactions.logic.curl_line.line import LineShell
from cactions.logic.curl_line.pasted_request import PastedRequest
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.expressions.syntax_error import SyntaxProblem
from cactions.logic.name_grammar import NAME, describe_refusal
from cactions.logic.new_action.action_draft import (
    DraftedAction,
    DraftOrder,
    ProjectNames,
    draft_action,
)
from cactions.logic.new_action.answer_draft import AnswerChoices, draft_answer
from cactions.logic.new_action.answer_members import AnswerMembers, list_members
from cactions.logic.new_action.api_draft import (
    list_input_meanings,
    list_input_types,
    list_promised_members,
    name_variables,
)
from cactions.logic.new_action.file_plan import FilePlan, find_unfit, plan_files
from cactions.logic.new_action.sample_test import build_sample_test
from cactions.logic.openapi.request import ApiRequest
from cactions.logic.project import LoadedProject, load_project
from cactions.logic.shell import join_command
from cactions.logic.vault.secret_hosts import list_secret_hosts
from cactions.model import Json, Person, Project, UsageError
from cactions.model.secret import Secret

_HINT: Final = "See `cactions help file-format` for what a request can have."
_SHORTEST_VALUE: Final = 3
"""Characters of an attribute's value that is looked for in a line."""


class NewActionOrder(Struct, frozen=True):
    """What the command line says; ``meanings`` are references by value."""

    name: str
    line: str | None
    answer: str | None
    api: ApiSource | None
    shell: LineShell | None
    person: str | None
    meanings: Mapping[str, str]
    choices: AnswerChoices
    reads: bool
    json: bool


class _DraftSource(Struct, frozen=True):
    """What an action is made from: a request, an operation of a document, and members."""

    request: PastedRequest | None
    found: AnswerMembers | None
    api: ApiRequest | None = None


class OpenFolder(Struct, frozen=True):
    """The project to which the action is added, as it is now."""

    path: Path
    folder: ActionFolder
    loaded: LoadedProject

    @property
    def project(self) -> Project | None:
        """Without what is broken in it."""
        return self.loaded.partial

    def build_file_name(self, name: str) -> str:
        """The path of the file of a new action."""
        file = f"{action_files.PREFIX}{name}{action_files.SUFFIXES[0]}"
        if file == action_files.EXAMPLE:  # which counts only where it is alone
            file = f"{action_files.PREFIX}{name}_{action_files.SUFFIXES[0]}"
        return str(self.path / file)


class NewAction(Struct, frozen=True):
    """An action as it was drafted, and the files that it makes and changes."""

    drafted: DraftedAction
    plan: FilePlan


def open_folder(files: Sequence[Path] | None, name: str) -> OpenFolder:
    """The project of the folder. Raises UsageError where the name is taken, or there is none."""
    if not NAME.fits(name):
        message, hint = describe_refusal(name, NAME)
        raise UsageError(message, hint=f"{hint[:1].upper()}{hint[1:]}.")
    bare = wiring.find_bare_folder(files)
    if bare is not None:
        command = join_command(("init",), *([] if bare == Path() else [str(bare)]))
        raise UsageError("there is no project in this folder", hint=f"`{command}` makes one.")
    path = wiring.find_folder(files)
    [folder] = find_folders([path], wiring.load_snapshot)
    loaded = load_project(folder.files, None, folder.snapshot)
    opened = OpenFolder(path, folder, loaded)
    if loaded.partial and name in {*loaded.partial.actions, *loaded.broken}:
        raise _build_taken_error(name, opened)
    return opened


def _build_taken_error(name: str, opened: OpenFolder) -> UsageError:
    file = opened.build_file_name(name)
    again = f", or delete {file} to make it again" if os.path.lexists(file) else ""
    return UsageError(f'there is an action "{name}" already', hint=f"Choose another name{again}.")


def compose_action(order: NewActionOrder, opened: OpenFolder) -> NewAction:
    """The file of the action, checked with the rest of the project. Raises UsageError."""
    line = PastedLine(order.line, json=order.json) if order.line is not None else None
    file = OpenApiFile(order.api) if order.api is not None else None
    document = read_answer(order.answer) if order.answer is not None else None
    found = list_members(document) if order.answer is not None else None
    meanings = {**_list_person_values(order, opened.project), **order.meanings}
    source = _DraftSource(line.parse(order.shell) if line else None, found)
    if file is not None:
        api = file.build_request()
        source = _DraftSource(api.request, found or list_promised_members(api), api)
        meanings = {**list_input_meanings(api), **name_variables(api, meanings)}
    origin = line or file
    with origin.explain_errors() if origin else nullcontext():
        composed = _compose(order, opened, source, meanings)
        open_values = composed.drafted.candidates
        if is_attended(json=order.json) and (open_values or source.found):
            meanings |= ask_meanings(open_values)
            composed = _compose(order, opened, source, meanings, asks=True)
    is_whole = source.request is not None and found is not None and not composed.drafted.decisions
    return add_sample_test(composed, opened, order.person, document) if is_whole else composed


def add_sample_test(
    composed: NewAction, opened: OpenFolder, person: str | None, answer: Json
) -> NewAction:
    """With a test and a recording, where the sample answer is about a test person."""
    drafted, plan = composed.drafted, composed.plan
    changed = {before.name: after for before, after in plan.changed}
    files = [changed.get(file.name, file) for file in opened.folder.files]
    loaded = load_project([*files, plan.new], None, opened.folder.snapshot)
    action = loaded.partial.actions.get(drafted.name) if loaded.partial else None
    if action is None or loaded.partial is None or person is None:
        return composed
    query = parse_person_query(person, "user_id")
    sample = build_sample_test(action, query, answer, loaded.partial.workspace.people)
    if sample.reason:
        note = f"No test was made of the sample answer: {sample.reason}."
        return NewAction(replace(drafted, notes=(*drafted.notes, note)), plan)
    drafted = replace(drafted, text=drafted.text + sample.text)
    plan = plan_files(plan.new.name, drafted, opened.loaded, opened.folder.files)
    recordings = {f"{FOLDER}/{drafted.name}.json": sample.recording}
    return NewAction(drafted, plan.add_files(recordings))


def _compose(
    order: NewActionOrder,
    opened: OpenFolder,
    source: _DraftSource,
    meanings: Mapping[str, str],
    *,
    asks: bool = False,
) -> NewAction:
    project = opened.project
    request, found, api = source.request, source.found, source.api
    choices = order.choices
    if found and asks:
        choices = ask_choices(found, meanings, choices)
    known = ProjectNames(project.tokens, list_secret_hosts(project)) if project else ProjectNames()
    reads = order.reads or request is None or request.method in ("get", "head")
    attributes = project.attributes if project else {}
    try:
        answer = draft_answer(found, choices, attributes, reads=reads)
    except SyntaxProblem as error:
        raise UsageError(
            f"--proof or --map: {error.message}", hint=f"{error.hint[:1].upper()}{error.hint[1:]}."
        ) from None
    inputs = list_input_types(api, meanings) if api else {}
    drafted = draft_action(request, answer, DraftOrder(order.name, meanings, known, reads, inputs))
    if api:
        drafted = replace(drafted, notes=(*drafted.notes, *api.notes))
    for secret in drafted.secrets:
        if secret.value:
            output_scrubber.register_secret(Secret(secret.name, secret.value))
    plan = plan_files(
        opened.build_file_name(order.name), drafted, opened.loaded, opened.folder.files
    )
    unfit = find_unfit(plan, opened.folder.files, opened.folder.snapshot)
    if unfit is not None:
        raise PastedLineError(f"no action can say this: {unfit.message}", unfit.hint or _HINT, 0)
    return NewAction(drafted, plan)


def _list_person_values(order: NewActionOrder, project: Project | None) -> dict[str, str]:
    """The values of the person of whom line and answer are, with their references."""
    if order.person is None:
        return {}
    query = parse_person_query(order.person, "user_id")
    people = project.workspace.people if project else ()
    for person in people:
        if str(person.get_field(query.field)) == query.value:
            return _list_values(person)
    raise UsageError(
        "the action files have no such person",
        hint="Name one of `workspace.people`, or give its values with --fill VALUE=person.email.",
    )


def _list_values(person: Person) -> dict[str, str]:
    attributes = {
        str(value): f"person.attributes.{name}"
        for name, value in person.attributes.items()
        if isinstance(value, str) and len(value) >= _SHORTEST_VALUE and name.isidentifier()
    }
    fields = {
        str(person.fields[name]): f"person.{name}"
        for name in ("name", "phone", "email", "user_id")
        if person.fields.get(name)
    }
    return attributes | fields
