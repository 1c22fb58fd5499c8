"""An overleg through HTTP: the anonymous phase, the invitation, what each gets, the record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from gateway.zaak.soorten import onze_soorten
from schemas.base import Gegevenscategorie
from tests.flow.test_convenant import TEXT as CONVENANT
from tests.flow.test_convenant import apply as convenant
from tests.flow.test_zaak import hulp, mine, open_zaak, opening, taken
from tests.flow.test_zaak import stap as zaakstap
from tests.line import (
    AANBIEDER,
    NOW,
    OTHER_AANBIEDER,
    Caller,
    Json,
    Line,
    bereik,
    envelope,
    fine,
    fresh,
    problem,
    recorded,
    story,
)


def test_the_kinds_that_there_are_differ_in_data_only() -> None:
    assert set(onze_soorten()) == {
        "duo",
        "kernpartners",
        "knooppunt",
        "cvb",
        "integraal",
        "actietafel",
        "regieoverleg",
        "zat",
    }


async def planned(line: Line, zaak: str, **other: Any) -> str:
    overleg = {
        "overlegsoort": "zat",
        "datum": "2026-11-25",
        "doel": "arrangement",
        "functie": "intern_begeleider",
        "wettelijkeTaak": "passend_onderwijs",
    }
    body = {"zaakId": zaak, "overleg": overleg | other}
    return str(recorded(await line.school.post("/overleggen", body, key=fresh()))["overleg"]["overlegId"])


async def stap(who: Caller, overleg: str, **stap: Any) -> Json:
    found: Json = recorded(await who.post(f"/overleggen/{overleg}/stappen", {"stap": stap}, key=fresh()))[
        "overleg"
    ]
    return found


async def faults(who: Caller, overleg: str, **stap: Any) -> tuple[str, ...]:
    return problem(await who.post(f"/overleggen/{overleg}/stappen", {"stap": stap}, key=fresh()))[2]


def erbij(partij: str, *cellen: str) -> Json:
    return {
        "soort": "deelnemer_erbij",
        "partij": partij,
        "functie": "jeugdhulpverlener",
        "wettelijkeTaak": "jeugdhulp",
        "cellen": list(cellen),
    }


async def puts_in(line: Line, overleg: str, **other: Any) -> Any:
    body = {"verzending": envelope(**other)}
    return await line.school.post(f"/overleggen/{overleg}/inbreng", body, key=fresh())


async def theirs(who: Caller) -> str:
    (one,) = fine(await who.get("/overleggen"))["overleggen"]
    return str(one["overlegId"])


@story("memory")
async def test_from_anoniem_to_a_record_each_with_his_own(line: Line) -> None:
    """One aanbieder needs what is put in, the other does not: he hears that the item is not for him."""
    zaak = (await open_zaak(line))["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    here = await planned(line, zaak)
    await stap(line.school, here, **erbij(AANBIEDER, *bereik()["categorieen"]))
    await stap(line.school, here, **erbij(OTHER_AANBIEDER, "leerlingstem"))
    to = [{"partij": p, "rol": "jeugdhulpverlener"} for p in (AANBIEDER, OTHER_AANBIEDER)]
    assert problem(await puts_in(line, here, ontvangers=to))[2] == ("overleg.anoniem",)
    assert await faults(line.school, here, soort="bekend") == ("overleg.ouders",)
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    assert (await stap(line.school, here, soort="bekend"))["fase"] == "bekend"
    strange = [{"partij": "agb:99999977", "rol": "jeugdhulpverlener"}]
    assert problem(await puts_in(line, here, ontvangers=strange))[2] == ("overleg.deelnemer",)
    await line.both_agree(await line.gezag())
    key, body = fresh(), {"verzending": envelope(ontvangers=to)}
    done = recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key))
    assert recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key)) == done
    assert [(i["partij"], i["uitwisselingId"] is None) for i in done["ingebracht"]] == [
        (AANBIEDER, False),
        (OTHER_AANBIEDER, True),
    ]
    assert len(await line.postbus(line.helper)) == 1
    assert await line.postbus(line.other_helper) == []
    one, other = await theirs(line.helper), await theirs(line.other_helper)
    assert len({here, one, other}) == 3
    mine_seen = fine(await line.helper.get(f"/overleggen/{one}"))
    his = fine(await line.other_helper.get(f"/overleggen/{other}"))
    assert [i["voorU"] for i in mine_seen["inbreng"]] == [True]
    assert his["inbreng"] == [{"nummer": 1, "voorU": False, "vanU": False}]
    assert mine_seen["zaakId"] is None
    held = await stap(
        line.school,
        here,
        soort="gehouden",
        datum="2026-11-22",
        aanwezig=[AANBIEDER],
        ouders="ja",
        leerling="nee_met_reden",
        acties=[{"code": "onderzoek", "eigenaar": AANBIEDER, "uiterlijk": "2026-12-10"}],
        oneens=[OTHER_AANBIEDER],
        volgende="2027-01-10",
    )
    assert held["verslag"]["volgende"] == "2027-01-10"
    assert {t["soort"] for t in await taken(line.helper)} == {"zaak_actie"}
    (actie,) = fine(await line.helper.get(f"/zaken/{await mine(line.helper)}"))["acties"]
    assert actie["uiterlijk"] == "2026-12-10"
    assert fine(await line.school.get(f"/zaken/{zaak}"))["overleggen"] == [
        {"datum": "2026-11-22", "gehouden": True}
    ]
    besluit: Json = {"soort": "besluit", "code": "hulp_toegekend", "wetten": ["jeugdwet"]}
    besluit |= {"geldigVanaf": "2026-11-22"}
    for strange_one in (here, other, zaak):
        body = {"stap": besluit | {"overleg": strange_one}}
        answer = await line.helper.post(f"/zaken/{await mine(line.helper)}/stappen", body, key=fresh())
        assert problem(answer)[2] == ("zaak.overleg",)
    told = [e["zaakstap"] for e in await line.ledger() if e["soort"] == "case.step"]
    assert told[-3:] == ["tafel_gehouden", "overleg_gehouden", "actie"]
    taken_there = await zaakstap(line.helper, await mine(line.helper), **besluit, overleg=one)
    assert taken_there["zaak"]["besluiten"][0]["door"] == AANBIEDER
    assert await faults(line.school, here, soort="afgezegd") == ("overleg.voorbij",)
    gone = await line.other_helper.get(f"/overleggen/{one}")
    assert gone.status_code == 404
    assert gone.content == (await line.other_school.get(f"/overleggen/{here}")).content


@story("memory")
async def test_it_waits_for_a_convenant_that_holds_and_for_who_did_not_join(line: Line) -> None:
    """The convenant ends today and has one aanbieder: with the other it waits, and so it does tomorrow."""
    zaak = (await open_zaak(line))["zaakId"]
    await convenant(line, CONVENANT)
    here = await planned(line, zaak, convenant="convenant-fictie", dpia="DPIA/2026-1")
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    joined = await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    assert joined["wachtOp"] == []
    other = await stap(line.school, here, **erbij(OTHER_AANBIEDER, "contact"))
    assert other["wachtOp"] == ["overleg.toegetreden"]
    assert await faults(line.school, here, soort="bekend") == ("overleg.toegetreden",)
    await stap(line.school, here, soort="deelnemer_eraf", partij=OTHER_AANBIEDER)
    await stap(line.school, here, soort="bekend")
    line.clock.move_to(NOW + dt.timedelta(days=1))
    assert fine(await line.school.get(f"/overleggen/{here}"))["wachtOp"] == ["overleg.convenant"]
    assert problem(await puts_in(line, here))[2] == ("overleg.convenant",)
    assert await line.postbus(line.helper) == []


@story("memory")
async def test_at_a_table_decides_who_decides_there(line: Line) -> None:
    """In a commissie voor de begeleiding that is the school, by the data of that kind."""
    zaak = (await open_zaak(line))["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    here = await planned(line, zaak, overlegsoort="cvb")
    await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    besluit: Json = {"soort": "besluit", "code": "onderwijsondersteuning", "wetten": ["wpo"]}
    besluit |= {"geldigVanaf": "2026-11-22"}
    body = {"stap": besluit | {"overleg": await theirs(line.helper)}}
    answer = await line.helper.post(f"/zaken/{await mine(line.helper)}/stappen", body, key=fresh())
    assert problem(answer)[2] == ("P27",)
    await zaakstap(line.school, zaak, **besluit, overleg=here)


@story("memory")
async def test_from_twelve_the_leerling_is_asked_too(line: Line) -> None:
    leerling = await line.gezag(geboortedatum="2014-11-22")
    body = opening(leerling)
    zaak = recorded(await line.school.post("/zaken", body, key=fresh()))["zaak"]["zaakId"]
    here = await planned(line, zaak)
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    assert await faults(line.school, here, soort="bekend") == ("overleg.leerling",)
    await stap(line.school, here, soort="uitgenodigd", wie="leerling", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    held = {"soort": "gehouden", "datum": "2026-11-22", "aanwezig": [], "ouders": "ja", "leerling": "nee"}
    await stap(line.school, here, **held)
    seen = fine(await line.school.get(f"/zaken/{zaak}"))
    assert "P26" in {b["code"] for b in seen["bevindingen"]}


@story("memory")
async def test_leerplicht_gets_at_a_table_what_the_leerplichtwet_names(line: Line) -> None:
    """Asked for everything, for another doel: nothing of it is offered to leerplicht."""
    zaak = (await open_zaak(line))["zaakId"]
    old = await line.world.storage.register()
    gemeente = {"id": "gemeente:0363", "soort": "gemeente", "naam": "Gemeente (fictief)"}
    gemeente |= {"gemeentecode": "0363", "aflevering": {"soort": "postbus"}}  # type: ignore[dict-item]
    gemeente |= {"rollen": ["leerplichtambtenaar"]}  # type: ignore[dict-item]
    made = {**old.partijen, "gemeente:0363": json.dumps(gemeente)}
    await line.apply(dataclasses.replace(old, partijen=made))
    here = await planned(line, zaak, overlegsoort="knooppunt")
    every = [c.value for c in Gegevenscategorie]
    seat = erbij("gemeente:0363", *every) | {"functie": "leerplichtambtenaar", "wettelijkeTaak": "leerplicht"}
    await stap(line.school, here, **seat)
    await stap(line.school, here, **erbij(AANBIEDER, *every))
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    to = [
        {"partij": "gemeente:0363", "rol": "leerplichtambtenaar"},
        {"partij": AANBIEDER, "rol": "jeugdhulpverlener"},
    ]
    done = recorded(await puts_in(line, here, ontvangers=to))["ingebracht"]
    assert [(i["partij"], i["uitwisselingId"] is None) for i in done] == [
        ("gemeente:0363", True),
        (AANBIEDER, False),
    ]


@story("memory")
async def test_who_convenes_whom_and_what_a_convenant_needs(line: Line) -> None:
    zaak = (await open_zaak(line))["zaakId"]

    async def refused(**other: Any) -> tuple[str, ...]:
        overleg = {
            "overlegsoort": "zat",
            "datum": "2026-11-25",
            "doel": "arrangement",
            "functie": "intern_begeleider",
            "wettelijkeTaak": "passend_onderwijs",
        }
        body = {"zaakId": zaak, "overleg": overleg | other}
        return problem(await line.school.post("/overleggen", body, key=fresh()))[2]

    assert await refused(overlegsoort="verzonnen") == ("overleg.soort",)
    assert await refused(overlegsoort="actietafel") == ("overleg.bijeenroepen",)
    assert await refused(functie="jeugdarts") == ("functie.past",)
    assert await refused(datum="2026-11-21") == ("datum.volgorde",)
    assert await refused(convenant="convenant-er-niet") == ("overleg.dpia", "overleg.convenant")
    here = await planned(line, zaak)
    assert "partij.onbekend" in await faults(line.school, here, **erbij("agb:99999977"))
    await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    assert await faults(line.helper, await theirs(line.helper), soort="bekend") == ("overleg.voorzitter",)
    left = recorded(
        await line.helper.post(
            f"/overleggen/{await theirs(line.helper)}/stappen",
            {"stap": {"soort": "deelnemer_eraf", "partij": AANBIEDER}},
            key=fresh(),
        )
    )
    assert left["overleg"] is None
    assert fine(await line.helper.get("/overleggen"))["overleggen"] == []
