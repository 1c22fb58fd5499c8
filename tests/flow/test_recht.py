"""A change of the law that begins later: applied before, tried, and then in force on its first day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from consent.leeftijd import day
from consent.recht import parse_wet
from gateway.explain.naspelen import Verschil
from gateway.register.apply import apply_register
from gateway.register.regels import RECHT
from gateway.wiring import Leaves
from schemas.storage.storage import Register
from tests.flow.test_replay import again, command, under, written
from tests.line import Line, codes, only, story

FIRST: Final = dt.date(2027, 1, 1)
CHANGE: Final = """
[[termijn]]
id = "toestemming_maanden"
versie = 2
aantal = 1
wet = [{ artikel = "Jeugdwet 7.3.11(1)", tekstVan = "2027-01-01", gelezenOp = 2026-12-01 }]
geldigVanaf = 2027-01-01
"""


async def applied(line: Line) -> None:
    """As `ozlijn apply --recht` does."""
    old = await line.world.storage.register()
    stored = parse_wet(CHANGE).model_dump_json(exclude_defaults=True)
    new = Register(0, old.partijen, old.profielen, old.convenanten, {RECHT: stored}, old.kennisgevingen)
    ctx = line.context
    await apply_register(
        line.world.storage, Leaves(), ctx.stamps, new, remove=False, now=line.context.clock.now()
    )


async def to(line: Line, on: dt.date) -> None:
    """The first minute of that day in the Netherlands, signed in again."""
    line.later(days=(on - day(line.context.clock.now())).days - 1)
    while day(line.context.clock.now()) < on:
        line.later(hours=1)
    for caller in line.callers.values():
        await caller.sign_in()


@story()
async def test_a_term_that_changes_on_new_year(line: Line) -> None:
    """What is ready stays ready until then, is decided again in the first round, and waits to be asked.

    What was decided before is decided the same again after it: by the law of its day.
    """
    await to(line, dt.date(2026, 12, 10))
    _, went, _ = await line.permitted()
    payload = await line.take(only(went))
    await line.sign_for(only(went), payload)
    await to(line, dt.date(2026, 12, 20))
    ready = await line.push()
    hashes = [(await line.context.regels.current()).beleid.hash_on(line.context.clock.now())]
    await applied(line)
    regels = await line.context.regels.current()
    hashes.append(regels.beleid.hash_on(line.context.clock.now()))
    assert hashes[0] == hashes[1]
    assert await line.context.rounds.daily() == 0
    assert await line.status(ready) == "klaar"
    await to(line, FIRST)
    assert await line.status(ready) == "klaar"
    assert await line.context.rounds.daily() == 1
    view = await line.levering(ready)
    assert view["status"] == "aangehouden"
    assert "CONSENT_EXPIRED" in codes(view)
    assert await line.context.rounds.daily() == 0
    found = await again(line)
    assert {n.verschil for n in found.values()} == {Verschil.GELIJK}
    assert all(n.zelfde_beleid for n in found.values())
    assert found[only(went)].toen.policy_hash == hashes[0] != found[only(ready)].toen.policy_hash


@story("sqlite")
async def test_a_change_is_tried_before_it_is_applied(line: Line) -> None:
    """By the file nothing changes for what was decided; by the law of its first day it would."""
    await line.permitted()
    file = written(line.settings.keys.parent, "recht.toml", CHANGE)
    assert {n.verschil for n in (await under(line, file)).values()} == {Verschil.GELIJK}
    done = await command(line, "--policy", file)
    assert done.code == 0, done.out
    line.later(days=30)
    for caller in line.callers.values():
        await caller.sign_in()
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    done = await command(line, "--policy", file)
    assert done.code == 0, done.out
    done = await command(line, "--policy", file, "--wet-van", FIRST)
    assert done.code == 1
    assert only(pushed) in done.out
    assert "CONSENT_EXPIRED" in done.out
