"""The place of who receives without a system: open, keep, sign, tell the school, answer a withdrawal."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pypdf

from gateway.web.bezoek import Werkrol
from schemas.people.mensen import SCOPES, Mensrol
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.flow.test_ib import page, went
from tests.line import (
    AANBIEDER,
    BORN,
    OTHER_AANBIEDER,
    OTHER_SCHOOL,
    SANDBOX,
    SCHOOL,
    Json,
    Line,
    fresh,
    open_line,
)


class Bij(NamedTuple):
    """An aanbieder with somebody of it who is signed in to read."""

    line: Line
    sessies: Bezoekers
    wie: Bezoeker
    levering: str
    """What stands ready for it."""
    leerling: Json
    gezegd: list[Json]


Scene = Callable[[Bij], Awaitable[None]]


def at_aanbieder(scene: Scene) -> Callable[[Path], None]:
    def test(tmp_path: Path) -> None:
        async def play() -> None:
            sessies = Bezoekers()
            async with open_line("memory", tmp_path, sessies=sessies, **SANDBOX) as line:
                leerling = await line.gezag()
                gezegd = await line.both_agree(leerling)
                pushed = await line.push()
                who = await sign_in(line, sessies, AANBIEDER, Werkrol.ONTVANGER, SCOPES[Mensrol.ONTVANGER])
                await scene(Bij(line, sessies, who, pushed["leveringen"][0]["id"], leerling, gezegd))

        asyncio.run(play())

    test.__name__, test.__doc__ = scene.__name__, scene.__doc__
    return test


@at_aanbieder
async def test_from_the_row_to_a_word_back(b: Bij) -> None:
    """Open, keep, sign, and tell the school: each step as a browser without script takes it."""
    here = f"/postvak/leveringen/{b.levering}"
    assert here in await page(b.wie, "/postvak")
    shut = await page(b.wie, here)
    assert "Dat leggen wij vast" in shut
    assert "Noor" not in shut
    went(await b.wie.post(f"{here}/openen"), here)
    shown = await page(b.wie, here)
    assert "Of er meer is, vertellen wij niet." in shown
    assert "Achternaam" in shown
    went(await b.wie.post(f"{here}/openen"), here)  # opened again: the same, without another lease
    kept = await b.wie.get(f"{here}/json")
    assert kept.headers["content-disposition"].endswith('.json"')
    assert kept.json()["soort"] == "ontwikkelingsperspectief"
    printed = pypdf.PdfReader(io.BytesIO((await b.wie.get(f"{here}/pdf")).content))
    text = " ".join("".join(sheet.extract_text() for sheet in printed.pages).split())
    assert "Of er meer is" in text, text
    went(await b.wie.post(f"{here}/tekenen"), rf"{here}\?gedaan=getekend")
    assert (await b.wie.get(f"{here}/json")).status_code == 404
    assert "Achternaam" not in await page(b.wie, here)
    (sent,) = (await b.line.school.get("/uitwisselingen")).json()["uitwisselingen"]
    assert sent["leveringen"][0]["status"] == "bevestigd"
    wrong = await b.wie.post(f"{here}/terug", {"stand": ""})
    assert wrong.status_code == 422
    told = await b.wie.post(
        f"{here}/terug",
        {"stand": "gestart", "tips": ["vaste_plek"], "afzender": OTHER_SCHOOL, "sleutel": fresh()},
    )
    went(told, rf"{here}\?gedaan=(wacht|verteld)")
    own = (await b.line.helper.get("/uitwisselingen")).json()["uitwisselingen"]
    assert [u["soort"] for u in own] == ["terugkoppeling"]
    assert [v["ontvanger"] for v in own[0]["leveringen"]] == [SCHOOL], (
        "it goes to who sent it, whatever a form says"
    )


@at_aanbieder
async def test_what_is_not_for_us_goes_back_with_a_reason(b: Bij) -> None:
    here = f"/postvak/leveringen/{b.levering}"
    assert (await b.wie.post(f"{here}/weigeren", {"grond": "niet_voor_ons"})).status_code == 404
    went(await b.wie.post(f"{here}/openen"), here)
    none = await b.wie.post(f"{here}/weigeren")
    assert none.status_code == 422
    went(await b.wie.post(f"{here}/weigeren", {"grond": "niet_voor_ons"}), "/postvak")
    assert "Uw postvak is leeg" in await page(b.wie, "/postvak")
    assert (await b.wie.get(here)).status_code == 404


@at_aanbieder
async def test_a_withdrawal_is_answered_in_one_click(b: Bij) -> None:
    here = f"/postvak/leveringen/{b.levering}"
    await b.wie.post(f"{here}/openen")
    await b.wie.post(f"{here}/tekenen")
    await b.line.withdraw(b.gezegd[0])
    assert "ingetrokken" in await page(b.wie, "/postvak")
    notice = re.findall(r"/postvak/intrekkingen/[0-9a-f]{32}", await page(b.wie, "/postvak/intrekkingen"))[0]
    assert "Wat deed u met de gegevens?" in await page(b.wie, notice)
    half = await b.wie.post(notice, {"wat": "bewaard"})
    assert half.status_code == 422
    assert 'href="#artikel"' in half.text
    went(await b.wie.post(notice, {"wat": "gewist"}), "/postvak/intrekkingen")
    assert "Er is niets ingetrokken" in await page(b.wie, "/postvak/intrekkingen")


@at_aanbieder
async def test_nobody_of_another_partij_opens_it(b: Bij) -> None:
    here = f"/postvak/leveringen/{b.levering}"
    await b.wie.post(f"{here}/openen")
    other = await sign_in(b.line, b.sessies, OTHER_AANBIEDER, Werkrol.ONTVANGER, SCOPES[Mensrol.ONTVANGER])
    nothing = (await other.get(f"/postvak/leveringen/{'0' * 32}")).text
    for path in (here, f"{here}/json", f"{here}/pdf"):
        answer = await other.get(path)
        assert (answer.status_code, answer.text) == (404, nothing)
    for path in (f"{here}/openen", f"{here}/tekenen", f"{here}/weigeren"):
        assert (await other.post(path)).status_code in (404, 422)
    assert "Uw postvak is leeg" in await page(other, "/postvak")


@at_aanbieder
async def test_a_system_cannot_sign_with_the_word_of_a_person(b: Bij) -> None:
    """The log's word counts from the person it names and nobody else."""
    here = f"/postvak/leveringen/{b.levering}"
    await b.wie.post(f"{here}/openen")
    from gateway.account.persoonswoord import signed_for

    person = b.wie.wie.caller.persoon
    assert person is not None
    word = signed_for(b.line.context.signer, person, b.levering, "0" * 64, b.line.clock.now())
    answer = await b.line.helper.post(f"/leveringen/{b.levering}/leveringsbewijzen", {"jws": word})
    assert answer.status_code == 400
    assert [f["code"] for f in answer.json()["fouten"]] == ["leveringsbewijs.handtekening"]


