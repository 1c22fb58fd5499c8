"""What the official schema lets in and is unusual: it is read, and told with its place."""

from __future__ import annotations

import pytest

from tests.unit.adapters.edexml.school import L1, L2, Change, add, drop, put
from tests.unit.adapters.edexml.test_translate import codes, findings, translate


@pytest.mark.parametrize(
    ("code", "number"), [("01", "1"), ("+2", "2"), ("009", "9"), ("-0", "0"), (" 2 ", "2"), ("1", "1")]
)
def test_a_geslacht_is_a_number_however_it_is_written(code: str, number: str) -> None:
    """The schema says number, so 01 is 1; that it is unusual is told, spaces are not."""
    result = translate(put(f"{L1}/geslacht", code))
    geslacht = result.bericht.leerlingen[0].geslacht
    assert geslacht is not None
    assert geslacht.code == number
    told = ("geslacht.vorm", f"/EDEX/{L1}/geslacht") in findings(result)
    assert told == (code.strip() != number)


@pytest.mark.parametrize("blank", [" ", "\n\t"])
@pytest.mark.parametrize("element", ["achternaam", "voorvoegsel", "voornamen", "voorletters-1", "roepnaam"])
def test_a_name_of_spaces_is_read_as_no_name_and_told(element: str, blank: str) -> None:
    """The schema lets it in, so the school is read; nothing is kept of it."""
    result = translate(put(f"{L1}/{element}", blank))
    naamdelen = result.bericht.leerlingen[0].naamdelen.model_dump(exclude_none=True)
    assert element.removesuffix("-1") not in naamdelen
    assert len(naamdelen) == 4
    assert ("naam.leeg", f"/EDEX/{L1}/{element}") in findings(result)
    assert ("naam.ontbreekt", f"/EDEX/{L1}") not in findings(result)


def test_somebody_without_a_name_is_still_somebody() -> None:
    """A roepnaam of spaces alone: the leerling stays in the registration and the school is told."""
    result = translate(put(f"{L2}/roepnaam", " "))
    assert len(result.bericht.leerlingen) == 5
    assert result.bericht.leerlingen[1].naamdelen.model_dump(exclude_none=True) == {}
    assert ("naam.ontbreekt", f"/EDEX/{L2}") in findings(result)


@pytest.mark.parametrize("place", ["vestigingen/vestiging[1]", "groepen/groep[1]"])
def test_a_group_or_vestiging_may_have_no_name(place: str) -> None:
    """Its key is enough to point to it."""
    result = translate(put(f"{place}/naam", "  "))
    assert ("naam.leeg", f"/EDEX/{place}/naam") in findings(result)
    assert (result.bericht.vestigingen[0].naam is None) == ("vestiging" in place)


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("ZoÃ«", True),
        ("RuÃ§han", True),
        ("\u00c3\u0081lvaro", True),
        ("MÅ‚oda", True),
        ("Zoë", False),
        ("Ângela", False),
        ("Ã", False),
        ("François Ümit", False),
    ],
)
def test_a_name_that_was_encoded_twice_is_told(name: str, odd: bool) -> None:
    """UTF-8 read as Windows-1252 and encoded again cannot be a name; what it should be is not guessed."""
    result = translate(put(f"{L1}/roepnaam", name))
    assert (("naam.dubbel_gecodeerd", f"/EDEX/{L1}/roepnaam") in findings(result)) == odd
    assert result.bericht.leerlingen[0].naamdelen.roepnaam == name


def test_spaces_belong_to_a_key() -> None:
    """Two keys that differ in a space are two keys, and a reference follows the one it names."""
    same = '<leerling key="0071 "><roepnaam>x</roepnaam><groep key=" 6"/></leerling>'
    other = '<groep key=" 6"><naam>x</naam><jaargroep>6</jaargroep></groep>'
    result = translate(add("leerlingen", same), add("groepen", other))
    assert [x.sleutel.waarde for x in result.bericht.leerlingen][::5] == ["0071", "0071 "]
    assert result.bericht.leerlingen[-1].groepen == (" 6",)
    assert ("sleutel.spaties", "/EDEX/leerlingen/leerling[6]") not in findings(result)
    assert "sleutel.spaties" in {b.code for b in result.bevindingen}


