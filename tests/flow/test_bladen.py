"""Pages as such: every page of the table, for everybody who could ask for it, and the attacks on a page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2 as httpx
import pytest

from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Blad, own_path
from gateway.web.paginas import PLAATSEN
from gateway.web.tonen import own_files
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Levering
from schemas.people.partij import Scope
from tests.bezoekers import Bezoeker, Bezoekers, sign_in
from tests.faults.faulty import FaultyStorage
from tests.line import AANBIEDER, FG, NOWHERE, SANDBOX, SCHOOL, Line, open_line

OF: Final = {
    Werkrol.FG: FG,
    Werkrol.IB: SCHOOL,
    Werkrol.ONTVANGER: AANBIEDER,
    Werkrol.OUDER: SCHOOL,
    Werkrol.LEERLING: SCHOOL,
    Werkrol.BEHEERDER: SCHOOL,
}
BLADEN: Final = tuple(blad for plaats in PLAATSEN for blad in plaats.table)
PLAIN: Final = {"default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:"}


def address(blad: Blad) -> str:
    """The address of the page with ids that nothing has."""
    return re.sub(r"\{\w+\}", NOWHERE, blad.path)


@asynccontextmanager
async def pages(folder: Path, **settings: object) -> AsyncIterator[tuple[Line, Bezoekers]]:
    sessies = Bezoekers()
    async with open_line("memory", folder, sessies=sessies, **(SANDBOX | settings)) as line:
        yield line, sessies


def body_of(answer: httpx.Response) -> str:
    assert answer.headers["content-type"].startswith("text/html"), answer.headers
    return answer.text


async def ask(who: Bezoeker, blad: Blad) -> httpx.Response:
    return await (who.post if blad.changes else who.get)(address(blad))


def holds_the_rules(answer: httpx.Response) -> None:
    """What every page has, whoever asks."""
    policy = set(answer.headers["content-security-policy"].split("; "))
    assert policy >= PLAIN
    assert {"base-uri 'none'", "frame-ancestors 'none'"} <= policy
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = body_of(answer)
    assert not re.search(r"<style|\sstyle=|<script(?! src=)|\son[a-z]+=|javascript:", page), "inline"
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page), "of another host"
    assert page.count("<h1") == 1
    assert "<title>" in page
    assert "[Proef]" in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "an id stands twice"


def test_every_page_holds_the_rules_and_is_neutral_for_who_may_not_see_it(tmp_path: Path) -> None:
    """Each page × each role: one's own or the same bytes as what is not there. Of ids that nothing has."""

    async def scene() -> None:
        async with pages(tmp_path) as (line, sessies):
            for rol in Werkrol:
                who = await sign_in(line, sessies, OF[rol], rol)
                nothing = await who.get("/fg/er-is-hier-niets")
                assert nothing.status_code == 404
                holds_the_rules(nothing)
                for blad in BLADEN:
                    answer = await ask(who, blad)
                    if blad.rollen and rol not in blad.rollen:
                        assert answer.status_code == 404, (rol, blad.path)
                        assert answer.content == nothing.content, (rol, blad.path)
                    elif answer.status_code != 303:
                        assert answer.status_code < 500, (rol, blad.path)
                        if answer.headers["content-type"].startswith("text/html"):
                            holds_the_rules(answer)

    asyncio.run(scene())


def test_who_is_not_signed_in_is_sent_to_do_so_and_comes_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, _):
            for blad in BLADEN:
                answer = await line.http.request(
                    blad.method, address(blad), data={} if blad.changes else None
                )
                if not blad.rollen:
                    continue
                assert answer.status_code == 303, blad.path
                wanted = "/aanmelden" if blad.changes else f"/aanmelden?naar={address(blad)}"
                assert answer.headers["location"] == wanted

    asyncio.run(scene())


@pytest.mark.parametrize(
    "asked",
    [
        "//kwaad.nl",
        "/\\kwaad.nl",
        "https://kwaad.nl",
        "/a//b",
        "/a?b=c",
        "/a#b",
        "javascript:alert(1)",
        "/A",
        "/a\n",
        "/" + "a" * 300,
        "",
    ],
)
def test_nobody_is_sent_to_another_host(asked: str) -> None:
    assert own_path(asked) == "/begin"


def test_one_is_sent_back_to_a_page_of_ours() -> None:
    assert own_path(f"/fg/uitwisselingen/{NOWHERE}") == f"/fg/uitwisselingen/{NOWHERE}"


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, "van-een-ander"),
        ({}, None),
        ({"Origin": "https://kwaad.nl"}, "eigen"),
        ({"Origin": "null"}, "eigen"),
        ({"Sec-Fetch-Site": "cross-site"}, "eigen"),
        ({"Sec-Fetch-Site": "same-site"}, "eigen"),
    ],
)
def test_a_form_that_another_site_sends_does_nothing(
    tmp_path: Path, headers: dict[str, str], token: str | None
) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, sessies):
            who = await sign_in(line, sessies, SCHOOL, Werkrol.IB)
            given = {"naam": "Mira", "keuze": "ja"}
            right = await who.post("/proef/bouwstenen/fouten", dict(given))
            assert right.status_code == 303
            if token is None:
                cookie = {"Cookie": f"ozlijn-test={who.cookie}"}
                wrong = await line.http.post("/proef/bouwstenen/fouten", data=given, headers=cookie)
            else:
                own = who.wie.csrf if token == "eigen" else token
                wrong = await who.post("/proef/bouwstenen/fouten", {**given, "csrf": own}, **headers)
            nothing = await who.get("/er-is-hier-niets")
            assert (wrong.status_code, wrong.content) == (404, nothing.content)

    asyncio.run(scene())


