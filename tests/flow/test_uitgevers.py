"""Two real issuers at once, each a process of its own, and every way to take the one for the other; and one
session over two gateways on one PostgreSQL database.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2 as httpx
import pytest

from gateway.register.mensen import Bestandsmens, read_mensen
from gateway.register.partijen import Partijen
from schemas.errors import NotAuthorised
from schemas.people.mensen import Betrouwbaarheid, Niveau, Uitgever
from tests.flow.test_aanmelden import COOKIE, Browser, signed_in, who
from tests.line import AANBIEDER, OTHER_AANBIEDER, OTHER_SCHOOL, SANDBOX, SCHOOL, Line, open_line, prepare
from tests.uitgever import uitgever

SUB: Final = "zelfde-sub"
ADRES: Final = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def adressen() -> Iterator[dict[str, str]]:
    with uitgever("school") as school, uitgever("gemeente") as gemeente:
        yield {"school": school, "gemeente": gemeente}


def made(ident: str, adres: str) -> Uitgever:
    return Uitgever(
        id=ident,
        naam=ident,
        issuer=adres,
        client_id="ozlijn",
        betrouwbaarheid=(Betrouwbaarheid(acr=f"{ident}-sterk", niveau=Niveau.SUBSTANTIEEL),),
    )


def run(folder: Path, adressen: dict[str, str], story: Any) -> None:
    """A line that is no sandbox, with both issuers: the same sub is an ib by the one, and elsewhere an
    ontvanger by the other.
    """

    async def scene() -> None:
        async with open_line("memory", folder) as line, httpx.AsyncClient() as http:
            stored = await line.world.storage.register()
            rows = [
                {"uitgever": "school", "sub": SUB, "partij": SCHOOL, "rollen": ["ib"]},
                {"uitgever": "gemeente", "sub": SUB, "partij": AANBIEDER, "rollen": ["ontvanger"]},
            ]
            mensen = [(i, Bestandsmens.model_validate_json(json.dumps(r))) for i, r in enumerate(rows)]
            issuers = [(i, made(ident, adres)) for i, (ident, adres) in enumerate(adressen.items())]
            row, faults = read_mensen(issuers, mensen, [], Partijen.parse(stored).by_id)
            assert faults == []
            await line.apply(dataclasses.replace(stored, beleid=stored.beleid | row))
            await story(line, Scene(line, http, adressen))

    asyncio.run(scene())


@dataclasses.dataclass
class Scene:
    line: Line
    http: httpx.AsyncClient
    adressen: dict[str, str]

    async def begin(self, browser: Browser, ident: str) -> dict[str, str]:
        """What this login asks of its issuer."""
        begun = await browser.get(f"/aanmelden/bij/{ident}")
        assert begun.headers["location"].startswith(f"{self.adressen[ident]}/inloggen?"), begun.text
        return dict(parse_qsl(urlsplit(begun.headers["location"]).query))

    async def at(self, ident: str, asked: dict[str, str], **more: str) -> str:
        """Where that issuer sends the browser back to, when this person signs in there."""
        query = urlencode(asked | {"wie": SUB} | more)
        answer = await self.http.get(f"{self.adressen[ident]}/inloggen?{query}")
        return str(answer.headers.get("location", "")).removeprefix(ADRES)

    async def sign_in(self, ident: str, **more: str) -> Browser:
        browser = Browser(self.line)
        back = await browser.get(await self.at(ident, await self.begin(browser, ident), **more))
        assert back.status_code == 303, back.text
        return browser

    async def seen(self, ident: str) -> list[str]:
        found: list[str] = (await self.http.get(f"{self.adressen[ident]}/gezien")).json()
        return found

    async def logout_token(self, ident: str, **more: Any) -> str:
        query = urlencode({"meer": json.dumps(more)})
        return str((await self.http.get(f"{self.adressen[ident]}/uitlogtoken?{query}")).json())

    def reasons(self) -> list[str]:
        return [e["reason"] for e in self.line.log_lines() if e["event"] == "login.refused"]


def test_one_sub_at_two_issuers_is_two_people(tmp_path: Path, adressen: dict[str, str]) -> None:
    """Each with the role that the register gives him by his own issuer, a reference of his own, and a choice
    of the two on the page.
    """

    async def story(line: Line, scene: Scene) -> None:
        page = await Browser(line).get("/aanmelden")
        assert {f"/aanmelden/bij/{i}" in page.text for i in adressen} == {True}
        school, gemeente = await scene.sign_in("school"), await scene.sign_in("gemeente")
        one, other = (await who(line, school)).caller, (await who(line, gemeente)).caller
        assert (one.partij.id, other.partij.id) == (SCHOOL, AANBIEDER)
        assert one.persoon.ref != other.persoon.ref
        # To be out everywhere at the one says nothing of the other.
        await school.post("/afmelden", {"csrf": await school.csrf(), "overal": "ja"})
        assert await who(line, gemeente) is not None
        # A level is what its own issuer calls so.
        browser = Browser(line)
        asked = await scene.begin(browser, "school")
        lie = json.dumps({"acr": "gemeente-sterk"})
        assert (await browser.get(await scene.at("school", asked, lieg=lie))).status_code == 403
        assert scene.reasons() == ["niveau"]

    run(tmp_path, adressen, story)


def test_an_evil_issuer_gets_no_code_of_an_honest_one(tmp_path: Path, adressen: dict[str, str]) -> None:
    """Mix-up (RFC 9207, RFC 9700 §4.4): somebody begins at `gemeente`, which sends him on to `school`.

    Whatever way back it chooses, nothing that `school` gave reaches it, and nobody is signed in.
    """

    async def story(line: Line, scene: Scene) -> None:
        honest = f"{ADRES}/aanmelden/terug/school"
        before = [await scene.seen(ident) for ident in adressen]
        browser = Browser(line)
        # On to the honest issuer as it was asked: that sends nobody to an address of another.
        asked = await scene.begin(browser, "gemeente")
        assert await scene.at("school", asked, eerlijk="ja") == ""
        # With the address that the honest issuer does know: the answer is of a login that began elsewhere.
        back = await scene.at("school", asked, eerlijk="ja", redirect_uri=honest)
        assert (await browser.get(back)).status_code == 403
        # An issuer that sends people anywhere says at least who it is.
        asked = await scene.begin(browser, "gemeente")
        assert (await browser.get(await scene.at("school", asked))).status_code == 403
        # And where it would not say so, each of these issuers promised that it does.
        asked = await scene.begin(browser, "gemeente")
        assert (await browser.get(await scene.at("school", asked, iss=""))).status_code == 403
        # The evil one says that it is the honest one, with a code of its own.
        asked = await scene.begin(browser, "gemeente")
        lied = await scene.at("gemeente", asked, iss=adressen["school"])
        assert (await browser.get(lied)).status_code == 403
        assert scene.reasons() == ["andere_uitgever"] * 4
        assert [await scene.seen(ident) for ident in adressen] == before
        # It mints a token of the honest one, or for another client.
        for lie, reason in (
            ({"iss": adressen["school"]}, "iss"),
            ({"aud": "ander"}, "azp"),
            ({"aud": ["ozlijn", "ander"], "azp": "ander"}, "azp"),
            ({"aud": ["ozlijn", "ander"]}, "azp"),
            ({"nonce": "n" * 43}, "nonce"),
        ):
            asked = await scene.begin(browser, "gemeente")
            page = await browser.get(await scene.at("gemeente", asked, lieg=json.dumps(lie)))
            assert page.status_code == 403, lie
            assert scene.reasons()[-1] == reason
        assert browser.secret == ""
        assert await scene.seen("school") == before[0]

    run(tmp_path, adressen, story)


def test_an_issuer_ends_its_own_sessions_and_no_other(tmp_path: Path, adressen: dict[str, str]) -> None:
    """Back-channel logout: by sub and by sid, signed by the issuer of that address, each token once."""

    async def story(line: Line, scene: Scene) -> None:
        school, gemeente = await scene.sign_in("school", sid="s1"), await scene.sign_in("gemeente", sid="s1")
        again = await scene.sign_in("school", sid="s2")

        async def out(path: str, token: str) -> int:
            return (await Browser(line).post(path, {"logout_token": token})).status_code

        there, here = "/aanmelden/uitgelogd/gemeente", "/aanmelden/uitgelogd/school"
        evil = await scene.logout_token("gemeente", sub=SUB, iss=adressen["school"])
        assert await out(here, evil) == 400
        assert await out(here, await scene.logout_token("gemeente", sub=SUB)) == 400
        assert await out(here, await scene.logout_token("school", sub=SUB, nonce="n")) == 400
        assert await out(here, await scene.logout_token("school", sub=SUB, exp=1)) == 400
        assert await out(here, await scene.logout_token("school", sub=SUB, exp=None)) == 400
        for browser in (school, gemeente, again):
            assert await who(line, browser) is not None
        token = await scene.logout_token("school", sid="s1")
        assert await out(here, token) == 200
        assert await who(line, school) is None
        assert await who(line, again) is not None
        assert await who(line, gemeente) is not None
        once = await scene.logout_token("school", sub=SUB)
        assert await out(here, once) == 200
        assert await who(line, again) is None
        later = await scene.sign_in("school")
        assert await out(here, once) == 200
        assert await who(line, later) is not None, "a token that was used ends nothing more"
        assert await out(there, await scene.logout_token("gemeente", sub=SUB)) == 200
        assert await who(line, gemeente) is None

    run(tmp_path, adressen, story)


def test_one_session_over_two_gateways(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """On one PostgreSQL database: what begins at the one goes on at the other, and what ends at either has
    ended at both in that second.
    """
    prepare("postgres", tmp_path, request)

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            one = await stack.enter_async_context(open_line("postgres", tmp_path, **SANDBOX))
            keys = {p: c.key for p, c in one.callers.items()}
            other = await stack.enter_async_context(open_line("postgres", tmp_path, keys=keys, **SANDBOX))

            def elsewhere(browser: Browser) -> Browser:
                """The same browser, led to the other gateway."""
                moved = Browser(other)
                moved.http.cookies = browser.http.cookies
                return moved

            # A login that begins at one ends at the other.
            browser = Browser(one)
            url = await browser.click(await browser.to_issuer(), "ib")
            back = await elsewhere(browser).get(url)
            assert back.status_code == 303, back.text
            browser.http.cookies.update(back.cookies)
            for path, status in (("/begin", 303), (f"{url}", 403)):
                assert (await browser.get(path)).status_code == status
            # Where he acts is chosen at one and holds at the other.
            there = elsewhere(browser)
            there.http.cookies = browser.http.cookies
            assert (
                await browser.post("/kies", {"partij": OTHER_SCHOOL, "csrf": await browser.csrf()})
            ).status_code == 303
            assert (await there.get("/ib")).status_code == 200
            assert (await who(other, there)).caller.partij.id == OTHER_SCHOOL
            # Out at one is out at the other, at once.
            await browser.post("/afmelden", {"csrf": await browser.csrf()})
            there.http.cookies.set(COOKIE, browser.secret or "x" * 43, "127.0.0.1")
            assert (await there.get("/ib")).status_code == 303
            # A role that ends by the register ends at both.
            worker = await signed_in(one, "ontvanger")
            assert await one.context.sessies.kies(await who(one, worker), AANBIEDER)
            moved = elsewhere(worker)
            assert (await moved.get("/postvak")).status_code == 200
            caller = (await who(other, moved)).caller
            stored = await one.world.storage.register()
            gone = {i: t for i, t in stored.partijen.items() if i not in (AANBIEDER, OTHER_AANBIEDER)}
            begun = time.monotonic()
            await one.apply(dataclasses.replace(stored, partijen=gone))
            assert (await moved.get("/postvak")).status_code in (303, 404)
            assert time.monotonic() - begun < 1
            with pytest.raises(NotAuthorised):
                await caller.houdt()
            await one.apply(dataclasses.replace(stored, version=stored.version + 1))
            # Out everywhere, said at one, of sessions that began at the other.
            many = [await signed_in(line, "ib2") for line in (one, other, one)]
            csrf = (await other.context.sessies.lees(many[1].secret)).csrf  # type: ignore[union-attr]
            await many[1].post("/afmelden", {"csrf": csrf, "overal": "ja"})
            for left in many:
                for line in (one, other):
                    assert await line.context.sessies.lees(left.secret or "x" * 43) is None

    asyncio.run(scene())
