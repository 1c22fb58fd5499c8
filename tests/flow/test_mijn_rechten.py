"""What an ouder or leerling keeps and asks: proofs, everything in one file, and requests under the AVG.

Each of one's own alone: what the other ouder said or asked is nowhere in it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.stores.memory import MemoryStorage
from consent.leeftijd import AMSTERDAM
from gateway.gezin.avgverzoeken import term
from gateway.gezin.bewijzen import Ik
from gateway.wiring import check_bewijs
from schemas.errors import InvalidMessage, NotFound
from schemas.people.avgverzoek import MAX_STEPS, Avgrecht, Avgstatus, Avguitkomst
from schemas.people.mensen import Mensrol
from schemas.storage.storage import Keepsoort
from tests.flow.test_aanmelden import Browser, run, who
from tests.flow.test_mensen import body, known, push, to
from tests.flow.test_mijn import choose, two, waits
from tests.flow.test_tafel import at_work
from tests.flow.test_uitnodigen import THIRTEEN, invited, linked
from tests.flow.test_zaak import different
from tests.line import (
    AANBIEDER,
    BORN,
    FG,
    NOWHERE,
    SCHOOL,
    Json,
    Line,
    dossier,
    only,
    persons,
    prepare,
    shape,
)

WORDS: Final = "Wat staat er over ons? KANARIE-9001"


def good(line: Line, raw: bytes) -> bool:
    return check_bewijs(raw, line.context.signer.vkey).geldig


async def proofs(browser: Browser) -> list[str]:
    page = await browser.get("/mijn/bewijzen")
    assert page.status_code == 200, page.text
    return re.findall(r'href="(/mijn/bewijzen/[0-9a-f]{32})"', page.text)


async def ask(browser: Browser, recht: str = "inzage", key: str = "v" * 32, **more: str) -> str:
    """The address of a question that was asked."""
    form = {"csrf": await browser.csrf(), "sleutel": key, "recht": recht, "woorden": WORDS, **more}
    done = await browser.post("/mijn/vragen/nieuw", form)
    assert done.status_code == 303, done.text
    return str(done.headers["location"]).partition("?")[0]


async def taken(line: Line) -> list[Json]:
    found = (await line.school.get("/taken")).json()["taken"]
    return [t for t in found if t["soort"] == "avg_verzoek"]


def test_each_proof_is_read_printed_and_checked_without_us(tmp_path: Path) -> None:
    """Of a yes, of stopping and of what was shared; and nothing in it of the other ouder."""

    async def story(line: Line) -> None:
        leerling, sent, one, other = await two(line)
        assert "Er zijn nog geen bewijzen" in (await one.get("/mijn/bewijzen")).text
        for browser in (one, other):
            await choose(line, browser, (await waits(browser))[0])
        await line.take(only(sent))
        found = await proofs(one)
        assert len(found) == 2, "of what he said, and of what was shared"
        assert "Wij maken uw bewijs" in (await one.get(found[0])).text
        assert (await one.get(f"{found[0]}/pdf")).headers["location"] == found[0]
        await line.context.checkpointer.publish()
        theirs = await proofs(other)
        for path in found:
            page = await one.get(path)
            assert "Kenmerk in de verantwoording" in page.text
            assert (await one.get(f"{path}/pdf")).content.startswith(b"%PDF")
            file = await one.get(f"{path}/bestand")
            assert file.headers["content-type"] == "application/json"
            assert good(line, file.content)
            changed = file.content.replace(b'"titel":"Bewijs', b'"titel":"Vals')
            assert changed != file.content
            assert not good(line, changed)
            assert persons(leerling)[1] not in file.text, "the other ouder is nowhere in it"
            assert leerling["leerlingId"] not in file.text
        # Of what was shared each has a proof of the same levering, with his own statement alone.
        shared = set(found) & set(theirs)
        assert len(shared) == 1
        (path,) = shared
        said = [(await b.get(f"{path}/bestand")).json()["inhoud"]["toestemmingen"] for b in (one, other)]
        assert [len(s) for s in said] == [1, 1]
        assert said[0] != said[1]
        (alone,) = set(theirs) - set(found)
        nothing = (await one.get(f"/mijn/bewijzen/{NOWHERE}")).content
        for tail in ("", "/pdf", "/bestand"):
            assert (await one.get(f"{alone}{tail}")).content == nothing

    run(tmp_path, story)


def test_the_timeline_says_what_went_and_what_became_of_it_after_he_stopped(tmp_path: Path) -> None:
    """By the names of the fields; and another's stopping changes nothing in what he reads."""

    async def story(line: Line) -> None:
        _, sent, one, other = await two(line)
        for browser in (one, other):
            await choose(line, browser, (await waits(browser))[0])
        await line.sign_for(only(sent), await line.take(only(sent)))
        nonce = re.compile(r'value="[^"]*"')
        before = [nonce.sub("", (await b.get("/mijn/tijdlijn")).text) for b in (one, other)]
        assert "Wat ging er mee?" in before[0]
        assert re.findall(r"item-value\">(\w[^<]+)<", before[0]), "the names of the fields"
        assert "De ontvanger tekende voor ontvangst." in before[0]
        (record,) = re.findall(r'name="id" value="([0-9a-f]+)"', (await one.get("/mijn/keuzes")).text)
        await one.post("/mijn/keuzes", {"csrf": await one.csrf(), "id": record, "sleutel": "s" * 32})
        after = [nonce.sub("", (await b.get("/mijn/tijdlijn")).text) for b in (one, other)]
        assert "De ontvanger heeft bericht gekregen" in after[0]
        assert after[1] == before[1]
        # Who stops as the second reads the same, so it tells nothing of who was the first.
        (record,) = re.findall(r'name="id" value="([0-9a-f]+)"', (await other.get("/mijn/keuzes")).text)
        await other.post("/mijn/keuzes", {"csrf": await other.csrf(), "id": record, "sleutel": "t" * 32})
        assert (
            nonce.sub("", (await other.get("/mijn/tijdlijn")).text).count("De ontvanger heeft bericht") == 1
        )
        assert nonce.sub("", (await one.get("/mijn/tijdlijn")).text) == after[0]

    run(tmp_path, story)


