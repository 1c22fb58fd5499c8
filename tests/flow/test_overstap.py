"""A leerling goes to another school: offered, sent, accepted against its own registration, and undone."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import httpx2 as httpx

from schemas.publication.voorbeelden import VOORBEELDEN
from tests.line import (
    NOWHERE,
    OTHER_SCHOOL,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    fine,
    fresh,
    gezag,
    only,
    recorded,
    story,
)


def aanbod(leerling: Json, **other: Any) -> Json:
    return {
        "leerlingId": leerling["leerlingId"],
        "naar": OTHER_SCHOOL,
        "soort": "vertrek",
        "per": "2027-08-01",
        "vanSector": "po",
        "naarSector": "vo",
    } | other


async def offer(line: Line, leerling: Json, **other: Any) -> Json:
    return recorded(await line.school.post("/overstappen", aanbod(leerling, **other), key=fresh()))


async def stand(line: Line, overstap: str, who: Caller | None = None) -> Json:
    return fine(await (who or line.school).get(f"/overstappen/{overstap}"))


@story("memory")
async def test_an_offer_stands_once_and_for_a_school_that_takes_part(line: Line) -> None:
    leerling = await line.gezag()
    for wrong in (SCHOOL, "brin:99QQ09", "agb:99999901"):
        answer = await line.school.post("/overstappen", aanbod(leerling, naar=wrong), key=fresh())
        assert [f["code"] for f in answer.json()["fouten"]] == ["overstap.geenSchool"]
    given = await offer(line, leerling)
    seen = await stand(line, given["id"])
    assert (seen["stand"], seen["naar"], seen["leerlingId"]) == (
        "aangeboden",
        OTHER_SCHOOL,
        leerling["leerlingId"],
    )
    assert (await line.school.post("/overstappen", aanbod(leerling), key=fresh())).status_code == 409
    recorded(await line.school.post(f"/overstappen/{given['id']}/_ongedaan", key=fresh()))
    assert (await stand(line, given["id"]))["stand"] == "ongedaan"
    assert (await line.school.post(f"/overstappen/{given['id']}/_ongedaan", key=fresh())).status_code == 409
    await offer(line, leerling)


@story("memory")
async def test_who_has_nothing_to_do_with_it_finds_nothing(line: Line) -> None:
    """The school that he goes to, before anything may go there, reads what an id that never was gives."""
    leerling = await line.gezag()
    given = await offer(line, leerling)
    for who in (line.other_school, line.helper):
        for path in (f"/overstappen/{given['id']}", f"/leveringen/{given['id']}/overstap"):
            there, nowhere = await who.get(path), await who.get(path.replace(given["id"], NOWHERE))
            assert (there.status_code, there.json()["detail"]) == (404, nowhere.json()["detail"])
        assert (await who.post(f"/overstappen/{given['id']}/_ongedaan", key=fresh())).status_code == 404
        assert (await who.post("/overstappen", aanbod(leerling, naar=SCHOOL), key=fresh())).status_code == 404


# ── sent, received and answered


DEZELFDE = "2016-03-14"
"""Of the leerling in the published example."""


async def kent(line: Line, who: Caller, leerlingid: str, born: str = DEZELFDE) -> Json:
    """A leerling of that school's own, by its own key."""
    body = gezag(geboortedatum=born, leerling={"leerlingid": leerlingid})
    return recorded(await who.post("/gezagsgegevens", body, key=fresh()))


