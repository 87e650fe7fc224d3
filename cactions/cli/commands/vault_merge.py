"""``cactions vault merge``: two vaults that went apart in git, joined."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.merge import Choose, MergedVault, merge_vaults
from cactions.app.vault.merge_entries import Dispute, MergeSide
from cactions.cli import progress, prompts, wiring
from cactions.cli.options import Json
from cactions.cli.vault_choice import VAULT, VaultOptions, list_key_words
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


class MergeCommand(Struct, frozen=True):
    """The command as it was called, so that a hint can repeat it."""

    ours: Path
    theirs: Path
    base: Path | None
    into: Path | None
    options: VaultOptions

    def build_text(self, sides: Mapping[str, str]) -> str:
        """The command with sides by name; empty for all that has no other."""
        places = {"--base": self.base, "--into": self.into}
        if str(self.options.vault) != VAULT:
            places["--vault"] = self.options.vault
        words = [word for key, path in places.items() if path for word in (key, str(path))]
        words += [word for pair in list_key_words(self.options) for word in pair]
        for name, side in sides.items():
            words += ["--take", f"{name}={side}" if name else side]
        files = map(str, (self.ours, self.theirs))
        return join_command(("vault", "merge"), *files, options=words)


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
            _build_chooser(choices, MergeCommand(ours, theirs, base, into, options), json),
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


def _build_chooser(choices: Mapping[str, MergeSide], command: MergeCommand, json: bool) -> Choose:
    """Choices of the command line, then those of the terminal."""

    def choose(disputes: Sequence[Dispute]) -> Mapping[str, MergeSide]:
        known = {word for each in disputes for word in (each.name, each.label)}
        if idle := [name for name in choices if name not in (*known, _ALL)]:
            raise UsageError(
                f"both sides did not change {join_names(idle)}; nothing was written",
                hint=f"Leave out --take {idle[0]}=…: what only one side changed is taken from it.",
            )
        chosen = {each.label: _find_side(each, choices) for each in disputes}
        left = [each for each in disputes if chosen[each.label] is None]
        if left and not _has_terminal(json):
            raise _build_dispute_error(left, command, choices)
        for each in left:
            chosen[each.label] = _ask(each)
        return {label: side for label, side in chosen.items() if side}

    return choose


def _find_side(dispute: Dispute, choices: Mapping[str, MergeSide]) -> MergeSide | None:
    found = (choices.get(word) for word in (dispute.label, dispute.name, _ALL))
    return next(filter(None, found), None)


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


def _build_dispute_error(
    disputes: Sequence[Dispute], command: MergeCommand, choices: Mapping[str, MergeSide]
) -> UsageError:
    counts = Counter(each.name for each in disputes)
    words = {each.name if counts[each.name] == 1 else each.label: "ours" for each in disputes}
    words |= {word: side.value for word, side in choices.items()}
    return UsageError(
        f"both sides changed {join_names(each.label for each in disputes)}; nothing was written",
        hint=f"Say which side counts, ours or theirs: `{command.build_text(words)}`.",
    )


def _describe(done: MergedVault, file: str) -> str:
    text = f"The vaults are joined in {file}, as generation {done.written.head.generation}."
    if done.taken:
        text += f" From theirs: {join_names(done.taken)}."
    if done.chosen:
        pairs = (f"{name} ({side.value})" for name, side in _name_choices(done).items())
        count = count_noun(len(done.chosen), "choice")
        text += f" {count}: {join_names(pairs)}."
    return text


def _build_document(done: MergedVault, file: str) -> VaultMergeDocument:
    return VaultMergeDocument(
        file=file,
        vault=build_vault_head(done.written.head),
        taken=[*done.taken],
        chosen={name: side.value for name, side in _name_choices(done).items()},
        outside=[*done.outside],
        notes=[*done.written.notes],
    )


def _name_choices(done: MergedVault) -> dict[str, MergeSide]:
    """The chosen sides by name; by label where several share a name."""
    names = {label: label.split(" ", 1)[1] for label in done.chosen}
    counts = Counter(names.values())
    return {
        names[label] if counts[names[label]] == 1 else label: side
        for label, side in done.chosen.items()
    }
