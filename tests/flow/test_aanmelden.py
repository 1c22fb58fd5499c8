"""People sign in: at an issuer, by a session that any process finds, and every attack on either."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from adapters.local.clock import SystemClock
from gateway.identity.proefuitgever import PAD, Proefuitgever, proefuitgever
from gateway.identity.sessies import Sessies
from gateway.identity.tokens import Caller
from gateway.register.mensen import Bestandsmens, read_mensen
from gateway.register.partijen import Partijen, PartijenReader
from gateway.web.lijn import Lijn, Neutraal, Opnieuw, Probleem
from gateway.web.sessie import Koekjes
from schemas.errors import WrongUse
from schemas.people.mensen import Eis, Handeling, Niveau, Persoon, kenmerk
from tests.callers import ISSUER
from tests.flow.test_afwegingen import afweging
from tests.line import (
    AANBIEDER,
    BORN,
    FG,
    LEERLING,
    OTHER_SCHOOL,
    SANDBOX,
    SCHOOL,
    Line,
    gezag,
    only,
    open_line,
)

COOKIE: Final = "ozlijn-lokaal"
BY: Final = "/aanmelden/bij/proef"
NAME: Final = "Iris Verzonnen"


@dataclass
class Browser:
    """A browser that runs no script: cookies, links and forms."""

    line: Line
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(app=self.line.app)
        self.http = httpx.AsyncClient(transport=transport, base_url=ISSUER, follow_redirects=False)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        return await self.http.post(path, data=fields, headers=headers)

    async def to_issuer(self, path: str = BY) -> httpx.Response:
        """The page of the issuer with its people."""
        begun = await self.get(path)
        assert begun.status_code == 303, begun.text
        return await self.get(begun.headers["location"])

    async def click(self, page: httpx.Response, person: str, niveau: str = "substantieel") -> str:
        """Where the issuer sends the browser, when this person is clicked on."""
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        chosen = await self.post(f"{PAD}/inloggen", fields | {"persoon": person, "niveau": niveau})
        assert chosen.status_code == 303, chosen.text
        return str(chosen.headers["location"])

    async def sign_in(self, person: str, niveau: str = "substantieel", path: str = BY) -> str:
        """Where it ends: the page after the login."""
        back = await self.get(await self.click(await self.to_issuer(path), person, niveau))
        assert back.status_code == 303, back.text
        return str(back.headers["location"])

    @property
    def secret(self) -> str:
        return self.http.cookies.get(COOKIE) or ""

    async def csrf(self) -> str:
        sessie = await self.line.context.sessies.lees(self.secret)
        assert sessie is not None
        return sessie.csrf


@asynccontextmanager
async def sandbox(folder: Path, engine: str = "memory") -> AsyncIterator[Line]:
    async with open_line(engine, folder, **SANDBOX) as line:
        yield line


def run(folder: Path, story: Any, engine: str = "memory") -> None:
    async def scene() -> None:
        async with sandbox(folder, engine) as line:
            await story(line)

    asyncio.run(scene())


async def signed_in(line: Line, person: str = "ontvanger") -> Browser:
    browser = Browser(line)
    await browser.sign_in(person)
    return browser


async def who(line: Line, browser: Browser) -> Any:
    return await line.context.sessies.lees(browser.secret)


def mark(sub: str) -> str:
    return kenmerk(f"{ISSUER}{PAD}", sub)


async def with_people(line: Line, people: list[dict[str, Any]]) -> None:
    """The register of before, with these people and no rules of a sandbox."""
    stored = await line.world.storage.register()
    known = Partijen.parse(stored).by_id
    texts = (json.dumps({"uitgever": "proef", **p}) for p in people)
    mensen = [(i, Bestandsmens.model_validate_json(t)) for i, t in enumerate(texts)]
    row, faults = read_mensen([(0, proefuitgever(ISSUER))], mensen, [], known)
    assert faults == []
    await line.apply(dataclasses.replace(stored, beleid=stored.beleid | row))


def page_request(line: Line) -> Request:
    """The request of a browser within which a page calls the line."""
    state = {"own_id": secrets.token_hex(16), "correlation": "c", "traceparent": "t"}
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "scheme": "http", "state": state}
    return Request(scope | {"app": line.app})


async def caller_at(line: Line, person: str, partij: str) -> Caller:
    browser = await signed_in(line, person)
    sessie = await who(line, browser)
    assert await line.context.sessies.kies(sessie, partij)
    caller = (await who(line, browser)).caller
    assert isinstance(caller, Caller)
    return caller


async def ref(line: Line, partij: str) -> Persoon:
    found = (await caller_at(line, "ib", partij)).persoon
    assert found is not None
    return found


def test_one_click_signs_in_and_one_click_signs_out(tmp_path: Path) -> None:
    """The whole way over the real endpoints of an issuer; after it the session is gone everywhere."""

    async def story(line: Line) -> None:
        browser = Browser(line)
        await browser.sign_in("ib", path="/aanmelden")
        sessie = await who(line, browser)
        assert sessie is not None
        assert set(sessie.keuzes) >= {SCHOOL}
        assert await line.context.sessies.kies(sessie, SCHOOL)
        sessie = await who(line, browser)
        assert sessie.caller.partij.id == SCHOOL
        assert sessie.caller.persoon.naam == NAME
        assert sessie.caller.scopes == sessie.caller.persoon.scopes
        out = await browser.post("/afmelden", {"csrf": await browser.csrf()})
        assert out.headers["location"] == "/afgemeld?bij=proef"
        assert await line.context.sessies.lees(browser.secret or "x" * 43) is None
        assert (await browser.get(out.headers["location"])).status_code == 200

    run(tmp_path, story)


def test_who_signs_in_gets_an_id_that_nobody_had_before(tmp_path: Path) -> None:
    """Session fixation: a session that somebody put in this browser does not become that of who signs in."""

    async def story(line: Line) -> None:
        attacker = await signed_in(line, "beheerder")
        victim = Browser(line)
        victim.http.cookies.set(COOKIE, attacker.secret, "127.0.0.1")
        await victim.sign_in("ontvanger")
        assert victim.secret != attacker.secret
        assert await who(line, attacker) is None
        planted = Browser(line)
        planted.http.cookies.set(COOKIE, "A" * 43, "127.0.0.1")
        await planted.sign_in("ontvanger")
        assert planted.secret != "A" * 43

    run(tmp_path, story)


def test_a_form_of_another_site_does_nothing(tmp_path: Path) -> None:
    """Cross-site request forgery: without the token, with another's, and from another site."""

    async def story(line: Line) -> None:
        browser, other = await signed_in(line, "ib"), await signed_in(line, "ontvanger")
        good = await browser.csrf()
        tried = [
            await browser.post("/kies", {"partij": SCHOOL}),
            await browser.post("/kies", {"partij": SCHOOL, "csrf": await other.csrf()}),
            await browser.post("/kies", {"partij": SCHOOL, "csrf": good}, origin="https://elders.example"),
            await browser.post("/kies", {"partij": SCHOOL, "csrf": good}, **{"sec-fetch-site": "cross-site"}),
            await browser.post("/afmelden", {"csrf": ""}),
            await other.post("/afmelden", {"csrf": good}),
        ]
        assert {a.status_code for a in tried} == {404}
        assert (await who(line, browser)).caller is None
        assert await who(line, other) is not None
        assert (await browser.post("/kies", {"partij": SCHOOL, "csrf": good})).status_code == 303
        assert (await who(line, browser)).caller.partij.id == SCHOOL

    run(tmp_path, story)


