"""The application: routers on one context, and the jobs that run beside them."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import (
    afspraken,
    afwegingen,
    feiten,
    intrekkingen,
    overig,
    postbus,
    proefklok,
    schemas,
    taken,
    toestemmingen,
    uitwisselingen,
)
from gateway.api.context import Context
from gateway.api.openapi import PREFIX, add_openapi_route
from gateway.api.token import token_router
from gateway.follow_up import Swept
from gateway.http import install
from gateway.logs import Log
from gateway.ports import Clock
from gateway.proefklok import Proefklok, Reis, Ronde
from gateway.settings import Settings
from gateway.wiring import SystemClock, World, build
from schemas.errors import GatewayError, LogBroken, RecordUnavailable
from schemas.events import HOUSEKEEPING_DONE, PROMISE_BROKEN, STARTED, STOPPED
from schemas.partij import Scope

T = TypeVar("T")

HOUSEKEEPING_SECONDS = 60.0
SWEEP_SIZE = 500
MAX_SWEEPS = 20
"""Of one round: what is due after that waits for the next, so that requests get their turn."""
MAX_LOOKS = 4_000
"""Leerlingen of one round: on the day before which all are asked anew there may be very many."""


def create_app(settings: Settings, world: World, log: Log, clock: Clock | None = None) -> FastAPI:
    """The gateway as an ASGI application. It owns `world` from its start and closes it at its end."""
    klok = Proefklok(clock or SystemClock(), world.shift) if settings.sandbox else None
    ctx = build(settings, world, klok or clock or SystemClock(), log)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await ctx.checkpointer.start()
            if klok is not None:
                await klok.not_before(world.storage)
        except BaseException:
            await world.storage.close()
            raise
        jobs = [asyncio.create_task(sign(ctx)), asyncio.create_task(housekeep(ctx))]
        log(
            STARTED,
            host=settings.host,
            port=settings.port,
            log_name=settings.log_name,
            sandbox=settings.sandbox,
        )
        yield
        for job in jobs:
            job.cancel()
        ended = await asyncio.gather(*jobs, return_exceptions=True)
        try:
            await ctx.checkpointer.publish()
        except Exception as error:  # noqa: BLE001 - whatever it is, the store must be closed
            log(PROMISE_BROKEN, exception=error, problem="checkpoint")
        await world.storage.close()
        log(STOPPED)
        for end in ended:
            if isinstance(end, GatewayError):
                raise end  # for whoever serves us: this was no ordinary stop

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    install(app, log, sandbox=settings.sandbox)
    for router in _routers(ctx, klok):
        app.include_router(router, prefix=PREFIX)
    add_openapi_route(app, settings.api_url)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        await ctx.authenticator.require(request, Scope.BEHEER)
        return Response(ctx.metrics.text(), media_type="text/plain; version=0.0.4")

    app.state.context = ctx
    return app


def _routers(ctx: Context, klok: Proefklok | None) -> Iterator[APIRouter]:
    yield token_router(ctx.authenticator, ctx.log)
    yield uitwisselingen.router(ctx)
    yield postbus.router(ctx)
    yield intrekkingen.router(ctx)
    yield feiten.router(ctx)
    yield afwegingen.router(ctx)
    yield toestemmingen.router(ctx)
    yield afspraken.router(ctx)
    yield taken.router(ctx)
    yield overig.router(ctx)
    yield schemas.router(ctx)
    if klok is not None:
        yield proefklok.router(ctx, Reis(klok, lambda: _round(ctx)))


async def sign(ctx: Context) -> None:
    """Sign checkpoints until cancelled. Whatever else ends it stops the whole gateway: raises LogBroken, or
    RecordUnavailable for what nobody foresaw.

    A log that does not continue what was signed must not go on, and one that is not signed neither.
    """
    try:
        await ctx.checkpointer.run()
    except Exception as error:
        ctx.log(PROMISE_BROKEN, exception=error, problem="ledger")
        signal.raise_signal(signal.SIGTERM)
        if isinstance(error, LogBroken):
            raise
        raise RecordUnavailable("er worden geen checkpoints meer ondertekend") from error


async def housekeep(ctx: Context, seconds: float = HOUSEKEEPING_SECONDS) -> None:
    """Every so many `seconds` what is due: terms that are over, and leerlingen whose day has come.

    Until cancelled: what goes wrong is logged and tried again the next time.
    """
    while True:
        await asyncio.sleep(seconds)
        begun = time.perf_counter()
        done = await _tried(ctx, _sweep(ctx))
        # Before looking for what is late: a day that came ends what was asked for it.
        redecided = await _tried(ctx, ctx.follow_up.daily(MAX_LOOKS))
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


async def _round(ctx: Context) -> Ronde:
    """All that is due now, in the order of `housekeep`, but to the end; what goes wrong is for the caller."""
    expired = failed = late = 0
    while (swept := await _sweep(ctx)) != Swept():
        expired, failed = expired + swept.expired, failed + swept.failed
    redecided = await ctx.follow_up.daily()
    while escalated := await ctx.termijnen.run():
        late += escalated
    return Ronde(expired, failed, late, redecided)


async def _tried(ctx: Context, work: Awaitable[T]) -> T | None:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - whatever it is, a job that ended would leave all undone
        ctx.log(PROMISE_BROKEN, exception=error, problem="housekeeping")
        return None


async def _sweep(ctx: Context) -> Swept:
    """Until nothing more is due. One that does nothing ends it: what is left is in somebody's hands."""
    expired = failed = 0
    for _ in range(MAX_SWEEPS):
        done = await ctx.follow_up.sweep(SWEEP_SIZE)
        if not done.expired + done.failed:
            break
        expired, failed = expired + done.expired, failed + done.failed
    return Swept(expired, failed)
