"""What a school in EDEXML becomes, and what is wrong with one that is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters import edexml
from adapters.registratie.leerlingcodes import DROPPED
from adapters.xml import parser as xml
from schemas.errors import InvalidMessage, UnsupportedMessage
from schemas.messages.onderdelen import Code
from schemas.messages.registratie import Registratievertaling, Sleutelsoort
from tests.builders import a_bsn
from tests.unit.adapters.edexml.school import DATA, L1, L2, SCHOOL, TODAY, Change, add, changed, drop, put

Standard = Callable[[str], Path]


def translate(*changes: Change) -> Registratievertaling:
    return edexml.translate(changed(*changes), today=TODAY)


def codes(*changes: Change) -> list[tuple[str, str]]:
    """The faults of a school that must be refused; check says the same as translate."""
    raw = changed(*changes)
    with pytest.raises(InvalidMessage) as caught:
        edexml.translate(raw, today=TODAY)
    assert edexml.check(raw, today=TODAY).fouten == caught.value.faults
    return [(f.code, f.place) for f in caught.value.faults]


def findings(result: Registratievertaling) -> set[tuple[str, str]]:
    return {(b.code, b.place) for b in result.bevindingen}


def test_the_made_up_school_becomes_exactly_the_expected_registration() -> None:
    """Every field lands where the reviewed expectation says, and nothing more."""
    result = edexml.translate(SCHOOL, today=TODAY)
    want = json.loads((DATA / "edexml" / "school.json").read_text("utf-8"))
    assert result.bericht.inhoud().data == want
    assert edexml.check(SCHOOL, today=TODAY).goed
    assert edexml.check(SCHOOL, today=TODAY).bevindingen == result.bevindingen


def test_the_official_sample(standard: Standard) -> None:
    """The example of the standard itself is read whole, with exactly these findings."""
    raw = standard("uwlr/EDEXML.Voorbeeld.2.1.xml").read_bytes()
    result = edexml.translate(raw, today=TODAY)
    bericht = result.bericht
    assert (bericht.school.brin, bericht.school.vestigingscode, bericht.schooljaar) == (
        "99ZZ",
        "00",
        "2014-2015",
    )
    assert [
        len(x) for x in (bericht.vestigingen, bericht.groepen, bericht.leerlingen, bericht.leerkrachten)
    ] == [
        2,
        8,
        3,
        3,
    ]
    first, second, third = bericht.leerlingen
    assert first.naamdelen.model_dump(exclude_none=True) == {"roepnaam": "Wimpie"}
    assert (first.sleutel.waarde, first.sleutel.eck_id_gezien) == ("00001", True)
    assert first.groepen == ("GRP4B", "sg1", "sg2")
    assert second.naamdelen.voornamen == "Ismaël Hassan"
    assert second.geslacht is not None
    assert second.geslacht.code == "0"
    assert (third.historisch, str(third.uitstroomdatum)) == (True, "2014-07-18")
    assert [[r.code for r in lk.rollen] for lk in bericht.leerkrachten] == [["TAL"], [], ["STA", "OWA"]]
    at = "/EDEX/leerlingen/leerling"
    assert [(b.code, b.place, b.line) for b in result.bevindingen] == [
        ("toevoegingen.weggelaten", "/EDEX/groepen/groep[3]/toevoegingen", 48),
        ("eckid.weggelaten", f"{at}[1]", 77),
        ("gegeven.weggelaten", f"{at}[2]/land", 98),
        ("nummer.weggelaten", f"{at}[2]/bsn", 99),
        ("gegeven.weggelaten", f"{at}[2]/gewicht_nieuw", 100),
        ("gegeven.niet_overgenomen", f"{at}[2]/postcodenl", 101),
        ("gegeven.weggelaten", f"{at}[3]/land_vader", 114),
        ("gegeven.weggelaten", f"{at}[3]/land_moeder", 115),
        ("nummer.weggelaten", f"{at}[3]/bsn_ondwnr-4", 116),
        ("rol.omschrijving", "/EDEX/leerkrachten/leerkracht[2]/rolomschrijving[1]", 146),
    ]
    said = repr(result)
    assert [
        v for v in ("133456785", "2731", "6971VB", "id.school", "MA'", "Evers", "41323") if v in said
    ] == []


@pytest.mark.parametrize("element", [e for e in DROPPED if e != "toevoegingen"])
def test_a_dropped_element_is_reported_and_nowhere(element: str) -> None:
    """Each element that is not taken over gives one finding at its place; its value comes out nowhere."""
    numbers = ("sofinummer", "bsn", "onderwijsnummer", "bsn_ondwnr-4", "rijksregisternummer")
    codes_ = ("postcodenl", "postnummerbe", "postcodeoverig")
    one_of = next((group for group in (numbers, codes_) if element in group), (element,))
    there = {"sofinummer": "bsn"} | dict.fromkeys(numbers, "bsn") | dict.fromkeys(codes_, "postcodenl")
    old = there.get(element, element)
    value = {"bsn": a_bsn(3), "gewicht_nieuw": "0,3"}.get(element, "KANARIE")

    def change(root: Any) -> None:
        found = root.find(f"{L1}/{old}")
        assert found is not None
        found.tag, found.text = element, value

    result = translate(change, *(drop(f"leerlingen/leerling[{i}]/{e}") for i, e in _elsewhere(one_of)))
    kind = {"postcodenl", "postnummerbe", "postcodeoverig", "emailadres"}
    want = "nummer" if element in numbers else "gegeven"
    suffix = "niet_overgenomen" if element in kind else "weggelaten"
    assert (f"{want}.{suffix}", f"/EDEX/{L1}/{element}") in findings(result)
    assert value not in repr(result)


def _elsewhere(group: tuple[str, ...]) -> list[tuple[int, str]]:
    """Where the made-up school has another of these, so that one finding is about one element."""
    found = []
    for place, element in (
        (2, "sofinummer"),
        (3, "onderwijsnummer"),
        (4, "bsn_ondwnr-4"),
        (5, "rijksregisternummer"),
        (2, "postnummerbe"),
        (3, "postcodeoverig"),
    ):
        if element in group:
            found.append((place, element))
    return found


def test_additions_with_an_undefined_type_are_dropped() -> None:
    """Blocks of a supplier, whatever is in them, do not stop a file and leave nothing."""
    xsi = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    block = f'<toevoegingen><blok {xsi} i:type="X"><a>KANARIE</a></blok>'
    result = translate(add(L2, f"{block}</toevoegingen>"))
    assert "KANARIE" not in repr(result)
    assert ("toevoegingen.weggelaten", "/EDEX/school/toevoegingen") in findings(result)


def test_an_eck_id_is_never_kept() -> None:
    """Only that an ECK iD was there is kept, for leerlingen and leerkrachten."""
    result = edexml.translate(SCHOOL, today=TODAY)
    assert "ketenid" not in repr(result)
    assert result.bericht.leerlingen[0].sleutel.eck_id_gezien
    assert result.bericht.leerkrachten[0].sleutel.eck_id_gezien
    assert not result.bericht.leerlingen[1].sleutel.eck_id_gezien


@pytest.mark.parametrize(
    ("key", "soort"),
    [
        ("0071", Sleutelsoort.LAS),
        ("#0071", Sleutelsoort.DUMMY),
        ("https://ketenid.nl/201703/x", Sleutelsoort.ECK_ID),
        ("HTTPS://ketenid.nl/201703/x", Sleutelsoort.ECK_ID),
        ("zelfde", Sleutelsoort.ECK_ID),
    ],
)
def test_which_kind_of_key(key: str, soort: Sleutelsoort) -> None:
    """A key of the school system is kept; a dummy and an ECK iD are named as such and not kept."""
    result = translate(put(f"{L1}/@key", key), put(f"{L1}/@eckid", "zelfde"))
    sleutel = result.bericht.leerlingen[0].sleutel
    assert sleutel.soort is soort
    assert sleutel.waarde == (key if soort is Sleutelsoort.LAS else None)
    assert (key in repr(result)) == (soort is Sleutelsoort.LAS)


def test_the_longest_key_is_kept_and_a_longer_one_refused() -> None:
    """A key has at most 256 characters."""
    assert translate(put(f"{L1}/@key", "k" * 256)).bericht.leerlingen[0].sleutel.waarde == "k" * 256
    assert codes(put(f"{L1}/@key", "k" * 257))[0][1] == f"/EDEX/{L1}"


def test_keys_that_are_all_citizen_numbers_are_refused() -> None:
    """A file whose every key passes the elfproef has the BSN as key; one such key is chance."""
    numbers = [put(f"leerlingen/leerling[{i}]/@key", a_bsn(i)) for i in range(1, 6)]
    assert codes(*numbers) == [("sleutel.bsn", "/EDEX/leerlingen")]
    assert translate(numbers[0]).bericht.leerlingen[0].sleutel.soort is Sleutelsoort.LAS


TRAPS = [
    ("2024-2025", True),
    ("2025-2026", True),
    ("2099-2100", True),
    ("1999-2000", True),
    ("2025-2027", False),
    ("2025-2025", False),
    ("2026-2025", False),
]


@pytest.mark.parametrize(("year", "good"), TRAPS)
def test_any_two_consecutive_years_are_a_schooljaar(year: str, good: bool) -> None:
    """The official list ends at 2024-2025; ours does not, and years that do not follow are refused."""
    change = put("school/schooljaar", year)
    if good:
        assert translate(change).bericht.schooljaar == year
    else:
        assert codes(change) == [("school.schooljaar", "/EDEX/school/schooljaar")]


@pytest.mark.parametrize("year", ["2020 / 2021", "2020/2021", "20-21", "3000-3001", "２０２０-２０２１"])
def test_another_form_of_schooljaar_is_refused_once(year: str) -> None:
    """Only YYYY-YYYY is the form of EDEXML."""
    assert codes(put("school/schooljaar", year)) == [("xsd.formaat", "/EDEX/school/schooljaar")]


def test_geslacht_is_the_other_way_round_than_in_oso() -> None:
    """In EDEXML 1 is a jongen and 2 a meisje; the code carries its list, which is not that of OSO."""
    from adapters.oso.filling import code

    meisje = edexml.translate(SCHOOL, today=TODAY).bericht.leerlingen[0].geslacht
    jongen = edexml.translate(SCHOOL, today=TODAY).bericht.leerlingen[1].geslacht
    assert meisje == Code(code="2", stelsel="iso-5218", omschrijving="meisje")
    assert jongen == Code(code="1", stelsel="iso-5218", omschrijving="jongen")
    oso = code(14)("2")
    assert (oso.code, oso.stelsel) != (meisje.code, meisje.stelsel)


@pytest.mark.parametrize(
    ("code", "fault"), [("3", "xsd.codelijst"), ("03", "xsd.codelijst"), ("M", "xsd.type"), ("", "xsd.type")]
)
def test_another_geslacht_is_refused(code: str, fault: str) -> None:
    """Only 0, 1, 2 and 9 are codes, and the fault says so."""
    assert codes(put(f"{L1}/geslacht", code)) == [(fault, f"/EDEX/{L1}/geslacht")]
    (found,) = edexml.check(changed(put(f"{L1}/geslacht", code)), today=TODAY).fouten
    assert found.text.endswith(": 0, 1, 2, 9.")


@pytest.mark.parametrize("code", ["B", "D", "0", "8", "11", "16", "S", "V", "C", "N", "H"])
def test_jaargroep_is_of_the_list_of_edexml(code: str) -> None:
    """Each code keeps its own list; H also says that the leerling is history."""
    leerling = translate(put(f"{L1}/jaargroep", code)).bericht.leerlingen[0]
    assert leerling.jaargroep is not None
    assert (leerling.jaargroep.code, leerling.jaargroep.stelsel) == (code, "edexml-jaargroep")
    assert leerling.historisch == (code == "H")


@pytest.mark.parametrize("code", ["P", "9", "10", "17", "h"])
def test_a_jaargroep_of_another_list_is_refused(code: str) -> None:
    """P is of OSO; 9 and 10 do not exist."""
    assert codes(put(f"{L1}/jaargroep", code)) == [("xsd.codelijst", f"/EDEX/{L1}/jaargroep")]


def test_a_leerling_has_no_mixed_jaargroep() -> None:
    """C belongs to a group: on a leerling it is kept and reported; a mixed group itself is no finding."""
    result = translate(put(f"{L1}/jaargroep", "C"))
    assert ("jaargroep.combinatie", f"/EDEX/{L1}/jaargroep") in findings(result)
    assert not any(
        b.code == "jaargroep.combinatie" for b in edexml.translate(SCHOOL, today=TODAY).bevindingen
    )
    assert next(g for g in result.bericht.groepen if g.sleutel == "7/8").jaargroep is not None


def test_a_missing_jaargroep_is_reported() -> None:
    """The schema allows it, the rule of the standard does not."""
    assert ("jaargroep.ontbreekt", "/EDEX/leerlingen/leerling[5]") in findings(
        edexml.translate(SCHOOL, today=TODAY)
    )


@pytest.mark.parametrize("weight", ["0,3", "0.3", "?", "1,2", "zwaar"])
def test_a_weight_with_comma_or_point_is_dropped_unjudged(weight: str) -> None:
    """What is thrown away is no reason to refuse a school."""
    assert ("gegeven.weggelaten", f"/EDEX/{L1}/gewicht_nieuw") in findings(
        translate(put(f"{L1}/gewicht_nieuw", weight))
    )


def test_a_roepnaam_alone_is_a_name_and_a_voorvoegsel_alone_is_not() -> None:
    """A leerling without achternaam is valid; one with neither is refused."""
    assert edexml.translate(SCHOOL, today=TODAY).bericht.leerlingen[1].naamdelen.achternaam is None
    assert [code for code, _ in codes(drop(f"{L2}/roepnaam"))] == ["xsd.onverwacht"]
    assert [code for code, _ in codes(drop(f"{L1}/achternaam"))] == ["xsd.onverwacht"]


def test_an_empty_name_is_refused_and_spaces_are_one_space() -> None:
    """Nothing at all is no value for the schema; spaces around or inside a name are one space."""
    assert codes(put(f"{L1}/achternaam", "")) == [("xsd.leeg", f"/EDEX/{L1}/achternaam")]
    named = translate(put(f"{L1}/achternaam", " de\n\t Proef ")).bericht.leerlingen[0].naamdelen
    assert named.achternaam == "de Proef"


DOUBLE = [
    ("vestigingen", "vestiging", "N"),
    ("groepen", "groep", "6"),
    ("groepen", "samengestelde_groep", "6"),
    ("leerlingen", "leerling", "0071"),
    ("leerkrachten", "leerkracht", "m1"),
]
BODY = {
    "vestiging": "<naam>x</naam>",
    "groep": "<naam>x</naam><jaargroep>1</jaargroep>",
    "samengestelde_groep": "<naam>x</naam>",
    "leerling": "<roepnaam>x</roepnaam>",
    "leerkracht": "<roepnaam>x</roepnaam>",
}


@pytest.mark.parametrize(("where", "element", "key"), DOUBLE)
def test_a_key_used_twice_is_refused(where: str, element: str, key: str) -> None:
    """A key names one thing of its kind; both kinds of group share theirs."""
    found = codes(add(where, f'<{element} key="{key}">{BODY[element]}</{element}>'))
    assert len(found) == 1
    assert found[0][0] == "sleutel.dubbel"
    assert found[0][1].startswith(f"/EDEX/{where}/{element}[")


def test_a_leerling_and_a_leerkracht_may_share_a_key() -> None:
    """Each kind has its own keys."""
    assert translate(put("leerkrachten/leerkracht[1]/@key", "0071")).bericht.leerkrachten


@pytest.mark.parametrize("who", ["leerlingen/leerling", "leerkrachten/leerkracht"])
def test_an_eck_id_used_twice_is_refused(who: str) -> None:
    """An ECK iD belongs to one person."""
    found = codes(put(f"{who}[1]/@eckid", "https://x/1"), put(f"{who}[2]/@eckid", "https://x/1"))
    assert found == [("eckid.dubbel", f"/EDEX/{who}[2]")]


REFERENCES = [
    (f"{L1}/groep[1]", "verwijzing.groep"),
    (f"{L1}/samengestelde_groepen/samengestelde_groep[1]", "verwijzing.samengestelde_groep"),
    (f"{L1}/vestiging[1]", "verwijzing.vestiging"),
    ("leerkrachten/leerkracht[1]/groepen/groep[1]", "verwijzing.groep"),
    ("leerkrachten/leerkracht[1]/groepen/samengestelde_groep[1]", "verwijzing.samengestelde_groep"),
]


@pytest.mark.parametrize("key", ["weg", "plus", "6", "0072"])
@pytest.mark.parametrize(("place", "code"), REFERENCES)
def test_a_reference_to_what_is_not_there_is_refused(place: str, code: str, key: str) -> None:
    """A stamgroep, a group beside it and a vestiging must each be there, of the right kind."""
    kind = code.partition(".")[2]
    if (kind, key) in {("groep", "6"), ("samengestelde_groep", "plus")}:
        assert translate(put(f"{place}/@key", key)).bericht.leerlingen
    else:
        assert codes(put(f"{place}/@key", key)) == [(code, f"/EDEX/{place}")]


def test_no_dependancecode_means_00() -> None:
    """An absent code and 00 are the same vestiging."""
    assert translate(drop("school/dependancecode")).bericht.school.vestigingscode == "00"


@pytest.mark.parametrize("role", ["OUD", "SMW", "DIR"])
def test_a_role_authorises_nobody(role: str) -> None:
    """A role is kept as other people's data that never leaves; OUD is a hint and no gezag."""
    result = translate(put("leerkrachten/leerkracht[2]/rol", role))
    leerkracht = result.bericht.leerkrachten[1]
    assert leerkracht.ouder_volgens_bron == (role == "OUD")
    assert ("rol.ouder" in {b.code for b in result.bevindingen}) == (role == "OUD")
    assert "gezag" not in result.bericht.inhoud().data
    assert all(
        leaf.categorie.niveau == 0 for leaf in result.bericht.bladen if leaf.pad.startswith("leerkrachten[].")
    )