def test_what_was_filled_in_comes_back_with_a_link_to_each_fault_and_nothing_is_executed(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, sessies):
            who = await sign_in(line, sessies, SCHOOL, Werkrol.IB)
            evil = '"><script>alert(1)</script>'
            answer = await who.post("/proef/bouwstenen/fouten", {"naam": evil, "brief": evil})
            assert answer.status_code == 422
            holds_the_rules(answer)
            assert "<script>alert" not in answer.text
            assert "&lt;script&gt;alert" in answer.text
            assert '<a class="utrecht-link" href="#keuze">Kies ja of nee.</a>' in answer.text
            assert "<title>Fout: " in answer.text

    asyncio.run(scene())


def test_a_name_in_a_form_reaches_no_title_address_cookie_or_log(tmp_path: Path) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, sessies):
            who = await sign_in(line, sessies, SCHOOL, Werkrol.IB)
            for keuze in ("ja", "misschien"):
                answer = await who.post("/proef/bouwstenen/fouten", {"naam": "KANARIE-4711", "keuze": keuze})
                assert "KANARIE" not in str(answer.headers)
                assert "KANARIE" not in re.findall("<title>(.*?)</title>", answer.text + "<title></title>")[0]
            await who.get("/KANARIE-4711?KANARIE-4711=1")
            assert b"KANARIE" not in line.log.getvalue()

    asyncio.run(scene())


def test_pages_that_nobody_can_sign_in_to_say_so(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_line("memory", tmp_path) as line:
            for path in ("/", "/aanmelden"):
                assert "Inloggen staat uit. Vraag de beheerder." in (await line.http.get(path)).text
            assert (await line.http.get("/proef/bouwstenen")).status_code == 404
            assert "proefomgeving" not in (await line.http.get("/")).text.lower()

    asyncio.run(scene())


def test_style_and_script_are_kept_by_the_browser_under_an_address_that_changes_with_them(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, _):
            page = (await line.http.get("/")).text
            for path, file in own_files().items():
                assert f'"{path}"' in page
                answer = await line.http.get(path)
                assert answer.content == file.raw
                assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert (await line.http.get("/stijl/ozlijn.css")).status_code == 404

    asyncio.run(scene())


def test_addresses_for_systems_still_answer_systems(tmp_path: Path) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, _):
            for method, path, status in (
                ("GET", "/v1/er-is-hier-niets", 404),
                ("GET", "/v1", 404),
                ("GET", "/v1/token", 405),
                ("POST", "/metrics", 405),
            ):
                answer = await line.http.request(method, path)
                assert answer.status_code == status, path
                assert answer.headers["content-type"] == "application/problem+json", path

    asyncio.run(scene())


def test_a_title_says_nothing_of_help_or_care() -> None:
    for blad in BLADEN:
        assert not re.search("hulp|zorg", blad.titel, re.IGNORECASE), blad.path


def test_no_page_stands_in_the_table_twice() -> None:
    known = [(blad.method, re.sub(r"\{\w+\}", "{}", blad.path)) for blad in BLADEN]
    assert len(known) == len(set(known))


@pytest.mark.parametrize(
    ("error", "status"), [(RecordUnavailable("weg"), 503), (RuntimeError("KANARIE-4711"), 500)]
)
def test_what_cannot_be_done_now_is_a_page_too_and_says_nothing_of_why(
    tmp_path: Path, error: Exception, status: int
) -> None:
    class Broken(FaultyStorage):
        async def open_by_term(self, after: object, limit: int) -> tuple[Levering, ...]:
            raise error

    async def scene() -> None:
        sessies = Bezoekers()
        async with open_line("memory", tmp_path, Broken, sessies=sessies, **SANDBOX) as line:
            who = await sign_in(line, sessies, FG, Werkrol.BEHEERDER, [Scope.BEHEER])
            answer = await who.get("/beheer/leveringen")
            assert answer.status_code == status
            holds_the_rules(answer)
            assert "Er is niets verstuurd. Probeer het later." in answer.text
            assert "KANARIE" not in answer.text
            assert "KANARIE" not in line.log.getvalue().decode()
            told = [x for x in line.log_lines() if x["event"] in ("request.failed", "gateway.promise_broken")]
            assert told, "who runs the gateway hears of it"

    asyncio.run(scene())


def test_a_scope_that_somebody_lost_is_a_page_that_is_not_there(tmp_path: Path) -> None:
    """The role gives the place, and the scope of the operation decides: each by itself is not enough."""

    async def scene() -> None:
        async with pages(tmp_path) as (line, sessies):
            who = await sign_in(line, sessies, FG, Werkrol.BEHEERDER)
            nothing = await who.get("/er-is-hier-niets")
            for path in ("/beheer", "/beheer/leveringen", "/beheer/partijen"):
                answer = await who.get(path)
                assert (answer.status_code, answer.content) == (404, nothing.content), path

    asyncio.run(scene())


def test_a_form_that_is_too_large_or_no_form_is_not_read(tmp_path: Path) -> None:
    async def scene() -> None:
        async with pages(tmp_path) as (line, sessies):
            who = await sign_in(line, sessies, SCHOOL, Werkrol.IB)
            large = await who.post("/proef/bouwstenen/fouten", {"naam": "a" * 300_000})
            assert large.status_code == 413
            cookie = {"Cookie": f"ozlijn-test={who.cookie}", "Content-Type": "application/json"}
            other = await line.http.post("/proef/bouwstenen/fouten", content=b"{}", headers=cookie)
            assert other.status_code == 415
            for answer in (large, other):
                holds_the_rules(answer)

    asyncio.run(scene())
