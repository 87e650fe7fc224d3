"""Reports of probes and of identity checks, as sheets."""

from __future__ import annotations

from cactions import model as m
from cactions.render.identity import render_identity_proof
from cactions.render.probe import render_probe
from cactions.render.text import View

NOW = 1_800_000_000.0
SEEN = m.ProbeObservation(digests={"tier": "0a"})
THEIRS = m.ProbeObservation(
    "GET https://api.shop.example/customers/u-2", 200, digests={"tier": "0b"}
)
BASELINE = m.ProbeBaseline(SEEN, THEIRS)


def stopped(key: str, variant: m.ProbeVariant, failure: m.FailureReason | None) -> m.ProbeCase:
    seen = m.ProbeObservation("GET …", 404, failure, "it was refused")
    return m.ProbeCase(key, variant, False, seen, m.ProbeVerdict.STOPPED)


CASES = (
    m.ProbeCase(
        "person.attributes.shop_id", m.ProbeVariant.VICTIM_KEY, True, THEIRS,
        m.ProbeVerdict.VICTIM_DATA, attributes=("points", "tier"),
    ),
    *(stopped("person.attributes.shop_id", m.ProbeVariant.WILDCARD, failure)
      for failure in (m.FailureReason.UNFIT_VALUE, m.FailureReason.NOT_SUCCESS, None)),
    m.ProbeCase(
        "person.attributes.shop_id", m.ProbeVariant.RANDOM_KEY, True, THEIRS,
        m.ProbeVerdict.ANSWERED,
    ),
    stopped("person.email", m.ProbeVariant.VICTIM_KEY, m.FailureReason.NOT_SAME_PERSON),
    m.ProbeCase("person.email", m.ProbeVariant.EMPTY_KEY, False, SEEN, m.ProbeVerdict.UNDECIDED),
    m.ProbeCase("", m.ProbeVariant.TWO_RECORDS, True, SEEN, m.ProbeVerdict.OWN_DATA),
    m.ProbeCase("", m.ProbeVariant.OWN_AGAIN, False, THEIRS, m.ProbeVerdict.MIXED_UP),
)  # fmt: skip
REFUSED = m.ProbeObservation(
    "GET https://api.shop.example/customers/u-x", 200, m.FailureReason.NOT_SAME_PERSON, shown="0c"
)
SKIPPED = (
    m.ProbeCase(
        "person.email", m.ProbeVariant.VICTIM_KEY, False, m.ProbeObservation(),
        m.ProbeVerdict.SKIPPED, is_skipped=True,
    ),
    m.ProbeCase(
        "person.email", m.ProbeVariant.OTHER_CASE, False, m.ProbeObservation(),
        m.ProbeVerdict.SKIPPED, is_skipped=True,
    ),
)  # fmt: skip
CHECK = "$.email must be person.email"
ANSWERED = m.ProbeCase(
    m.EVERY_KEY, m.ProbeVariant.ALL_RANDOM, True, REFUSED, m.ProbeVerdict.ANSWERED
)
FAILED = m.ProbeReport("loyalty", "0a", NOW, BASELINE, CASES)
PASSED = m.ProbeReport(
    "loyalty", "0a", NOW, BASELINE, (*CASES[1:4], CASES[5], *SKIPPED), "", ("tier",),
    ("points", "city"), CHECK,
)  # fmt: skip
KEPT_BACK = m.ProbeReport(
    "loyalty", "0a", NOW, BASELINE, (CASES[5], ANSWERED), "", ("tier",), (), CHECK
)
UNPROBED = m.ProbeReport("loyalty", "0a", NOW, BASELINE, problem="both people have the same values")

SHEETS: dict[str, View] = {
    "probe_failed": render_probe(FAILED),
    "probe_passed": render_probe(PASSED),
    "probe_kept_back": render_probe(KEPT_BACK),
    "probe_without_evidence": render_probe(UNPROBED),
    "identity_jwt": render_identity_proof(
        m.IdentityProof(
            m.SignatureKind.JWT, {"user_id": "u-1", "email": "ada@example.com"}, ("plan", "seats"),
            ("phone",), NOW + 4000, cautions=("it is valid for more than a day",),
        ),
        "", NOW,
    ),
    "identity_hash": render_identity_proof(
        m.IdentityProof(m.SignatureKind.USER_HASH, {"user_id": "u-1\x1b[2J"}, unsigned=("email",)),
        "the files declare `identity_verification: jwt`, but the email is not signed here", NOW,
    ),
    "identity_none": render_identity_proof(
        m.IdentityProof(
            m.SignatureKind.JWT, unsigned=("user_id",), expires_at=NOW - 5,
            problems=("it has expired",),
        ),
        "", NOW,
    ),
}  # fmt: skip
