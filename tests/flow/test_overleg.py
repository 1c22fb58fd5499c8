"""An overleg through HTTP: the anonymous phase, the invitation, what each gets, the record."""

from __future__ import annotations

from typing import Any

from gateway.zaak.soorten import onze_soorten
from tests.flow.test_zaak import hulp, mine, open_zaak, taken
from tests.flow.test_zaak import stap as zaakstap
from tests.line import (
    AANBIEDER,
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
    told = [e["zaakstap"] for e in await line.ledger() if e["soort"] == "case.step"]
    assert told[-3:] == ["tafel_gehouden", "overleg_gehouden", "actie"]
    assert await faults(line.school, here, soort="afgezegd") == ("overleg.voorbij",)
    gone = await line.other_helper.get(f"/overleggen/{one}")
    assert gone.status_code == 404
    assert gone.content == (await line.other_school.get(f"/overleggen/{here}")).content


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
