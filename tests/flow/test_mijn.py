"""The place of an ouder and a leerling: from what waits to a choice, to stopping, and never another's."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from gateway.identity.proefuitgever import proefuitgever
from gateway.register.mensen import read_mensen
from gateway.register.partijen import Partijen
from schemas.people.mensen import Eis, Handeling, Niveau
from tests.callers import ISSUER
from tests.flow.test_aanmelden import Browser, run, who
from tests.flow.test_uitnodigen import THIRTEEN, invited, linked
from tests.line import BORN, Json, Line, only, persons


async def waits(browser: Browser) -> list[str]:
    """The questions that stand on his first page."""
    page = await browser.get("/mijn")
    assert page.status_code == 200, page.text
    return re.findall(r'href="(/mijn/delen/[0-9a-f]+)"', page.text)


async def choose(line: Line, browser: Browser, path: str, answer: str = "ja") -> str:
    page = await browser.get(path)
    parts = re.findall(r'name="(mag\.\w+)" value="ja"', page.text)
    assert parts
    (key,) = re.findall(r'name="sleutel" value="([^"]+)"', page.text)
    (mark,) = re.findall(r'name="blad" value="([^"]+)"', page.text)
    form = {"csrf": await browser.csrf(), "sleutel": key, "blad": mark, "gelezen": "ja"}
    form |= dict.fromkeys(parts, answer)
    done = await browser.post(path, form)
    return str(done.headers.get("location", done.text))


async def two(line: Line, born: str = BORN) -> tuple[Json, Json, Browser, Browser]:
    leerling = await line.gezag(geboortedatum=born)
    sent = await line.push()
    one, other = persons(leerling)
    return (
        leerling,
        sent,
        await linked(line, await invited(line, leerling, one), "ouder"),
        await linked(line, await invited(line, leerling, other), "ouder2"),
    )


def test_both_ouders_agree_and_one_stops_again(tmp_path: Path) -> None:
    """Each with his own login; in the account stands who said it; what was not taken yet goes no more."""

    async def story(line: Line) -> None:
        _, sent, one, other = await two(line)
        (first,) = await waits(one)
        assert await choose(line, one, first) == "/mijn/keuzes?gedaan=vastgelegd"
        assert await line.status(sent) == "aangehouden"
        assert await waits(one) == []
        (second,) = await waits(other)
        await choose(line, other, second)
        assert await line.status(sent) == "klaar"
        said = [leaf for leaf in await line.ledger() if leaf["soort"] == "consent.recorded"]
        assert {leaf["persoon"] for leaf in said} == {
            (await who(line, b)).caller.persoon.ref for b in (one, other)
        }
        page = await one.get("/mijn/keuzes?gedaan=vastgelegd")
        assert "Uw keuzes zijn vastgelegd." in page.text
        (record,) = re.findall(r'name="id" value="([0-9a-f]+)"', page.text)
        stopped = await one.post(
            "/mijn/keuzes", {"csrf": await one.csrf(), "id": record, "sleutel": "k" * 20}
        )
        assert stopped.headers["location"] == "/mijn/keuzes?gedaan=gestopt"
        assert await line.status(sent) != "klaar"
        # To the other this looks as it did: what one says is no matter of the other.
        assert "ja" in (await other.get("/mijn/keuzes")).text

    run(tmp_path, story)


def test_what_was_shared_on_his_word_stands_on_the_timeline(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, sent, one, other = await two(line)
        assert "Er staat hier nog niets" in (await one.get("/mijn/tijdlijn")).text
        for browser in (one, other):
            await choose(line, browser, (await waits(browser))[0])
        await line.take(only(sent))
        for browser in (one, other):
            page = await browser.get("/mijn/tijdlijn")
            assert "De school deelde gegevens met" in page.text

    run(tmp_path, story)


def test_a_no_is_recorded_and_nothing_goes(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, sent, one, other = await two(line)
        await choose(line, other, (await waits(other))[0])
        before = (await other.get("/mijn/keuzes")).text
        await choose(line, one, (await waits(one))[0], "nee")
        assert await line.status(sent) == "geweigerd"
        nonce = re.compile(r'value="[^"]*"')
        assert nonce.sub("", (await other.get("/mijn/keuzes")).text) == nonce.sub("", before)

    run(tmp_path, story)


def test_another_s_question_and_statement_are_not_there(tmp_path: Path) -> None:
    """Of the other ouder, of another leerling and of nobody: the same page."""

    async def story(line: Line) -> None:
        _, _, one, other = await two(line)
        (theirs,) = await waits(other)
        nowhere = await one.get(f"/mijn/delen/{'0' * 33}")
        assert (await one.get(theirs)).content == nowhere.content
        form = {"csrf": await one.csrf(), "sleutel": "k" * 20, "gelezen": "ja", "mag.contact": "ja"}
        assert (await one.post(theirs, form)).status_code == 404
        await choose(line, other, theirs)
        page = await other.get("/mijn/keuzes")
        (record,) = re.findall(r'name="id" value="([0-9a-f]+)"', page.text)
        head = await line.world.storage.head()
        stop = await one.post("/mijn/keuzes", {"csrf": await one.csrf(), "id": record, "sleutel": "s" * 20})
        assert stop.status_code == 404
        assert await line.world.storage.head() == head
        for path in ("/ib", "/postvak", "/fg", "/beheer"):
            assert (await one.get(path)).status_code == 404

    run(tmp_path, story)


def test_a_leerling_of_thirteen_chooses_beside_his_ouders(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=THIRTEEN)
        code = await invited(line, leerling, leerling["leerlingPersoonId"])
        browser = await linked(line, code, "leerling")
        page = await browser.get("/mijn")
        assert "Er wordt je nu niets gevraagd." in page.text

    run(tmp_path, story)


def test_choosing_asks_a_sure_login_and_stopping_does_not(tmp_path: Path) -> None:
    """With a low one he reads and stops, and is asked to sign in again before he agrees."""

    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        (first,) = await waits(one)
        await choose(line, one, first)
        low = Browser(line)
        await low.sign_in("ouder", "laag")
        assert (await low.get("/mijn/keuzes")).status_code == 200
        form = {"csrf": await low.csrf(), "sleutel": "k" * 20, "gelezen": "ja", "mag.contact": "ja"}
        again = await low.post(f"/mijn/delen/{'0' * 33}", form)
        assert again.status_code == 403
        assert "Log nog een keer in" in again.text
        (record,) = re.findall(r'name="id" value="([0-9a-f]+)"', (await low.get("/mijn/keuzes")).text)
        stop = await low.post("/mijn/keuzes", {"csrf": await low.csrf(), "id": record, "sleutel": "s" * 20})
        assert stop.status_code == 303

    run(tmp_path, story)


def test_a_register_asks_more_of_who_agrees(tmp_path: Path) -> None:
    """Beside what the page asks; the question stays, and nothing is recorded."""

    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        (first,) = await waits(one)
        stored = await line.world.storage.register()
        high = Eis(handeling=Handeling.TOESTEMMEN, niveau=Niveau.HOOG, vers_minuten=5)
        known = Partijen.parse(stored).by_id
        row, _ = read_mensen([(0, proefuitgever(ISSUER))], [], [(0, high)], known)
        await line.apply(dataclasses.replace(stored, beleid=stored.beleid | row))
        assert (await choose(line, one, first)).startswith("/aanmelden/opnieuw?")
        assert await waits(one) == [first]
        await one.sign_in("ouder", "hoog")
        assert await choose(line, one, first) == "/mijn/keuzes?gedaan=vastgelegd"

    run(tmp_path, story)
