"""What a pull of connectors wrote, what must be sealed, and what the files do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cactions.logic.connectors.notes import NoteKind, SecretToSeal
from cactions.logic.shell import join_command
from cactions.render.layout import add_gap, wrap
from cactions.render.messages import count_noun, join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_MOST: Final = 30


def render_pull(
    folder: str,
    counts: tuple[Sequence[str], Sequence[str], Sequence[str]],
    seals: Sequence[SecretToSeal],
    unknown: Mapping[NoteKind, int],
    holes: Sequence[str] = (),
) -> View:
    """``counts`` are the files that were written, that were the same, and that were kept."""

    def draw(width: int) -> list[StyledLine]:
        lines = _render_files(folder, counts, width)
        if holes:
            text = f"A credential stood in {join_words(list(holes))}; it was left out of the file."
            lines += wrap(span(text, Style.CAUTION), width)
        lines += _render_seals(seals, width)
        if unknown:
            lines += [BLANK, span("Told in the files as comments:", Style.STRONG)]
            for kind, number in unknown.items():
                lines += wrap(span(f"{kind.value}: {number:,}"), width, hang=add_gap(2))
        lines += [BLANK, *wrap(span(f"Next: {join_command(('validate',), folder)}"), width)]
        return lines

    return draw


def _render_files(
    folder: str, counts: tuple[Sequence[str], Sequence[str], Sequence[str]], width: int
) -> list[StyledLine]:
    written, unchanged, kept = counts
    parts = [f"{count_noun(len(written), 'file')} written"]
    parts += [f"{len(unchanged):,} unchanged"] if unchanged else []
    where = "this folder" if folder == "." else folder
    lines = wrap(span(f"{join_words(parts)} in {where}."), width)
    if kept:
        names = join_words(list(kept))
        text = f"{count_noun(len(kept), 'file')} differ and were kept (--update replaces): {names}."
        lines += wrap(span(text, Style.CAUTION), width)
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
