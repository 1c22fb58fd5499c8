"""Once a day all rows are compared with the account, which finds what a stamp cannot tell."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

from gateway.account.told import Compared, Told, compare
from gateway.application import Application
from schemas.errors import GatewayError, StateBroken
from schemas.events import PROMISE_BROKEN, STATE_CHECKED
from schemas.storage.storage import Job

FIRST_SECONDS = 300.0
"""The first comparison waits this long after a start, so that those who waited for the gateway are served
first.
"""
EVERY_SECONDS = 86_400.0
CLAIM = dt.timedelta(hours=1)
MAX_TOLD = 1_000
"""At most this many rows that do not agree are named one by one; all are counted."""


async def hold(ctx: Application, first: float = FIRST_SECONDS, every: float = EVERY_SECONDS) -> None:
    """Compare every day until cancelled. What goes wrong is logged and tried again the next day."""
    wait = first
    while True:
        await asyncio.sleep(wait)
        wait = every
        try:
            if await _ours(ctx):
                await hold_once(ctx)
        except GatewayError as error:
            ctx.log(PROMISE_BROKEN, exception=error, problem="holding")


async def _ours(ctx: Application) -> bool:
    """Whether this process does it: when several workers start together on one database, one of them does."""
    if not ctx.settings.shared:
        return True
    now = ctx.clock.now()
    return await ctx.storage.claim_job(Job.COMPARE, now, now + CLAIM)


async def hold_once(ctx: Application) -> int:
    """How many rows do not agree with the account; each gives an alarm. It goes by pages, so that others are
    served meanwhile.
    """
    begun, broken, counted = time.perf_counter(), 0, Compared()
    told = Told(ctx.storage, ctx.leaves)
    await told.read_on()
    async for one in compare(ctx.storage, told, counted):
        broken += 1
        if broken <= MAX_TOLD:
            ctx.stamps.tell(StateBroken(one.what, one.ident))
    ctx.log(
        STATE_CHECKED,
        facts=counted.facts,
        leveringen=counted.leveringen,
        broken=broken,
        duration_ms=round((time.perf_counter() - begun) * 1_000, 1),
    )
    return broken
