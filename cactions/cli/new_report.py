"""Writes a new action, offers to seal its secrets, and says what is left to do."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from cactions.cli import progress, prompts, wiring
from cactions.cli.new_action import NewAction, OpenFolder
from cactions.cli.new_questions import is_attended
from cactions.cli.vault_check import list_sealed_names
from cactions.cli.vault_choice import VAULT, list_key_words
from cactions.edges.files.file_io import replace_file
from cactions.edges.files.new_files import check_absent, create_files
from cactions.logic.documents.drafts import draft_to_json
from cactions.logic.new_action.action_draft import DraftedAction
from cactions.logic.new_action.found_secrets import FoundSecret
from cactions.logic.new_action.summary import NewActionSummary, SecretStep
from cactions.logic.shell import join_command
from cactions.model.secret import Secret
from cactions.render.new_files import render_new_action


def keep_action(composed: NewAction) -> None:
    """Declare its attributes, then make its file. Raises UsageError where one is in the way."""
    path = Path(composed.plan.new.name)
    texts = {path.name: composed.plan.new.text, **composed.plan.beside}
    check_absent(path.parent, texts)
    progress.mark_written()
    for before, after in composed.plan.changed:
        replace_file(Path(before.name), before.data, after.data)
    create_files(path.parent, texts)
    progress.mark_stored()


def offer_sealing(drafted: DraftedAction, folder: Path, *, json: bool) -> set[str]:
    """The names of the secrets that were sealed: on a terminal, where there is a vault, it asks."""
    vault = folder / VAULT
    if not any(secret.value for secret in drafted.secrets) or not is_attended(json=json):
        return set()
    if not os.path.lexists(vault):
        return set()
    sealed = set()
    for secret in _list_unsealed(drafted, folder):
        if not secret.value:
            continue
        if prompts.confirm_choice(f'Seal "{secret.name}" ({secret.what}) for {secret.host}?'):
            wiring.seal_secret(vault, Secret(secret.name, secret.value), secret.host)
            sealed.add(secret.name)
    return sealed


def report_action(
    composed: NewAction, opened: OpenFolder, sealed: Collection[str], *, json: bool
) -> None:
    """The files, what is left to decide, what must be sealed, and the next commands."""
    drafted, folder = composed.drafted, opened.path
    files = [] if folder == Path() else ["-f", str(folder)]
    summary = NewActionSummary(
        drafted.name,
        composed.plan.new.name,
        (composed.plan.new.name, *(str(folder / name) for name in composed.plan.beside)),
        tuple(before.name for before, _ in composed.plan.changed),
        tuple(drafted.attributes),
        tuple((each.line, each.text) for each in drafted.decisions),
        tuple(
            SecretStep(each.name, each.host, each.what, _build_seal_command(each, opened.path))
            for each in _list_unsealed(drafted, folder)
            if each.name not in sealed
        ),
        tuple(sorted(sealed)),
        drafted.notes,
        tuple(_list_steps(composed, opened, files)),
        make_vault="" if os.path.lexists(folder / VAULT) else _build_vault_command("init", folder),
    )
    if json:
        wiring.write_json(draft_to_json(summary))
    else:
        wiring.create_output().print(render_new_action(summary))


def _list_unsealed(drafted: DraftedAction, folder: Path) -> list[FoundSecret]:
    """The secrets that the vault does not have yet; all where it cannot be read."""
    names = list_sealed_names(folder / VAULT)
    return [secret for secret in drafted.secrets if secret.name not in names]


def _build_seal_command(secret: FoundSecret, folder: Path) -> str:
    return _build_vault_command("seal", folder, secret.name, options=("--host", secret.host))


def _build_vault_command(
    command: str, folder: Path, *names: str, options: tuple[str, ...] = ()
) -> str:
    """The vault is that of the project, wherever the command is given."""
    key = [word for pair in list_key_words() for word in pair]
    vault = [] if folder == Path() else ["--vault", str(folder / VAULT)]
    return join_command(("vault", command), *names, options=(*options, *vault, *key))


def _list_steps(
    composed: NewAction, opened: OpenFolder, files: list[str]
) -> Iterator[tuple[str, str]]:
    """The next commands, each with what it is for."""
    name = composed.drafted.name
    people = opened.project.workspace.people if opened.project else ()
    found = (str(person.fields["user_id"]) for person in people if person.fields.get("user_id"))
    person = f"user_id={next(found, 'u-1')}"  # also where another field is matched
    yield join_command(("validate",), *files[1:]), "what is left to decide, and what leaks"
    if composed.drafted.decisions:
        return  # every other command refuses what is undecided
    if composed.plan.beside:
        yield join_command(("test",), name, options=files), "its test, replayed"
        options = ("--person", person, "--replay", *files)
        yield join_command(("diff",), name, options=options), "what would change for one person"
    else:
        options = ("--person", person, *files)
        yield join_command(("request",), name, options=options), "the request for one person"
