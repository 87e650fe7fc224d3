"""``cactions identity``: what a site signs of its users for the Messenger, and what that proves."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.app.vault.open_secret import open_signing_key
from cactions.app.vault.open_vault import open_vault
from cactions.cli import key_wiring, output_scrubber, secret_input, streams, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions
from cactions.cli.open_project import open_workspace
from cactions.cli.options import Json
from cactions.cli.stdin_readers import STDIN, register_rest
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_options import vault_options
from cactions.edges.clock import SystemClock
from cactions.edges.files.file_io import read_text
from cactions.logic import documents
from cactions.logic.documents.signatures import identity_verdict_to_json, signature_to_json
from cactions.logic.identity.claims import build_claims
from cactions.logic.identity.proof import judge_declaration, judge_identity
from cactions.logic.identity.settings import MOST_BYTES, name_user, parse_settings
from cactions.logic.identity.user_hash import build_user_hash
from cactions.model import (
    CactionsError,
    IdentityProof,
    IdentityVerification,
    MessengerSettings,
    SignatureKind,
    SignedClaims,
    UsageError,
)
from cactions.model.secret import Secret
from cactions.render.identity import render_identity_proof

commands = typer.Typer(
    help="Sign who a user is for the Messenger, and check what a site signs.",
    no_args_is_help=True,
)

SECRET: Final = "identity_secret"  # noqa: S105 (a name)

SecretName = Annotated[
    str,
    typer.Option("--secret", metavar="NAME", help="The site's secret, sealed with --signing."),
]
UserId = Annotated[str, typer.Option("--user-id", metavar="ID", help="The user's id.")]
Email = Annotated[str, typer.Option("--email", metavar="EMAIL", help="The user's e-mail address.")]
Jwt = Annotated[bool, typer.Option("--jwt", help="A JWT, which signs all that is in it.")]
Claims = Annotated[
    list[str] | None,
    typer.Option(
        "--claim", metavar="NAME=TEXT|NAME:=JSON", help="An attribute to sign; repeatable."
    ),
]
Lifetime = Annotated[
    int, typer.Option("--expires-in", metavar="SECONDS", min=1, help="How long the JWT is valid.")
]
Source = Annotated[
    Path,
    typer.Argument(
        metavar="[FILE]",
        help="A settings object, a JWT or a user hash; - for stdin. Default: typed, not shown.",
        show_default=False,
    ),
]


@commands.command()
@vault_options
def sign(
    options: VaultOptions,
    user_id: UserId = "",
    email: Email = "",
    jwt: Jwt = False,
    claim: Claims = None,
    expires_in: Lifetime = 3600,
    secret: SecretName = SECRET,
    json: Json = False,
) -> None:
    """Print the user hash of a user id or e-mail address, or with --jwt a JWT, for a test page.

    The output lets anyone who has it open the Messenger as this user.

    Example: cactions identity sign --user-id u-1
    """
    if jwt:
        claims = build_claims(user_id, email, claim or (), SystemClock().get_time(), expires_in)
        library = key_wiring.create_messenger_jwt()
        signed = library.sign_claims(claims, _open_secret(options, secret))
        _print_signature(SignatureKind.JWT, signed, expires_in, json=json)
        return
    if claim:
        raise UsageError("a user hash signs no attributes", hint="Add --jwt for a JWT.")
    if bool(user_id) == bool(email):
        raise UsageError(
            "a user hash signs one value", hint="Use --user-id or --email, as the site does."
        )
    signed = build_user_hash(_open_secret(options, secret), user_id or email)
    _print_signature(SignatureKind.USER_HASH, signed, None, json=json)


def _print_signature(
    kind: SignatureKind, signature: str, expires_in: int | None, *, json: bool
) -> None:
    if json:
        wiring.write_json(signature_to_json(kind, signature, expires_in))
    else:
        streams.write_text(signature + "\n")


@commands.command()
@vault_options
def verify(
    options: VaultOptions,
    source: Source = STDIN,
    user_id: UserId = "",
    email: Email = "",
    secret: SecretName = SECRET,
    json: Json = False,
) -> None:
    """Say only whether a hash or JWT proves exactly this user: exit code 0 or 1.

    Example: cactions identity verify hash.txt --user-id u-1
    """
    wanted = {name: text for name, text in (("user_id", user_id), ("email", email)) if text}
    if not wanted:
        raise UsageError("say which user", hint="Use --user-id or --email.")
    sent = _read_settings(source)
    if sent.user_hash:
        sent = name_user(sent, user_id, email)
    proof = _prove(sent, options, secret)
    missing = [name for name, text in wanted.items() if proof.proven.get(name) != text]
    why = ""
    if missing:
        why = proof.problems[0] if proof.problems else f"it signs no {missing[0]}, or another one"
    if json:
        wiring.write_json(identity_verdict_to_json(why))
    elif why:
        streams.write_text(f"It does not prove this user: {why}.\n")
    else:
        streams.write_text("It proves this user.\n")
    raise typer.Exit(Exit.FINDINGS if why else Exit.CLEAN)


@commands.command()
@vault_options
def check(
    options: VaultOptions,
    source: Source = STDIN,
    user_id: UserId = "",
    email: Email = "",
    secret: SecretName = SECRET,
    json: Json = False,
) -> None:
    """Say what a site's Messenger settings prove: the user id, the e-mail address, both or neither.

    Paste what `copy(JSON.stringify(window.intercomSettings))` copies in the browser's console, a
    JWT, or a user hash with --user-id or --email. It is also compared with what the action files
    declare as `identity_verification`, on which the leak analysis relies.

    Example: cactions identity check settings.json
    """
    proof = _prove(name_user(_read_settings(source), user_id, email), options, secret)
    declared = _find_declared(options)
    mismatch = judge_declaration(proof, declared) if declared else ""
    if json:
        wiring.write_json(documents.identity_to_json(proof, mismatch))
    else:
        now = SystemClock().get_time()
        wiring.create_output().print(render_identity_proof(proof, mismatch, now))
    raise typer.Exit(Exit.CLEAN if proof.accepted and not mismatch else Exit.FINDINGS)


def _read_settings(source: Path) -> MessengerSettings:
    """What was pasted; from here on, no output shows its signature."""
    if source == STDIN:
        register_rest("what is pasted")
        text = secret_input.read_pasted_text("settings, JWT or user hash", MOST_BYTES)
    else:
        text = read_text(source, limit=MOST_BYTES)
    settings = parse_settings(text)
    for signature in filter(None, (settings.jwt, settings.user_hash)):
        output_scrubber.register_secret(Secret("signature of the user", signature))
    return settings


def _prove(settings: MessengerSettings, options: VaultOptions, name: str) -> IdentityProof:
    secret = _open_secret(options, name)

    def read_claims(token: str, key: Secret) -> SignedClaims:
        return key_wiring.create_messenger_jwt().read_claims(token, key)

    return judge_identity(settings, secret, read_claims, SystemClock().get_time())


def _open_secret(options: VaultOptions, name: str) -> Secret:
    vault = open_vault(wiring.open_vault_context(options))
    return output_scrubber.register_secret(open_signing_key(vault, name))


def _find_declared(options: VaultOptions) -> IdentityVerification | None:
    """What the action files beside the vault declare; None where there are none, or broken ones."""
    with suppress(CactionsError):
        folder = options.vault.parent
        home = open_workspace([folder], LiveOptions())
        return home.project.workspace.identity_verification
    return None