def test_everything_in_one_file_is_his_own_and_every_proof_in_it_holds(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        leerling, sent, one, other = await two(line)
        for browser in (one, other):
            await choose(line, browser, (await waits(browser))[0])
        await line.take(only(sent))
        await ask(one)
        await ask(other, recht="correctie", key="w" * 32)
        await line.context.checkpointer.publish()
        done = await one.post("/mijn/alles", {"csrf": await one.csrf()})
        assert done.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(done.content)) as made:
            names = made.namelist()
            files = {name: made.read(name) for name in names}
        assert {"lees-mij.html", "gegevens.json"} < set(names)
        bewijzen = [n for n in names if n.startswith("bewijzen/") and n.endswith(".json")]
        assert len(bewijzen) == 2
        assert all(good(line, files[n]) for n in bewijzen)
        told = json.loads(files["gegevens.json"])
        assert [v["recht"] for v in told["gevraagd"]] == ["inzage"]
        assert (len(told["gezegd"]), len(told["gedeeld"])) == (1, 1)
        for name in bewijzen:
            assert f'href="{name}"' in files["lees-mij.html"].decode()
        everything = b"".join(files.values())
        assert persons(leerling)[1].encode() not in everything
        assert b"correctie" not in everything

    run(tmp_path, story)


def test_a_proof_of_sharing_names_what_went_and_not_what_stayed_home(tmp_path: Path) -> None:
    """One of two kinds of data went: the proof and the file with everything name that one alone."""

    async def story(line: Line) -> None:
        leerling = await line.gezag()
        sent = await line.push(categorieen=["contact", "gezondheid"])
        one, other = [
            await linked(line, await invited(line, leerling, person), name)
            for person, name in zip(persons(leerling), ("ouder", "ouder2"), strict=True)
        ]
        (path,) = await waits(one)
        page = (await one.get(path)).text
        form = {"csrf": await one.csrf(), "sleutel": "d" * 32, "gelezen": "ja", "mag.contact": "ja"}
        form |= {"mag.gezondheid": "nee"} | dict(re.findall(r'name="(blad)" value="([^"]+)"', page))
        assert (await one.post(path, form)).status_code == 303
        await choose(line, other, (await waits(other))[0])
        await line.take(only(sent))
        await line.context.checkpointer.publish()
        told = [(await one.get(f"{path}/bestand")).json()["inhoud"] for path in await proofs(one)]
        (shared,) = [i for i in told if "ontvangerRol" in i]
        assert shared["categorieen"] == ["contact"]
        done = await one.post("/mijn/alles", {"csrf": await one.csrf()})
        with zipfile.ZipFile(io.BytesIO(done.content)) as made:
            (row,) = json.loads(made.read("gegevens.json"))["gedeeld"]
        assert len(row["wat"]) == 1

    run(tmp_path, story)


