"""The place of the intern begeleider: from a leerling who is not known yet to a message that is sent, the
toestemming for it, and what the list says meanwhile.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

import httpx2 as httpx

from gateway.web.bezoek import Werkrol
from schemas.people.mensen import SCOPES, Mensrol
from tests.bezoekers import COOKIE as TEST_COOKIE
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.flow.test_aanmelden import Browser
from tests.line import OTHER_SCHOOL, SANDBOX, SCHOOL, Line, fresh, open_line

NEW: Final = {
    "roepnaam": "Noor",
    "achternaam": "Verzonnen",
    "leerlingid": "LL-77",
    "geboortedatum": "2017-03-14",
    "soort": "gezamenlijk",
    "bron": "gezagsregister",
    "gecontroleerd": "2026-11-01",
}
FILLED: Final = {
    "vraag": "Wat helpt Noor om rustig te beginnen?",
    "urgentie": "gewoon",
    "leerling.naamdelen.voornamen": "Noor",
    "leerling.naamdelen.achternaam": "Verzonnen",
    "leerling.geboortedatum": "2017-03-14",
    "contactpersoon.naam": "Iris Verzonnen",
    "contactpersoon.functie": "intern_begeleider",
    "contactpersoon.telefoon": "000-0000000",
}
KEY: Final = "0123456789abcdef0123456789abcdef"


class School(NamedTuple):
    """A school with somebody of it who is signed in as intern begeleider."""

    line: Line
    sessies: Bezoekers
    ib: Bezoeker


Scene = Callable[[School], Awaitable[None]]


def at_school(scene: Scene) -> Callable[[Path], None]:
    """A test of somebody who is signed in as intern begeleider of a school."""

    def test(tmp_path: Path) -> None:
        async def play() -> None:
            sessies = Bezoekers()
            async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
                ib = await sign_in(line, sessies, SCHOOL, Werkrol.IB, SCOPES[Mensrol.IB])
                await scene(School(line, sessies, ib))

        asyncio.run(play())

    test.__name__, test.__doc__ = scene.__name__, scene.__doc__
    return test


def went(answer: httpx.Response, to: str) -> str:
    """That it went on to such a page; gives the address."""
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    assert re.match(to, where), where
    return str(where)


async def page(who: Bezoeker, path: str) -> str:
    answer = await who.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


async def add(ib: Bezoeker) -> str:
    """The reference of a new leerling."""
    made = await ib.post("/ib/leerlingen/nieuw", {**NEW, "sleutel": KEY})
    return went(made, "/ib/leerlingen/[0-9a-f]{32}").split("/")[3].partition("?")[0]


async def give(s: School, talk: str, wie: str = "0", versie: str = "gewoon") -> Browser:
    """The browser of the school in the hands of who stands at this place in the list."""
    marks = re.findall(r'name="wie" value="(\w+)"', await page(s.ib, talk))
    browser = Browser(s.line)
    await browser.sign_in("ib")
    sessie = await s.line.context.sessies.lees(browser.secret)
    assert sessie is not None
    assert await s.line.context.sessies.kies(sessie, SCHOOL)
    browser.http.cookies.set(TEST_COOKIE, s.ib.cookie)
    given = await browser.post(talk, {"csrf": s.ib.wie.csrf, "wie": marks[int(wie)], "versie": versie})
    went(given, "/tafel$")
    del browser.http.cookies[TEST_COOKIE]
    return browser


async def at_table(browser: Browser, said: dict[str, str], answer: str = "ja") -> httpx.Response:
    """What is filled in on the sheet, with the same answer for every part."""
    sheet = (await browser.get("/tafel")).text
    assert "checked" not in sheet
    (token,) = re.findall(r'name="tafel" value="([^"]+)"', sheet)
    (mark,) = re.findall(r'name="blad" value="([^"]+)"', sheet)
    parts = sorted(set(re.findall(r'name="(mag\.[a-z_]+)"', sheet)))
    assert parts
    chosen = dict.fromkeys(parts, answer) if answer else {}
    return await browser.post("/tafel", {"tafel": token, "blad": mark, "sleutel": fresh(), **chosen, **said})


async def draft(ib: Bezoeker, ref: str) -> str:
    """The id of a concept with its form filled in, as far as the page that shows what may go."""
    begun = await ib.post("/ib/berichten/nieuw", {"leerling": ref, "soort": "hulpvraag"})
    ident = went(begun, "/ib/berichten/[0-9a-f]{32}/naar").split("/")[3]
    choices = re.findall(r'name="weg" value="([^"]+)"', await page(ib, f"/ib/berichten/{ident}/naar"))
    way = next(c for c in choices if c.startswith("toeleiding|agb:99999901|jeugdhulpverlener"))
    went(await ib.post(f"/ib/berichten/{ident}/naar", {"weg": way}), f"/ib/berichten/{ident}$")
    filled = await ib.post(f"/ib/berichten/{ident}", {**FILLED, "wat": "verder"})
    went(filled, f"/ib/berichten/{ident}/nakijken")
    return ident


@at_school
async def test_from_a_new_leerling_to_a_message_that_goes(s: School) -> None:
    """Every step of the journey, as a browser without script takes it."""
    line, _sessies, ib = s
    assert "Niets wacht op u" in await page(ib, "/ib")
    ref = await add(ib)
    assert "Noor Verzonnen" in await page(ib, f"/ib/leerlingen/{ref}")
    ident = await draft(ib, ref)
    shown = await page(ib, f"/ib/berichten/{ident}/nakijken")
    assert "0 gegevens gaan mee" in shown
    assert "Er is nog geen toestemming vastgelegd" not in shown  # the reason stands with each field
    went(await ib.post(f"/ib/berichten/{ident}/nagekeken", {"nagekeken": "ja"}), "/ib/berichten")
    shown = await page(ib, f"/ib/berichten/{ident}/nakijken")
    mark = re.findall(r'name="kenmerk" value="([0-9a-f]+)"', shown)[0]
    for _ in range(2):  # twice is once
        sent = await ib.post(f"/ib/berichten/{ident}/versturen", {"kenmerk": mark})
        went(sent, r"/ib\?gedaan=verstuurd")
    assert len((await line.school.get("/uitwisselingen")).json()["uitwisselingen"]) == 1
    waits = await page(ib, "/ib")
    assert "Vraag toestemming" in waits
    assert "Noor V." in waits
    talk = re.findall(r"/ib/gesprekken/[0-9a-f]{32}", waits)[0]
    talking = await page(ib, talk)
    assert "Geef het scherm" in talking
    sheet = re.findall(rf'"({talk}/print\?wie=\w+)"', talking)[0]
    assert "Handtekening" in await page(ib, sheet)
    assert "Dit horen zij niet" in await page(ib, f"{sheet}&versie=kind")
    going = re.findall(r"/ib/leveringen/[0-9a-f]{32}/[0-9a-f]{32}", waits)
    assert not going, "it stands in the list once, by its taak"
    for wie in ("0", "0"):  # who agreed is no longer asked, so the other comes first
        said = {"gelezen": "ja", "klopt": "ja", "ondertekend": "Mira Voorbeeld"}
        went(await at_table(await give(s, talk, wie), said), "/tafel/klaar")
    after = await page(ib, "/ib")
    assert "Vraag toestemming" not in after
    assert "ontvanger" in after
    going = re.findall(r"/ib/leveringen/[0-9a-f]{32}/[0-9a-f]{32}", after)[0]
    assert "Staat klaar" in await page(ib, going)
    assert [v["status"] for v in await delivered(line)] == ["klaar"]
    assert "telt nu" in await page(ib, f"/ib/leerlingen/{ref}")


async def delivered(line: Line) -> list[dict[str, str]]:
    found = (await line.school.get("/uitwisselingen")).json()["uitwisselingen"]
    return [v for u in found for v in u["leveringen"]]


@at_school
async def test_nothing_is_sent_when_what_may_go_changed_since_it_was_shown(s: School) -> None:
    line, _sessies, ib = s
    ident = await draft(ib, await add(ib))
    mark = re.findall(
        r'name="kenmerk" value="([0-9a-f]+)"', await page(ib, f"/ib/berichten/{ident}/nakijken")
    )[0]
    await ib.post(f"/ib/berichten/{ident}/nagekeken", {"nagekeken": "ja"})
    again = await ib.post(f"/ib/berichten/{ident}/versturen", {"kenmerk": mark})
    assert again.status_code == 422
    assert "Er is iets veranderd. Kijk nog eens. Er is niets verstuurd." in again.text
    assert await delivered(line) == []


@at_school
async def test_a_draft_keeps_what_was_filled_in_and_gives_the_last_change_back(s: School) -> None:
    _line, _sessies, ib = s
    ident = await draft(ib, await add(ib))
    changed: dict[str, str | list[str]] = {**FILLED, "vraag": "Iets anders.", "wat": "bewaar"}
    went(await ib.post(f"/ib/berichten/{ident}", changed), f"/ib/berichten/{ident}")
    assert "Iets anders." in await page(ib, f"/ib/berichten/{ident}")
    went(await ib.post(f"/ib/berichten/{ident}", {**changed, "wat": "terug"}), f"/ib/berichten/{ident}")
    assert FILLED["vraag"] in await page(ib, f"/ib/berichten/{ident}")
    wrong = await ib.post(f"/ib/berichten/{ident}", {**FILLED, "vraag": "", "wat": "verder"})
    assert wrong.status_code == 422
    assert 'href="#vraag"' in wrong.text
    long = await ib.post(f"/ib/berichten/{ident}", {**FILLED, "vraag": "a" * 20_001, "wat": "bewaar"})
    assert long.status_code == 422
    assert "Deze tekst is te lang." in long.text
    row = await ib.post(f"/ib/berichten/{ident}", {**FILLED, "wat": "rij:ouders"})
    assert 'name="ouders.1.naamdelen.achternaam"' in row.text
    went(await ib.post(f"/ib/berichten/{ident}/weg"), "/ib/berichten")
    assert (await ib.get(f"/ib/berichten/{ident}")).status_code == 404


@at_school
async def test_a_no_asks_nothing_and_a_yes_asks_a_name(s: School) -> None:
    line, _sessies, ib = s
    ref = await add(ib)
    ident = await draft(ib, ref)
    mark = re.findall(
        r'name="kenmerk" value="([0-9a-f]+)"', await page(ib, f"/ib/berichten/{ident}/nakijken")
    )[0]
    went(await ib.post(f"/ib/berichten/{ident}/versturen", {"kenmerk": mark}), "/ib")
    talk = re.findall(r"/ib/gesprekken/[0-9a-f]{32}", await page(ib, "/ib"))[0]
    browser = await give(s, talk)
    yes = await at_table(browser, {"mag.contact": "ja"}, "")
    assert yes.status_code == 422
    assert 'href="#ondertekend"' in yes.text
    went(await at_table(browser, {"mag.contact": "nee"}, ""), "/tafel/klaar")
    said = (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"]
    assert [(t["gebeurtenis"], t["bereik"]["categorieen"]) for t in said] == [("geweigerd", ["contact"])]


@at_school
async def test_paper_is_recorded_in_bulk_and_can_be_taken_back(s: School) -> None:
    line, _sessies, ib = s
    ref = await add(ib)
    ident = await draft(ib, ref)
    mark = re.findall(
        r'name="kenmerk" value="([0-9a-f]+)"', await page(ib, f"/ib/berichten/{ident}/nakijken")
    )[0]
    await ib.post(f"/ib/berichten/{ident}/versturen", {"kenmerk": mark})
    rows = re.findall(r'name="([0-9a-f]{32}\.[0-9a-f]+)"', await page(ib, "/ib/papier"))
    assert len(rows) == 2
    bare = await ib.post("/ib/papier", {rows[0]: "ja"})
    assert bare.status_code == 422
    sent = await ib.http.post(
        "/ib/papier",
        data={
            "csrf": ib.wie.csrf,
            "sleutel": fresh(),
            "ondertekend": "2026-11-20",
            **dict.fromkeys(rows, "ja"),
        },
        files={"scan": ("scan.pdf", b"%PDF-1.7 verzonnen", "application/pdf")},
        headers={"Cookie": f"ozlijn-test={ib.cookie}"},
    )
    went(sent, r"/ib/papier\?gedaan=vastgelegd")
    said = (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"]
    assert {t["bewijs"]["methode"] for t in said} == {"papier_gescand"}
    assert len(said) == 2
    gone = said[0]["toestemmingId"]
    assert "halen wij niet terug" in await page(ib, f"/ib/toestemmingen/{gone}/intrekken")
    went(
        await ib.post(f"/ib/toestemmingen/{gone}/intrekken", {"sleutel": fresh()}),
        f"/ib/leerlingen/{ref}",
    )
    assert "is ingetrokken" in await page(ib, f"/ib/leerlingen/{ref}")


@at_school
async def test_a_colleague_of_another_school_finds_nothing_of_it(s: School) -> None:
    line, sessies, ib = s
    ref = await add(ib)
    ident = await draft(ib, ref)
    other = await sign_in(line, sessies, OTHER_SCHOOL, Werkrol.IB, SCOPES[Mensrol.IB])
    nothing = await other.get(f"/ib/leerlingen/{'0' * 32}")
    for path in (f"/ib/leerlingen/{ref}", f"/ib/berichten/{ident}", f"/ib/berichten/{ident}/nakijken"):
        answer = await other.get(path)
        assert (answer.status_code, answer.text) == (404, nothing.text)
    assert "Noor" not in await page(other, "/ib/leerlingen")


@at_school
async def test_pages_for_reading_stand_also_when_there_is_nothing(s: School) -> None:
    _line, _sessies, ib = s
    ref = await add(ib)
    for path in ("/ib/zomer", "/ib/zaken", "/ib/berichten", "/ib/papier", "/ib/leerlingen/nieuw"):
        assert "<h1" in await page(ib, path)
    found = await ib.post("/ib/leerlingen", {"leerlingid": "LL-77"})
    went(found, f"/ib/leerlingen/{ref}")
    left = await draft(ib, ref)
    went(await ib.post(f"/ib/leerlingen/{ref}/vergeet"), "/ib/leerlingen")
    assert "Noor" not in await page(ib, "/ib/leerlingen")
    assert (await ib.get(f"/ib/berichten/{left}")).status_code == 404


@at_school
async def test_a_plan_in_full_is_made_in_parts_and_goes_as_one_message(s: School) -> None:
    """One part on a page, the hoorrecht among them; a next version is a concept of its own."""
    _line, _sessies, ib = s
    ref = await add(ib)
    begun = await ib.post("/ib/berichten/nieuw", {"leerling": ref, "soort": "ontwikkelingsperspectief"})
    ident = went(begun, "/ib/berichten/[0-9a-f]{32}/naar").split("/")[3]
    choices = re.findall(r'name="weg" value="([^"]+)"', await page(ib, f"/ib/berichten/{ident}/naar"))
    way = next(c for c in choices if c.startswith("arrangement|agb:99999901|jeugdhulpverlener"))
    went(await ib.post(f"/ib/berichten/{ident}/naar", {"weg": way}), f"/ib/berichten/{ident}$")
    made = went(await ib.get(f"/ib/berichten/{ident}"), "/ib/opstellen/[0-9a-f]{32}")
    assert "Hoorrecht: de stem van de leerling" in await page(ib, made)
    plan = {"plan.soort": "opp_po", "plan.versie": "1", "plan.ingangsdatum": "2026-11-01"}
    kept = await ib.post(f"{made}/deel/plan", {**plan, "plan.status": "vastgesteld", "wat": "bewaar"})
    went(kept, f"{made}.gedaan=bewaard")
    row = await ib.post(
        f"{made}/deel/leerlingStem", {"leerlingStem.0.vorm": "gesprek", "wat": "rij:leerlingStem"}
    )
    assert "Leerling stem 2" in row.text
    both = {"leerlingStem.0.vorm": "gesprek", "leerlingStem.0.nietGehoordReden": "Ziek."}
    await ib.post(f"{made}/deel/leerlingStem", both)
    refused = await ib.get(f"/ib/berichten/{ident}/nakijken")
    assert refused.status_code == 422
    assert f'href="{made}/deel/leerlingStem"' in refused.text
    said = {"leerlingStem.0.vorm": "gesprek", "leerlingStem.0.eigenWoorden": "Ik wil buiten beginnen."}
    said |= {"leerlingStem.0.gehoordDoor": "Iris Verzonnen", "leerlingStem.0.datum": "2026-11-02"}
    await ib.post(f"{made}/deel/leerlingStem", said)
    assert "Ik wil buiten beginnen." in await page(ib, f"{made}/nakijken")
    went(await ib.post(f"{made}/nakijken", {}), f"/ib/berichten/{ident}/nakijken")
    shown = await page(ib, f"/ib/berichten/{ident}/nakijken")
    assert "Wat mag mee?" in shown
    assert "Dit houdt niets tegen." in shown  # what the plan lacks is told
    newer = went(await ib.post(f"{made}/versie"), "/ib/opstellen/[0-9a-f]{32}")
    assert "Versie 2." in await page(ib, newer.partition("?")[0])
    assert "Versie 1." in await page(ib, made)
