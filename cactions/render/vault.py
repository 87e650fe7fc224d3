"""The vault in words: what is sealed, who can open it, how it is. Never a value."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.model import CactionsError, RunHead
from cactions.model.vault import Entry, Recipient, RecipientKind, VaultContents
from cactions.render import messages
from cactions.render.layout import (
    LabeledValue,
    choose_margin,
    render_labeled_values,
    render_table,
    wrap_paragraph,
)
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span
from cactions.render.values import format_utc
from cactions.render.workspaces import WHERE, render_short, render_table_of_places

_KINDS = {
    RecipientKind.KEY: "own key",
    RecipientKind.INVITATION: "invited, has not joined",
    RecipientKind.MACHINE: "machine",
    RecipientKind.PASSPHRASE: "passphrase",
}
_DAY = 10


def render_written(text: str, *codes: str) -> View:
    """A sentence that something is done; words in ``codes`` are to be copied."""

    def draw(width: int) -> list[StyledLine]:
        lines = wrap_paragraph(span(text), width)
        return [
            *lines,
            *(
                line
                for code in codes
                for line in wrap_paragraph(_style_code(code), width, indent=2)
            ),
        ]

    return draw


def render_one_time_code(name: str, text: str, machine: bool) -> View:
    """A key for a recipient; shown only once."""
    what = "The key of the machine " if machine else "The join code for "
    how = (
        "Put it into the secret store of that system, as CACTIONS_VAULT_KEY or as a file. It is"
        " shown only once and is not stored."
        if machine
        else "Send it over a channel that you trust, not the one that carries the vault. It is for"
        " `cactions vault join`, works once, and is shown only once."
    )

    def draw(width: int) -> list[StyledLine]:
        title = (Span(what), Span(name, Style.STRONG), Span(":"))
        return [
            *wrap_paragraph(title, width),
            BLANK,
            _style_code(text),
            BLANK,
            *wrap_paragraph(span(how), width),
        ]

    return draw


def render_secrets(found: Sequence[Entry]) -> View:
    """The table of secrets, in the order given, and of bindings, where there are any."""
    head = ["Secret", "Version", "Sealed", "By", "May go to", "Its tokens may go to"]
    shown = len(head) if any(entry.token_hosts for entry in found) else len(head) - 1
    rows = [_build_row(entry)[:shown] for entry in found]
    bindings = sum(entry.is_binding for entry in found)
    text = messages.count_noun(len(rows) - bindings, "secret")
    if bindings:
        text += f", {messages.count_noun(bindings, 'token of end users', 'tokens of end users')}"

    def draw(width: int) -> list[StyledLine]:
        if not rows:
            return [span("No secrets yet.")]
        return [*render_table(head[:shown], rows, width), BLANK, span(text)]

    return draw


def _build_row(entry: Entry) -> tuple[StyledLine, ...]:
    return (
        span(entry.name, Style.CODE),
        span(f"{entry.version:,}"),
        span(str(entry.meta["created"])[:_DAY]),
        span(str(entry.meta["by"])),
        _describe_use(entry),
        span(", ".join(entry.token_hosts), Style.PATH) if entry.token_hosts else (),
    )


def _describe_use(entry: Entry) -> StyledLine:
    """Where the secret may go, or what it is for."""
    if entry.is_binding:
        return dim("(user token)")
    return dim("(signs)") if entry.is_signing_key else span(", ".join(entry.hosts), Style.PATH)


def render_recipients(found: Sequence[Recipient]) -> View:
    """The table of those who can open the vault."""
    rows = [
        (
            span(recipient.name, Style.CODE),
            span(recipient.created[:_DAY]),
            span(_KINDS[recipient.kind]),
        )
        for recipient in found
    ]
    return lambda width: render_table(("Recipient", "Since", "Opens with"), rows, width)


def render_status(file: str, holder: str, contents: VaultContents | None, me: str) -> View:
    """Where the vault is, how old, and who opens it here (empty ``me``: it does not open)."""
    line = dim("not opened") if not me else span(f"as {me}, with {holder}")
    items = [LabeledValue("File", (span(file, Style.PATH),)), LabeledValue("Opened", (line,))]
    if contents:
        inside = f"{messages.count_noun(len(contents.entries), 'entry', 'entries')}, "
        inside += messages.count_noun(len(contents.recipients), "recipient")
        items += [
            LabeledValue("Generation", (span(f"{contents.head.generation:,}"),)),
            LabeledValue("Contents", (span(inside),)),
        ]
    return lambda width: render_labeled_values(items, width, indent=choose_margin(width))


def render_problem(error: CactionsError) -> View:
    """Why the vault does not open, and the way out."""
    spans = (Span("x ", Style.BAD), Span(messages.to_sentence(str(error))))
    hint = (Span("Next:", Style.STRONG), Span(f" {messages.to_sentence(error.hint)}"))
    return lambda width: [
        *wrap_paragraph(spans, width),
        *(wrap_paragraph(hint, width, indent=2) if error.hint else ()),
    ]


def render_sealed_runs(heads: Sequence[RunHead]) -> View:
    """Runs of which only the head can be read, for want of a key."""
    rows = [
        (
            span(run_head.id, Style.CODE),
            span(format_utc(run_head.started)[:-3]),
            span(run_head.action, Style.NAME),
            span(run_head.kind.value),
            span("sealed", Style.CAUTION),
            render_short(run_head.workspace),
        )
        for run_head in heads
    ]
    head = ("Run", "Started (UTC)", "Action", "Kind", "State", WHERE)
    workspaces = [run_head.workspace for run_head in heads]
    return lambda width: render_table_of_places(head, rows, workspaces, width)


def _style_code(text: str) -> StyledLine:
    return span(text, Style.CODE)
