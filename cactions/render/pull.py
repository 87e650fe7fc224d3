"""What a pull of connectors wrote, what must be sealed, and what the files do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.logic.connectors.notes import NoteKind, SecretToSeal
from cactions.logic.shell import join_command
from cactions.render.layout import add_gap, wrap
from cactions.render.messages import count_noun, join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_MOST: Final = 30


class PullSummary(Struct, frozen=True):
    """What a pull did. ``files`` are named by ``written``, ``replaced``, ``unchanged``, ``kept``.

    ``authored`` says what a kept file holds that Intercom does not know; ``holes`` are files from
    which a credential was taken out. ``left_out`` says why a file was not written.
    """

    folder: str
    files: Mapping[str, Sequence[str]]
    authored: Mapping[str, str]
    seals: Sequence[SecretToSeal]
    unknown: Mapping[NoteKind, int]
    holes: Sequence[str] = ()
    left_out: Mapping[str, str] = MappingProxyType({})


def render_pull(done: PullSummary) -> View:
    """The files, what must be sealed, and what is unknown."""

    def draw(width: int) -> list[StyledLine]:
        lines = _render_files(done, width)
        if done.holes:
            names = join_words([*done.holes])
            text = f"A credential stood in {names}; it was left out of the file."
            lines += wrap(span(text, Style.CAUTION), width)
        lines += _render_left_out(done.left_out, width)
        lines += _render_seals(done.seals, width)
        if done.unknown:
            lines += [BLANK, span("Told in the files as comments:", Style.STRONG)]
            for kind, number in done.unknown.items():
                lines += wrap(span(f"{kind.value}: {number:,}"), width, hang=add_gap(2))
        lines += [BLANK, *wrap(span(f"Next: {join_command(('validate',), done.folder)}"), width)]
        return lines

    return draw


def _render_files(done: PullSummary, width: int) -> list[StyledLine]:
    authored = done.authored
    written, replaced, unchanged, kept = (
        done.files[what] for what in ("written", "replaced", "unchanged", "kept")
    )
    parts = [f"{count_noun(len(written), 'file')} written"]
    parts += [f"{len(replaced):,} replaced"] if replaced else []
    parts += [f"{len(unchanged):,} unchanged"] if unchanged else []
    where = "this folder" if done.folder == "." else done.folder
    texts = [f"{join_words(parts)} in {where}."]
    if replaced:
        texts.append(f"Replaced: {join_words([*replaced])}.")
    own = [name for name in kept if name in authored]
    if own:
        named = join_words([f"{name} ({authored[name]})" for name in own])
        texts.append(f"Kept, since they hold what Intercom does not know: {named}.")
    others = [name for name in kept if name not in authored]
    if others:
        texts.append(f"Differ and were kept (--update replaces them): {join_words(others)}.")
    lines = wrap(span(texts[0]), width)
    return [*lines, *(row for text in texts[1:] for row in wrap(span(text, Style.CAUTION), width))]


def _render_left_out(left_out: Mapping[str, str], width: int) -> list[StyledLine]:
    """What would have made the project invalid."""
    if not left_out:
        return []
    title = "Left out, since the project would not be valid with it. Change it, then pull again:"
    lines = wrap(span(title, Style.CAUTION), width)
    for name, reason in [*left_out.items()][:_MOST]:
        lines += wrap(span(f"{name}: {reason}"), width, hang=add_gap(2))
    if len(left_out) > _MOST:
        lines.append(span(f"  … and {len(left_out) - _MOST:,} more; --json lists all", Style.QUIET))
    return lines


def _render_seals(seals: Sequence[SecretToSeal], width: int) -> list[StyledLine]:
    """The commands that seal what Intercom does not show."""
    if not seals:
        return []
    title = "Intercom shows no values of headers and tokens. Seal them before a live call:"
    lines: list[StyledLine] = [BLANK, *wrap(span(title, Style.STRONG), width)]
    for seal in seals[:_MOST]:
        command = join_command(("vault", "seal"), seal.name, options=("--host", seal.host))
        lines += wrap((Span(command, Style.CODE),), width, hang=add_gap(2))
        lines += wrap(span(f"# {seal.what}", Style.QUIET), width, hang=add_gap(4))
    if len(seals) > _MOST:
        lines.append(span(f"  … and {len(seals) - _MOST:,} more; --json lists all", Style.QUIET))
    return lines
