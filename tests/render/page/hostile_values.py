"""Values that try to run, to leave their place, or to deceive, at every place of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from msgspec.structs import replace

from cactions.model import (
    Change,
    ChangeKind,
    KeepReason,
    KeptAttribute,
    Outcome,
    OutcomeReason,
    PersonQuery,
    Plan,
    PlanSummary,
    Receipt,
    RunEntry,
    SentCall,
    Subject,
    Transition,
)

RUN = "window.hacked=1;alert(1)"
BEGINNINGS = (
    "", "</script>", "</style>", "]]>", "-->", "<!--<script>", "'>", '">', "</td></tr></table>",
    "\u2028", "\x00\x1b[31m", "\u202e", "\u2066\u200f", "{{", "${", "\\u003c", "&lt;", "`",
)  # fmt: skip
PAYLOADS = (
    f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", f"<svg onload={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>", f"<a href='javascript:{RUN}'>x</a>",
    f"javascript:{RUN}", f'" onmouseover="{RUN}" autofocus onfocus="{RUN}', "<base href='//evil'>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>", "<style>*{display:none}",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>", "<form action=http://127.0.0.1:9/>",
    "<plaintext>", "<textarea>", "<title>", "<template>", f"<math><mi xlink:href='data:x,{RUN}'>",
    f"');{RUN};('", f"\n{RUN}//", "<!--", "A" * 3_000, "\u05d0" * 400, "e" + "\u0301" * 300,
    "\U0001f600" * 200, "<input id=filter name=search>", "<div id=legend>", "<b id=rows>",
    "constructor", "__proto__",
)  # fmt: skip
VALUES = [f"{beginning}{payload}" for beginning, payload in product(BEGINNINGS, PAYLOADS)][:500]


def list_hostile_entries(values: Sequence[str]) -> Iterator[RunEntry]:
    """An entry for each value, which is everywhere in it."""
    for number, text in enumerate(values, start=1):
        kept = KeptAttribute(
            text, text, KeepReason.TOO_LONG, refused=True, received=text, detail=text
        )
        receipt = Receipt("", Outcome.HELD, text) if number % 2 else None
        plan = Plan(
            text,
            Subject(text, PersonQuery("user_id", text), text),
            SentCall(text, 200, text),
            changes=(Change(text, text, f"{text}!", text), Change("tier", None, [text, {text: 1}])),
            left=(kept,),
        )
        yield RunEntry(plan, receipt, undone_by=text, number=number, started=False)


def spoil(summary: PlanSummary, values: Sequence[str]) -> PlanSummary:
    """The summary with the values in each of its texts."""
    return replace(
        summary,
        people=len(values),
        alarms=tuple(values[::25]),
        ignored_columns=tuple(values[::10]),
        attributes=tuple(replace(summary.attributes[0], attribute=text) for text in values[::5]),
        transitions=tuple(Transition(text, ChangeKind.ADD, 7, text, text) for text in values[::5]),
        reasons=tuple(OutcomeReason(Outcome.HELD, text, 7, (text, text)) for text in values[::5]),
        samples=tuple(entry.plan for entry in list_hostile_entries(values[:5])),
    )
