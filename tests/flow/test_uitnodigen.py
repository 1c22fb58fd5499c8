"""Ouders and leerlingen come in by invitation: a code that works once, and a link that is made of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from pathlib import Path
from typing import Any, Final

import pytest

from consent.leeftijd import AMSTERDAM
from gateway.uitnodigen.code import ALPHABET, front, new_code, shown, typed
from gateway.uitnodigen.uitnodigingen import DAYS, TRIES, Dicht, Open
from schemas.errors import Conflict, NotFound
from schemas.people.mensen import Mensrol
from schemas.storage.storage import Keepsoort
from tests.flow.test_aanmelden import Browser, run, signed_in, who
from tests.line import BORN, NOW, OTHER_SCHOOL, SCHOOL, Json, Line, persons

OUDERS: Final[Json] = {
    "soort": "eenhoofdig",
    "personen": [{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": False}],
}
THIRTEEN: Final = "2013-05-02"


async def partij(line: Line, ident: str = SCHOOL) -> Any:
    return (await line.context.authenticator.partijen.current()).by_id[ident]


async def invited(line: Line, leerling: Json, person: str) -> str:
    made = await line.context.uitnodigingen.maak(await partij(line), leerling["leerlingId"], person)
    return made.code


async def opened_in(line: Line, code: str) -> Browser:
    browser = Browser(line)
    answer = await browser.post("/uitnodiging", {"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/uitnodiging/bekijk")
    return browser


async def linked(line: Line, code: str, person: str = "ouder") -> Browser:
    """Who types the code and signs in is that person from then on."""
    browser = await opened_in(line, code)
    assert await browser.sign_in(person, path="/aanmelden/bij/proef?naar=/uitnodiging/bekijk") == (
        "/uitnodiging/bekijk"
    )
    page = await browser.get("/uitnodiging/bekijk")
    (token,) = re.findall(r'name="koppel" value="([^"]+)"', page.text)
    done = await browser.post("/uitnodiging/koppel", {"koppel": token})
    assert done.status_code == 303, done.text
    return browser


def leaves(ledger: list[Json], soort: str) -> list[Json]:
    return [leaf for leaf in ledger if leaf["soort"] == soort]


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    assert len(code) == 12
    assert not set("0O1I") & set(ALPHABET)
    assert len(ALPHABET) == 32
    for text in (shown(code), shown(code).lower(), f"  {code} ", shown(code).replace("-", " – ")):
        assert typed(text) == code
    for text in ("", "K7PM-4RTX", "K7PM-4RTX-9WH0", "x" * 1_000, "K7PM-4RTX-9WHDD"):
        assert typed(text) is None


def test_an_ouder_with_gezag_is_let_in_and_stays_who_he_is(tmp_path: Path) -> None:
    """The letter, the code, the login and the link; each in the account before it holds, with no name in
    it.
    """

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        person = persons(leerling)[0]
        browser = await linked(line, await invited(line, leerling, person))
        sessie = await who(line, browser)
        assert sessie.caller.partij.id == SCHOOL
        assert sessie.caller.persoon.rollen == {Mensrol.OUDER}
        assert sessie.caller.persoon.zelf.persoon_id == person
        assert sessie.caller.persoon.zelf.leerling_ref == leerling["leerlingId"]
        assert sessie.caller.scopes == frozenset()
        again = await signed_in(line, "ouder")
        assert (await who(line, again)).caller.persoon.ref == sessie.caller.persoon.ref
        told = await line.ledger()
        for soort in ("person.invited", "person.linked"):
            (leaf,) = leaves(told, soort)
            assert (leaf["persoonId"], leaf["afzender"]) == (person, SCHOOL)
        assert b"Olga" not in line.log.getvalue()
        # The school ends it, and in that second he is nobody there.
        await line.context.uitnodigingen.trek_in(await partij(line), leerling["leerlingId"], person)
        assert (await who(line, browser)).caller is None
        assert len(leaves(await line.ledger(), "person.unlinked")) == 1

    run(tmp_path, story)


def test_a_code_opens_once_within_its_days_and_in_one_browser(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, two = persons(leerling)
        code = await invited(line, leerling, one)
        browser = await opened_in(line, code)
        assert (await browser.get("/uitnodiging/bekijk")).status_code == 200
        assert code.replace("-", "") not in str(browser.http.cookies)
        again = await Browser(line).post("/uitnodiging", {"code": code})
        assert again.status_code == 422
        assert code not in again.text
        # A second letter to the same person ends the first one, and that browser with it.
        newer = await invited(line, leerling, one)
        assert (await browser.get("/uitnodiging/bekijk")).headers["location"] == "/uitnodiging"
        line.later(days=DAYS)
        assert (await Browser(line).post("/uitnodiging", {"code": newer})).status_code == 422
        late = await invited(line, leerling, two)
        taken = await asyncio.gather(*(line.context.uitnodigingen.open(typed(late) or "") for _ in range(3)))
        assert sum(isinstance(each, Open) for each in taken) == 1

    run(tmp_path, story)


def test_after_five_tries_nothing_opens_and_nobody_learns_whether_there_is_one(tmp_path: Path) -> None:
    """The same answers, in the same bytes, for a code that is wrong and for one of which there is none."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        code = typed(await invited(line, leerling, persons(leerling)[0])) or ""
        wrong = front(code) + "".join(reversed(code[4:]))
        nobody = next(c for c in iter(new_code, None) if front(c) != front(code))
        pages = []
        for tried in (wrong, nobody):
            answers = [await Browser(line).post("/uitnodiging", {"code": tried}) for _ in range(TRIES + 2)]
            pages.append([(a.status_code, _plain(a.text)) for a in answers])
        assert pages[0] == pages[1]
        assert "nog 4 keer" in pages[0][0][1]
        assert "werkt niet meer" in pages[0][-1][1]
        assert await line.context.uitnodigingen.open(code) == Dicht(0), "also the right one, now"

    run(tmp_path, story)


