"""The business rules of gegevensset 2019.1 for POSWV that a schema cannot say, one small function per part.

Codes are those of the standard (`PaO.LL12`, `OG.01`), `lijst.NN` for a code list, and `datum.*`, `bsn.*` of
our own. The rules are implemented as written, not as the published validator happens to check them. Every
function stands what a document with structural faults can throw at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from adapters.nodes import Found, sub, subs, text, texts, yes
from adapters.oso.codes import LEERLING, LISTS
from adapters.xml import Node
from schemas.identifiers import passes_elfproef

_EMAIL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]+")
_SECRET: Final = {"telefoon": "9999999999", "e-mail": "geheim@geheim.geheim"}
_SUPPORT: Final = LEERLING + "/onderwijsondersteuning"


def check(dossier: Node) -> list[Found]:
    """Every rule below over the whole dossier; the order is made good by the caller, by line."""
    found: list[Found] = []
    for part in _PARTS:
        part(found, dossier)
    return found


def in_list(found: list[Found], node: Node, place: str, *fields: tuple[str, int]) -> None:
    """`lijst.NN` for each field whose value is not in that code list; an absent field is fine."""
    for name, number in fields:
        value = node.get(name)
        if value is not None and (type(value) is not str or value.strip() not in LISTS[number]):
            found.append(
                Found(f"lijst.{number}", f"{place}/{name}", f"Deze waarde staat niet in codelijst {number}.")
            )


def _forbidden(found: list[Found], node: Node, place: str, rule: str, *names: str) -> None:
    for name in names:
        if name in node:
            position = "[1]" if type(node[name]) is list else ""
            found.append(
                Found(rule, f"{place}/{name}{position}", "Dit onderdeel is verboden in het profiel POSWV.")
            )


def _required(found: list[Found], node: Node, place: str, *rows: tuple[str, str]) -> None:
    for rule, name in rows:
        if name not in node:
            found.append(Found(rule, place, f"Verplicht in het profiel POSWV, maar ontbreekt: {name}."))


def _order(found: list[Found], node: Node, place: str, start: str, end: str) -> None:
    first, last = text(node, start), text(node, end)
    # ISO dates compare as text; a time zone behind them does not change the day meant.
    if first and last and last[:10] < first[:10]:
        found.append(Found("datum.eind_voor_begin", f"{place}/{end}", f"Deze datum ligt voor {start}."))


# --- head


def head(found: list[Found], dossier: Node) -> None:
    metadata = sub(dossier, "metadata")
    place = "/dossier/metadata"
    if text(metadata, "deeldossier") not in (None, "LAS", "LASLVS"):
        found.append(Found("PaO.MD01", f"{place}/deeldossier", "In POSWV is dit LAS of LASLVS."))
    in_list(found, metadata, place, ("deeldossier", 33))
    if text(metadata, "validatieversie") not in (None, "2019.1.1"):
        found.append(Found("PaO.MD02", f"{place}/validatieversie", "De validatieversie is 2019.1.1."))
    if "categorie_uitlevering" not in metadata:
        found.append(Found("PaO.MD03", place, "Het blok categorie_uitlevering ontbreekt."))
    if "overstap" not in metadata:
        found.append(Found("PaO.SO01", place, "Het element overstap ontbreekt."))
    if text(dossier, "overdrachtsoort") not in (None, "swv-dossier"):
        found.append(
            Found("PaO.SO03", "/dossier/overdrachtsoort", "Bij POSWV hoort overdrachtsoort swv-dossier.")
        )
    in_list(found, dossier, "/dossier", ("overdrachtsoort", 29))
    in_list(found, sub(dossier, "inzage"), "/dossier/inzage", ("akkoord", 37), ("toestemming", 37))


def school(found: list[Found], dossier: Node) -> None:
    place = "/dossier/huidigeschool"
    node = sub(dossier, "huidigeschool")
    if not subs(sub(node, "adreslijst"), "adres"):
        found.append(Found("PaO.SL01", place, "De school heeft geen adres."))
    if not subs(sub(node, "communicatielijst"), "communicatie"):
        found.append(Found("PaO.SL02", place, "De school heeft geen telefoonnummer of e-mailadres."))
    _addresses(found, node, place)
    _contacts(found, node, place, "PaO.LL08")


def _addresses(found: list[Found], owner: Node, place: str) -> None:
    for i, address in enumerate(subs(sub(owner, "adreslijst"), "adres"), 1):
        in_list(found, address, f"{place}/adreslijst/adres[{i}]", ("soortadres", 19), ("aanduiding", 18))


def _contacts(found: list[Found], owner: Node, place: str, secret_rule: str) -> None:
    for i, contact in enumerate(subs(sub(owner, "communicatielijst"), "communicatie"), 1):
        here = f"{place}/communicatielijst/communicatie[{i}]"
        in_list(found, contact, here, ("soort", 4), ("aanduiding", 5))
        kind, value = text(contact, "soort"), text(contact, "nummer")
        if value is None:
            continue
        if yes(contact, "geheim"):
            if value != _SECRET.get(kind or "", value):
                found.append(
                    Found(secret_rule, f"{here}/nummer", "Geheim, maar hier staat niet de plaatsvervanger.")
                )
        elif kind == "e-mail" and not (4 <= len(value) <= 256 and _EMAIL.fullmatch(value)):  # noqa: PLR2004
            found.append(
                Found("OG.01", f"{here}/nummer", "Dit is geen e-mailadres in de voorgeschreven vorm.")
            )


# --- leerling


def pupil(found: list[Found], dossier: Node) -> None:
    node = sub(sub(dossier, "huidigeschool"), "leerling")
    _required(
        found,
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
            _forbidden(found, node, LEERLING, rule, name)
    found.extend(
        Found("bsn.elfproef", f"{LEERLING}/{name}", "Dit nummer voldoet niet aan de elfproef.")
        for name in ("bsn", "onderwijsnummer")
        if name in node and not passes_elfproef(text(node, name) or "")
    )
    address, abroad = "adreslijst" in node, "adresbuitenland" in node
    if yes(node, "adresgeheim"):
        if address:
            found.append(
                Found("PaO.LL06", f"{LEERLING}/adreslijst", "Het adres is geheim en mag er dus niet staan.")
            )
        if abroad:
            found.append(
                Found(
                    "PaO.LL09",
                    f"{LEERLING}/adresbuitenland[1]",
                    "Het adres is geheim en mag er dus niet staan.",
                )
            )
    elif not address and not abroad:
        found.append(Found("PaO.LL05", LEERLING, "Er is geen adres, terwijl het adres niet geheim is."))
    in_list(found, node, LEERLING, ("geslacht", 14), ("leerlinggewicht", 15), ("nnca", 10))
    _addresses(found, node, LEERLING)
    _contacts(found, node, LEERLING, "PaO.LL08")
    born, made = text(node, "geboortedatum"), text(sub(dossier, "metadata"), "datum")
    if born and made and born[:10] > made[:10]:
        found.append(
            Found(
                "datum.geboorte_toekomst",
                f"{LEERLING}/geboortedatum",
                "Deze geboortedatum ligt na de datum van het dossier.",
            )
        )
    _order(found, node, LEERLING, "datuminschrijving", "datumuitschrijving")


def doctor(found: list[Found], dossier: Node) -> None:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "huisarts")
    if not node:
        return
    place = f"{LEERLING}/huisarts"
    found.extend(
        Found("OG.05", f"{place}/{name}", "Dit hoort niet bij een huisarts.")
        for name in ("roepnaam", "geslacht")
        if name in node
    )
    if yes(node, "adresgeheim"):
        found.append(Found("OG.05", f"{place}/adresgeheim", "Het adres van een huisarts is niet geheim."))
    _addresses(found, node, place)
    _contacts(found, node, place, "PaO.LL08")


def advice(found: list[Found], dossier: Node) -> None:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "overstapadvies")
    in_list(
        found,
        node,
        f"{LEERLING}/overstapadvies",
        ("advies", 2),
        ("wensouders", 2),
        ("wensleerling", 2),
        ("herzienadvies", 2),
        ("profiel", 21),
    )


def early_childhood(found: list[Found], dossier: Node) -> None:
    node = sub(sub(dossier, "huidigeschool"), "leerling")
    in_list(
        found,
        sub(node, "voorschools"),
        f"{LEERLING}/voorschools",
        ("codevoorschoolsehistorie", 7),
        ("codevoorschoolsprogramma", 9),
        ("codevoorschoolsetoeleider", 6),
        ("codevoorschoolsedeelname", 8),
    )
    for i, row in enumerate(subs(node, "vroegschools"), 1):
        place = f"{LEERLING}/vroegschools[{i}]"
        in_list(found, row, place, ("codevroegschoolsprogramma", 9))
        _order(found, row, place, "vroegschoolsdatumingang", "vroegschoolseinddatum")


def career(found: list[Found], dossier: Node) -> None:
    node = sub(sub(dossier, "huidigeschool"), "leerling")
    rows = subs(sub(node, "schoolloopbaanlijst"), "schoolloopbaan")
    if "schoolloopbaanlijst" in node and not rows:
        found.append(Found("PaO.SL01", f"{LEERLING}/schoolloopbaanlijst", "De schoolloopbaan is leeg."))
    for i, row in enumerate(rows, 1):
        place = f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan[{i}]"
        in_list(found, row, place, ("jaargroep", 13))
        _order(found, row, place, "begindatum", "einddatum")
        first, _, second = (text(row, "schooljaar") or "").partition("-")
        if first.isdecimal() and second.isdecimal() and int(second) != int(first) + 1:
            found.append(
                Found(
                    "datum.schooljaar",
                    f"{place}/schooljaar",
                    "Een schooljaar loopt over twee jaren na elkaar.",
                )
            )


# --- support


def support(found: list[Found], dossier: Node) -> None:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "onderwijsondersteuning")
    for i, row in enumerate(subs(node, "diagnose"), 1):
        for j, code in enumerate(texts(row, "code"), 1):
            if code not in LISTS[23]:
                found.append(
                    Found(
                        "lijst.23",
                        f"{_SUPPORT}/diagnose[{i}]/code[{j}]",
                        "Deze waarde staat niet in codelijst 23.",
                    )
                )
    for i, row in enumerate(subs(node, "tlv"), 1):
        in_list(found, row, f"{_SUPPORT}/tlv[{i}]", ("tlvcategorie", 31))
    rvc, lwoo = sub(node, "rvc"), sub(node, "lwoo")
    in_list(found, rvc, f"{_SUPPORT}/rvc", ("rvcindicatie", 17))
    end = text(lwoo, "lwoo_einddatum")
    if end is not None and not end[:10].endswith("-07-31"):
        found.append(Found("OG.03", f"{_SUPPORT}/lwoo/lwoo_einddatum", "Lwoo eindigt op 31 juli."))
    for name, start, stop in (
        ("handelingsplan", "startdatum", "einddatum"),
        ("tlv", "tlvingangdatum", "tlveinddatum"),
        ("arrangement_pao", "arrangement_datum", "arrangement_einddatum"),
    ):
        for i, row in enumerate(subs(node, name), 1):
            _order(found, row, f"{_SUPPORT}/{name}[{i}]", start, stop)
    _order(found, sub(node, "opp"), f"{_SUPPORT}/opp", "opp_ingangdatum", "opp_einddatum")
    _order(found, lwoo, f"{_SUPPORT}/lwoo", "lwoo_ingangdatum", "lwoo_einddatum")


# --- results


def tests(found: list[Found], dossier: Node) -> None:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "toetslijst")
    for i, test in enumerate(subs(node, "toets"), 1):
        place = f"{LEERLING}/toetslijst/toets[{i}]"
        taken = sub(test, "afname")
        in_list(found, taken, f"{place}/afname", ("jaargroep", 13))
        employer = sub(sub(taken, "afgenomendoor"), "werktbijinstelling")
        for name in employer:
            here = f"{place}/afname/afgenomendoor/werktbijinstelling/{name}"
            _addresses(found, sub(employer, name), here)
            _contacts(found, sub(employer, name), here, "PaO.LL08")
        _result(found, test, place)
        for j, part in enumerate(subs(test, "toetsonderdeel"), 1):
            _result(found, part, f"{place}/toetsonderdeel[{j}]")


_COUNTS: Final = frozenset(
    {"aantalopgaven", "aantalgoed", "aantalfout", "aantalgelezen", "tijd", "vaardigheidsscore"}
)


def _result(found: list[Found], owner: Node, place: str) -> None:
    if "resultaat" not in owner:
        return
    place = f"{place}/resultaat"
    node = sub(owner, "resultaat")
    if not node.keys() & {"toetsscore", "referentiescore", "document"}:
        found.append(Found("PaO.TR01", place, "Dit resultaat heeft geen score, referentiescore of document."))
    if "toetsscore" in node and not sub(node, "toetsscore").keys() & _COUNTS:
        found.append(
            Found(
                "PaO.TR02", f"{place}/toetsscore", "Deze score heeft geen aantal, tijd of vaardigheidsscore."
            )
        )
    for i, row in enumerate(subs(node, "referentiescore"), 1):
        in_list(
            found,
            row,
            f"{place}/referentiescore[{i}]",
            ("codereferentiescore", 11),
            ("codevergelijkingsgroep", 22),
        )


def marks(found: list[Found], dossier: Node) -> None:
    node = sub(sub(sub(dossier, "huidigeschool"), "leerling"), "cijferlijstlijst")
    for i, sheet in enumerate(subs(node, "cijferlijst"), 1):
        place = f"{LEERLING}/cijferlijstlijst/cijferlijst[{i}]"
        in_list(found, sheet, place, ("jaargroep", 13))
        body = sub(sheet, "cijferlijstTypelijst")
        place += "/cijferlijstTypelijst"
        _scores(found, body, place)
        for j, part in enumerate(subs(body, "onderdeel"), 1):
            in_list(found, part, f"{place}/onderdeel[{j}]", ("jaargroep", 13))
            _scores(found, part, f"{place}/onderdeel[{j}]")


def _scores(found: list[Found], owner: Node, place: str) -> None:
    for i, score in enumerate(subs(owner, "score"), 1):
        if not score.keys() & {"waarde", "kwalificatie"}:
            found.append(
                Found("PaO.CL01", f"{place}/score[{i}]", "Deze score heeft geen waarde of kwalificatie.")
            )


# --- caretakers


def caretakers(found: list[Found], dossier: Node) -> None:
    pupil_node = sub(sub(dossier, "huidigeschool"), "leerling")
    if yes(pupil_node, "verzorgersaansprakelijk") and "verzorger" not in pupil_node:
        found.append(
            Found("PaO.OV01", LEERLING, "De verzorgers zijn aansprakelijk, maar er staat geen verzorger.")
        )
    liable = sub(pupil_node, "aansprakelijkeinstelling")
    _addresses(found, liable, f"{LEERLING}/aansprakelijkeinstelling")
    _contacts(found, liable, f"{LEERLING}/aansprakelijkeinstelling", "PaO.OV04")
    for i, node in enumerate(subs(pupil_node, "verzorger"), 1):
        place = f"{LEERLING}/verzorger[{i}]"
        in_list(found, node, place, ("geslacht", 14), ("relatietotkind", 41))
        if yes(node, "adresgeheim") and "adreslijst" in node:
            found.append(
                Found("PaO.OV03", f"{place}/adreslijst", "Het adres is geheim en mag er dus niet staan.")
            )
        if "banknummer" in node:
            found.append(Found("PaO.OV05", f"{place}/banknummer", "Een bankrekeningnummer is hier verboden."))
        if "overlijdensdatum" in node and not yes(node, "overleden"):
            found.append(
                Found("OG.04", f"{place}/overlijdensdatum", "Alleen toegestaan als overleden waar is.")
            )
        _addresses(found, node, place)
        _contacts(found, node, place, "PaO.OV04")


_PARTS: Final[tuple[Callable[[list[Found], Node], None], ...]] = (
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
