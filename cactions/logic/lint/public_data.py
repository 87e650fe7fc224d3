"""Whether a definition gives reason to believe that what it looks up is the same for everyone.

The reasons are the thing that a value chooses (``/stores/7``, ``?sku=``), the name of the
connector, a description that says "public", and the switch ``bypass_authentication``. Without one,
a value that selects a record may select someone else's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from cactions.logic.lint.owner_words import is_bare
from cactions.logic.lint.records import is_personal, is_personal_name
from cactions.logic.lint.vocabulary import CATALOG, split_words
from cactions.model import Action
from cactions.rules.rule import KeyRole, LookupKey, RequestPart

_THINGS: Final = CATALOG | frozenset(
    "catalog catalogue price pricing rate tariff vat weather forecast holiday departure"
    " arrival timetable schedule showtime movie film recipe ingredient job vacancy career"
    " status component incident dataset isbn ean gtin upc asin airport iata icao port country"
    " region postcode zip plz cap geo geocode lat lng lon latitude longitude"
    " coordinate translate translation dictionary size guide promotion sale offer banner"
    " inventory stock availability hour opening faq help article doc documentation page post"
    " blog news topic question knowledge kb tutorial glossary terms currency exchange fx"
    " convert conversion feature release changelog version collection author book title genre"
    " artist album song league match fixture park museum venue restaurant dish allergen"
    " species spec specification compatibility locator finder nearby nearest branch outlet dealer"
    " pickup parking charger shipping service treatment course class lesson webinar speaker"
    " template icon emoji color colour make trim engine public open language locale timezone"
    " tz unit slug".split()
)
"""What has one answer for everyone."""
_STEMS: Final = (
    "produkt", "producto", "producten", "productcode", "produit", "prodott", "artikel", "articul",
    "filial", "oeffnungszeit", "oeffnung", "geschaeft", "standort", "preis", "precio", "prezz",
    "prix", "prijs", "wetter", "meteo", "feiertag", "festivo", "magasin", "tienda", "negozi",
    "winkel", "sucursal", "agence", "horaire", "horario", "orari", "openingstijd", "ciudad",
    "ville", "citta", "stadt", "postleitzahl", "codepostal", "codigopostal", "katalog",
    "ausstellung", "exposition", "exposicion", "mostra", "groesse", "taille", "talla", "taglia",
    "marke", "marca", "marque", "modell", "modelo", "modele", "modello", "kategori", "categori",
    "farbe", "couleur", "oferta", "angebot", "offerta", "aanbieding", "pays", "paese", "strasse",
    "rezept", "recette", "receta", "ricett", "hilfe", "ayuda", "veranstaltung", "evenement",
    "haltestelle", "bahnhof", "gare", "estacion", "stazion", "flughafen", "aeropuerto",
    "aeroport", "versandkosten", "tarif",
)  # fmt: skip
"""How such names begin in some other languages."""
_WHERE: Final = frozenset(
    "ort lieu lugar luogo plaats ville stadt town place location"
    " street house building block district suburb".split()
)
_SEARCHES: Final = frozenset(
    "q query search term terms keyword keywords text phrase suche busqueda recherche cerca"
    " zoek suchbegriff".split()
)
_SILENT: Final = frozenset(
    "api rest v search find query lookup json public data get list index all en de fr es it"
    " nl services service".split()
)
"""Steps of a path that name no thing."""
_DECLARED: Final = re.compile(
    r"(?i)(?<!not )(?<!no )(?<!non )(?<!non-)(?<!nicht )(?<!keine )(?<!pas )"
    r"\b(public|publicly|publicamente|publique|publiques|público|pública|públicos|públicas"
    r"|pubblic[oaih]+|öffentlich\w*|openbare?|publiczn\w+)\b"
)
"""How a description says so."""


class Evidence(Struct, frozen=True):
    """What an action says of all its values.

    ``is_declared``: that the answer is public. ``is_personal``: that it is about people.
    ``lists_catalog``: its path ends in what is bought or visited. ``names_thing``: its path or its
    name says what the same for everyone is. ``is_bare``: its path names nothing.
    """

    is_declared: bool
    is_personal: bool
    lists_catalog: bool
    names_thing: bool
    is_bare: bool


def read_evidence(action: Action) -> Evidence:
    """The reasons that do not depend on the value."""
    nouns = _list_nouns(action)
    name = action.connector_name or action.name
    is_named_so = _is_thing(name) and not is_personal_name(name)
    return Evidence(
        bool(action.bypass_authentication or _DECLARED.search(action.description)),
        is_personal(action),
        bool(nouns) and not CATALOG.isdisjoint(_list_all_forms(nouns[-1])),
        is_named_so or any(map(_is_thing, nouns)),
        not nouns,
    )


def is_public(evidence: Evidence, key: LookupKey) -> bool:
    """Whether there is such a reason for what a value chooses."""
    if evidence.is_declared and key.role is not KeyRole.SELECTOR:
        return True
    if evidence.is_personal:
        return False
    if key.role is KeyRole.SELECTOR:
        names = split_words(key.name) or split_words(key.reference.name)
        plain = is_bare(names) and is_bare(split_words(key.reference.name))
        return plain and evidence.lists_catalog
    if evidence.names_thing or _is_thing(key.name) or _is_thing(key.reference.name):
        return True
    searches = not _SEARCHES.isdisjoint(split_words(key.name))
    return searches and key.part is not RequestPart.URL and evidence.is_bare


def _list_nouns(action: Action) -> list[str]:
    """The literal steps of the path that name a thing."""
    text = "".join(part for part in action.request.url.parts if isinstance(part, str))
    steps = text.partition("?")[0].split("/")[3 if "://" in text else 1 :]
    return [step for step in steps if not _SILENT.issuperset(split_words(step))]


@lru_cache(1_000)
def _is_thing(name: str) -> bool:
    words = split_words(name)
    if not _list_all_forms(name).isdisjoint(_THINGS | _WHERE):
        return True
    joined = "".join(words)
    return joined.startswith(_STEMS) or any(word.startswith(_STEMS) for word in words)


def _list_all_forms(name: str) -> set[str]:
    return {form for word in split_words(name) for form in _list_forms(word)}


def _list_forms(word: str) -> tuple[str, ...]:
    """A word, and what it may be in the singular."""
    forms = [word, word.removesuffix("s"), word.removesuffix("es")]
    return (*forms, f"{word.removesuffix('ies')}y") if word.endswith("ies") else tuple(forms)
