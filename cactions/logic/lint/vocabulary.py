"""Words in names, and what they say of the value behind a name.

Most lists are English, as are most APIs of services. A name that is in none of them is judged by
where its value comes from.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final

SELECTORS: Final = frozenset(
    "id ids uuid guid gid no nr num number key ref reference account acct customer client user"
    " username login member owner holder contact person email mail phone mobile msisdn tel"
    " telephone iban card contract policy subscription order invoice booking reservation shipment"
    " tracking ticket case claim patient vin imei serial license licence plate passport tenant org"
    " shop merchant device meter profile nickname alias parcel workspace file document team company"
    " project group seat session household family passenger friend payee beneficiary recipient"
    " employee student".split()
)
"""What finds a record that belongs to a person."""
PERSONAL_STEMS: Final = (
    "kunde", "bestell", "rechnung", "auftrag", "vertrag", "vertraeg", "buchung", "sendung",
    "patient", "mitglied", "konto", "pedido", "cliente", "factura", "reserva", "contrato", "cuenta",
    "commande", "facture", "contrat", "compte", "colis", "ordin", "fattur", "prenotazion",
    "bestelling", "klant", "factuur", "boeking", "zamowieni", "klient", "faktur", "umow",
    "encomenda", "appointment", "receipt", "prescription", "payslip", "dossier", "transcript",
    "donation", "medicalrecord", "healthrecord",
)  # fmt: skip
"""How names of such records begin in some other languages, and further English ones."""
PLACES: Final = frozenset(
    "shop store point locker branch station office centre center guide price rate method option"
    " hour template".split()
)
"""Last words of what has the name of a personal thing, and is the same for everyone."""
CATALOG: Final = frozenset(
    "product store branch course event hotel article model stop station item variant category"
    " location flight train line lesson room menu brand city zone area warehouse sku".split()
)
"""What is the same for everyone, and has ids and numbers of its own."""
FILTERS: Final = frozenset(
    "limit page size offset count top skip per sort orderby locale lang language country region"
    " currency timezone tz status state year month week day days date from to since until before"
    " after start starts end ends begin time hour weekday format fields field expand include"
    " includes type kind category priority urgency quantity amount weight guests score rating"
    " units unit scope channel mode view depth active enabled flag consent quarter period range"
    " version total sum price height width length depth kg cm km nights adults children".split()
)
"""Last words of what narrows, orders or formats an answer."""
PAGING: Final = frozenset("page limit offset per sort".split())
CONTENTS: Final = frozenset(
    "message subject comment comments text body description note notes title reason summary"
    " details content feedback remark remarks headline".split()
)
"""Last words of what a message or a record says."""
TYPED_TEXTS: Final = frozenset(
    "note notes comment comments text message description nickname nick username handle alias bio"
    " title name label tag tags memo remark remarks custom answer input address street city".split()
)
"""Last words of what people type at a third party."""
SHARED: Final = frozenset(
    "company org organisation organization employer plan tier segment status country city region"
    " state language locale currency gender sex age birth birthday year role type category team"
    " department industry source zip postcode timezone group brand".split()
)
"""What is the same for many people."""
PEOPLE: Final = frozenset(
    "user viewer me subject holder insured owner payer payee buyer seller recipient sender guardian"
    " child parent pupil student patient doctor driver passenger guest member contact customer"
    " client person employee manager inviter invitee admin beneficiary tenant landlord spouse"
    " partner author assignee requester donor winner host traveller traveler attendee participant"
    " resident occupant dependent relative sibling colleague friend referrer heir witness".split()
)
"""Last words of the objects that are people in an answer."""
PARTS: Final = frozenset(
    "fulfillment fulfilment shipment package parcel delivery line segment leg payment"
    " transaction discount coupon tracking checkpoint milestone charge fee tax adjustment"
    " installment instalment attachment photo image event update step stage".split()
)
"""Lists that are parts of one record, in the singular."""
WRAPPERS: Final = frozenset("data result results response payload body d root".split())
"""Names of what only wraps an answer."""
_RECORDS: Final = frozenset(
    "id ids uuid guid gid no nr num number key ref reference account acct iban card contract policy"
    " subscription order invoice booking reservation shipment tracking ticket case claim vin imei"
    " serial license licence plate passport merchant meter profile parcel file document"
    " payee beneficiary friend login username".split()
)
"""Last words of what finds a record, also in what a creation says."""
_NUMBERS: Final = (
    "nummer",
    "nr",
    "numero",
    "id",
    "kunde",
    "konto",
    "pedido",
    "commande",
    "factura",
)
_PRESENTATIONS: Final = frozenset(
    "locale locales lang language languages currency timezone tz unit units format sprache idioma"
    " langue lingua taal waehrung moneda devise valuta".split()
)
_SETTINGS: Final = frozenset("pref prefs preference code setting override iso name key".split())
"""What may stand behind such a word."""
_IDENTIFIERS: Final = frozenset("id code name no number key date slug".split())
AUDIT: Final = frozenset(
    "by actor agent correlation request trace metadata source audit receipt cc bcc reply to from"
    " notify notification author operator reporter initiator caller origin behalf tag tags log"
    " session idempotency new payee approver sender".split()
)
"""What a service only writes down, or whom it writes to."""
OTHERS: Final = frozenset(
    "referrer manager emergency broker watcher watchers follower followers cc bcc requested"
    " beneficiary payee agent approver creator author inviter invited sponsor guarantor".split()
)
"""People in a record who are not the one that it is about."""
ASSIGNED: Final = (
    r"(^|[-_. ])(id|ids|uuid|guid|key|ref|reference|number)$"
    r"|[a-z](Id|ID|Key|Ref|Uuid|UUID|Number)$"
)
"""Names of what a third party assigns."""

_NAMED: Final = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])"
_REACHED: Final = r"(e?mail|phone|tel|mobile|msisdn|sms|whatsapp|fax|cell)s?"
"""What people are reached by; they type it wherever they sign up."""
_SUFFIXES: Final = frozenset("address addresses number numbers no nr value".split())
_SAYS_NOTHING: Final = (
    r"(?i)(todo|tbd|fixme|to be|n/a|maybe|probably|assume|trust me|no idea|don.?t know"
    r"|should be|we think|un(verified|confirmed|known|clear)"
    r"|(not|never)\s+(yet|sure|known|verified|checked|confirmed|tested))\b"
)
"""How statements begin that say that something is not verified."""


@lru_cache(1_000)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters: ``User_Id__c`` is user, id, c."""
    return tuple(word.lower() for word in re.findall(_NAMED, name))


