"""What becomes what: one table of rows (element, field, conversion) per block of the dossier.

What has no row is not imported: see `docs/oso.md`.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.oso.codes import UITSTROOMPROFIEL
from adapters.oso.filling import (
    Rows,
    boolean,
    code,
    date,
    integer,
    rows,
)
from schemas.identifiers import Bsn, Onderwijsnummer

JAARGROEP: Final = code(13)
GESLACHT: Final = code(14, {"0": "onbekend", "1": "vrouw", "2": "man"})  # the other way round in EDEXML
ADVIES: Final = code(2)
ADRES = rows(
    ("soortadres", "soort", None),
    ("straat", "straat", None),
    ("nummer", "huisnummer", None),
    ("toevoeging", "toevoeging", None),
    ("aanduiding", "aanduiding", None),
    ("locatieomschrijving", "locatie", None),
    ("postcode", "postcode", None),
    ("plaats", "plaats", None),
    ("gemeente", "gemeente", None),
)
COMMUNICATIE = rows(
    ("soort", "soort", None),
    ("aanduiding", "aanduiding", None),
    ("nummer", "waarde", None),
    ("noodnummer", "noodnummer", boolean),
)
SCHOOL = rows(
    ("naam", "naam", None),
    ("brincode", "brin", None),
    ("vestigingscode", "vestigingscode", None),
    ("soort", "soort", None),
    ("type", "type", None),
    ("website", "website", None),
)
CONTACTPERSOON = rows(
    ("contactpersoon", "naam", None),
    ("contacttelefoon", "telefoon", None),
    ("contactemail", "email", None),
)
NAAM = rows(
    ("voorletters-1", "voorletters", None),
    ("voorvoegsel", "voorvoegsel", None),
    ("achternaam", "achternaam", None),
    ("roepnaam", "roepnaam", None),
)
LEERLING = rows(
    ("geboortedatum", "geboortedatum", date),
    ("geslacht", "geslacht", GESLACHT),
    ("adresgeheim", "geheimadres", boolean),
    ("onderwijssinds", "onderwijsSinds", date),
    ("startdatumhuidigonderwijs", "startHuidigOnderwijs", date),
    ("datuminschrijving", "datumInschrijving", date),
    ("datumuitschrijving", "datumUitschrijving", date),
    ("bsn", "bsn", Bsn),
    ("onderwijsnummer", "onderwijsnummer", Onderwijsnummer),
)
GBA = rows(
    ("gbavoorvoegsel", "voorvoegsel", None),
    ("gbaachternaam", "achternaam", None),
    ("gbageboortedatum", "geboortedatum", None),
)
VERZORGER = rows(
    ("geslacht", "geslacht", GESLACHT),
    ("adresgeheim", "geheimadres", boolean),
    ("overleden", "overleden", boolean),
    ("relatietotkind", "rol", code(41)),
    ("wettigevertegenwoordiger", "wettelijkVertegenwoordiger", boolean),
)
PLAN = rows(("opp_ingangdatum", "ingangsdatum", date), ("opp_einddatum", "einddatum", date))
BEGELEIDING = rows(("isgerichtop", "wat", None), ("startdatum", "van", date), ("einddatum", "tot", date))
TLV = rows(
    ("tlvingangdatum", "ingangsdatum", date),
    ("tlveinddatum", "einddatum", date),
    ("tlvswvnummer", "swvNummer", None),
    ("tlvcategorie", "categorie", None),
    ("tlvbeschikkingsnummer", "beschikkingsnummer", None),
)
CLUSTER12 = rows(
    ("arrangement_datum", "ingangsdatum", date),
    ("arrangement_brin", "brin", None),
    ("arrangement_vestigingscode", "vestigingscode", None),
)
ARRANGEMENTEN: Final[tuple[tuple[str, str, Rows], ...]] = (
    (
        "arrangement_cluster12",
        "cluster12",
        CLUSTER12,
    ),
    # The name of cluster12 until 2018.
    ("arrangement", "cluster12", CLUSTER12),
    (
        "arrangement_pao",
        "pao",
        rows(
            ("arrangement_datum", "ingangsdatum", date),
            ("arrangement_kenmerk", "kenmerk", None),
            ("arrangement_beschikkingsnr", "beschikkingsnummer", None),
            ("arrangement_einddatum", "einddatum", date),
        ),
    ),
    (
        "lwoo",
        "lwoo",
        rows(
            ("lwoo_ingangdatum", "ingangsdatum", date),
            ("lwoo_swvnummer", "swvNummer", None),
            ("lwoo_beschikkingsnummer", "beschikkingsnummer", None),
            ("lwoo_einddatum", "einddatum", date),
        ),
    ),
    ("rvc", "rvc", rows(("rvcdatum", "ingangsdatum", date), ("rvcindicatie", "kenmerk", None))),
)
SCHOOLJAAR = rows(
    ("schooljaar", "schooljaar", None),
    ("groepscode", "groepscode", None),
    ("groepsnaam", "groepsnaam", None),
    ("jaargroep", "leerjaar", JAARGROEP),
    ("begindatum", "van", date),
    ("einddatum", "tot", date),
    ("brincode", "brin", None),
    ("vestigingscode", "vestigingscode", None),
    ("schoolsoort", "schoolsoort", None),
    ("schooltype", "schooltype", None),
    ("voelementcode", "elementcode", None),
    ("voelementomschrijving", "elementomschrijving", None),
    ("schoolsoortomschrijving", "schoolsoortomschrijving", None),
)
LEERJAAR = rows(("jaargroep", "leerjaar", JAARGROEP))
OVERSTAPADVIES = rows(
    ("advies", "advies", ADVIES),
    ("wensouders", "wensouders", ADVIES),
    ("wensleerling", "wensleerling", ADVIES),
    ("herzienadvies", "herzienadvies", ADVIES),
    ("profiel", "profiel", None),
)
VERZUIM = rows(
    ("dagdelengeoorloofd", "dagdelenGeoorloofd", integer),
    ("dagdelenongeoorloofd", "dagdelenOngeoorloofd", integer),
    ("urengeoorloofd", "urenGeoorloofd", integer),
    ("urenongeoorloofd", "urenOngeoorloofd", integer),
    ("meerdan25percent", "meerDan25Procent", boolean),
    ("frequentie", "frequentieOngeoorloofd", integer),
    ("contactleerplicht", "contactLeerplicht", boolean),
    ("rmcmelding", "rmcMelding", boolean),
)
DIAGNOSE = rows(
    ("naam", "naam", None),
    ("datum", "datum", date),
    ("doorwie", "doorwie", None),
    ("instantie", "instantie", None),
)
TOETSNAAM = rows(
    ("eldtoetscode", "toetscode", None),
    ("leergebied", "leergebied", None),
    ("toetsnaam", "naam", None),
    ("toetsversie", "versie", None),
)
AFNAME = rows(
    ("afnamedatum", "datum", date),
    ("jaargroep", "leerjaar", JAARGROEP),
    ("dl", "didactischeLeeftijd", integer),
)
TOETSSCORE = rows(
    ("aantalopgaven", "opgaven", integer),
    ("aantalgoed", "goed", integer),
    ("aantalfout", "fout", integer),
    ("aantalgelezen", "gelezen", integer),
    ("tijd", "tijd", None),
    ("vaardigheidsscore", "vaardigheidsscore", None),
    ("codevaardigheidsschaal", "schaal", None),
)
INTERVAL = rows(("bivlaag", "intervalLaag", None), ("bivhoog", "intervalHoog", None))
REFERENTIE = rows(
    ("codereferentiescore", "code", None),
    ("codevergelijkingsgroep", "groep", None),
    ("waarde", "waarde", None),
    ("kwalificatie", "kwalificatie", None),
)
ONDERDEEL = rows(("eldonderdeelcode", "code", None), ("onderdeelnaam", "naam", None))
EINDTOETS = rows(("deelgenomen", "deelgenomen", boolean))
EINDTOETSRESULTAAT = rows(
    ("toetssoort", "toetssoort", code(42)),
    ("toetsniveau", "toetsniveau", code(43)),
    ("toetsomschrijving", "omschrijving", None),
    ("datum_afname", "datum", date),
    ("wettelijke_ontheffing", "ontheffing", code(44)),
    ("standaardscore", "standaardscore", integer),
    ("toets_advies", "toetsadvies", None),
)
EINDTOETSONDERDEEL = rows(
    ("onderdeelcode", "code", code(46)),
    ("onderdeelomschrijving", "omschrijving", None),
    ("ond_referentieniveau", "referentieniveau", code(45)),
)
EINDTOETSDOMEIN = rows(
    ("domeincode", "code", code(47)),
    ("domeinomschrijving", "omschrijving", None),
    ("dom_referentieniveau", "referentieniveau", code(45)),
)
STAGE = rows(
    ("begindatum", "van", date),
    ("einddatum", "tot", date),
    ("soortstage", "soort", None),
    ("functierol", "rol", None),
)
INSTELLING = rows(("naam", "organisatie", None))
UITSTROOM = rows(("upwuitstroomprofiel", "uitstroombestemming", code(32, UITSTROOMPROFIEL)))
ZORGBEGELEIDING = rows(("soortbegeleiding", "wat", None))
EXTRAHULP = rows(("toelichtinghulp", "wat", None))
CIJFERLIJST = rows(
    ("afnamedatum", "datum", date), ("jaargroep", "leerjaar", JAARGROEP), ("periode", "periode", None)
)
CIJFERONDERDEEL = rows(
    ("naam", "naam", None),
    ("afnamedatum", "datum", date),
    ("jaargroep", "leerjaar", JAARGROEP),
    ("periode", "periode", None),
)
CIJFER = rows(("waarde", "waarde", None), ("kwalificatie", "kwalificatie", None))
BIJLAGE = rows(("bestandsnaam", "naam", None), ("omschrijving", "omschrijving", None))
INZAGE = rows(
    ("voorlopigdossier", "voorlopig", boolean),
    ("inzage", "ingezien", boolean),
    ("inzagedatum", "datum", date),
    ("akkoord", "akkoord", None),
    ("redennietakkoord", "redenNietAkkoord", None),
    ("toestemming", "toestemming", None),
)
HERKOMST = rows(
    ("pakketnaam", "bron", None),
    ("pakketversie", "bronVersie", None),
    ("datum", "datum", date),
    ("standaardversie", "versie", None),
    ("overstap", "profiel", None),
    ("deeldossier", "deeldossier", None),
    ("validatieversie", "validatieversie", None),
)
OVERDRACHTSOORT = rows(("overdrachtsoort", "overdrachtsoort", None))
AANLEVERPUNT = rows(("aanleverpunt", "aanleverpunt", None))

_WORDS: Final = (
    "iq",
    "wisc",
    "wppsi",
    "wnv",
    "son",
    "rakit",
    "ids",
    "nio",
    "kait",
    "cbcl",
    "sdq",
    "trf",
    "scol",
    "viseon",
    "zien",
)
_PARTS: Final = ("intelligen", "ontwikkelingsq", "gedrag", "sociaal", "emotion", "persoonlijk")
PERSONAL: Final = re.compile(f"{'|'.join(_PARTS)}|(?<![a-z])(?:{'|'.join(_WORDS)})(?![a-z])")
"""Words, parts of words and test names that say a test is about intelligence, development or behaviour."""
PERSONAL_SCORES: Final = frozenset({"IQ", "DQ"})
"""DQ can also be a quotient of teaching received; the list does not tell, so it counts as the graver one."""
