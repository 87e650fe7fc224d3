"""People and plans that show every case which a reader of the preview may see."""

from __future__ import annotations

from cactions.model import (
    ABSENT,
    INTERCOM,
    Change,
    ChangeWarning,
    DataType,
    FailureReason,
    KeepReason,
    KeptAttribute,
    PersonQuery,
    Plan,
    PlanFailure,
    Proof,
    SentCall,
    Subject,
    WorkspaceName,
)

ADA = Subject("64a1c0ffee", PersonQuery("user_id", "u-1"), "Ada Lovelace")
SHOP = SentCall("GET https://api.shop.example/v1/customers/u-1", 200, "cassettes/loyalty.json")
PROOF = Proof(
    "$.email",
    "person.email",
    "ada@example.com",
    "ada@example.com",
    verified="the shop confirms e-mail addresses",
)

LOYALTY = Plan(
    "loyalty",
    ADA,
    SHOP,
    changes=(
        Change("tier", "silver", "gold", "$.tier", cautions=(ChangeWarning.HAND_EDITED,)),
        Change("points", ABSENT, 1200, "$.points", DataType.INTEGER),
        Change("country", "GB", "GB", "$.country"),
        Change("coupon", "WELCOME10", None, "$.coupon", cautions=(ChangeWarning.CLEARS,)),
        Change("newsletter", True, True, "$.newsletter", DataType.BOOLEAN),
    ),
    left=(
        KeptAttribute("nickname", "Countess", KeepReason.MISSING, source="$.nickname"),
        KeptAttribute(
            "vip",
            "standard",
            KeepReason.NOT_AN_OPTION,
            refused=True,
            received="platinum",
            detail="the options are standard and gold",
            source="$.status.vip",
        ),
    ),
    proof=PROOF,
)

UNPROVEN = Plan(
    "loyalty",
    ADA,
    SentCall(SHOP.line, 200),
    changes=(
        Change("tier", "silver", "gold", "$.tier", cautions=(ChangeWarning.USER_EDITABLE,)),
        Change(
            "points",
            "900",
            900,
            "$.points",
            DataType.INTEGER,
            cautions=(ChangeWarning.TYPE_FORCED,),
        ),
    ),
)

NO_CHANGES = Plan(
    "loyalty",
    ADA,
    SentCall(SHOP.line, 200),
    changes=(
        Change("tier", "gold", "gold", "$.tier"),
        Change("points", 1200, 1200, "$.points", DataType.INTEGER),
    ),
    proof=PROOF,
)

NOTHING_BUT_LEFT = Plan(
    "loyalty",
    ADA,
    SHOP,
    left=(
        KeptAttribute(
            "tier", "silver", KeepReason.OVERWRITE_NEVER, received="gold", source="$.tier"
        ),
        KeptAttribute("points", ABSENT, KeepReason.NULL, source="$.points", refused=True),
        KeptAttribute(
            "phone_note", "x", KeepReason.NOT_OURS, received="y", source="$.note", redacted=True
        ),
    ),
    proof=PROOF,
)

REDACTED = Plan(
    "health",
    ADA,
    SHOP,
    changes=(
        Change("diagnosis", "hidden-old", "hidden-new", "$.diagnosis", redacted=True),
        Change("insurer", ABSENT, "hidden-new", "$.insurer", redacted=True),
        Change("allergy", "hidden-old", None, "$.allergy", redacted=True),
    ),
    proof=Proof("$.ssn", "person.attributes.ssn", "hidden-a", "hidden-a", redacted=True),
)

DATES = Plan(
    "delivery",
    ADA,
    SentCall("GET https://api.ship.example/orders/A-7", 200),
    changes=(
        Change("delivery_due", 1764579600, 1765184400, "$.due", DataType.DATE),
        Change("ordered_at", ABSENT, 1763978400, "$.ordered", DataType.DATE),
        Change("returned_at", 1e300, 0, "$.returned", DataType.DATE),
    ),
    proof=PROOF,
)

