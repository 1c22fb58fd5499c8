"""Who got something may tell another who got something: the owner of the record asks for the ground, before
anybody wants to say anything, and without learning that somebody does.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gateway.account.leaves import new_id
from gateway.obligations.verzoeken import Verzoeken
from schemas.exchange.taak import Taak, Taaksoort
from schemas.publication.voorbeelden import VOORBEELDEN
from schemas.storage.storage import Register
from tests.line import (
    AANBIEDER,
    HELPER,
    OTHER_AANBIEDER,
    OTHER_HELPER,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    bereik,
    fine,
    fresh,
    gezag,
    only,
    persons,
    recorded,
    story,
    toestemming,
)

ASKED: Final = {"doelen": ["afstemming"], "categorieen": ["contact", "doelen", "factoren"]}


async def doorweg(line: Line, who: Caller | None = None) -> list[Json]:
    found: list[Json] = fine(await (who or line.school).get("/taken"))["taken"]
    return [t for t in found if t["soort"] == "doorweg_vragen"]


async def to_both(line: Line) -> tuple[Json, str, str]:
    """(gezag, the levering to each of two aanbieders): everybody agreed, and both took it."""
    leerling = await line.gezag()
    await line.both_agree(leerling, bereik=bereik(ontvangers=[HELPER, OTHER_HELPER]))
    taken = []
    for helper, caller in ((HELPER, line.helper), (OTHER_HELPER, line.other_helper)):
        levering = only(await line.push(ontvangers=[helper]))
        payload = await line.take(levering, caller)
        await line.sign_for(levering, payload, caller)
        taken.append(levering)
    return leerling, taken[0], taken[1]


def onward(levering: str) -> Json:
    """What the first aanbieder would tell the second, about somebody in the record of the school."""
    content = {k: v for k, v in VOORBEELDEN["overlegset"].items() if k != "leerling"} | {
        "partner": "jeugdhulp"
    }
    return {
        "doel": "afstemming",
        "ontvangers": [OTHER_HELPER],
        "categorieen": ASKED["categorieen"],
        "vrijeTekstNagekeken": True,
        "inAntwoordOp": levering,
        "bericht": {"soort": "overlegset", "inhoud": content},
    }


@story()
async def test_one_aanbieder_tells_another_what_both_sides_let_go(line: Line) -> None:
    """The school was asked for the ground before, by the takes alone; the aanbieder has its own half lifted;
    then it goes, and neither read what the other recorded.
    """
    leerling, levering, _ = await to_both(line)
    asked = await doorweg(line)
    pairs = {(t["vragen"][0]["bereik"]["afzender"], t["ontvanger"]["partij"]) for t in asked}
    assert pairs == {(AANBIEDER, OTHER_AANBIEDER), (OTHER_AANBIEDER, AANBIEDER)}
    assert {f for t in asked for v in t["vragen"] for f in v["functies"]} == {"avg_basis"}
    assert {v["persoonId"] for t in asked for v in t["vragen"]} == set(persons(leerling))

    sent = accepted(await line.helper.post("/uitwisselingen", onward(levering), key=fresh()))
    assert await line.status(sent, line.helper) == "aangehouden"
    assert await doorweg(line) == asked, "that somebody wants to say something tells the school nothing"
    assert [t["soort"] for t in fine(await line.helper.get("/taken"))["taken"]] == ["geheimhouding_vragen"]
    assert await doorweg(line, line.helper) == await doorweg(line, line.other_helper) == []

    body = gezag(leerling=None, leveringId=levering)
    own = recorded(await line.helper.post("/gezagsgegevens", body, key=fresh()))
    for persoon in persons(own):
        scope = bereik(richting="J2S", afzender=AANBIEDER, ontvangers=[OTHER_HELPER], **ASKED)
        lifts = toestemming(persoon, leveringId=levering, functie="secrecy_waiver", bereik=scope)
        recorded(await line.helper.post("/toestemmingen", lifts, key=fresh()))
    assert await line.status(sent, line.helper) == "aangehouden", "the ground is not there yet"
    (mine,) = [t for t in asked if t["ontvanger"]["partij"] == OTHER_AANBIEDER]
    for vraag in mine["vragen"]:
        await line.agree(leerling, vraag["persoonId"], functie="avg_basis", bereik=vraag["bereik"])
    assert await line.status(sent, line.helper) == "klaar"
    assert [t["ontvanger"]["partij"] for t in await doorweg(line)] == [AANBIEDER]
    await line.take(only(sent), line.other_helper)

    ours = {*persons(leerling), leerling["leerlingPersoonId"]}
    for who in (line.helper, line.other_helper):
        read = [
            a.text for a in line.answers if a.request.headers.get("authorization") == f"Bearer {who.token}"
        ]
        assert [h for h in ours if any(h in text for text in read)] == []


@story("memory")
async def test_nobody_is_asked_after_a_no_nor_for_one_to_whom_nothing_went(line: Line) -> None:
    """A no to the way onward closes its question; one recipient alone has nobody to tell; what the owner says
    is done stays done.
    """
    leerling = await line.gezag()
    await line.both_agree(leerling)
    await line.take(only(await line.push()))
    assert await doorweg(line) == []

    await line.both_agree(leerling, bereik=bereik(ontvangers=[OTHER_HELPER]))
    other = only(await line.push(ontvangers=[OTHER_HELPER]))
    assert await doorweg(line) == [], "nobody took it yet"
    await line.sign_for(other, await line.take(other, line.other_helper), line.other_helper)
    first, second = await doorweg(line)
    who = persons(leerling)[0]
    for vraag in (v for v in first["vragen"] if v["persoonId"] == who):
        await line.agree(leerling, who, functie="avg_basis", bereik=vraag["bereik"], besluit="geweigerd")
    assert [t["id"] for t in await doorweg(line)] == [second["id"]]
    fine(await line.school.post(f"/taken/{second['id']}/_gedaan"))
    again = only(await line.push(ontvangers=[OTHER_HELPER]))
    await line.take(again, line.other_helper)
    assert await doorweg(line) == []


@story("memory")
async def test_a_withdrawal_of_what_was_sent_ends_what_may_go_on(line: Line) -> None:
    """Who takes back that the first may know is not asked what the first may tell."""
    leerling, _, _ = await to_both(line)
    before = await doorweg(line)
    assert len(before) == 2
    body: dict[str, Any] = {"besluit": "geweigerd", "moment": line.clock.now().isoformat()}
    await line.agree(leerling, persons(leerling)[0], bereik=bereik(ontvangers=[HELPER]), **body)
    assert [t["ontvanger"]["partij"] for t in await doorweg(line)] == [AANBIEDER]


@story()
async def test_who_has_it_in_two_roles_is_asked_about_once_in_each(line: Line) -> None:
    """One aanbieder got it for its jeugdhulpverlener and for its gedragswetenschapper. That is no reason why
    another could not take what is his.
    """
    roles = {"rollen": ["jeugdhulpverlener", "gedragswetenschapper"]}
    old = await line.world.storage.register()
    both = old.partijen | {AANBIEDER: json.dumps(json.loads(old.partijen[AANBIEDER]) | roles)}
    await line.apply(Register(old.version, both))
    two = [HELPER, {"partij": AANBIEDER, "rol": "gedragswetenschapper"}]
    leerling = await line.gezag()
    await line.both_agree(leerling, bereik=bereik(ontvangers=[*two, OTHER_HELPER]))
    for helper in two:
        levering = only(await line.push(ontvangers=[helper]))
        await line.sign_for(levering, await line.take(levering))
    await line.take(only(await line.push(ontvangers=[OTHER_HELPER])), line.other_helper)

    asked = [(t["vragen"][0]["bereik"]["afzender"], t["ontvanger"]) for t in await doorweg(line)]
    assert [to for partij, to in asked if partij == AANBIEDER] == [OTHER_HELPER] * 2
    assert [to for partij, to in asked if partij == OTHER_AANBIEDER] == [HELPER]


@story("memory")
async def test_one_question_for_which_two_leveringen_give_cause_is_written_once(line: Line) -> None:
    """A partij has one taak of a sleutel. Two in one commit would undo the whole of it."""
    now, leerling = line.clock.now(), new_id()
    soort = Taaksoort.DOORWEG_VRAGEN
    moments: dict[str, Any] = {"ontstaan_op": now, "sinds": now, "uiterlijk": now}
    first, same = (
        Taak(id=new_id(), soort=soort, partij=SCHOOL, leerling=leerling, sleutel="een", **moments)
        for _ in range(2)
    )
    writes = await Verzoeken(line.world.storage)._writes((first, same), (), (), now)
    assert [w.taak for w in writes] == [first]
