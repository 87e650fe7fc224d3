"""``cactions vault salvage``: what still opens of a damaged vault, in a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.app.vault.salvage import SalvagedVault, salvage_vault
from cactions.cli import progress, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.options import Json
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_options import vault_options
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.documents.shapes.vaults import LostEntryShape, VaultSalvageDocument
from cactions.logic.documents.vaults import build_vault_head
from cactions.model import StoreError
from cactions.render import vault as vault_views
from cactions.render.messages import count_noun, join_words

Into = Annotated[Path, typer.Option("--into", metavar="FILE", help="The new vault.")]
NewKey = Annotated[
    Path | None,
    typer.Option("--new-key-file", metavar="FILE", help="Keep the new vault's key in a new file."),
]


@vault_options
def salvage(
    options: VaultOptions, into: Into, new_key_file: NewKey = None, json: Json = False
) -> None:
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
    if json:
        wiring.write_json(shape_to_json(_build_document(done, into)))
    else:
        saved = count_noun(len(done.kept), "entry was", "entries were")
        text = f"{saved} saved into {into}. Check dates and versions: "
        wiring.create_output().print(vault_views.render_written(text))
    for note in done.written.notes:
        wiring.create_output().info(note)
    if not json:
        wiring.create_output().print(vault_views.render_secrets(done.kept))
    for lost_entry in done.lost:
        name = f': "{lost_entry.name}"' if lost_entry.name else ""
        wiring.create_output().info(f"Line {lost_entry.line} did not open and is lost{name}.")
    if done.outside:
        wiring.create_output().info(f"To be let in again: {join_words(list(done.outside))}.")
    raise typer.Exit(Exit.FINDINGS if done.lost else Exit.CLEAN)


def _build_document(done: SalvagedVault, into: Path) -> VaultSalvageDocument:
    return VaultSalvageDocument(
        file=str(into),
        vault=build_vault_head(done.written.head),
        kept=[entry.name for entry in done.kept],
        lost=[LostEntryShape(line=lost.line, name=lost.name) for lost in done.lost],
        outside=[*done.outside],
        notes=[*done.written.notes],
    )
