"""Copies of iJw messages over HTTP: told as a state for who gave them, and dropped."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Final

from adapters.ijw import JwBericht
from gateway.register.machtigingen import MACHTIGINGEN, Machtigingenrij
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.callers import es256, public_jwk
from tests.flow.test_ijw_answer import START, START_OK, _b64
from tests.flow.test_opvolging import change
from tests.flow.test_zaak import hulp, mine, opening, stap
from tests.line import (
    AANBIEDER,
    BORN,
    LEERLING,
    OTHER_AANBIEDER,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    bereik,
    envelope,
    fine,
    fresh,
    only,
    problem,
    recorded,
    story,
)
from tests.unit.adapters.ijw.test_kopie import TOEWIJZING
from tests.unit.adapters.ijw.test_kopie import ok as ok_van
from tests.unit.adapters.ijw.test_melding import START as ANDERE
from tests.unit.adapters.ijw.test_melding import START_OK as ANDERE_OK
from tests.unit.adapters.ijw.voorbeelden import AGB, BSN


def kopieen(levering: str, *berichten: Any, **other: Any) -> Json:
    return {"berichten": [_b64(b) for b in berichten], "leveringId": levering} | other


async def taken(line: Line) -> str:
    return (await known(line))[1]


async def known(line: Line) -> tuple[Json, str]:
    """The leerling as the school knows him, and a levering about him that the aanbieder took."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    return leerling, only(pushed)


@story()
async def test_a_copy_is_told_as_a_state_and_leaves_nothing(line: Line) -> None:
    """The number of the client, the product and the allocation are in no answer, log line or stored byte, and
    the account did not grow.
    """
    levering = await taken(line)
    before = await line.everything()
    answer = await line.helper.post("/ijw/kopieen", kopieen(levering, START, START_OK))
    said = fine(answer)
    assert (said["stand"], said["maand"], said["geteld"]) == ("gestart", "2026-04-01", 1)
    assert said["terugkoppeling"] == {"status": "gestart", "sinds": "2026-04-01"}
    assert "TR056" in said["nietNagegaan"]
    after = await line.everything()
    assert repr(after) == repr(before)
    row = START.inhoud["Client"]["StartProducten"]["StartProduct"][0]
    secrets = [BSN, str(row["ToewijzingNummer"]), row["Product"]["Code"], AGB + "/"]
    everything = answer.text + json.dumps(line.log_lines()) + repr(after)
    assert [s for s in secrets if s in everything] == []


@story("memory")
async def test_who_gives_copies_is_one_of_the_two_sides_and_knows_the_leerling(line: Line) -> None:
    levering = await taken(line)

    async def refused(who: Caller, body: Json) -> tuple[int, tuple[str, ...]]:
        status, _, codes = problem(await who.post("/ijw/kopieen", body))
        return status, codes

    good = kopieen(levering, START, START_OK)
    assert await refused(line.school, good) == (400, ("afzender.geenJeugdhulp",))
    assert await refused(line.other_helper, good) == (404, ())
    assert await refused(line.helper, good | {"leveringId": "0" * 32}) == (404, ())
    assert await refused(line.helper, kopieen(levering, ANDERE, ANDERE_OK)) == (
        400,
        ("leerling.andereGeboortedatum",),
    )
    elders = START.inhoud | {"Header": START.inhoud["Header"] | {"Afzender": "99999902"}}
    answer = START_OK.inhoud | {"Header": START_OK.inhoud["Header"] | {"Afzender": "99999902"}}
    other = kopieen(levering, type(START)("JW305", elders), type(START)("JW306", answer))
    assert await refused(line.helper, other) == (400, ("afzender.andereAanbieder",))
    assert await refused(line.helper, kopieen(levering, TOEWIJZING)) == (400, ("ijw.niet_aanvaard",))
    assert await refused(line.helper, good | {"berichten": ["KANARIE!"]}) == (400, ("dossier.base64",))


NAMED: Final[Json] = {"naamdelen": {"achternaam": "Fictief"}, "geboortedatum": BORN}
TOEGANG: Final = {"partij": "gemeente:0363", "rol": "toegangsmedewerker"}
GEMEENTE_KEY: Final = es256("gemeente-1")


