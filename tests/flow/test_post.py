"""Mail without content: over a real SMTP server, by everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.gezin.bewijzen import Ik
from gateway.jobs.mailing import mail
from gateway.ports.storage import Storage
from gateway.post.post import PER_DAY, TRIES
from gateway.post.rijen import kenmerk, vak_van
from schemas.errors import RecordUnavailable
from schemas.people.avgverzoek import Avgrecht, Avguitkomst
from schemas.people.mensen import Mensrol
from schemas.people.post import is_adres
from schemas.storage.storage import Job, Keepsoort, Kept
from tests.flow.test_aanmelden import Browser, signed_in, who
from tests.flow.test_uitnodigen import linked, opened_in, partij
from tests.line import AANBIEDER, BORN, SANDBOX, SCHOOL, Json, Line, open_line, persons, prepare
from tests.mailserver import PASSWORD, USER, VAN, Mailserver, certificate, mailserver

OLGA, BRAM = "olga.ouder@thuis.example", "b.bedacht@aanbieder.example"
LOOK: Final = "/uitnodiging/bekijk"
CODE: Final = re.compile(r"\b[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2}\b")


@asynccontextmanager
async def mailed(
    folder: Path, server: Mailserver, engine: str = "memory", **more: Any
) -> AsyncIterator[Line]:
    """A sandbox that sends its mail to this server, in clear text to the machine itself unless told."""
    mail = {"mail_host": "127.0.0.1", "mail_port": server.port, "mail_from": VAN, "mail_tls": "geen"}
    async with open_line(engine, folder, **(SANDBOX | mail | more)) as line:
        yield line


def run(folder: Path, story: Any, engine: str = "memory", **more: Any) -> None:
    async def scene() -> None:
        async with mailserver() as server, mailed(folder, server, engine, **more) as line:
            await story(line, server)

    asyncio.run(scene())


async def ronde(line: Line) -> Any:
    return await line.context.postronde.loop()


def next_day(line: Line) -> None:
    """After the last daily mail of tomorrow."""
    line.later(days=1)


def code_in(mail: Any) -> str:
    return str(CODE.findall(mail.get_content())[0])


async def at(line: Line, person: str, place: str) -> Browser:
    """Somebody of this partij, in a browser."""
    browser = await signed_in(line, person)
    sessie = await who(line, browser)
    if place not in sessie.koppelingen:
        assert await line.context.sessies.kies(sessie, place)
    return browser


async def with_address(line: Line, server: Mailserver, browser: Browser, adres: str) -> None:
    """He names his address and types the code that comes there."""
    asked = await browser.post("/ik/adres", {"adres": adres, "csrf": await browser.csrf()})
    assert asked.status_code == 303, asked.text
    await ronde(line)
    code = code_in(server.naar(adres)[-1])
    done = await browser.post("/ik/code", {"code": code, "csrf": await browser.csrf()})
    assert done.headers["location"] == "/ik?gedaan=bevestigd", done.text


async def waiting_for_helper(line: Line) -> Json:
    leerling, _, _ = await line.permitted()
    return leerling


async def helper_with_mail(line: Line, server: Mailserver) -> Browser:
    browser = await at(line, "ontvanger", AANBIEDER)
    await with_address(line, server, browser, BRAM)
    server.post.clear()
    server.raw.clear()
    server.gezegd.clear()
    return browser


async def rows(line: Line, soort: Keepsoort, groep: str) -> tuple[Kept, ...]:
    return await line.world.storage.kept_in(soort, groep, "", 100)


@pytest.mark.parametrize("engine", ["memory", "postgres", "sqlite"])
def test_from_the_invitation_to_the_daily_mail(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A school mails the code; who types it gets one mail a day when something waits, and none when nothing
    does. No mail, log, metric or row in clear says who or what.
    """
    prepare(engine, tmp_path, request)

    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, _ = persons(leerling)
        school = await at(line, "ib", SCHOOL)
        path = f"/ib/uitnodigen/{leerling['leerlingId']}"
        fields = {"persoon": one, "doe": "mail", "plek": "1", "adres-1": OLGA, "csrf": await school.csrf()}
        wrong = await school.post(path, fields | {"adres-1": "geen adres"})
        assert wrong.status_code == 422
        sent = await school.post(path, fields)
        assert sent.headers["location"] == f"{path}?gedaan=gemaild"
        assert (await ronde(line)).verstuurd == 1
        (mail,) = server.post
        ouder = await linked(line, code_in(mail))
        stand = await ouder.get("/ik")
        assert OLGA in stand.text
        # What waits for him comes the next day, in one mail, and not again the day after.
        await line.push()
        await ronde(line)
        assert len(server.post) == 1
        next_day(line)
        assert (await ronde(line)).verstuurd == 1
        next_day(line)
        assert (await ronde(line)).verstuurd == 0
        assert len(server.naar(OLGA)) == 2
        for raw in server.raw:
            text = raw.decode()
            for word in ("jeugdhulp", "school", "fictief", "leerling", leerling["leerlingId"], one, "Olga "):
                assert word.lower() not in text.lower(), word
        assert [m["Subject"] for m in server.post] == ["[Proef] Er staat iets voor u klaar"] * 2
        assert len({m["Message-ID"] for m in server.post}) == 2
        told = line.log.getvalue() + line.context.metrics.text()
        for address in (OLGA, "thuis.example"):
            assert address.encode() not in told
            if line.database is not None:
                assert address.encode() not in line.database.read_bytes()

    run(tmp_path, story, engine)


