"""An operator: sees ids and codes of the whole gateway, offers again what failed, and replaces the register.

Over /v1 and in the browser, which are one.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.web.bezoek import Niveau, Werkrol
from schemas.people.partij import Scope
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.line import (
    AANBIEDER,
    FG,
    NOWHERE,
    SANDBOX,
    SCHOOL,
    Json,
    Line,
    fine,
    only,
    open_line,
    problem,
    story,
)

TOML = """
[[partijen]]
id = "brin:99ZZ00"
soort = "school"
naam = "School (fictief)"
brin = "99ZZ"
vestigingscode = "00"
rollen = ["intern_begeleider"]

[[partijen]]
id = "agb:99999909"
soort = "jeugdhulpaanbieder"
naam = "Nieuw (fictief)"
agb = "99999909"
"""


def files(text: str = TOML, naam: str = "partijen.toml") -> list[dict[str, str]]:
    return [{"naam": naam, "inhoud": base64.b64encode(text.encode()).decode()}]


async def failed_levering(line: Line) -> Json:
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    return pushed


async def operator(line: Line, sessies: Bezoekers, **other: Any) -> Bezoeker:
    return await sign_in(line, sessies, FG, Werkrol.BEHEERDER, [Scope.BEHEER, Scope.BEHEREN], **other)


# ── over /v1


@story("sqlite")
async def test_the_state_is_what_doctor_says_and_what_is_open(line: Line) -> None:
    empty = fine(await line.school.get("/beheer/toestand"))
    assert empty["open"] == []
    assert empty["verantwoording"] > 0
    await failed_levering(line)
    found = fine(await line.school.get("/beheer/toestand"))
    assert [(r["status"], r["aantal"]) for r in found["open"]] == [("mislukt", 1)]
    assert found["verantwoording"] > empty["verantwoording"]
    assert {"ozlijn", "python", "database"} <= found["draait"].keys()
    assert {"code", "ernst", "wat", "waarom", "doen"} == set(found["bevindingen"][0])


@story("memory")
async def test_an_operator_reads_codes_of_every_partij_and_nothing_of_a_leerling(line: Line) -> None:
    leerling, pushed, _ = await line.permitted()
    found = fine(await line.helper.get("/beheer/leveringen"))
    (one,) = found["leveringen"]
    assert (one["leveringId"], one["status"], one["afzender"]) == (only(pushed), "klaar", SCHOOL)
    text = json.dumps(found) + json.dumps(fine(await line.helper.get("/beheer/register")))
    for secret in (leerling["leerlingId"], "LL-2016-0042", "fictief"):
        assert secret not in text
    assert fine(await line.helper.get("/beheer/leveringen?status=mislukt"))["leveringen"] == []
    assert problem(await line.helper.get("/beheer/leveringen?status=weg"))[0] == 400
    assert problem(await line.helper.get(f"/beheer/leveringen?na={NOWHERE}"))[0] == 404


@story("memory")
async def test_what_failed_is_offered_again_for_its_sender(line: Line) -> None:
    pushed = await failed_levering(line)
    path = f"/beheer/leveringen/{only(pushed)}/_herhaal"
    assert fine(await line.other_helper.post(path))["status"] == "klaar"
    assert await line.status(pushed) == "klaar"
    assert fine(await line.other_helper.post(path))["status"] == "klaar"
    await line.take(only(pushed))
    assert problem(await line.other_helper.post(path))[:2] == (409, "niet-mislukt")
    assert problem(await line.other_helper.post(f"/beheer/leveringen/{NOWHERE}/_herhaal"))[0] == 404


@story("memory")
async def test_a_register_is_compared_and_then_applied_as_it_was_shown(line: Line) -> None:
    shown = fine(await line.school.post("/beheer/register/_verschil", {"bestanden": files()}))
    assert shown["nieuw"] == ["agb:99999909"]
    assert SCHOOL in shown["gewijzigd"]
    assert AANBIEDER in shown["verwijderd"]
    before = fine(await line.school.get("/beheer/register"))
    assert before["versie"] == shown["versie"]
    body = {"bestanden": files(), "versie": shown["versie"]}
    assert problem(await line.school.post("/beheer/register", body)) == (
        400,
        "ongeldig-bericht",
        ("register.verdwijnt",),
    )
    old = body | {"versie": shown["versie"] - 1, "verwijder": True}
    assert problem(await line.school.post("/beheer/register", old))[:2] == (409, "verschil-verouderd")
    assert fine(await line.school.get("/beheer/register")) == before
    done = fine(await line.school.post("/beheer/register", body | {"verwijder": True}))
    assert (done["nieuw"], done["versie"]) == (["agb:99999909"], shown["versie"] + 1)
    stored = await line.world.storage.register()
    assert stored.partijen.keys() == {SCHOOL, "agb:99999909"}
    assert (await line.school.get("/beheer/register")).status_code == 401, "its client is not in the files"


@story("memory")
async def test_a_wrong_register_is_told_by_its_place_and_not_by_what_stands_there(line: Line) -> None:
    wrong: list[tuple[list[dict[str, str]], str]] = [
        (files("dit is geen = = toml"), "toml"),
        (files("x = 1"), "register.leeg"),
        ([*files(), *files()], "register.dubbel"),
        ([*files(), *files(naam="ook.toml")], "register.dubbel"),
        ([{"naam": "partijen.toml", "inhoud": "%%%"}], "register.base64"),
        (files(TOML.replace('soort = "school"', 'soort = "KANARIE-4711"')), "json.keuze"),
    ]
    for sent, code in wrong:
        answer = await line.school.post("/beheer/register/_verschil", {"bestanden": sent})
        status, _, codes = problem(answer)
        assert status == 400
        assert code in codes, (code, codes)
        assert "KANARIE" not in answer.text
        assert "/tmp" not in answer.text
    before = await line.everything()
    assert (
        problem(await line.school.post("/beheer/register", {"bestanden": files("x = 1"), "versie": 1}))[0]
        == 400
    )
    assert await line.everything() == before


# ── in the browser


def test_an_operator_sees_states_parties_keys_and_agreements(tmp_path: Path) -> None:
    async def scene() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            who = await operator(line, sessies)
            pushed = await failed_levering(line)
            pages = {}
            for path in ("", "/leveringen", "/partijen", "/sleutels", "/afspraken", "/register/voorstel"):
                answer = await who.get(f"/beheer{path}")
                assert answer.status_code == 200, (path, answer.text)
                pages[path] = answer.text
                assert "fictief" not in answer.text
                assert "LL-2016-0042" not in answer.text
            assert "Niet goed aangekomen" in pages[""]
            assert only(pushed)[:8] in pages["/leveringen"]
            assert SCHOOL in pages["/partijen"]
            assert "systeem-brin-99zz00" in pages["/sleutels"]
            none = await who.get("/beheer/leveringen?status=vervallen")
            assert "Niets gevonden" in none.text

    asyncio.run(scene())


def test_what_failed_is_chosen_and_offered_again(tmp_path: Path) -> None:
    async def scene() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            who = await operator(line, sessies)
            pushed = await failed_levering(line)
            shown = (await who.get("/beheer/leveringen/herhalen")).text
            assert f'value="{only(pushed)}"' in shown
            nothing = await who.post("/beheer/leveringen/herhalen")
            assert nothing.status_code == 422
            assert "Kies ten minste één levering." in nothing.text
            assert await line.status(pushed) == "mislukt"
            done = await who.post("/beheer/leveringen/herhalen", {"levering": [only(pushed), "../token"]})
            assert "1 levering staat weer klaar" in re.sub(r"\s+", " ", done.text)
            assert await line.status(pushed) == "klaar"
            assert "Niets is mislukt" in (await who.get("/beheer/leveringen/herhalen")).text

    asyncio.run(scene())


def test_a_register_is_uploaded_seen_and_applied(tmp_path: Path) -> None:
    async def scene() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            who = await operator(line, sessies)
            empty = await who.upload("/beheer/register/voorstel", [])
            assert "Kies de bestanden." in empty.text
            bad = await who.upload("/beheer/register/voorstel", [("partijen.toml", b"x = = 1")])
            assert bad.status_code == 422
            assert 'href="#bestanden"' in bad.text
            seen = await who.upload("/beheer/register/voorstel", [("partijen.toml", TOML.encode())])
            assert seen.status_code == 200, seen.text
            assert "<li>agb:99999909</li>" in seen.text
            hidden = {
                name: re.findall(f'type="hidden" name="{name}" value="([^"]*)"', seen.text)
                for name in ("versie", "naam", "inhoud")
            }
            assert tomllib.loads(base64.b64decode(hidden["inhoud"][0]).decode()) == tomllib.loads(TOML)
            refused = await who.post("/beheer/register/toepassen", dict(hidden))
            assert refused.status_code == 422
            assert 'href="#verwijder"' in refused.text
            done = await who.post("/beheer/register/toepassen", hidden | {"verwijder": "ja"})
            assert done.headers["location"] == "/beheer?gedaan=toegepast"
            assert "agb:99999909" in (await line.world.storage.register()).partijen
            last = (await line.world.storage.entries(0, 100_000))[-1]
            assert who.wie.caller.persoon is not None
            assert who.wie.caller.persoon.ref in json.dumps(json.loads(last.canonical)), "who did it"

    asyncio.run(scene())


def test_applying_asks_a_fresh_and_sure_login(tmp_path: Path) -> None:
    async def scene() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
            before = await line.world.storage.register_version()
            for who in (
                await operator(line, sessies, niveau=Niveau.LAAG),
                await operator(line, sessies, ago=timedelta(minutes=10)),
            ):
                sent: dict[str, str | list[str]] = {
                    "versie": str(before),
                    "naam": ["partijen.toml"],
                    "inhoud": [files()[0]["inhoud"]],
                }
                answer = await who.post("/beheer/register/toepassen", sent | {"verwijder": "ja"})
                assert answer.status_code == 403
                assert "Log nog een keer in" in answer.text
            assert await line.world.storage.register_version() == before

    asyncio.run(scene())
