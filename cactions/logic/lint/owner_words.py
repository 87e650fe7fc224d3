"""Words of parameters: which name the owner of a record, and which name someone or something else.

A name that is in none of the lists says nothing: the value under it proves nothing either.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.lint.vocabulary import AUDIT, CONTENTS, PEOPLE, split_words

_OWNERS: Final = (
    PEOPLE
    - frozenset(
        "child seller author sender driver donor winner host inviter invitee admin manager friend"
        " referrer heir witness colleague relative sibling spouse partner recipient assignee"
        " viewer attendee".split()
    )
) | frozenset(
    "account acct login username uid email mail phone mobile msisdn tel telephone profile"
    " cardholder policyholder subscriber buyer loyalty crm identity".split()
)
"""English names of who a record belongs to, or of how they are reached."""
_STEMS: Final = (
    "kunde", "benutzer", "nutzer", "mitglied", "patient", "versichert", "konto", "inhaber",
    "cliente", "client", "usuario", "socio", "cuenta", "correo", "compte", "utilisateur",
    "courriel", "adherent", "utente", "conto", "klant", "gebruiker", "klient", "kund",
    "customer", "member", "user", "account", "email",
)  # fmt: skip
"""How such names begin in some other languages, and in words that are written as one."""
_BARE: Final = frozenset("id ids uuid guid no nr num number key value ref".split())
"""Names that say no more than that something is found by them."""
_COMPARING: Final = frozenset("code reference eq is in exact iexact equals filter".split())
_OTHERS: Final = AUDIT | frozenset(
    "with recipient recipients share shared target targets invitee invitees attendee"
    " attendees delegate delegates receiver receivers beneficiary payout viewer viewers"
    " members assignee redirect callback return hint trace nonce cache buster cachebuster utm"
    " compare ignore exclude watcher watchers follower followers".split()
)
"""Whom a service writes to, gives something, or only remembers; and what it does not read."""
_NEGATIONS: Final = frozenset(
    "not ne neq nin notin exclude excludes excluding except without ignore unless isnot".split()
)
_GIVING: Final = frozenset(
    "share invite invites invitations transfer permissions collaborators members attendees"
    " participants subscribe send forward email mail export copy delegate assign assignee"
    " grant access watchers followers notify handover recipients".split()
)
"""Last steps of a path behind which someone gets something: whom it names is no owner."""


def is_owner_name(words: tuple[str, ...]) -> bool:
    """Whether a name says whose record is meant: ``customer_id``, ``kundennummer``, ``email``.

    Its last word decides: ``user_agent`` is none.
    """
    head = words if words and words[-1] in _BARE | _COMPARING else words[-1:]
    known = not _OWNERS.isdisjoint(_list_forms(head))
    return known or any(word.startswith(_STEMS) for word in head)


def is_other_name(words: tuple[str, ...]) -> bool:
    """Whether a name says that the value is of someone or something else."""
    return not (_OTHERS | CONTENTS).isdisjoint(words)


def is_bare(words: tuple[str, ...]) -> bool:
    """Whether a name says only that something is found by it, such as ``id``."""
    return bool(words) and _BARE.issuperset(words)


def is_negated(words: tuple[str, ...]) -> bool:
    """Whether a name turns a condition around: ``email[ne]``, ``exclude_user``."""
    return not _NEGATIONS.isdisjoint(words)


def is_access_path(path: str) -> bool:
    """Whether a path ends in what gives someone something: ``/documents/7/share``."""
    steps = [step for step in path.split("/") if step]
    return bool(steps) and not _GIVING.isdisjoint(split_words(steps[-1]))


def _list_forms(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(words) | {word.removesuffix("s") for word in words}
