"""The business rules for support, results and caretakers. What the codes are: see `rules`."""

from __future__ import annotations

from typing import Final

from adapters.oso.codes import LEERLING, LISTS
from adapters.oso.rules_base import (
    Case,
    addresses,
    contacts,
    forbidden_address,
    in_list,
    listed,
    not_in_list,
    order,
)
from adapters.xml.nodes import sub, subs, text, texts, yes
from adapters.xml.parser import Node

_POVO_YEARS: Final = 2
"""School years before the present one whose tests a POVO dossier may hold."""
_AUGUST: Final = 8
_AANSPRAKELIJK: Final = 5


def check(case: Case) -> None:
    for part in _PARTS:
        part(case)


# --- support

_TLV: Final = listed(("tlvcategorie", 31))
_RVC: Final = listed(("rvcindicatie", 17))
_PERIODS: Final = (
    ("tlv", "tlvingangdatum", "tlveinddatum"),
    ("arrangement_pao", "arrangement_datum", "arrangement_einddatum"),
    ("opp", "opp_ingangdatum", "opp_einddatum"),
    ("lgf", "lgfdatum", "lgfeinddatum"),
    ("verblijf_opdc", "opdc_ingangdatum", "opdc_einddatum"),
)


def diagnoses(case: Case) -> None:
    node, place = sub(case.pupil, case.versie.support), case.versie.support_place
    for i, row in enumerate(subs(node, "diagnose"), 1):
        codes = texts(row, "code")
        for j, code in enumerate(codes, 1):
            if not code and any(codes):
                continue
            if code not in LISTS[23] and not (code and 23 in case.versie.open_lists):  # noqa: PLR2004
                case.add("lijst.23", f"{place}/diagnose[{i}]/code[{j}]", not_in_list(23))


def decisions(case: Case) -> None:
    node, place = sub(case.pupil, case.versie.support), case.versie.support_place
    for i, row in enumerate(subs(node, "tlv"), 1):
        in_list(case, row, _TLV, place + "/tlv[%d]", i)
    if "rvc" in node:
        in_list(case, sub(node, "rvc"), _RVC, f"{place}/rvc")
    if "lwoo" in node:
        lwoo = sub(node, "lwoo")
        end = text(lwoo, "lwoo_einddatum")
        if end is not None and not end[:10].endswith("-07-31"):
            case.add("OG.03", f"{place}/lwoo/lwoo_einddatum", "Lwoo eindigt op 31 juli.")
        order(case, lwoo, f"{place}/lwoo", "lwoo_ingangdatum", "lwoo_einddatum")


def periods(case: Case) -> None:
    node, place = sub(case.pupil, case.versie.support), case.versie.support_place
    for name, start, stop in _PERIODS:
        if name in node:
            if type(node[name]) is list:
                there = f"{place}/{name}[%d]"
                for i, row in enumerate(subs(node, name), 1):
                    order(case, row, there, start, stop, i)
            else:
                order(case, sub(node, name), f"{place}/{name}", start, stop)
    plans, home = (node, place)
    if case.versie.old:
        plans, home = sub(case.pupil, "handelingsplanlijst"), f"{LEERLING}/handelingsplanlijst"
    there = f"{home}/handelingsplan[%d]"
    for i, row in enumerate(subs(plans, "handelingsplan"), 1):
        order(case, row, there, "startdatum", "einddatum", i)


_UPW: Final = listed(("upwuitstroomprofiel", 32), ("upwleerjaar", 34))
_LGF: Final = listed(("lgfindicatierec", 38))


_FORBIDDEN_CARE: Final = {"PaO": (("PaO.ZB01", "vir"), ("PaO.ZB02", "zat")), "OVa": (("OVa.ZB02", "vir"),)}


def care(case: Case) -> None:
    """What only the block zorg of 2017 and 2018 has."""
    node, place = sub(case.pupil, "zorg"), f"{LEERLING}/zorg"
    if not node:
        return
    in_list(case, sub(node, "upw"), _UPW, f"{place}/upw")
    for i, row in enumerate(subs(node, "lgf"), 1):
        in_list(case, row, _LGF, place + "/lgf[%d]", i)
    for rule, name in _FORBIDDEN_CARE.get(case.profile.family, ()):
        if name in node:
            said = f"Dit onderdeel is verboden in het profiel {case.profile.name}."
            case.add(rule, f"{place}/{name}", said)
    if case.profile.overstap and "lgf" in node and "naamib" not in node:
        case.missing("OVa.ZB01", place, "naamib")
    for i, row in enumerate(subs(sub(node, "artslijst"), "arts"), 1):
        addresses(case, row, f"{place}/artslijst/arts[{i}]")
        contacts(case, row, f"{place}/artslijst/arts[{i}]", "LL08")
    others, there = sub(node, "contactoverigeinstanties"), f"{place}/contactoverigeinstanties"
    for i, row in enumerate(subs(others, "instelling"), 1):
        addresses(case, row, f"{there}/instelling[{i}]")
        contacts(case, row, f"{there}/instelling[{i}]", "LL08")
    addresses(case, sub(others, "contactpersoon"), f"{there}/contactpersoon")
    contacts(case, sub(others, "contactpersoon"), f"{there}/contactpersoon", "LL08")