def test_an_unknown_role_is_dropped_and_reported() -> None:
    """The list of roles grows between versions, and we need none of them."""
    result = translate(put("leerkrachten/leerkracht[2]/rol", "KANARIE"))
    assert result.bericht.leerkrachten[1].rollen == ()
    assert ("rol.onbekend", "/EDEX/leerkrachten/leerkracht[2]/rol[1]") in findings(result)
    assert "KANARIE" not in repr(result)


def test_dates_the_wrong_way_round_are_reported() -> None:
    """Leaving before coming is odd and no reason to refuse."""
    result = translate(put(f"{L1}/instroomdatum", "2028-07-15"))
    assert ("datum.volgorde", f"/EDEX/{L1}") in findings(result)


@pytest.mark.parametrize("date", ["2016-02-30", "29-02-2016", "2016-2-9", "0000-02-09", ""])
def test_what_is_no_date_is_refused(date: str) -> None:
    """Only an existing day as YYYY-MM-DD is a date; with a time zone it is that day."""
    assert [place for _, place in codes(put(f"{L1}/geboortedatum", date))] == [f"/EDEX/{L1}/geboortedatum"]
    zoned = translate(put(f"{L1}/geboortedatum", "2016-02-29+01:00")).bericht.leerlingen[0]
    assert str(zoned.geboortedatum) == "2016-02-29"


