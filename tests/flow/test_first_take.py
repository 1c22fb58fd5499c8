"""The first take fixes the bytes. What becomes of a repeat that cannot give them, and what that is called.

Another release of the gateway may write the same message in other bytes: here that is another writer in the
same hand-over, which is a part that can be replaced.
"""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

from adapters import gedeeld
from gateway.exchange.hand_over import HandOver
from gateway.ports.standards import Standard, Standards
from schemas.decision.decision import Releasable
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Levering
from schemas.storage.storage import Sealed
from tests.faults.faulty import FaultyStorage
from tests.flow.test_states import steps
from tests.line import AANBIEDER, Json, Line, client_of, codes, fine, only, story
from tests.release_data import restored_line

LOST = "exchange.content_lost"


def otherwise(releasable: Releasable) -> bytes:
    """The same message as a later release could write it."""
    return gedeeld.write(releasable) + b"\n"


def later_release(line: Line) -> HandOver:
    return dataclasses.replace(
        line.context.hand_over, standards=Standards.of(Standard("gedeeld", write=otherwise))
    )


async def taken_by(hand_over: HandOver, line: Line, levering: str) -> bytes | None:
    partij = (await line.context.regels.current()).partijen[AANBIEDER]
    released = await hand_over(partij, client_of(partij.id), levering)
    return None if released is None else released.payload


async def stored(line: Line, levering: str) -> Levering:
    found = await line.world.storage.levering(levering)
    assert found is not None
    return found


async def leaves_of(line: Line, levering: str) -> list[str]:
    return [e["soort"] for e in await line.ledger() if e.get("levering") == levering]


async def pushed_and_permitted(line: Line) -> Json:
    await line.both_agree(await line.gezag())
    return await line.push()


@story()
async def test_a_later_release_repeats_the_bytes_of_the_first_take(line: Line) -> None:
    """It writes other bytes for what is taken for the first time, and the same ones for what was taken."""
    pushed = await pushed_and_permitted(line)
    first = await line.take(only(pushed))
    line.later(minutes=16)
    assert await taken_by(later_release(line), line, only(pushed)) == first
    await line.sign_for(only(pushed), first)
    again = await line.push()
    assert await taken_by(later_release(line), line, only(again)) == first + b"\n"


def test_what_release_0_1_0_handed_over_is_repeated(release_0_1_0: Path) -> None:
    """Release 0.1.0 kept no bytes: they are written again, found to be the same, and kept from then on."""

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            levering = await taken_once(line)
            first = await line.take(levering)
            line.later(minutes=16)
            assert await taken_by(later_release(line), line, levering) == first

    asyncio.run(tell())


def test_what_release_0_1_0_handed_over_and_nobody_can_write_any_more_is_lost(release_0_1_0: Path) -> None:
    """The recipient gets nothing else instead; it failed, nobody withdrew, and what is there stays."""

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            levering = await taken_once(line)
            before = await leaves_of(line, levering)
            assert await taken_by(later_release(line), line, levering) is None
            assert (await stored(line, levering)).status == "mislukt"
            assert await leaves_of(line, levering) == [*before, LOST]
            assert line.has_content(levering)

    asyncio.run(tell())


async def taken_once(line: Line) -> str:
    """The levering that the kept database has in its postbus with a lapsed lease."""
    for view in await line.postbus():
        found = await stored(line, view["leveringId"])
        if found.opgehaald:
            return found.id
    raise AssertionError("the kept database has none")


class Damaged(FaultyStorage):
    """Loses the content of what is asked for, or gives it back with one bit changed."""

    damage: str | None = None

    async def content(self, levering: str) -> Sealed | None:
        sealed = await self._inner.content(levering)
        match self.damage:
            case "gone":
                return None
            case "changed":
                assert sealed is not None
                return Sealed(sealed.key, sealed.content[:-1] + bytes([sealed.content[-1] ^ 1]))
            case "away":
                raise RecordUnavailable("the store is away")
            case _:
                return sealed


def damage(line: Line, how: str | None) -> None:
    assert isinstance(line.world.storage, Damaged)
    line.world.storage.damage = how


@story(wrap=Damaged)
async def test_content_that_is_lost_is_no_withdrawal(line: Line) -> None:
    """404 as for everything that is not there; the sender reads that it failed and why, and we hear of it."""
    pushed = await pushed_and_permitted(line)
    damage(line, "gone")
    assert (await line.try_take(only(pushed))).status_code == 404
    view = await line.levering(pushed)
    assert (view["status"], codes(view)) == ("mislukt", {"CONTENT_LOST"})
    assert "niet meer te lezen" in view["uitleg"]
    assert (await steps(line, pushed))[-1] == ("niet_gegeven", "mislukt")
    assert await leaves_of(line, only(pushed)) == ["exchange.decided", LOST]
    alarms = [e for e in line.log_lines() if e["event"] == "levering.content_lost"]
    assert [(e["level"], e["levering"]) for e in alarms] == [("error", only(pushed))]
    (taak,) = fine(await line.school.get("/taken"))["taken"]
    told = [r["code"] for r in taak["redenen"]]
    assert (taak["soort"], taak["leveringId"], told) == ("levering_bekijken", only(pushed), ["CONTENT_LOST"])


@story(wrap=Damaged)
async def test_content_that_does_not_open_can_be_offered_again_when_it_does(line: Line) -> None:
    """What is there is not destroyed: from a restored copy the sender offers it again, and it goes."""
    pushed = await pushed_and_permitted(line)
    first = await line.take(only(pushed))
    line.later(minutes=16)
    damage(line, "changed")
    assert (await line.try_take(only(pushed))).status_code == 404
    assert await line.status(pushed) == "mislukt"
    damage(line, None)
    assert line.has_content(only(pushed))
    offered = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/_herhaal"
    assert (await line.school.post(offered)).status_code == 200
    assert await line.take(only(pushed)) == first


@story("memory", wrap=Damaged)
async def test_a_store_that_is_away_has_lost_nothing(line: Line) -> None:
    """The recipient gets a 503, and the levering waits as before."""
    pushed = await pushed_and_permitted(line)
    damage(line, "away")
    assert (await line.try_take(only(pushed))).status_code == 503
    damage(line, None)
    assert await line.status(pushed) == "klaar"
    assert await line.take(only(pushed))