def test_a_request_that_is_written_full_can_still_be_answered(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        caller = (await who(line, one)).caller
        ik, app = Ik(caller.partij, caller.persoon.zelf, Mensrol.OUDER), line.context.avgverzoeken
        asked = await app.vraag(ik, "sleutel", Avgrecht.INZAGE, WORDS)
        for n in range(1, MAX_STEPS - 2):
            asked = await app.vervolg(ik, asked.id, n, "En dit nog.")
        with pytest.raises(InvalidMessage):
            await app.vervolg(ik, asked.id, len(asked.stappen), "En dit ook.")
        longer = await app.verleng(caller.partij, asked.id, len(asked.stappen), "Het is veel.")
        done = await app.antwoord(caller.partij, asked.id, len(longer.stappen), Avguitkomst.GEDAAN, "Hier.")
        assert (done.status, len(done.stappen)) == (Avgstatus.BEANTWOORD, MAX_STEPS)

    run(tmp_path, story)


def test_a_request_is_a_record_with_a_taak_and_an_answer_that_he_reads(tmp_path: Path) -> None:
    """Asked once however often it is sent; the words are sealed and stand in no leaf, log or address."""

    async def story(line: Line) -> None:
        _, _, one, other = await two(line)
        bare = await one.post("/mijn/vragen/nieuw", {"csrf": await one.csrf(), "sleutel": "k" * 32})
        assert bare.status_code == 422
        assert 'href="#recht"' in bare.text
        assert 'href="#woorden"' in bare.text
        path = await ask(one)
        assert await ask(one) == path, "sent twice is asked once"
        (taak,) = await taken(line)
        assert taak["over"] == path.rpartition("/")[2]
        assert taak["uiterlijk"] == "2026-12-22T23:00:00.000Z"
        ledger = json.dumps(await line.ledger())
        assert "KANARIE" not in ledger + line.log.getvalue().decode()
        (leaf,) = [x for x in await line.ledger() if x.get("zaakstap", "").startswith("avg_")]
        assert leaf["persoon"] == (await who(line, one)).caller.persoon.ref
        # The other ouder has no such thing, and learns nothing of it.
        assert (await other.get(path)).content == (await other.get(f"/mijn/vragen/{NOWHERE}")).content
        assert "nog geen vraag" in (await other.get("/mijn/vragen")).text
        ib = await at_work(line)
        listed = await ib.get("/ib")
        assert path.replace("/mijn/vragen", "/ib/verzoeken") in listed.text
        there = path.replace("/mijn/vragen", "/ib/verzoeken")
        page = await ib.get(there)
        assert "KANARIE-9001" in page.text
        assert "<title>Vraag over gegevens" in page.text
        form = {"csrf": await ib.csrf(), "stap": "1"}
        assert (await ib.post(there, form)).status_code == 422
        longer = await ib.post(there, form | {"doe": "verlengen", "woorden": "Het is veel."})
        assert longer.headers["location"] == f"{there}?gedaan=verlengd"
        assert (await taken(line))[0]["uiterlijk"] == "2027-02-22T23:00:00.000Z"
        assert "Het antwoord komt voor 23 februari 2027." in (await one.get(path)).text
        # Said after a step that was taken meanwhile, it changes nothing.
        stale = form | {"uitkomst": "niet", "woorden": "Te laat gezien."}
        await ib.post(there, stale)
        assert "Te laat gezien." not in (await one.get(path)).text
        done = await ib.post(
            there, stale | {"stap": "2", "uitkomst": "deels", "woorden": "Hier is de kopie."}
        )
        assert done.headers["location"] == f"{there}?gedaan=beantwoord"
        assert await taken(line) == []
        read = (await one.get(path)).text
        assert "Hier is de kopie." in read
        assert "De school deed een deel" in read
        # He adds something: it asks anew, and then he needs no answer any more.
        await one.post(path, {"csrf": await one.csrf(), "stap": "3", "woorden": "Er mist nog iets."})
        (again,) = await taken(line)
        assert (again["id"], again["uiterlijk"]) == (taak["id"], "2026-12-22T23:00:00.000Z")
        await one.post(path, {"csrf": await one.csrf(), "stap": "4", "doe": "intrekken"})
        assert await taken(line) == []
        assert "Niet meer nodig" in (await one.get("/mijn/vragen")).text

    run(tmp_path, story)


def test_who_does_not_answer_in_time_is_told_to_his_fg(tmp_path: Path) -> None:
    """Once, and it ends when the answer comes after all."""

    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        path = await ask(one)
        line.later(days=40)
        await line.context.termijnen.run()
        await line.context.termijnen.run()
        late = [t for _, t in await line.world.storage.taken(FG, 0, 50) if t.over == path.rpartition("/")[2]]
        assert [t.soort.value for t in late] == ["stilte_bekijken"]
        ib = await at_work(line)
        there = path.replace("/mijn/vragen", "/ib/verzoeken")
        assert "Te laat" in (await ib.get(there)).text
        form = {"csrf": await ib.csrf(), "stap": "1", "woorden": "x"}
        await ib.post(there, form | {"doe": "verlengen"})
        assert "Te laat" in (await ib.get(there)).text, "what is late is not made longer"
        await ib.post(there, form | {"uitkomst": "gedaan"})
        assert [t for _, t in await line.world.storage.taken(FG, 0, 50) if t.over == late[0].over] == []

    run(tmp_path, story)


def test_an_objection_to_his_own_yes_stops_it_at_once_and_the_school_weighs_any_other(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, sent, one, other = await two(line)
        for browser in (one, other):
            await choose(line, browser, (await waits(browser))[0])
        assert await line.status(sent) == "klaar"
        page = (await one.get("/mijn/vragen/nieuw")).text
        (about,) = re.findall(r'<option value="([0-9a-f]{32})"', page)
        (theirs,) = re.findall(
            r'<option value="([0-9a-f]{32})"', (await other.get("/mijn/vragen/nieuw")).text
        )
        form = {"csrf": await one.csrf(), "sleutel": "z" * 32, "recht": "bezwaar", "woorden": "Nee."}
        assert (await one.post("/mijn/vragen/nieuw", form | {"over": theirs})).status_code == 404
        await ask(one, recht="bezwaar")
        assert await line.status(sent) == "klaar", "about nothing he agreed to: the school weighs it"
        await ask(one, recht="bezwaar", key="b" * 32, over=about)
        assert await line.status(sent) != "klaar"
        assert len(await taken(line)) == 2

    run(tmp_path, story)


def test_at_sixteen_and_eighteen_an_ouder_keeps_what_he_said_and_gets_nothing_new(tmp_path: Path) -> None:
    """On the day itself, at midnight in the Netherlands."""

    async def story(line: Line) -> None:
        _, sent, one, other = await two(line)
        for browser in (one, other):
            await choose(line, browser, (await waits(browser))[0])
        await line.take(only(sent))
        mine = re.findall(r"\d+ \w+ \d{4}: ja", (await one.get("/mijn/keuzes")).text)
        assert len(mine) == 1

        def move(day: dt.date, *, before: bool) -> None:
            midnight = dt.datetime.combine(day, dt.time(), AMSTERDAM)
            line.clock.stand_at(midnight - dt.timedelta(seconds=before))

        async def seen() -> tuple[bool, bool, bool]:
            start = (await one.get("/mijn")).text
            shared = "De school deelde gegevens met" in (await one.get("/mijn/tijdlijn")).text
            return "Uw kind is 16" in start, "Uw kind is 18" in start, shared

        move(dt.date(2032, 6, 14), before=True)
        assert await seen() == (False, False, True)
        move(dt.date(2032, 6, 14), before=False)
        assert await seen() == (True, False, True)
        move(dt.date(2034, 6, 14), before=True)
        assert await seen() == (True, False, True)
        move(dt.date(2034, 6, 14), before=False)
        assert await seen() == (False, True, False)
        # What he said himself, with its proof, stays; there is no new question and no new invitation.
        assert re.findall(r"\d+ \w+ \d{4}: ja", (await one.get("/mijn/keuzes")).text) == mine
        assert len(await proofs(one)) == 1
        assert await waits(one) == []

    run(tmp_path, story)


def test_a_leerling_reads_in_his_own_words_and_speaks_for_himself_from_sixteen(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=THIRTEEN)
        await line.push(raw=dossier((BORN, THIRTEEN)))
        child = leerling["leerlingPersoonId"]
        browser = await linked(line, await invited(line, leerling, child), "leerling")
        start = (await browser.get("/mijn")).text
        assert "Jij beslist mee." in start
        (path,) = re.findall(r'href="(/mijn/delen/[0-9a-f]+)"', start)
        page = (await browser.get(path)).text
        assert "Dit horen zij wel" in page
        assert "Wat vind jij?" in page
        assert "ozlijn-blad--groot" in (await browser.get(f"{path}?letters=groot")).text
        line.clock.stand_at(dt.datetime.combine(dt.date(2029, 5, 2), dt.time(), AMSTERDAM))
        assert "Jij beslist." in (await browser.get("/mijn")).text

    run(tmp_path, story)


def test_what_is_for_himself_he_opens_himself_and_nobody_else_sees_it(tmp_path: Path) -> None:
    """`rol: zelf`: decided again when he opens it, kept until he has it, and not there for another."""

    async def story(line: Line) -> None:
        leerling = await known(line)
        one, other = [
            await linked(line, await invited(line, leerling, person), name)
            for person, name in zip(persons(leerling), ("ouder", "ouder2"), strict=True)
        ]
        pushed = await push(line, body("gezamenlijk_plan", to(persons(leerling)[0])))
        assert "De school heeft iets voor u" in (await one.get("/mijn")).text
        assert "De school heeft iets voor u" not in (await other.get("/mijn")).text
        path = f"/mijn/brieven/{only(pushed)}"
        assert path in (await one.get("/mijn/brieven")).text
        nothing = await other.get(f"/mijn/brieven/{NOWHERE}")
        assert (await other.get(path)).content == nothing.content
        theirs = await other.post(path, {"csrf": await other.csrf()})
        assert theirs.status_code == 404
        assert (await one.get(f"{path}/pdf")).status_code == 404, "not before he opened it"
        assert await line.status(pushed) == "klaar"
        opened = await one.post(path, {"csrf": await one.csrf()})
        assert opened.headers["location"] == path, opened.text
        page = (await one.get(path)).text
        assert "utrecht-data-list__item-value" in page
        assert (await one.get(f"{path}/pdf")).content.startswith(b"%PDF")
        assert (await other.get(f"{path}/pdf")).status_code == 404
        done = await one.post(path, {"csrf": await one.csrf(), "doe": "heb"})
        assert done.headers["location"] == "/mijn/brieven?gedaan=bewaard", done.text
        assert await line.status(pushed) == "bevestigd"
        assert await line.world.storage.content(only(pushed)) is None, "our copy is destroyed"
        assert "Er ligt nu niets klaar" in (await one.get("/mijn/brieven")).text

    run(tmp_path, story)


def test_a_comment_is_for_the_school_and_says_to_whom_it_may_go_along(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, _, one, other = await two(line)
        (path,) = await waits(one)
        page = (await one.get(path)).text
        parts = re.findall(r'name="(mag\.\w+)" value="ja"', page)
        form = {"csrf": await one.csrf(), "sleutel": "c" * 32, "gelezen": "ja", "opmerking": WORDS}
        form |= dict.fromkeys(parts, "ja") | {"mee": AANBIEDER}
        form |= {"blad": re.findall(r'name="blad" value="([^"]+)"', page)[0]}
        for _ in range(2):
            await one.post(path, form)
        (taak,) = await taken(line)
        ib = await at_work(line)
        read = (await ib.get(f"/ib/verzoeken/{taak['over']}")).text
        assert "KANARIE-9001" in read
        assert "De vrager wil dat dit meegaat naar jeugdhulpaanbieder (fictief)" in read
        assert "KANARIE" not in (await other.get("/mijn/vragen")).text
        assert "KANARIE" not in json.dumps(await line.ledger()) + line.log.getvalue().decode()

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-01-15", "2026-02-16"),  # 15 February is a Sunday
        ("2026-01-31", "2026-03-02"),  # 28 February is a Saturday
        ("2026-03-06", "2026-04-07"),  # Easter Monday is no working day
        ("2026-10-20", "2026-11-20"),
    ],
)
def test_a_term_ends_on_a_working_day(asked: str, until: str) -> None:
    at = dt.datetime.combine(dt.date.fromisoformat(asked), dt.time(12), AMSTERDAM)
    end = term(at, 1) - dt.timedelta(seconds=1)
    assert end.astimezone(AMSTERDAM).date() == dt.date.fromisoformat(until)


def test_words_are_bounded_and_nobody_fills_the_list_of_a_school(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        long = {"csrf": await one.csrf(), "sleutel": "k" * 32, "recht": "inzage", "woorden": "a" * 4_001}
        refused = await one.post("/mijn/vragen/nieuw", long)
        assert refused.status_code == 422
        assert "hooguit 4.000 tekens" in refused.text
        for n in range(20):
            await ask(one, key=f"{n:032}")
        full = await one.post("/mijn/vragen/nieuw", long | {"woorden": "nog een", "sleutel": "n" * 32})
        assert full.status_code == 422
        assert "al twintig vragen open" in full.text

    run(tmp_path, story)


def test_an_older_request_that_is_put_back_is_found_and_a_changed_one_is_not_used(tmp_path: Path) -> None:
    """An answer cannot be made unsaid in the database: the account says how the row was left."""

    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        path = await ask(one)
        store = line.world.storage
        assert isinstance(store, MemoryStorage)
        ((_, first),) = await store.all_zaken(0, 10)
        by_id = (await line.context.authenticator.partijen.current()).by_id
        await line.context.avgverzoeken.antwoord(by_id[SCHOOL], first.id, 1, Avguitkomst.NIET, "Nee.")
        assert await different(store) == []
        store._zaken[first.id] = first
        assert await different(store) == ["zaak"]
        store._zaken[first.id] = dataclasses.replace(first, versie=2)
        assert (await one.get(path)).status_code == 503
        del store._zaken[first.id]
        assert await different(store) == [], "what was answered may be forgotten"

    run(tmp_path, story)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_request_lives_in_each_database(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    prepare(engine, tmp_path, request)

    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        path = await ask(one)
        assert WORDS in (await one.get(path)).text
        await one.post(path, {"csrf": await one.csrf(), "stap": "1", "doe": "intrekken"})
        assert "Niet meer nodig" in (await one.get("/mijn/vragen")).text

    run(tmp_path, story, engine)


def test_a_school_answers_with_a_system_of_its_own(tmp_path: Path) -> None:
    """The same over /v1, with where it leads in the taak; and nothing for another partij."""

    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        path = await ask(one)
        (taak,) = await taken(line)
        here = taak["links"]["vastleggen"].removeprefix("/v1")
        assert here == f"/avgverzoeken/{taak['over']}"
        found = (await line.school.get(here)).json()
        assert (found["recht"], found["status"], found["leerlingId"]) == (
            "inzage",
            "open",
            taak["leerlingId"],
        )
        assert found["stappen"][0]["woorden"] == WORDS
        longer = await line.school.post(f"{here}/verlengingen", {"stap": 1, "woorden": "Het is veel."})
        assert "verlengingen" not in longer.json()["links"], "once"
        for _ in range(2):
            said = {"stap": 2, "uitkomst": "gedaan", "woorden": "Hier is het."}
            done = await line.school.post(f"{here}/antwoorden", said)
            assert (done.status_code, done.json()["status"]) == (200, "beantwoord")
        assert [s["soort"] for s in done.json()["stappen"]] == ["gevraagd", "verlengd", "beantwoord"]
        assert "Hier is het." in (await one.get(path)).text
        for other in (line.other_school, line.helper):
            nothing = await other.get(f"/avgverzoeken/{NOWHERE}")
            assert shape(await other.get(here)) == shape(nothing)
            assert shape(await other.post(f"{here}/antwoorden", said))[0] == 404

    run(tmp_path, story)


def test_another_school_has_no_such_request(tmp_path: Path) -> None:
    async def story(line: Line) -> None:
        _, _, one, _ = await two(line)
        ident = (await ask(one)).rpartition("/")[2]
        by_id = (await line.context.authenticator.partijen.current()).by_id
        use: Any = line.context.avgverzoeken
        for partij in (p for p in by_id.values() if p.id != SCHOOL):
            with pytest.raises(NotFound):
                await use.bij(partij, ident)
        with pytest.raises(InvalidMessage):
            await use.antwoord(by_id[SCHOOL], ident, 1, Avguitkomst.GEDAAN, "   ")
        assert Avgrecht.INZAGE in Avgrecht
        # It is kept with the leerling, and not among what is kept beside him.
        assert await line.world.storage.kept(Keepsoort.CONCEPT, ident) is None

    run(tmp_path, story)
