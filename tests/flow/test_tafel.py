"""The screen at the school's table: the sheet and nothing else, whatever the person who holds it tries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.gezin.avgverzoeken import MAX_OPEN
from gateway.web.bladen import Blad
from gateway.web.paginas import PLAATSEN
from tests.flow.test_aanmelden import COOKIE, Browser, run, who
from tests.flow.test_ib import at_table
from tests.flow.test_uitnodigen import invited, linked
from tests.flow.test_vastleggen import _apply, _text
from tests.line import BORN, NOWHERE, SCHOOL, Json, Line, persons

SAID: Final = {"gelezen": "ja", "ondertekend": "Mira Voorbeeld"}


async def at_work(line: Line) -> Browser:
    """Somebody of the school, signed in."""
    browser = Browser(line)
    await browser.sign_in("ib")
    sessie = await who(line, browser)
    if sessie.caller is None:
        assert await line.context.sessies.kies(sessie, SCHOOL)
    return browser


async def asked(line: Line, born: str = BORN) -> tuple[Json, str]:
    """A leerling about whom something waits, and the talk about it."""
    leerling = await line.gezag(geboortedatum=born)
    await line.push()
    browser = await at_work(line)
    (talk,) = set(re.findall(r"/ib/gesprekken/[0-9a-f]{32}", (await browser.get("/ib")).text))
    return leerling, talk


async def marks(browser: Browser, talk: str) -> list[str]:
    """Of each person who is asked, in the order of the page."""
    return re.findall(r'name="wie" value="(\w+)"', (await browser.get(talk)).text)


async def given(line: Line, talk: str, wie: str = "0", versie: str = "gewoon") -> tuple[Browser, str]:
    """The browser after the screen was given, and what it held before."""
    browser = await at_work(line)
    before = browser.secret
    form = {"csrf": await browser.csrf(), "wie": (await marks(browser, talk))[int(wie)], "versie": versie}
    done = await browser.post(talk, form)
    assert (done.status_code, done.headers["location"]) == (303, "/tafel"), done.text
    return browser, before


def test_giving_the_screen_ends_the_session_of_who_gave_it(tmp_path: Path) -> None:
    """Attack: the back button, an address that is typed, a page that was kept, the old cookie, a click on
    signing in. None shows a page of the school.
    """

    async def story(line: Line) -> None:
        leerling, talk = await asked(line)
        browser, before = await given(line, talk)
        sheet = await browser.get("/tafel")
        assert sheet.status_code == 200, sheet.text
        assert sheet.headers["cache-control"] == "no-store"
        for name in ("Log uit", "Iris", "/ib", leerling["leerlingId"], talk):
            assert name not in sheet.text, name
        # The back button and every address: as for somebody who is not signed in.
        pages = [b for p in PLAATSEN for b in p.table if b.rollen and not b.changes]
        for blad in pages:
            answer = await browser.get(re.sub(r"\{\w+\}", NOWHERE, blad.path))
            assert answer.status_code == 303, blad.path
            assert answer.headers["location"].startswith("/aanmelden"), blad.path
        for path in (talk, f"/ib/leerlingen/{leerling['leerlingId']}", "/begin", "/kies", "/geen-rol"):
            answer = await browser.get(path)
            assert "Iris" not in answer.text
            assert answer.status_code == 303, path
        # A form of before, with the token of before, and the cookie of before.
        again = await browser.post(talk, {"csrf": "x", "wie": "1", "versie": "gewoon"})
        assert again.headers["location"] == "/aanmelden"
        assert await line.context.sessies.lees(before) is None
        # The session of the table is no session for anything else, nor a way to give the screen again.
        secret = browser.secret
        assert await line.context.sessies.lees(secret) is None
        sessie = await line.context.sessies.tafel(secret)
        assert sessie is not None
        assert sessie.inhoud.tafel is not None
        assert await line.context.sessies.geef_scherm(secret, sessie.inhoud.tafel) is None
        # Signing in here is a real login: what the issuer still remembers is not enough.
        begun = await browser.get("/aanmelden/bij/proef")
        assert parse_qs(urlsplit(begun.headers["location"]).query)["prompt"] == ["login"]

    run(tmp_path, story)


def test_the_sheet_is_of_one_person_and_works_once(tmp_path: Path) -> None:
    """What is filled in counts for the person who was chosen, whatever the form says; then it is over."""

    async def story(line: Line) -> None:
        leerling, talk = await asked(line)
        browser, _ = await given(line, talk)
        sessie = await line.context.sessies.tafel(browser.secret)
        assert sessie is not None
        assert sessie.inhoud.tafel is not None
        chosen = sessie.inhoud.tafel.persoon
        (elsewhere,) = set(persons(leerling)) - {chosen}
        wrong = await browser.post("/tafel", {"tafel": "x", "mag.contact": "nee"})
        assert wrong.status_code == 404
        done = await at_table(browser, {**SAID, "wie": "1", "persoonId": elsewhere})
        assert (done.status_code, done.headers["location"]) == (303, "/tafel/klaar?gedaan=vastgelegd")
        assert "Uw keuzes zijn vastgelegd." in (await browser.get(done.headers["location"])).text
        assert COOKIE not in browser.http.cookies
        assert (await browser.get("/tafel")).headers["location"] == "/tafel/klaar"
        over = (await browser.get("/tafel/klaar")).text
        assert "Geef het scherm terug" in over
        assert "Er is nu niets vastgelegd." in over
        ref = leerling["leerlingId"]
        said = (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"]
        assert {t["persoonId"] for t in said} == {chosen}
        # In the account stands who gave the screen.
        told = [leaf for leaf in await line.ledger() if leaf["soort"] == "consent.recorded"]
        assert all("persoon" in leaf for leaf in told)

    run(tmp_path, story)


def test_somebody_chooses_nothing_and_gives_the_screen_back(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        leerling, talk = await asked(line)
        browser, _ = await given(line, talk, versie="kind")
        page = (await browser.get("/tafel")).text
        assert "School wil iets vertellen" in page
        assert 'name="mag.' not in page, "of an ouder the child only reads"
        (token,) = re.findall(r'name="tafel" value="([^"]+)"', page)
        back = await browser.post("/tafel", {"tafel": token, "doe": "terug"})
        assert back.headers["location"] == "/tafel/klaar"
        ref = leerling["leerlingId"]
        assert (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"] == []

    run(tmp_path, story)


def test_who_says_that_it_is_not_right_is_heard(tmp_path: Path) -> None:
    """A taak for the school to look at it; of a yes to that question there is none."""

    async def story(line: Line) -> None:
        _, talk = await asked(line)
        for klopt, count in (("ja", 0), ("nee", 1)):
            browser, _ = await given(line, talk)
            done = await at_table(browser, {**SAID, "klopt": klopt})
            assert done.headers["location"] == "/tafel/klaar?gedaan=vastgelegd"
            found = (await line.school.get("/taken")).json()["taken"]
            heard = [t for t in found if t["soort"] == "avg_verzoek"]
            assert len(heard) == count
        read = (await line.school.get(f"/avgverzoeken/{heard[0]['over']}")).json()
        assert (read["recht"], "klopt niet" in read["stappen"][0]["woorden"]) == ("correctie", True)

    run(tmp_path, story)


def test_the_screen_ends_also_when_no_more_can_be_asked_of_the_school(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, talk = await asked(line)
        browser, _ = await given(line, talk)
        sessie = await line.context.sessies.tafel(browser.secret)
        assert sessie is not None
        assert sessie.caller is not None
        assert sessie.inhoud.tafel is not None
        tafel, partij = sessie.inhoud.tafel, sessie.caller.partij
        for n in range(MAX_OPEN):
            await line.context.avgverzoeken.aan_tafel(
                partij, tafel.taak, tafel.persoon, f"{n}", "Klopt niet."
            )
        done = await at_table(browser, {**SAID, "klopt": "nee"})
        assert done.headers.get("location") == "/tafel/klaar?gedaan=vastgelegd", done.text
        assert COOKIE not in browser.http.cookies

    run(tmp_path, story)


def test_a_role_that_is_taken_away_ends_the_table_too(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, talk = await asked(line)
        browser, _ = await given(line, talk)
        assert (await browser.get("/tafel")).status_code == 200
        sessie = await line.context.sessies.tafel(browser.secret)
        assert sessie is not None
        assert await line.context.sessies.eindig_overal(sessie) >= 1
        assert (await browser.get("/tafel")).headers["location"] == "/tafel/klaar"

    run(tmp_path, story)


def test_a_text_of_the_register_stands_on_the_sheet_and_is_what_a_yes_names(tmp_path: Path) -> None:
    """On the screen, on paper and in his own place; without it a yes was refused."""

    async def story(line: Line) -> None:
        old, text = _text(1, opnieuw_vragen=False), _text(2, tekst="Zo delen wij.\n\nU mag nee zeggen.")
        await _apply(line, old, text)
        leerling, talk = await asked(line)
        work = await at_work(line)
        paper = await work.get(f"{talk}/print?wie={(await marks(work, talk))[0]}")
        assert "Zo delen wij." in paper.text
        browser, _ = await given(line, talk)
        assert "Zo delen wij." in (await browser.get("/tafel")).text
        done = await at_table(browser, SAID)
        assert done.headers.get("location") == "/tafel/klaar?gedaan=vastgelegd", done.text
        ref = leerling["leerlingId"]
        (said,) = (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"]
        assert (said["bewijs"]["kennisgevingRef"], said["bewijs"]["kennisgevingHash"]) == (
            text.ref,
            text.hash,
        )
        # What is recorded of paper names the version that stood on it, which only who holds it knows.
        ib = await at_work(line)
        page = await ib.get("/ib/papier")
        (row,) = re.findall(r'name="([0-9a-f]{32}\.[0-9a-f]+)"', page.text)
        form = {"csrf": await ib.csrf(), "sleutel": "p" * 32, "ondertekend": "2026-11-20", row: "ja"}
        files = {"scan": ("scan.pdf", b"%PDF-1.7 verzonnen", "application/pdf")}
        bare = await ib.http.post("/ib/papier", data=form, files=files)
        assert 'href="#tekst"' in bare.text
        kept = await ib.http.post("/ib/papier", data=form | {"tekst": old.ref}, files=files)
        assert kept.headers.get("location") == "/ib/papier?gedaan=vastgelegd", kept.text
        everything = (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"]
        assert {t["bewijs"]["kennisgevingRef"] for t in everything} == {old.ref, text.ref}

    run(tmp_path, story)


def test_what_somebody_said_is_never_recorded_of_another(tmp_path: Path) -> None:
    """The first ouder answers while the school has the list before it: then his place is another's."""

    async def story(line: Line) -> None:
        leerling, talk = await asked(line)
        ib = await at_work(line)
        first, _ = await marks(ib, talk)
        rows = re.findall(r'name="([0-9a-f]{32}\.[0-9a-f]+)"', (await ib.get("/ib/papier")).text)
        browser, _ = await given(line, talk)
        await at_table(browser, SAID)
        form = {"csrf": await ib.csrf(), "sleutel": "p" * 32, "ondertekend": "2026-11-20", rows[0]: "nee"}
        files = {"scan": ("scan.pdf", b"%PDF-1.7 verzonnen", "application/pdf")}
        paper = await ib.http.post("/ib/papier", data=form, files=files)
        screen = await ib.post(talk, {"csrf": await ib.csrf(), "wie": first, "versie": "gewoon"})
        for answer in (paper, screen):
            assert answer.status_code == 422
            assert "net veranderd of beantwoord" in answer.text
        ref = leerling["leerlingId"]
        said = (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"]
        assert {t["gebeurtenis"] for t in said} == {"gegeven"}
        assert len({t["persoonId"] for t in said}) == 1

    run(tmp_path, story)


def test_a_sheet_that_changed_since_it_was_read_is_read_again(tmp_path: Path) -> None:
    """At the table and in his own place: nothing is recorded, and nothing is chosen beforehand."""

    async def story(line: Line) -> None:
        leerling, talk = await asked(line)
        one, _ = persons(leerling)
        ouder = await linked(line, await invited(line, leerling, one), "ouder")
        (own,) = re.findall(r'href="(/mijn/delen/[0-9a-f]+)"', (await ouder.get("/mijn")).text)
        browser, _ = await given(line, talk)
        old = {}
        for who_, path in ((browser, "/tafel"), (ouder, own)):
            page = (await who_.get(path)).text
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
            old[path] = fields | dict.fromkeys(re.findall(r'name="(mag\.\w+)" value="ja"', page), "ja") | SAID
        await _apply(line, _text(1))
        for who_, path in ((browser, "/tafel"), (ouder, own)):
            again = await who_.post(path, old[path])
            assert again.status_code == 422, path
            assert "net veranderd" in again.text
            assert "Uitleg 1." in again.text
            assert "checked" not in again.text
        ref = leerling["leerlingId"]
        assert (await line.school.get(f"/leerlingen/{ref}/toestemmingen")).json()["toestemmingen"] == []

    run(tmp_path, story)


@pytest.mark.parametrize("blad", [b for p in PLAATSEN for b in p.table if b.path.startswith("/tafel")])
def test_without_a_screen_that_was_given_there_is_no_table(tmp_path: Path, blad: Blad) -> None:
    async def story(line: Line) -> None:
        browser = await at_work(line)
        answer = await (
            browser.post(blad.path, {"csrf": await browser.csrf()})
            if blad.changes
            else browser.get(blad.path)
        )
        assert answer.status_code == (200 if blad.path == "/tafel/klaar" else 303)

    run(tmp_path, story)
