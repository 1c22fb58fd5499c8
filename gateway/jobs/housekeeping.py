"""What time asks for, beside the requests: terms that are over, and leerlingen whose day has come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.application import Application
from gateway.obligations.rondes import Werk
from gateway.runtime.proefklok import Ronde
from schemas.errors import StateBroken
from schemas.events import HOUSEKEEPING_DONE, PROMISE_BROKEN

T = TypeVar("T")


HOUSEKEEPING_SECONDS = 60.0


MAX_SWEPT = 10_000
"""The most leveringen of one round. What is due besides waits for the next round, so that requests get their
turn.
"""


MAX_LOOKS = 4_000
"""The most leerlingen of one round. On the day before which everybody is asked anew there may be very
many.
"""


async def housekeep(ctx: Application, seconds: float = HOUSEKEEPING_SECONDS) -> None:
    """Do all that is due, every so many `seconds`: terms that are over, and leerlingen whose day has come.

    It runs until cancelled. What goes wrong is logged and tried again the next time.
    """
    while True:
        await asyncio.sleep(seconds)
        begun, since, told = time.perf_counter(), ctx.clock.now(), _Told(ctx)
        done = await told.does("termijnen", ctx.rounds.sweep(MAX_SWEPT))
        # This comes before looking for what is late, because a day that came ends what was asked for it.
        redecided = await told.does("dagen", ctx.rounds.daily(MAX_LOOKS))
        late = await told.does("taken", ctx.termijnen.run())
        await told.does("overleg", ctx.inbreng.openen())
        await told.does("opruimen", ctx.purging.run())
        await _tried(ctx, ctx.rondes.meld(since, seconds, told.delen))
        if done is None or late is None or redecided is None:
            continue
        ctx.log(
            HOUSEKEEPING_DONE,
            expired=done.expired,
            failed=done.failed,
            redecided=redecided,
            late=late,
            duration_ms=round((time.perf_counter() - begun) * 1_000, 1),
        )


@dataclass(slots=True)
class _Told:
    """Does the parts of one round, and remembers of each how long it took and whether it failed."""

    ctx: Application
    delen: list[Werk] = field(default_factory=list)

    async def does(self, naam: str, work: Awaitable[T]) -> T | None:
        """What the work gives; None when it failed, which is logged."""
        begun, gelukt = time.perf_counter(), False

        async def watched() -> T:
            nonlocal gelukt
            found = await work
            gelukt = True
            return found

        found = await _tried(self.ctx, watched())
        spent = round((time.perf_counter() - begun) * 1_000)
        self.delen.append(Werk(naam=naam, duur_ms=spent, gelukt=gelukt))
        return found


async def round_to_the_end(ctx: Application) -> Ronde:
    """Do all that is due now, in the order of `housekeep` but to the very end. Errors are for the caller."""
    swept = await ctx.rounds.sweep()
    redecided = await ctx.rounds.daily()
    late = await ctx.termijnen.run(None)
    await ctx.inbreng.openen()
    return Ronde(swept.expired, swept.failed, late, redecided)


async def _tried(ctx: Application, work: Awaitable[T]) -> T | None:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - whatever it is, a job that ended would leave all undone
        if isinstance(error, StateBroken):
            ctx.stamps.tell(error)
        else:
            ctx.log(PROMISE_BROKEN, exception=error, problem="housekeeping")
        return None