def _plain(text: str) -> str:
    return re.sub(r'name="sleutel" value="[0-9a-f]+"', "", text)


def test_an_ouder_without_gezag_gets_nothing(tmp_path: Path) -> None:
    """Not invited, and when gezag ends he is nobody from that record on; the same as somebody unknown."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN, **OUDERS)
        ref = leerling["leerlingId"]
        with_, without = (p["persoonId"] for p in leerling["personen"])
        use = line.context.uitnodigingen
        assert [p for p, _ in await use.mensen(await partij(line), ref)] == [with_]
        browser = await linked(line, await invited(line, leerling, with_))
        for school, about, person in (
            (SCHOOL, ref, without),
            (SCHOOL, ref, "0" * 32),
            (SCHOOL, "0" * 32, with_),
            (OTHER_SCHOOL, ref, with_),
        ):
            with pytest.raises(NotFound):
                await use.maak(await partij(line, school), about, person)
        ended = {"persoonId": with_, "hoedanigheid": "ouder", "gezag": False}
        await line.gezag(
            geboortedatum=BORN,
            soort="eenhoofdig",
            personen=[ended, {"persoonId": without, "hoedanigheid": "ouder", "gezag": True}],
        )
        assert (await who(line, browser)).caller is None

    run(tmp_path, story)


def test_the_view_changes_on_the_day_itself(tmp_path: Path) -> None:
    """At twelve the leerling comes in, at eighteen the ouder goes: at midnight in the Netherlands."""

    async def story(line: Line) -> None:
        born = dt.date(2014, 11, 24)
        leerling = await line.gezag(geboortedatum=born.isoformat())
        ref, use = leerling["leerlingId"], line.context.uitnodigingen
        child = leerling["leerlingPersoonId"]

        async def seen() -> dict[str, Mensrol]:
            return dict(await use.mensen(await partij(line), ref))

        def move(day: dt.date, *, before: bool) -> None:
            midnight = dt.datetime.combine(day, dt.time(), AMSTERDAM)
            line.clock.stand_at(midnight - dt.timedelta(seconds=before))

        assert line.clock.now() < NOW + dt.timedelta(days=1)
        browser = await linked(line, await invited(line, leerling, persons(leerling)[0]))
        move(dt.date(2026, 11, 24), before=True)
        assert child not in await seen()
        move(dt.date(2026, 11, 24), before=False)
        assert (await seen())[child] is Mensrol.LEERLING
        move(dt.date(2032, 11, 24), before=True)
        assert (await who(line, browser)).caller.persoon.rollen == {Mensrol.OUDER}
        assert not (await who(line, browser)).caller.persoon.zelf.volwassen
        move(dt.date(2032, 11, 24), before=False)
        # Who was in keeps what he said himself; nobody is invited anew.
        assert (await who(line, browser)).caller.persoon.zelf.volwassen
        assert await seen() == {child: Mensrol.LEERLING}

    run(tmp_path, story)


def test_a_code_alone_shows_levels_one_and_two(tmp_path: Path) -> None:
    """What waits for agreement, without what is health or help and without a name that tells of it."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        await line.push(categorieen=["contact", "doelen", "gezondheid"])
        page = await (await opened_in(line, await invited(line, leerling, persons(leerling)[0]))).get(
            "/uitnodiging/bekijk"
        )
        assert "wie het zijn en hoe ze te bereiken zijn" in page.text
        assert "een organisatie die de school u noemt" in page.text
        assert "Een deel leest u op school of na inloggen." in page.text
        for hidden in (">gezondheid", "jeugdhulp", leerling["leerlingId"]):
            assert hidden not in page.text
        older = await line.gezag(leerling={"leerlingid": "LL-16"}, geboortedatum="2010-01-01")
        shown_now = await (await opened_in(line, await invited(line, older, persons(older)[0]))).get(
            "/uitnodiging/bekijk"
        )
        assert "Er wordt u nu niets gevraagd." in shown_now.text

    run(tmp_path, story)


