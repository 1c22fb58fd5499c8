"""The clock of a sandbox: everything that days bring happens in order, and nobody mistakes where he is."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import pytest

from adapters.stores.sqlite.store import SqliteStorage
from consent.leeftijd import AMSTERDAM
from gateway.runtime.settings import read_settings
from schemas.errors import WrongUse
from tests.callers import Key, es256
from tests.flow.test_cli import ozlijn, serving, settings, write_partijen
from tests.line import (
    BORN,
    NOWHERE,
    SANDBOX,
    Json,
    Line,
    bereik,
    codes,
    dossier,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    open_line,
    prepare,
    problem,
    recorded,
    shape,
    story,
    toestemming,
)

FIFTEEN: Final = "2010-11-23"
"""Born on; sixteen the day after a story begins."""


async def put(line: Line, nu: str) -> Json:
    """Moves the clock; the answer."""
    return fine(
        await line.http.put("/v1/proefklok", json={"nu": nu}, headers=line.school.headers(None, None))
    )


async def refused(line: Line, body: object) -> tuple[int, str, tuple[str, ...]]:
    return problem(await line.http.put("/v1/proefklok", json=body, headers=line.school.headers(None, None)))


async def today(line: Line) -> str:
    return str(fine(await line.school.get("/proefklok"))["vandaag"])


async def agreed(line: Line, born: str, *, youth: bool = True, ouders: bool = True) -> tuple[Json, Json]:
    """A levering that is klaar, with statements of the day it is."""
    now = fine(await line.school.get("/proefklok"))
    day = dt.date.fromisoformat(now["vandaag"])
    until = dt.date(day.year + (day > dt.date(day.year, 7, 31)), 7, 31)
    leerling = await line.gezag(geboortedatum=born, gecontroleerdOp=day.isoformat())
    people = [p["persoonId"] for p in leerling["personen"] if ouders]
    for persoon in [*people, *([leerling["leerlingPersoonId"]] if youth else [])]:
        await line.agree(
            leerling,
            persoon,
            moment=now["nu"],
            geldigVanaf=day.isoformat(),
            geldigTotEnMet=until.isoformat(),
        )
    pushed = await line.push(raw=dossier((BORN, born)))
    assert await line.status(pushed) == "klaar"
    return leerling, pushed


async def taken(line: Line) -> list[Json]:
    found: list[Json] = fine(await line.school.get("/taken"))["taken"]
    return found


# ── days that come


@story(**SANDBOX)
async def test_ce_13_the_sixteenth_birthday(line: Line) -> None:
    """CE-13a: until the last half minute it is ready. CE-13b: from midnight in the Netherlands it waits."""
    _, pushed = await agreed(line, FIFTEEN)
    assert (await put(line, "2026-11-22T23:59:30+01:00"))["dagen"] == 0
    assert await line.status(pushed) == "klaar"
    told = await put(line, "2026-11-23T00:00:00+01:00")
    assert (told["dagen"], told["opnieuwBesloten"], told["vandaag"]) == (1, 1, "2026-11-23")
    view = await line.levering(pushed)
    assert (view["status"], codes(view) >= {"SIGNER_AGED_OUT", "RECONSENT_REQUIRED"}) == ("aangehouden", True)
    assert (await line.try_take(only(pushed))).status_code == 404


@story(**SANDBOX)
async def test_ce_16_eighteen_with_his_own_toestemming(line: Line) -> None:
    """Given by himself at seventeen and still in its period: he turns eighteen and it carries on."""
    _, pushed = await agreed(line, "2008-11-25", ouders=False)
    assert (await put(line, "2026-11-26T09:00:00+01:00"))["dagen"] == 4
    assert await line.status(pushed) == "klaar"
    await line.take(only(pushed))


@story("memory", **SANDBOX)
async def test_what_ends_on_31_july_ends_when_it_is_over(line: Line) -> None:
    """Asked anew on the way, in order; the last day counts whole."""
    await put(line, "2027-05-01T10:00:00+02:00")
    leerling, _ = await agreed(line, BORN, youth=False)
    await put(line, "2027-07-20T10:00:00+02:00")
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    (ask,) = [t for t in await taken(line) if t["soort"] == "opnieuw_vragen"]
    assert sorted(ask["personen"]) == sorted(p["persoonId"] for p in leerling["personen"])
    assert ask["herinnerdOp"] is not None
    await put(line, "2027-07-31T23:59:30+02:00")
    assert await line.status(pushed) == "klaar"
    told = await put(line, "2027-08-01T00:00:00+02:00")
    assert told["opnieuwBesloten"] == 1
    view = await line.levering(pushed)
    assert (view["status"], "CONSENT_EXPIRED" in codes(view)) == ("aangehouden", True)
    told = await put(line, "2027-08-25T10:00:00+02:00")
    assert (told["verlopen"], await line.status(pushed)) == (1, "vervallen")


@pytest.mark.parametrize(
    ("born", "before", "last", "first"),
    [
        ("2011-03-28", "2027-03-20", "2027-03-27T23:59:30+01:00", "2027-03-28T00:00:00+01:00"),
        ("2011-03-29", "2027-03-20", "2027-03-28T23:59:30+02:00", "2027-03-29T00:00:00+02:00"),
        ("2011-11-01", "2027-10-20", "2027-10-31T23:59:30+01:00", "2027-11-01T00:00:00+01:00"),
        ("2012-02-29", "2028-02-20", "2028-02-28T23:59:30+01:00", "2028-02-29T00:00:00+01:00"),
    ],
    ids=["clocks go forward", "the day after", "clocks went back", "CE-33: 29 February"],
)
@story("memory", **SANDBOX)
async def test_days_are_those_of_the_netherlands(
    line: Line, born: str, before: str, last: str, first: str
) -> None:
    """They are days of the Netherlands, also in weeks with a day of 23 or 25 hours, and in a leap year."""
    await put(line, f"{before}T12:00:00+00:00")
    _, pushed = await agreed(line, born)
    await put(line, last)
    assert await line.status(pushed) == "klaar"
    days = (dt.date.fromisoformat(first[:10]) - dt.date.fromisoformat(last[:10])).days
    assert (await put(line, first))["dagen"] == days == 1
    assert await line.status(pushed) == "aangehouden"
    assert await today(line) == first[:10]


@story("memory", **SANDBOX)
async def test_an_asking_that_a_birthday_ends_is_late_and_stays(line: Line) -> None:
    """Its term is that same midnight: it is late once, and stays until somebody decides."""
    await agreed(line, FIFTEEN)
    (ask,) = await taken(line)
    told = await put(line, "2026-11-23T08:00:00+01:00")
    assert (told["takenTeLaat"], told["opnieuwBesloten"]) == (1, 1)
    assert fine(await line.school.get(f"/taken/{ask['id']}"))["status"] == "open"
    told = await put(line, "2026-12-22T08:00:00+01:00")
    assert told["takenTeLaat"] == 0
    assert (await put(line, "2026-12-24T08:00:00+01:00"))["verlopen"] == 1


@story(**SANDBOX)
async def test_the_account_goes_through_the_days_in_order(line: Line) -> None:
    """Each day's changes carry that day, though they were made within a second; tokens do not notice."""
    await agreed(line, FIFTEEN)
    told = await put(line, "2028-12-01T12:00:00+01:00")
    assert told["dagen"] == 740
    moments = [leaf["vastgelegdOp"] for leaf in await line.ledger()]
    assert moments == sorted(moments)
    birthday, lapsed = "2026-11-22T23:00", "2026-12-22T23:00"
    assert {m[:16] for m in moments} >= {birthday, lapsed}
    assert (await line.school.get("/taken")).status_code == 200