# --- results

_FINAL: Final = listed(("toetssoort", 42), ("toetsniveau", 43), ("wettelijke_ontheffing", 44))
_PART: Final = listed(("onderdeelcode", 46), ("ond_referentieniveau", 45))
_DOMAIN: Final = listed(("domeincode", 47), ("dom_referentieniveau", 45))


def final_test(case: Case) -> None:
    if "eindtoets_basisonderwijs" not in case.pupil:
        return
    node, place = sub(case.pupil, "eindtoets_basisonderwijs"), f"{LEERLING}/eindtoets_basisonderwijs"
    result, here = sub(node, "eindtoetsresultaat"), f"{place}/eindtoetsresultaat"
    in_list(case, result, _FINAL, here)
    for i, part in enumerate(subs(sub(result, "onderdelen"), "onderdeel"), 1):
        in_list(case, part, _PART, here + "/onderdelen/onderdeel[%d]", i)
        for j, domain in enumerate(subs(sub(part, "domeinen"), "domein"), 1):
            in_list(case, domain, _DOMAIN, here + "/onderdelen/onderdeel[%d]/domeinen/domein[%d]", i, j)
    if not case.profile.overstap or "deelgenomen" not in node:
        return
    if not yes(node, "deelgenomen"):
        if "toetssoort" not in result:
            case.missing("OVa.EB03", here if result else place, "toetssoort")
    elif "eindtoetsresultaat" not in node:
        case.missing("OVa.EB02", place, "eindtoetsresultaat")
    elif not text(result, "toets_advies"):
        case.missing("OVa.EB04", here, "toets_advies")


_TAKEN: Final = listed(("jaargroep", 13))
_TEST: Final = f"{LEERLING}/toetslijst/toets[%d]"


def tests(case: Case) -> None:
    earliest = _earliest(case)
    for i, test in enumerate(subs(sub(case.pupil, "toetslijst"), "toets"), 1):
        afname = sub(test, "afname")
        in_list(case, afname, _TAKEN, _TEST + "/afname", i)
        if earliest:
            day = text(afname, "afnamedatum")
            if day and day[:10] < earliest:
                case.add(
                    "OVa.TR04",
                    f"{_TEST % i}/afname/afnamedatum",
                    "Deze toets is van voor de twee schooljaren die aan dit schooljaar voorafgaan.",
                )
        employer = sub(sub(afname, "afgenomendoor"), "werktbijinstelling")
        if employer:
            _employer(case, employer, f"{_TEST % i}/afname/afgenomendoor/werktbijinstelling")
        _result(case, test, _TEST, i)
        for j, part in enumerate(subs(test, "toetsonderdeel"), 1):
            _result(case, part, _TEST + "/toetsonderdeel[%d]", i, j)


def _employer(case: Case, employer: Node, place: str) -> None:
    for name in ("instelling", "school"):
        numbered = type(employer.get(name)) is list
        there = f"{place}/{name}[1]" if numbered else f"{place}/{name}"
        for row in subs(employer, name) if numbered else [sub(employer, name)]:
            addresses(case, row, there)
            contacts(case, row, there, "LL08")


def _earliest(case: Case) -> str | None:
    """The first day whose tests a POVO dossier may hold. A school year starts on 1 August."""
    made = text(sub(case.dossier, "metadata"), "datum") or ""
    year, month = made[:4], made[5:7]
    if case.profile.name != "POVO" or not (year.isdecimal() and month.isdecimal()):
        return None
    return f"{int(year) - (int(month) < _AUGUST) - _POVO_YEARS:04}-08-01"


_COUNTS: Final = frozenset(
    {"aantalopgaven", "aantalgoed", "aantalfout", "aantalgelezen", "tijd", "vaardigheidsscore"}
)
_SCORES: Final = frozenset({"toetsscore", "referentiescore", "document"})
_RULES: Final = {"PaO": ("PaO.TR01", "PaO.TR02"), "OVa": ("OVa.TR05", "OVa.TR06")}
_REFERENCE: Final = listed(("codereferentiescore", 11), ("codevergelijkingsgroep", 22))


def _result(case: Case, owner: Node, place: str, *at: int) -> None:
    if "resultaat" not in owner:
        return
    node = sub(owner, "resultaat")
    rules = _RULES.get(case.profile.family)
    if rules is not None:
        if _SCORES.isdisjoint(node):
            case.add(
                rules[0],
                f"{place % at}/resultaat",
                "Dit resultaat heeft geen score, referentiescore of document.",
            )
        if "toetsscore" in node and _COUNTS.isdisjoint(sub(node, "toetsscore")):
            case.add(
                rules[1],
                f"{place % at}/resultaat/toetsscore",
                "Deze score heeft geen aantal, tijd of vaardigheidsscore.",
            )
    for i, row in enumerate(subs(node, "referentiescore"), 1):
        in_list(case, row, _REFERENCE, place + "/resultaat/referentiescore[%d]", *at, i)