def test_the_cookie_is_read_by_no_script_and_says_nothing(tmp_path: Path) -> None:
    """Over TLS it is bound to this very host; its value is of no use to anybody else and names nobody."""

    async def story(line: Line) -> None:
        browser = Browser(line)
        back = await browser.get(await browser.click(await browser.to_issuer(), "ontvanger"))
        (made,) = (c for c in back.headers.get_list("set-cookie") if c.startswith(f"{COOKIE}="))
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(made.split("; "))
        assert "max-age" not in made.lower()
        assert "Domain" not in made
        page = await browser.get("/aanmelden/opnieuw")
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
        secure = Koekjes(secure=True)
        assert secure.sessie.startswith("__Host-")
        answer = Response()
        secure.zet(answer, secure.sessie, "x")
        assert "Secure" in answer.headers["set-cookie"]

    run(tmp_path, story)


@pytest.mark.parametrize(
    "naar",
    [
        "https://elders.example",
        "//elders.example",
        "/\\elders.example",
        "/aanmelden/terug/proef",
        "/afmelden",
        "/bestaat-niet",
        "/ib?x=1",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_login_never_ends_elsewhere(tmp_path: Path, naar: str) -> None:
    """Open redirect: only a page of ours that is read, and else the beginning."""

    async def story(line: Line) -> None:
        browser = Browser(line)
        assert await browser.sign_in("ontvanger", path=f"/aanmelden?{urlencode({'naar': naar})}") in (
            "/begin",
            "/kies",
        )

    run(tmp_path, story)


def test_an_answer_is_taken_once_and_in_the_browser_that_asked(tmp_path: Path) -> None:
    """Replayed state, replayed code, and the answer of somebody else's login."""

    async def story(line: Line) -> None:
        browser, other = Browser(line), Browser(line)
        url = await browser.click(await browser.to_issuer(), "ontvanger")
        await other.to_issuer()
        assert (await other.get(url)).status_code == 403
        assert other.secret == ""
        asked = dict(browser.http.cookies)
        assert (await browser.get(url)).status_code == 303
        browser.http.cookies.update(asked)
        assert (await browser.get(url)).status_code == 403, "the state was taken"
        # The same code in a login of its own: the issuer has given it away already.
        again = await browser.click(await browser.to_issuer(), "ontvanger")
        code = parse_qs(urlsplit(url).query)["code"][0]
        fresh = parse_qs(urlsplit(again).query)
        query = {"code": code, "state": fresh["state"][0], "iss": fresh["iss"][0]}
        refused = await browser.get(f"/aanmelden/terug/proef?{urlencode(query)}")
        assert refused.status_code == 502
        assert code not in refused.text
        reasons = [e["reason"] for e in line.log_lines() if e["event"] == "login.refused"]
        assert reasons == ["state", "state", "onbereikbaar"]

    run(tmp_path, story)


def test_an_answer_of_another_issuer_is_no_answer(tmp_path: Path) -> None:
    """Mix-up: who answers is the issuer that was asked, by its own address, and says so."""

    async def story(line: Line) -> None:
        browser = Browser(line)
        reasons = []
        for change in ({"iss": "https://elders.example"}, {"iss": None}, {"error": "access_denied"}):
            url = await browser.click(await browser.to_issuer(), "ontvanger")
            query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()} | change
            kept = {k: v for k, v in query.items() if v is not None}
            assert (await browser.get(f"/aanmelden/terug/proef?{urlencode(kept)}")).status_code == 403
            reasons.append(line.log_lines()[-2]["reason"])
        assert reasons == ["andere_uitgever", "andere_uitgever", "afgebroken"]
        url = await browser.click(await browser.to_issuer(), "ontvanger")
        twice = await browser.get(f"{url}&state=x")
        assert twice.status_code == 403
        assert browser.secret == ""

    run(tmp_path, story)


def test_a_role_that_is_taken_away_ends_in_the_same_second(tmp_path: Path) -> None:
    """Also in a session that goes on, also when the request is already on its way, and in every process."""

    async def story(line: Line) -> None:
        browser = Browser(line)
        await with_people(line, [{"kenmerk": mark("ib"), "partij": SCHOOL, "rollen": ["ib"]}])
        await browser.sign_in("ib")
        before = (await who(line, browser)).caller
        assert before.partij.id == SCHOOL
        elsewhere = Sessies(
            line.world.storage,
            line.world.vault,
            PartijenReader(line.world.storage, line.context.stamps),
            SystemClock(),
            dt.timedelta(minutes=20),
            dt.timedelta(hours=8),
        )
        found: Any = await elsewhere.lees(browser.secret)
        assert found.caller.partij.id == SCHOOL
        page = Lijn(line.context, page_request(line), before)
        body = gezag()
        sent = await page.post("/v1/gezagsgegevens", body, key="x" * 20)
        assert not isinstance(sent, Probleem)
        await with_people(line, [{"kenmerk": mark("ander"), "partij": SCHOOL, "rollen": ["ib"]}])
        assert (await who(line, browser)).caller is None
        found = await elsewhere.lees(browser.secret)
        assert found.caller is None
        head = await line.world.storage.head()
        with pytest.raises(Neutraal):
            await page.post("/v1/gezagsgegevens", body, key="y" * 20)
        assert await line.world.storage.head() == head
        # A new role is there at once as well, in the same session.
        await with_people(line, [{"kenmerk": mark("ib"), "partij": OTHER_SCHOOL, "rollen": ["ib"]}])
        assert (await who(line, browser)).caller.partij.id == OTHER_SCHOOL

    run(tmp_path, story)


def test_who_may_act_for_one_partij_acts_for_no_other(tmp_path: Path) -> None:
    """The session of an ontvanger chooses no school, whatever is in the form."""

    async def story(line: Line) -> None:
        browser = await signed_in(line, "ontvanger")
        for partij in (SCHOOL, "brin:00AA00", ""):
            chosen = await browser.post("/kies", {"csrf": await browser.csrf(), "partij": partij})
            assert chosen.status_code == 404
        assert SCHOOL not in (await who(line, browser)).keuzes
        await browser.post("/kies", {"csrf": await browser.csrf(), "partij": AANBIEDER})
        caller = (await who(line, browser)).caller
        assert caller.partij.id == AANBIEDER
        assert caller.scopes == caller.persoon.scopes
        pushed = await line.push()
        page = Lijn(line.context, page_request(line), caller)
        with pytest.raises(Neutraal):
            await page.get(f"/v1/uitwisselingen/{pushed['uitwisselingId']}")

    run(tmp_path, story)


def test_out_everywhere_is_out_everywhere(tmp_path: Path) -> None:
    """In this browser or in all; of nobody else."""

    async def story(line: Line) -> None:
        here, there, other = [await signed_in(line, p) for p in ("ib", "ib", "ontvanger")]
        await there.post("/afmelden", {"csrf": await there.csrf()})
        assert await who(line, here) is not None
        there = await signed_in(line, "ib")
        done = await here.post("/afmelden", {"csrf": await here.csrf(), "overal": "ja"})
        assert done.headers["clear-site-data"] == '"cache"'
        assert await line.context.sessies.lees(there.secret) is None
        assert await who(line, other) is not None

    run(tmp_path, story)


def test_what_a_person_does_stands_in_the_account_under_a_reference(tmp_path: Path) -> None:
    """The same one each time, another one at another partij, and his name and sub nowhere in the open."""

    async def story(line: Line) -> None:
        browser = await signed_in(line, "ib")
        refs = []
        for partij in (SCHOOL, OTHER_SCHOOL, SCHOOL):
            await browser.post("/kies", {"csrf": await browser.csrf(), "partij": partij})
            caller = (await who(line, browser)).caller
            page = Lijn(line.context, page_request(line), caller)
            sent = await page.post("/v1/gezagsgegevens", gezag(), key=secrets.token_hex(8))
            assert not isinstance(sent, Probleem)
            refs.append((await line.ledger())[-1]["persoon"])
        assert refs[0] == refs[2] != refs[1]
        assert set(refs) <= {r.ref for r in [await ref(line, p) for p in (SCHOOL, OTHER_SCHOOL)]}
        await line.gezag()
        assert "persoon" not in (await line.ledger())[-1]
        entries = await line.world.storage.entries(0, 1_000)
        whole = b"".join(e.canonical for e in entries) + line.log.getvalue()
        assert NAME.encode() not in whole
        assert b'"ib"' not in whole

    run(tmp_path, story)


def test_two_people_weigh_and_one_does_not_do_it_twice(tmp_path: Path) -> None:
    """Who signed in is known: another name in the form does not make him somebody else."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, other = [await caller_at(line, p, SCHOOL) for p in ("ib", "ib2")]
        page = Lijn(line.context, page_request(line), one)
        made = await page.post("/v1/afwegingen", afweging(leerling), key=secrets.token_hex(8))
        assert not isinstance(made, Probleem), made
        look = {
            "door": {"medewerker": "Een Heel Andere Naam", "functie": "gedragswetenschapper"},
            "akkoord": True,
            "moment": line.clock.now().isoformat(),
            "toelichting": "gelezen en besproken",
        }
        path = f"/v1/afwegingen/{made['id']}/tweede-blikken"
        same = await page.post(path, look, key=secrets.token_hex(8))
        assert isinstance(same, Probleem)
        assert [f.code for f in same.fouten] == ["afweging.zelfde"]
        second = await Lijn(line.context, page_request(line), other).post(
            path, look, key=secrets.token_hex(8)
        )
        assert not isinstance(second, Probleem), second
        read = await page.get(f"/v1/afwegingen/{made['id']}")
        assert read["opsteller"]["medewerker"] == NAME

    run(tmp_path, story)


def test_outside_a_sandbox_there_is_no_invented_issuer(tmp_path: Path) -> None:
    """No page of it, no login by it, and the pages say that signing in is off."""

    async def scene() -> None:
        async with open_line("memory", tmp_path) as line:
            browser = Browser(line)
            for path in (
                f"{PAD}/.well-known/openid-configuration",
                f"{PAD}/sleutels",
                "/aanmelden/bij/proef",
            ):
                assert (await browser.get(path)).status_code == 404
            off = await browser.get("/aanmelden")
            assert off.status_code == 200
            assert "Inloggen staat uit" in off.text
        with pytest.raises(WrongUse):
            Proefuitgever(line.world.storage, line.world.vault, {}, ISSUER, SystemClock(), sandbox=False)

    asyncio.run(scene())


def test_the_issuer_of_a_sandbox_takes_no_other_client(tmp_path: Path) -> None:
    """No other address to go back to, no other client, no code without its verifier and our key."""

    async def story(line: Line) -> None:
        browser = Browser(line)
        begun = (await browser.get("/aanmelden")).headers["location"]
        query = {k: v[0] for k, v in parse_qs(urlsplit(begun).query).items()}
        for change in (
            {"redirect_uri": "https://elders.example"},
            {"client_id": "ander"},
            {"code_challenge_method": "plain"},
            {"response_type": "token"},
            {"state": ""},
        ):
            asked = await browser.get(f"{PAD}/inloggen?{urlencode(query | change)}")
            assert asked.status_code == 404, change
        url = await browser.click(await browser.get(begun), "ontvanger")
        code = parse_qs(urlsplit(url).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "client_assertion": "x"}
        token = await browser.post(f"{PAD}/token", form)
        assert (token.status_code, token.json()) == (400, {"error": "invalid_client"})

    run(tmp_path, story)


async def as_person(line: Line, person: str, partij: str, niveau: str, ago: float = 0) -> Caller:
    """Somebody of this partij, whose login was so sure and so many minutes ago."""
    browser = Browser(line)
    await browser.sign_in(person, niveau)
    sessie = await who(line, browser)
    if sessie.caller is None:
        assert await line.context.sessies.kies(sessie, partij)
    caller: Caller = (await who(line, browser)).caller
    assert caller.persoon is not None
    since = caller.persoon.aangemeld_op - dt.timedelta(minutes=ago)
    return dataclasses.replace(caller, persoon=dataclasses.replace(caller.persoon, aangemeld_op=since))


async def asks(line: Line, handeling: str, niveau: str, minuten: int | None = None) -> None:
    """A register that asks more for this than what is always asked."""
    stored = await line.world.storage.register()
    eis = Eis(handeling=Handeling(handeling), niveau=Niveau(niveau), vers_minuten=minuten)
    row, faults = read_mensen([], [], [(0, eis)], Partijen.parse(stored).by_id)
    assert faults == []
    await line.apply(dataclasses.replace(stored, beleid=stored.beleid | row))


def test_a_way_out_without_toestemming_asks_a_sure_and_fresh_login_over_v1(tmp_path: Path) -> None:
    """Weighing and the second look: of a person only after a login of the level and age that the register
    asks, whatever page he comes by; nothing is stored of what was refused. A system is what its token says.
    """

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        body = afweging(leerling)
        head = await line.world.storage.head()
        cases = (("laag", 0), ("substantieel", 5.1), ("hoog", 5.1))
        for niveau, ago in cases:
            page = Lijn(line.context, page_request(line), await as_person(line, "ib", SCHOOL, niveau, ago))
            with pytest.raises(Opnieuw) as again:
                await page.post("/v1/afwegingen", body, key=secrets.token_hex(8))
            assert again.value.niveau == "substantieel"
        assert await line.world.storage.head() == head
        page = Lijn(line.context, page_request(line), await as_person(line, "ib", SCHOOL, "substantieel", 4))
        made = await page.post("/v1/afwegingen", body, key=secrets.token_hex(8))
        assert not isinstance(made, Probleem), made
        look = {
            "door": {"medewerker": "x", "functie": "gedragswetenschapper"},
            "akkoord": True,
            "moment": line.clock.now().isoformat(),
            "toelichting": "gelezen en besproken",
        }
        path = f"/v1/afwegingen/{made['id']}/tweede-blikken"
        other = Lijn(line.context, page_request(line), await as_person(line, "ib2", SCHOOL, "laag"))
        with pytest.raises(Opnieuw):
            await other.post(path, look, key=secrets.token_hex(8))
        # What the register asks more counts with the next request, and for people alone.
        await asks(line, "nooduitgang", "hoog", 1)
        sure = await as_person(line, "ib2", SCHOOL, "hoog", 0.5)
        for caller, refused in ((await as_person(line, "ib2", SCHOOL, "substantieel"), True), (sure, False)):
            there = Lijn(line.context, page_request(line), caller)
            if refused:
                with pytest.raises(Opnieuw) as again:
                    await there.post(path, look, key=secrets.token_hex(8))
                assert again.value.niveau == "hoog"
            else:
                done = await there.post(path, look, key=secrets.token_hex(8))
                assert not isinstance(done, Probleem), done
        second = await line.school.post("/afwegingen", body, key=secrets.token_hex(8))
        assert second.status_code == 201

    run(tmp_path, story)


def test_to_see_who_it_is_asks_a_sure_and_fresh_login_over_v1(tmp_path: Path) -> None:
    """By a leerling, by a question about one, and by the name of a levering; the account tells of no look
    that was refused. What an FG sees masked asks nothing of it.
    """

    async def story(line: Line) -> None:
        pushed = await line.push()
        named = {"partij": SCHOOL, "kijkdoel": "klacht", "leerling": {"leerlingid": LEERLING}}
        looks: tuple[tuple[str, dict[str, Any]], ...] = (
            ("/v1/toezicht/leveringen/_zoek", named),
            ("/v1/toezicht/vragen/vraag-1/_zoek", named),
            ("/v1/toezicht/_toon", {"leveringId": only(pushed), "kijkdoel": "klacht"}),
        )
        old = Lijn(line.context, page_request(line), await as_person(line, "fg", FG, "hoog", 6))
        low = Lijn(line.context, page_request(line), await as_person(line, "fg", FG, "laag"))
        head = await line.world.storage.head()
        for path, body in looks:
            for page in (old, low):
                with pytest.raises(Opnieuw):
                    await page.post(path, body)
        assert await line.world.storage.head() == head
        assert "leveringen" in await low.get("/v1/toezicht/leveringen", partij=SCHOOL)
        sure = Lijn(line.context, page_request(line), await as_person(line, "fg", FG, "substantieel", 4))
        for path, body in looks:
            assert not isinstance(await sure.post(path, body), Probleem), path
        answer = await line.fg.post("/toezicht/leveringen/_zoek", named)
        assert answer.status_code == 200

    run(tmp_path, story)