def test_an_address_is_used_after_its_owner_confirmed_it(tmp_path: Path) -> None:
    """Five tries, one day, five codes a day; the address of before goes on until then."""

    async def story(line: Line, server: Mailserver) -> None:
        await waiting_for_helper(line)
        browser = await at(line, "ontvanger", AANBIEDER)
        csrf = await browser.csrf()
        await browser.post("/ik/adres", {"adres": BRAM, "csrf": csrf})
        next_day(line)
        await ronde(line)
        # Not confirmed: the code came too late to be worth anything, so it did not go, and nothing else does.
        assert server.post == []
        await browser.post("/ik/adres", {"adres": BRAM, "csrf": csrf})
        await ronde(line)
        code = code_in(server.post[-1])
        for n in range(TRIES):
            tried = await browser.post("/ik/code", {"code": "2222-2222-2222", "csrf": csrf})
            assert ("werkt niet meer" in tried.text) is (n == TRIES - 1)
        assert "werkt niet meer" in (await browser.post("/ik/code", {"code": code, "csrf": csrf})).text
        await with_address(line, server, browser, BRAM)
        for _ in range(PER_DAY - 2):
            await browser.post("/ik/adres", {"adres": OLGA, "csrf": csrf})
        late = await browser.post("/ik/adres", {"adres": OLGA, "csrf": csrf})
        assert "al vijf keer" in late.text
        server.post.clear()
        next_day(line)
        await ronde(line)
        assert [m["To"] for m in server.post] == [BRAM]

    run(tmp_path, story)


def test_one_click_ends_it_and_tells_nothing(tmp_path: Path) -> None:
    """The link in a mail: reading it changes nothing, a mail program may press it, and of an unknown one it
    says the same.
    """

    async def story(line: Line, server: Mailserver) -> None:
        await waiting_for_helper(line)
        browser = await helper_with_mail(line, server)
        next_day(line)
        await ronde(line)
        (mail,) = server.post
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Auto-Submitted"] == "auto-generated"
        link = str(mail["List-Unsubscribe"]).strip("<>").removeprefix(line.settings.issuer)
        program = Browser(line)
        unknown = "/post/uit/" + kenmerk() + "A" * 11
        assert len(unknown) == len(link)
        pages = [await program.get(link), await program.get(unknown)]
        bare = [
            re.sub(r'name="sleutel" value="\w+"', "", p.text.replace(at, ""))
            for p, at in zip(pages, (link, unknown), strict=True)
        ]
        assert bare[0] == bare[1]
        assert {p.status_code for p in pages} == {200}
        assert "Zet uit" in (await browser.get("/ik")).text
        clicks = [await program.post(p, {"List-Unsubscribe": "One-Click"}) for p in (unknown, link)]
        assert clicks[0].content == clicks[1].content
        assert "Zet aan" in (await browser.get("/ik")).text
        levering = (await line.postbus())[0]["leveringId"]
        await line.sign_for(levering, await line.take(levering))
        await line.push()
        next_day(line)
        await ronde(line)
        assert len(server.post) == 1
        await browser.post("/ik/mail", {"doe": "aan", "csrf": await browser.csrf()})
        next_day(line)
        await ronde(line)
        assert len(server.post) == 2
        await browser.post("/ik/mail", {"doe": "weg", "csrf": await browser.csrf()})
        assert BRAM not in (await browser.get("/ik")).text
        assert (await program.post(link, {"List-Unsubscribe": "One-Click"})).status_code == 200
        for groep in ("rust", "gestuit", *(f"dag:{vak_van(line.clock.now()) + n}" for n in range(-1, 300))):
            assert await rows(line, Keepsoort.POSTADRES, groep) == ()

    run(tmp_path, story)