def marks(case: Case) -> None:
    node = sub(case.pupil, "cijferlijstlijst")
    if not node:
        return
    for i, sheet in enumerate(subs(node, "cijferlijst"), 1):
        place = f"{LEERLING}/cijferlijstlijst/cijferlijst[{i}]"
        in_list(case, sheet, _TAKEN, place)
        body = sub(sheet, "cijferlijstTypelijst")
        place += "/cijferlijstTypelijst"
        _scores(case, body, place)
        for j, part in enumerate(subs(body, "onderdeel"), 1):
            in_list(case, part, _TAKEN, f"{place}/onderdeel[{j}]")
            _scores(case, part, f"{place}/onderdeel[{j}]")


def _scores(case: Case, owner: Node, place: str) -> None:
    if case.profile.family == "OVb":
        return
    for i, score in enumerate(subs(owner, "score"), 1):
        if "waarde" not in score and "kwalificatie" not in score:
            case.add(
                case.profile.rule("CL01"),
                f"{place}/score[{i}]",
                "Deze score heeft geen waarde of kwalificatie.",
            )


_PROMOTED: Final = listed(("leerjaar", 13))
_EXAM: Final = listed(("examenuitslag", 35))
_SUBJECT: Final = listed(("beoordelingexamenvak", 36))


def secondary(case: Case) -> None:
    """The code lists and periods of the VO-MBO group."""
    node = case.pupil
    if "bevorderd" in node:
        in_list(case, sub(node, "bevorderd"), _PROMOTED, f"{LEERLING}/bevorderd")
    if "examenresultaat" in node:
        in_list(case, sub(node, "examenresultaat"), _EXAM, f"{LEERLING}/examenresultaat")
    for i, row in enumerate(subs(node, "resultaatvakkenvo"), 1):
        in_list(case, row, _SUBJECT, LEERLING + "/resultaatvakkenvo[%d]", i)
    for i, row in enumerate(subs(node, "stage"), 1):
        place = f"{LEERLING}/stage[{i}]"
        order(case, row, place, "begindatum", "einddatum")
        numbered = type(row.get("instelling")) is list
        for owner in subs(row, "instelling") if numbered else [sub(row, "instelling")]:
            there = f"{place}/instelling[1]" if numbered else f"{place}/instelling"
            addresses(case, owner, there)
            contacts(case, owner, there, "LL08")


# --- caretakers

_CARETAKER: Final = listed(("geslacht", 14), ("relatietotkind", 41))


def caretakers(case: Case) -> None:
    pupil, profile = case.pupil, case.profile
    if "aansprakelijkeinstelling" in pupil:
        liable = sub(pupil, "aansprakelijkeinstelling")
        addresses(case, liable, f"{LEERLING}/aansprakelijkeinstelling")
        contacts(case, liable, f"{LEERLING}/aansprakelijkeinstelling", "OV04")
    if profile.family != "OVb" and yes(pupil, "verzorgersaansprakelijk") and "verzorger" not in pupil:
        said = "De verzorgers zijn aansprakelijk, maar er staat geen verzorger."
        case.add(profile.rule("OV01"), LEERLING, said)
    if (
        profile.name in ("POPO", "POVO")
        and "verzorgersaansprakelijk" in pupil
        and not yes(pupil, "verzorgersaansprakelijk")
        and "aansprakelijkeinstelling" not in pupil
        and _AANSPRAKELIJK not in case.off
    ):
        case.missing("OVa.AI01", LEERLING, "aansprakelijkeinstelling")
    for i, node in enumerate(subs(pupil, "verzorger"), 1):
        place = f"{LEERLING}/verzorger[{i}]"
        in_list(case, node, _CARETAKER, place)
        if yes(node, "adresgeheim") and "adreslijst" in node:
            rule = "OV01" if profile.family == "OVb" else "OV03"
            forbidden_address(case, rule, f"{place}/adreslijst")
        if profile.swv and "banknummer" in node:
            case.add("PaO.OV05", f"{place}/banknummer", "Een bankrekeningnummer is hier verboden.")
        if "overlijdensdatum" in node and not yes(node, "overleden"):
            case.add("OG.04", f"{place}/overlijdensdatum", "Alleen toegestaan als overleden waar is.")
        addresses(case, node, place)
        contacts(case, node, place, "OV04")


_PARTS: Final = (
    diagnoses,
    decisions,
    periods,
    care,
    final_test,
    tests,
    marks,
    secondary,
    caretakers,
)
