"""``cactions vault``: secrets, sealed in a file beside the YAML; its key stays in your keyring."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from cactions.app.vault import manage
from cactions.app.vault.recipients import join_vault
from cactions.app.vault.rekey import rekey_vault
from cactions.app.vault.salvage import salvage_vault
from cactions.cli import progress, secret_input, wiring, workspace
from cactions.cli.commands import vault_recipients
from cactions.cli.commands.vault_bind import Name, bind
from cactions.cli.commands.vault_recipients import Kept, print_rekeyed, print_written
from cactions.cli.exit_codes import Exit
from cactions.cli.options import Json
from cactions.cli.run_head import get_user_name
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_hosts import Hosts, NewHosts, Signing, TokenHosts, choose_hosts
from cactions.cli.vault_options import add_vault_options, vault_options
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.documents import vaults as wire
from cactions.logic.vault import validation
from cactions.model import StoreError, UsageError
from cactions.render import vault as vault_views
from cactions.render.messages import count_noun, join_words

commands = typer.Typer(
    help="Secrets, sealed in a file that may be committed; its key stays in your keyring.",
    no_args_is_help=True,
)
commands.add_typer(vault_recipients.commands, name="recipients")

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
@vault_options
def init(options: VaultOptions, name: Mine = None) -> None:
    """Make a vault; its key goes into the keyring, or into the new file of --key-file.

    Example: cactions vault init
    """
    context = wiring.open_vault_context(options)
    me = name or re.sub(r"[^A-Za-z0-9_.@-]", "_", get_user_name()).lstrip(".@-") or "me"
    with progress.atomic():
        done = manage.create_vault(context, me)
    workspace.open_journal(options.vault.parent).drop_index()
    text = f"The vault {options.vault} is made."
    text += f" You are {me} in it; your key is in {context.keys.name}."
    seal = add_vault_options("`cactions vault seal NAME`", options).strip("`")
    print_written(done, text + " To seal a secret:", seal)
    if workspace.open_journal(options.vault.parent).begun:
        wiring.create_output().info(
            "Old values that earlier runs kept stay unsealed in .cactions/. `cactions runs prune`"
            " deletes them."
        )


@commands.command()
@vault_options
def seal(
    options: VaultOptions,
    name: Name,
    host: Hosts = None,
    token_host: TokenHosts = None,
    signing: Signing = False,
    strip_newline: Strip = False,
) -> None:
    """Seal a secret: typed without echo, or from stdin. It goes to the named hosts only.

    Without --host it goes to the host that the YAML sends it to; if there are several, it asks.

    A token that is fetched with it goes to the hosts of --token-host only.

    Example: cactions vault seal shop_token --host api.shop.example
    """
    if signing and (host or token_host):
        raise UsageError(
            "--signing and --host exclude each other; nothing was sealed",
            hint="Use --host HOST, or --signing for a key that signs here and is sent nowhere.",
        )
    if not signing and not host:
        host = choose_hosts(options, name)
    context = wiring.open_vault_context(options)
    secret = secret_input.read_value(name, strip_newline=strip_newline)
    with progress.atomic():
        done = manage.seal_secret(context, secret, None if signing else host or (), token_host)
    if signing:
        print_written(done, f'"{name}" is sealed to sign with. It is sent nowhere.')
        return
    text = f'"{name}" is sealed for {join_words(sorted(host or ()))}.'
    if token_host:
        hosts = join_words([*validation.check_hosts(token_host)])
        text += f" Tokens that are fetched with it may go to {hosts}."
    print_written(done, text)


commands.command()(bind)


@commands.command()
@vault_options
def rotate(
    options: VaultOptions, name: Name, host: NewHosts = None, strip_newline: Strip = False
) -> None:
    """Replace a secret's value, and its hosts where they are given. The old value is gone then.

    Example: cactions vault rotate shop_token
    """
    context = wiring.open_vault_context(options)
    secret = secret_input.read_value(name, strip_newline=strip_newline)
    with progress.atomic():
        done = manage.rotate_secret(context, secret, host)
    print_written(done, f'"{name}" has a new value.')


@commands.command("list")
@vault_options
def list_(options: VaultOptions, json: Json = False) -> None:
    """List the secrets: names, hosts, versions, dates. No value is opened.

    Example: cactions vault list
    """
    context = wiring.open_vault_context(options)
    found = manage.list_entries(context)
    if json:
        checked = found.rollback_checked
        wiring.write_json(wire.secrets_to_json(found.head, found.secrets, rollback_checked=checked))
    else:
        wiring.create_output().print(vault_views.render_secrets(found.secrets))
    _warn_unchecked_generation(
        context.keys.remembers, found.rollback_checked, found.head.generation
    )


@commands.command()
@vault_options
def rekey(options: VaultOptions, keep: Kept = None) -> None:
    """Make a new data key, in one write. Everybody else gets a new join code or key.

    Example: cactions vault rekey
    """
    context = wiring.open_vault_context(options)
    passphrases = [secret_input.read_passphrase(name) for name in keep or ()]
    with progress.atomic():
        done = rekey_vault(context, passphrases)
    print_written(done.written, "The vault has a new data key.")
    print_rekeyed(done)


@commands.command()
@vault_options
def join(options: VaultOptions) -> None:
    """Join a vault with a join code (prompted, or from stdin).

    Example: cactions vault join
    """
    context = wiring.open_vault_context(options)
    code = secret_input.read_join_code()
    with progress.atomic():
        done = join_vault(context, code)
    text = f"You have joined the vault as {done.name}; your key is in {context.keys.name}."
    print_written(done.written, f"{text} Commit the vault, so that the join code stops working.")


@commands.command()
@vault_options
def verify(options: VaultOptions) -> None:
    """Check the whole file, and that every entry opens. No value is shown.

    Example: cactions vault verify
    """
    context = wiring.open_vault_context(options)
    found = manage.verify_vault(context)
    entries = count_noun(found.entries, "entry opens", "entries open")
    text = f"The vault is whole: generation {found.head.generation}, {entries} for {found.me}."
    wiring.create_output().print(vault_views.render_written(text))
    _warn_unchecked_generation(
        context.keys.remembers, found.rollback_checked, found.head.generation
    )


@commands.command()
@vault_options
def salvage(options: VaultOptions, into: Into, new_key_file: NewKey = None) -> None:
    """Save what still opens of a damaged vault into a new one. The damaged file stays.

    Exit code 1 when something was lost.

    Example: cactions vault salvage --into saved.vault --new-key-file saved.key
    """
    context = wiring.open_vault_context(options, keep=new_key_file)
    if new_key_file is None and not context.keys.remembers and not into.exists():
        raise StoreError(
            f"the new vault needs a key of its own, and {context.keys.name} cannot keep one",
            hint="Name a new file for it: --new-key-file FILE.",
        )
    with progress.atomic():
        done = salvage_vault(context, LocalVaultFile(into))
    saved = count_noun(len(done.kept), "entry was", "entries were")
    print_written(done.written, f"{saved} saved into {into}. Check dates and versions: ")
    wiring.create_output().print(vault_views.render_secrets(done.kept))
    for lost_entry in done.lost:
        name = f': "{lost_entry.name}"' if lost_entry.name else ""
        wiring.create_output().info(f"Line {lost_entry.line} did not open and is lost{name}.")
    if done.outside:
        wiring.create_output().info(f"To be let in again: {join_words(list(done.outside))}.")
    raise typer.Exit(Exit.FINDINGS if done.lost else Exit.CLEAN)


@commands.command("accept-generation")
@vault_options
def accept_generation(
    options: VaultOptions, generation: Annotated[int, typer.Argument(metavar="N", min=1)]
) -> None:
    """Accept an older vault file as current, for example after switching branches.

    Example: cactions vault accept-generation 7
    """
    with progress.atomic():
        head = manage.accept_generation(wiring.open_vault_context(options), generation)
    wiring.create_output().print(
        vault_views.render_written(f"Generation {head.generation} is accepted as the newest.")
    )


@commands.command()
@vault_options
def status(options: VaultOptions, json: Json = False) -> None:
    """Show the vault's status, even if it cannot be opened (exit code 1).

    Example: cactions vault status
    """
    found = manage.get_status(wiring.open_vault_context(options))
    trouble = found.trouble
    if trouble:
        trouble.hint = add_vault_options(trouble.hint, options)
    if json:
        wiring.write_json(wire.status_to_json(found.file, found.holder, found.contents, trouble))
    else:
        view = vault_views.render_status(found.file, found.holder, found.contents, found.me)
        wiring.create_output().print(
            view, *([vault_views.render_problem(trouble)] if trouble else [])
        )
    raise typer.Exit(Exit.FINDINGS if trouble else Exit.CLEAN)


def _warn_unchecked_generation(remembers: bool, checked: bool, generation: int) -> None:
    """Where nothing remembers a generation, an older file looks like the newest."""
    if not (remembers or checked):
        wiring.create_output().info(
            "Nothing here remembers generations, so an older vault would not be noticed. Give"
            f" --min-generation {generation} to notice it."
        )