def test_a_role_that_is_gone_gets_no_mail(tmp_path: Path) -> None:
    """The link that a school ended is ended for mail too, and after a month the address is forgotten."""

    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one = persons(leerling)[0]
        school = await partij(line)
        await line.context.post.nodig_uit(school, leerling["leerlingId"], one, OLGA)
        await ronde(line)
        browser = await linked(line, code_in(server.post[0]))
        wie = line.context.sessies.wie(*(await _issuer(line, browser)))
        assert (await line.context.post.stand(wie)).adres == OLGA
        await line.push()
        await line.context.post.stop(school, leerling["leerlingId"], one)
        for _ in range(33):
            next_day(line)
            await ronde(line)
        assert len(server.post) == 1
        assert (await line.context.post.stand(wie)).adres is None

    run(tmp_path, story)


def test_what_comes_back_of_an_older_address_ends_nothing_of_the_new_one(tmp_path: Path) -> None:
    """A mistake that was mended at once, and a mail that comes back after somebody went elsewhere."""
    box = tmp_path / "terug"
    (box / "new").mkdir(parents=True)

    async def story(line: Line, server: Mailserver) -> None:
        browser = await at(line, "ontvanger", AANBIEDER)

        async def ask(adres: str) -> bytes:
            await browser.post("/ik/adres", {"adres": adres, "csrf": await browser.csrf()})
            await ronde(line)
            return server.raw[-1]

        async def comes_back(mail: bytes) -> str:
            (box / "new" / kenmerk()).write_bytes(report(mail))
            await ronde(line)
            return (await browser.get("/ik")).text

        wrong = await ask("b.bedahct@aanbieder.example")
        await ask(BRAM)
        assert "kwam terug" not in await comes_back(wrong)
        code = code_in(server.naar(BRAM)[-1])
        done = await browser.post("/ik/code", {"code": code, "csrf": await browser.csrf()})
        assert done.headers["location"] == "/ik?gedaan=bevestigd", done.text
        await waiting_for_helper(line)
        next_day(line)
        await ronde(line)
        daily = server.raw[-1]
        await with_address(line, server, browser, OLGA)
        assert "Dit adres werkt niet" not in await comes_back(daily)

    run(tmp_path, story, mail_returned=box)


def test_who_lets_himself_be_forgotten_asks_no_more_codes_than_another(tmp_path: Path) -> None:
    """Attack: the mailbox of another filled, by asking and forgetting in turn."""

    async def story(line: Line, server: Mailserver) -> None:
        browser = await at(line, "ontvanger", AANBIEDER)
        for _ in range(PER_DAY + 2):
            await browser.post("/ik/adres", {"adres": OLGA, "csrf": await browser.csrf()})
            await browser.post("/ik/mail", {"doe": "weg", "csrf": await browser.csrf()})
        await ronde(line)
        assert len(server.post) == PER_DAY

    run(tmp_path, story)


async def _issuer(line: Line, browser: Browser) -> tuple[str, str]:
    inhoud = (await line.context.sessies.lees(browser.secret)).inhoud  # type: ignore[union-attr]
    return inhoud.issuer, inhoud.sub