@pytest.mark.parametrize(
    ("version", "code"), [("2.0", "edexml.versie_2_0"), (None, "edexml.versie_ontbreekt")]
)
def test_an_older_or_unnamed_version_is_read_and_said(version: str | None, code: str) -> None:
    """2.0 lacks nothing we need; a file that names no version is read as 2.1."""
    change = drop("school/xsdversie") if version is None else put("school/xsdversie", version)
    assert code in {b.code for b in translate(change).bevindingen}


@pytest.mark.parametrize("version", ["1.03", "2.2", "3.0", "x"])
def test_another_version_is_unsupported(version: str) -> None:
    """A version we do not know is one clear answer."""
    raw = changed(put("school/xsdversie", version), put(f"{L1}/geslacht", "7"))
    with pytest.raises(UnsupportedMessage) as caught:
        edexml.translate(raw, today=TODAY)
    assert [f.code for f in caught.value.faults] == ["edexml.versie"]


def test_a_namespace_is_refused_as_such() -> None:
    """EDEX in a namespace is nearly the standard: what is wrong with it is said."""
    with pytest.raises(UnsupportedMessage) as caught:
        edexml.translate(b'<EDEX xmlns="urn:x"/>', today=TODAY)
    assert [(f.code, f.place) for f in caught.value.faults] == [("edexml.namespace", "/EDEX")]


