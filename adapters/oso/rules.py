"""The business rules of gegevensset 2019.1 for POSWV that a schema cannot say, one small function per part.

Codes are those of the standard (`PaO.LL12`, `OG.01`), `lijst.NN` for a code list, and `datum.*`, `bsn.*` of our
own. The rules are implemented as written, not as the published validator happens to check them. Every function
stands what a document with structural faults can throw at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from adapters.oso.codes import LISTS
from adapters.oso.nodes import LEERLING, Found, sub, subs, text, texts, yes
from adapters.xml import Node
from schemas.identifiers import passes_elfproef

_EMAIL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]+")
_SECRET: Final = {"telefoon": "9999999999", "e-mail": "geheim@geheim.geheim"}
_SUPPORT: Final = LEERLING + "/onderwijsondersteuning"


def check(dossier: Node) -> Iterator[Found]:
    """Every rule below over the whole dossier; the order is made good by the caller, by line."""
    for part in _PARTS:
        yield from part(dossier)


def in_list(node: Node, place: str, *fields: tuple[str, int]) -> Iterator[Found]:
    """`lijst.NN` for each field whose value is not in that code list; an absent field is fine."""
    for name, number in fields:
        value = node.get(name)
        if value is not None and (type(value) is not str or value.strip() not in LISTS[number]):
            yield Found(
                f"lijst.{number}", f"{place}/{name}", f"Deze waarde staat niet in codelijst {number}."
            )


def _forbidden(node: Node, place: str, rule: str, *names: str) -> Iterator[Found]:
    for name in names:
        if name in node:
            position = "[1]" if type(node[name]) is list else ""
            yield Found(rule, f"{place}/{name}{position}", "Dit onderdeel is verboden in het profiel POSWV.")


def _required(node: Node, place: str, *rows: tuple[str, str]) -> Iterator[Found]:
    for rule, name in rows:
        if name not in node:
            yield Found(rule, place, f"Verplicht in het profiel POSWV, maar ontbreekt: {name}.")


def _order(node: Node, place: str, start: str, end: str) -> Iterator[Found]:
    first, last = text(node, start), text(node, end)
    # ISO dates compare as text; a time zone behind them does not change the day meant.
    if first and last and last[:10] < first[:10]:
        yield Found("datum.eind_voor_begin", f"{place}/{end}", f"Deze datum ligt voor {start}.")


# --- head


def head(dossier: Node) -> Iterator[Found]:
    metadata = sub(dossier, "metadata")
    place = "/dossier/metadata"
    if text(metadata, "deeldossier") not in (None, "LAS", "LASLVS"):
        yield Found("PaO.MD01", f"{place}/deeldossier", "In POSWV is dit LAS of LASLVS.")
    yield from in_list(metadata, place, ("deeldossier", 33))
    if text(metadata, "validatieversie") not in (None, "2019.1.1"):
        yield Found("PaO.MD02", f"{place}/validatieversie", "De validatieversie is 2019.1.1.")
    if "categorie_uitlevering" not in metadata:
        yield Found("PaO.MD03", place, "Het blok categorie_uitlevering ontbreekt.")
    if "overstap" not in metadata:
        yield Found("PaO.SO01", place, "Het element overstap ontbreekt.")
    if text(dossier, "overdrachtsoort") not in (None, "swv-dossier"):
        yield Found("PaO.SO03", "/dossier/overdrachtsoort", "Bij POSWV hoort overdrachtsoort swv-dossier.")
    yield from in_list(dossier, "/dossier", ("overdrachtsoort", 29))
    yield from in_list(sub(dossier, "inzage"), "/dossier/inzage", ("akkoord", 37), ("toestemming", 37))


def school(dossier: Node) -> Iterator[Found]:
    place = "/dossier/huidigeschool"
    node = sub(dossier, "huidigeschool")
    if not subs(sub(node, "adreslijst"), "adres"):
        yield Found("PaO.SL01", place, "De school heeft geen adres.")
    if not subs(sub(node, "communicatielijst"), "communicatie"):
        yield Found("PaO.SL02", place, "De school heeft geen telefoonnummer of e-mailadres.")
    yield from _addresses(node, place)
    yield from _contacts(node, place, "PaO.LL08")


def _addresses(owner: Node, place: str) -> Iterator[Found]:
    for i, address in enumerate(subs(sub(owner, "adreslijst"), "adres"), 1):
        yield from in_list(address, f"{place}/adreslijst/adres[{i}]", ("soortadres", 19), ("aanduiding", 18))


def _contacts(owner: Node, place: str, secret_rule: str) -> Iterator[Found]:
    for i, contact in enumerate(subs(sub(owner, "communicatielijst"), "communicatie"), 1):
        here = f"{place}/communicatielijst/communicatie[{i}]"
        yield from in_list(contact, here, ("soort", 4), ("aanduiding", 5))
        kind, value = text(contact, "soort"), text(contact, "nummer")
        if value is None:
            continue
        if yes(contact, "geheim"):
            if value != _SECRET.get(kind or "", value):
                yield Found(secret_rule, f"{here}/nummer", "Geheim, maar hier staat niet de plaatsvervanger.")
        elif kind == "e-mail" and not (4 <= len(value) <= 256 and _EMAIL.fullmatch(value)):  # noqa: PLR2004
            yield Found("OG.01", f"{here}/nummer", "Dit is geen e-mailadres in de voorgeschreven vorm.")


# --- leerling


def pupil(dossier: Node) -> Iterator[Found]:
    node = sub(sub(dossier, "huidigeschool"), "leerling")
    yield from _required(
        node,
        LEERLING,
        ("PaO.LL01", "voornaam"),
        ("PaO.LL02", "geboortedatum"),
        ("PaO.LL04", "adresgeheim"),
    )
    for rule, name in (
        ("PaO.LL03", "geboortemaand"),
        ("PaO.LL07", "postcode4adres"),
        ("PaO.LL10", "geboorteplaats"),
        ("PaO.LL11", "nationaliteit"),
        ("PaO.LL12", "bsn"),
        ("PaO.LL12", "onderwijsnummer"),
        ("PaO.EB01", "eindtoets_basisonderwijs"),
        ("PaO.VM01", "bevorderd"),
        ("PaO.VM02", "examenresultaat"),
        ("PaO.VM03", "resultaatvakkenvo"),
        ("PaO.VM04", "certificaat"),
        ("PaO.VM05", "competenties"),
        ("PaO.VM06", "stage"),
        ("PaO.VM07", "overigvombo"),
    ):
        if name in node:
            yield from _forbidden(node, LEERLING, rule, name)
    for name in ("bsn", "onderwijsnummer"):
        if name in node and not passes_elfproef(text(node, name) or ""):
            yield Found("bsn.elfproef", f"{LEERLING}/{name}", "Dit nummer voldoet niet aan de elfproef.")
    address, abroad = "adreslijst" in node, "adresbuitenland" in node
    if yes(node, "adresgeheim"):
        if address:
            yield Found("PaO.LL06", f"{LEERLING}/adreslijst", "Het adres is geheim en mag er dus niet staan.")
        if abroad:
            yield Found(
                "PaO.LL09", f"{LEERLING}/adresbuitenland[1]", "Het adres is geheim en mag er dus niet staan."
            )
    elif not address and not abroad:
        yield Found("PaO.LL05", LEERLING, "Er is geen adres, terwijl het adres niet geheim is.")
    yield from in_list(node, LEERLING, ("geslacht", 14), ("leerlinggewicht", 15), ("nnca", 10))
    yield from _addresses(node, LEERLING)
    yield from _contacts(node, LEERLING, "PaO.LL08")
    born, made = text(node, "geboortedatum"), text(sub(dossier, "metadata"), "datum")
    if born and made and born[:10] > made[:10]:
        yield Found(
            "datum.geboorte_toekomst",
            f"{LEERLING}/geboortedatum",
            "Deze geboortedatum ligt na de datum van het dossier.",
        )
    yield from _order(node, LEERLING, "datuminschrijving", "datumuitschrijving")


def doctor(dossier: Node) -> Iterator[Found]:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "huisarts")
    if not node:
        return
    place = f"{LEERLING}/huisarts"
    for name in ("roepnaam", "geslacht"):
        if name in node:
            yield Found("OG.05", f"{place}/{name}", "Dit hoort niet bij een huisarts.")
    if yes(node, "adresgeheim"):
        yield Found("OG.05", f"{place}/adresgeheim", "Het adres van een huisarts is niet geheim.")
    yield from _addresses(node, place)
    yield from _contacts(node, place, "PaO.LL08")


def advice(dossier: Node) -> Iterator[Found]:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "overstapadvies")
    yield from in_list(
        node,
        f"{LEERLING}/overstapadvies",
        ("advies", 2),
        ("wensouders", 2),
        ("wensleerling", 2),
        ("herzienadvies", 2),
        ("profiel", 21),
    )


def early_childhood(dossier: Node) -> Iterator[Found]:
    node = sub(sub(dossier, "huidigeschool"), "leerling")
    yield from in_list(
        sub(node, "voorschools"),
        f"{LEERLING}/voorschools",
        ("codevoorschoolsehistorie", 7),
        ("codevoorschoolsprogramma", 9),
        ("codevoorschoolsetoeleider", 6),
        ("codevoorschoolsedeelname", 8),
    )
    for i, row in enumerate(subs(node, "vroegschools"), 1):
        place = f"{LEERLING}/vroegschools[{i}]"
        yield from in_list(row, place, ("codevroegschoolsprogramma", 9))
        yield from _order(row, place, "vroegschoolsdatumingang", "vroegschoolseinddatum")


def career(dossier: Node) -> Iterator[Found]:
    node = sub(sub(dossier, "huidigeschool"), "leerling")
    rows = subs(sub(node, "schoolloopbaanlijst"), "schoolloopbaan")
    if "schoolloopbaanlijst" in node and not rows:
        yield Found("PaO.SL01", f"{LEERLING}/schoolloopbaanlijst", "De schoolloopbaan is leeg.")
    for i, row in enumerate(rows, 1):
        place = f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan[{i}]"
        yield from in_list(row, place, ("jaargroep", 13))
        yield from _order(row, place, "begindatum", "einddatum")
        first, _, second = (text(row, "schooljaar") or "").partition("-")
        if first.isdecimal() and second.isdecimal() and int(second) != int(first) + 1:
            yield Found(
                "datum.schooljaar", f"{place}/schooljaar", "Een schooljaar loopt over twee jaren na elkaar."
            )


# --- support


def support(dossier: Node) -> Iterator[Found]:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "onderwijsondersteuning")
    for i, row in enumerate(subs(node, "diagnose"), 1):
        for j, code in enumerate(texts(row, "code"), 1):
            if code not in LISTS[23]:
                yield Found(
                    "lijst.23",
                    f"{_SUPPORT}/diagnose[{i}]/code[{j}]",
                    "Deze waarde staat niet in codelijst 23.",
                )
    for i, row in enumerate(subs(node, "tlv"), 1):
        yield from in_list(row, f"{_SUPPORT}/tlv[{i}]", ("tlvcategorie", 31))
    rvc, lwoo = sub(node, "rvc"), sub(node, "lwoo")
    yield from in_list(rvc, f"{_SUPPORT}/rvc", ("rvcindicatie", 17))
    end = text(lwoo, "lwoo_einddatum")
    if end is not None and not end[:10].endswith("-07-31"):
        yield Found("OG.03", f"{_SUPPORT}/lwoo/lwoo_einddatum", "Lwoo eindigt op 31 juli.")
    for name, start, stop in (
        ("handelingsplan", "startdatum", "einddatum"),
        ("tlv", "tlvingangdatum", "tlveinddatum"),
        ("arrangement_pao", "arrangement_datum", "arrangement_einddatum"),
    ):
        for i, row in enumerate(subs(node, name), 1):
            yield from _order(row, f"{_SUPPORT}/{name}[{i}]", start, stop)
    yield from _order(sub(node, "opp"), f"{_SUPPORT}/opp", "opp_ingangdatum", "opp_einddatum")
    yield from _order(lwoo, f"{_SUPPORT}/lwoo", "lwoo_ingangdatum", "lwoo_einddatum")


# --- results


def tests(dossier: Node) -> Iterator[Found]:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "toetslijst")
    for i, test in enumerate(subs(node, "toets"), 1):
        place = f"{LEERLING}/toetslijst/toets[{i}]"
        taken = sub(test, "afname")
        yield from in_list(taken, f"{place}/afname", ("jaargroep", 13))
        employer = sub(sub(taken, "afgenomendoor"), "werktbijinstelling")
        for name in employer:
            here = f"{place}/afname/afgenomendoor/werktbijinstelling/{name}"
            yield from _addresses(sub(employer, name), here)
            yield from _contacts(sub(employer, name), here, "PaO.LL08")
        yield from _result(test, place)
        for j, part in enumerate(subs(test, "toetsonderdeel"), 1):
            yield from _result(part, f"{place}/toetsonderdeel[{j}]")


_COUNTS: Final = frozenset(
    {"aantalopgaven", "aantalgoed", "aantalfout", "aantalgelezen", "tijd", "vaardigheidsscore"}
)


def _result(owner: Node, place: str) -> Iterator[Found]:
    if "resultaat" not in owner:
        return
    place = f"{place}/resultaat"
    node = sub(owner, "resultaat")
    if not node.keys() & {"toetsscore", "referentiescore", "document"}:
        yield Found("PaO.TR01", place, "Dit resultaat heeft geen score, referentiescore of document.")
    if "toetsscore" in node and not sub(node, "toetsscore").keys() & _COUNTS:
        yield Found(
            "PaO.TR02", f"{place}/toetsscore", "Deze score heeft geen aantal, tijd of vaardigheidsscore."
        )
    for i, row in enumerate(subs(node, "referentiescore"), 1):
        yield from in_list(
            row, f"{place}/referentiescore[{i}]", ("codereferentiescore", 11), ("codevergelijkingsgroep", 22)
        )


def marks(dossier: Node) -> Iterator[Found]:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "cijferlijstlijst")
    for i, sheet in enumerate(subs(node, "cijferlijst"), 1):
        place = f"{LEERLING}/cijferlijstlijst/cijferlijst[{i}]"
        yield from in_list(sheet, place, ("jaargroep", 13))
        body = sub(sheet, "cijferlijstTypelijst")
        place += "/cijferlijstTypelijst"
        yield from _scores(body, place)
        for j, part in enumerate(subs(body, "onderdeel"), 1):
            yield from in_list(part, f"{place}/onderdeel[{j}]", ("jaargroep", 13))
            yield from _scores(part, f"{place}/onderdeel[{j}]")


def _scores(owner: Node, place: str) -> Iterator[Found]:
    for i, score in enumerate(subs(owner, "score"), 1):
        if not score.keys() & {"waarde", "kwalificatie"}:
            yield Found("PaO.CL01", f"{place}/score[{i}]", "Deze score heeft geen waarde of kwalificatie.")


# --- caretakers


def caretakers(dossier: Node) -> Iterator[Found]:
    pupil_node = sub(sub(dossier, "huidigeschool"), "leerling")
    if yes(pupil_node, "verzorgersaansprakelijk") and "verzorger" not in pupil_node:
        yield Found("PaO.OV01", LEERLING, "De verzorgers zijn aansprakelijk, maar er staat geen verzorger.")
    liable = sub(pupil_node, "aansprakelijkeinstelling")
    yield from _addresses(liable, f"{LEERLING}/aansprakelijkeinstelling")
    yield from _contacts(liable, f"{LEERLING}/aansprakelijkeinstelling", "PaO.OV04")
    for i, node in enumerate(subs(pupil_node, "verzorger"), 1):
        place = f"{LEERLING}/verzorger[{i}]"
        yield from in_list(node, place, ("geslacht", 14), ("relatietotkind", 41))
        if yes(node, "adresgeheim") and "adreslijst" in node:
            yield Found("PaO.OV03", f"{place}/adreslijst", "Het adres is geheim en mag er dus niet staan.")
        if "banknummer" in node:
            yield Found("PaO.OV05", f"{place}/banknummer", "Een bankrekeningnummer is hier verboden.")
        if "overlijdensdatum" in node and not yes(node, "overleden"):
            yield Found("OG.04", f"{place}/overlijdensdatum", "Alleen toegestaan als overleden waar is.")
        yield from _addresses(node, place)
        yield from _contacts(node, place, "PaO.OV04")


_PARTS: Final[tuple[Callable[[Node], Iterator[Found]], ...]] = (
    head,
    school,
    pupil,
    doctor,
    advice,
    early_childhood,
    career,
    support,
    tests,
    marks,
    caretakers,
)