def test_an_invitation_that_ended_is_not_mailed(tmp_path: Path) -> None:
    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, two = persons(leerling)
        school, ref, post = await partij(line), leerling["leerlingId"], line.context.post
        await post.nodig_uit(school, ref, one, OLGA)
        await post.stop(school, ref, one)
        await post.nodig_uit(school, ref, two, OLGA)
        made = await post.nodig_uit(school, ref, two, OLGA)
        await ronde(line)
        assert [code_in(m) for m in server.post] == [made.code]

    run(tmp_path, story)


def test_an_answer_to_what_an_ouder_asked_waits_for_him(tmp_path: Path) -> None:
    """Once for each answer; what he asks himself is no news to him."""

    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        school, ctx = await partij(line), line.context
        made = await ctx.post.nodig_uit(school, leerling["leerlingId"], persons(leerling)[0], OLGA)
        await ronde(line)
        browser = await linked(line, made.code)
        caller = (await who(line, browser)).caller
        ik = Ik(school, caller.persoon.zelf, Mensrol.OUDER)
        server.post.clear()
        asked = await ctx.avgverzoeken.vraag(ik, "sleutel", Avgrecht.INZAGE, "Wat weet u van mijn kind?")
        next_day(line)
        await ronde(line)
        assert server.post == []
        await ctx.avgverzoeken.antwoord(school, asked.id, 1, Avguitkomst.NIET, "Dat leggen wij u graag uit.")
        for _ in range(2):
            next_day(line)
            await ronde(line)
        assert len(server.post) == 1
        assert b"Dat leggen" not in server.raw[-1]

    run(tmp_path, story)


def test_a_code_from_a_mail_shows_nothing_alone(tmp_path: Path) -> None:
    """Whoever reads a mailbox is not in: a letter opens levels 1 and 2, a mail nothing before signing in."""

    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, two = persons(leerling)
        await line.push()
        school, ref, post = await partij(line), leerling["leerlingId"], line.context.post
        letter = await post.nodig_uit(school, ref, one, None)
        mail = await post.nodig_uit(school, ref, two, OLGA)
        assert "Aan een organisatie" in (await (await opened_in(line, letter.code)).get(LOOK)).text
        page = (await (await opened_in(line, mail.code)).get(LOOK)).text
        assert "Aan een organisatie" not in page
        assert "Na inloggen leest u" in page
        ouder = await linked(line, (await post.nodig_uit(school, ref, two, OLGA)).code)
        assert (await who(line, ouder)).caller.persoon.zelf.persoon_id == two

    run(tmp_path, story)


def test_the_job_goes_on_after_a_fault(tmp_path: Path) -> None:
    """A round that fails is logged, and the next one sends."""
    made: list[Broken] = []

    def wrap(inner: Storage) -> Storage:
        made.append(Broken(inner))
        found: Any = made[0]
        return found  # type: ignore[no-any-return]

    async def story(line: Line, server: Mailserver) -> None:
        await waiting_for_helper(line)
        await helper_with_mail(line, server)
        next_day(line)
        made[0].dies = 1
        job = asyncio.create_task(mail(line.context, 0.005))
        try:
            async with asyncio.timeout(10):
                while len(server.post) < 2:
                    server.kwam.clear()
                    await server.kwam.wait()
        finally:
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
        assert [e["problem"] for e in line.log_lines() if e["event"] == "gateway.promise_broken"] == ["mail"]

    run(tmp_path, story, wrap=wrap)


class Broken:
    """A store that dies when the outcome of a mail is written, as often as it is told."""

    def __init__(self, inner: Storage) -> None:
        self._inner, self.dies = inner, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def keep(self, row: Kept, expected: int | None) -> bool:
        if row.soort is Keepsoort.POSTADRES and expected is not None and self.dies:
            self.dies -= 1
            raise RecordUnavailable("died")
        return await self._inner.keep(row, expected)