@pytest.mark.parametrize(
    ("day", "born"), [("2026-11-02", True), ("2026-11-03", False), ("2099-01-01", False)]
)
def test_nobody_is_born_after_today(day: str, born: bool) -> None:
    """A date of birth to come is told and not taken over; today is a birthday."""
    result = translate(put(f"{L1}/geboortedatum", day))
    told = ("datum.geboorte_toekomst", f"/EDEX/{L1}/geboortedatum") in findings(result)
    assert told != born
    assert str(result.bericht.leerlingen[0].geboortedatum) == (day if born else "None")


NO_BRIN = (drop("school/brincode"), drop("school/dependancecode"))
FLEMISH = add("school", "<instellingsnummer>012345</instellingsnummer>", before="schoolkey")


@pytest.mark.parametrize(
    ("changes", "sleutel"),
    [
        (NO_BRIN, {"soort": "bron", "waarde": "proef-7"}),
        ((*NO_BRIN, FLEMISH), {"soort": "instelling", "waarde": "012345"}),
        ((*NO_BRIN, drop("school/schoolkey")), None),
    ],
)
def test_a_school_without_brin_is_read_and_told(
    changes: tuple[Change, ...], sleutel: dict[str, str] | None
) -> None:
    """The schema lets a school be known by a key of its own, by a Flemish number, or not at all."""
    result = translate(*changes)
    school = result.bericht.school
    assert school.brin is None
    assert (school.sleutel and school.sleutel.model_dump(mode="json")) == sleutel
    assert ("school.geen_brin", "/EDEX/school") in findings(result)


def test_a_school_with_a_brin_keeps_no_other_key() -> None:
    """One key is enough, and that of a system is of no use to anybody else."""
    school = translate().bericht.school
    assert (school.brin, school.sleutel) == ("99ZZ", None)


@pytest.mark.parametrize(
    ("brin", "read", "code"),
    [("٩٩ZZ", "99ZZ", None), ("99ÉÉ", None, "school.brin_vorm")],
)
def test_a_brin_of_other_letters_or_digits(brin: str, read: str | None, code: str | None) -> None:
    """The schema takes every digit and capital there is: a digit is a digit, another letter is no BRIN."""
    result = translate(put("school/brincode", brin), put("school/dependancecode", "٠٢"))
    assert (result.bericht.school.brin, result.bericht.school.vestigingscode) == (read, "02")
    assert code is None or (code, "/EDEX/school/brincode") in findings(result)


@pytest.mark.parametrize("date", ["12016-02-09", "-2016-02-09", "12016-02-09Z"])
@pytest.mark.parametrize("place", [f"{L1}/geboortedatum", f"{L1}/instroomdatum", "school/peildatum"])
def test_a_year_that_no_calendar_has_is_left_out_and_told(place: str, date: str) -> None:
    """The schema knows more years than a date here can hold."""
    assert ("datum.bereik", f"/EDEX/{place}") in findings(translate(put(place, date)))


@pytest.mark.parametrize("version", [None, "  ", "2.1"])
def test_a_moment_of_any_year_and_a_blank_version_are_read(version: str | None) -> None:
    """What is only about the file itself stops nothing."""
    changes = [put("school/aanmaakdatum", "12026-01-01T24:00:00Z"), put("school/auteur", " ")]
    if version is not None:
        changes.append(put("school/xsdversie", version))
    result = translate(*changes)
    assert result.bericht.herkomst.datum is None
    assert result.bericht.herkomst.versie == "2.1"
    assert ("edexml.versie_ontbreekt" in {b.code for b in result.bevindingen}) == (version == "  ")


@pytest.mark.parametrize("attribute", ["@key", "@x", "@{urn:x}y"])
def test_a_key_is_needed_and_another_attribute_is_not_known(attribute: str) -> None:
    """Here a leerling has a key of the school system, and nothing beside it but an ECK iD."""
    change = drop(f"{L1}/@key") if attribute == "@key" else put(f"{L1}/{attribute}", "KANARIE")
    want = "xsd.attribuut_ontbreekt" if attribute == "@key" else "xsd.attribuut"
    assert codes(change) == [(want, f"/EDEX/{L1}")]


def test_a_name_with_a_lost_letter_is_told() -> None:
    """A program before us could not read a letter and wrote a sign for that."""
    result = translate(put(f"{L1}/roepnaam", "Zo\ufffd"))
    assert ("naam.teken_verloren", f"/EDEX/{L1}/roepnaam") in findings(result)
    assert result.bericht.leerlingen[0].naamdelen.roepnaam == "Zo\ufffd"
