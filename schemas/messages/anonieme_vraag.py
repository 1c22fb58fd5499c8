"""A question without a person (exchange X21): the gateway refuses whatever it can see to identify somebody.

It is no Bericht: it has no sender to recipient line, no toestemming and no leerling, and is never delivered
with one. A structure without fields for a person is the real guard; `herkenbaar` looks for what people type
into the text all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

from schemas.base import VRIJ, Model
from schemas.errors import Fault
from schemas.identifiers import passes_elfproef, passes_onderwijsproef


class Vraagonderwerp(StrEnum):
    GEDRAG_IN_DE_KLAS = "gedrag_in_de_klas"
    LEREN = "leren"
    AANWEZIGHEID = "aanwezigheid"
    CONTACT_MET_OUDERS = "contact_met_ouders"
    ROUTE_NAAR_HULP = "route_naar_hulp"
    VEILIGHEID = "veiligheid"
    ANDERS = "anders"


class AnoniemeVraag(Model):
    """X21, teacher or intern begeleider to specialist: least the question. Must not carry: anything
    identifying.
    """

    onderwerp: Vraagonderwerp
    vraag: Annotated[str, StringConstraints(min_length=1, max_length=2_000), VRIJ]


_MONTH: Final = (
    "jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?|"
    "okt(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY: Final = "(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH_NUMBER: Final = "(?:0?[1-9]|1[0-2])"
_NINE: Final = re.compile(r"(?<![0-9])(?:[0-9][ ./-]?){8}[0-9](?![0-9])")
_POSTCODE: Final = r"[1-9][0-9]{3} ?(?!(?:al|de|en|er|ik|in|is|je|na|nu|of|om|op|te|we|ze|zo)\b)[a-z]{2}\b"
"""Not a year before a small word, as in "in 2026 om 9 uur"."""
_PATTERNS: Final = {
    "email": re.compile(r"\S ?(?:@|\[at\]|\(at\)) ?\S+\.\S"),
    "telefoon": re.compile(r"(?<![0-9])(?:\+31|0031|0)(?:[ ./()-]{0,3}[0-9]){9}(?![0-9])"),
    "datum": re.compile(
        rf"(?<![0-9])(?:{_DAY}[-/. ]{_MONTH_NUMBER}[-/. ][0-9]{{4}}|{_DAY}[-/.]{_MONTH_NUMBER}[-/.][0-9]{{2}}"
        rf"|[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}|{_DAY} (?:{_MONTH})\.? '?[0-9]{{2,4}})(?![0-9])"
    ),
    "eckid": re.compile(r"ketenid\.nl/|(?<![0-9a-f])[0-9a-f]{128}(?![0-9a-f])"),
    "leerlingnummer": re.compile(
        r"\b(?:leerling|stam)(?:nummer|nr)?\.? ?(?:nummer|nr\.?)? ?[0-9]{3,}|\b[0-9]{2}[a-z]{2} ?[0-9]{2}\b"
    ),
    "straat": re.compile(
        r"\b\w*(?:straat|laan|weg|plein|kade|gracht|dreef|hof|singel|steeg|pad) [0-9]{1,4} ?[a-z]?\b"
    ),
    "adres": re.compile(rf"\b{_POSTCODE}.{{0,20}}\b[0-9]{{1,5}}\b|\b[0-9]{{1,5}}\b.{{0,20}}\b{_POSTCODE}"),
}
_TEXTS: Final = {
    "bsn": "Er staat een burgerservicenummer of onderwijsnummer in.",
    "email": "Er staat een e-mailadres in.",
    "telefoon": "Er staat een telefoonnummer in.",
    "datum": "Er staat een volledige datum in, zoals een geboortedatum. Noem hoogstens een leeftijdsgroep.",
    "eckid": "Er staat een ECK iD in.",
    "leerlingnummer": "Er staat een nummer van een leerling of de code van een vestiging in.",
    "straat": "Er staat een straat met een huisnummer in.",
    "adres": "Er staat een postcode met een huisnummer in.",
    "naam": "Er staat een naam in van iemand die u kent.",
}
_ADVICE: Final = (
    " Een anonieme vraag gaat nooit over iemand die te herkennen is. Haal dit weg, of stuur een hulpvraag "
    "met toestemming."
)


def herkenbaar(vraag: AnoniemeVraag, bekende_namen: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Every kind of identifier seen in the text, once each; empty: nothing was seen.

    Seen are burgerservicenummers and onderwijsnummers (by their check digits), e-mail addresses, telephone
    numbers, full dates, a postcode or street with a house number, an ECK iD, a number of a leerling or code
    of a location, and `bekende_namen` (of the caller's own leerlingen and ouders), whatever the accents,
    capitals and a possessive s. Not seen: any other name, a nickname, an eight-digit number, and a
    description that fits one child only ("the girl in the wheelchair of group 7"). So an empty answer does
    not prove that the question is anonymous: a person stays responsible for what he writes. The texts hold
    no value.
    """
    text = _plain(vraag.vraag)
    found = [soort for soort, seen in _signs(text, bekende_namen) if seen]
    return tuple(Fault(f"anoniem.{soort}", "/vraag", _TEXTS[soort] + _ADVICE) for soort in found)


def _signs(text: str, names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    numbers = (re.sub("[^0-9]", "", m.group()) for m in _NINE.finditer(text))
    yield "bsn", any(passes_elfproef(n) or passes_onderwijsproef(n) for n in numbers)
    for soort, pattern in _PATTERNS.items():
        yield soort, pattern.search(text) is not None
    words = _words(text)
    yield "naam", any(_stands_in(words, _words(_plain(name))) for name in names)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _stands_in(words: str, name: str) -> bool:
    return bool(name) and any(f" {name}{end} " in f" {words} " for end in ("", "s", " s"))


def _plain(text: str) -> str:
    """Small letters without accents, ordinary digits, single spaces, and no characters that are not seen."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in apart if unicodedata.category(c) not in {"Mn", "Cf"}).split())
