"""What a dossier says that does not become part of the message: every leaf of it, each with the reason.

What is left out for good stands in `NEVER`, by path; what depends on the rest of the dossier (secret,
switched off, empty) is worked out here. A leaf is left out when no field of the message has it as its origin,
so this report cannot drift from the translation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from adapters.oso.codes import LEERLING
from adapters.oso.mapping import PLACEHOLDERS
from adapters.xml.elements import WHITE, Leaf
from schemas.messages.vertaling import Weglating

MOST: Final = 1_000
"""At most this many leaves of one document are named one by one; the rest are counted by path and reason."""

TEXTS: Final = {
    "leeg": "Het element heeft geen waarde.",
    "uitgezet": "De bron heeft de categorie van dit gegeven uitgezet.",
    "profiel": "Het profiel verbiedt de categorie van dit gegeven.",
    "geheim": "Dit contactgegeven is geheim, of houdt de plaats van een geheim gegeven.",
    "stuurt": "Dit bepaalt wat meegaat en gaat zelf niet mee.",
    "los": "Dit hoort bij een gegeven dat leeg is of ontbreekt.",
    "bijlage": "De bijlage is niet te gebruiken; zie de bevinding.",
    "eerder": "Alleen van het laatst begonnen opp gaan de datums mee.",
    "code": "Wat deze code betekent is niet gepubliceerd.",
    "arts": "Gegevens van artsen gaan nooit mee.",
    "medewerker": "Namen en functies van medewerkers gaan niet mee.",
    "derde": "Van een andere organisatie gaat hoogstens de naam mee.",
    "verzorger": "Dit over een verzorger is niet nodig.",
    "bank": "Een rekeningnummer gaat nooit mee.",
    "vrije_tekst": "Vrije tekst waar alles in kan staan: een mens kiest wat ervan nodig is.",
    "achtergrond": "Dit zegt iets over afkomst of over de opleiding van ouders.",
    "jeugdhulp": "Dit laat zien dat een leerling in een instelling woont.",
    "vve": "Voor- en vroegschoolse educatie is niet nodig.",
    "niet_uitwisselen": "Dit mag niet zomaar worden uitgewisseld.",
    "oude_regeling": "Dit hoort bij een regeling die niet meer bestaat.",
    "vo_mbo": "Dit is er voor de overstap naar het mbo.",
    "niet_nodig": "Een ontwikkelingsperspectief heeft dit niet nodig.",
    "onbekend": "OZlijn leest dit gegeven niet.",
}
"""The text for each reason to leave something out. `onbekend` is for what was forgotten here: no leaf of the
standard gets it.
"""

_PUPIL: Final = re.escape(LEERLING)
_SUPPORT: Final = f"{_PUPIL}/onderwijsondersteuning"
_ZORG: Final = f"{_PUPIL}/zorg"
_PLACE: Final = "(?:/adreslijst|/communicatielijst)/.*"
NEVER: Final[tuple[tuple[str, str], ...]] = (
    (f"{_PUPIL}/(?:huisarts|zorg/artslijst)/.*", "arts"),
    (f"{_PUPIL}/toetslijst/toets/afname/afgenomendoor/werktbijinstelling/.*", "derde"),
    (f"/dossier/huidigeschool/naamdirecteur|{_ZORG}/naamib", "medewerker"),
    (f"{_PUPIL}/toetslijst/toets/afname/afgenomendoor/(?:naammedewerker|functie)", "medewerker"),
    (f"{_PUPIL}/(?:aansprakelijkeinstelling|stage/instelling){_PLACE}", "derde"),
    (f"{_ZORG}/contactoverigeinstanties/(?:instelling{_PLACE}|contactpersoon/.*)", "derde"),
    (f"{_PUPIL}/verzorger/(?:iban|banknummer)", "bank"),
    (f"{_PUPIL}/verzorger/(?:overlijdensdatum|geboortedatum)|{_PUPIL}/verzorgersaansprakelijk", "verzorger"),
    (f"{_PUPIL}/(?:nnca|leerlinggewicht)", "achtergrond"),
    (f"{_PUPIL}/tehuis", "jeugdhulp"),
    (f"{_PUPIL}/(?:vanpeuterspeelzaal|naampeuterspeelzaal|(?:voorschools|vroegschools)/.*)", "vve"),
    (f"{_PUPIL}/overstapadvies/(?:motivatie_herzienadvies|argumentatie|aandachtspunten)", "vrije_tekst"),
    (f"(?:{_SUPPORT}|{_ZORG})/rvc/(?:centraleproblematiek|maatregelen)", "vrije_tekst"),
    (
        f"{_PUPIL}/(?:toetslijst/toets/opmerking|sefunctioneren/toelichtingsef|stage/beoordeling)",
        "vrije_tekst",
    ),
    (f"(?:{_SUPPORT}|{_ZORG})/rvc/signaleringlwoopro/.*", "oude_regeling"),
    (f"{_ZORG}/(?:vir|zat)/.*", "niet_uitwisselen"),
    (
        f"{_ZORG}/(?:sbobeschikkingsdatum|wsnsnummer|lgf/.*|verblijf_opdc/.*|pgb[a-z]+|ambulant[a-z]+)",
        "oude_regeling",
    ),
    (f"{_ZORG}/begeleidingsplanrec", "oude_regeling"),
    (f"{_ZORG}/extrahulpingroep78/domein", "code"),
    (f"{_ZORG}/(?:extrahulpingroep78/voortzetten|begeleiding/begeleidingvoortzetten)", "niet_nodig"),
    (f"{_ZORG}/(?:specialebegeleiding|upw/(?!upwuitstroomprofiel).*)", "niet_nodig"),
    (
        (
            f"{_PUPIL}/(?:(?:bevorderd|examenresultaat|resultaatvakkenvo|competenties|overigvombo)/.*"
            "|certificaat)"
        ),
        "vo_mbo",
    ),
    (f"{_PUPIL}/overstapadvies/contactnodig", "niet_nodig"),
    (
        f"{_PUPIL}/(?:geboortemaand|geboorteplaats|postcode4adres|nationaliteit(?:/@omschrijving)?)",
        "niet_nodig",
    ),
    # These are read with the field they belong to: one that is left belongs to an empty or absent field.
    (f"{_PUPIL}/overstapadvies/contact(?:telefoon|email)", "los"),
    (".*/adreslijst/adres/land/@omschrijving", "los"),
    (
        f"(?:/dossier/huidigeschool|{_PUPIL}|{_PUPIL}/verzorger)/communicatielijst/communicatie/geheim",
        "stuurt",
    ),
    (f"(?:/dossier/huidigeschool|{_PUPIL}|{_PUPIL}/verzorger)/communicatielijst/communicatie/.*", "los"),
    (f"{_ZORG}/opp/opp_(?:ingang|eind)datum", "eerder"),
    (".*/document/(?:bestandsnaam|omschrijving|bestandsinhoud)", "bijlage"),
)
"""A pattern of a path without positions, and the reason. The first that fits counts, after empty, off and
secret.
"""
_NEVER: Final = tuple((re.compile(pattern), reason) for pattern, reason in NEVER)
_POSITION: Final = re.compile(r"\[\d+\]")
_OWNERS: Final = re.compile(
    rf"(?:/dossier/huidigeschool|{_PUPIL}(?:/verzorger\[\d+\])?)/communicatielijst/communicatie\[\d+\]"
)
"""The contacts that are read."""
_SWITCHES: Final = "/dossier/metadata/categorie_uitlevering/"
"""What stands below is in `herkomst.categorieStatus` as it is."""


def left_out(leaves: Iterable[Leaf], kept: frozenset[str], off: dict[str, str]) -> tuple[Weglating, ...]:
    """Every leaf that is not `kept` (places), in the order of the document, at most `MOST` one by one.

    `off`: places of blocks that were taken away, with the reason (`uitgezet` or `profiel`).
    """
    every = list(leaves)
    secret = _secret(every)
    rows: list[Weglating] = []
    more: Counter[tuple[str, str]] = Counter()
    for leaf in every:
        if leaf.place in kept or leaf.place.startswith(_SWITCHES):
            continue
        reason = _reason(leaf, secret, off)
        if len(rows) < MOST:
            rows.append(Weglating(leaf.place, reason, TEXTS[reason], leaf.line))
        else:
            more[_POSITION.sub("[]", leaf.place), reason] += 1
    rows += [Weglating(path, reason, TEXTS[reason], None, n) for (path, reason), n in more.items()]
    return tuple(rows)


@cache
def reason_never(path: str) -> str:
    """Why a path (without positions) is left out in any dossier; `onbekend` when nothing says so."""
    return next((reason for pattern, reason in _NEVER if pattern.fullmatch(path)), "onbekend")


def _reason(leaf: Leaf, secret: frozenset[str], off: dict[str, str]) -> str:
    if not leaf.text.strip(WHITE):
        return "leeg"
    path = _POSITION.sub("", leaf.place)
    for block, reason in off.items():
        if path == block or path.startswith(f"{block}/"):
            return reason
    if leaf.place.rpartition("/")[0] in secret:
        return "geheim"
    return reason_never(path)


def _secret(leaves: list[Leaf]) -> frozenset[str]:
    return frozenset(_secret_contacts(leaves))


def _secret_contacts(leaves: list[Leaf]) -> Iterator[str]:
    for leaf in leaves:
        contact, _, name = leaf.place.rpartition("/")
        text = leaf.text.strip(WHITE)
        hidden = (name == "geheim" and text in ("true", "1")) or (name == "nummer" and text in PLACEHOLDERS)
        if hidden and _OWNERS.fullmatch(contact):
            yield contact