def test_a_crash_sends_one_double_and_loses_none(tmp_path: Path) -> None:
    """The server took it and nothing was written: it goes once more, and is the same mail by its name."""
    made: list[Broken] = []

    def wrap(inner: Storage) -> Storage:
        made.append(Broken(inner))
        found: Any = made[0]
        return found  # type: ignore[no-any-return]

    async def story(line: Line, server: Mailserver) -> None:
        await waiting_for_helper(line)
        await helper_with_mail(line, server)
        next_day(line)
        made[0].dies = 1
        with pytest.raises(RecordUnavailable):
            await ronde(line)
        assert (await ronde(line)).verstuurd == 1
        assert (await ronde(line)).verstuurd == 0
        assert len(server.post) == 2
        assert len({m["Message-ID"] for m in server.post}) == 1

    run(tmp_path, story, wrap=wrap)


def test_one_process_sends_at_a_time(tmp_path: Path) -> None:
    """Of two rounds at once one does it; a round whose process died is taken over when its claim lapsed."""

    async def story(line: Line, server: Mailserver) -> None:
        await waiting_for_helper(line)
        await helper_with_mail(line, server)
        next_day(line)
        both = await asyncio.gather(ronde(line), ronde(line))
        assert sum(done is None for done in both) == 1
        assert len(server.post) == 1
        now = line.clock.now()
        assert await line.world.storage.claim_job(Job.MAIL, now, now + dt.timedelta(minutes=15))
        assert await ronde(line) is None
        line.later(minutes=16)
        assert await ronde(line) is not None

    run(tmp_path, story)


def test_what_cannot_go_waits_longer_each_time_and_is_told(tmp_path: Path) -> None:
    """No server: one try a round, further apart each time, and the operator reads since when and why."""

    async def story(line: Line, server: Mailserver) -> None:
        await waiting_for_helper(line)
        await helper_with_mail(line, server)
        next_day(line)
        server.antwoord = "421 4.3.2 down"
        done = await ronde(line)
        assert (done.verstuurd, done.later, server.post) == (0, 1, [])
        server.antwoord = "250 OK"
        line.later(minutes=30)
        assert (await ronde(line)).verstuurd == 1

    run(tmp_path, story)

    async def nobody() -> None:
        async with mailserver() as server:
            port = server.port
        gone = Mailserver(port)
        folder = tmp_path / "weg"
        folder.mkdir()
        async with mailed(folder, gone) as line:
            leerling = await line.gezag(geboortedatum=BORN)
            post, school = line.context.post, await partij(line)
            await post.nodig_uit(school, leerling["leerlingId"], persons(leerling)[0], OLGA)
            tries = 0
            for _ in range(120):
                done = await ronde(line)
                tries += done is not None
                assert done is None or done.storing == "verbinding"
                line.later(minutes=1)
            assert tries == 7  # after 0, 1, 3, 7, 15, 31 and 63 minutes; then once an hour
            told = await line.school.get("/beheer/toestand")
            codes = {b["code"]: b["wat"] for b in told.json()["bevindingen"]}
            assert "verbinding" in codes["post.storing"]
            assert OLGA not in told.text
            down = [entry for entry in line.log_lines() if entry["event"] == "mail.down"]
            assert len(down) == 7

    asyncio.run(nobody())


@pytest.mark.parametrize("answer", ["451 4.7.1 greylisted", "550 5.7.1 relaying denied", "452 4.2.2 full"])
def test_a_mail_that_waits_holds_up_no_other(answer: str, tmp_path: Path) -> None:
    """What the server does not want now, or of us, is tried again by itself and says nothing of the
    address.
    """

    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, two = persons(leerling)
        post, school, ref = line.context.post, await partij(line), leerling["leerlingId"]
        server.weigert[OLGA] = answer
        await post.nodig_uit(school, ref, one, OLGA)
        await post.nodig_uit(school, ref, two, BRAM)
        done = await ronde(line)
        assert (done.verstuurd, done.later, done.storing) == (1, 1, None)
        assert len(server.naar(BRAM)) == 1
        assert (await ronde(line)).later == 0
        server.weigert.clear()
        line.later(minutes=20)
        assert (await ronde(line)).verstuurd == 1
        assert len(server.naar(OLGA)) == 1
        assert await line.world.storage.taken_of((await _row(line, ref)).id) == ()

    run(tmp_path, story)