@pytest.mark.parametrize("raw", [b"<dossier/>", b"<edex/>"])
def test_another_root_is_no_edexml(raw: bytes) -> None:
    """What does not begin with EDEX is told so."""
    assert [f.code for f in edexml.check(raw, today=TODAY).fouten] == ["edexml.wortel"]


def test_herken() -> None:
    """The root alone says whether a document is for this adapter."""
    assert edexml.herken("", "EDEX") == "edexml"
    assert edexml.herken("urn:x", "EDEX") is None
    assert edexml.herken("", "dossier") is None


def test_all_faults_at_once_in_document_order() -> None:
    """Faults of the schema, of keys and of references come together, in order of the file, with lines."""
    raw = SCHOOL.replace(b'<groep key="7/8"/>', b'<groep key="9"/>').replace(b"2016-02-29", b"x")
    raw = raw.replace(b"2026-2027", b"2026-2028").replace(b'key="0075"', b'key="0072"')
    faults = edexml.check(raw, today=TODAY).fouten
    assert [f.code for f in faults] == [
        "school.schooljaar",
        "datum.ongeldig",
        "verwijzing.groep",
        "sleutel.dubbel",
    ]
    lines = [f.line for f in faults]
    assert None not in lines
    assert lines == sorted(lines, key=int)  # type: ignore[arg-type]


def test_one_parse_and_one_validation_per_translation() -> None:
    """A translation parses once and validates once."""
    parses, validations = xml.COUNTERS.parses, xml.COUNTERS.validations
    edexml.translate(SCHOOL, today=TODAY)
    assert (xml.COUNTERS.parses - parses, xml.COUNTERS.validations - validations) == (1, 1)
