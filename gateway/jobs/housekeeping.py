"""What time asks for, beside the requests: terms that are over, and leerlingen whose day has come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from gateway.application import Application
from gateway.follow_up.time import Swept
from gateway.runtime.proefklok import Ronde
from schemas.errors import StateBroken
from schemas.events import HOUSEKEEPING_DONE, PROMISE_BROKEN

T = TypeVar("T")


HOUSEKEEPING_SECONDS = 60.0


SWEEP_SIZE = 500


MAX_SWEEPS = 20
"""Of one round: what is due after that waits for the next, so that requests get their turn."""


MAX_LOOKS = 4_000
"""Leerlingen of one round: on the day before which all are asked anew there may be very many."""


async def housekeep(ctx: Application, seconds: float = HOUSEKEEPING_SECONDS) -> None:
    """Every so many `seconds` what is due: terms that are over, and leerlingen whose day has come.

    Until cancelled: what goes wrong is logged and tried again the next time.
    """
    while True:
        await asyncio.sleep(seconds)
        begun = time.perf_counter()
        done = await _tried(ctx, _sweep(ctx))
        # Before looking for what is late: a day that came ends what was asked for it.
        redecided = await _tried(ctx, ctx.rounds.daily(MAX_LOOKS))
        late = await _tried(ctx, ctx.termijnen.run())
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


async def round_to_the_end(ctx: Application) -> Ronde:
    """All that is due now, in the order of `housekeep`, but to the end; what goes wrong is for the caller."""
    expired = failed = late = 0
    while (swept := await _sweep(ctx)) != Swept():
        expired, failed = expired + swept.expired, failed + swept.failed
    redecided = await ctx.rounds.daily()
    while escalated := await ctx.termijnen.run():
        late += escalated
    return Ronde(expired, failed, late, redecided)


async def _tried(ctx: Application, work: Awaitable[T]) -> T | None:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - whatever it is, a job that ended would leave all undone
        if isinstance(error, StateBroken):
            ctx.stamps.tell(error)
        else:
            ctx.log(PROMISE_BROKEN, exception=error, problem="housekeeping")
        return None


async def _sweep(ctx: Application) -> Swept:
    """Until nothing more is due. One that does nothing ends it: what is left is in somebody's hands."""
    expired = failed = 0
    for _ in range(MAX_SWEEPS):
        done = await ctx.rounds.sweep(SWEEP_SIZE)
        if not done.expired + done.failed:
            break
        expired, failed = expired + done.expired, failed + done.failed
    return Swept(expired, failed)
