"""A leerling sits at home: his school's own counter, and the step of the region that becomes its taak."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

import orjson

from gateway.register.regels import INRICHTING
from tests.conftest import ROOT
from tests.line import NOW, Json, Line, fine, fresh, problem, recorded, story

REGIO: Final = ROOT / "gateway" / "practices" / "regios" / "verzonnen-midden" / "regio.toml"
STAPPEN: Final = """
[[thuiszitters]]
dag = 20
code = "melding"
wat = "De school meldt het."
van = "onderwijs"
aan = "leerplicht_rmc"
bericht = "verzuimsignaal"
doel = "verzuim"
regel = "V16"
[[thuiszitters]]
dag = 3
telt = "kalenderdagen"
verzuim = ["geoorloofd"]
code = "anders"
wat = "Voor ander verzuim."
van = "onderwijs"
aan = "leerplicht_rmc"
bericht = "verzuimsignaal"
doel = "verzuim"
regel = "V16"
"""


async def in_region(line: Line) -> None:
    text, _, _ = REGIO.read_text(encoding="utf-8").partition("[[thuiszitters]]")
    storage = line.world.storage
    found = await storage.register()
    beleid = found.beleid | {INRICHTING: orjson.dumps({"tekst": text + STAPPEN}).decode()}
    await line.apply(replace(found, beleid=beleid))


async def thuis(line: Line, leerling: Json, gebeurtenis: str, op: dt.date, **other: str) -> Json:
    body = {"leerlingId": leerling["leerlingId"], "gebeurtenis": gebeurtenis, "op": op.isoformat()} | other
    return recorded(await line.school.post("/thuiszitten", body, key=fresh()))


async def teller(line: Line, leerling: Json) -> Json:
    found: Json = fine(await line.school.get(f"/leerlingen/{leerling['leerlingId']}/thuiszitten"))
    return found


async def taken(line: Line) -> list[Json]:
    """Those of the counter, open at the school, after the round of the day."""
    await line.context.rounds.daily()
    found: list[Json] = fine(await line.school.get("/taken"))["taken"]
    return [t for t in found if t["soort"] == "thuiszitterstap"]


@story()
async def test_a_step_becomes_a_taak_on_its_day_and_nobody_else_learns_of_it(line: Line) -> None:
    """Days with a passend aanbod do not count; who is back has no step open any more."""
    await in_region(line)
    leerling = await line.gezag()
    today = NOW.date()
    await thuis(line, leerling, "begonnen", today - dt.timedelta(days=27), verzuimsoort="thuiszitter")
    stand = (await teller(line, leerling))["thuis"]
    assert (stand["kalenderdagen"], stand["schooldagenZonderAanbod"]) == (27, 20)
    assert [(s["code"], s["op"]) for s in stand["stappen"]] == [("melding", "2026-11-21")]
    (due,) = await taken(line)
    assert (due["stap"], due["doel"], due["leerlingId"]) == ("melding", "verzuim", leerling["leerlingId"])
    for who in (line.helper, line.other_school, line.other_helper):
        seen = fine(await who.get("/taken"))["taken"]
        assert [t for t in seen if t["soort"] == "thuiszitterstap"] == []
        path = f"/leerlingen/{leerling['leerlingId']}/thuiszitten"
        assert problem(await who.get(path))[0] == 404
    await thuis(line, leerling, "terug", today)
    assert await taken(line) == []


@story("memory")
async def test_an_aanbod_stops_the_counter_and_the_clock_alone_starts_the_step(line: Line) -> None:
    """Nothing is recorded on the day itself: the round finds it, also when the region came later. With an
    aanbod that day never comes.
    """
    leerling, today = await line.gezag(), NOW.date()
    await thuis(line, leerling, "begonnen", today, verzuimsoort="ongeoorloofd")
    await in_region(line)
    await thuis(line, leerling, "aanbod", today)
    line.later(days=40)
    assert await taken(line) == []
    assert (await teller(line, leerling))["thuis"]["stappen"][0]["op"] is None
    await thuis(line, leerling, "aanbod_weg", today + dt.timedelta(days=40))
    assert await taken(line) == []
    line.later(days=31)
    (due,) = await taken(line)
    fine(await line.school.post(f"/taken/{due['id']}/_gedaan"))
    assert await taken(line) == []


@story("memory")
async def test_what_cannot_follow_is_refused(line: Line) -> None:
    leerling, today = await line.gezag(), NOW.date()

    async def refused(gebeurtenis: str, op: dt.date, **other: str) -> tuple[str, ...]:
        body = {"leerlingId": leerling["leerlingId"], "gebeurtenis": gebeurtenis, "op": op.isoformat()}
        status, _, codes = problem(await line.school.post("/thuiszitten", body | other, key=fresh()))
        assert status == 400
        return codes

    assert (await teller(line, leerling)) == {"thuis": None, "gebeurtenissen": []}
    assert await refused("terug", today) == ("thuiszitten.volgorde",)
    assert await refused("begonnen", today) == ("thuiszitten.soort",)
    assert await refused("terug", today, verzuimsoort="thuiszitter") == ("thuiszitten.soort",)
    later = today + dt.timedelta(days=1)
    assert await refused("begonnen", later, verzuimsoort="thuiszitter") == ("datum.toekomst",)
    await thuis(line, leerling, "begonnen", today, verzuimsoort="thuiszitter")
    assert await refused("begonnen", today, verzuimsoort="thuiszitter") == ("thuiszitten.volgorde",)
    await thuis(line, leerling, "herroepen", today)
    assert (await teller(line, leerling))["thuis"] is None
