"""An overleg: who may be at which table, when it may be known whom it is about, and what is shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from schemas.base import Gegevenscategorie as G
from schemas.people.partijcodes import Partijhoedanigheid as P
from schemas.people.regio_delen import Overlegregel
from schemas.zaak.overleg import (
    OVERLEGRIJ,
    WACHT,
    ElkeOverlegstap,
    Overlegfase,
    Overlegfeiten,
    OverlegGezet,
    Overlegrij,
    Overlegstand,
    inbreng_bezwaren,
    opening_bezwaren,
    overleg_bezwaren,
    overlegbeeld,
    overlegstand,
)
from schemas.zaak.stappen import MEEST_STAPPEN
from tests.builders import an_id
from tests.unit.schemas.zaakstappen import ANDER, BEGIN, DAG, SCHOOL, VERDER, ZORG

_STAP: TypeAdapter[Any] = TypeAdapter(ElkeOverlegstap)
REGEL = Overlegregel(
    code="knooppunt",
    naam="Knooppunt",
    roept_bijeen=(P.ONDERWIJS,),
    moet=(P.JEUGDHULP,),
    mag=(P.JGZ,),
)
GEEN = Overlegfeiten()
ALS = {ZORG: P.JEUGDHULP, ANDER: P.JGZ, SCHOOL: P.ONDERWIJS}


def stap(soort: str, **velden: Any) -> Any:
    return _STAP.validate_python({"soort": soort, **velden}, strict=False)


def gepland(**velden: Any) -> Any:
    begin = {
        "overlegsoort": "knooppunt",
        "datum": "2026-10-20",
        "doel": "afstemming",
        "functie": "intern_begeleider",
        "wettelijke_taak": "passend_onderwijs",
    }
    return stap("gepland", **(begin | velden))


def erbij(partij: str, *cellen: str) -> Any:
    functie = "jeugdhulpverlener" if partij == ZORG else "jeugdarts"
    return stap("deelnemer_erbij", partij=partij, functie=functie, wettelijke_taak="jeugdhulp", cellen=cellen)


OUDERS = stap("uitgenodigd", wie="ouders", doel_verteld_op="2026-10-01")
KIND = stap("uitgenodigd", wie="leerling", doel_verteld_op="2026-10-01")
BEKEND = stap("bekend")


def rij(*stappen: Any, **opening: Any) -> Overlegrij:
    return Overlegrij(
        zaak=an_id("zaak"),
        regel=REGEL,
        gezet=tuple(
            OverlegGezet(
                nummer=n,
                op=BEGIN + n * dt.timedelta(hours=1),
                door=SCHOOL,
                stap=s,
                hoedanigheid=ALS.get(getattr(s, "partij", SCHOOL)),
            )
            for n, s in enumerate((gepland(**opening), *stappen), 1)
        ),
    )


def stand(*stappen: Any) -> Overlegstand:
    return overlegstand(rij(*stappen))


def mag(
    o: Overlegstand, een: Any, door: str = SCHOOL, feiten: Overlegfeiten = GEEN, als: P | None = None
) -> list[str]:
    return [f.code for f in overleg_bezwaren(o, een, door, DAG, feiten, als)]


def verslag(**velden: Any) -> Any:
    held = {"datum": "2026-10-20", "aanwezig": [SCHOOL, ZORG], "ouders": "ja", "leerling": "ja"}
    return stap("gehouden", **(held | velden))


def test_what_is_stored_is_read_as_it_was() -> None:
    kept = rij(erbij(ZORG, "contact"), OUDERS, BEKEND)
    assert OVERLEGRIJ.validate_json(OVERLEGRIJ.dump_json(kept, by_alias=True, exclude_none=True)) == kept


@pytest.mark.parametrize(
    ("opening", "als", "verwacht"),
    [
        ({}, P.ONDERWIJS, []),
        ({}, P.JGZ, ["overleg.bijeenroepen"]),
        ({"convenant": "convenant-x"}, P.ONDERWIJS, ["overleg.dpia"]),
        ({"convenant": "convenant-x", "dpia": "DPIA/2026-1"}, P.ONDERWIJS, []),
    ],
)
def test_who_convenes_and_what_a_convenant_asks(opening: dict[str, str], als: P, verwacht: list[str]) -> None:
    assert [f.code for f in opening_bezwaren(gepland(**opening), REGEL, als)] == verwacht


def test_nobody_sits_there_without_a_capacity_of_this_kind_and_nobody_twice() -> None:
    o = stand(erbij(ZORG))
    assert mag(o, erbij(ANDER), als=P.JGZ) == []
    assert mag(o, erbij(ZORG), als=P.JEUGDHULP) == ["overleg.alDeelnemer"]
    assert mag(o, erbij(ANDER), als=P.WMO) == ["overleg.kring"]
    assert mag(o, erbij(ANDER), door=ZORG, als=P.JGZ) == ["overleg.voorzitter"]


def test_in_steps_nobody_is_asked_before_somebody_of_each_step_before_his() -> None:
    regel = REGEL.model_copy(update={"stappen": ((P.ONDERWIJS,), (P.JEUGDHULP,), (P.JGZ,))})
    o = replace(stand(), regel=regel)
    assert mag(o, erbij(ZORG), als=P.JEUGDHULP) == []
    assert mag(o, erbij(ANDER), als=P.JGZ) == ["overleg.stap"]
    weg = rij(erbij(ZORG), stap("deelnemer_eraf", partij=ZORG)).model_copy(update={"regel": regel})
    assert mag(overlegstand(weg), erbij(ANDER), als=P.JGZ) == []
    # who stands in no step is asked at any
    none = regel.model_copy(update={"stappen": ((P.ONDERWIJS,), (P.JGZ,))})
    assert mag(replace(o, regel=none), erbij(ZORG), als=P.JEUGDHULP) == []


def test_who_leaves_leaves_himself_and_the_chair_stays() -> None:
    o = stand(erbij(ZORG), erbij(ANDER))
    weg = stap("deelnemer_eraf", partij=ZORG)
    assert mag(o, weg) == mag(o, weg, door=ZORG) == []
    assert mag(o, weg, door=ANDER) == ["overleg.voorzitter"]
    assert mag(o, stap("deelnemer_eraf", partij=SCHOOL)) == ["overleg.deelnemer"]
    assert mag(o, stap("deelnemer_eraf", partij=VERDER)) == ["overleg.deelnemer"]
    assert ZORG not in stand(erbij(ZORG), weg).deelnemers


def test_a_participant_says_himself_whether_he_comes_and_may_say_it_anew() -> None:
    o = stand(erbij(ZORG))
    ja, nee = stap("antwoord", komt=True), stap("antwoord", komt=False)
    assert mag(o, ja, door=ZORG) == []
    assert mag(o, ja) == ["overleg.voorzitter"]

    def said(*answers: Any) -> bool | None:
        kept = rij(erbij(ZORG), *answers)
        gezet = tuple(g.model_copy(update={"door": ZORG}) if g.stap in answers else g for g in kept.gezet)
        return overlegstand(kept.model_copy(update={"gezet": gezet})).deelnemers[ZORG].komt

    assert [said(), said(ja), said(ja, nee)] == [None, True, False]


def test_a_kind_that_is_never_anonymous_is_not_held_before_it_is_known() -> None:
    regel = REGEL.model_copy(update={"anoniem_eerst": False})
    assert mag(replace(stand(erbij(ZORG)), regel=regel), verslag()) == ["overleg.bekend"]
    assert mag(replace(stand(erbij(ZORG), OUDERS, BEKEND), regel=regel), verslag()) == []


def test_it_becomes_known_after_the_family_was_asked_and_told() -> None:
    old = Overlegfeiten(leerling_aan_tafel=True)
    assert mag(stand(), BEKEND) == ["overleg.ouders"]
    assert mag(stand(OUDERS), BEKEND) == []
    assert mag(stand(OUDERS), BEKEND, feiten=old) == ["overleg.leerling"]
    assert mag(stand(OUDERS, KIND), BEKEND, feiten=old) == []
    assert mag(stand(OUDERS, BEKEND), BEKEND) == ["overleg.alBekend"]
    assert mag(stand(), stap("uitgenodigd", wie="ouders", doel_verteld_op="2026-10-21")) == ["datum.toekomst"]
    assert mag(stand(), OUDERS) == []
    assert mag(stand(OUDERS), BEKEND, feiten=Overlegfeiten(wacht=tuple(WACHT))) == list(WACHT)


def test_it_is_held_with_who_must_be_there_and_once() -> None:
    o = stand(erbij(ZORG), OUDERS, BEKEND)
    actie = {"code": "onderzoek", "eigenaar": ZORG, "uiterlijk": "2026-11-01"}
    assert mag(o, verslag(acties=[actie], oneens=[ZORG], volgende="2026-12-01")) == []
    assert mag(o, verslag(aanwezig=[SCHOOL])) == ["overleg.moet"]
    assert mag(o, verslag(aanwezig=[ZORG])) == []
    assert mag(o, verslag(oneens=[ANDER])) == ["overleg.deelnemer"]
    assert mag(o, verslag(datum="2026-10-21", volgende="2026-10-20")) == ["datum.toekomst", "datum.volgorde"]
    assert mag(stand(erbij(ZORG)), verslag(acties=[actie])) == ["overleg.anoniem"]
    assert mag(stand(erbij(ZORG)), verslag()) == []
    for done in (verslag(), stap("afgezegd")):
        over = stand(erbij(ZORG), OUDERS, BEKEND, done)
        assert over.fase.voorbij
        assert over.voorbij_op is not None
        assert mag(over, OUDERS) == ["overleg.voorbij"]
    assert mag(o, stap("afgezegd")) == []


def test_each_hears_whether_an_item_is_for_him_and_only_his_own_actions() -> None:
    first, second = an_id("een"), an_id("twee")
    acties = [{"code": "onderzoek", "eigenaar": wie, "uiterlijk": "2026-11-01"} for wie in (ZORG, ANDER)]
    o = stand(
        erbij(ZORG, "contact"),
        erbij(ANDER, "doelen"),
        OUDERS,
        BEKEND,
        stap("ingebracht", uitwisselingen=[first]),
        stap("ingebracht", uitwisselingen=[second]),
        verslag(acties=acties, oneens=[ANDER]),
    )
    zorg, school = overlegbeeld(o, ZORG, GEEN, [second]), overlegbeeld(o, SCHOOL, GEEN, [])
    assert [(i.nummer, i.voor_u, i.van_u) for i in zorg.inbreng] == [(1, False, False), (2, True, False)]
    assert [(i.voor_u, i.van_u) for i in school.inbreng] == [(False, True), (False, True)]
    assert zorg.verslag is not None
    assert school.verslag is not None
    assert [a.eigenaar for a in zorg.verslag.acties] == [ZORG]
    assert [a.eigenaar for a in school.verslag.acties] == [ZORG, ANDER]
    assert zorg.verslag.oneens
    assert ZORG not in str(zorg.verslag.model_copy(update={"acties": ()}))
    assert [d.cellen for d in zorg.deelnemers][1:] == [(G.CONTACT,), None]
    assert all(d.cellen for d in school.deelnemers)
    assert overlegbeeld(stand(), SCHOOL, GEEN, []).verslag is None
    assert zorg.fase is Overlegfase.GEHOUDEN


WACHT_TOT = "2026-10-31T10:00:00Z"


def test_what_waits_is_shown_to_whom_it_is_until_it_goes_or_lapses() -> None:
    first, second = an_id("wacht"), an_id("wacht-ook")
    one = stap("wachtend", inbreng=first, vervalt_op=WACHT_TOT)
    other = stap("wachtend", inbreng=second, vervalt_op=WACHT_TOT)
    o = stand(erbij(ZORG), OUDERS, BEKEND, one, other)
    assert [w.stand for w in overlegbeeld(o, SCHOOL, GEEN, []).wachtend] == ["wacht", "wacht"]
    assert overlegbeeld(o, ZORG, GEEN, []).wachtend == ()
    went = stap("ingebracht", uitwisselingen=[an_id("u")], wachtte=first)
    o = stand(erbij(ZORG), OUDERS, BEKEND, one, other, went, stap("inbreng_vervallen", inbreng=second))
    assert [w.stand for w in overlegbeeld(o, SCHOOL, GEEN, []).wachtend] == ["vervallen"]
    assert [i.uitwisselingen for i in o.inbreng] == [(an_id("u"),)]


def test_after_it_was_held_only_its_chair_sends_the_outcome_with_who_disagrees() -> None:
    def tegen(
        o: Overlegstand, door: str = SCHOOL, soort: str = "overleguitkomst", **inhoud: Any
    ) -> list[str]:
        return [f.code for f in inbreng_bezwaren(o, door, soort, inhoud)]

    before = stand(erbij(ZORG), OUDERS, BEKEND)
    assert tegen(before, soort="overlegset") == tegen(before, ZORG) == []
    held = stand(erbij(ZORG), OUDERS, BEKEND, verslag(oneens=[ZORG]))
    assert tegen(held, afwijkend=["iets"]) == []
    assert tegen(held) == ["overleg.oneens"]
    assert tegen(held, ZORG, afwijkend=["iets"]) == ["overleg.voorbij"]
    assert tegen(held, soort="overlegset") == ["overleg.voorbij"]
    assert tegen(stand(OUDERS, BEKEND, stap("afgezegd"))) == ["overleg.voorbij"]
    assert tegen(stand(erbij(ZORG), OUDERS, BEKEND, verslag())) == []


def test_it_has_no_more_steps_than_can_be_kept() -> None:
    full = replace(stand(OUDERS), versie=MEEST_STAPPEN)
    assert mag(full, BEKEND) == ["overleg.vol"]
    assert [f.code for f in inbreng_bezwaren(full, SCHOOL, None, {})] == ["overleg.vol"]


def test_what_was_stored_before_things_could_wait_is_read_as_it_was() -> None:
    """As a release wrote it: a contribution names nothing that waited, and whom it was about was known."""
    kept = rij(OUDERS, BEKEND, stap("ingebracht", uitwisselingen=[an_id("u")]), verslag())
    text = OVERLEGRIJ.dump_json(kept, by_alias=True, exclude_none=True)
    assert b"wachtte" not in text
    o = overlegstand(OVERLEGRIJ.validate_json(text))
    assert (o.was_bekend, o.wacht, o.fase) == (True, {}, Overlegfase.GEHOUDEN)
