"""What the commands say that change a vault: in words, or as one document."""

from __future__ import annotations

from pathlib import Path

from cactions.app.vault.recipients import OneTimeCode
from cactions.app.vault.rekey import RekeyedVault
from cactions.cli import wiring
from cactions.edges.files.git_attributes import NAME, add_attributes_line, build_attributes_line
from cactions.logic.documents.vaults import VaultChangeReport, vault_change_to_json
from cactions.model import CactionsError
from cactions.model.vault import RecipientKind
from cactions.render import vault as vault_views
from cactions.render.messages import join_words, to_sentence


def report_change(change: VaultChangeReport, *commands: str, json: bool) -> None:
    """Say what is done, with what did not go well beside it; ``commands`` are to be copied."""
    if json:
        wiring.write_json(vault_change_to_json(change))
    else:
        if change.message:
            wiring.create_output().print(vault_views.render_written(change.message, *commands))
        _print_codes(change)
    for note in change.notes:
        wiring.create_output().info(note)


def mark_for_git(vault: Path) -> tuple[str, ...]:
    """Tell git not to change the vault; what to do where its file of attributes is not writable."""
    try:
        add_attributes_line(vault)
    except CactionsError as error:
        line = build_attributes_line(vault)
        return (f"{to_sentence(str(error))} Put this line into {NAME} yourself: {line}",)
    return ()


def list_codes(codes: tuple[OneTimeCode, ...]) -> tuple[tuple[str, RecipientKind, str], ...]:
    """What is to be handed over, for a report."""
    return tuple((code.name, code.kind, code.text.reveal()) for code in codes)


def describe_rekeyed(done: RekeyedVault) -> tuple[str, ...]:
    """What a new data key means for others, beside the notes of its writing."""
    notes = [*done.written.notes]
    if done.dropped:
        notes.append(
            f"Their passphrase was not given, so they are out: {join_words(list(done.dropped))}."
        )
    if done.known:
        notes.append(
            f"{done.removed} knew these secrets, which are still what they were. Get new ones from"
            f" their services and rotate them: {join_words(list(done.known))}."
        )
    return tuple(notes)


def _print_codes(change: VaultChangeReport) -> None:
    for name, kind, code in change.codes:
        machine = kind is RecipientKind.MACHINE
        wiring.create_output().print(vault_views.render_one_time_code(name, code, machine))
