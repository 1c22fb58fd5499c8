"""A session lives as long as it may and no longer, and nothing of it can be read or made in the store."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from adapters.local.clock import MovableClock
from gateway.identity.oidc import Login
from gateway.identity.proefuitgever import proefuitgever
from gateway.identity.sessies import MAX_SESSIONS, Sessies
from schemas.errors import RecordUnavailable
from schemas.people.mensen import EISEN, Handeling, Niveau
from schemas.storage.storage import Keepsoort
from tests.callers import ISSUER
from tests.line import SANDBOX, Line, open_line

IDLE, LIFE = dt.timedelta(minutes=20), dt.timedelta(hours=8)
NOW: Final = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
EIS: Final = EISEN[Handeling.LEZEN]

Story = Callable[[Line, Sessies, MovableClock], Awaitable[None]]


def run(folder: Path, story: Story) -> None:
    async def scene() -> None:
        async with open_line("memory", folder, **SANDBOX) as line:
            clock = MovableClock()
            clock.move_to(NOW)
            world, partijen = line.world, line.context.authenticator.partijen
            await story(line, Sessies(world.storage, world.vault, partijen, clock, IDLE, LIFE), clock)

    asyncio.run(scene())


def login(sub: str = "ontvanger", sid: str | None = None) -> Login:
    return Login(proefuitgever(ISSUER), sub, "Bram Bedacht", Niveau.LAAG, NOW, {"sub": sub}, sid)


def test_a_session_that_is_not_used_ends_and_one_that_is_used_ends_too(tmp_path: Path) -> None:
    """After twenty minutes of nothing, and after eight hours whatever was done."""

    async def story(line: Line, sessies: Sessies, clock: MovableClock) -> None:
        quiet, busy = await sessies.begin(login()), await sessies.begin(login())
        clock.advance(IDLE - dt.timedelta(seconds=1))
        assert await sessies.lees(busy) is not None
        clock.advance(dt.timedelta(seconds=1))
        assert await sessies.lees(quiet) is None
        while clock.now() < NOW + LIFE - dt.timedelta(minutes=15):
            clock.advance(dt.timedelta(minutes=15))
            assert await sessies.lees(busy) is not None
        clock.move_to(NOW + LIFE + dt.timedelta(seconds=5))
        assert await sessies.lees(busy) is None
        assert await line.world.storage.purge_kept(clock.now(), 100) >= 2

    run(tmp_path, story)


def test_a_login_on_its_way_ends(tmp_path: Path) -> None:
    async def story(_: Line, sessies: Sessies, clock: MovableClock) -> None:
        browser = await sessies.onderweg("state", "proef", "n", "v", "/begin", EIS)
        clock.advance(dt.timedelta(minutes=10))
        assert await sessies.terug("state", browser) is None
        browser = await sessies.onderweg("state2", "proef", "n", "v", "/begin", EIS)
        taken = await asyncio.gather(*(sessies.terug("state2", browser) for _ in range(8)))
        assert sum(each is not None for each in taken) == 1

    run(tmp_path, story)


def test_an_issuer_ends_one_of_its_sessions_or_all_of_somebody(tmp_path: Path) -> None:
    async def story(_: Line, sessies: Sessies, __: MovableClock) -> None:
        issuer = proefuitgever(ISSUER).issuer
        one, two = await sessies.begin(login(sid="s1")), await sessies.begin(login(sid="s2"))
        other = await sessies.begin(login("beheerder"))
        assert await sessies.eindig_bij("https://elders.example", "ontvanger", None) == 0
        assert await sessies.eindig_bij(issuer, None, "s1") == 1
        assert await sessies.lees(one) is None
        assert await sessies.lees(two) is not None
        assert await sessies.eindig_bij(issuer, "ontvanger", None) == 1
        assert await sessies.lees(two) is None
        assert await sessies.lees(other) is not None

    run(tmp_path, story)


def test_nobody_has_sessions_without_end(tmp_path: Path) -> None:
    """The oldest make room, of this person alone."""

    async def story(_: Line, sessies: Sessies, clock: MovableClock) -> None:
        other = await sessies.begin(login("beheerder"))
        made = []
        for _n in range(MAX_SESSIONS + 3):
            made.append(await sessies.begin(login()))
            clock.advance(dt.timedelta(seconds=1))
        alive = [await sessies.lees(secret) is not None for secret in made]
        assert alive == [False] * 3 + [True] * MAX_SESSIONS
        assert await sessies.lees(other) is not None

    run(tmp_path, story)


def test_what_stands_in_the_store_tells_nothing_and_fits_nowhere_else(tmp_path: Path) -> None:
    """No name, no sub, no secret; and a row that is changed or moved is not used."""

    async def story(line: Line, sessies: Sessies, _: MovableClock) -> None:
        secret = await sessies.begin(login())
        other = await sessies.begin(login("beheerder"))
        storage = line.world.storage
        rows = [await storage.kept(Keepsoort.SESSIE, (await sessies.lees(s)).id) for s in (secret, other)]  # type: ignore[union-attr]
        mine, theirs = rows
        assert mine is not None
        assert theirs is not None
        whole = repr(mine).encode() + mine.inhoud
        for mark in (secret, "Bram", "ontvanger"):
            assert mark.encode() not in whole
        for forged in (
            replace(mine, inhoud=theirs.inhoud),
            replace(mine, verloopt=NOW + LIFE * 100),
            replace(mine, groep=theirs.groep),
            replace(mine, inhoud=mine.inhoud[:40]),
        ):
            assert await storage.drop(Keepsoort.SESSIE, mine.id)
            assert await storage.keep(forged, None)
            with pytest.raises(RecordUnavailable):
                await sessies.lees(secret)

    run(tmp_path, story)


def test_without_its_issuer_nobody_is_signed_in(tmp_path: Path) -> None:
    """An issuer that is taken out of the register ends what it vouched for."""

    async def story(_: Line, sessies: Sessies, __: MovableClock) -> None:
        gone = replace(login(), uitgever=proefuitgever(ISSUER).model_copy(update={"id": "weg"}))
        assert await sessies.lees(await sessies.begin(gone)) is None
        for secret in ("", "x", "x" * 43, "é" * 43):
            assert await sessies.lees(secret) is None

    run(tmp_path, story)
