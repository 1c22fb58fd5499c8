"""The jobs without the API: beside any number of gateways on one PostgreSQL database, any number of these.

Rows that are due are claimed, so two workers never do the same one. One worker at a time places and signs the
account, and when it ends another one goes on.
"""

from __future__ import annotations

import asyncio
import signal

from gateway.jobs.holding import hold
from gateway.jobs.housekeeping import housekeep
from gateway.jobs.mailing import mail
from gateway.jobs.signing import sign
from gateway.ports.clock import Clock
from gateway.runtime.logs import Log, route_library_logs
from gateway.runtime.proefklok import Proefklok
from gateway.runtime.settings import Settings
from gateway.wiring import SystemClock, World, build
from schemas.errors import GatewayError
from schemas.events import PROMISE_BROKEN, WORKER_STARTED, WORKER_STOPPED


def run_worker(settings: Settings, world: World, log: Log) -> None:
    """Work until SIGTERM or SIGINT. Raises LedgerBroken or RecordUnavailable when the account may not go
    on.
    """
    route_library_logs(log)

    async def until_told() -> None:
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        await work(settings, world, log, told)

    asyncio.run(until_told())


async def work(
    settings: Settings, world: World, log: Log, told: asyncio.Event, clock: Clock | None = None
) -> None:
    """Work until `told`, or until the account cannot go on. It owns `world` and closes it at its end."""
    klok = Proefklok(clock or SystemClock(), world.shift) if settings.sandbox else None
    ctx = build(settings, world, klok or clock or SystemClock(), log)
    try:
        await ctx.checkpointer.check()
        await ctx.adopt()
        await ctx.lookalikes.work_out()
        jobs = [asyncio.create_task(job(ctx)) for job in (sign, housekeep, hold, mail)]
        if klok is not None:
            jobs.append(asyncio.create_task(_follow(klok, log)))
        log(WORKER_STARTED, log_name=settings.log_name, sandbox=settings.sandbox)
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait((waiting, *jobs), return_when=asyncio.FIRST_COMPLETED)
        for job in (waiting, *jobs):
            job.cancel()
        ended = await asyncio.gather(waiting, *jobs, return_exceptions=True)
    finally:
        await world.storage.close()
    log(WORKER_STOPPED)
    for end in ended:
        if isinstance(end, GatewayError):
            raise end


async def _follow(klok: Proefklok, log: Log, seconds: float = 0.2) -> None:
    """Follow the clock of a sandbox, which any gateway may move."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(klok.refresh)
        except GatewayError as error:
            log(PROMISE_BROKEN, exception=error, problem="clock")
