"""The business rules of the gegevensset that a schema cannot say, one small function per part of a dossier.

Codes are those of the standard (`PaO.LL12`, `OVa.IZ01`, `OG.01`), `lijst.NN` for a code list, and `datum.*`,
`bsn.*`, `oso.*` of our own. The rules are implemented as written, not as the published validator happens to
check them. Every function stands what a document with structural faults can throw at it.

Here: the head, the school and the leerling. `rules_results` has support, results and caretakers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from adapters.oso import rules_results
from adapters.oso.codes import LEERLING
from adapters.oso.profielen import Profile
from adapters.oso.rules_base import Case, addresses, contacts, forbidden_address, in_list, listed, order
from adapters.oso.versies import Versie
from adapters.xml.nodes import Found, sub, subs, text, yes
from adapters.xml.parser import Node
from schemas.identifiers import passes_elfproef, passes_onderwijsproef

_INZAGE: Final = 2
_SCHOOLLOOPBAAN: Final = 7


def check(
    dossier: Node, profile: Profile, versie: Versie, off: frozenset[int], today: dt.date | None
) -> list[Found]:
    """Every rule over the whole dossier. `off` are categories that the source switched off, so nobody is
    asked for them.

    The caller puts the findings in order, by line.
    """
    school_node = sub(dossier, "huidigeschool")
    case = Case([], dossier, school_node, sub(school_node, "leerling"), profile, versie, off, today)
    for part in _PARTS:
        part(case)
    rules_results.check(case)
    return case.found


_HEAD: Final = listed(("deeldossier", 33), ("overstap", 16))
_DOSSIER: Final = listed(("overdrachtsoort", 29))
_ANSWERS: Final = listed(("akkoord", 37), ("toestemming", 37))


def head(case: Case) -> None:
    metadata, profile = sub(case.dossier, "metadata"), case.profile
    place = "/dossier/metadata"
    in_list(case, metadata, _HEAD, place)
    in_list(case, case.dossier, _DOSSIER, "/dossier")
    if "categorie_uitlevering" not in metadata:
        case.add(profile.rule("MD03"), place, "Het blok categorie_uitlevering ontbreekt.")
    if text(metadata, "deeldossier") not in (None, "LAS", "LASLVS"):
        case.add(profile.rule("MD01"), f"{place}/deeldossier", f"In {profile.name} is dit LAS of LASLVS.")
    known = case.versie.validatieversies
    if text(metadata, "validatieversie") not in (None, *known):
        said = f"De validatieversie is {' of '.join(known)}."
        case.add(profile.rule("MD02"), f"{place}/validatieversie", said)
    if profile.family == "OVb":
        return
    if "overstap" not in metadata:
        case.add(profile.rule("SO01"), place, "Het element overstap ontbreekt.")
    if text(case.dossier, "overdrachtsoort") not in (None, profile.overdrachtsoort):
        case.add(
            profile.rule("SO03"),
            "/dossier/overdrachtsoort",
            f"Bij {profile.name} hoort overdrachtsoort {profile.overdrachtsoort}.",
        )


def inzage(case: Case) -> None:
    node, place = sub(case.dossier, "inzage"), "/dossier/inzage"
    in_list(case, node, _ANSWERS, place)
    if not case.profile.overstap or _INZAGE in case.off:
        return
    if "inzage" not in case.dossier:
        case.add("OVa.IZ01", "/dossier", "Het blok inzage ontbreekt.")
        return
    if not yes(node, "inzage"):
        there = f"{place}/inzage" if "inzage" in node else place
        case.add("OVa.IZ02", there, "Ouders hebben het dossier niet ingezien.")
    else:
        for rule, name in (("OVa.IZ03", "inzagedatum"), ("OVa.IZ04", "akkoord")):
            if name not in node:
                case.missing(rule, place, name)
    if case.profile.name == "VOVO" and "toestemming" not in node:
        case.missing("OVa.IZ05", place, "toestemming")


def school(case: Case) -> None:
    node, place = case.school, "/dossier/huidigeschool"
    if case.profile.family != "OVb":
        if not subs(sub(node, "adreslijst"), "adres"):
            case.add(case.profile.rule("SL01"), place, "De school heeft geen adres.")
        if not subs(sub(node, "communicatielijst"), "communicatie"):
            case.add(case.profile.rule("SL02"), place, "De school heeft geen telefoonnummer of e-mailadres.")
    addresses(case, node, place)
    contacts(case, node, place, "LL08")


# --- leerling

_PUPIL: Final = listed(("geslacht", 14), ("leerlinggewicht", 15), ("nnca", 10))


def pupil(case: Case) -> None:
    node, profile = case.pupil, case.profile
    for rule, name, category in profile.required:
        if name not in node and category not in case.off:
            case.missing(rule, LEERLING, name)
    for rule, name in profile.forbidden:
        if name in node:
            position = "[1]" if type(node[name]) is list else ""
            case.add(
                rule,
                f"{LEERLING}/{name}{position}",
                f"Dit onderdeel is verboden in het profiel {profile.name}.",
            )
    in_list(case, node, _PUPIL, LEERLING)
    order(case, node, LEERLING, "datuminschrijving", "datumuitschrijving")


def pupil_contact(case: Case) -> None:
    node, profile = case.pupil, case.profile
    address, abroad = "adreslijst" in node, "adresbuitenland" in node
    if yes(node, "adresgeheim"):
        if address:
            forbidden_address(case, "LL06", f"{LEERLING}/adreslijst")
        if abroad:
            forbidden_address(case, "LL09", f"{LEERLING}/adresbuitenland[1]")
    elif not address and not abroad and profile.family != "OVb":
        case.add(profile.rule("LL05"), LEERLING, "Er is geen adres, terwijl het adres niet geheim is.")
    addresses(case, node, LEERLING)
    contacts(case, node, LEERLING, "LL08")


def birth(case: Case) -> None:
    """Nobody in a dossier is born after it was made, or after today where the caller knows that day."""
    node = case.pupil
    made = text(sub(case.dossier, "metadata"), "datum")
    for place, born in _births(case):
        if made and born > made[:10]:
            said = "Deze geboortedatum ligt na de datum van het dossier."
        elif case.today and born > case.today.isoformat():
            said = "Deze geboortedatum ligt in de toekomst."
        else:
            continue
        case.add("datum.geboorte_toekomst", place, said)
    if case.profile.family == "OVb" and "geboortedatum" not in node and "geboortemaand" not in node:
        case.add(
            "oso.geboortedatum",
            LEERLING,
            "De geboortedatum ontbreekt. Zonder leeftijd is niet te bepalen wie moet tekenen.",
        )


def _births(case: Case) -> Iterator[tuple[str, str]]:
    """(place, day) of everybody whose birth date stands in the dossier; an unknown part of a day is 00."""
    node = case.pupil
    persons = [(LEERLING, node)]
    persons += [(f"{LEERLING}/verzorger[{i}]", p) for i, p in enumerate(subs(node, "verzorger"), 1)]
    if "zorg" in node:
        care, place = sub(node, "zorg"), f"{LEERLING}/zorg"
        doctors = subs(sub(care, "artslijst"), "arts")
        persons += [(f"{place}/artslijst/arts[{i}]", p) for i, p in enumerate(doctors, 1)]
        contact = sub(sub(care, "contactoverigeinstanties"), "contactpersoon")
        persons.append((f"{place}/contactoverigeinstanties/contactpersoon", contact))
    for where, person in persons:
        born = text(person, "geboortedatum")
        if born:
            yield f"{where}/geboortedatum", born[:10]
    # The register writes its own day the other way round, with the day in front.
    day, _, rest = (text(sub(node, "gba"), "gbageboortedatum") or "").partition("-")
    month, _, year = rest.partition("-")
    if year:
        yield f"{LEERLING}/gba/gbageboortedatum", f"{year}-{month}-{day}"


def numbers(case: Case) -> None:
    """LL12 for who must have a number, and the check digits of any number that is there."""
    node = case.pupil
    bsn, other = text(node, "bsn"), text(node, "onderwijsnummer")
    if case.profile.overstap and "bsn" not in node and "onderwijsnummer" not in node:
        case.add("OVa.LL12", LEERLING, "Er is geen bsn en geen onderwijsnummer.")
    if bsn is not None and not passes_elfproef(bsn):
        case.add("bsn.elfproef", f"{LEERLING}/bsn", "Dit nummer voldoet niet aan de elfproef.")
    if other is not None and not passes_onderwijsproef(other):
        case.add("bsn.elfproef", f"{LEERLING}/onderwijsnummer", "Dit is geen geldig onderwijsnummer.")


def doctor(case: Case) -> None:
    node = sub(case.pupil, "huisarts")
    if not node:
        return
    place = f"{LEERLING}/huisarts"
    for name in ("roepnaam", "geslacht"):
        if name in node:
            case.add("OG.05", f"{place}/{name}", "Dit hoort niet bij een huisarts.")
    if yes(node, "adresgeheim"):
        case.add("OG.05", f"{place}/adresgeheim", "Het adres van een huisarts is niet geheim.")
    addresses(case, node, place)
    contacts(case, node, place, "LL08")


_ADVICE: Final = listed(
    ("advies", 2), ("wensouders", 2), ("wensleerling", 2), ("herzienadvies", 2), ("profiel", 21)
)


def advice(case: Case) -> None:
    node, place = sub(case.pupil, "overstapadvies"), f"{LEERLING}/overstapadvies"
    in_list(case, node, _ADVICE, place)
    if not case.profile.overstap or "overstapadvies" not in case.pupil:
        return
    if case.profile.name == "POVO" and "advies" not in node and text(case.school, "soort") != "SO":
        case.missing("OVa.OA02", place, "advies")
    if "contactnodig" not in node:
        case.missing("OVa.OA03", place, "contactnodig")
    elif yes(node, "contactnodig"):
        for rule, name in (("OVa.OA04", "contactpersoon"), ("OVa.OA05", "contacttelefoon")):
            if name not in node:
                case.missing(rule, place, name)


_BEFORE: Final = listed(
    ("codevoorschoolsehistorie", 7),
    ("codevoorschoolsprogramma", 9),
    ("codevoorschoolsetoeleider", 6),
    ("codevoorschoolsedeelname", 8),
)
_EARLY: Final = listed(("codevroegschoolsprogramma", 9))


def early_childhood(case: Case) -> None:
    node = case.pupil
    before = sub(node, "voorschools")
    if before:
        here = f"{LEERLING}/voorschools"
        in_list(case, before, _BEFORE, here)
        _programme(case, before, "codevoorschoolsprogramma", here)
    for i, row in enumerate(subs(node, "vroegschools"), 1):
        place = f"{LEERLING}/vroegschools[{i}]"
        in_list(case, row, _EARLY, place)
        _programme(case, row, "codevroegschoolsprogramma", place)
        order(case, row, place, "vroegschoolsdatumingang", "vroegschoolseinddatum")


def _programme(case: Case, node: Node, name: str, place: str) -> None:
    """List 9 grew in 2018."""
    value = text(node, name) or ""
    if value.isdecimal() and case.versie.vve_programmas < int(value[:4]) <= 15:  # noqa: PLR2004  # all of list 9
        case.add("lijst.9", f"{place}/{name}", "Deze waarde stond toen nog niet in codelijst 9.")


_YEAR: Final = listed(("jaargroep", 13))
_SCHOOLJAAR: Final = f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan[%d]"


def career(case: Case) -> None:
    node = case.pupil
    rows = subs(sub(node, "schoolloopbaanlijst"), "schoolloopbaan")
    if not rows and case.profile.family != "OVb" and _SCHOOLLOOPBAAN not in case.off:
        there = f"{LEERLING}/schoolloopbaanlijst" if "schoolloopbaanlijst" in node else LEERLING
        case.add(case.profile.rule("SL01"), there, "De schoolloopbaan is leeg.")
    for i, row in enumerate(rows, 1):
        in_list(case, row, _YEAR, _SCHOOLJAAR, i)
        order(case, row, _SCHOOLJAAR, "begindatum", "einddatum", i)
        first, _, second = (text(row, "schooljaar") or "").partition("-")
        if first.isdecimal() and second.isdecimal() and int(second) != int(first) + 1:
            case.add(
                "datum.schooljaar",
                f"{_SCHOOLJAAR % i}/schooljaar",
                "Een schooljaar loopt over twee jaren na elkaar.",
            )


_PARTS: Final = (
    head,
    inzage,
    school,
    pupil,
    pupil_contact,
    birth,
    numbers,
    doctor,
    advice,
    early_childhood,
    career,
)
