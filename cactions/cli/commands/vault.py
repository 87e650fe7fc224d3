"""``cactions vault``: secrets, sealed in a file beside the YAML; its key stays in your keyring."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from cactions.app.vault import manage
from cactions.app.vault.recipients import join as join_vault
from cactions.app.vault.rekey import rekey as rekey_vault
from cactions.app.vault.salvage import salvage as salvage_vault
from cactions.cli import progress, secret_input, wiring, workspace
from cactions.cli.commands import vault_recipients
from cactions.cli.commands.vault_bind import Name, bind
from cactions.cli.commands.vault_recipients import Kept, tell_rekeyed, tell_written
from cactions.cli.exit_codes import Exit
from cactions.cli.options import Json
from cactions.cli.run_head import user_name
from cactions.cli.vault_options import keyed
from cactions.cli.vault_wiring import Ways
from cactions.edges.keys.vault_file import VaultFileLocal
from cactions.logic.documents import vaults as wire
from cactions.logic.vault import validation
from cactions.render import vault as sheets
from cactions.render.messages import count, listed

commands = typer.Typer(
    help="Secrets, sealed in a file that may be committed; its key stays in your keyring.",
    no_args_is_help=True,
)
commands.add_typer(vault_recipients.commands, name="recipients")

Hosts = Annotated[
    list[str], typer.Option("--host", metavar="HOST", help="A host that may get it; repeatable.")
]
TokenHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--token-host", metavar="HOST", help="A host that gets tokens fetched with it; repeatable."
    ),
]
NewHosts = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="HOST", help="Instead of the hosts so far; repeatable."),
]
Strip = Annotated[
    bool, typer.Option("--strip-newline", help="Take one line break off the end of stdin.")
]
Mine = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What the vault calls you.")
]
Into = Annotated[Path, typer.Option("--into", metavar="FILE", help="The new vault.")]
NewKey = Annotated[
    Path | None,
    typer.Option("--new-key-file", metavar="FILE", help="Keep the new vault's key in a new file."),
]


@commands.command()
@keyed
def init(ways: Ways, name: Mine = None) -> None:
    """Make a vault; its key goes into the keyring, or into the new file of --key-file.

    Example: cactions vault init
    """
    desk = wiring.vault_desk(ways)
    me = name or re.sub(r"[^A-Za-z0-9_.@-]", "_", user_name()).lstrip(".@-") or "me"
    with progress.whole():
        done = manage.init(desk, me)
    workspace.journal(ways.vault.parent).drop_index()
    text = f"The vault {ways.vault} is made. You are {me} in it; your key is in {desk.keys.name}."
    tell_written(done, text + " To seal a secret:", "cactions vault seal NAME --host HOST")
    if workspace.journal(ways.vault.parent).begun:
        wiring.paper().say(
            "Old values that earlier runs kept stay unsealed in .cactions/. `cactions runs prune`"
            " deletes them."
        )


@commands.command()
@keyed
def seal(
    ways: Ways,
    name: Name,
    host: Hosts,
    token_host: TokenHosts = None,
    strip_newline: Strip = False,
) -> None:
    """Seal a secret: typed without echo, or from stdin. It goes to the named hosts only.

    A token that is fetched with it goes to the hosts of --token-host only.

    Example: cactions vault seal shop_token --host api.shop.example
    """
    desk = wiring.vault_desk(ways)
    secret = secret_input.value(name, strip_newline=strip_newline)
    with progress.whole():
        done = manage.seal(desk, secret, host, token_host)
    text = f'"{name}" is sealed for {listed(sorted(host))}.'
    if token_host:
        text += (
            f" Tokens that are fetched with it may go to {listed([*validation.hosts(token_host)])}."
        )
    tell_written(done, text)


commands.command()(bind)


@commands.command()
@keyed
def rotate(ways: Ways, name: Name, host: NewHosts = None, strip_newline: Strip = False) -> None:
    """Replace a secret's value, and its hosts where they are given. The old value is gone then.

    Example: cactions vault rotate shop_token
    """
    desk = wiring.vault_desk(ways)
    secret = secret_input.value(name, strip_newline=strip_newline)
    with progress.whole():
        done = manage.rotate(desk, secret, host)
    tell_written(done, f'"{name}" has a new value.')


@commands.command("list")
@keyed
def list_(ways: Ways, json: Json = False) -> None:
    """List the secrets: names, hosts, versions, dates. No value is opened.

    Example: cactions vault list
    """
    desk = wiring.vault_desk(ways)
    found = manage.listing(desk)
    if json:
        checked = found.rollback_checked
        wiring.write_json(wire.secrets_to_json(found.head, found.secrets, rollback_checked=checked))
    else:
        wiring.paper().show(sheets.secrets(found.secrets))
    _say_unchecked(desk.keys.remembers, found.rollback_checked, found.head.generation)


@commands.command()
@keyed
def rekey(ways: Ways, keep: Kept = None) -> None:
    """Make a new data key, in one write. Everybody else gets a new join code or key.

    Example: cactions vault rekey
    """
    desk = wiring.vault_desk(ways)
    passphrases = [secret_input.passphrase(name) for name in keep or ()]
    with progress.whole():
        done = rekey_vault(desk, passphrases)
    tell_written(done.written, "The vault has a new data key.")
    tell_rekeyed(done)


@commands.command()
@keyed
def join(ways: Ways) -> None:
    """Come into a vault by a join code: typed without echo, or from stdin.

    Example: cactions vault join
    """
    desk = wiring.vault_desk(ways)
    code = secret_input.code()
    with progress.whole():
        done = join_vault(desk, code)
    text = f"You have joined the vault as {done.name}; your key is in {desk.keys.name}."
    tell_written(done.written, f"{text} Commit the vault, so that the join code stops working.")


@commands.command()
@keyed
def verify(ways: Ways) -> None:
    """Check the whole file, and that every entry opens. No value is shown.

    Example: cactions vault verify
    """
    desk = wiring.vault_desk(ways)
    found = manage.verify(desk)
    entries = count(found.entries, "entry opens", "entries open")
    text = f"The vault is whole: generation {found.head.generation}, {entries} for {found.me}."
    wiring.paper().show(sheets.told(text))
    _say_unchecked(desk.keys.remembers, found.rollback_checked, found.head.generation)


@commands.command()
@keyed
def salvage(ways: Ways, into: Into, new_key_file: NewKey = None) -> None:
    """Save what still opens of a damaged vault into a new one. The damaged file stays.

    Exit code 1 when something was lost.

    Example: cactions vault salvage --into saved.vault --new-key-file saved.key
    """
    desk = wiring.vault_desk(ways, keep=new_key_file)
    with progress.whole():
        done = salvage_vault(desk, VaultFileLocal(into))
    saved = count(len(done.kept), "entry was", "entries were")
    tell_written(done.written, f"{saved} saved into {into}. Check dates and versions: ")
    wiring.paper().show(sheets.secrets(done.kept))
    for one in done.lost:
        name = f': "{one.name}"' if one.name else ""
        wiring.paper().say(f"Line {one.line} did not open and is lost{name}.")
    if done.outside:
        wiring.paper().say(f"To be let in again: {listed(list(done.outside))}.")
    raise typer.Exit(Exit.FINDINGS if done.lost else Exit.CLEAN)


@commands.command("accept-generation")
@keyed
def accept_generation(
    ways: Ways, generation: Annotated[int, typer.Argument(metavar="N", min=1)]
) -> None:
    """Take an older vault for the newest from now on, such as after a switch of branches.

    Example: cactions vault accept-generation 7
    """
    with progress.whole():
        head = manage.accept_generation(wiring.vault_desk(ways), generation)
    wiring.paper().show(sheets.told(f"Generation {head.generation} is accepted as the newest."))


@commands.command()
@keyed
def status(ways: Ways, json: Json = False) -> None:
    """Show how the vault is, also where it does not open. Exit code 1 then.

    Example: cactions vault status
    """
    found = manage.status(wiring.vault_desk(ways))
    trouble = found.trouble
    if json:
        wiring.write_json(wire.status_to_json(found.file, found.holder, found.contents, trouble))
    else:
        sheet = sheets.status(found.file, found.holder, found.contents, found.me)
        wiring.paper().show(sheet, *([sheets.trouble(trouble)] if trouble else []))
    raise typer.Exit(Exit.FINDINGS if trouble else Exit.CLEAN)


def _say_unchecked(remembers: bool, checked: bool, generation: int) -> None:
    """Where nothing remembers a generation, an older file looks like the newest."""
    if not (remembers or checked):
        wiring.paper().say(
            "Nothing here remembers generations, so an older vault would not be noticed. Give"
            f" --min-generation {generation} to notice it."
        )
