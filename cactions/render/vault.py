"""The vault in words: what is sealed, who can open it, how it is. Never a value."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.model import CactionsError, RunHead
from cactions.model.vault import Entry, Recipient, RecipientKind, VaultContents
from cactions.render import messages
from cactions.render.layout import Fact, facts, margin, prose, table
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, quiet
from cactions.render.values import utc

_KINDS = {
    RecipientKind.KEY: "key of their own",
    RecipientKind.INVITATION: "invited, has not joined",
    RecipientKind.MACHINE: "machine",
    RecipientKind.PASSPHRASE: "passphrase",
}
_DAY = 10


def told(text: str, *codes: str) -> Sheet:
    """A sentence that something is done; words in ``codes`` are to be copied."""

    def draw(room: int) -> list[Line]:
        lines = prose(ink(text), room)
        return [*lines, *(line for code in codes for line in prose(_code(code), room, indent=2))]

    return draw


def handout(name: str, text: str, machine: bool) -> Sheet:
    """A key that somebody must get; shown this once."""
    what = "The key of the machine " if machine else "The join code for "
    how = (
        "Put it into the secret store of that system, as CACTIONS_VAULT_KEY or as a file. It is"
        " shown this once and kept nowhere."
        if machine
        else "Hand it over by a channel that you trust, not by the one that carries the vault. It"
        " is for `cactions vault join`, works once, and is shown this once."
    )

    def draw(room: int) -> list[Line]:
        title = (Ink(what), Ink(name, Tone.STRONG), Ink(":"))
        return [*prose(title, room), BLANK, _code(text), BLANK, *prose(ink(how), room)]

    return draw


def secrets(found: Sequence[Entry]) -> Sheet:
    """The table of secrets, in the order given, and of bindings, where there are any."""
    head = ["Secret", "Version", "Sealed", "By", "May go to", "Its tokens may go to"]
    shown = len(head) if any(one.token_hosts for one in found) else len(head) - 1
    rows = [_row(one)[:shown] for one in found]
    bindings = sum(one.is_binding for one in found)
    told = messages.count(len(rows) - bindings, "secret")
    if bindings:
        told += f", {messages.count(bindings, 'token of end users', 'tokens of end users')}"

    def draw(room: int) -> list[Line]:
        if not rows:
            return [ink("No secrets yet.")]
        return [*table(head[:shown], rows, room), BLANK, ink(told)]

    return draw


def _row(one: Entry) -> tuple[Line, ...]:
    return (
        ink(one.name, Tone.CODE),
        ink(f"{one.version:,}"),
        ink(str(one.meta["created"])[:_DAY]),
        ink(str(one.meta["by"])),
        quiet("(user token)") if one.is_binding else ink(", ".join(one.hosts), Tone.PATH),
        ink(", ".join(one.token_hosts), Tone.PATH) if one.token_hosts else (),
    )


def recipients(found: Sequence[Recipient]) -> Sheet:
    """The table of those who can open the vault."""
    rows = [
        (ink(one.name, Tone.CODE), ink(one.created[:_DAY]), ink(_KINDS[one.kind])) for one in found
    ]
    return lambda room: table(("Recipient", "Since", "Opens with"), rows, room)


def status(file: str, holder: str, contents: VaultContents | None, me: str) -> Sheet:
    """Where the vault is, how old, and who opens it here (nobody: ``me`` is empty)."""
    opened = quiet("not opened") if not me else ink(f"as {me}, with {holder}")
    items = [Fact("File", (ink(file, Tone.PATH),)), Fact("Opens", (opened,))]
    if contents:
        inside = f"{messages.count(len(contents.entries), 'entry', 'entries')}, "
        inside += messages.count(len(contents.recipients), "recipient")
        items += [
            Fact("Generation", (ink(f"{contents.head.generation:,}"),)),
            Fact("Holds", (ink(inside),)),
        ]
    return lambda room: facts(items, room, indent=margin(room))


def trouble(error: CactionsError) -> Sheet:
    """Why the vault does not open, and the way out."""
    said = (Ink("x ", Tone.BAD), Ink(messages.sentence(str(error))))
    hint = (Ink("Next:", Tone.STRONG), Ink(f" {messages.sentence(error.hint)}"))
    return lambda room: [*prose(said, room), *(prose(hint, room, indent=2) if error.hint else ())]


def sealed_runs(heads: Sequence[RunHead]) -> Sheet:
    """Runs of which only the head can be read, for want of a key."""
    rows = [
        (
            ink(one.id, Tone.CODE),
            ink(utc(one.started)[:-3]),
            ink(one.action, Tone.NAME),
            ink(one.kind.value),
            ink("sealed", Tone.CAUTION),
        )
        for one in heads
    ]
    head = ("Run", "Started (UTC)", "Action", "Kind", "State")
    return lambda room: table(head, rows, room)


def _code(text: str) -> Line:
    return ink(text, Tone.CODE)