def is_presentation(name: str) -> bool:
    """Whether a name speaks of how an answer is shown: ``locale``, ``preferred_currency``."""
    words = split_words(name)
    while len(words) > 1 and words[-1] in _SETTINGS:
        words = words[:-1]
    return bool(words) and words[-1] in _PRESENTATIONS


def is_shared(name: str) -> bool:
    """Whether a name speaks of what many people have in common: ``company``, ``plan_code``."""
    words = split_words(name)
    if words and words[-1] in _IDENTIFIERS:
        words = words[:-1]
    return bool(words) and words[-1] in SHARED


def is_record_name(name: str) -> bool:
    """Whether a name says that the value finds a record: ``order_id``, ``invoice``, ``iban``."""
    words = split_words(name)
    if not words or is_contact_address(name):
        return False
    return words[-1] in _RECORDS or any(
        word.startswith(PERSONAL_STEMS) and word.endswith(_NUMBERS) for word in words
    )


def is_contact_address(name: str) -> bool:
    """Whether a name speaks of an address or a number that people are reached by."""
    words = split_words(name)
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words = words[:-1]
    last = re.sub(r"(address|number)$", "", words[-1]) if words else ""
    return bool(re.search(rf"{_REACHED}$", last))


def is_justification(statement: str) -> bool:
    """Whether a ``verified`` statement says why a value is true.

    A placeholder does not, and neither does a single word.
    """
    words = list(islice(re.finditer(r"\w+", statement), 2))
    return len(words) > 1 and not re.match(_SAYS_NOTHING, statement[words[0].start() :])
