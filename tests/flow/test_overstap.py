"""A leerling goes to another school: offered, sent, accepted against its own registration, and undone."""

from __future__ import annotations

from typing import Any

from tests.line import (
    NOWHERE,
    OTHER_SCHOOL,
    SCHOOL,
    Caller,
    Json,
    Line,
    fine,
    fresh,
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
