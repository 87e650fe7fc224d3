"""``cactions vault recipients``: who can open the vault."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.vault import recipients, rekey
from cactions.app.vault.open_vault import WrittenVault
from cactions.app.vault.recipients import OneTimeCode
from cactions.app.vault.rekey import RekeyedVault
from cactions.cli import progress, secret_input, wiring
from cactions.cli.options import Json
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_options import vault_options
from cactions.logic.documents import vaults as wire
from cactions.model import UsageError
from cactions.model.vault import RecipientKind
from cactions.render import vault as vault_views
from cactions.render.messages import join_words

commands = typer.Typer(help="Manage vault recipients.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The recipient's name.")]
Kept = Annotated[
    list[str] | None,
    typer.Option(
        "--keep", metavar="NAME", help="Keep this passphrase recipient; the passphrase is asked."
    ),
]


@commands.command()
@vault_options
def add(
    options: VaultOptions,
    name: Name,
    machine: Annotated[bool, typer.Option("--machine", help="A CI system: a key for it.")] = False,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="A passphrase.")] = False,
) -> None:
    """Add a recipient: by a join code, a machine's key, or a passphrase.

    Example: cactions vault recipients add grace
    """
    if machine and passphrase:
        raise UsageError("a recipient has one kind", hint="Keep --machine or --passphrase.")
    context = wiring.open_vault_context(options)
    if passphrase:
        new_passphrase = secret_input.read_new_passphrase(name)
        with progress.atomic():
            notes = recipients.add_passphrase(context, new_passphrase).notes
        wiring.create_output().print(
            vault_views.render_written(
                f"Everyone who knows the passphrase can open it: --as {name}"
            )
        )
    else:
        with progress.atomic():
            letting_in = recipients.add_machine if machine else recipients.invite_recipient
            done = letting_in(context, name)
        notes = done.written.notes
        _print_one_time_code(done.handout)
    for note in notes:
        wiring.create_output().info(note)


@commands.command()
@vault_options
def remove(options: VaultOptions, name: Name, keep: Kept = None) -> None:
    """Remove a recipient and rekey: all others get a new join code or key.

    Example: cactions vault recipients remove grace
    """
    context = wiring.open_vault_context(options)
    passphrases = [secret_input.read_passphrase(text) for text in keep or ()]
    with progress.atomic():
        done = rekey.remove_recipient(context, name, passphrases)
    wiring.create_output().print(
        vault_views.render_written(f"{name} is out, and the vault has a new data key.")
    )
    print_rekeyed(done)


@commands.command("list")
@vault_options
def list_(options: VaultOptions, json: Json = False) -> None:
    """List who can open the vault, or was invited.

    Example: cactions vault recipients list
    """
    found = recipients.list_recipients(wiring.open_vault_context(options))
    if json:
        wiring.write_json(wire.recipients_to_json(found))
    else:
        wiring.create_output().print(vault_views.render_recipients(found))


def print_written(done: WrittenVault, text: str, *codes: str) -> None:
    """Say what is done, with what did not go well beside it; ``codes`` are to be copied."""
    wiring.create_output().print(vault_views.render_written(text, *codes))
    for note in done.notes:
        wiring.create_output().info(note)


def print_rekeyed(done: RekeyedVault) -> None:
    """What a new data key means for everybody."""
    for handout in done.handouts:
        _print_one_time_code(handout)
    if done.dropped:
        wiring.create_output().info(
            f"Their passphrase was not given, so they are out: {join_words(list(done.dropped))}."
        )
    if done.known:
        wiring.create_output().info(
            f"{done.removed} knew these secrets, which are still what they were. Get new ones from"
            f" their services and rotate them: {join_words(list(done.known))}."
        )


def _print_one_time_code(handout: OneTimeCode) -> None:
    machine = handout.kind is RecipientKind.MACHINE
    wiring.create_output().print(
        vault_views.render_one_time_code(handout.name, handout.text.reveal(), machine)
    )
