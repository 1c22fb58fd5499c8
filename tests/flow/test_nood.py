"""Sharing without toestemming on pages: one writes, another judges, each by his own sure and fresh login."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Final

from gateway.register.mensen import MENSEN
from gateway.web.bezoek import Niveau, Werkrol
from gateway.web.nood import woorden
from schemas.people.mensen import SCOPES, Mensrol
from tests.bezoekers import sign_in
from tests.flow.test_afwegingen import afweging
from tests.flow.test_ib import add, page, went
from tests.flow.test_samen import Samen, samen
from tests.line import AANBIEDER, OTHER_SCHOOL, SCHOOL, fine, fresh, recorded

ANSWERS: Final[dict[str, str | list[str]]] = {
    **dict.fromkeys(woorden()["vragen"], "Verzonnen antwoord."),
    "zorgcodes": ["veiligheid_thuis"],
    "functie": "intern_begeleider",
    "wanneer": "achteraf",
    "op": "2026-11-24",
    "uren": "24",
}
JA: Final = {"akkoord": "ja", "functie": "gedragswetenschapper", "toelichting": "Dit is nodig."}


@samen
async def test_one_writes_and_another_judges(s: Samen) -> None:
    """What is missing is named; who wrote it cannot agree with himself; a no afterwards ends it."""
    collega = await sign_in(s.line, s.sessies, SCHOOL, Werkrol.IB, SCOPES[Mensrol.IB], name="Bo Bedacht")
    begun = {
        "leerling": await add(s.ib),
        "ontvanger": f"{AANBIEDER}|jeugdhulpverlener",
        "persoon": "B. Verzonnen",
    }
    long = "a" * 20_001
    assert "te lang" in (await s.ib.post("/ib/nood/nieuw", {**begun, "persoon": long})).text
    made = went(await s.ib.post("/ib/nood/nieuw", begun), "/ib/nood/[0-9a-f]{32}/vragen").removesuffix(
        "/vragen"
    )
    concept = made.rpartition("/")[2]
    for end in ("", "/naar", "/nakijken"):
        assert (await s.ib.get(f"/ib/berichten/{concept}{end}")).status_code == 404, "it has pages of its own"
    assert (await s.ib.post(f"/ib/berichten/{concept}/weg")).status_code == 404
    assert "te lang" in (await s.ib.post(f"{made}/vragen", {**ANSWERS, "acuut": long})).text
    half = await s.ib.post(f"{made}/vragen", {**ANSWERS, "zorg": "", "wanneer": "uitgesteld"})
    assert half.status_code == 422
    assert "Zeg waarom u wacht met vertellen." in half.text
    went(await s.ib.post(f"{made}/vragen", ANSWERS), f"{made}/velden")
    fields = re.findall(r'name="(veld\.[^"]+)"', await page(s.ib, f"{made}/velden"))
    assert (await s.ib.post(f"{made}/velden", {})).status_code == 422
    went(await s.ib.post(f"{made}/velden", {fields[0]: "Om te kunnen bellen."}), f"{made}/nakijken")
    assert "Wat mee mag (1)" in await page(s.ib, f"{made}/nakijken")
    # A colleague changes it after it was looked over: whose word it becomes reads it again first.
    read = {"gezien": await _seen(s, made)}
    went(await collega.post(f"{made}/vragen", {**ANSWERS, "zorg": "Anders."}), f"{made}/velden")
    changed = await s.ib.post(f"{made}/nakijken", read)
    assert changed.status_code == 422
    assert "Anders." in changed.text
    read = {"gezien": await _seen(s, made)}
    here = went(await s.ib.post(f"{made}/nakijken", read), "/ib/nood/afweging/[0-9a-f]{32}").partition("?")[0]
    own = await page(s.ib, here)
    assert "U stelde dit op." in own
    assert "Horen het nadat u deelde" in own
    key = {"sleutel": "1" * 32}
    assert "iemand anders dan de opsteller" in (await s.ib.post(here, {**JA, **key})).text
    assert here in await page(collega, "/ib/nood")
    assert "Wacht op een tweede persoon" in await page(collega, here)
    wrong = await collega.post(here, {**JA, "functie": "leerkracht", "sleutel": "2" * 32})
    assert "In deze functie kan iemand geen tweede blik geven." in wrong.text
    went(await collega.post(here, {**JA, "sleutel": "3" * 32}), f"{here}.gedaan=ja")
    assert "Geldt</span>" in await page(s.ib, here)
    went(await collega.post(here, {**JA, "akkoord": "nee", "sleutel": "4" * 32}), f"{here}.gedaan=nee")
    assert "Gestopt: iemand was niet akkoord" in await page(s.ib, here)
    told = {"wanneer": "uitgesteld", "op": "2026-11-30", "sleutel": "5" * 32}
    assert (await s.ib.post(f"{here}/uitstel", told)).status_code == 422
    went(await s.ib.post(f"{here}/uitstel", {**told, "reden": "Nog niet veilig."}), f"{here}.gedaan=uitstel")


async def _seen(s: Samen, made: str) -> str:
    (found,) = re.findall(r'name="gezien" value="(\d+)"', await page(s.ib, f"{made}/nakijken"))
    return str(found)


@samen
async def test_it_asks_a_sure_and_fresh_login_and_is_nobody_elses(s: Samen) -> None:
    begun = {
        "leerling": await add(s.ib),
        "ontvanger": f"{AANBIEDER}|jeugdhulpverlener",
        "persoon": "B. Verzonnen",
    }
    made = went(await s.ib.post("/ib/nood/nieuw", begun), "/ib/nood/[0-9a-f]{32}/vragen")
    scopes = SCOPES[Mensrol.IB]
    weak = await sign_in(s.line, s.sessies, SCHOOL, Werkrol.IB, scopes, niveau=Niveau.LAAG)
    stale = await sign_in(s.line, s.sessies, SCHOOL, Werkrol.IB, scopes, ago=dt.timedelta(minutes=6))
    for who in (weak, stale):
        assert (await who.get(made)).status_code == 403
        assert (await who.post("/ib/nood/nieuw", begun)).status_code == 403
    other = await sign_in(s.line, s.sessies, OTHER_SCHOOL, Werkrol.IB, scopes)
    assert (await other.get(made)).status_code == 404
    assert (await s.hulp.get(made.replace("/ib/", "/postvak/"))).status_code == 404


@samen
async def test_the_register_can_ask_more_of_who_judges(s: Samen) -> None:
    """The page asks what is always asked, and the line what the register asks besides."""
    leerling = await s.line.gezag()
    ident = recorded(await s.line.school.post("/afwegingen", afweging(leerling), key=fresh()))["id"]
    scopes, ago = SCOPES[Mensrol.IB], dt.timedelta(minutes=3)
    sure = await sign_in(
        s.line, s.sessies, SCHOOL, Werkrol.IB, scopes, Niveau.SUBSTANTIEEL, ago, "Bo Bedacht"
    )
    old = await s.line.world.storage.register()
    asked = {"handeling": "nooduitgang", "niveau": "hoog", "versMinuten": 2}
    row = json.dumps({"uitgevers": [], "mensen": [], "eisen": [asked]})
    await s.line.apply(replace(old, beleid=old.beleid | {MENSEN: row}))
    here = f"/ib/nood/afweging/{ident}"
    assert (await sure.get(here)).status_code == 200
    assert (await sure.post(here, {**JA, "sleutel": "1" * 32})).status_code == 403
    assert fine(await s.line.school.get(f"/afwegingen/{ident}"))["tweedeBlikken"] == []
