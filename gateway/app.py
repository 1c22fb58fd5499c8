"""The application: routers on one context, and the jobs that run beside them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import feiten, overig, postbus, uitwisselingen
from gateway.api.context import Context
from gateway.api.openapi import PREFIX, add_openapi_route
from gateway.api.token import token_router
from gateway.http import install
from gateway.logs import Log
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.wiring import SystemClock, World, build
from schemas.errors import GatewayError, LogBroken
from schemas.events import HOUSEKEEPING_DONE, PROMISE_BROKEN, STARTED, STOPPED

HOUSEKEEPING_SECONDS = 60.0


def create_app(settings: Settings, world: World, log: Log, clock: Clock | None = None) -> FastAPI:
    """The gateway as an ASGI application. It owns `world` from its start and closes it at its end."""
    ctx = build(settings, world, clock or SystemClock(), log)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await ctx.checkpointer.start()
        except BaseException:
            await world.storage.close()
            raise
        jobs = [asyncio.create_task(_sign(ctx)), asyncio.create_task(_housekeep(ctx))]
        log(STARTED, host=settings.host, port=settings.port, log_name=settings.log_name)
        yield
        for job in jobs:
            job.cancel()
        ended = await asyncio.gather(*jobs, return_exceptions=True)
        with contextlib.suppress(GatewayError):
            await ctx.checkpointer.publish()
        await world.storage.close()
        log(STOPPED)
        for error in ended:
            if isinstance(error, LogBroken):
                raise error  # for whoever serves us: this was no ordinary stop

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    install(app, log)
    for router in (
        token_router(ctx.authenticator, log),
        uitwisselingen.router(ctx),
        postbus.router(ctx),
        feiten.router(ctx),
        overig.router(ctx),
    ):
        app.include_router(router, prefix=PREFIX)
    add_openapi_route(app, settings.api_url)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(ctx.metrics.text(), media_type="text/plain; version=0.0.4")

    app.state.context = ctx
    return app


async def _sign(ctx: Context) -> None:
    """A log that does not continue what was signed must not go on: stop the whole gateway."""
    try:
        await ctx.checkpointer.run()
    except LogBroken as error:
        ctx.log(PROMISE_BROKEN, exception=error, problem="ledger")
        signal.raise_signal(signal.SIGTERM)
        raise


async def _housekeep(ctx: Context) -> None:
    """Every minute what is due; once a day, when the Dutch date changes, what a date holds."""
    last = day(ctx.clock.now())
    while True:
        await asyncio.sleep(HOUSEKEEPING_SECONDS)
        begun = time.perf_counter()
        try:
            done = await ctx.follow_up.sweep()
            redecided = 0
            if (today := day(ctx.clock.now())) != last:
                redecided, last = await ctx.follow_up.redecide_held(), today
        except GatewayError as error:
            ctx.log(PROMISE_BROKEN, exception=error, problem="housekeeping")
            continue
        ctx.log(
            HOUSEKEEPING_DONE,
            expired=done.expired,
            failed=done.failed,
            redecided=redecided,
            duration_ms=round((time.perf_counter() - begun) * 1_000, 1),
        )