def test_a_link_asks_a_sure_login_of_a_moment_ago(tmp_path: Path) -> None:
    """With a low one he is sent back to his issuer, and the code stays as it was."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        browser = await opened_in(line, await invited(line, leerling, persons(leerling)[0]))
        page = await browser.get("/uitnodiging/bekijk")
        (token,) = re.findall(r'name="koppel" value="([^"]+)"', page.text)
        first = await browser.post("/uitnodiging/koppel", {"koppel": token})
        assert first.headers["location"] == "/aanmelden?naar=%2Fuitnodiging%2Fbekijk"
        await browser.sign_in("ouder", "laag", "/aanmelden/bij/proef?naar=/uitnodiging/bekijk")
        low = await browser.post("/uitnodiging/koppel", {"koppel": token})
        assert low.headers["location"].startswith("/aanmelden/opnieuw?")
        assert (await who(line, browser)).keuzes == {}
        forged = await browser.post("/uitnodiging/koppel", {"koppel": "x" * 43})
        assert forged.status_code == 404

    run(tmp_path, story)


def test_a_school_checks_the_gezag_before_it_invites(tmp_path: Path) -> None:
    """A check of long ago lets in nobody but the leerling, of whom no gezag is asked."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=THIRTEEN, gecontroleerdOp="2024-01-10")
        use, school = line.context.uitnodigingen, await partij(line)
        with pytest.raises(Conflict):
            await use.maak(school, leerling["leerlingId"], persons(leerling)[0])
        await use.maak(school, leerling["leerlingId"], leerling["leerlingPersoonId"])

    run(tmp_path, story)


def test_nothing_that_is_kept_of_a_code_opens_it(tmp_path: Path) -> None:
    """At rest there is a keyed hash, sealed: not the code, not who it is for."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        person = persons(leerling)[0]
        code = typed(await invited(line, leerling, person)) or ""
        store: Any = line.world.storage
        rows = [r for r in vars(store)["_kept"].values() if r.soort is Keepsoort.UITNODIGING]
        whole = b"".join(repr(r).encode() + r.inhoud for r in rows)
        for mark in (code, shown(code), code[4:], person, leerling["leerlingId"]):
            assert mark.encode() not in whole
        assert code.encode() not in line.log.getvalue()

    run(tmp_path, story)


def test_an_intern_begeleider_makes_the_letter(tmp_path: Path) -> None:
    """One per person, the code on this page alone; at another school there is nobody."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        ref = leerling["leerlingId"]
        browser = await signed_in(line, "ib")
        await browser.post("/kies", {"csrf": await browser.csrf(), "partij": SCHOOL})
        page = await browser.get(f"/ib/uitnodigen/{ref}")
        assert page.text.count("Maak de brief") == 2
        form = {"csrf": await browser.csrf(), "persoon": persons(leerling)[0]}
        letter = await browser.post(f"/ib/uitnodigen/{ref}", form)
        (code,) = re.findall(r"<strong>([^<]+)</strong>", letter.text)
        assert typed(code) is not None
        assert 'src="data:image/svg+xml' in letter.text
        assert "gemaakt, niet geopend" in (await browser.get(f"/ib/uitnodigen/{ref}")).text
        stop = await browser.post(f"/ib/uitnodigen/{ref}", form | {"doe": "stop"})
        assert stop.status_code == 303
        assert (await Browser(line).post("/uitnodiging", {"code": code})).status_code == 422
        await browser.post("/kies", {"csrf": await browser.csrf(), "partij": OTHER_SCHOOL})
        assert (await browser.get(f"/ib/uitnodigen/{ref}")).status_code == 404
        assert (await browser.post(f"/ib/uitnodigen/{ref}", form)).status_code == 404

    run(tmp_path, story)
