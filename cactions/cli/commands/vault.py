"""``cactions vault``: secrets, sealed in a file beside the YAML; its key stays in your keyring."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from cactions.app.vault import manage
from cactions.app.vault.recipients import join_vault
from cactions.app.vault.rekey import rekey_vault
from cactions.cli import progress, secret_input, vault_hosts, vault_secrets, wiring
from cactions.cli.commands import vault_recipients
from cactions.cli.commands.vault_bind import Name, bind
from cactions.cli.commands.vault_merge import merge
from cactions.cli.commands.vault_recipients import Kept
from cactions.cli.commands.vault_salvage import salvage
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.cli.journal_wiring import open_journal
from cactions.cli.options import Json
from cactions.cli.run_head import get_user_name
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_hosts import Hosts, NewHosts, Signing, TokenHosts
from cactions.cli.vault_options import add_vault_options, vault_options
from cactions.cli.vault_reports import describe_rekeyed, list_codes, mark_for_git, report_change
from cactions.logic.documents import vaults as wire
from cactions.logic.documents.vaults import VaultChangeReport
from cactions.logic.vault import validation
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


@commands.command()
@vault_options
def init(options: VaultOptions, name: Mine = None, json: Json = False) -> None:
    """Make a vault; its key goes into the keyring, or into the new file of --key-file.

    Example: cactions vault init
    """
    context = wiring.open_vault_context(options)
    me = name or re.sub(r"[^A-Za-z0-9_.@-]", "_", get_user_name()).lstrip(".@-") or "me"
    with progress.atomic():
        done = manage.create_vault(context, me)
    open_journal(options.vault.parent).drop_index()
    notes = (*done.notes, *mark_for_git(options.vault))
    text = f"The vault {options.vault} is made."
    text += f" You are {me} in it; your key is in {context.keys.name}."
    seal = add_vault_options("`cactions vault seal NAME`", options).strip("`")
    text += "" if json else " To seal a secret:"
    report = VaultChangeReport("init", str(options.vault), done.head, me, text, notes)
    report_change(report, seal, json=json)
    if open_journal(options.vault.parent).begun:
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
    json: Json = False,
) -> None:
    """Seal a secret: typed without echo, or from stdin. It goes to the named hosts only.

    Without --host it goes to the host that the YAML sends it to, and a token that is fetched with
    it to the hosts of that token; if there are several, it asks.

    A token that is fetched with it goes to the hosts of --token-host only.

    Example: cactions vault seal shop_token --host api.shop.example
    """
    if signing:
        vault_hosts.refuse_hosts(host, token_host)
    elif not host:
        chosen = vault_hosts.choose_hosts(options, name)
        host, token_host = [*chosen.hosts], token_host or [*chosen.token_hosts] or None
    context = wiring.open_vault_context(options)
    secret = vault_secrets.read_new_value(context, name, strip_newline=strip_newline)
    if signing:
        vault_hosts.check_signing_secret(secret)
    with progress.atomic():
        done = manage.seal_secret(context, secret, None if signing else host or (), token_host)
    text = f'"{name}" is sealed for {join_words(sorted(host or ()))}.'
    if signing:
        text = f'"{name}" is sealed to sign with. It is sent nowhere.'
    if token_host:
        hosts = join_words([*validation.check_hosts(token_host)])
        text += f" Tokens that are fetched with it may go to {hosts}."
    report = VaultChangeReport("seal", str(options.vault), done.head, name, text, done.notes)
    report_change(report, json=json)


commands.command()(bind)


@commands.command()
@vault_options
def rotate(
    options: VaultOptions,
    name: Name,
    host: NewHosts = None,
    strip_newline: Strip = False,
    json: Json = False,
) -> None:
    """Replace a secret's value, and its hosts where they are given. The old value is gone then.

    Example: cactions vault rotate shop_token
    """
    context = wiring.open_vault_context(options)
    secret = vault_secrets.read_new_value(context, name, strip_newline=strip_newline)
    with progress.atomic():
        done = manage.rotate_secret(context, secret, host)
    text, file = f'"{name}" has a new value.', str(options.vault)
    report_change(VaultChangeReport("rotate", file, done.head, name, text, done.notes), json=json)


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
def rekey(options: VaultOptions, keep: Kept = None, json: Json = False) -> None:
    """Make a new data key, in one write. Everybody else gets a new join code or key.

    Example: cactions vault rekey
    """
    context = wiring.open_vault_context(options)
    passphrases = [secret_input.read_passphrase(name) for name in keep or ()]
    with progress.atomic():
        done = rekey_vault(context, passphrases, follow_items)
    report = VaultChangeReport(
        "rekey",
        str(options.vault),
        done.written.head,
        "",
        "The vault has a new data key.",
        describe_rekeyed(done),
        list_codes(done.handouts),
        done.dropped,
    )
    report_change(report, json=json)


@commands.command()
@vault_options
def join(options: VaultOptions, json: Json = False) -> None:
    """Join a vault with a join code (prompted, or from stdin).

    Example: cactions vault join
    """
    context = wiring.open_vault_context(options)
    code = secret_input.read_join_code()
    with progress.atomic():
        done = join_vault(context, code)
    text = f"You have joined the vault as {done.name}; your key is in {context.keys.name}."
    text += " Commit the vault, so that the join code stops working."
    file, written = str(options.vault), done.written
    report = VaultChangeReport("join", file, written.head, done.name, text, written.notes)
    report_change(report, json=json)


@commands.command()
@vault_options
def verify(options: VaultOptions, json: Json = False) -> None:
    """Check the whole file, and that every entry opens. No value is shown.

    Example: cactions vault verify
    """
    context = wiring.open_vault_context(options)
    found = manage.verify_vault(context)
    checked = found.rollback_checked
    if json:
        file, head = str(options.vault), found.head
        wiring.write_json(
            wire.vault_check_to_json(file, head, found.me, found.entries, rollback_checked=checked)
        )
    else:
        entries = count_noun(found.entries, "entry opens", "entries open")
        text = f"The vault is whole: generation {found.head.generation}, {entries} for {found.me}."
        wiring.create_output().print(vault_views.render_written(text))
    _warn_unchecked_generation(context.keys.remembers, checked, found.head.generation)


commands.command()(salvage)
commands.command()(merge)


@commands.command("accept-generation")
@vault_options
def accept_generation(
    options: VaultOptions,
    generation: Annotated[int, typer.Argument(metavar="N", min=1)],
    json: Json = False,
) -> None:
    """Accept an older vault file as current, for example after switching branches.

    Example: cactions vault accept-generation 7
    """
    with progress.atomic():
        head = manage.accept_generation(wiring.open_vault_context(options), generation)
    text = f"Generation {head.generation} is accepted as the newest."
    report = VaultChangeReport("accept-generation", str(options.vault), head, "", text)
    report_change(report, json=json)


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
