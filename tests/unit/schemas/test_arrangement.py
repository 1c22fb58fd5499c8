"""The shapes of an arrangement exclude each other, and no fact is filed under too mild a category."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import pytest
from pydantic import ValidationError

from schemas.base import Gegevenscategorie
from schemas.checks.beginselen import check_beginselen
from schemas.messages.arrangement import LEEFGEBIEDEN, Arrangement
from schemas.messages.deelnemers import Deelnemersoort
from tests.builders import an_id
from tests.unit.schemas.bouwstenen import (
    AANBIEDER,
    OP,
    SCHOOL,
    VERZONNEN,
    Json,
    een_arrangement,
    een_leerling,
    een_omgeving,
    gegevens,
    onderdeel,
    regel,
)


def again(arrangement: Arrangement) -> Arrangement:
    """Dumped as it goes over the line and read back."""
    return Arrangement.model_validate_json(json.dumps(arrangement.inhoud().data))


def codes(a: Arrangement, **omgeving: Any) -> set[str]:
    return {b.code for b in check_beginselen(a, OP, een_omgeving(**omgeving))}


WRONG: Final = [
    ("precies_een", {"collectief": {"schoolpopulatie": {}}}),
    ("precies_een", {"individueel": None}),
    ("precies_een", {"individueel": None, "collectief": {}}),
    ("precies_een", {"individueel": None, "collectief": {"groep": {}, "preventief": {}}}),
    ("sleutel", {"partners": [AANBIEDER, AANBIEDER]}),
    ("sleutel", {"scholen": [SCHOOL], "partners": [AANBIEDER | {"sleutel": "p1"}]}),
    ("sleutel", {"personen": [{"sleutel": "p1", "hoedanigheid": "ouder"}]}),
    ("sleutel", {"hulp": [onderdeel(1, "doel", "school", "Nog een.")]}),
    ("leefgebied", {"doelen": [onderdeel(8, "doel", "gezondheid", "Tekst.")]}),
    ("leefgebied", {"factoren": [onderdeel(8, "belemmering", "thuis_gezin", "Tekst.")]}),
    ("leefgebied", {"gezin": [onderdeel(8, "behoefte", "gezondheid", "Tekst.")]}),
    ("leefgebied", {"gezondheid": [onderdeel(8, "behoefte", "school", "Tekst.")]}),
    ("versie", {"kern": gegevens()["kern"] | {"versie": 2, "vorigeVersie": 2}}),
    ("versie", {"kern": gegevens()["kern"] | {"vorigeVersie": 1}}),
    ("periode", {"kern": gegevens()["kern"] | {"einddatum": "2026-09-13"}}),
    ("periode", {"regie": [{"regisseur": "p1", "van": "2026-09-14", "totEnMet": "2026-09-13"}]}),
    ("periode", {"fasen": [{"naam": "start", "van": "2026-09-14", "totEnMet": "2026-09-13"}]}),
    ("periode", {"partners": [AANBIEDER | {"van": "2026-09-14", "totEnMet": "2026-09-13"}]}),
    ("periode", {"inrichting": {"woonplaatsregels": [regel("per_geval", totEnMet="2019-12-31")]}}),
    (
        "gemeente",
        {"inrichting": {"woonplaatsregels": [regel("per_geval", VERZONNEN) | {"gemeentePeildatum": None}]}},
    ),
    ("gemeente", {"inrichting": {"woonplaatsregels": [regel("per_geval", gemeentePeildatum="2020-01-01")]}}),
    ("leeftijd", {"inrichting": {"leeftijd": {"vanaf": 8, "totEnMet": 7}}}),
    (
        "periode",
        {
            "beslisoverleg": [
                {
                    "deelnemer": "p3",
                    "mandaat": {
                        "kenmerk": "M",
                        "namens": "p3",
                        "van": "2026-01-02",
                        "totEnMet": "2026-01-01",
                    },
                }
            ]
        },
    ),
    ("precies_een", {"afspraken": [{"deelnemer": "p1", "geld": {}}]}),
    ("precies_een", {"afspraken": [{"deelnemer": "p1", "geld": {"geen": True, "wat": "Toch iets."}}]}),
    ("aantal", {"afspraken": [{"deelnemer": "p1", "uren": {"wat": "Uren.", "aantal": "2"}}]}),
    ("aantal", {"afspraken": [{"deelnemer": "p1", "uren": {"wat": "Uren.", "eenheid": "fte"}}]}),
    ("aantal", {"afspraken": [{"deelnemer": "p1", "uren": {"geen": True, "aantal": "2", "eenheid": "fte"}}]}),
    ("precies_een", {"hulp": [onderdeel(9, "doel", "school", "Tekst.", grondslag={})]}),
    (
        "precies_een",
        {
            "hulp": [
                onderdeel(
                    9, "doel", "school", "T.", grondslag={"toestemming": an_id("t"), "grond": "GROUND_OTS_GI"}
                )
            ]
        },
    ),
    ("string_pattern_mismatch", {"regie": [{"regisseur": "ggz", "van": "2026-09-14"}]}),
    ("enum", {"inrichting": {"functies": ["genezen"]}}),
]


@pytest.mark.parametrize(
    ("kind", "change"), [pytest.param(k, c, id=f"{n} {k}") for n, (k, c) in enumerate(WRONG)]
)
def test_what_contradicts_itself_is_refused(kind: str, change: Json) -> None:
    """A shape that says two things or none, or files a fact under too mild a category, cannot be made."""
    with pytest.raises(ValidationError) as caught:
        een_arrangement(**change)
    assert kind in {e["type"] for e in caught.value.errors()}
    assert "Verzonnen" not in str(caught.value)


@pytest.mark.parametrize(
    "ground", [{"toestemming": an_id("toestemming")}, {"grond": "GROUND_OTS_GI"}], ids=lambda g: next(iter(g))
)
def test_an_item_says_on_what_it_is_shared(ground: Json) -> None:
    """A recorded toestemming or another ground, one of both."""
    built = een_arrangement(hulp=[onderdeel(9, "doel", "gezondheid", "Tekst.", grondslag=ground)])
    assert again(built) == built
    assert built.hulp[0].grondslag is not None


def test_items_come_with_their_list() -> None:
    """All items are found, by list, in the order of the lists."""
    built = een_arrangement(
        gezin=[onderdeel(5, "behoefte", "veiligheid", "Tekst.")],
        gezondheid=[onderdeel(6, "behoefte", "gezondheid", "Tekst.")],
        hulp=[onderdeel(7, "actie", "gezondheid", "Tekst.")],
    )
    assert [lijst for lijst, _ in built.onderdelen()] == ["doelen"] * 3 + [
        "factoren",
        "gezin",
        "gezondheid",
        "hulp",
    ]
    category = {b.pad: b.categorie for b in Arrangement.bladen}
    assert {lijst: category[f"{lijst}[].omschrijving"].value for lijst in LEEFGEBIEDEN} == {
        "doelen": "doelen",
        "factoren": "factoren",
        "gezin": "gezin_veiligheid",
        "gezondheid": "gezondheid",
        "hulp": "jeugdhulp",
    }


def test_kinds_that_carry_care() -> None:
    """Every kind of deelnemer either carries care or does not, and one that does makes it an arrangement."""

    def with_partner(soort: str) -> Iterable[str]:
        return codes(een_arrangement(partners=[AANBIEDER | {"soort": soort, "rollen": []}]))

    carry = {s.value for s in Deelnemersoort if "P01" not in with_partner(s.value)}
    assert carry == {
        "jeugdhulpaanbieder",
        "wijkteam",
        "jeugdgezondheidszorg",
        "schoolmaatschappelijk_werk",
        "gecertificeerde_instelling",
        "clientondersteuning",
        "zorgboerderij",
        "dagbesteding",
    }


def test_leerling_is_one_and_keeps_his_number_home() -> None:
    """An individual arrangement has one leerling, whose number is there for the sender only."""
    built = een_arrangement(individueel=een_leerling())
    category = {b.pad: b.categorie for b in Arrangement.bladen}
    assert built.individueel is not None
    assert category["individueel.leerling.bsn"] is Gegevenscategorie.NUMMER
    assert category["personen[].naam.achternaam"] is Gegevenscategorie.DERDEN
    assert category["auteurs[].naam"] is Gegevenscategorie.DERDEN
