"""Level 1 of iJw: each RS and CS rule of the XSD is found wherever it holds, under its own code."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, Final

import pytest

from adapters import ijw
from adapters.ijw.berichten import PREFIXES, schema
from adapters.xml import writer as xmlwriter
from adapters.xml.parser import Node
from schemas.errors import Fault, InvalidMessage
from tests.conftest import ROOT
from tests.unit.adapters.ijw.strategies import full, places

FACTS = ROOT.parent / "shared" / "domain" / "ijw-3.2.json"

_INTEGERS: Final = (
    "LDT_Huisnummer LDT_BerichtVersie LDT_BerichtSubversie LDT_RelatieVolgorde LDT_Nummer LDT_Volume "
    "LDT_Budget LDT_TotaalBedrag LDT_Bedrag"
)
_ONE: Final = (
    "LDT_DatumGebruik LDT_Geslacht LDT_NaamGebruik LDT_Communicatievorm LDT_Huisletter LDT_Frequentie "
    "LDT_StatusAanlevering LDT_JaNee LDT_RedenVerzoek LDT_VerzoekAntwoord LDT_DebetCredit"
)
_TWO: Final = (
    "LDT_JuridischeStatus LDT_WettelijkeVertegenwoordiging LDT_AdresSoort LDT_AanduidingWoonadres "
    "LDT_LandCode LDT_SoortRelatie LDT_ProductCategorie LDT_RedenWijziging LDT_Eenheid LDT_RedenBeeindiging "
    "LDT_TypeVerwijzer LDT_RedenAfwijzingVerzoek"
)
_NOT_BLANK: Final = (
    "LDT_Naam LDT_Voorvoegsel LDT_Taal LDT_Huisletter LDT_HuisnummerToevoeging LDT_Postcode LDT_Straatnaam "
    "LDT_Plaatsnaam LDT_Organisatienaam LDT_Landnummer LDT_Emailadres LDT_IdentificatieBericht "
    "LDT_Persoonsid LDT_Referentie LDT_ProductCode LDT_NaamVerwijzer"
)
BREAKS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "CS015": ("LDT_BerichtSubversie", ("1", "02", "20")),
    "CS025": ("LDT_BerichtVersie", ("2", "03", "33")),
    "CS319": ("DeclaratieNummer", ("A-1", "A 1", "é")),
    "RS001": (_INTEGERS, ("-1", "-99999")),
    "RS002": ("LDT_BerichtVersie LDT_BerichtSubversie LDT_RelatieVolgorde", ("100",)),
    "RS003": ("", ()),
    "RS004": ("LDT_Huisnummer", ("100000",)),
    "RS005": ("LDT_Volume LDT_Budget LDT_Bedrag", ("100000000",)),
    "RS006": ("LDT_Nummer", ("1000000000",)),
    "RS007": ("", ()),
    "RS008": (_ONE, ("12",)),
    "RS009": (_TWO, ("123",)),
    "RS010": ("LDT_BerichtCode", ("4366",)),
    "RS011": ("LDT_HuisnummerToevoeging LDT_Landnummer LDT_RetourCode", ("02000",)),
    "RS012": ("LDT_ProductCode", ("45A045",)),
    "RS013": ("LDT_Voorletters", ("ABCDEFG",)),
    "RS014": ("LDT_Postcode LDT_AgbCode", ("123456789",)),
    "RS015": ("LDT_BurgerServicenummer", ("9999000060",)),
    "RS016": ("LDT_Voorvoegsel", ("x" * 11,)),
    "RS017": ("LDT_IdentificatieBericht LDT_IdentificatieDeclaratie", ("x" * 13,)),
    "RS018": ("LDT_Telefoonnummer", ("1" * 16,)),
    "RS019": ("LDT_Persoonsid LDT_ReferentieNummer", ("x" * 21,)),
    "RS020": ("LDT_Straatnaam", ("x" * 25,)),
    "RS021": ("LDT_Taal", ("x" * 26,)),
    "RS023": ("LDT_Organisatienaam", ("x" * 36,)),
    "RS024": ("LDT_Referentie", ("x" * 37,)),
    "RS025": ("LDT_NaamVerwijzer", ("x" * 65,)),
    "RS026": ("LDT_Plaatsnaam LDT_Emailadres", ("x" * 81,)),
    "RS028": ("LDT_Naam", ("x" * 201, "é" * 201)),
    "RS031": ("LDT_Commentaar", ("", " ", " \n\t ", " " * 100_000)),
    "RS032": ("LDT_Datum", ("2026-04-13Z", "2026-04-13+01:00", "2026-04-13-01:00")),
    "RS033": (_NOT_BLANK, ("", " ", "\t", "\n")),
    "RS034": ("LDT_Tijd", ("09:30:00Z", "09:30:00+01:00", "09:30:00-01:00")),
    "RS035": ("LDT_Gemeente", ("", "363", "03630", "036A", "０３６３")),
    "RS036": ("LDT_AgbCode", ("", "9999990", "9999990A")),
    "RS037": ("LDT_BurgerServicenummer", ("", "99990000", "99990000X")),
    "RS039": ("", ()),
    "RS040": ("LDT_TotaalBedrag", ("1000000000000",)),
    "RS045": ("LDT_Voorletters", ("", "A.", "A B", "1")),
    "RS046": ("LDT_Telefoonnummer", ("06-1", "+31")),
    "RS047": ("LDT_BerichtCode", ("1", "999", "43")),
    "RS048": ("LDT_Versie", ("", "1", "1.0", "01.0.0", "1.0.0.0", "1.0.x")),
}
"""By rule: the types it is about and texts that break it. Three are tied to no element of iJw 3.2."""


def broken(soort: str, place: str, text: str) -> bytes:
    """The full message with another text at one place."""
    inhoud = deepcopy(full(soort).inhoud)
    *steps, last = place.split("/")[2:]
    node: Any = inhoud
    for step in steps:
        node = node[step.removesuffix("[1]")]
        node = node[0] if isinstance(node, list) else node
    name = last.removesuffix("[1]")
    mark = "FFICTIEFF"
    node[name] = [mark] if last != name else mark
    return render(soort, inhoud).replace(mark.encode(), text.encode())


def render(soort: str, inhoud: Node) -> bytes:
    """XML that need not be valid."""
    return xmlwriter.render(schema(soort), inhoud, PREFIXES[soort])


def found(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        ijw.read(raw)
    return [(f.code, f.place) for f in caught.value.faults]


def of_type(soort: str, types: str) -> list[str]:
    """The places of values of these types."""
    wanted = set(types.split())
    return [
        place
        for place, part in places(soort).items()
        if part.value is not None and not wanted.isdisjoint(part.value.names)
    ]


CASES = [
    pytest.param(soort, rule, id=f"{soort}-{rule}")
    for rule, (types, _) in BREAKS.items()
    for soort in ijw.SOORTEN
    if of_type(soort, types)
]


@pytest.mark.parametrize(("soort", "rule"), CASES)
def test_a_broken_rule_is_found_at_every_place_it_is_about(soort: str, rule: str) -> None:
    """One wrong text gives one fault: the code of its rule, at the place of the text."""
    types, texts = BREAKS[rule]
    for place in of_type(soort, types):
        assert {text: found(broken(soort, place, text)) for text in texts} == {
            text: [(rule, place)] for text in texts
        }


def test_the_table_has_every_rule_and_every_element_of_the_standard() -> None:
    """All 42 rules of level 1 are in the table, for at least each element the standard ties them to."""
    if not FACTS.exists():
        pytest.skip("the facts of iJw are not beside this checkout")
    rules = [r for r in json.loads(FACTS.read_bytes())["rules"] if r["level"] == "xsd"]
    assert {r["code"] for r in rules} == set(BREAKS)
    assert len(BREAKS) == 42
    covered = {
        (rule, f"{soort}:{place.replace('[1]', '')}")
        for rule, (types, _) in BREAKS.items()
        for soort in ijw.SOORTEN
        for place in of_type(soort, types)
    }
    assert {(r["code"], element) for r in rules for element in r["elements"]} <= covered
    assert {r["code"] for r in rules if not r["elements"]} == {r for r, (t, _) in BREAKS.items() if not t}


@pytest.mark.parametrize(
    ("types", "text", "code"),
    [
        ("LDT_Datum", "2027-06-31", "datum.ongeldig"),
        ("LDT_Datum", "", "datum.ongeldig"),
        ("LDT_Datum", "13-04-2026", "datum.ongeldig"),
        ("LDT_Tijd", "25:00:00", "xsd.tijd"),
        ("LDT_Nummer LDT_Volume LDT_Huisnummer", "1,5", "xsd.getal"),
        ("LDT_Nummer LDT_Volume LDT_Huisnummer", "", "xsd.getal"),
        ("LDT_ReferentieNummer", "", "xsd.leeg"),
        ("LDT_Telefoonnummer", "", "xsd.leeg"),
        ("LDT_Eenheid", "02", "xsd.codelijst"),
        ("LDT_Geslacht", "9", "xsd.codelijst"),
        ("LDT_RetourCode", "9999", "xsd.codelijst"),
        ("LDT_LandCode", "nl", "xsd.codelijst"),
        ("LDT_LandCode", "", "xsd.codelijst"),
    ],
)
def test_what_no_rule_forbids_but_the_schema_does_is_found_too(types: str, text: str, code: str) -> None:
    """A value outside its type or code list is a fault under a name of ours."""
    seen = 0
    for soort in ijw.SOORTEN:
        for place in of_type(soort, types):
            assert found(broken(soort, place, text)) == [(code, place)]
            seen += 1
    assert seen


def test_a_code_outside_its_list_is_told_with_the_list() -> None:
    """The list of the standard, its number and what is in it."""
    place = next(iter(of_type("JW301", "LDT_Geslacht")))
    with pytest.raises(InvalidMessage) as caught:
        ijw.read(broken("JW301", place, "9"))
    (fault,) = caught.value.faults
    assert fault.text == "Deze code staat niet in codelijst COD046: 0, 1, 2."


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_a_value_of_a_list_that_the_rules_forbid_is_for_the_rules(soort: str) -> None:
    """Every value a code list has is read, also one a rule of level 2 refuses."""
    for place, part in places(soort).items():
        for listed in part.value.facets.get("enumeration", ())[:60] if part.value else ():
            ijw.read(broken(soort, place, listed))


@pytest.mark.parametrize("version", ["0.1.0", "1.0.2", "12.34.56"])
def test_any_version_of_the_xsds_is_read(version: str) -> None:
    """XsdVersie says with which XSD a message was made, and that may be any."""
    raw = broken("JW305", "/Bericht/Header/XsdVersie/BerichtXsdVersie", version)
    assert ijw.read(raw).inhoud["Header"]["XsdVersie"]["BerichtXsdVersie"] == version


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_every_missing_or_misplaced_element_is_found(soort: str) -> None:
    """Without a required element the message is refused, without an optional one it is read."""
    for place, part in list(places(soort).items())[1:]:
        inhoud = deepcopy(full(soort).inhoud)
        node: Any = inhoud
        *steps, last = place.replace("[1]", "").split("/")[2:]
        for step in steps:
            node = node[step] if isinstance(node[step], dict) else node[step][0]
        del node[last]
        raw = render(soort, inhoud)
        refused: tuple[Fault, ...] = ()
        try:
            ijw.read(raw)
        except InvalidMessage as error:
            refused = error.faults
        # An element that was all its parent had takes the parent with it.
        alone = not node
        assert (
            alone
            or [f.code for f in refused] == (["xsd.ontbreekt"] if part.least else [])
            or ([f.code for f in refused] == ["xsd.onverwacht"])
        )
        assert alone or bool(refused) == bool(part.least)