@at_aanbieder
async def test_what_was_withdrawn_before_it_was_signed_for_is_not_shown_or_given_again(b: Bij) -> None:
    """What he opened is no second way to content that may not be handed over any more."""
    here = f"/postvak/leveringen/{b.levering}"
    went(await b.wie.post(f"{here}/openen"), here)
    await b.line.withdraw(b.gezegd[0])
    assert (await b.line.try_take(b.levering)).status_code == 404
    for path in (here, f"{here}/json", f"{here}/pdf"):
        assert (await b.wie.get(path)).status_code == 404, path
    for path in (f"{here}/tekenen", f"{here}/openen"):
        assert (await b.wie.post(path)).status_code == 404, path


@at_aanbieder
async def test_his_own_half_is_asked_in_a_talk_or_on_paper(b: Bij) -> None:
    """What he wants to tell waits for a yes that also lifts his secrecy; he asks for it here."""
    here = f"/postvak/leveringen/{b.levering}"
    await b.wie.post(f"{here}/openen")
    await b.wie.post(f"{here}/tekenen")
    told = await b.wie.post(f"{here}/terug", {"stand": "gestart", "sinds": "2026-11-20", "sleutel": fresh()})
    went(told, rf"{here}\?gedaan=wacht")
    (own,) = set(re.findall(r"/postvak/taken/[0-9a-f]{32}/gezag", await page(b.wie, "/postvak/taken")))
    assert (await b.wie.post(own)).status_code == 422
    record = {"geboortedatum": BORN, "soort": "gezamenlijk", "bron": "gezagsregister"}
    kept = await b.wie.post(own, {**record, "gecontroleerd": "2026-11-20", "sleutel": fresh()})
    went(kept, r"/postvak/taken\?gedaan=gezag")
    listed = await page(b.wie, "/postvak/taken")
    (talk,) = set(re.findall(r"/postvak/gesprekken/[0-9a-f]{32}", listed))
    talking = await page(b.wie, talk)
    assert "Geef het scherm" in talking
    sheet = await page(b.wie, re.findall(rf'"({talk}/print\?wie=\w+)"', talking)[0])
    assert "Mag de school dit delen?" not in sheet
    assert "geheim" in sheet
    paper = await page(b.wie, "/postvak/papier")
    rows = re.findall(r'<select[^>]* name="([0-9a-f]{32}\.[0-9a-f]+)"', paper)
    assert rows
    sent = {
        "csrf": b.wie.wie.csrf,
        "sleutel": fresh(),
        "ondertekend": "2026-11-21",
        **dict.fromkeys(rows, "ja"),
    }
    recorded = await b.wie.http.post(
        "/postvak/papier",
        data=sent,
        files={"scan": ("blad.pdf", b"fictief")},
        headers={"Cookie": f"ozlijn-test={b.wie.cookie}"},
    )
    went(recorded, r"/postvak/papier\?gedaan=vastgelegd")
    assert talk not in await page(b.wie, "/postvak/taken")
    got = (await b.line.school.get("/postbus")).json()["leveringen"]
    assert got == [], "the other half is asked at school, and neither is enough alone"
    other = await sign_in(b.line, b.sessies, OTHER_AANBIEDER, Werkrol.ONTVANGER, SCOPES[Mensrol.ONTVANGER])
    assert (await other.get(f"{talk}/print")).status_code == 404
