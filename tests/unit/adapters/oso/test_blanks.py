"""Blank values, white space around a value, and what only looks like white space."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from adapters import oso
from adapters.oso.versies import VERSIES
from adapters.xml import parser as xml
from schemas.errors import Fault
from schemas.messages.vertaling import Bevinding
from tests.unit.adapters.oso.dossier import Change, L, add, codes, find, mutate, put
from tests.unit.adapters.oso.profiles import build

SCHOOL = "huidigeschool"
ADDRESS = f"{SCHOOL}/adreslijst/adres"
TEST = f"{L}/toetslijst/toets"
SHEET = f"{L}/cijferlijstlijst/cijferlijst/cijferlijstTypelijst"
FINAL = f"{L}/eindtoets_basisonderwijs/eindtoetsresultaat"
NUMBERED = {"adres", "toets", "cijferlijst", "onderdeel", "score", "verzorger", "voornaam", "document", "tlv"}
NUMBERED |= {"communicatie", "schoolloopbaan", "handelingsplan", "domein", "diagnose", "code", "stage"}


def place(path: str) -> str:
    """The first place of a path, as a finding writes it."""
    return "/".join(["/dossier", *(f"{s}[1]" if s in NUMBERED else s for s in path.split("/"))])


def without(path: str, base: bytes) -> bytes:
    """The dossier without the first element at a path."""

    def change(root: ET.Element) -> None:
        parent = find(root, path.rpartition("/")[0])
        parent.remove(find(parent, path.rpartition("/")[2]))

    return mutate(change, base=base)


OPTIONAL = [
    f"{ADDRESS}/land",
    f"{ADDRESS}/toevoeging",
    f"{ADDRESS}/aanduiding",
    f"{ADDRESS}/gemeente",
    f"{SCHOOL}/soort",
    f"{SCHOOL}/naamdirecteur",
    f"{SCHOOL}/website",
    f"{L}/voorletters-1",
    f"{L}/roepnaam",
    f"{L}/leerlingid",
    f"{L}/leerlinggewicht",
    f"{L}/nnca",
    f"{L}/overstapadvies/advies",
    f"{L}/overstapadvies/profiel",
    f"{L}/overstapadvies/argumentatie",
    f"{L}/verzorger/relatietotkind",
    f"{L}/verzorger/iban",
    f"{TEST}/toetsidentificatie/leergebied",
    f"{TEST}/afname/jaargroep",
    f"{TEST}/opmerking",
    f"{SHEET}/onderdeel/periode",
    f"{SHEET}/onderdeel/score/kwalificatie",
    "inzage/redennietakkoord",
    "inzage/toestemming",
]


def test_nothing_is_looked_for_in_a_dossier_without_a_blank() -> None:
    """Whether there is anything to tidy is seen while the dossier is read, at whatever place it stands."""
    for raw, untidy in (
        (build("BB"), False),
        (mutate(put(f"{SCHOOL}/website", ""), base=build("BB")), True),
        (mutate(put(f"{SCHOOL}/website", " a"), base=build("BB")), True),
        (mutate(put(f"{L}/voornaam", "a\n"), base=build("BB")), True),
        (mutate(put(f"{SHEET}/onderdeel/naam", "a "), base=build("BB")), True),
    ):
        document = xml.parse(raw, max_bytes=oso.MAX_BYTES)
        assert document.tree_and_untidy(VERSIES[document.namespace].schema)[1] is untidy


@pytest.mark.parametrize("path", OPTIONAL)
def test_a_blank_value_that_may_be_absent_is_absent(path: str) -> None:
    """White space in an optional element, a code or not, is no element, with one finding at its place."""
    base = build("BB")
    blank = mutate(put(path, "\t\n"), base=base)
    (found,) = oso.check(blank)
    assert isinstance(found, Bevinding)
    assert (found.code, found.place) == ("oso.leeg", place(path))
    assert found.line
    read = oso.translate(blank, provenance=False)
    assert read.bericht == oso.translate(without(path, base), provenance=False).bericht


@pytest.mark.parametrize("white", [" ", "\t\n", "\r\n  "])
def test_any_white_space_of_xml_is_blank(white: str) -> None:
    """Spaces, tabs and line ends, alone or together."""
    raw = mutate(put(f"{ADDRESS}/land", white), base=build("POSWV"))
    assert [(s.code, s.place) for s in oso.check(raw)] == [("oso.leeg", place(f"{ADDRESS}/land"))]


def test_a_blank_attribute_is_absent() -> None:
    """The same for the name beside the code of a country."""
    raw = mutate(lambda root: find(root, f"{ADDRESS}/land").set("omschrijving", " "), base=build("BB"))
    assert [(s.code, s.place) for s in oso.check(raw)] == [
        ("oso.leeg", place(f"{ADDRESS}/land") + "/@omschrijving")
    ]
    (address, *_) = oso.translate(raw, provenance=False).bericht.school.adressen
    assert address.land is not None
    assert (address.land.code, address.land.omschrijving) == ("6030", None)


def test_a_blank_among_others_leaves_their_places_right() -> None:
    """A blank first name is none; what comes after it keeps the place where it stands."""
    base = mutate(add(L, "<voornaam>Fien</voornaam>", after="voornaam"), base=build("BB"))
    raw = mutate(put(f"{L}/voornaam[1]", " "), base=base)
    assert [(s.code, s.place) for s in oso.check(raw)] == [("oso.leeg", f"/dossier/{L}/voornaam[1]")]
    bericht = oso.translate(raw, provenance=True).bericht
    before = oso.translate(base, provenance=True).bericht.leerling.naamdelen.voornamen
    assert bericht.leerling.naamdelen.voornamen == before[1:]
    places = {o.veld: o.pad for o in bericht.herkomst.velden}
    assert places["leerling.naamdelen.voornamen[0]"] == f"/dossier/{L}/voornaam[2]"


def test_only_blank_names_are_no_names() -> None:
    """Where a profile wants a first name, blank ones are none."""

    def change(root: ET.Element) -> None:
        for name in find(root, L).findall("{*}voornaam"):
            name.text = " "

    assert ("PaO.LL01", f"/{L}") in codes(mutate(change, base=build("POSWV")))


REQUIRED: list[tuple[str, str]] = [
    (f"{L}/achternaam", "oso.leeg"),
    (f"{SCHOOL}/naam", "oso.leeg"),
    ("metadata/pakketnaam", "oso.leeg"),
    (f"{ADDRESS}/straat", "oso.leeg"),
    (f"{L}/verzorger/achternaam", "oso.leeg"),
    (f"{SHEET}/naam", "oso.leeg"),
    (f"{SHEET}/onderdeel/naam", "oso.leeg"),
    (f"{ADDRESS}/soortadres", "lijst.19"),
    (f"{L}/schoolloopbaanlijst/schoolloopbaan/jaargroep", "lijst.13"),
    (f"{L}/onderwijsondersteuning/tlv/tlvcategorie", "lijst.31"),
    (f"{L}/onderwijsondersteuning/diagnose/code", "lijst.23"),
    (f"{FINAL}/toetsniveau", "lijst.43"),
    ("metadata/deeldossier", "lijst.33"),
    ("metadata/categorie_uitlevering/cat_vve", "lijst.48"),
]


@pytest.mark.parametrize(("path", "code"), REQUIRED, ids=[p for p, _ in REQUIRED])
def test_a_blank_value_that_must_be_there_is_a_fault_at_its_place(path: str, code: str) -> None:
    """What the message cannot do without is refused where it stands, and is not called odd there as well."""
    raw = mutate(put(path, " "), base=build("BB"))
    here = [s for s in oso.check(raw) if s.place == place(path)]
    assert code in {s.code for s in here}
    assert all(isinstance(s, Fault) and s.line for s in here)
    assert not any(s.place == "/dossier" for s in oso.check(raw))


DROPPED = [
    f"{L}/huisarts/achternaam",
    f"{TEST}/afname/afgenomendoor/naammedewerker",
    f"{L}/aansprakelijkeinstelling/adreslijst/adres/straat",
]


@pytest.mark.parametrize("path", DROPPED)
def test_a_blank_value_that_nobody_needs_refuses_nothing(path: str) -> None:
    """What must be there by the standard and is not needed for the message is only reported."""
    raw = mutate(put(path, " "), base=build("BB"))
    assert [(type(s), s.code, s.place) for s in oso.check(raw)] == [(Bevinding, "oso.leeg", place(path))]


def test_a_contact_without_a_number_is_no_contact() -> None:
    """It is left out whole: a kind of number alone helps nobody."""
    raw = mutate(put(f"{L}/communicatielijst/communicatie/nummer", " "), base=build("BB"))
    read = oso.translate(raw, provenance=False)
    assert read.bericht.leerling.communicatie == ()
    assert [b.code for b in read.bevindingen] == ["oso.leeg"]


def test_what_the_standard_lets_be_empty_is_no_finding() -> None:
    """An empty description of the eindtoets is allowed, so there is nothing to say about it."""
    assert oso.check(mutate(put(f"{FINAL}/toetsomschrijving", ""), base=build("BB"))) == ()


CODES = [
    f"{ADDRESS}/soortadres",
    f"{ADDRESS}/aanduiding",
    f"{L}/leerlinggewicht",
    f"{L}/verzorger/relatietotkind",
    f"{L}/schoolloopbaanlijst/schoolloopbaan/jaargroep",
    f"{L}/onderwijsondersteuning/diagnose/code",
    f"{FINAL}/toetssoort",
    "metadata/deeldossier",
    "metadata/validatieversie",
    "metadata/categorie_uitlevering/cat_vve",
    "overdrachtsoort",
    "inzage/akkoord",
]
EXACT = [
    f"{SCHOOL}/brincode",
    f"{SCHOOL}/vestigingscode",
    f"{L}/schoolloopbaanlijst/schoolloopbaan/schooljaar",
    f"{L}/gba/gbageboortedatum",
    f"{L}/bsn",
    f"{L}/geslacht",
    f"{L}/geboortedatum",
    "inzage/inzage",
]


@pytest.mark.parametrize("path", [*CODES, *EXACT, "metadata/standaardversie"])
def test_white_space_around_a_code_is_stripped(path: str) -> None:
    """Space, tab and line end around a code, number or date change nothing."""
    base = build("BB")
    value = find(ET.fromstring(base), path).text
    padded = mutate(put(path, f"\n\t {value} \r\n"), base=base)
    assert oso.check(padded) == ()
    assert oso.translate(padded, provenance=True).bericht == oso.translate(base, provenance=True).bericht


@pytest.mark.parametrize("hard", ["\u00a0", "\u2003", "\u3000", "\u200b"])
@pytest.mark.parametrize("path", [*CODES, *EXACT, "metadata/standaardversie"])
def test_a_hard_space_around_a_code_is_a_fault_at_its_place(path: str, hard: str) -> None:
    """To XML it is no white space, so it makes another value: refused there, and never repeated."""
    base = build("BB")
    value = find(ET.fromstring(base), path).text
    change: Change = put(path, f"{hard}{value}")
    found = [s for s in oso.check(mutate(change, base=base)) if s.place == place(path)]
    assert found
    assert all(isinstance(s, Fault) and s.line for s in found)


def test_a_hard_space_alone_in_a_code_is_a_fault() -> None:
    """A country that is a hard space is no code, and not blank either."""
    raw = mutate(put(f"{ADDRESS}/aanduiding", "\u00a0"), base=build("BB"))
    assert [(s.code, s.place) for s in oso.check(raw)] == [("lijst.18", place(f"{ADDRESS}/aanduiding"))]


@pytest.mark.parametrize("key", ["Z-1 ", " Z-1", "Z-1\n"])
def test_the_key_of_the_school_comes_as_it_stands(key: str) -> None:
    """An id from before is found by exactly what it was; whether a new one may be so is asked elsewhere."""
    assert oso.translate(mutate(put(f"{L}/leerlingid", key)), provenance=False).leerling.leerlingid == key