async def gemeente(line: Line, leerling: Json) -> tuple[Caller, str]:
    """The system of the gemeente of these messages, and a levering that it took."""
    client = {
        "clientId": "gemeente-0363",
        "scopes": ["uitwisselingen:verzenden", "postbus:lezen", "zaken:lezen", "zaken:bijwerken"],
        "sleutels": [public_jwk(GEMEENTE_KEY)],
    }
    row: Json = {"id": "gemeente:0363", "soort": "gemeente", "naam": "Gemeente (fictief)"}
    row |= {"gemeentecode": "0363", "hoedanigheid": "toegang", "rollen": ["toegangsmedewerker"]}
    row |= {"aflevering": {"soort": "postbus"}, "clients": [client]}
    old = await line.world.storage.register()
    made = {**old.partijen, "gemeente:0363": json.dumps(row)}
    await line.apply(dataclasses.replace(old, partijen=made))
    who = Caller(line.http, "gemeente:0363", "gemeente-0363", GEMEENTE_KEY)
    await who.sign_in()
    over: Json = {"doelen": ["toeleiding"], "categorieen": ["contact"], "ontvangers": [TOEGANG]}
    await line.both_agree(leerling, bereik=bereik(**over))
    vraag = {"soort": "hulpvraag", "inhoud": VOORBEELDEN["hulpvraag"] | {"leerling": NAMED}}
    sent = envelope(doel="toeleiding", ontvangers=[TOEGANG], categorieen=["contact"], bericht=vraag)
    sent |= {"dossier": None, "leerling": {"leerlingid": LEERLING}}
    pushed = accepted(await line.school.post("/uitwisselingen", sent, key=fresh()))
    assert await line.status(pushed) == "klaar"
    await line.take(only(pushed), who)
    return who, only(pushed)


@story("memory")
async def test_a_gemeente_gives_copies_as_an_aanbieder_does(line: Line) -> None:
    """Its own messages, of its own leerling: the same state, nothing kept, and nobody else's."""
    leerling, levering = await known(line)
    who, hers = await gemeente(line, leerling)
    before = await line.everything()
    toewijzing, ok = met_geboortedatum(TOEWIJZING)
    said = fine(await who.post("/ijw/kopieen", kopieen(hers, toewijzing, ok, START, START_OK)))
    assert (said["stand"], said["maand"], said["geteld"]) == ("gestart", "2026-04-01", 2)
    assert repr(await line.everything()) == repr(before)
    assert problem(await who.post("/ijw/kopieen", kopieen(levering, START, START_OK)))[0] == 404
    elders = START.inhoud | {"Header": START.inhoud["Header"] | {"Ontvanger": "0518"}}
    answer = START_OK.inhoud | {"Header": START_OK.inhoud["Header"] | {"Ontvanger": "0518"}}
    other = kopieen(hers, type(START)("JW305", elders), type(START)("JW306", answer))
    assert problem(await who.post("/ijw/kopieen", other))[2] == ("afzender.andereGemeente",)
    leerplicht = await line.world.storage.register()
    row = json.loads(leerplicht.partijen["gemeente:0363"]) | {"hoedanigheid": "leerplicht_rmc"}
    row |= {"rollen": ["leerplichtambtenaar"]}
    changed = {**leerplicht.partijen, "gemeente:0363": json.dumps(row)}
    await line.apply(dataclasses.replace(leerplicht, partijen=changed))
    assert problem(await who.post("/ijw/kopieen", kopieen(hers, START, START_OK)))[2] == (
        "afzender.geenJeugdhulp",
    )


@story("memory")
async def test_copies_of_both_sides_are_put_together_on_a_machtiging_and_never_without(line: Line) -> None:
    """Of its other side, of today and for this; it ends with the machtiging, in a zaak too."""
    leerling, levering = await known(line)
    who, hers = await gemeente(line, leerling)
    toewijzing, ok = met_geboortedatum(TOEWIJZING)

    def both(partij: str = "gemeente:0363") -> Json:
        mede = {"partij": partij, "berichten": [_b64(b) for b in (toewijzing, ok, START, START_OK)]}
        return kopieen(levering, START, START_OK, mede=mede)

    async def refused(body: Json) -> tuple[str, ...]:
        return problem(await line.helper.post("/ijw/kopieen", body))[2]

    assert await refused(both()) == ("afzender.geenMachtiging",)
    given: Json = {"van": "gemeente:0363", "aan": AANBIEDER, "voor": ["uitwisselingen:verzenden"]}
    given |= {"geldigVanaf": "2026-11-22", "geldigTotEnMet": "2026-11-22"}
    await machtig(line, given | {"voor": ["postbus:lezen"]})
    assert await refused(both()) == ("afzender.geenMachtiging",)
    await machtig(line, given)
    said = fine(await line.helper.post("/ijw/kopieen", both()))
    assert (said["stand"], said["geteld"]) == ("gestart", 2)
    for other in (OTHER_AANBIEDER, AANBIEDER, SCHOOL, "agb:99999977"):
        assert await refused(both(other)) == ("afzender.geenMachtiging",)
    back = kopieen(hers, START, START_OK, mede={"partij": AANBIEDER, "berichten": [_b64(START)]})
    assert problem(await who.post("/ijw/kopieen", back))[2] == ("afzender.geenMachtiging",)
    zaak = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]["zaakId"]
    await stap(line.school, zaak, **hulp())
    path = f"/zaken/{await mine(line.helper)}/hulpstand"
    done = recorded(await line.helper.post(path, both(), key=fresh()))
    assert done["zaak"]["hulp"] == {"stand": "gestart", "maand": "2026-04-01"}
    line.later(days=1)
    assert await refused(both()) == ("afzender.geenMachtiging",)
    assert problem(await line.helper.post(path, both(), key=fresh()))[2] == ("afzender.geenMachtiging",)