async def send(line: Line, leerlingid: str) -> str:
    """The overstapset of the first school; gives its levering."""
    inhoud = copy.deepcopy(VOORBEELDEN["overstapset"])
    inhoud["leerling"]["geboortedatum"] = DEZELFDE
    inhoud["school"] |= {"brin": "99ZZ", "vestigingscode": "00"}
    body = {
        "doel": "overstap",
        "ontvangers": [{"partij": OTHER_SCHOOL, "rol": "intern_begeleider"}],
        "categorieen": ["contact", "factoren"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": leerlingid},
        "bericht": {"soort": "overstapset", "inhoud": inhoud},
    }
    return only(accepted(await line.school.post("/uitwisselingen", body, key=fresh())))


async def handed(line: Line) -> tuple[Json, Json, str]:
    """(the leerling at the first school, the offer, the levering), signed for by the other school."""
    leerling = await kent(line, line.school, "LL-oud-1")
    given = await offer(line, leerling)
    levering = await send(line, "LL-oud-1")
    payload = await line.take(levering, line.other_school)
    await line.sign_for(levering, payload, line.other_school)
    return leerling, given, levering


async def answer(line: Line, levering: str, **other: Any) -> httpx.Response:
    return await line.other_school.post(f"/leveringen/{levering}/overstap", other, key=fresh())


@story()
async def test_two_schools_agree_that_he_is_the_same_and_keep_their_own_records(line: Line) -> None:
    """Without one toestemming, on V09: the offer is what lets it go. Each school reads its own reference."""
    leerling, given, levering = await handed(line)
    his = await kent(line, line.other_school, "2027-0815")
    assert his["leerlingId"] != leerling["leerlingId"]
    recorded(await answer(line, levering, besluit="aanvaard", leerlingId=his["leerlingId"]))
    for who, own in ((line.school, leerling), (line.other_school, his)):
        seen = await stand(line, given["id"], who)
        assert (seen["stand"], seen["leerlingId"]) == ("aanvaard", own["leerlingId"])
        assert seen["ongedaanTot"].startswith("2026-12-06T10:0")
        assert "watWerkt[]" in seen["ontvangen"]
        assert {"feit": "gezag", "dan": "opnieuw_nagaan"} in seen["meegaan"]
        assert seen == fine(await who.get(f"/leveringen/{levering}/overstap"))
    again = await answer(line, levering, besluit="aanvaard", leerlingId=his["leerlingId"])
    assert again.status_code == 409
    leaves = await line.world.storage.entries(0, 500)
    said = [e.soort for e in leaves if e.soort.startswith("transfer")]
    assert said == ["transfer.offered", "transfer.accepted"]


@story("memory")
async def test_a_number_alone_links_nothing(line: Line) -> None:
    """The same key at both schools, with another birth date, is another leerling; and nothing is recorded."""
    _, given, levering = await handed(line)
    other = await kent(line, line.other_school, "LL-oud-1", "2016-03-15")
    refused = await answer(line, levering, besluit="aanvaard", leerlingId=other["leerlingId"])
    assert [f["code"] for f in refused.json()["fouten"]] == ["overstap.geboortedatum"]
    assert (await stand(line, given["id"]))["stand"] == "aangeboden"
    recorded(await answer(line, levering, besluit="geweigerd", grond="andere_leerling"))
    seen = await stand(line, given["id"])
    assert (seen["stand"], seen["grond"], seen["ontvangen"]) == ("geweigerd", "andere_leerling", [])


@story("memory")
async def test_only_who_received_and_signed_answers(line: Line) -> None:
    """Before the take and for others it is not there; unsigned it waits; half an answer is none."""
    leerling = await kent(line, line.school, "LL-oud-1")
    await offer(line, leerling)
    levering = await send(line, "LL-oud-1")
    yes = {"besluit": "aanvaard", "leerlingId": leerling["leerlingId"]}
    assert (await answer(line, levering, **yes)).status_code == 404
    assert (await line.other_school.get(f"/leveringen/{levering}/overstap")).status_code == 404
    await line.take(levering, line.other_school)
    assert (await answer(line, levering, besluit="geweigerd", grond="niet_bij_ons")).status_code == 409
    seen = fine(await line.other_school.get(f"/leveringen/{levering}/overstap"))
    assert (seen["stand"], seen["leerlingId"]) == ("aangeboden", None)
    for who in (line.school, line.helper):
        path = f"/leveringen/{levering}/overstap"
        assert (await who.post(path, yes, key=fresh())).status_code == 404
    for half in ({"besluit": "aanvaard"}, {"besluit": "geweigerd"}, yes | {"grond": "niet_bij_ons"}):
        codes = [f["code"] for f in (await answer(line, levering, **half)).json()["fouten"]]
        assert codes == ["overstap.antwoord"]


@story("memory")
async def test_it_can_be_undone_by_either_for_fourteen_days(line: Line) -> None:
    """After that no; undone it links nothing, and a new offer can be made."""
    leerling, given, levering = await handed(line)
    his = await kent(line, line.other_school, "2027-0815")
    recorded(await answer(line, levering, besluit="aanvaard", leerlingId=his["leerlingId"]))
    path = f"/overstappen/{given['id']}/_ongedaan"
    line.later(days=14)
    assert (await line.other_school.post(path, key=fresh())).status_code == 409
    line.clock.advance(-dt.timedelta(hours=1))
    recorded(await line.other_school.post(path, key=fresh()))
    for who in (line.school, line.other_school):
        seen = await stand(line, given["id"], who)
        assert (seen["stand"], seen["ontvangen"]) == ("ongedaan", [])
    assert (await stand(line, given["id"], line.other_school))["leerlingId"] is None
    await offer(line, leerling)


@story("memory")
async def test_the_fg_of_a_school_reads_the_same_without_the_leerling(line: Line) -> None:
    """By the levering; of a school that is not under his toezicht he finds nothing."""
    _, given, levering = await handed(line)
    path = f"/toezicht/leveringen/{levering}/overstap"
    seen = fine(await line.fg.get(path))
    assert (seen["overstapId"], seen["leerlingId"]) == (given["id"], None)
    assert {n: v for n, v in seen.items() if n != "leerlingId"} == {
        n: v for n, v in (await stand(line, given["id"])).items() if n != "leerlingId"
    }
    assert (await line.fg.get(path.replace(levering, NOWHERE))).status_code == 404
    assert (await line.helper.get(path)).status_code == 404, "it may look, and watches over nobody"
