"""A synthetic dossier for every profile and year, made from the one that has every element POSWV allows.

Each has every element its profile and year allow, with values made up from their names. `python -m
tests.unit.adapters.oso.profiles` writes them to tests/data/oso with what they become now: read the
difference before it is committed, for that is the review.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from adapters import oso
from adapters.oso.profielen import BB, PROFILES, Profile
from tests.builders import a_bsn
from tests.unit.adapters.oso.dossier import FULL, NS

FOLDER: Final = Path(__file__).parents[3] / "data" / "oso"
YEARS: Final = (2017, 2018, 2019)
ALL: Final[dict[str, Profile]] = {**PROFILES, "BB": BB}
L = "huidigeschool/leerling"
ONDERWIJSNUMMER: Final = "100000004"

_VVE = ("vanpeuterspeelzaal", "naampeuterspeelzaal", "voorschools", "vroegschools")
_DOCUMENT = (
    "<document><bestandsnaam>fictief bestandsnaam {0}</bestandsnaam><omschrijving>fictief omschrijving {0}"
    "</omschrijving><bestandsinhoud>UEsDBBQAAAAAAABIdF0EFGK2MwAAADMAAAAPAAAAdG9lbGljaHRpbmcudHh0RmljdGlldmUgdG9l"
    "bGljaHRpbmcuIERlemUgbGVlcmxpbmcgYmVzdGFhdCBuaWV0Lg0KUEsBAhQDFAAAAAAAAEh0XQQUYrYzAAAAMwAAAA8AAAAAAAAAAAAAAK"
    "QBAAAAAHRvZWxpY2h0aW5nLnR4dFBLBQYAAAAAAQABAD0AAABgAAAAAAA=</bestandsinhoud></document>"
)
_ADDRESS = (
    "<adreslijst><adres><soortadres>bezoek</soortadres><straat>fictief straat {0}</straat><nummer>1</nummer>"
    "<toevoeging>a</toevoeging><aanduiding>TO</aanduiding><locatieomschrijving>fictief</locatieomschrijving>"
    "<postcode>0000 AA</postcode><plaats>fictief plaats {0}</plaats><gemeente>fictief gemeente</gemeente>"
    "<land>6030</land></adres></adreslijst><communicatielijst><communicatie><soort>telefoon</soort>"
    "<aanduiding>werk</aanduiding><nummer>fictief nummer {0}</nummer><geheim>false</geheim>"
    "<noodnummer>true</noodnummer></communicatie></communicatielijst>"
)
_FINAL = (
    "<eindtoets_basisonderwijs><eindtoetsresultaat><toetssoort>0013</toetssoort><toetsniveau>G</toetsniveau>"
    "<toetsomschrijving>fictief toetsomschrijving</toetsomschrijving><datum_afname>2026-04-20</datum_afname>"
    "<wettelijke_ontheffing>N</wettelijke_ontheffing><standaardscore>535</standaardscore>"
    "<toets_advies>fictief toets_advies</toets_advies><onderdelen><onderdeel>"
    "<onderdeelcode>8000</onderdeelcode>"
    "<onderdeelomschrijving>fictief onderdeelomschrijving</onderdeelomschrijving>"
    "<ond_referentieniveau>02</ond_referentieniveau><domeinen><domein><domeincode>8050</domeincode>"
    "<domeinomschrijving>fictief domeinomschrijving</domeinomschrijving>"
    "<dom_referentieniveau>04</dom_referentieniveau></domein></domeinen></onderdeel></onderdelen>"
    "</eindtoetsresultaat><deelgenomen>true</deelgenomen>"
    + _DOCUMENT.format("eindtoets")
    + "</eindtoets_basisonderwijs>"
)
_VOMBO = (
    "<bevorderd><elementcode>0011</elementcode><leerjaar>12</leerjaar></bevorderd>"
    "<examenresultaat><soortdiploma>fictief soortdiploma</soortdiploma><examenjaar>2026</examenjaar>"
    "<datumuitslag>2026-06-12</datumuitslag><examenuitslag>geslaagd</examenuitslag></examenresultaat>"
    + "".join(
        "<resultaatvakkenvo><vakcode>fictief vakcode</vakcode>"
        "<vakleergebied>fictief vakleergebied</vakleergebied>"
        "<afgerond>true</afgerond><datumafgerond>2026-06-01</datumafgerond><examenvak>true</examenvak>"
        f"{mark}</resultaatvakkenvo>"
        for mark in (
            "<beoordelingexamenvak>voldoende</beoordelingexamenvak>",
            "<exameneindcijfer>7</exameneindcijfer>",
            "<cijferce>6.1</cijferce>",
            "<eindcijferse>6.2</eindcijferse>",
            "<cijferse>6.3</cijferse><cijferse>6.4</cijferse>",
            "<rapportcijfer>6.5</rapportcijfer>",
            (
                "<werkstuk><werkstuktitel>fictief werkstuktitel</werkstuktitel>"
                "<werkstukbeoordeling>fictief werkstukbeoordeling</werkstukbeoordeling></werkstuk>"
            ),
        )
    )
    + "<certificaat>fictief certificaat</certificaat>"
    "<competenties><competentiereferentie>fictief competentiereferentie</competentiereferentie>"
    "<competentiecategorie>fictief competentiecategorie</competentiecategorie>"
    "<competentiebeschrijving>fictief competentiebeschrijving</competentiebeschrijving>"
    "<competentiestatus>fictief competentiestatus</competentiestatus></competenties>"
    "<stage><beoordeling>fictief beoordeling zonder meer</beoordeling></stage>"
    "<stage><begindatum>2026-02-01</begindatum><einddatum>2026-04-01</einddatum>"
    "<soortstage>fictief soortstage</soortstage><functierol>fictief functierol</functierol>"
    "<instelling><naam>fictief naam stage</naam>" + _ADDRESS.format("stage") + "</instelling>"
    "<beoordeling>fictief beoordeling</beoordeling></stage>"
    "<overigvombo><keuzevervolgopleiding>fictief keuzevervolgopleiding</keuzevervolgopleiding>"
    "<beroepskeuzetest>true</beroepskeuzetest><portfolio>true</portfolio><pop>true</pop>"
    "<motivatiebrief>true</motivatiebrief><lobdossier>true</lobdossier></overigvombo>"
)
_ZORG_BEFORE = (
    "<naamib>fictief naamib</naamib><sbobeschikkingsdatum>2014-05-01</sbobeschikkingsdatum>"
    "<wsnsnummer>4711</wsnsnummer><lgf><lgfdatum>2013-08-01</lgfdatum>"
    "<codelgfonderwijssoort>3</codelgfonderwijssoort><lgfcvinummer>fictief lgfcvinummer</lgfcvinummer>"
    "<lgfindicatierec>4</lgfindicatierec><lgfeinddatum>2014-07-31</lgfeinddatum>"
    "<lgfbrincode>99ZX</lgfbrincode></lgf>"
)
_ZORG_OPDC = (
    "<verblijf_opdc><opdc_ingangdatum>2024-02-01</opdc_ingangdatum>"
    "<opdc_einddatum>2024-07-01</opdc_einddatum><opdc_brin>99ZX</opdc_brin>"
    "<opdc_vestigingscode>01</opdc_vestigingscode></verblijf_opdc>"
    "<pgbdatum>2014-01-01</pgbdatum><pgbomvang>4712</pgbomvang>"
)
_ZORG_UPW = (
    "<upw><upwingangdatum>2025-08-01</upwingangdatum><upwuitstroomprofiel>2</upwuitstroomprofiel>"
    "<upwvoelementcode>0011</upwvoelementcode><upwleerjaar>3</upwleerjaar></upw>"
)
_ZORG_AFTER = (
    "<onderwijsbelemmering>fictief onderwijsbelemmering een</onderwijsbelemmering>"
    "<onderwijsbelemmering>fictief onderwijsbelemmering twee</onderwijsbelemmering>"
    "<sterkpunt>fictief sterkpunt een</sterkpunt><sterkpunt>fictief sterkpunt twee</sterkpunt>"
    "<extrahulpingroep78><domein>fictief domein een</domein>"
    "<toelichtinghulp>fictief toelichtinghulp</toelichtinghulp><voortzetten>true</voortzetten>"
    "</extrahulpingroep78><extrahulpingroep78><domein>fictief domein twee</domein>"
    "<voortzetten>false</voortzetten></extrahulpingroep78>"
    "<specialebegeleiding>true</specialebegeleiding>"
    "<begeleiding><soortbegeleiding>fictief soortbegeleiding</soortbegeleiding>"
    "<begeleidingvoortzetten>true</begeleidingvoortzetten></begeleiding>"
    "<ambulantstartdatum>2013-09-01</ambulantstartdatum><ambulantbrincode>99ZX</ambulantbrincode>"
    "<ambulantvestigingscode>01</ambulantvestigingscode><begeleidingsplanrec>true</begeleidingsplanrec>"
)
_VIR = "<vir><ingevoerdinvir>true</ingevoerdinvir><reden>fictief reden vir</reden></vir>"
_ZAT = "<zat><besprokeninzat>true</besprokeninzat><reden>fictief reden zat</reden></zat>"
_ZORG_CONTACTS = (
    "<artslijst><arts><achternaam>fictief achternaam arts</achternaam>"
    "<geboortedatum>1970-01-01</geboortedatum><soort>fictief soort arts</soort></arts></artslijst>"
    "<contactoverigeinstanties><instelling><naam>fictief naam instantie een</naam>"
    + _ADDRESS.format("instantie")
    + "</instelling><instelling><naam>fictief naam instantie twee</naam></instelling>"
    "<contactpersoon><achternaam>fictief achternaam contactpersoon</achternaam>"
    "<geboortedatum>1971-01-01</geboortedatum></contactpersoon></contactoverigeinstanties>"
)


def _q(path: str) -> str:
    return "/".join(f"{{{NS}}}{step}" for step in path.split("/"))


def _get(root: ET.Element, path: str) -> ET.Element:
    found = root.find(_q(path))
    assert found is not None, path
    return found


def _new(xml: str) -> list[ET.Element]:
    return list(ET.fromstring(f'<x xmlns="{NS}">{xml}</x>'))


def _insert(parent: ET.Element, xml: str, before: str | None) -> None:
    at = len(parent) if before is None else list(parent).index(_get(parent, before))
    for offset, child in enumerate(_new(xml)):
        parent.insert(at + offset, child)


def _remove(parent: ET.Element, *names: str) -> None:
    for name in names:
        for child in parent.findall(_q(name)):
            parent.remove(child)


@cache
def build(name: str, year: int = 2019, *, number: str = "bsn") -> bytes:
    """The dossier of one profile ("BB" for binnen-brin) and year; `number`: which of the two it carries."""
    profile = ALL[name]
    root = ET.fromstring(FULL)
    _get(root, "overdrachtsoort").text = profile.overdrachtsoort
    if name == "BB":
        _remove(_get(root, "metadata"), "overstap")
    else:
        _get(root, "metadata/overstap").text = name
    switches = _get(root, "metadata/categorie_uitlevering")
    for switch, status in zip(switches, profile.statuses, strict=True):
        switch.text = status
    pupil = _get(root, L)
    refused = {element for _, element in profile.forbidden}
    if not profile.swv:
        digits = a_bsn(7) if number == "bsn" else ONDERWIJSNUMMER
        _insert(pupil, f"<{number}>{digits}</{number}>", "leerlingid")
    if profile.statuses[5] == "VERBODEN":
        _remove(pupil, *_VVE)
    if "eindtoets_basisonderwijs" not in refused:
        _insert(pupil, _FINAL, "toetslijst")
    if profile.statuses[14] != "VERBODEN":
        _insert(pupil, _VOMBO, None)
    if year < 2019:
        _grow_older(root, year, profile)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode").replace("gegevensset/2019/", f"gegevensset/{year}/")
    marked = (
        f"Fictief. Elk element dat {profile.name} in {year} toelaat; de waarden zijn uit de namen verzonnen."
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {marked} -->\n{text}\n'.encode()


def _grow_older(root: ET.Element, year: int, profile: Profile) -> None:
    metadata, pupil = _get(root, "metadata"), _get(root, L)
    _get(metadata, "standaardversie").text = f"{year}.1"
    _get(metadata, "validatieversie").text = f"{year}.1.1"
    _get(metadata, "categorie_uitlevering/cat_onderwijsondersteuning").tag = _q("cat_zorgenbegeleiding")
    _remove(pupil, "huisarts")
    _remove(_get(pupil, "overstapadvies"), "aandachtspunten")
    for caretaker in pupil.findall(_q("verzorger")):
        if year == 2017:
            _remove(caretaker, "overleden", "overlijdensdatum")
        _insert(caretaker, "<geboortedatum>1985-05-05</geboortedatum>", "geslacht")
    support = _get(pupil, "onderwijsondersteuning")
    plans = support.findall(_q("handelingsplan"))
    _remove(support, "handelingsplan", "toelichting_onderwijsbehoeften", "arrangement_pao")
    support.tag = _q("zorg")
    _insert(
        pupil,
        f"<sefunctioneren>{_DOCUMENT.format('se')}<toelichtingsef>fictief toelichtingsef"
        "</toelichtingsef></sefunctioneren>",
        "verzuim",
    )
    _insert(pupil, "<handelingsplanlijst/>", "cijferlijstlijst")
    _get(pupil, "handelingsplanlijst").extend(plans)
    parts = {
        name: support.findall(_q(name))
        for name in ("diagnose", "medicijngebruik", "opp", "tlv", "arrangement_cluster12", "lwoo", "rvc")
    }
    for name in ("diagnose", "tlv", "lwoo"):
        for part in parts[name]:
            _remove(part, "document")
    for part in parts["arrangement_cluster12"]:
        part.tag = _q("arrangement")
    earlier = _new("<opp><opp_ingangdatum>2024-09-01</opp_ingangdatum></opp>")
    for child in list(support):
        support.remove(child)
    support.extend(
        [
            *_new(_ZORG_BEFORE),
            *parts["tlv"],
            *parts["arrangement_cluster12"],
            *parts["opp"],
            *earlier,
            *_new(_ZORG_OPDC),
            *parts["rvc"],
            *parts["lwoo"],
            *_new(_ZORG_UPW),
            *parts["diagnose"],
            *_new(_ZORG_AFTER),
            *(_new(_VIR) if profile is BB else []),
            *([] if profile.swv else _new(_ZAT)),
            *parts["medicijngebruik"],
            *_new(_ZORG_CONTACTS),
        ]
    )


GOLDEN: Final = [
    *((name, 2019) for name in ALL if name != "POSWV"),
    ("POSWV", 2018),
    ("POSWV", 2017),
    ("BB", 2018),
    ("BB", 2017),
]
"""The dossiers that stand in tests/data/oso with what they must become."""


def file_of(name: str, year: int) -> Path:
    return FOLDER / f"{name.lower()}_{year}.xml"


def pruned(value: Any) -> Any:
    """Without what is absent, so that an expectation shows what is there."""
    if isinstance(value, dict):
        return {k: pruned(v) for k, v in value.items() if v not in (None, [])}
    return [pruned(v) for v in value] if isinstance(value, list) else value


def outcome(raw: bytes) -> dict[str, Any]:
    """What a golden file says of a dossier: the whole message, and each finding with its place."""
    result = oso.translate(raw, provenance=False)
    return {
        "bericht": pruned(result.bericht.model_dump(mode="json")),
        "bevindingen": [[b.code, b.place] for b in result.bevindingen],
    }


if __name__ == "__main__":
    for wanted in GOLDEN:
        path = file_of(*wanted)
        path.write_bytes(build(*wanted))
        text = json.dumps(outcome(path.read_bytes()), indent=1, ensure_ascii=False)
        path.with_suffix(".json").write_text(text + "\n", "utf-8")
