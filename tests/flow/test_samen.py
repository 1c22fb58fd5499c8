"""Zaak and overleg on pages: the regisseur in one browser, who is invited in another."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

from gateway.web.bezoek import Werkrol
from gateway.web.overleggen import STAPPEN as TAFEL
from gateway.web.stapformulier import genoemd, woorden
from gateway.web.zaken import STAPPEN, vaste_lijsten
from schemas.checks.zaakbeginselen import WAAR
from schemas.people.mensen import SCOPES, Mensrol
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.flow.test_ib import add, page, went
from tests.line import AANBIEDER, OTHER_AANBIEDER, SANDBOX, SCHOOL, Line, open_line
from tests.unit.schemas.bouwstenen import gegevens

HELP: Final = f"{AANBIEDER}|jeugdhulpverlener"
OTHER: Final = f"{OTHER_AANBIEDER}|jeugdhulpverlener"
OPENING: Final = {
    "functie": "intern_begeleider",
    "wettelijkeTaak": "passend_onderwijs",
    "functies": "versterken",
    "herzienOp": "2027-03-01",
}


class Samen(NamedTuple):
    """A school and a jeugdhulpaanbieder, each with somebody who is signed in."""

    line: Line
    ib: Bezoeker
    hulp: Bezoeker
    sessies: Bezoekers


def samen(scene: Callable[[Samen], Awaitable[None]]) -> Callable[[Path], None]:
    def test(tmp_path: Path) -> None:
        async def play() -> None:
            sessies = Bezoekers()
            async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
                ib = await sign_in(line, sessies, SCHOOL, Werkrol.IB, SCOPES[Mensrol.IB])
                scopes = SCOPES[Mensrol.ONTVANGER]
                hulp = await sign_in(line, sessies, AANBIEDER, Werkrol.ONTVANGER, scopes)
                await scene(Samen(line, ib, hulp, sessies))

        asyncio.run(play())

    test.__name__, test.__doc__ = scene.__name__, scene.__doc__
    return test


KEYS = iter(range(10**6))


async def does(who: Bezoeker, path: str, **velden: str | list[str]) -> str:
    """A form that is sent and goes well: where it leads."""
    sent = {"sleutel": f"{next(KEYS):032x}", **velden}
    return went(await who.post(path, sent), "/").partition("?")[0]


async def zaak_van(ib: Bezoeker) -> str:
    """A new zaak of the school about a new leerling, with the aanbieder as partner: its address."""
    here = await does(ib, "/ib/zaken/nieuw", leerling=await add(ib), **OPENING)
    partner: dict[str, str | list[str]] = {
        "partijfunctie": HELP,
        "wettelijkeTaak": "jeugdhulp",
        "cellen": ["contact", "doelen"],
    }
    await does(ib, f"{here}/stap/partner_erbij", **partner)
    return here


async def hunne(who: Bezoeker, what: str) -> str:
    """The one zaak or overleg that somebody of the aanbieder sees in his list."""
    found = set(re.findall(rf"/postvak/{what}/[0-9a-f]{{32}}", await page(who, "/postvak/zaken")))
    assert len(found) == 1, found
    return str(found.pop())


async def concept_at(ib: Bezoeker, table: str, **velden: str) -> str:
    """A concept of something to put in at a table: its address."""
    form = await page(ib, f"{table}/inbreng")
    about = re.findall(r'<option value="([0-9a-f]{32})" selected', form)
    return await does(ib, f"{table}/inbreng", leerling=about[0], **velden)


async def puts_in(s: Samen, table: str) -> None:
    """The chair sends a participant his question and set; a part that is missing is named with its page."""
    made = await concept_at(s.ib, table, soort="overlegset", aan=AANBIEDER)
    assert "Moet nog" in await page(s.ib, made)
    early = await s.ib.post(f"{made}/nakijken", {"aan": AANBIEDER, "gezien": await _seen(s, made)})
    assert early.status_code == 422
    assert f'href="{made}/deel/contactpersoon"' in early.text
    vraag = {"overlegsoort": "mdo", "overlegdatum": "2026-11-25", "partner": "jeugdhulp"}
    await does(s.ib, f"{made}/deel/algemeen", **vraag, vraag="Wat helpt bij het begin van de dag?")
    contact = {"naam": "Iris Verzonnen", "functie": "intern_begeleider", "telefoon": "000-0000000"}
    await does(s.ib, f"{made}/deel/contactpersoon", **{f"contactpersoon.{n}": v for n, v in contact.items()})
    looked = await page(s.ib, f"{made}/nakijken")
    assert "Wat helpt bij het begin van de dag?" in looked
    assert "checked" in looked, "who was asked is chosen already"
    read = {"nagekeken": "ja", "gezien": await _seen(s, made)}
    sent = await s.ib.post(f"{made}/nakijken", {"aan": AANBIEDER, **read})
    went(sent, ".*gedaan=ingebracht$")
    assert "Onderdeel 1: van u" in await page(s.ib, table)
    assert (await s.ib.get(made)).status_code == 404, "what was put in is no concept any more"


@samen
async def test_a_zaak_from_opening_to_running_shows_what_to_do_about_each_finding(s: Samen) -> None:
    refused = await s.ib.post("/ib/zaken/nieuw", {"sleutel": "a" * 32})
    assert refused.status_code == 422
    assert "Kies over welke leerling het gaat." in refused.text
    here = await zaak_van(s.ib)
    shown = await page(s.ib, here)
    assert "over Noor V." in shown
    assert "Zet in het plan doelen" in shown  # what to do about P10
    for code in ("P02", "P05", "P06", "P10", "P17"):
        assert code in shown
    begin = f"{here}/stap/in_uitvoering"
    kept = await s.ib.post(begin, {"sleutel": "b" * 32, "ingangsdatum": "2026-11-22"})
    assert kept.status_code == 422
    opp = {"vastgesteldOp": "2026-02-01", "bestemming": "voorlopig", "inzageOuders": "ja"}
    opp |= {"overlegOp": "2026-01-20", "overlegResultaat": "overeenstemming"}
    await does(s.ib, f"{here}/stap/ontwikkelingsperspectief", **opp)
    plan = gegevens()
    plan["kern"] |= {"id": here.rpartition("/")[2]}
    files = [("plan.json", json.dumps(plan).encode())]
    checked = await s.ib.upload(f"{here}/toetsing", files, field="plan", sleutel="e" * 32)
    assert checked.status_code == 200, checked.text
    await does(s.ib, begin, ingangsdatum="2026-11-22")
    assert "Alles is op orde." in await page(s.ib, here)
    theirs = await hunne(s.hulp, "zaken")
    assert "Noor" not in await page(s.hulp, theirs)
    await does(s.ib, f"{here}/stap/actie", code="onderzoek", eigenaar=AANBIEDER, uiterlijk="2026-12-10")
    (actie,) = set(re.findall(r"actie=([0-9a-f]{32})", await page(s.hulp, theirs)))
    await does(s.hulp, f"{theirs}/stap/actie_gedaan", actie=actie)
    assert "Gedaan op" in await page(s.ib, here)
    await does(s.ib, f"{here}/stap/regie_aangeboden", aan=AANBIEDER)
    assert "gevraagd de regie" in await page(s.hulp, theirs)
    await does(s.hulp, f"{theirs}/stap/regie_over")
    evaluation = {"datum": "2026-11-22", "uitkomst": "stoppen", "ouders": "ja", "leerling": "ja"}
    await does(s.hulp, f"{theirs}/stap/evaluatie", **evaluation)
    await does(s.hulp, f"{theirs}/stap/plaatsing", bestemming="regulier_onderwijs", bevestigdOp="2026-11-22")
    await does(s.hulp, f"{theirs}/stap/gesloten", reden="doel_bereikt")
    assert "gesloten" in await page(s.hulp, theirs)


@samen
async def test_an_overleg_is_called_answered_held_and_recorded(s: Samen) -> None:
    """Who comes is seen by the chair; the other partij at the table sees only his own action."""
    here = await zaak_van(s.ib)
    zaak = here.rpartition("/")[2]
    opening = {"overlegsoort": "zat", "datum": "2026-11-25", "doel": "arrangement", "zaak": zaak}
    opening |= {"functie": "intern_begeleider", "wettelijkeTaak": "passend_onderwijs"}
    table = await does(s.ib, "/ib/overleggen/nieuw", **opening)
    for wie in (HELP, OTHER):
        await does(
            s.ib,
            f"{table}/stap/deelnemer_erbij",
            partijfunctie=wie,
            wettelijkeTaak="jeugdhulp",
            cellen=["contact", "doelen"],
        )
    assert (
        "Nodig eerst de ouders uit" in (await s.ib.post(f"{table}/stap/bekend", {"sleutel": "c" * 32})).text
    )
    await does(s.ib, f"{table}/stap/uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await does(s.ib, f"{table}/stap/bekend")
    theirs = await hunne(s.hulp, "overleggen")
    assert "U gaf nog geen antwoord." in await page(s.hulp, theirs)
    assert "Schrijf het verslag" not in await page(s.hulp, theirs)
    await does(s.hulp, f"{theirs}/stap/antwoord", komt="ja")
    await puts_in(s, table)
    seen = await page(s.ib, table)
    assert seen.count("Nog geen antwoord") == 1
    more = await s.ib.post(
        f"{table}/stap/gehouden", {"sleutel": "d" * 32, "wat": "rij", "datum": "2026-11-22"}
    )
    assert "Actie 2" in more.text
    assert 'value="2026-11-22"' in more.text
    verslag = {"datum": "2026-11-22", "ouders": "ja", "leerling": "nee_met_reden", "rijen": "1"}
    half = await s.ib.post(f"{table}/stap/gehouden", {**verslag, "acties.0.code": "onderzoek"})
    assert half.status_code == 422
    await does(
        s.ib,
        f"{table}/stap/gehouden",
        **verslag,
        aanwezig=[AANBIEDER],
        oneens=[OTHER_AANBIEDER],
        **{
            "acties.0.code": "onderzoek",
            "acties.0.eigenaar": AANBIEDER,
            "acties.0.uiterlijk": "2026-12-10",
        },
    )
    assert "Iemand was het oneens" in await page(s.ib, table)
    assert "Onderzoek" in await page(s.hulp, theirs)
    assert "Stuur de uitkomst rond" not in await page(s.hulp, theirs)
    told = await concept_at(s.ib, table, soort="overleguitkomst")
    outcome = {"zaak": zaak, "overlegdatum": "2026-11-22", "beslissingen": "Wij bouwen de dag op."}
    await does(s.ib, f"{told}/deel/algemeen", **outcome)
    read = {"gezien": await _seen(s, told), "nagekeken": "ja"}
    refused = await s.ib.post(f"{told}/nakijken", {**read, "aan": [AANBIEDER]})
    assert refused.status_code == 422
    assert "neem zijn standpunt op" in refused.text
    dissent = {"afwijkend.0.wie": "jeugdhulp", "afwijkend.0.standpunt": "Eerst rust."}
    await does(s.ib, f"{told}/deel/afwijkend", **dissent)
    both = [AANBIEDER, OTHER_AANBIEDER]
    changed = await s.ib.post(f"{told}/nakijken", {**read, "aan": both})
    assert changed.status_code == 422, "nobody says of other words than he read that he read them"
    read["gezien"] = await _seen(s, told)
    went(await s.ib.post(f"{told}/nakijken", {**read, "aan": both}), ".*gedaan=ingebracht$")
    assert "Onderdeel 2" in await page(s.ib, table)


async def _seen(s: Samen, told: str) -> str:
    (found,) = re.findall(r'name="gezien" value="(\d+)"', await page(s.ib, f"{told}/nakijken"))
    return str(found)


def test_every_choice_and_every_finding_has_words() -> None:
    """Of each finding stands what to do, and each step that it leads to has a page."""
    assert set(woorden()["doe"]) == set(WAAR)
    assert {d["stap"] for d in woorden()["doe"].values() if "stap" in d} <= {*STAPPEN, "toetsing"}
    assert set(STAPPEN) == set(woorden()["stap"])
    assert set(TAFEL) == set(woorden()["tafel"])
    for lijst, opties in vaste_lijsten().items():
        assert all(text and "_" not in text for _, text in opties), lijst
    assert genoemd("deelname", "ja") == "Ja"
