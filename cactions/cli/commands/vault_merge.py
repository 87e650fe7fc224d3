"""``cactions vault merge``: two vaults that went apart in git, joined."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions.app.vault.merge import Choose, MergedVault, merge_vaults
from cactions.app.vault.merge_entries import Dispute, MergeSide
from cactions.cli import progress, prompts, wiring
from cactions.cli.options import Json
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_options import vault_options
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.documents.shapes.vaults import VaultMergeDocument
from cactions.logic.documents.vaults import build_vault_head
from cactions.logic.shell import join_command
from cactions.logic.suggest import join_names
from cactions.model import UsageError
from cactions.model.vault import Entry, Recipient
from cactions.render import vault as vault_views
from cactions.render.messages import count_noun, join_words

_SIDES: Final = tuple(side.value for side in MergeSide)
_ALL: Final = ""
"""The name for all that no other choice names."""

Ours = Annotated[Path, typer.Argument(metavar="OURS", help="The vault of this branch.")]
Theirs = Annotated[Path, typer.Argument(metavar="THEIRS", help="The vault of the other branch.")]
Base = Annotated[
    Path | None,
    typer.Option("--base", metavar="FILE", help="The vault that both came from, if there is one."),
]
Into = Annotated[
    Path | None,
    typer.Option("--into", metavar="FILE", help="Where the result goes. Default: the vault."),
]
Take = Annotated[
    list[str] | None,
    typer.Option(
        "--take",
        metavar="[NAME=]ours|theirs",
        help="Which side counts where both changed an entry: of one name, or of all. Repeatable.",
    ),
]


@vault_options
def merge(
    options: VaultOptions,
    ours: Ours,
    theirs: Theirs,
    base: Base = None,
    into: Into = None,
    take: Take = None,
    json: Json = False,
) -> None:
    """Join two files of one vault that went apart, entry by entry. No entry is lost.

    Of two versions of a secret the higher one counts. Where both sides changed it, it asks, or
    --take says which side counts.

    Example: cactions vault merge ours.vault theirs.vault
    """
    choices = _read_choices(take or ())
    context = wiring.open_vault_context(options)
    if into:
        context = replace(context, file=LocalVaultFile(into))
    sides = (LocalVaultFile(ours), LocalVaultFile(theirs))
    with progress.atomic():
        done = merge_vaults(
            context,
            *sides,
            _build_chooser(choices, (ours, theirs), json),
            LocalVaultFile(base) if base else None,
        )
    file = str(into or options.vault)
    if json:
        wiring.write_json(shape_to_json(_build_document(done, file)))
    else:
        wiring.create_output().print(vault_views.render_written(_describe(done, file)))
    for note in done.written.notes:
        wiring.create_output().info(note)
    if done.outside:
        wiring.create_output().info(
            f"To be let in again, if they may: {join_words([*done.outside])}."
        )


def _read_choices(texts: Iterable[str]) -> Mapping[str, MergeSide]:
    choices: dict[str, MergeSide] = {}
    for text in texts:
        name, _, side = text.rpartition("=")
        if side not in _SIDES:
            raise UsageError(
                f'--take "{text}" names no side', hint="Use --take ours, or --take NAME=theirs."
            )
        choices[name] = MergeSide(side)
    return choices


def _build_chooser(
    choices: Mapping[str, MergeSide], files: tuple[Path, Path], json: bool
) -> Choose:
    """Choices of the command line, then those of the terminal."""

    def choose(disputes: Sequence[Dispute]) -> Mapping[str, MergeSide]:
        names = [dispute.name for dispute in disputes]
        if idle := [name for name in choices if name not in (*names, _ALL)]:
            raise UsageError(
                f"both sides did not change {join_names(idle)}; nothing was written",
                hint=f"Leave out --take {idle[0]}=…: what only one side changed is taken from it.",
            )
        chosen = {name: choices.get(name, choices.get(_ALL)) for name in names}
        left = [dispute for dispute in disputes if chosen[dispute.name] is None]
        if left and not _has_terminal(json):
            raise _build_dispute_error(left, files)
        for dispute in left:
            chosen[dispute.name] = _ask(dispute)
        return {name: side for name, side in chosen.items() if side}

    return choose


def _has_terminal(json: bool) -> bool:
    return not json and all(stream.isatty() for stream in (sys.stdin, sys.stderr))


def _ask(dispute: Dispute) -> MergeSide:
    question = (
        f'Both sides changed the {dispute.kind} "{dispute.name}".\n'
        f"  ours:   {_describe_side(dispute.ours)}\n"
        f"  theirs: {_describe_side(dispute.theirs)}\n"
        "Which one counts?"
    )
    word = prompts.choose_word(question, _SIDES)
    if not word:
        raise UsageError(
            f'no side was chosen for "{dispute.name}"; nothing was written',
            hint="Type ours or theirs, or use --take.",
        )
    return MergeSide(word)


def _describe_side(side: Entry | Recipient) -> str:
    if isinstance(side, Recipient):
        return f"{side.kind.value}, since {side.created}"
    hosts = f", for {join_names(side.hosts)}" if side.hosts else ""
    return f"version {side.version}, sealed {side.meta['created']} by {side.meta['by']}{hosts}"


def _build_dispute_error(disputes: Sequence[Dispute], files: tuple[Path, Path]) -> UsageError:
    names = [f"{dispute.kind} {dispute.name}" for dispute in disputes]
    takes = [word for each in disputes for word in ("--take", f"{each.name}=ours")]
    command = join_command(("vault", "merge"), *map(str, files), options=takes)
    return UsageError(
        f"both sides changed {join_names(names)}; nothing was written",
        hint=f"Say which side counts, ours or theirs: `{command}`.",
    )


def _describe(done: MergedVault, file: str) -> str:
    text = f"The vaults are joined in {file}, as generation {done.written.head.generation}."
    if done.taken:
        text += f" From theirs: {join_names(done.taken)}."
    if done.chosen:
        pairs = (f"{name} ({side.value})" for name, side in done.chosen.items())
        count = count_noun(len(done.chosen), "choice")
        text += f" {count}: {join_names(pairs)}."
    return text


def _build_document(done: MergedVault, file: str) -> VaultMergeDocument:
    return VaultMergeDocument(
        file=file,
        vault=build_vault_head(done.written.head),
        taken=[*done.taken],
        chosen={name: side.value for name, side in done.chosen.items()},
        outside=[*done.outside],
        notes=[*done.written.notes],
    )
