"""A run for a few people that shows every case of a preview for many."""

from __future__ import annotations

from msgspec.structs import replace

from cactions.logic.bulk_summary import SummaryBuilder
from cactions.model import (
    ABSENT,
    Change,
    ChangeWarning,
    DataType,
    KeepReason,
    KeptAttribute,
    Outcome,
    PersonQuery,
    Plan,
    PlannedEntry,
    PlanSummary,
    Receipt,
    RunEntry,
    SentCall,
    Subject,
)
from tests.render.samples import ADA, HOSTILE, PROOF, SHOP

TIERS = ("silver", "silver", "silver", "gold")
STATUS = 'the answer about "{}" has status 503, not 200'
SHARED = "the record ada@shop.example was also found for {}"


def build_plan(number: int, label: str) -> Plan:
    """The plan for a person; every fourth one is to the same tier."""
    return Plan(
        "loyalty",
        Subject(f"64a1c0ff{number:04}", PersonQuery("user_id", f"u-{number}"), label),
        replace(SHOP, line=f"GET https://api.shop.example/v1/customers/u-{number}"),
        changes=(
            Change("tier", TIERS[number % 4], "gold", "$.tier"),
            Change("points", ABSENT, 100 + number, "$.points", DataType.INTEGER),
            Change("due", 1764579600, 1765184400, "$.due", DataType.DATE),
            Change("country", "GB", "GB", "$.country"),
            Change("pin", "hidden-old", "hidden-new", "$.pin", redacted=True),
        ),
        left=(
            KeptAttribute("nickname", "Countess", KeepReason.MISSING, source="$.nickname")
            if number % 3
            else KeptAttribute(
                "nickname", "x", KeepReason.TOO_LONG, refused=True, received="y" * 90
            ),
        ),
        proof=PROOF,
        from_search=number % 5 > 0,
    )


def fail(number: int, outcome: Outcome, message: str) -> PlannedEntry:
    """Someone for whom there is no plan."""
    subject = Subject(
        f"64a1c0ff{number:04}", PersonQuery("user_id", f"u-{number}"), f"Person {number}"
    )
    plan = Plan("loyalty", subject, SentCall(""))
    return PlannedEntry(number, plan, Receipt(subject.person_id, outcome, message))


WRITTEN = [PlannedEntry(number, build_plan(number, f"Person {number}")) for number in range(1, 22)]
UNCHANGED = PlannedEntry(
    22,
    Plan("loyalty", ADA, SHOP, (Change("tier", "gold", "gold", "$.tier"),)),
    Receipt(ADA.person_id, Outcome.UNCHANGED),
)
CLEARED = PlannedEntry(
    23,
    Plan(
        "loyalty",
        replace(ADA, label="Ada, Grace and 3 more"),
        SHOP,
        (Change("coupon", "WELCOME10", None, "$.coupon", cautions=(ChangeWarning.CLEARS,)),),
        proof=PROOF,
    ),
)
FAILED = [fail(number, Outcome.FAILED, STATUS.format(f"u-{number}")) for number in range(24, 33)]
REFUSED = [fail(33, Outcome.REFUSED, "the response is not about this person")]
HELD = [
    PlannedEntry(
        number,
        build_plan(number, f"Person {number}"),
        Receipt("", Outcome.HELD, SHARED.format(f"Person {number - 33}")),
    )
    for number in (34, 35)
]
STRANGE = PlannedEntry(36, HOSTILE)
STRANGE_HELD = PlannedEntry(
    37, HOSTILE, Receipt("", Outcome.HELD, "\x1b[31m<b>held</b>\u202e because of `x` | =1+1")
)
PLANNED = [*WRITTEN, UNCHANGED, CLEARED, *FAILED, *REFUSED, *HELD]
ALARMS = (
    "2 people would get values of the same record. The service may mix its customers up",
    "the share of failures is 25 %, and the limit is 10 %",
)


def summarize(entries: list[PlannedEntry], *alarms: str) -> PlanSummary:
    """The summary of the entries, with two requests to the workspace for each; hours later."""
    builder = SummaryBuilder()
    for entry in entries:
        builder.add(entry)
    summary = builder.build(
        alarms=alarms,
        ignored_columns=["city", "notes"] if alarms else (),
        calls=len(entries),
        platform_calls=2 * len(entries) + 3,
    )
    return replace(summary, planned=1_790_000_000.0, age=11_220.0)


SUMMARY = summarize(PLANNED, *ALARMS)
STRANGE_SUMMARY = summarize([STRANGE, STRANGE_HELD], "\x1b]0;owned\x07 <script>alert(1)</script>")


def to_entries(planned: list[PlannedEntry], *, written: bool) -> tuple[RunEntry, ...]:
    """The entries of the run, before or after it was written."""
    return tuple(
        RunEntry(
            entry.plan,
            entry.receipt or (Receipt("", Outcome.APPLIED) if written else None),
            number=entry.number,
            started=written,
        )
        for entry in planned
    )