# ── what it refuses


@story("memory", **SANDBOX)
async def test_it_goes_forward_only_and_not_too_far(line: Line) -> None:
    """Nothing moves, and the fault says what is wrong."""
    start = await today(line)
    assert await refused(line, {"nu": "2026-11-22T09:59:30Z"}) == (
        400,
        "ongeldig-bericht",
        ("proefklok.terug",),
    )
    assert (await refused(line, {"nu": "2029-02-01T00:00:00Z"}))[2] == ("proefklok.teVer",)
    for wrong in ({}, {"nu": "2027-01-01T00:00:00"}, {"nu": "morgen"}, {"nu": 0}):
        assert (await refused(line, wrong))[0] == 400, wrong
    assert await today(line) == start


@story()
async def test_outside_a_sandbox_it_is_not_there(line: Line) -> None:
    """It is answered as any path that does not exist, and the document of the API does not mention it."""
    for method in ("GET", "PUT"):
        ours, other = [
            await line.http.request(method, f"/v1/{path}", headers=line.school.headers(None, None))
            for path in ("proefklok", "bestaatniet")
        ]
        assert ours.status_code == 404
        assert shape(ours) == shape(other)
    assert "proefklok" not in (await line.http.get("/v1/openapi.json")).text
    assert fine(await line.http.get("/v1/gezondheid")) == {"status": "in orde"}
    assert all("ozlijn-omgeving" not in answer.headers for answer in line.answers)