async def _row(line: Line, ref: str) -> Any:
    return await line.world.storage.leerling_by_ref(SCHOOL, ref)


async def _taken(line: Line, ref: str) -> list[Any]:
    found = await line.world.storage.taken_of((await _row(line, ref)).id)
    return [t for t in found if t.soort == "post_gestuit"]


def report(raw: bytes, *, action: str = "failed", status: str = "5.1.1", headers: bool = False) -> bytes:
    """A report of non-delivery (RFC 3464) of this mail."""
    kind = "text/rfc822-headers" if headers else "message/rfc822"
    inner = raw.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if headers else raw
    parts = (
        b"Content-Type: text/plain\r\n\r\nIt did not arrive.",
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
        b"Final-Recipient: rfc822; iemand@voorbeeld.example\r\n"
        + f"Action: {action}\r\nStatus: {status}".encode(),
        f"Content-Type: {kind}\r\n\r\n".encode() + inner,
    )
    body = b"".join(b"--grens\r\n" + part + b"\r\n" for part in parts) + b"--grens--\r\n"
    head = (
        b"From: mailer-daemon@mail.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="grens"\r\n\r\n'
    )
    return head + body


def test_an_address_that_does_not_work_becomes_a_taak(tmp_path: Path) -> None:
    """Refused at sending, or returned later: the school is told once, nothing goes there until an address was
    confirmed, and then the taak ends by itself.
    """
    box = tmp_path / "terug"
    (box / "new").mkdir(parents=True)

    async def story(line: Line, server: Mailserver) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, two = persons(leerling)
        post, school, ref = line.context.post, await partij(line), leerling["leerlingId"]
        # Refused at sending.
        server.weigert[BRAM] = "550 5.1.1 no such user"
        await post.nodig_uit(school, ref, two, BRAM)
        assert (await ronde(line)).geen_adres == 1
        (taak,) = await _taken(line, ref)
        assert (taak.partij, taak.personen) == (SCHOOL, (two,))
        assert (await ronde(line)).geen_adres == 0
        # Returned after it was taken over.
        await post.nodig_uit(school, ref, one, OLGA)
        await ronde(line)
        ouder = await linked(line, code_in(server.post[-1]))
        await line.push()
        next_day(line)
        await ronde(line)
        mail = server.raw[-1]
        strange = mail.replace(
            str(server.post[-1]["Message-ID"]).encode(), b"<" + kenmerk().encode() + b"@x>"
        )
        ignored = {
            "vertraagd": report(mail, action="delayed", status="4.4.1"),
            "vreemd": report(strange),
            "brief": b"From: iemand@voorbeeld.example\r\n\r\nHoi",
            "rommel": b"\xff" * 100,
            "vorm": b"Content-Type: multipart/report; charset*=utf-8''x\r\n\r\n\xff\xfe",
            "diep": b"Content-Type: multipart/report; boundary=a\r\n\r\n" + b"--a\r\n" * 5_000,
        }
        for name, raw in ignored.items():
            (box / "new" / name).write_bytes(raw)
        (box / "new" / "elders").symlink_to(tmp_path / "elders")
        await ronde(line)
        assert list((box / "new").iterdir()) == []
        (box / "new" / "map").mkdir()  # no mail, and it holds up none
        assert len(await _taken(line, ref)) == 1
        (box / "new" / "echt").write_bytes(report(mail, headers=True))
        await ronde(line)
        assert {t.personen for t in await _taken(line, ref)} == {(one,), (two,)}
        assert "werkt niet" in (await ouder.get("/ik")).text
        told = (await line.school.get("/beheer/toestand")).json()["bevindingen"]
        assert "1" in next(b["wat"] for b in told if b["code"] == "post.gestuit")
        # Nothing goes there, also not when it is put on, until he confirmed an address.
        before = len(server.post)
        await ouder.post("/ik/mail", {"doe": "aan", "csrf": await ouder.csrf()})
        await line.push()
        next_day(line)
        await ronde(line)
        assert len(server.post) == before
        await with_address(line, server, ouder, OLGA)
        assert [t.personen for t in await _taken(line, ref)] == [(two,)]
        assert "werkt niet" not in (await ouder.get("/ik")).text
        assert OLGA.encode() not in line.log.getvalue()
        assert BRAM.encode() not in line.log.getvalue()

    run(tmp_path, story, mail_returned=box)