LONG = Plan(
    "profile",
    ADA,
    SentCall(f"GET https://api.shop.example/v1/customers/u-1?fields={'name,' * 80}", 200),
    changes=(
        Change(
            "bio",
            "Analyst. " * 1000 + "Lives in London.",
            "Analyst. " * 1000 + "Lives in Paris.",
            "$.bio",
        ),
        Change("about", ABSENT, "The engine weaves algebraic patterns. " * 300, "$.about"),
        Change("tags", ["a", "b"], [{"tag": "b", "weight": 0.5}] * 40, "$.tags[0].all"),
        Change("tier", "silver", "gold", "$.tier"),
        Change("an_attribute_with_a_name_that_goes_on_and_on", 1, 1.0, "$.a", DataType.FLOAT),
        Change(
            "deep", "1", 1, "$.data.attributes.commerce.loyalty.current.level", DataType.INTEGER
        ),
    ),
    proof=PROOF,
)

HOSTILE = Plan(
    "loyalty\x1b[2J",
    Subject("64a1\u202eee", PersonQuery("email", "ada\u200b@example.com"), "\x1b]0;owned\x07Ada\r"),
    SentCall("GET https://api.shop.example/\x1b[31m", 200, "cassettes/\u2028loyalty.json"),
    changes=(
        Change("tier\n+ add", "\x1b[31mred\x1b[0m", "invoice\u202etxt.exe", "$['\x1b[0m']"),
        Change("points", "", " ", "$.points"),
        Change("note", "gold → platinum", "(empty)", "$.note"),
        Change("café", "cafe\u0301", "café", "$.cafe"),
        Change("zalgo", "z" + "\u0301" * 12, "\ud800\ue000\U000e0041", "$.zalgo"),
        Change("markup", "[bold red]x[/]", ":smile:", "$.markup"),
        Change("名前", "エイダ", "山田　太郎", "$.name"),
    ),
    left=(
        KeptAttribute(
            "dots",
            "••••••",
            KeepReason.NOT_IN_ONE_OF,
            refused=True,
            received="\x00",
            source="$.dots",
        ),
    ),
)

WRONG_PERSON = PlanFailure(
    "loyalty",
    ADA,
    FailureReason.NOT_SAME_PERSON,
    "the e-mail address in the answer is not this person's",
    hint="look at the customer u-1 in the shop: another account may hold this number",
    call=SHOP,
    proof=Proof("$.email", "person.email", "ada@example.com", "mallory@example.com"),
)

WRONG_PERSON_REDACTED = PlanFailure(
    "health",
    ADA,
    FailureReason.NOT_SAME_PERSON,
    "the number in the answer is not this person's",
    call=SentCall(SHOP.line, 200),
    proof=Proof("$.ssn", "person.attributes.ssn", "hidden-a", "hidden-b", redacted=True),
)

NO_VALUE = PlanFailure(
    "loyalty",
    ADA,
    FailureReason.NO_VALUE,
    "the request needs person.user_id, and this person has none",
    hint="give the person a user_id, or match by email",
)

NO_ANSWER = PlanFailure(
    "loyalty",
    ADA,
    FailureReason.NO_ANSWER,
    "api.shop.example did not answer within 15 seconds",
    hint="try again later",
    call=SentCall(SHOP.line),
)

ACME = WorkspaceName("intercom:abc12345", "Acme Support")
STRANGE_WORKSPACE = WorkspaceName(
    "intercom:a\x1b[2Jb", 'Acme" (x).\nApplied: \x1b[31m[bold]Eve[/] \u202e<b>*|' + "山" * 40
)
WORKSPACES = {
    "unproven": ACME,
    "no_changes": WorkspaceName("intercom:abc12345"),
    "no_answer": WorkspaceName(INTERCOM),
    "hostile": STRANGE_WORKSPACE,
}
"""Of the previews whose people are at Intercom."""

PREVIEWS = {
    "loyalty": LOYALTY,
    "unproven": UNPROVEN,
    "no_changes": NO_CHANGES,
    "nothing_but_left": NOTHING_BUT_LEFT,
    "redacted": REDACTED,
    "dates": DATES,
    "long": LONG,
    "hostile": HOSTILE,
    "wrong_person": WRONG_PERSON,
    "wrong_person_redacted": WRONG_PERSON_REDACTED,
    "no_value": NO_VALUE,
    "no_answer": NO_ANSWER,
}