@story("memory", **SANDBOX)
async def test_a_sandbox_says_so_everywhere(line: Line) -> None:
    """In every answer, errors too; when asked whether it lives; in the log at the start; in its account."""
    await line.push()
    for path in ("/gezondheid", "/gereedheid", "/bestaatniet", f"/leveringen/{NOWHERE}", "/openapi.json"):
        await line.http.get(f"/v1{path}")
    assert len({answer.status_code for answer in line.answers}) >= 4
    assert {answer.headers.get("ozlijn-omgeving") for answer in line.answers} == {"proef"}
    assert fine(await line.http.get("/v1/gezondheid")) == {"status": "in orde", "omgeving": "proef"}
    (started,) = [e for e in line.log_lines() if e["event"] == "gateway.started"]
    assert (started["sandbox"], started["log_name"]) == (True, SANDBOX["log_name"])


@pytest.mark.parametrize(
    ("sandbox", "log_name"), [("true", "lijn.example.nl/2026"), ("false", "proef.lijn.example.nl/2026")]
)
def test_a_ledger_is_a_sandbox_by_its_name(sandbox: str, log_name: str, tmp_path: Path) -> None:
    """With the one and not the other it does not start: what was tried never becomes a real account."""
    file = tmp_path / "ozlijn.toml"
    file.write_text(
        f'database = "a.db"\nkeys = "k"\nissuer = "http://127.0.0.1:1"\n'
        f'log_name = "{log_name}"\nsandbox = {sandbox}\n'
    )
    with pytest.raises(WrongUse, match=r"log_name begint met proef\."):
        read_settings(file)


# ── a restart


def test_the_clock_survives_a_restart(tmp_path: Path) -> None:
    """It runs on from where it was; if the file is lost, from the last line of the account."""
    prepare("sqlite", tmp_path)

    async def story_of_three() -> None:
        async with open_line("sqlite", tmp_path, **SANDBOX) as line:
            await put(line, "2027-03-01T12:00:00+01:00")
            await line.gezag()
            await put(line, "2027-06-01T12:00:00+02:00")
            keys = {partij: caller.key for partij, caller in line.callers.items()}
        async with open_line("sqlite", tmp_path, keys=keys, **SANDBOX) as line:
            assert await today(line) == "2027-06-01"
        (kept,) = (tmp_path / "keys").glob("*proefklok")
        kept.unlink()
        async with open_line("sqlite", tmp_path, keys=keys, **SANDBOX) as line:
            assert await today(line) == "2027-03-01"
            assert await refused(line, {"nu": "2027-02-28T12:00:00+01:00"})
        kept.write_text("{")
        with pytest.raises(WrongUse, match="beschadigd"):
            async with open_line("sqlite", tmp_path, **SANDBOX):
                pass

    asyncio.run(story_of_three())


# ── a real gateway