def test_tls_that_fails_never_becomes_clear_text(tmp_path: Path) -> None:
    """No address and no password is said to a server that offers no TLS, or whose certificate is not
    trusted; and over TLS, by either way, with a login, it goes.
    """
    pem, context = certificate(tmp_path)
    secret, wrong = tmp_path / "wachtwoord", tmp_path / "ander"
    secret.write_text(PASSWORD)
    wrong.write_text("iets-anders")
    login = {"mail_user": USER, "mail_password_file": secret}
    cases: tuple[tuple[dict[str, Any], dict[str, Any], str | None], ...] = (
        ({}, {"mail_tls": "starttls", "mail_ca": pem} | login, "tls"),
        ({"tls": context}, {"mail_tls": "starttls"} | login, "tls"),
        ({"tls": context, "direct": True}, {"mail_tls": "tls"} | login, "tls"),
        ({}, {"mail_tls": "tls", "mail_ca": pem}, "tls"),
        ({"tls": context}, {"mail_tls": "starttls", "mail_ca": tmp_path / "niets"}, "certificaten"),
        (
            {"tls": context, "login": True},
            {"mail_tls": "starttls", "mail_ca": pem} | login | {"mail_password_file": wrong},
            "aanmelden",
        ),
        (
            {"tls": context, "login": True},
            {"mail_tls": "starttls", "mail_ca": pem} | login | {"mail_password_file": tmp_path / "geen"},
            "aanmelden",
        ),
        ({"tls": context, "login": True}, {"mail_tls": "starttls", "mail_ca": pem} | login, None),
        (
            {"tls": context, "direct": True, "login": True},
            {"mail_tls": "tls", "mail_ca": pem} | login,
            None,
        ),
    )

    async def scene() -> None:
        for n, (offered, settings, failed) in enumerate(cases):
            folder = tmp_path / str(n)
            folder.mkdir()
            async with mailserver(**offered) as server, mailed(folder, server, **settings) as line:
                leerling = await line.gezag(geboortedatum=BORN)
                person = persons(leerling)[0]
                await line.context.post.nodig_uit(await partij(line), leerling["leerlingId"], person, OLGA)
                done = await ronde(line)
                assert (done.storing, done.verstuurd) == (failed, int(failed is None)), n
                assert (server.gezegd != []) is (failed is None), n
                assert PASSWORD.encode() not in server.logins or failed is None
                assert OLGA.encode() not in line.log.getvalue()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "a@b.nl\r\nBcc: x@y.nl",
        "a b@c.nl",
        "a@b.nl,c@d.nl",
        "<a@b.nl>",
        '"a"@b.nl',
        "a@b.nl\n",
        "é@b.nl",
        "a@-b.nl",
        "x" * 65 + "@b.nl",
        "a@" + "b." * 130 + "nl",
    ],
)
def test_what_could_be_more_than_one_address_is_none(text: str) -> None:
    assert not is_adres(text)


def test_every_kept_row_of_mail_is_sealed(tmp_path: Path) -> None:
    """Whoever reads the database learns no address, and no row can be put in the place of another."""
    prepare("sqlite", tmp_path)

    async def story(line: Line, server: Mailserver) -> None:
        browser = await at(line, "ontvanger", AANBIEDER)
        await browser.post("/ik/adres", {"adres": BRAM, "csrf": await browser.csrf()})
        assert line.database is not None
        for name in ("ozlijn.db", "ozlijn.db-wal"):
            assert BRAM.encode() not in (tmp_path / name).read_bytes()
        assert json.dumps(BRAM).encode() not in line.log.getvalue()

    run(tmp_path, story, "sqlite")
