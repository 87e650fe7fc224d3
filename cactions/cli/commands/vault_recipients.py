"""``cactions vault recipients``: who can open the vault."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.vault import recipients, rekey
from cactions.app.vault.open_vault import Written
from cactions.app.vault.recipients import Handout
from cactions.app.vault.rekey import Rekeyed
from cactions.cli import progress, secret_input, wiring
from cactions.cli.options import Json
from cactions.cli.vault_options import keyed
from cactions.cli.vault_wiring import Ways
from cactions.logic.documents import vaults as wire
from cactions.model import OperatorError
from cactions.model.vault import RecipientKind
from cactions.render import vault as sheets
from cactions.render.messages import listed

commands = typer.Typer(help="Who can open the vault.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The recipient's name.")]
Kept = Annotated[
    list[str] | None,
    typer.Option(
        "--keep", metavar="NAME", help="Keep this passphrase recipient; the passphrase is asked."
    ),
]


@commands.command()
@keyed
def add(
    ways: Ways,
    name: Name,
    machine: Annotated[bool, typer.Option("--machine", help="A CI system: a key for it.")] = False,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="A passphrase.")] = False,
) -> None:
    """Let somebody in: by a join code, by a machine's key, or by a passphrase.

    Example: cactions vault recipients add grace
    """
    if machine and passphrase:
        raise OperatorError("a recipient has one kind", hint="Keep --machine or --passphrase.")
    desk = wiring.vault_desk(ways)
    if passphrase:
        given = secret_input.new_passphrase(name)
        with progress.whole():
            notes = recipients.add_passphrase(desk, given).notes
        wiring.paper().show(sheets.told(f"Whoever knows the passphrase opens it: --as {name}"))
    else:
        with progress.whole():
            letting_in = recipients.add_machine if machine else recipients.invite
            done = letting_in(desk, name)
        notes = done.written.notes
        _hand_over(done.handout)
    for note in notes:
        wiring.paper().say(note)


@commands.command()
@keyed
def remove(ways: Ways, name: Name, keep: Kept = None) -> None:
    """Take somebody out, and rekey: everybody else gets a new join code or key.

    Example: cactions vault recipients remove grace
    """
    desk = wiring.vault_desk(ways)
    passphrases = [secret_input.passphrase(one) for one in keep or ()]
    with progress.whole():
        done = rekey.remove(desk, name, passphrases)
    wiring.paper().show(sheets.told(f"{name} is out, and the vault has a new data key."))
    tell_rekeyed(done)


@commands.command("list")
@keyed
def list_(ways: Ways, json: Json = False) -> None:
    """List who can open the vault, or was invited.

    Example: cactions vault recipients list
    """
    found = recipients.recipients(wiring.vault_desk(ways))
    if json:
        wiring.write_json(wire.recipients_to_json(found))
    else:
        wiring.paper().show(sheets.recipients(found))


def tell_written(done: Written, text: str, *codes: str) -> None:
    """Say what is done, with what did not go well beside it; ``codes`` are to be copied."""
    wiring.paper().show(sheets.told(text, *codes))
    for note in done.notes:
        wiring.paper().say(note)


def tell_rekeyed(done: Rekeyed) -> None:
    """What a new data key means for everybody."""
    for handout in done.handouts:
        _hand_over(handout)
    if done.dropped:
        wiring.paper().say(
            f"Their passphrase was not given, so they are out: {listed(list(done.dropped))}."
        )
    if done.known:
        wiring.paper().say(
            f"{done.removed} knew these secrets, which are still what they were. Get new ones from"
            f" their services and rotate them: {listed(list(done.known))}."
        )


def _hand_over(handout: Handout) -> None:
    machine = handout.kind is RecipientKind.MACHINE
    wiring.paper().show(sheets.handout(handout.name, handout.text.reveal(), machine))