class Systems:
    """The two sides of a real gateway, with tokens of its own."""

    def __init__(self, address: str, tokens: dict[str, str]) -> None:
        self._address, self._tokens = address, tokens

    def call(self, who: str, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        if method == "POST":
            headers["Idempotency-Key"] = fresh()
        return httpx.request(method, f"{self._address}/v1{path}", json=body, headers=headers, timeout=60)

    def to(self, at: dt.datetime) -> Json:
        return fine(self.call("school", "PUT", "/proefklok", {"nu": at.isoformat()}))


def test_ce_13_on_a_real_gateway(tmp_path: Path) -> None:
    """Made with `init --proef`, a process of its own; `apply` beside it keeps the account in order."""
    folder = tmp_path / "proef"
    assert ozlijn("init", folder, "--adres", "http://127.0.0.1:8089", "--proef").code == 0
    (folder / "prive").mkdir()
    keys: dict[str, Key] = {"school": es256("s-1"), "aanbieder": es256("a-1")}
    for name, key in keys.items():
        (folder / "prive" / name).write_text(json.dumps(key.as_dict(private=True)))
    register = folder / "partijen.toml"
    write_partijen(register, keys)
    scopes = ("uitwisselingen:verzenden", "toestemmingen:vastleggen", "proefklok:zetten")
    text = register.read_text().replace('["uitw', "[" + "".join(f'"{s}", ' for s in scopes) + '"uitw')
    register.write_text(
        text.replace('soort = "jeugdhulp', 'rollen = ["jeugdhulpverlener"]\nsoort = "jeugdhulp')
    )
    assert ozlijn("apply", register, *settings(folder)).code == 0
    with serving(folder) as gateway:
        tokens = {n: gateway.token(n).json()["access_token"] for n in keys}
        systems = Systems(gateway.address, tokens)
        start = dt.datetime.fromisoformat(fine(systems.call("school", "GET", "/proefklok"))["nu"])
        september = dt.datetime(start.year + (start.month >= 9), 9, 1, 12, tzinfo=AMSTERDAM)
        systems.to(september)
        day = september.date()
        birthday = day + dt.timedelta(days=10)
        born = birthday.replace(year=birthday.year - 16).isoformat()
        leerling = recorded(
            systems.call(
                "school",
                "POST",
                "/gezagsgegevens",
                gezag(geboortedatum=born, gecontroleerdOp=day.isoformat()),
            )
        )
        over: dict[str, Any] = {
            "leerlingId": leerling["leerlingId"],
            "bereik": bereik(ontvangers=[{"partij": "agb:99999901", "rol": "jeugdhulpverlener"}]),
            "moment": september.isoformat(),
            "geldigVanaf": day.isoformat(),
            "geldigTotEnMet": f"{day.year + 1}-07-31",
        }
        people = [p["persoonId"] for p in leerling["personen"]]
        for persoon in (*people, leerling["leerlingPersoonId"]):
            recorded(systems.call("school", "POST", "/toestemmingen", toestemming(persoon, **over)))
        sent = fine(systems.call("school", "POST", "/uitwisselingen", envelope(dossier((BORN, born)))), 202)

        def status() -> str:
            path = f"/uitwisselingen/{sent['uitwisselingId']}/leveringen"
            (view,) = fine(systems.call("school", "GET", path))["leveringen"]
            return str(view["status"])

        midnight = dt.datetime.combine(birthday, dt.time(), AMSTERDAM)
        systems.to(midnight - dt.timedelta(seconds=30))
        assert status() == "klaar"
        told = systems.to(midnight)
        assert (told["dagen"], told["opnieuwBesloten"], status()) == (1, 1, "aangehouden")
        register.write_text(register.read_text().replace("school (verzonnen)", "andere naam (verzonnen)"))
        assert ozlijn("apply", register, *settings(folder)).out.startswith("~ ")
        assert gateway.stop() == 0, gateway.errors

    async def moments() -> list[str]:
        storage = SqliteStorage.open(folder / "ozlijn.db", gateway=False)
        try:
            return [json.loads(e.canonical)["vastgelegdOp"] for e in await storage.entries(0, 1_000)]
        finally:
            await storage.close()

    found = asyncio.run(moments())
    assert found == sorted(found)