async def machtig(line: Line, row: Json) -> None:
    old = await line.world.storage.register()
    text = Machtigingenrij.model_validate_json(json.dumps({"machtigingen": [row]}))
    beleid = {**old.beleid, MACHTIGINGEN: text.model_dump_json(exclude_defaults=True)}
    await line.apply(dataclasses.replace(old, beleid=beleid))


def met_geboortedatum(sent: JwBericht) -> tuple[JwBericht, JwBericht]:
    """The message about the leerling of these tests, with the retour that accepts it."""
    client = sent.inhoud["Client"] | {"Geboortedatum": {"Datum": BORN}}
    own = JwBericht(sent.soort, sent.inhoud | {"Client": client})
    return own, ok_van(own)


@story("memory")
async def test_the_stand_in_a_zaak_is_for_who_gave_the_copies_alone(line: Line) -> None:
    """Of the messages a stand and a month stay; the school, whose zaak it is, is shown nothing of it."""
    levering = await taken(line)
    leerling = fine(await line.school.post("/leerlingen/_zoek", {"leerlingid": LEERLING}))
    zaak = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]["zaakId"]
    await stap(line.school, zaak, **hulp())
    theirs = await mine(line.helper)
    path, body = f"/zaken/{theirs}/hulpstand", kopieen(levering, START, START_OK)
    key = fresh()
    first = recorded(await line.helper.post(path, body, key=key))
    assert first["zaak"]["hulp"] == {"stand": "gestart", "maand": "2026-04-01"}
    assert recorded(await line.helper.post(path, body, key=key)) == first
    assert fine(await line.school.get(f"/zaken/{zaak}"))["hulp"] is None
    kept = repr(await line.everything())
    assert BSN not in kept
    elders = await line.helper.post(f"/zaken/{zaak}/hulpstand", body, key=fresh())
    assert elders.status_code == 404, "the key of the school is not his"
    other = await line.gezag(leerling={"leerlingid": "LL-ander"})
    own = recorded(await line.school.post("/zaken", opening(other), key=fresh()))["zaak"]["zaakId"]
    await stap(line.school, own, **hulp())
    keys = [z["zaakId"] for z in fine(await line.helper.get("/zaken"))["zaken"]]
    status, _, codes = problem(await line.helper.post(f"/zaken/{keys[1]}/hulpstand", body, key=fresh()))
    assert (status, codes) == (400, ("zaak.andereLeerling",))


@story("memory")
async def test_who_gives_copies_is_known_by_his_number_of_the_day(line: Line) -> None:
    """From its day on an aanbieder goes by its new AGB: the old one is another's, and the other way round."""
    levering = await taken(line)
    new = "99999903"
    sent = START.inhoud | {"Header": START.inhoud["Header"] | {"Afzender": new}}
    answer = START_OK.inhoud | {"Header": START_OK.inhoud["Header"] | {"Afzender": new}}
    later = kopieen(levering, JwBericht("JW305", sent), JwBericht("JW306", answer))
    now = kopieen(levering, START, START_OK)
    row = json.loads((await line.world.storage.register()).partijen[AANBIEDER])
    await change(line, AANBIEDER, nummers=[{"agb": new, "vanaf": "2026-11-23"}], agb=row.get("agb", AGB))

    async def codes(body: Json) -> tuple[str, ...]:
        answer = await line.helper.post("/ijw/kopieen", body)
        return () if answer.status_code == 200 else problem(answer)[2]

    assert [await codes(b) for b in (now, later)] == [(), ("afzender.andereAanbieder",)]
    line.later(days=1)
    assert [await codes(b) for b in (now, later)] == [("afzender.andereAanbieder",), ()]
