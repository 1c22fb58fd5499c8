"""What a school's registration can hold, and what can never be in it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.base import NOOIT
from schemas.base import Gegevenscategorie as G
from schemas.errors import Fault
from schemas.messages.berichten import BERICHTEN
from schemas.messages.registratie import (
    Registratiecontrole,
    Registratienaam,
    Schoolregistratie,
    Sleutel,
    Sleutelsoort,
    is_schooljaar,
)

HERKOMST = {"standaard": "edexml", "versie": "2.1"}
SMALLEST: dict[str, Any] = {"school": {"brin": "99ZZ"}, "deel": "volledig", "herkomst": HERKOMST}


def test_the_whole_table() -> None:
    """What each field is about is a decision: keys and other people never leave, a name is contact."""
    table = [f"{b.pad}: {b.categorie}" for b in Schoolregistratie.bladen if b.pad.startswith("leerlingen[].")]
    assert table == [
        "leerlingen[].sleutel.soort: herkomst",
        "leerlingen[].sleutel.waarde: herkomst",
        "leerlingen[].sleutel.eckIdGezien: herkomst",
        "leerlingen[].naamdelen.achternaam: contact",
        "leerlingen[].naamdelen.voorvoegsel: contact",
        "leerlingen[].naamdelen.voornamen: contact",
        "leerlingen[].naamdelen.voorletters: contact",
        "leerlingen[].naamdelen.roepnaam: contact",
        "leerlingen[].geboortedatum: contact",
        "leerlingen[].geslacht.code: contact",
        "leerlingen[].geslacht.stelsel: contact",
        "leerlingen[].geslacht.omschrijving: contact",
        "leerlingen[].startGroep3: onderwijspositie",
        "leerlingen[].jaargroep.code: onderwijspositie",
        "leerlingen[].jaargroep.stelsel: onderwijspositie",
        "leerlingen[].jaargroep.omschrijving: onderwijspositie",
        "leerlingen[].historisch: onderwijspositie",
        "leerlingen[].groepen[]: onderwijspositie",
        "leerlingen[].vestiging: contact",
        "leerlingen[].instroomdatum: onderwijspositie",
        "leerlingen[].uitstroomdatum: onderwijspositie",
        "leerlingen[].verzorgers[].naam: derden",
        "leerlingen[].verzorgers[].hoedanigheid: derden",
        "leerlingen[].verzorgers[].gezagVolgensBron: derden",
        "leerlingen[].verzorgers[].geheim: derden",
    ]
    others = {b.categorie for b in Schoolregistratie.bladen if b.pad.startswith(("leerkrachten", "herkomst"))}
    assert others == {G.DERDEN, G.HERKOMST}
    assert others <= NOOIT


@pytest.mark.parametrize(
    "word", ["bsn", "nummer", "gezag", "ouders", "toestemming", "etniciteit", "email", "adres", "telefoon"]
)
def test_there_is_no_place_for_it(word: str) -> None:
    """No field can take a number of a person, descent, an address, gezag or toestemming: of gezag only what a
    source says, as a hint that never leaves.
    """
    hint = "leerlingen[].verzorgers[].gezagVolgensBron"
    assert {b.pad for b in Schoolregistratie.bladen if word in b.pad.lower()} <= {hint}
    assert {b.categorie for b in Schoolregistratie.bladen if b.pad == hint} <= NOOIT


def test_it_is_no_message_of_an_exchange() -> None:
    """A whole school is never delivered."""
    assert Schoolregistratie.soort not in BERICHTEN


@pytest.mark.parametrize(
    ("year", "good"),
    [
        ("2025-2026", True),
        ("0999-1000", True),
        ("2025-2027", False),
        ("2026-2025", False),
        ("2025/2026", False),
        ("20252026", False),
        ("2025-26", False),
        ("２０２５-２０２６", False),
        ("abcd-abce", False),
        ("", False),
    ],
)
def test_a_schooljaar_is_two_years_that_follow(year: str, good: bool) -> None:
    """Any two consecutive years, in that form and no other."""
    assert is_schooljaar(year) == good
    if good:
        assert Schoolregistratie.model_validate(SMALLEST | {"schooljaar": year}).schooljaar == year
    else:
        with pytest.raises(ValidationError):
            Schoolregistratie.model_validate(SMALLEST | {"schooljaar": year})


def test_a_vestigingscode_that_is_not_there_is_00() -> None:
    """The standards say that absent and 00 are the same."""
    assert Schoolregistratie.model_validate(SMALLEST).school.vestigingscode == "00"


@pytest.mark.parametrize("soort", Sleutelsoort)
def test_only_a_key_of_the_school_system_has_a_value(soort: Sleutelsoort) -> None:
    """An ECK iD or a dummy cannot be kept by mistake, and a key cannot be missing."""
    las = soort is Sleutelsoort.LAS
    assert Sleutel(soort=soort, waarde="1" if las else None).soort is soort
    with pytest.raises(ValidationError):
        Sleutel(soort=soort, waarde=None if las else "1")


def test_no_part_of_a_name_is_needed_and_none_is_empty() -> None:
    """A source may send spaces for a name: then there is none. An empty text is never kept for one."""
    assert Registratienaam(roepnaam="Noor").achternaam is None
    assert Registratienaam().model_dump(exclude_none=True) == {}
    with pytest.raises(ValidationError):
        Registratienaam(achternaam="")


@pytest.mark.parametrize("soort", ["bron", "instelling"])
def test_a_school_is_known_by_its_brin_or_by_a_key_of_the_source(soort: str) -> None:
    """Without a BRIN a school may have another key, or none at all; with one it needs no other."""
    key = {"soort": soort, "waarde": "12345"}
    known = Schoolregistratie.model_validate(SMALLEST | {"school": {"sleutel": key}}).school
    assert known.brin is None
    assert known.sleutel is not None
    assert known.sleutel.waarde == "12345"
    assert Schoolregistratie.model_validate(SMALLEST | {"school": {}}).school.sleutel is None
    with pytest.raises(ValidationError):
        Schoolregistratie.model_validate(SMALLEST | {"school": {"brin": "99ZZ", "sleutel": key}})


def test_a_delivery_without_faults_is_good() -> None:
    """Findings alone do not spoil a delivery."""
    assert Registratiecontrole((), ()).goed
    assert not Registratiecontrole((Fault("x", "/", "x"),), ()).goed
