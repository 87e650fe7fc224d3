"""``cactions vault recipients``: who can open the vault."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.vault import recipients, rekey
from cactions.app.vault.recipients import OneTimeCode
from cactions.cli import progress, secret_input, wiring
from cactions.cli.followed_work import follow_items
from cactions.cli.options import Json
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_options import vault_options
from cactions.cli.vault_reports import describe_rekeyed, list_codes, report_change
from cactions.logic.documents import vaults as wire
from cactions.logic.documents.vaults import VaultChangeReport
from cactions.model import UsageError
from cactions.render import vault as vault_views

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
    json: Json = False,
) -> None:
    """Add a recipient: by a join code, a machine's key, or a passphrase.

    Example: cactions vault recipients add grace
    """
    if machine and passphrase:
        raise UsageError("a recipient has one kind", hint="Keep --machine or --passphrase.")
    context = wiring.open_vault_context(options)
    handouts: tuple[OneTimeCode, ...] = ()
    text = f"{name} is added: hand the code over by a safe channel." if json else ""
    if passphrase:
        text = f"Everyone who knows the passphrase can open it: --as {name}"
        new_passphrase = secret_input.read_new_passphrase(name)
        with progress.atomic():
            written = recipients.add_passphrase(context, new_passphrase)
    else:
        with progress.atomic():
            letting_in = recipients.add_machine if machine else recipients.invite_recipient
            done = letting_in(context, name)
        written, handouts = done.written, (done.handout,)
    file, codes = str(options.vault), list_codes(handouts)
    report = VaultChangeReport(
        "recipients add", file, written.head, name, text, written.notes, codes
    )
    report_change(report, json=json)


@commands.command()
@vault_options
def remove(options: VaultOptions, name: Name, keep: Kept = None, json: Json = False) -> None:
    """Remove a recipient and rekey: all others get a new join code or key.

    Example: cactions vault recipients remove grace
    """
    context = wiring.open_vault_context(options)
    passphrases = [secret_input.read_passphrase(text) for text in keep or ()]
    with progress.atomic():
        done = rekey.remove_recipient(context, name, passphrases, follow_items)
    report = VaultChangeReport(
        "recipients remove",
        str(options.vault),
        done.written.head,
        name,
        f"{name} is out, and the vault has a new data key.",
        describe_rekeyed(done),
        list_codes(done.handouts),
        done.dropped,
        done.known,
    )
    report_change(report, json=json)


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
